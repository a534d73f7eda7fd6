"""The file format of a journal, its migrations, and reading it beside the process that writes it.

It is plain SQLite (``sqlite3 run.db 'select key, state, job_id from jobs'``); the columns are described in
``schema.sql``, and in the file itself (``.schema``). It holds what you asked about and what came back, personal data
included, and never the API key; it is readable by its owner only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import fields
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any, get_args

from sixtyfour_async._journal.base import READ_ONLY, Entry, tally_line
from sixtyfour_async._journal.evidence import beside, look, size_of
from sixtyfour_async._journal.wholeness import belongs
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import SHARED, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError

APPLICATION_ID = 0x36344A52  # "64JR"

SUMMED = "".join(
    f"""
    CREATE TRIGGER sum_{table}_inserted AFTER INSERT ON {table} BEGIN
        UPDATE sums SET spent = spent + NEW.spent WHERE since <= coalesce(NEW.sent_at, '');
    END;
    CREATE TRIGGER sum_{table}_updated AFTER UPDATE ON {table} BEGIN
        UPDATE sums SET spent = spent - OLD.spent WHERE since <= coalesce(OLD.sent_at, '');
        UPDATE sums SET spent = spent + NEW.spent WHERE since <= coalesce(NEW.sent_at, '');
    END;
    CREATE TRIGGER sum_{table}_deleted AFTER DELETE ON {table} BEGIN
        UPDATE sums SET spent = spent - OLD.spent WHERE since <= coalesce(OLD.sent_at, '');
    END;
    """  # noqa: S608 (our own table names)
    for table in ("jobs", "tallies")
)
"""What keeps the sums of money by time, whoever writes a line."""

MIGRATIONS = (
    """
    ALTER TABLE jobs ADD COLUMN variant TEXT NOT NULL DEFAULT '';
    ALTER TABLE jobs ADD COLUMN reserved_cents REAL NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN sent_at TEXT;
    ALTER TABLE jobs ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN batch TEXT;
    ALTER TABLE jobs ADD COLUMN place INTEGER;
    UPDATE jobs SET variant = operation || coalesce(
        '/' || json_extract(request, '$.tier'), '/' || json_extract(request, '$.mode'), ''
    );
    CREATE INDEX jobs_by_age ON jobs (created_at, key);
    CREATE INDEX jobs_by_batch ON jobs (batch, place) WHERE batch IS NOT NULL;
    CREATE TABLE answers (batch TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE tallies (
        variant TEXT NOT NULL, name TEXT NOT NULL, rows INTEGER NOT NULL, cents REAL NOT NULL,
        PRIMARY KEY (variant, name)
    ) STRICT, WITHOUT ROWID;
    """,
    "ALTER TABLE jobs RENAME COLUMN asked TO resubmissions;",
    """
    CREATE TABLE jobs_4 (
        key TEXT PRIMARY KEY, operation TEXT NOT NULL, fingerprint TEXT NOT NULL, request TEXT NOT NULL,
        state TEXT NOT NULL CHECK (
            state IN ('intended', 'released', 'accepted', 'unknown', 'lost', 'completed', 'no_answer', 'unmatched',
                      'unreadable', 'failed', 'cancelled')
        ),
        job_id TEXT, answer BLOB, answer_type TEXT, error TEXT, cost_cents REAL, variant TEXT NOT NULL DEFAULT '',
        reserved_cents REAL NOT NULL DEFAULT 0, resubmissions INTEGER NOT NULL DEFAULT 0, sent_at TEXT,
        delivered INTEGER NOT NULL DEFAULT 0, batch TEXT, place INTEGER, receipt BLOB, receipt_type TEXT,
        matched_by TEXT, created_at TEXT NOT NULL, changed_at TEXT NOT NULL
    ) STRICT;
    INSERT INTO jobs_4 (
        key, operation, fingerprint, request, state, job_id, answer, answer_type, error, cost_cents, variant,
        reserved_cents, resubmissions, sent_at, delivered, batch, place, created_at, changed_at
    ) SELECT key, operation, fingerprint, request, iif(state = 'unknown' AND job_id IS NOT NULL, 'lost', state), job_id,
        CAST(answer AS BLOB), iif(answer IS NULL, NULL, 'application/json'), error, cost_cents, variant, reserved_cents,
        resubmissions, sent_at, delivered, batch, place, created_at, changed_at
    FROM jobs;
    DROP TABLE jobs;
    ALTER TABLE jobs_4 RENAME TO jobs;
    CREATE INDEX jobs_by_state_and_age ON jobs (state, created_at, key);
    CREATE INDEX jobs_by_batch ON jobs (batch, place) WHERE batch IS NOT NULL;
    CREATE TABLE answers_4 (batch TEXT PRIMARY KEY, body BLOB NOT NULL, body_type TEXT NOT NULL) STRICT;
    INSERT INTO answers_4 SELECT batch, CAST(body AS BLOB), 'application/json' FROM answers;
    DROP TABLE answers;
    ALTER TABLE answers_4 RENAME TO answers;
    """,
    """
    CREATE TABLE tallies_5 (
        variant TEXT NOT NULL, name TEXT NOT NULL, sent_at TEXT NOT NULL DEFAULT '', rows INTEGER NOT NULL,
        cents REAL NOT NULL, PRIMARY KEY (variant, name, sent_at)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO tallies_5 (variant, name, rows, cents) SELECT variant, name, rows, cents FROM tallies;
    DROP TABLE tallies;
    ALTER TABLE tallies_5 RENAME TO tallies;
    """,
    """
    CREATE TABLE wholeness (
        id TEXT NOT NULL, epoch INTEGER NOT NULL, in_use INTEGER NOT NULL, place TEXT NOT NULL, log INTEGER NOT NULL,
        commits INTEGER NOT NULL, intents INTEGER NOT NULL, changed_at TEXT NOT NULL, doubt TEXT
    ) STRICT;
    INSERT INTO wholeness VALUES (lower(hex(randomblob(16))), 0, 0, '', 0, 0, 0, '', NULL);
    CREATE TABLE adoptions (
        adopted_at TEXT NOT NULL, reason TEXT NOT NULL, since TEXT, until TEXT NOT NULL, rows_missing INTEGER,
        rows_parked INTEGER NOT NULL
    ) STRICT;
    """,
    """
    ALTER TABLE jobs ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN owner INTEGER;
    ALTER TABLE jobs ADD COLUMN spent REAL GENERATED ALWAYS AS (round(1e6 * min(1e12, CASE
        WHEN state IN ('completed', 'no_answer', 'unmatched', 'unreadable', 'failed', 'cancelled')
            THEN coalesce(cost_cents, 0) + reserved_cents
        WHEN state IN ('intended', 'accepted', 'unknown', 'lost') THEN reserved_cents
        ELSE 0 END))) VIRTUAL;
    CREATE INDEX jobs_under_way ON jobs (operation, owner) WHERE state IN ('intended', 'accepted');
    CREATE INDEX jobs_by_sending ON jobs (sent_at) WHERE sent_at IS NOT NULL;
    ALTER TABLE tallies ADD COLUMN spent REAL GENERATED ALWAYS AS (round(1e6 * min(1e12, CASE
        WHEN name IN ('forgotten', 'replaced', 'resubmitted') THEN cents ELSE 0 END))) VIRTUAL;
    CREATE TABLE runners (
        number INTEGER PRIMARY KEY AUTOINCREMENT, boot TEXT NOT NULL, lease_until REAL NOT NULL
    ) STRICT;
    CREATE INDEX jobs_by_job ON jobs (job_id) WHERE job_id IS NOT NULL;
    CREATE TABLE sums (since TEXT PRIMARY KEY, spent REAL NOT NULL, runner INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    """
    + SUMMED,
)
"""What brings a file from each schema to the next, from 1 on."""

SCHEMA_VERSION = 1 + len(MIGRATIONS)

ROWS_PER_PAGE = 500

_BODIES = ("answer", "receipt")
"""Fields of an entry that are a `Body`: two columns each, the bytes and the content type."""

_FIELDS = tuple(field.name for field in fields(Entry) if field.name not in READ_ONLY)

COLUMNS = tuple(column for name in _FIELDS for column in ((name, f"{name}_type") if name in _BODIES else (name,)))
"""The columns of an entry, in the order in which `as_row` gives them."""

_BODY_PLACES = tuple(map(_FIELDS.index, _BODIES))
_DELIVERED_PLACE = _FIELDS.index("delivered")

_WHOLE = "(SELECT {} FROM answers WHERE answers.batch = jobs.batch AND jobs.state IN ('unmatched', 'unreadable'))"
"""The answer to a row's batch, for a row that has no part of it; see `SHARED`."""

HELD_BY = "(SELECT number FROM runners WHERE number = jobs.owner AND number <> ?)"
"""The runner that holds a row, if that is another one than the reader."""

_SELECTED = ", ".join(
    [
        *(
            {
                "answer": f"coalesce(answer, {_WHOLE.format('body')})",
                "answer_type": f"coalesce(answer_type, {_WHOLE.format('body_type')})",
            }.get(column, column)
            for column in COLUMNS
        ),
        HELD_BY,
        "changed_at",
    ]
)

_LINES = (
    "SELECT variant, state, count(*), total(cost_cents), total(reserved_cents), coalesce(max(cost_cents), 0)"
    " FROM jobs {} GROUP BY variant, state"
)
_TALLIES = "SELECT variant, name, sum(rows), total(cents) FROM tallies WHERE sent_at >= ? GROUP BY variant, name"


def checked_version(database: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of a file; 0 for an empty one, as a crash before the first table leaves it.

    Raises:
        JournalError: It belongs to another program, or a newer version wrote it.
    """
    application = database.execute("PRAGMA application_id").fetchone()[0]
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if not (application or version or database.execute("SELECT 1 FROM sqlite_master").fetchone()):
        return 0
    if application != APPLICATION_ID:
        raise JournalError(f"{path} is another program's database: choose another journal")
    if version > SCHEMA_VERSION:
        raise JournalError(
            f"{path} was written by a newer version (schema {version}, this one knows {SCHEMA_VERSION}): "
            "upgrade sixtyfour_async, or choose another journal"
        )
    return version


def select(database: sqlite3.Connection, where: str, values: Sequence[object], runner: int = 0) -> list[Entry]:
    """Return rows as a runner sees them: held by another one, or not."""
    query = f"SELECT {_SELECTED} FROM jobs WHERE {where}"  # noqa: S608 (our own words)
    return [_entry(row) for row in database.execute(query, (runner, *values))]


def select_from(database: sqlite3.Connection, key: str, count: int, runner: int = 0) -> list[Entry]:
    """Return a row, and rows after it in the order in which they were first written: *count* of them at most."""
    after = "rowid >= (SELECT rowid FROM jobs WHERE key = ?) ORDER BY rowid LIMIT ?"
    return select(database, after, (key, count), runner)


def as_row(entry: Entry) -> tuple[Any, ...]:
    """Return an entry as values of `COLUMNS`. A row in `SHARED` has no answer of its own to store."""
    values = {name: getattr(entry, name) for name in _FIELDS}
    if entry.state in SHARED and entry.batch is not None:
        values["answer"] = None
    for name in _BODIES:
        body: Body | None = values[name]
        values |= {name: body and body.content, f"{name}_type": body and body.content_type}
    return tuple(values[column] for column in COLUMNS)


def _entry(row: Sequence[Any]) -> Entry:
    values = list(row)
    for place in _BODY_PLACES:
        content, content_type = values[place : place + 2]
        values[place : place + 2] = [None if content is None else Body(content, content_type)]
    values[_DELIVERED_PLACE] = bool(values[_DELIVERED_PLACE])
    return Entry(*values)


def batch_entries_of(database: sqlite3.Connection, batch: str, runner: int = 0) -> list[Entry]:
    """Return the rows of a batch, in the order in which they were sent."""
    return select(database, "batch = ? ORDER BY place", (batch,), runner)


def lines_of(database: sqlite3.Connection, since: str = "") -> Iterator[Line]:
    """Yield sums over a journal's rows and tallies, of all or of what was sent at an instant or later."""
    lines = database.execute(_LINES.format("WHERE sent_at >= ?" if since else "WHERE ? = ''"), (since,))
    yield from (Line(*row) for row in lines)
    yield from tallies_of(database, since)


def tallies_of(database: sqlite3.Connection, since: str = "") -> Iterator[Line]:
    """Yield the sums over a journal's tallies."""
    return (tally_line(*row) for row in database.execute(_TALLIES, (since,)))


def pages(
    connect: Callable[[], sqlite3.Connection], states: Collection[State], runner: int = 0
) -> Iterator[list[Entry]]:
    """Yield pages of rows by age, each page a query of its own, so that writers are not locked out in between.

    Each state is read along its own part of the index, and the states are merged: a query for several states would
    sort all of their rows for every page.
    """
    merged = merge(*(_by_age(connect, state, runner) for state in states), key=lambda row: row[:2])
    while rows := list(islice(merged, ROWS_PER_PAGE)):
        yield [_entry(row[1:]) for row in rows]


_PAGE = (
    f"SELECT created_at, {_SELECTED} FROM jobs WHERE state = ? AND (created_at, key) > (?, ?)"  # noqa: S608 (our field names)
    " ORDER BY created_at, key LIMIT ?"
)


def _by_age(connect: Callable[[], sqlite3.Connection], state: State, runner: int) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in one state, the oldest first; each begins with its age and key."""
    after = ("", "")
    while rows := connect().execute(_PAGE, (runner, state, *after, ROWS_PER_PAGE)).fetchall():
        after = rows[-1][:2]
        yield from rows


def answer_names(database: sqlite3.Connection, prefix: str) -> list[str]:
    """Return the names of answers that begin so, the oldest first."""
    wanted = "SELECT batch FROM answers WHERE batch >= ? AND batch < ? || char(0x10FFFF) ORDER BY rowid"
    return [str(name) for (name,) in database.execute(wanted, (prefix, prefix))]


def answer_of(database: sqlite3.Connection, name: str) -> Body | None:
    """Return the answer of a name, or None."""
    found = database.execute("SELECT body, body_type FROM answers WHERE batch = ?", (name,)).fetchone()
    return None if found is None else Body(*found)


class Reader:
    """A journal as it stands on the disk, read beside the process that writes it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        return next(iter(select(self._database, "key = ?", (key,))), None)

    def entries(self, states: Collection[State] = get_args(State)) -> Iterator[Entry]:
        """Yield the rows in these states, the oldest first."""
        return (entry for page in pages(lambda: self._database, states) for entry in page)

    def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        return tuple(lines_of(self._database))

    def tallies(self) -> tuple[Line, ...]:
        """Return those of the lines that stand for no rows: what was counted besides."""
        return tuple(tallies_of(self._database))

    def answer_names(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        return answer_names(self._database, prefix)

    def answers(self, prefix: str) -> Iterator[tuple[str, Body]]:
        """Yield the answers whose names begin so, the oldest first."""
        for name in self.answer_names(prefix):
            body = answer_of(self._database, name)
            if body is not None:  # else it was removed meanwhile
                yield name, body

    def note(self, name: str) -> str | None:
        """Return a text that `Journal.set_meta` stored, or None."""
        found = self._database.execute("SELECT value FROM meta WHERE name = ?", (f"note:{name}",)).fetchone()
        return None if found is None else str(found[0])

    def purpose(self) -> dict[str, str]:
        """Return what the journal is for."""
        return dict(self._database.execute("SELECT name, value FROM meta WHERE name NOT LIKE 'note:%'").fetchall())


def has_begun(path: str | Path) -> bool:
    """Return whether a journal has tables; a run that was killed at once leaves a file without any.

    Raises:
        JournalError: It is not a journal, or was written by a newer version.
    """
    path = Path(path)
    if not path.is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{_read_only(path)}", uri=True)) as database:
            database.execute("PRAGMA query_only = ON")
            return checked_version(database, path) > 0
    except sqlite3.OperationalError as error:
        raise JournalError(f"journal {path}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path} is not a journal ({error}): choose another journal") from error


@contextmanager
def reading(path: str | Path) -> Generator[Reader, None, None]:
    """Open a journal for reading without acquiring it; whoever writes it goes on.

    A file of an earlier schema is read from a migrated copy in memory; the file itself stays as it is.

    Raises:
        JournalError: It does not exist, is not a journal, or was written by a newer version.
    """
    path = Path(path)
    if not path.is_file():
        raise JournalError(f"there is no journal {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{_read_only(path)}", uri=True)) as database:
            database.execute("PRAGMA query_only = ON")
            version = checked_version(database, path)
            if version == 0:
                raise JournalError(f"{path} is empty: no run has begun in it")
            if version == SCHEMA_VERSION:
                yield Reader(database)
                return
            with closing(sqlite3.connect(":memory:")) as copy:
                database.backup(copy)
                copy.executescript(" ".join(MIGRATIONS[version - 1 :]))
                yield Reader(copy)
    except sqlite3.Error as error:
        raise JournalError(f"journal {path}: {error}") from error


def _read_only(path: Path) -> str:
    """Return how to open a file for reading: so that the last one to close it does not move its log into it.

    Only a commit in rollback mode that a process died in must be undone before anything can be read, and a log that is
    not the file's own must not be read at all.
    """
    if size_of(beside(path, "-journal")):
        return "mode=rw"
    # Once more, in case a process moved its log into the file between two looks.
    return "mode=ro" if belongs(look(path)) or belongs(look(path)) else "immutable=1"
