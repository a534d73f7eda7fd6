"""No read of a journal looks at all of its rows, or sorts them: a page costs the same wherever it is."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import psycopg
import pytest

from sixtyfour_async import PostgresJournal, SqliteJournal
from sixtyfour_async._journal import places
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._journal.sharing import Limits
from sixtyfour_async._journal.stored import StoredJournal
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body

pytestmark = pytest.mark.anyio

ROWS = 1200
"""More than two pages."""

STATES: tuple[State, ...] = get_args(State)
STATE_SETS: list[set[State]] = [{"unknown"}, {"completed"}, {"completed", "unknown", "failed"}, set(STATES)]
ENTRY = Entry("row", "find-email", "f" * 32, "{}", "completed", job_id="job", answer=Body(b"{}"), variant="find-email")


def entries() -> Iterator[Entry]:
    """Yield mostly answered rows, with some of each state, and some that were sent together."""
    for number in range(ROWS):
        state: State = "completed" if number % 20 else STATES[number // 20 % len(STATES)]
        batch = f"batch {number // 7}" if number % 3 else None
        yield replace(
            ENTRY,
            key=f"row {number}",
            job_id=f"job {number}",
            state=state,
            batch=batch,
            place=number % 7,
            sent_at=f"2026-11-{number % 28:02}",
        )


@pytest.fixture
async def filled(tmp_path: Path) -> AsyncGenerator[SqliteJournal, None]:
    journal = SqliteJournal(tmp_path / "run.db")
    await journal.open()
    await journal.put(*entries())
    yield journal
    await journal.close()


async def read_all(journal: StoredJournal) -> None:
    """Read in every way in which a runner reads rows."""
    keys = [f"row {number}" for number in range(0, ROWS, 5)]
    for number in range(0, ROWS, 101):
        await journal.find(f"row {number}")
        await journal.find_job(f"job {number}")
        await journal.batch_entries(f"batch {number}")
        await journal.load_batch_answer(f"batch {number}")
    assert len(await journal.find_all(keys)) == len(keys)
    for states in STATE_SETS:
        wanted = {one.key for one in entries() if one.state in states}
        assert {one.key async for one in journal.entries(states)} == wanted
    assert await journal.others_quiet_for() is None


class Traced:
    """The statements about rows that SQLite was given, with their values."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def note(self, statement: str) -> None:
        words = statement.split()
        if "jobs" in words and words[0] in {"SELECT", "UPDATE", "DELETE"} and not statement.startswith("SELECT total"):
            self.statements.append(statement)

    def plans(self, path: Path) -> Iterator[tuple[str, list[str]]]:
        with closing(sqlite3.connect(path)) as database:
            for statement in self.statements:
                plan = [str(row[3]) for row in database.execute(f"EXPLAIN QUERY PLAN {statement}")]
                yield statement, plan


def is_slow(step: str) -> bool:
    """Return whether a step of a plan looks at all rows, or sorts them."""
    return step.startswith("SCAN jobs") or "TEMP B-TREE" in step


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> Traced:
    found, connect = Traced(), sqlite3.connect

    def traced_connect(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_trace_callback(found.note)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced_connect)
    return found


@pytest.mark.parametrize("analyzed", [False, True])
async def test_sqlite_finds_rows_and_pages_by_an_index(
    traced: Traced, filled: SqliteJournal, *, analyzed: bool
) -> None:
    """Also once somebody has let SQLite count what is in the tables."""
    if analyzed:
        with closing(sqlite3.connect(filled.path)) as database:
            database.execute("ANALYZE")
    traced.statements.clear()
    await read_all(filled)
    with places.reading(filled.path) as reader:
        assert sum(1 for _ in reader.entries()) == ROWS
        assert reader.find("row 7") is not None

    plans = list(traced.plans(filled.path))
    assert len([statement for statement, _ in plans if " LIMIT " in statement]) > ROWS // 500
    assert [found for found in plans if any(map(is_slow, found[1]))] == []


async def test_sqlite_writes_rows_by_an_index(traced: Traced, filled: SqliteJournal) -> None:
    """What is done for each row, and for each group of rows."""
    traced.statements.clear()
    found = [await filled.find(f"row {number}") for number in (1, 2, 3)]
    known = [one for one in found if one is not None]
    await filled.put(replace(known[0], version=known[0].version + 1))
    await filled.claim([replace(known[1], state="accepted", version=known[1].version + 1)], Limits())
    await filled.hand_back([known[1].key])
    await filled.deliver(known[2].key)

    plans = list(traced.plans(filled.path))
    assert {statement.split()[0] for statement, _ in plans} == {"SELECT", "UPDATE"}
    assert [found for found in plans if any(map(is_slow, found[1]))] == []


async def test_a_plan_that_scans_or_sorts_would_be_seen(traced: Traced, filled: SqliteJournal) -> None:
    """The check itself: without an index, and by another order than that of the index."""
    traced.statements.clear()
    with closing(sqlite3.connect(filled.path)) as database:
        database.execute("SELECT key FROM jobs WHERE error = 'x'").fetchall()
        database.execute("SELECT key FROM jobs WHERE state = 'completed' ORDER BY sent_at LIMIT 5").fetchall()

    assert all(any(map(is_slow, plan)) for _, plan in traced.plans(filled.path))


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


async def test_postgres_finds_rows_and_pages_by_an_index(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scan of the whole table is planned only where no index serves, once scans are made to look dear."""
    asked: list[tuple[str, Sequence[object]]] = []
    ask = Link.ask

    def noted(link: Link, query: str, values: Sequence[object] = (), *, patience: float | None = None) -> Any:
        if query.startswith("SELECT") and "sixtyfour_jobs" in query:
            asked.append((query, values))
        return ask(link, query, values, patience=patience)

    journal = PostgresJournal(postgres_url)
    await journal.open()
    await journal.put(*entries())
    monkeypatch.setattr(Link, "ask", noted)
    await read_all(journal)
    await journal.close()

    assert len({query for query, _ in asked}) >= 5
    with psycopg.connect(postgres_url, autocommit=True) as database:
        database.execute("VACUUM ANALYZE")
        database.execute("SET enable_seqscan = off")
        for query, values in asked:
            found: Any = database.execute(f"EXPLAIN (FORMAT JSON) {query}".encode(), values or None).fetchone()
            steps = nodes(found[0][0]["Plan"])
            tables = [step.get("Relation Name") for step in steps if step["Node Type"] == "Seq Scan"]
            assert "sixtyfour_jobs" not in tables, query
