"""The contract of `SharedJournal`, for every implementation and under both event loops."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio
import pytest

from sixtyfour_async._journal.base import CRASHED, Entry, FencedError, changed
from sixtyfour_async._journal.sharing import Claim, Limits, SharedJournal
from sixtyfour_async._wire.body import Body
from tests.conftest import on_both_loops
from tests.journal.sharing_fixtures import (
    BEAT_SECONDS,
    INTENT,
    LEASE_SECONDS,
    NEW,
    Fleet,
    accepted,
    beat_for,
    close_all,
    named,
    row,
)

pytestmark = [pytest.mark.anyio, on_both_loops]


# --- who holds what -----------------------------------------------------------------------------------------------


async def test_a_row_under_way_is_held_for_all_others_wherever_it_is_read(
    one: SharedJournal, other: SharedJournal
) -> None:
    """Not for its own runner, and not once it has ended."""
    await one.claim([replace(INTENT, batch="b", place=0)], Limits())
    seen = [await row(other), *await other.batch_entries("b"), *[entry async for entry in other.entries({"intended"})]]
    assert len({entry.held_by for entry in seen}) == 1
    assert None not in {entry.held_by for entry in seen}
    assert (await row(one)).held_by is None

    await one.put(changed(replace(INTENT, batch="b", place=0), state="completed", cost_cents=5.0))
    assert (await row(other)).held_by is None


async def test_runners_are_told_apart(fleet: Fleet, one: SharedJournal, other: SharedJournal) -> None:
    """Two holders have two numbers, and the next runner has neither."""
    third = fleet.runner()
    await third.open()
    await one.claim([INTENT], Limits())
    await other.claim(named(INTENT, "row 2"), Limits())
    holders = {(await row(third)).held_by, (await row(third, "row 2")).held_by}
    await third.close()
    await third.open()

    assert len(holders) == 2
    assert holders == {(await row(third)).held_by, (await row(third, "row 2")).held_by}
    await third.close()


async def test_find_all_leaves_out_what_there_is_not(one: SharedJournal) -> None:
    """Also for more keys than one statement takes."""
    await one.put(*named(INTENT, *(f"row {number}" for number in range(0, 3000, 3))))

    found = await one.find_all([f"row {number}" for number in range(3000)])

    assert {entry.key for entry in found} == {f"row {number}" for number in range(0, 3000, 3)}
    assert await one.find_all([]) == []


# --- fences -------------------------------------------------------------------------------------------------------


async def test_a_line_is_written_over_the_one_that_was_read_and_no_other(
    one: SharedJournal, other: SharedJournal
) -> None:
    """Of a put of several rows nothing is written when one of them is fenced."""
    first = changed(NEW, error="first")
    await one.put(first)
    with pytest.raises(FencedError) as raised:
        await other.put(*named(changed(NEW, error="second"), "row 1", "row 2"))
    assert raised.value.keys == {"row 1"}
    assert (await row(one), await other.find("row 2")) == (first, None)

    with pytest.raises(FencedError):
        await other.put(changed(changed(first)))
    await other.put(changed(first, error="third"))
    assert (await row(one)).error == "third"


async def test_two_puts_of_a_row_follow_each_other_in_one(one: SharedJournal) -> None:
    await one.put(changed(NEW), changed(changed(NEW), error="later"))
    assert (await row(one)).error == "later"
    with pytest.raises(FencedError):
        await one.put(changed(await row(one)), changed(await row(one)))
    assert (await row(one)).version == 2


async def test_concurrent_writers_are_fenced_one_by_one(one: SharedJournal) -> None:
    """Writers that share a commit do not share a fence."""
    await one.put(*named(changed(NEW), "row 1", "row 2"))
    fenced: list[str] = []

    async def write(entry: Entry) -> None:
        try:
            await one.put(entry)
        except FencedError as error:
            fenced.extend(error.keys)

    async with anyio.create_task_group() as tasks:
        for entry in [*named(changed(changed(NEW)), "row 1", "row 2"), *named(changed(NEW), "row 1", "row 3")]:
            tasks.start_soon(write, entry)

    assert fenced == ["row 1"]
    assert [(await row(one, key)).version for key in ("row 1", "row 2", "row 3")] == [2, 2, 1]


async def test_a_fenced_settlement_keeps_the_answer(one: SharedJournal, other: SharedJournal) -> None:
    """Whoever has the rows by now needs it."""
    await one.save_batch_answer("b", Body(b"{}"))
    await other.put(changed(NEW, batch="b"))
    with pytest.raises(FencedError):
        await one.settle_batch("b", [changed(NEW, state="completed", batch="b")])

    assert await other.load_batch_answer("b") == Body(b"{}")


# --- claims -------------------------------------------------------------------------------------------------------


async def test_a_claim_takes_what_is_free_and_refuses_the_rest(one: SharedJournal, other: SharedJournal) -> None:
    """Refused is what another one holds, by whatever version, and what has changed since it was read."""
    await one.claim(named(INTENT, "held"), Limits())
    await one.put(*named(changed(NEW), "changed"))
    of_held = changed(replace(INTENT, key="held"))

    claim = await other.claim([of_held, *named(INTENT, "changed", "free")], Limits())

    assert claim == Claim(refused=frozenset({"held", "changed"}))
    assert (await row(other, "free")).held_by is None
    assert (await row(one, "free")).held_by is not None
    assert (await row(one, "held")).version == 1


async def test_rows_handed_back_are_free_and_their_lines_are_newer(one: SharedJournal, other: SharedJournal) -> None:
    """Only accepted rows, and only one's own."""
    entry = await accepted(one)
    await one.claim(named(INTENT, "row 2"), Limits())
    theirs = await accepted(other, replace(INTENT, key="row 3"))
    await one.hand_back(["row 1", "row 2", "row 3", "none"])

    assert (await row(other)).held_by is None
    assert (await row(other)).version == entry.version + 1
    assert (await row(other, "row 2")).held_by is not None
    assert (await row(one, "row 3")).version == theirs.version
    assert await other.others_quiet_for() is not None
    assert not (await other.claim([changed(await row(other))], Limits())).refused


async def test_what_a_runner_leaves_is_free_once_it_is_closed(one: SharedJournal, other: SharedJournal) -> None:
    """What it was about to send is unknown to the next who looks."""
    await accepted(one)
    await one.claim(named(INTENT, "row 2"), Limits())
    assert await other.others_quiet_for() is not None
    await one.close()
    await other.beat()

    assert await other.others_quiet_for() is None
    assert ((await row(other)).state, (await row(other)).held_by) == ("accepted", None)
    assert ((await row(other, "row 2")).state, (await row(other, "row 2")).error) == ("unknown", CRASHED)


async def test_a_runner_that_opens_frees_what_others_left(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    """Also while others are there."""
    await one.claim([INTENT], Limits())
    await one.close()
    third = fleet.runner()
    await third.open()

    assert (await row(third)).state == "unknown"
    await close_all(third, other)


async def test_the_first_text_is_kept_for_all(one: SharedJournal, other: SharedJournal) -> None:
    assert await one.keep_meta("id", "one") == "one"
    assert await other.keep_meta("id", "other") == "one"
    assert await other.get_meta("id") == "one"


# --- leases -------------------------------------------------------------------------------------------------------


async def test_a_silent_runner_is_succeeded_after_its_lease_and_not_before(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    entry = await accepted(one)
    intent = replace(INTENT, key="row 2")
    await one.claim([intent], Limits())
    await beat_for(fleet, LEASE_SECONDS - BEAT_SECONDS, other)
    assert (await row(other)).held_by is not None
    await beat_for(fleet, 2 * BEAT_SECONDS, other)

    assert await row(other) == changed(entry)
    assert (await row(other)).held_by is None
    assert await row(other, "row 2") == changed(intent, state="unknown", error=CRASHED)
    with pytest.raises(FencedError):
        await one.put(changed(entry, state="completed"))
    assert not one.may_send()


async def test_a_runner_that_beats_keeps_what_it_holds(fleet: Fleet, one: SharedJournal, other: SharedJournal) -> None:
    entry = await accepted(one)
    await beat_for(fleet, 5 * LEASE_SECONDS, one, other)

    assert one.may_send()
    assert (await row(other)).held_by is not None
    await one.put(changed(entry, state="completed"))


@pytest.mark.parametrize("stall", [LEASE_SECONDS, 20 * LEASE_SECONDS])
async def test_a_stall_of_all_runners_succeeds_nobody(
    fleet: Fleet, one: SharedJournal, other: SharedJournal, stall: float
) -> None:
    """The machine slept, or somebody stopped in the middle of a commit: then the others have not been silent."""
    entry = await accepted(one)
    await beat_for(fleet, 2 * LEASE_SECONDS, one, other)
    fleet.pass_time(stall)
    await other.beat()
    await beat_for(fleet, BEAT_SECONDS, one, other)

    assert one.may_send()
    await one.put(changed(entry, state="completed"))


async def test_nothing_is_sent_in_the_last_part_of_a_lease(fleet: Fleet, one: SharedJournal) -> None:
    assert one.may_send()
    fleet.pass_time(LEASE_SECONDS - BEAT_SECONDS - 0.5)
    assert one.may_send()
    fleet.pass_time(0.6)
    assert not one.may_send()
    await one.beat()
    assert one.may_send()
    await one.close()
    assert not one.may_send()


async def test_a_runner_that_was_succeeded_goes_on_as_another_one(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    """By its next heartbeat, or by its next claim; what it held is somebody else's to take."""
    entry = await accepted(one)
    await other.claim(named(INTENT, "other's"), Limits())
    await beat_for(fleet, 2 * LEASE_SECONDS, other)
    assert not (await other.claim([changed(await row(other))], Limits())).refused
    assert not one.may_send()

    claim = await one.claim([changed(entry), replace(INTENT, key="row 2")], Limits())
    assert claim.refused == {"row 1"}
    assert one.may_send()
    assert (await row(one)).held_by is not None
    assert (await row(other, "row 2")).held_by is not None
    await one.beat()
    assert (await row(other, "row 2")).state == "intended"


# --- too late -----------------------------------------------------------------------------------------------------

LATE: dict[str, dict[str, Any]] = {
    "accepted": {"state": "accepted", "job_id": "late"},
    "released": {"state": "released", "error": "it was refused", "reserved_cents": 0.0},
}


@pytest.mark.parametrize("late", LATE)
async def test_what_became_of_a_submit_is_added_to_a_row_that_was_parked(
    fleet: Fleet, one: SharedJournal, other: SharedJournal, late: str
) -> None:
    """The runner is fenced all the same: the row is free, for whoever asks for it."""
    await one.claim([INTENT], Limits())
    await beat_for(fleet, 2 * LEASE_SECONDS, other)
    with pytest.raises(FencedError) as raised:
        await one.put(changed(INTENT, **LATE[late]))

    found = await row(other)
    assert raised.value.keys == {"row 1"}
    assert found == replace(changed(INTENT, **LATE[late]), version=3)
    assert found.held_by is None
    assert not (await other.claim([changed(found)], Limits())).refused


async def test_what_became_of_an_earlier_submit_is_not_added(
    fleet: Fleet, one: SharedJournal, other: SharedJournal
) -> None:
    """The row was sent again since, or has its id, or the line says nothing of it."""
    await one.claim(named(INTENT, "again", "known", "answered"), Limits())
    await beat_for(fleet, 2 * LEASE_SECONDS, other)
    again, known = await row(other, "again"), await row(other, "known")
    await other.claim([changed(again, state="intended", sent_at="2026-11-26T11", error=None)], Limits())
    await other.put(changed(await row(other, "again"), state="unknown"))
    await other.put(changed(known, state="accepted", job_id="found"))
    before = [await row(one, key) for key in ("again", "known", "answered")]

    for key, changes in [("again", LATE["accepted"]), ("known", LATE["accepted"]), ("answered", {"state": "failed"})]:
        with pytest.raises(FencedError):
            await one.put(changed(replace(INTENT, key=key), **changes))
    assert before == [await row(one, key) for key in ("again", "known", "answered")]


# --- news ---------------------------------------------------------------------------------------------------------


async def test_whoever_waits_hears_of_what_another_runner_writes(one: SharedJournal, other: SharedJournal) -> None:
    """Once there is news of a row, it can be read."""
    heard: list[str] = []

    async def follow() -> None:
        while not heard:
            await one.wait_for_change()
            heard.extend(entry.state for entry in await one.find_all(["row 1"]) if entry.state == "completed")

    with anyio.fail_after(30):
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(follow)
            entry = await accepted(other)
            await anyio.sleep(0.3)
            await other.put(changed(entry, state="completed"))
    assert heard == ["completed"]


async def test_waiting_can_be_cancelled(one: SharedJournal) -> None:
    with anyio.move_on_after(0.1) as scope:
        while True:
            await one.wait_for_change()
    assert scope.cancelled_caught
    await one.put(INTENT)
