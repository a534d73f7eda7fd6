"""The value of ``--journal`` and of JOURNAL: a file, or a PostgreSQL URL, whose password is never shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from click.core import ParameterSource

from sixtyfour_async._postgres.address import Address, is_postgres
from sixtyfour_async.cli.file_paths import problem_with
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.errors import SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place

KEY_FLAG = "--api-key"

SEEN_BY_ALL = (
    "sixtyfour: the password in the journal's URL can be read by everybody on this machine, in the list of its "
    "processes: leave it to PGPASSWORD or ~/.pgpass"
)


if TYPE_CHECKING:
    PlaceType = click.ParamType[Place]
else:
    PlaceType = click.ParamType  # not generic before click 8.4


class JournalPlace(PlaceType):
    """Where a journal is; a password on the command line is answered with a warning."""

    name = "journal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return the file, or the database.

        Raises:
            click.BadParameter: No file can have the path, the URL cannot be read, or psycopg is not installed.
        """
        if not isinstance(value, str):
            return cast("Place", value)
        if not is_postgres(value):
            if problem := problem_with(Path(value)):
                self.fail(problem, param, ctx)
            return Path(value)
        try:
            address = Address.of(value)
        except SixtyfourError as error:
            self.fail(str(error), param, ctx)
        if address.has_password and _is_on_command_line(param, ctx):
            say(SEEN_BY_ALL, err=True)
        return address


def _is_on_command_line(param: click.Parameter | None, ctx: click.Context | None) -> bool:
    if param is None or ctx is None or ctx.resilient_parsing:
        return False
    return ctx.get_parameter_source(param.name or "") is ParameterSource.COMMANDLINE


journal_place = JournalPlace()


def without_secrets(words: Sequence[str]) -> list[str]:
    """Return a command line as it may be shown: without the key, and without the password of a URL."""
    shown: list[str] = []
    for number, word in enumerate(words):
        is_key = number > 0 and words[number - 1] == KEY_FLAG
        shown.append("…" if is_key else f"{KEY_FLAG}=…" if word.startswith(f"{KEY_FLAG}=") else _without_password(word))
    return shown


def _without_password(word: str) -> str:
    option, equals, value = word.partition("=")
    if equals and option.startswith("-") and is_postgres(value):
        return f"{option}={Address.of(value)}"
    return str(Address.of(word)) if is_postgres(word) else word
