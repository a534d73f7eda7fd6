"""More of the contract of `SharedJournal`: lines of writers that do not count, and how long others were quiet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sixtyfour_async._journal.base import FencedError, changed
from sixtyfour_async._journal.sharing import Limits, SharedJournal
from sixtyfour_async._wire.body import Body
from tests.conftest import on_both_loops
from tests.journal.sharing_fixtures import (
    BEAT_SECONDS,
    INTENT,
    LEASE_SECONDS,
    NEW,
    SENT_AT,
    Fleet,
    beat_for,
    close_all,
    named,
    row,
)

pytestmark = [pytest.mark.anyio, on_both_loops]


async def test_a_line_without_a_version_replaces_only_another_one(one: SharedJournal, other: SharedJournal) -> None:
    """A writer that does not count does not say what it has read: no line that was counted is written over."""
    await one.put(NEW)
    await other.put(replace(NEW, error="again"))
    await one.put(changed(await row(one), error="counted"))
    await one.save_batch_answer("b", Body(b"{}"))
    for writing in (
        other.put(replace(NEW, key="row 2"), NEW),
        one.put(replace(NEW, key="row 2"), replace(NEW, state="completed")),
        other.settle_batch("b", [replace(NEW, state="completed", batch="b")]),
    ):
        with pytest.raises(FencedError) as raised:
            await writing
        assert raised.value.keys == {"row 1"}

    assert await other.find("row 2") is None
    assert ((await row(one)).version, (await row(one)).error) == (1, "counted")
    assert await other.load_batch_answer("b") == Body(b"{}")


async def test_in_one_put_a_line_without_a_version_follows_no_counted_one(one: SharedJournal) -> None:
    await one.put(NEW, replace(NEW, error="later"))
    assert (await row(one)).error == "later"
    with pytest.raises(FencedError):
        await one.put(changed(NEW), NEW)
    assert (await row(one)).version == 0


async def test_a_line_without_a_version_leaves_alone_what_another_runner_holds(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    """Nor does it after that one was succeeded, which counts."""
    accepted_line = replace(NEW, state="accepted", job_id="job", sent_at=SENT_AT)
    await one.put(accepted_line)
    with pytest.raises(FencedError):
        await other.put(NEW)
    await one.put(replace(accepted_line, error="one's own"))
    await beat_for(fleet, 2 * LEASE_SECONDS, other)

    for runner in (one, other):
        with pytest.raises(FencedError):
            await runner.put(NEW)
    assert ((await row(other)).error, (await row(other)).version) == ("one's own", 1)


async def test_an_id_that_comes_late_is_added_by_a_writer_without_versions_too(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    await one.put(replace(INTENT, version=0))
    await beat_for(fleet, 2 * LEASE_SECONDS, other)
    with pytest.raises(FencedError):
        await one.put(replace(INTENT, version=0, state="accepted", job_id="job"))

    assert ((await row(other)).state, (await row(other)).job_id) == ("accepted", "job")


async def test_how_long_those_that_hold_rows_were_quiet_is_known(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    """By the one that was quiet longest; one that holds nothing, or oneself, is no matter."""
    third = fleet.runner()
    await third.open()
    assert await third.others_quiet_for() is None
    await one.claim([INTENT], Limits())
    await other.claim(named(INTENT, "row 2"), Limits())
    await beat_for(fleet, 4 * BEAT_SECONDS, one)
    assert (await third.others_quiet_for() or 0.0) >= 4 * BEAT_SECONDS
    assert (await other.others_quiet_for() or 0.0) < 4 * BEAT_SECONDS
    await beat_for(fleet, LEASE_SECONDS, third, one)
    assert (await third.others_quiet_for() or 0.0) < 4 * BEAT_SECONDS
    assert await one.others_quiet_for() is None
    await close_all(third)
