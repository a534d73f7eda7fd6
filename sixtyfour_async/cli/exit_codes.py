"""How a command ends: its exit code, and its last line on stderr.

The exit codes are part of the interface: scripts and schedulers branch on them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import Final, NoReturn

import click

from sixtyfour_async.cli.console import lost_output
from sixtyfour_async.cli.environment import environment_of
from sixtyfour_async.cli.folder_addresses import check_folder_addresses
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.signals import Interrupted
from sixtyfour_async.errors import ConfigurationError, InputError, SixtyfourError

PYTHON_PRICE: Final = re.compile(r"\bprices=\{'([^']+)': (?:cents|([\w.+-]+))\}")
PYTHON_ARGUMENT: Final = re.compile(
    r"\b(max_cost_cents(?:_per_(?:run|day|month))?|max_row_cents|encoding|delimiter|sheet|out_dialect|out_format|format)=(?:…|'([^']*)'|([^\s,;:)]*[^\s,;:.)]))"
)
"""Arguments for which there are flags, in messages written for Python, such as ``max_cost_cents=25``."""


class ExitCode(IntEnum):
    """Exit codes besides 0, which means that every row was answered, and those of `signals.exit_code_of`."""

    REFUSED = 1
    """The service or the journal refused; or what a command prints could not be printed."""
    USAGE = 2
    """The input or a setting is wrong; nothing was sent. click uses the same code for malformed options."""
    INCOMPLETE = 3
    """The run finished, and some row is not ``completed``."""
    UNWRITTEN = 4
    """Rows were paid for, and the output could not be written; the journal has all of it."""


def one_line_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Report errors of this package, of files, missing extras and interruptions in one line without a traceback.

    Before it starts, ``.env`` must have been read, and what it names been agreed to: see `environment`.

    A command that returns has printed what it was called for. One whose text does not matter as much exits by itself.
    """

    @wraps(command)
    def wrapper(**options: object) -> None:
        try:
            context = click.get_current_context(silent=True)
            environment_of(context).check()
            check_folder_addresses(context)
            command(**options)
            _check_printed()
        except Interrupted as error:
            exit_with("interrupted", error.exit_code)
        except SixtyfourError as error:
            wrong_usage = isinstance(error, InputError | ConfigurationError)
            exit_with(str(error), ExitCode.USAGE if wrong_usage else ExitCode.REFUSED)
        except ModuleNotFoundError as error:
            exit_with(str(error), ExitCode.USAGE)
        except OSError as error:
            exit_with(unusable_file(error), ExitCode.REFUSED)

    return wrapper


def unusable_file(error: OSError) -> str:
    """Return what to say of a file that can be neither read nor written, where nobody has said it better."""
    if not error.filename:
        return error.strerror or str(error)
    return f"cannot use {error.filename}: {error.strerror} (check the path, its permissions and the disk)"


def exit_with(message: str, code: int) -> NoReturn:
    """Print the last line and exit."""
    say(f"sixtyfour: {with_flags(message)}", err=True)
    sys.exit(code)


def _check_printed() -> None:
    """Exit unless standard output has taken everything; without a word when its reader has left, as ``head`` does."""
    lost = lost_output()
    if isinstance(lost, BrokenPipeError):
        sys.exit(ExitCode.REFUSED)
    if lost is not None:
        exit_with(f"cannot write standard output: {lost.strerror}", ExitCode.REFUSED)


def with_flags(message: str) -> str:
    """Return a message of the library with flags in place of Python arguments.

    ``max_cost_cents=25 leaves 5 cents`` becomes ``--max-cost-cents 25 leaves 5 cents``.
    """
    message = PYTHON_PRICE.sub(
        lambda price: f"--price {price[1]}={price[2] or 'CENTS'}",
        message.replace("another journal", "another --journal"),
    )
    return PYTHON_ARGUMENT.sub(_as_flag, message)


def _as_flag(argument: re.Match[str]) -> str:
    flag = f"--{argument[1].replace('_', '-')}"
    value = argument[2] or argument[3]
    return f"{flag} {value}" if value else flag
