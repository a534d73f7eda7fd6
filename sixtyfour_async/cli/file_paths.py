"""Paths on the command line: what can be the name of no file is refused when the command line is read."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any, Final, cast

import click

NO_NAME: Final = frozenset((errno.ENAMETOOLONG, errno.ELOOP))
"""Errors of a name that stay whatever is created or permitted."""


class FilePath(click.Path):
    """The path of a file that exists, or could."""

    def __init__(self, *, dir_okay: bool = True) -> None:
        super().__init__(path_type=Path, dir_okay=dir_okay)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the path.

        Raises:
            click.BadParameter: No file can have it.
        """
        path = cast("Path", super().convert(value, param, ctx))
        if problem := problem_with(path):
            self.fail(problem, param, ctx)
        return path


def problem_with(path: Path) -> str | None:
    """Return why no file can have a path, such as ``/``, a name that is too long, or a link to itself; else None."""
    if not path.name:
        return f"{str(path)!r} names no file"
    try:
        path.stat()
    except OSError as error:
        return f"{str(path)!r} names no file: {error.strerror}" if error.errno in NO_NAME else None
    return None
