"""The value of ``--journal`` and of JOURNAL: a file, or a PostgreSQL URL, whose password is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sixtyfour_async._postgres.address import Address, is_postgres
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.errors import SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place

SEEN_BY_ALL = (
    "sixtyfour: the password in the journal's URL can be read by everybody on this machine, in the list of its "
    "processes: leave it to PGPASSWORD or ~/.pgpass"
)


def journal_place(named: str) -> Place:
    """Return where a journal is; a password on the command line is answered with a warning. A type of click's.

    Raises:
        click.BadParameter: The URL cannot be read, or psycopg is not installed.
    """
    if not is_postgres(named):
        return Path(named)
    try:
        address = Address.of(named)
    except SixtyfourError as error:
        raise click.BadParameter(str(error)) from None
    if address.has_password:
        say(SEEN_BY_ALL, err=True)
    return address


def without_password(word: str) -> str:
    """Return a word of a command line as it may be shown."""
    option, equals, value = word.partition("=")
    if equals and option.startswith("-") and is_postgres(value):
        return f"{option}={Address.of(value)}"
    return str(Address.of(word)) if is_postgres(word) else word
