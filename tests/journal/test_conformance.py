"""The contract of `Journal`, for every implementation and under both event loops."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from pathlib import Path
from typing import get_args

import anyio
import pytest

from sixtyfour_async import Journal, JournalError, MemoryJournal, PostgresJournal, SqliteJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import State
from sixtyfour_async._wire.body import Body
from tests.conftest import on_both_loops

pytestmark = [pytest.mark.anyio, on_both_loops]

ENTRY = Entry("row 1", "find-email", "f" * 32, '{"lead":{"name":"Åda 🙂"}}', "intended", variant="find-email")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Journal, None]:
    made: dict[str, Callable[[], Journal]] = {
        "memory": MemoryJournal,
        "sqlite": lambda: SqliteJournal(tmp_path / "run.db"),
        "postgres": lambda: PostgresJournal(request.getfixturevalue("postgres_url")),
    }
    opened = made[request.param]()
    await opened.open()
    yield opened
    await opened.close()


async def test_find_returns_the_entry_that_was_put(journal: Journal) -> None:
    """Every field and every character survives."""
    whole = replace(
        ENTRY,
        state="completed",
        job_id="job_1",
        answer=Body(b'{"a": "\xff\x00"}\n', "text/html; charset=x"),
        error="é",
        cost_cents=2.5,
    )
    await journal.put(whole)
    await journal.put(replace(ENTRY, key=""))

    assert whole == await journal.find("row 1")
    assert replace(ENTRY, key="") == await journal.find("")
    assert await journal.find("row 2") is None
    assert await journal.find("ROW 1") is None


async def test_put_replaces_the_whole_row(journal: Journal) -> None:
    """No field of the former entry remains."""
    await journal.put(replace(ENTRY, state="unknown", error="lost", job_id="x"))
    await journal.put(ENTRY)

    assert await journal.find("row 1") == ENTRY


@pytest.mark.parametrize("state", get_args(State))
async def test_every_state_can_be_stored(journal: Journal, state: State) -> None:
    """The CHECK constraint of the schema agrees with `State`."""
    await journal.put(replace(ENTRY, state=state))

    assert [Line("find-email", state, 1)] == list(await journal.lines())


async def test_lines_sum_rows_and_cents_by_variant_and_state(journal: Journal) -> None:
    """A replaced row counts once; charged and reserved cents are summed separately."""
    await journal.put(replace(ENTRY, cost_cents=99))
    for number in range(4):
        await journal.put(replace(ENTRY, key=f"row {number}", state="completed", cost_cents=2.5 + number))
    await journal.put(replace(ENTRY, key="other", state="unknown", reserved_cents=7))
    await journal.put(replace(ENTRY, key="dear", state="completed", variant="find-phone", cost_cents=30))
    journal.tally("find-email", "duplicate", 2.5)
    journal.tally("find-email", "duplicate", 5)
    journal.tally("find-email", "resubmitted", 4)

    assert set(await journal.lines()) == {
        Line("find-email", "completed", 4, charged_cents=16, dearest_cents=5.5),
        Line("find-email", "unknown", 1, reserved_cents=7),
        Line("find-phone", "completed", 1, charged_cents=30, dearest_cents=30),
        Line("find-email", "duplicate", 2, charged_cents=7.5),
        Line("find-email", "resubmitted", 1, reserved_cents=4),
    }


async def test_an_empty_journal_has_no_lines(journal: Journal) -> None:
    """Without rows there are no sums."""
    assert list(await journal.lines()) == []


async def test_entries_come_in_order_of_creation(journal: Journal) -> None:
    """Across more rows than one read fetches, with other states in between."""
    for number in range(1100):
        state: State = "unknown" if number % 3 else "completed"
        await journal.put(replace(ENTRY, key=f"row {number:04}", state=state))
    await journal.put(replace(ENTRY, key="row 0001", state="unknown", error="again"))

    keys = [entry.key async for entry in journal.entries({"unknown"})]
    both = [entry.key async for entry in journal.entries({"unknown", "completed"})]

    assert keys == [f"row {number:04}" for number in range(1100) if number % 3]
    assert both == [f"row {number:04}" for number in range(1100)]
    assert [entry async for entry in journal.entries({"failed"})] == []


async def test_deliver_marks_the_row_and_changes_nothing_else(journal: Journal) -> None:
    """Delivering a row again has no effect."""
    whole = replace(ENTRY, state="completed", job_id="job_1", answer=Body(b"{}"), cost_cents=5)
    await journal.put(whole)
    await journal.deliver("row 1")
    await journal.deliver("row 1")

    assert replace(whole, delivered=True) == await journal.find("row 1")


async def test_meta_is_stored_separately_from_the_purpose(journal: Journal) -> None:
    """It survives a reopen, and a purpose of the same name does not collide with it."""
    assert await journal.get_meta("runtimes") is None
    await journal.bind({"runtimes": "purpose"})
    await journal.set_meta("runtimes", "{}")
    await journal.close()
    await journal.open()

    assert await journal.get_meta("runtimes") == "{}"


async def test_an_intent_left_by_a_crash_becomes_unknown_on_open(journal: Journal) -> None:
    """It may have been accepted, so its reservation and sending time are kept."""
    await journal.put(replace(ENTRY, reserved_cents=5, sent_at="2026-11-25T10:00:00+00:00"))
    await journal.put(replace(ENTRY, key="row 2", state="accepted", job_id="job_2"))
    await journal.close()
    await journal.open()

    found = await journal.find("row 1")
    assert found == replace(
        ENTRY,
        state="unknown",
        reserved_cents=5,
        sent_at="2026-11-25T10:00:00+00:00",
        error="a run ended while this was being sent; it may have been accepted",
        version=ENTRY.version + 1,
    )
    assert getattr(await journal.find("row 2"), "state", None) == "accepted"


async def test_a_journal_is_bound_to_one_purpose(journal: Journal) -> None:
    """Binding the same purpose again succeeds; a different one raises and names the difference."""
    await journal.bind({"operation": "find-email", "input": "a.csv"})
    await journal.put(ENTRY)
    await journal.bind({"operation": "find-email", "input": "a.csv"})

    with pytest.raises(JournalError, match=r"input was 'a\.csv', now 'b\.csv'\. Choose another"):
        await journal.bind({"operation": "find-email", "input": "b.csv"})
    await journal.bind({"operation": "find-email"})


async def test_a_journal_without_accepted_rows_can_be_bound_to_another_purpose(journal: Journal) -> None:
    """A first attempt that sent nothing does not block a corrected one."""
    await journal.bind({"input": "typo.csv"})
    await journal.put(replace(ENTRY, state="released"))
    await journal.bind({"input": "right.csv"})
    await journal.put(ENTRY)

    with pytest.raises(JournalError, match=r"right\.csv"):
        await journal.bind({"input": "typo.csv"})


async def test_rows_and_purpose_survive_a_reopen(journal: Journal) -> None:
    """Close and open again: both are still there."""
    done = replace(ENTRY, state="completed", job_id="job_1", answer=Body(b"{}"))
    await journal.bind({"input": "a.csv"})
    await journal.put(done)
    await journal.close()
    await journal.open()

    assert await journal.find("row 1") == done
    with pytest.raises(JournalError, match=r"b\.csv"):
        await journal.bind({"input": "b.csv"})


async def test_concurrent_puts_are_durable_and_ordered(journal: Journal) -> None:
    """A put is visible when it returns, and two puts of one row keep their order."""
    later = [replace(ENTRY, key=f"row {number}", state="accepted", job_id=f"job {number}") for number in range(150)]

    async def write(entry: Entry) -> None:
        await journal.put(entry)
        assert entry == await journal.find(entry.key)

    async with anyio.create_task_group() as tasks:
        for entry in later:
            await journal.put(replace(entry, state="intended", job_id=None))
            tasks.start_soon(write, entry)

    assert [Line("find-email", "accepted", 150)] == list(await journal.lines())
