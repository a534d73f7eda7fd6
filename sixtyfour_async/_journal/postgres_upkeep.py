"""What a person does to a journal in PostgreSQL besides running it: create it, check it, read it, decide about it."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

from sixtyfour_async._journal.adoption import MAY_HAVE_BEEN_SENT
from sixtyfour_async._journal.base import CRASHED
from sixtyfour_async._journal.evidence import now
from sixtyfour_async._journal.maintenance import Adoption
from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._journal.postgres_listener import ANSWER_SECONDS, Listener
from sixtyfour_async._journal.postgres_reading import PostgresReader
from sixtyfour_async._journal.postgres_store import seen_by
from sixtyfour_async._journal.postgres_tables import TABLES, grant, prepare, version_of
from sixtyfour_async._journal.wholeness import Verdict
from sixtyfour_async._postgres.address import Address
from sixtyfour_async.errors import JournalError

CLOCK_SECONDS = 5.0
"""Real seconds by which the server's clock may differ from this machine's before that is worth a word."""

_DOUBT = (
    "SELECT sixtyfour_doubt(journal, sixtyfour_place(), %s, %s, %s), intents, changed_at"
    " FROM sixtyfour_journal AS journal"
)
_ADOPT = "SELECT * FROM sixtyfour_adopt(%s, %s, %s, %s, %s, %s)"
_ADOPTIONS = "SELECT adopted_at, reason, since, until, rows_missing, rows_parked FROM sixtyfour_adoptions ORDER BY 1"
_MISSING_RIGHTS = (
    "SELECT table_name || ' (' || privilege || ')' FROM unnest(%s::text[]) AS t (table_name),"
    " unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS p (privilege)"
    " WHERE NOT has_table_privilege(table_name, privilege)"
)


@dataclass(frozen=True, slots=True)
class DatabaseHealth:
    """How a journal in PostgreSQL stands.

    Attributes:
        schema: The version of its tables; 0 when there are none.
        server: The server's version.
        verdict: Whether it is whole.
        runners: Number of processes that have it open, or died less than a lease ago.
        problems: What keeps a runner from using it.
        notices: What is worth knowing.
        rows: State → number of rows.
        adoptions: What was decided earlier.
    """

    schema: int
    server: str
    verdict: Verdict
    runners: int
    problems: tuple[str, ...]
    notices: tuple[str, ...]
    rows: Mapping[str, int]
    adoptions: tuple[Adoption, ...]

    @property
    def good(self) -> bool:
        """Whether the journal is whole, and can be used."""
        return self.verdict.kind == "whole" and not self.problems


@contextmanager
def linked(address: Address) -> Generator[Link, None, None]:
    """Yield a connection that does not wait for a server that is away."""
    with closing(Link(address, 0)) as link:
        yield link


@contextmanager
def reading(address: Address) -> Generator[PostgresReader, None, None]:
    """Open a journal for reading; see `sixtyfour_async._journal.places.reading`."""
    with linked(address) as link:
        if not version_of(link):
            raise JournalError(f"there is no journal {address}")
        yield PostgresReader(link)


def has_begun(address: Address) -> bool:
    """Return whether there are tables."""
    with linked(address) as link:
        return version_of(link) > 0


def create(address: Address, *, role: str | None = None) -> int:
    """Create the tables and functions, or bring them up to date; what is there stays as it is.

    Args:
        address: Where.
        role: A role that may use them from now on.

    Returns:
        The version that they had before; 0 when there were none.

    Raises:
        JournalError: This role may not.
    """
    with linked(address) as link:
        before = prepare(link, anew=True)
        if role is not None:
            grant(link, role)
        return before


def verdict_on(address: Address) -> Verdict:
    """Return whether a journal is whole; nothing is changed."""
    with linked(address) as link:
        return _verdict(link)


def _verdict(link: Link) -> Verdict:
    if not version_of(link):
        raise JournalError(f"there is no journal {link.address}")
    seen = seen_by(link)
    reason, intents, changed_at = link.ask(_DOUBT, (seen.id, seen.commits, seen.intents))[0]
    if reason is None:
        return Verdict()
    rows = seen.intents - intents
    return Verdict("doubt", reason, since=changed_at, until=seen.changed_at or None, rows=rows if rows > 0 else None)


def adopt(address: Address) -> Adoption | None:
    """Take a journal that is in doubt for whole from now on, under a new name of its own.

    Returns:
        What was recorded; None when there was nothing to decide.
    """
    with linked(address) as link:
        verdict = _verdict(link)
        if verdict.kind == "whole":
            return None
        at = now()
        values = (verdict.reason, verdict.rows, verdict.until or at, at, CRASHED, MAY_HAVE_BEEN_SENT)
        return Adoption(*link.ask(_ADOPT, values)[0])


def check(address: Address) -> DatabaseHealth:
    """Examine a journal, its server, and the way there; no row is changed.

    Raises:
        JournalError: There is none, or it cannot be asked.
    """
    with linked(address) as link:
        verdict = _verdict(link)
        missing = [str(row[0]) for row in link.ask(_MISSING_RIGHTS, ([f"sixtyfour_{name}" for name in TABLES],))]
        problems = [f"this role lacks {', '.join(missing)}"] if missing else []
        return DatabaseHealth(
            version_of(link),
            str(link.ask("SHOW server_version")[0][0]),
            verdict,
            int(link.ask("SELECT count(*) FROM sixtyfour_runners")[0][0]),
            tuple(problems),
            tuple(_notices(link)),
            dict(link.ask("SELECT state, count(*) FROM sixtyfour_jobs GROUP BY state ORDER BY state")),
            tuple(Adoption(*row) for row in link.ask(_ADOPTIONS)),
        )


def _notices(link: Link) -> Generator[str, None, None]:
    """Yield what is worth knowing about the server, and about what lies between."""
    if link.ask("SHOW synchronous_commit")[0][0] == "off":
        yield "synchronous_commit is off: a crash of the server loses the last commits, and rows may be paid twice"
    if link.ask("SHOW fsync")[0][0] == "off":
        yield "fsync is off: a crash of the server's machine may damage the journal"
    before = time.time()
    there = float(link.ask("SELECT extract(epoch FROM clock_timestamp())::float8")[0][0])
    if not before - CLOCK_SECONDS < there < time.time() + CLOCK_SECONDS:
        yield f"the server's clock is {there - before:+.0f} s from this machine's; leases go by the server's"
    if not _hears(link):
        yield "LISTEN hears nothing, as behind a pooler in transaction mode: runners ask twice a second instead"


def _hears(link: Link) -> bool:
    """Return whether a notification from one transaction reaches a connection that listens."""
    journal = str(link.ask("SELECT id FROM sixtyfour_journal")[0][0])
    with closing(Listener(link)) as listener:
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            listener.has_changed(journal, 0)
            if listener.has_heard:
                return True
            time.sleep(0.02)
    return False
