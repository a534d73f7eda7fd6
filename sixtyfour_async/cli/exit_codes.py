"""How a command ends: its exit code, and its last line.

Exit codes: 0 every row answered · 1 the service or the journal refused · 2 the input or a setting is wrong, nothing was
sent · 3 finished, with rows that have no answer · 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import NoReturn

import click

from sixtyfour_async.errors import ConfigurationError, InputError, SixtyfourError

REFUSED, WRONG, INCOMPLETE, INTERRUPTED = 1, 2, 3, 130


def one_line_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Say an error of ours in one line and leave with its code."""

    @wraps(command)
    def guarded(**options: object) -> None:
        try:
            command(**options)
        except SixtyfourError as error:
            leave(str(error), WRONG if isinstance(error, InputError | ConfigurationError) else REFUSED)
        except ModuleNotFoundError as error:
            leave(str(error), WRONG)

    return guarded


def leave(text: str, code: int) -> NoReturn:
    """Print the last line and exit."""
    click.echo(f"sixtyfour: {text}", err=True)
    sys.exit(code)
