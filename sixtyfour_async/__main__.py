"""``sixtyfour …`` and ``python -m sixtyfour_async …``."""

import os
import signal
import sys
from importlib import import_module

from sixtyfour_async.cli.completion_scripts import VARIABLE, answer_tab
from sixtyfour_async.cli.console import guard_streams
from sixtyfour_async.cli.signals import run_interruptibly


def main() -> None:
    """Run the command line; without its extra, exit with the command that installs it."""
    shell = os.environ.get(VARIABLE)
    if shell is not None:
        answer_tab(shell, sys.argv[1:])
        return
    # Python's own handler prints a traceback when the interpreter is shutting down. By default SIGINT just ends it.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    guard_streams()
    run_interruptibly(_run)


def _run() -> None:
    try:
        import_module("rich")  # most commands need it later: fail now, before anything is sent

        from sixtyfour_async.cli.commands import cli  # noqa: PLC0415 (the extra may be missing)
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.exit(f'the command line needs {error.name}: pip install "sixtyfour_async[cli]"')
    cli()


if __name__ == "__main__":
    main()
