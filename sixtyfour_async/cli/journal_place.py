"""The value of ``--journal`` and of the argument JOURNAL: a file, or a PostgreSQL URL, whose password is never shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sixtyfour_async._journal.postgres_address import Address, is_postgres
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.errors import SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place

PASSWORD_SEEN = (
    "sixtyfour: the password in the journal's URL can be read by everybody on this machine, in the list of its "
    "processes: leave it to PGPASSWORD or ~/.pgpass"
)


class JournalPlace(click.ParamType):
    """A file's path, or a URL that begins with ``postgresql://``."""

    name = "path"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Return where the journal is; a password on the command line is answered with a warning."""
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]  # converted before
        if not is_postgres(value):
            return Path(value)
        try:
            address = Address.of(value)
        except SixtyfourError as error:
            self.fail(str(error), param, ctx)
        if address.has_password:
            say(PASSWORD_SEEN, err=True)
        return address


def without_password(word: str) -> str:
    """Return a word of a command line as it may be shown."""
    option, equals, value = word.partition("=")
    if equals and option.startswith("-") and is_postgres(value):
        return f"{option}={Address.of(value)}"
    return str(Address.of(word)) if is_postgres(word) else word
