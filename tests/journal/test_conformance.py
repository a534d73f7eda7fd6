"""What every journal promises, in memory or in a file, under either event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import get_args

import anyio
import pytest

from sixtyfour_async import Journal, JournalError, MemoryJournal, SqliteJournal
from sixtyfour_async._journal import Entry, State, Totals

pytestmark = pytest.mark.anyio

ENTRY = Entry("row 1", "find-email", "f" * 32, '{"lead":{"name":"Åda 🙂"}}', "intended")


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["memory", "sqlite"])
async def journal(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Journal, None]:
    made: Journal = MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "run.db")
    await made.open()
    yield made
    await made.close()


async def test_a_row_is_found_as_it_was_put(journal: Journal) -> None:
    """Every field, whatever the alphabet."""
    whole = replace(ENTRY, state="completed", job_id="job_1", answer='{"a": "\\n\\u0000"}\n', error="é", cost_cents=2.5)
    await journal.put(whole)
    await journal.put(replace(ENTRY, key=""))

    assert whole == await journal.find("row 1")
    assert replace(ENTRY, key="") == await journal.find("")
    assert await journal.find("row 2") is None
    assert await journal.find("ROW 1") is None


async def test_the_last_word_about_a_row_counts(journal: Journal) -> None:
    """A put replaces the row whole, nothing of the former one shines through."""
    await journal.put(replace(ENTRY, state="unknown", error="lost", job_id="x"))
    await journal.put(ENTRY)

    assert await journal.find("row 1") == ENTRY


@pytest.mark.parametrize("state", get_args(State))
async def test_every_state_can_be_kept(journal: Journal, state: State) -> None:
    """The file's own check knows the same words as the code."""
    await journal.put(replace(ENTRY, state=state))

    assert Totals({state: 1}, 0.0) == await journal.totals()


async def test_totals_count_rows_and_cents(journal: Journal) -> None:
    """What is replaced counts once."""
    await journal.put(replace(ENTRY, cost_cents=99))
    for number in range(4):
        await journal.put(replace(ENTRY, key=f"row {number}", state="completed", cost_cents=2.5))
    await journal.put(replace(ENTRY, key="other", state="failed"))

    assert Totals({"completed": 4, "failed": 1}, 10.0) == await journal.totals()


async def test_an_empty_journal_has_nothing_in_it(journal: Journal) -> None:
    """Zero is a total."""
    assert Totals({}, 0) == await journal.totals()


async def test_a_journal_is_bound_to_one_purpose(journal: Journal) -> None:
    """The same words again are fine; others are refused, and told."""
    await journal.bind({"operation": "find-email", "input": "a.csv"})
    await journal.put(ENTRY)
    await journal.bind({"operation": "find-email", "input": "a.csv"})

    with pytest.raises(JournalError, match=r"input was 'a\.csv', now 'b\.csv'\. Choose another"):
        await journal.bind({"operation": "find-email", "input": "b.csv"})
    await journal.bind({"operation": "find-email"})


async def test_a_journal_in_which_nothing_was_taken_may_serve_another_purpose(journal: Journal) -> None:
    """A first attempt that sent nothing must not stand in the way of a corrected one."""
    await journal.bind({"input": "typo.csv"})
    await journal.put(replace(ENTRY, state="released"))
    await journal.bind({"input": "right.csv"})
    await journal.put(ENTRY)

    with pytest.raises(JournalError, match=r"right\.csv"):
        await journal.bind({"input": "typo.csv"})


async def test_rows_and_purpose_outlive_a_close(journal: Journal) -> None:
    """Closed and opened again, everything is there."""
    await journal.bind({"input": "a.csv"})
    await journal.put(ENTRY)
    await journal.close()
    await journal.open()

    assert await journal.find("row 1") == ENTRY
    with pytest.raises(JournalError, match=r"b\.csv"):
        await journal.bind({"input": "b.csv"})


async def test_many_may_write_at_once(journal: Journal) -> None:
    """Each put is there when it returns, and two about one row keep their order."""
    later = [replace(ENTRY, key=f"row {number}", state="accepted", job_id=f"job {number}") for number in range(150)]

    async def write(entry: Entry) -> None:
        await journal.put(entry)
        assert entry == await journal.find(entry.key)

    async with anyio.create_task_group() as tasks:
        for entry in later:
            await journal.put(replace(entry, state="intended", job_id=None))
            tasks.start_soon(write, entry)

    assert Totals({"accepted": 150}, 0.0) == await journal.totals()
