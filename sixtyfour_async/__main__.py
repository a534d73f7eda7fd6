"""``sixtyfour …`` and ``python -m sixtyfour_async …``."""

import sys
from importlib import import_module


def main() -> None:
    """Run the command line, or say what is missing for it."""
    try:
        import_module("rich")  # needed by most commands: said here, before anything is done

        from sixtyfour_async.cli.commands import cli  # noqa: PLC0415 (the extra may be missing)
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(f'the command line needs {error.name}: pip install "sixtyfour_async[cli]"')
    cli()


if __name__ == "__main__":
    main()
