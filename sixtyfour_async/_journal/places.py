"""Where a journal is, a file or a database, and what can be done with either: read it, open it, judge it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from stat import S_IMODE
from typing import TYPE_CHECKING, TypeAlias

from sixtyfour_async._journal import maintenance, schema
from sixtyfour_async._journal.base import Journal, JournalReader
from sixtyfour_async._journal.sqlite import SqliteJournal
from sixtyfour_async._journal.wholeness import Verdict
from sixtyfour_async._postgres.address import Address, is_postgres
from sixtyfour_async.errors import ConfigurationError

if TYPE_CHECKING:
    from sixtyfour_async._journal.stored import StoredJournal

Place: TypeAlias = Path | Address
"""A journal file, or a database."""

OWNER_ONLY = 0o600


def place_of(named: str | Path) -> Place:
    """Return where a journal is that was named by a path or a URL.

    Raises:
        ConfigurationError: It is a PostgreSQL URL, and psycopg is not installed.
        JournalError: The URL cannot be read.
    """
    return Address.of(str(named)) if is_postgres(named) else Path(named)


def as_named(place: Place) -> str | Path:
    """Return what a place was named by: a URL with all that is in it, to be handed on and never shown."""
    return place.url if isinstance(place, Address) else place


def journal_at(named: str | Path) -> StoredJournal:
    """Return the journal at a place; not open yet. Raises as `place_of` does."""
    place = place_of(named)
    if isinstance(place, Path):
        return SqliteJournal(place)
    from sixtyfour_async._journal.postgres import PostgresJournal  # noqa: PLC0415 (an extra)

    return PostgresJournal(place.url)


def journal_of(given: str | Path | Journal) -> Journal:
    """Return the journal that a user gave, or the one at the place that they named.

    Raises:
        ConfigurationError: It is neither, or its place cannot be used; see `place_of`.
        JournalError: The URL cannot be read.
    """
    if isinstance(given, str | Path):
        return journal_at(given)
    if isinstance(given, type) or not callable(getattr(given, "put", None)):
        found = f"the class {given.__name__}" if isinstance(given, type) else f"of type {type(given).__name__}"
        raise ConfigurationError(f"journal must be a path, a postgresql:// URL or a journal: it is {found}")
    return given


@contextmanager
def reading(place: Place) -> Generator[JournalReader, None, None]:
    """Open a journal for reading without acquiring it; whoever writes it goes on.

    Raises:
        JournalError: It does not exist, is not a journal, or was written by a newer version.
    """
    if isinstance(place, Path):
        with schema.reading(place) as reader:
            yield reader
        return
    from sixtyfour_async._journal import postgres_upkeep  # noqa: PLC0415 (an extra)

    with postgres_upkeep.reading(place) as found:
        yield found


def exists(place: Place) -> bool:
    """Return whether there is a file, or are tables in the database."""
    return place.exists() if isinstance(place, Path) else has_begun(place)


def has_begun(place: Place) -> bool:
    """Return whether a journal has tables; a run that was killed at once leaves a file without any.

    Raises:
        JournalError: It is not a journal, or was written by a newer version.
    """
    if isinstance(place, Path):
        return schema.has_begun(place)
    from sixtyfour_async._journal import postgres_upkeep  # noqa: PLC0415 (an extra)

    return postgres_upkeep.has_begun(place)


def verdict_on(place: Place) -> Verdict:
    """Return whether a journal is whole, also while a process writes it.

    Raises:
        JournalError: There is none.
    """
    if isinstance(place, Path):
        return maintenance.verdict_on(place)
    from sixtyfour_async._journal import postgres_upkeep  # noqa: PLC0415 (an extra)

    return postgres_upkeep.verdict_on(place)


def mode_of(place: Place) -> int:
    """Return the permissions for files that are written from a journal: the same people stand in both."""
    return S_IMODE(place.stat().st_mode) if isinstance(place, Path) else OWNER_ONLY


def file_beside(place: Place, suffix: str) -> Path:
    """Return the path of a file that belongs to a journal; one for a database is in the current folder."""
    if isinstance(place, Path):
        return place.with_name(place.name + suffix)
    return Path("".join(letter if letter.isalnum() else "-" for letter in place.shown) + suffix)
