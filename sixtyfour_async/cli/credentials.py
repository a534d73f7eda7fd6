"""The flags by which a command reaches the service: the key, from wherever, and the address.

All are put into the environment of this process, where `AsyncClient` reads them: there is one reader for a key that
comes from a flag, a file, the environment or ``.env``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from sixtyfour_async.cli.formatting import say

Command = TypeVar("Command", bound=Callable[..., Any])

KEY: Final = "SIXTYFOUR_API_KEY"
ENDPOINT: Final = "SIXTYFOUR_API_ENDPOINT"
SEEN_BY_ALL: Final = (
    "sixtyfour: the key can be read by everybody on this machine, in the list of its processes, and stays in the "
    f"history of the shell: leave it to {KEY}, or to --api-key-file"
)


def credentials(command: Command) -> Command:
    """Add ``--api-key``, ``--api-key-file`` and ``--api-endpoint`` to a command."""
    for option in (
        click.option(
            "--api-endpoint",
            metavar="URL",
            expose_value=False,
            callback=_use_endpoint,
            help="Address of the service  [default: https://api.sixtyfour.ai]",
        ),
        click.option(
            "--api-key-file",
            metavar="FILE",
            expose_value=False,
            callback=_use_key_file,
            help="A file that holds the key; - is standard input.",
        ),
        click.option("--api-key", metavar="KEY", expose_value=False, callback=_use_key, help="The key itself."),
    ):
        command = option(command)
    return command


def _use_key(context: click.Context, option: click.Parameter, key: str | None) -> None:
    if key is not None and _is_given(context, option):
        say(SEEN_BY_ALL, err=True)
        os.environ[KEY] = key


def _use_key_file(context: click.Context, option: click.Parameter, named: str | None) -> None:
    """Read the key; one in the environment goes first, unless the file is named by a flag."""
    if named is None or context.resilient_parsing or (KEY in os.environ and not _is_given(context, option)):
        return
    if named == "-" and "-" in (str(value) for value in (context.params.get("table"), context.params.get("file"))):
        raise click.BadParameter("standard input is the table already")
    try:
        key = sys.stdin.readline() if named == "-" else Path(named).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise click.BadParameter(f"{named}: {reason}") from None
    if not key.strip():
        raise click.BadParameter(f"{'standard input' if named == '-' else named} holds no key")
    os.environ[KEY] = key.strip()


def _use_endpoint(context: click.Context, option: click.Parameter, url: str | None) -> None:
    if url is not None and _is_given(context, option):
        os.environ[ENDPOINT] = url


def _is_given(context: click.Context, option: click.Parameter) -> bool:
    """Return whether an option stands on the command line of a command that runs."""
    source = context.get_parameter_source(option.name or "")
    return not context.resilient_parsing and source is ParameterSource.COMMANDLINE
