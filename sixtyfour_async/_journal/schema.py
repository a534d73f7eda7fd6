"""The file format of a journal, its migrations, and reading it beside the process that writes it.

It is plain SQLite (``sqlite3 run.db 'select key, state, job_id from jobs'``); the columns are described in
``schema.sql``, and in the file itself (``.schema``). It holds what you asked about and what came back, personal data
included, and never the API key; it is readable by its owner only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import get_args

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.evidence import beside, connected, look, size_of
from sixtyfour_async._journal.refusals import check_is_file, named_errors, refusal, result_code
from sixtyfour_async._journal.sqlite_rows import answer_names, answer_of, lines_of, pages, select, tallies_of
from sixtyfour_async._journal.wholeness import Verdict, belongs
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import State
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


_TABLES_OF_ALL_VERSIONS = ("jobs", "meta")


def checked_version(database: sqlite3.Connection, path: Path) -> int:
    """Return the schema version of a file; 0 for an empty one, as a crash before the first table leaves it.

    Raises:
        JournalError: It belongs to another program, a newer version wrote it, or a table is missing.
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
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in _TABLES_OF_ALL_VERSIONS:
        if name not in tables:
            raise JournalError(refusal(path, Verdict("damaged", f"is damaged: its table {name} is missing")))
    return version


def check_kind(path: Path) -> None:
    """Refuse a file that is no journal, before anything is written.

    A file that is cut passes, since a process that died while it moved the log may have left it so: see `judge`.

    Raises:
        JournalError: It belongs to another program, or a newer version wrote it.
        sqlite3.DatabaseError: It is no database, or cannot be read.
    """
    try:
        with connected(path, "immutable=1") as database:
            checked_version(database, path)
    except sqlite3.DatabaseError as error:
        if result_code(error) != sqlite3.SQLITE_CORRUPT:
            raise


class Reader:
    """A journal as it stands on the disk, read beside the process that writes it."""

    def __init__(self, database: sqlite3.Connection, path: Path) -> None:
        self._connection = database
        self._path = path

    @contextmanager
    def _reading(self) -> Generator[sqlite3.Connection, None, None]:
        """Yield the connection; a failure names this journal, even where another one is read in turn with it."""
        with named_errors(self._path, "read"):
            yield self._connection

    def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        with self._reading() as database:
            return next(iter(select(database, "key = ?", (key,))), None)

    def entries(self, states: Collection[State] = get_args(State)) -> Iterator[Entry]:
        """Yield the rows in these states, the oldest first."""
        with self._reading() as database:
            for page in pages(lambda: database, states):
                yield from page

    def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        with self._reading() as database:
            return tuple(lines_of(database))

    def tallies(self) -> tuple[Line, ...]:
        """Return those of the lines that stand for no rows: what was counted besides."""
        with self._reading() as database:
            return tuple(tallies_of(database))

    def answer_names(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        with self._reading() as database:
            return answer_names(database, prefix)

    def answers(self, prefix: str) -> Iterator[tuple[str, Body]]:
        """Yield the answers whose names begin so, the oldest first."""
        with self._reading() as database:
            for name in answer_names(database, prefix):
                body = answer_of(database, name)
                if body is not None:  # else it was removed meanwhile
                    yield name, body

    def note(self, name: str) -> str | None:
        """Return a text that `Journal.set_meta` stored, or None."""
        with self._reading() as database:
            found = database.execute("SELECT value FROM meta WHERE name = ?", (f"note:{name}",)).fetchone()
        return None if found is None else str(found[0])

    def purpose(self) -> dict[str, str]:
        """Return what the journal is for."""
        with self._reading() as database:
            return dict(database.execute("SELECT name, value FROM meta WHERE name NOT LIKE 'note:%'").fetchall())


def has_begun(path: str | Path) -> bool:
    """Return whether a journal has tables; a run that was killed at once leaves a file without any.

    Raises:
        JournalError: It is not a journal, is damaged, or was written by a newer version.
    """
    path = Path(path)
    if not path.exists():
        return False
    with _opened(path) as database:
        return checked_version(database, path) > 0


@contextmanager
def reading(path: str | Path) -> Generator[Reader, None, None]:
    """Open a journal for reading without acquiring it; whoever writes it goes on.

    A file of an earlier schema is read from a migrated copy in memory; the file itself stays as it is.

    Raises:
        JournalError: It does not exist, is not a journal, is damaged, or was written by a newer version.
    """
    path = Path(path)
    with _opened(path) as database:
        version = checked_version(database, path)
        if version == 0:
            raise JournalError(f"{path} is empty: no run has begun in it")
        if version == SCHEMA_VERSION:
            yield Reader(database, path)
            return
        with closing(sqlite3.connect(":memory:")) as copy:
            database.backup(copy)
            copy.executescript(" ".join(MIGRATIONS[version - 1 :]))
            yield Reader(copy, path)


@contextmanager
def _opened(path: Path) -> Generator[sqlite3.Connection, None, None]:
    """Open a file for reading only."""
    check_is_file(path)
    with ExitStack() as stack:
        with named_errors(path, "read"):
            database = stack.enter_context(connected(path, _read_only(path)))
            database.execute("PRAGMA query_only = ON")
        with named_errors(path, "read", foreign=True):
            yield database


def _read_only(path: Path) -> str:
    """Return how to open a file for reading: so that the last one to close it does not move its log into it.

    Only a commit in rollback mode that a process died in must be undone before anything can be read, and a log that is
    not the file's own must not be read at all.
    """
    if size_of(beside(path, "-journal")):
        return "mode=rw"
    # Once more, in case a process moved its log into the file between two looks.
    return "mode=ro" if belongs(look(path)) or belongs(look(path)) else "immutable=1"
