"""Where a database is: the URL as it was given, and what of it may be shown."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sixtyfour_async.errors import ConfigurationError, JournalError

if TYPE_CHECKING:
    from types import ModuleType

SCHEMES = ("postgresql://", "postgres://")

MISSING = "a {what} in PostgreSQL needs an extra: pip install 'sixtyfour_async[postgres]'"

REMEDY = (
    "percent-encode what is special in its password (@ as %40, : as %3A, / as %2F, ? as %3F, # as %23, % as %25), or "
    "leave the password to PGPASSWORD or ~/.pgpass"
)

_PORTS = re.compile(r"[0-9,]*")


def is_postgres(place: object) -> bool:
    """Return whether a place is named by a PostgreSQL URL."""
    return isinstance(place, str) and place.startswith(SCHEMES)


def psycopg(what: str = "journal") -> ModuleType:
    """Import psycopg; *what* is in the database.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        import psycopg  # noqa: PLC0415 (an extra)
    except ImportError as error:
        raise ConfigurationError(MISSING.format(what=what)) from error
    return psycopg


@dataclass(frozen=True, slots=True)
class Address:
    """A PostgreSQL URL. Its text, and its `repr`, have no password.

    Attributes:
        url: As it was given; libpq reads it, together with its environment variables and ``~/.pgpass``.
        shown: The URL without its password and its options.
        has_password: Whether there is a password in it.
    """

    url: str = field(repr=False)
    shown: str
    has_password: bool = field(default=False, repr=False)

    @classmethod
    def of(cls, url: str, what: str = "journal") -> Address:
        """Check the URL of a journal, or of what else there is in a database, and take it apart.

        Raises:
            ConfigurationError: psycopg is not installed.
            JournalError: It cannot be read, or it is not clear where its password ends. The message has no part of it.
        """
        library = psycopg(what)
        try:
            values: dict[str, Any] = library.conninfo.conninfo_to_dict(url)
        except (library.ProgrammingError, UnicodeError):
            values = {}  # libpq's own message quotes the URL
        if not values or _is_ambiguous(url) or not _PORTS.fullmatch(str(values.get("port", ""))):
            raise JournalError(f"the {what}'s URL cannot be read: {REMEDY}")
        return cls(url, _shown(values), "password" in values)

    def __str__(self) -> str:
        return self.shown


def _is_ambiguous(url: str) -> bool:
    """Return whether part of a password may be taken for a host, a port or a database.

    For libpq the user and the password end at the first @, unless a slash comes before it: then there are none. One @
    more, before the options that follow the path, is one that was meant to be part of something.
    """
    rest = url.partition("://")[2]
    before, slash, path = rest.partition("/")
    if "@" in before:
        return "@" in rest.partition("@")[2].partition("?")[0]
    return "@" in rest and (not slash or "?" in before or "@" in path.partition("?")[0])


def _shown(values: dict[str, Any]) -> str:
    user = f"{values['user']}@" if "user" in values else ""
    port = f":{values['port']}" if "port" in values else ""
    return f"postgresql://{user}{values.get('host', '')}{port}/{values.get('dbname', '')}"
