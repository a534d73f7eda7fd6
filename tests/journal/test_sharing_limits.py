"""Limits that hold for all runners of a journal together, for every implementation and under both event loops."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sixtyfour_async._journal.base import changed
from sixtyfour_async._journal.sharing import Cap, Claim, Limits, Room, SharedJournal
from sixtyfour_async._scheduling.ledger import Line
from tests.conftest import on_both_loops
from tests.journal.sharing_fixtures import (
    INTENT,
    accepted,
    named,
    row,
)

pytestmark = [pytest.mark.anyio, on_both_loops]


async def spent(journal: SharedJournal, since: str = "") -> float:
    return sum(line.spent_cents + line.exposed_cents for line in await journal.lines_since(since))


async def test_a_claim_that_exceeds_a_cap_writes_nothing(one: SharedJournal, other: SharedJournal) -> None:
    """What is left of it can still be claimed, by anybody, to the last cent."""
    limits = Limits(caps=(cap := Cap("", 20.0),))
    await one.claim(named(INTENT, "1", "2"), limits)
    claim = await other.claim(named(INTENT, "3", "4", "5"), limits)
    assert (claim.exceeded, claim.refused, await other.find("3")) == (cap, frozenset(), None)
    assert (await other.claim(named(INTENT, "3", "4"), limits)).exceeded is None
    assert (await one.claim(named(INTENT, "5"), limits)).exceeded == cap

    await one.put(changed(replace(INTENT, key="1"), state="completed", cost_cents=1.0, reserved_cents=0.0))
    await other.put(changed(replace(INTENT, key="3"), state="released", reserved_cents=0.0))
    assert (await one.claim(named(INTENT, "5"), limits)).exceeded is None
    assert await spent(one) == 16.0


async def test_a_cap_counts_what_was_sent_since_an_instant(one: SharedJournal, other: SharedJournal) -> None:
    """A run, a day and a month; each has a sum of its own."""
    for number, at in enumerate(["2026-10-31T23:59", "2026-11-01T00:00", "2026-11-26T09:59", "2026-11-26T10:00"]):
        await one.claim([replace(INTENT, key=f"{number}", sent_at=at)], Limits())
    since = ["", "2026-11", "2026-11-26", "2026-11-26T10:00"]
    intent = replace(INTENT, sent_at="2026-11-26T10:30")

    for instant, sum_of_it in zip(since, (20.0, 15.0, 10.0, 5.0), strict=True):
        assert await spent(one, instant) == sum_of_it
        enough, too_little = Cap(instant, sum_of_it + 5.0), Cap(instant, sum_of_it + 4.99)
        for journal in (one, other):
            assert (await journal.claim([intent], Limits(caps=(too_little,)))).exceeded == too_little
        assert (await one.claim([intent], Limits(caps=(Cap("", 99.0), enough)))).exceeded is None
        await one.put(changed(intent, state="released", reserved_cents=0.0))
        intent = changed(changed(intent))
    yesterday = replace(INTENT, key="old", sent_at="2026-11-25")
    assert (await one.claim([yesterday], Limits(caps=(Cap("2026-11-26", 0.0),)))).exceeded is None


async def test_a_claim_that_costs_nothing_more_fits_any_cap(one: SharedJournal, other: SharedJournal) -> None:
    """To poll a job, or to send what is exposed already, is not to spend."""
    await accepted(one)
    parked = changed(replace(INTENT, key="parked"), state="unknown")
    await one.claim(named(INTENT, "parked"), Limits())
    await one.put(parked)
    await one.hand_back(["row 1"])
    limits = Limits(caps=(Cap("", 1.0),))

    assert (await other.claim([changed(await row(other))], limits)).exceeded is None
    assert (await other.claim([changed(parked, state="intended")], limits)).exceeded is None
    assert (await other.claim(named(INTENT, "new"), limits)).exceeded is not None


async def test_what_is_replaced_is_tallied_only_where_the_row_is_written(
    one: SharedJournal, other: SharedJournal
) -> None:
    """Its money counts in the claim, too."""
    done = changed(INTENT, state="completed", cost_cents=7.0, reserved_cents=0.0)
    for key in ("1", "2", "3"):
        await one.claim(named(INTENT, key), Limits())
        await one.put(replace(done, key=key))
    await one.put(*named(changed(done), "3"))
    again = changed(done, state="intended", cost_cents=None, reserved_cents=5.0, resubmissions=1)
    limits = Limits(caps=(cap := Cap("", 26.0),))

    claim = await other.claim(named(again, "1", "3"), limits, replaced=named(done, "1", "3"))
    assert claim == Claim(refused=frozenset({"3"}))
    assert await spent(other) == 26.0
    assert Line("find-email", "replaced", 1, charged_cents=7.0) in await other.lines()
    claim = await other.claim(named(again, "2"), limits, replaced=named(done, "2"))
    assert claim.exceeded == cap
    assert await spent(other) == 26.0


async def test_a_room_may_be_for_rows_of_one_price(one: SharedJournal, other: SharedJournal) -> None:
    """A variant may have the name of its operation."""
    low, plain = replace(INTENT, variant="find-email/low"), replace(INTENT, variant="find-email")
    room = Room(frozenset({"find-email"}), 2, "find-email/low")
    limits = Limits(rooms=(room,))
    await one.claim(named(plain, "1", "2", "3"), limits)
    await one.claim(named(low, "4"), limits)
    await accepted(other, replace(low, key="5"))

    assert (await other.claim(named(low, "6"), limits)).exceeded == room
    assert (await other.claim(named(plain, "7"), limits)).exceeded is None
    assert (await other.claim(named(low, "8"), Limits(rooms=(replace(room, variant="find-email"),)))).exceeded is None
    await one.put(changed(replace(low, key="4"), state="completed"))
    assert (await other.claim(named(low, "6"), limits)).exceeded == room
    await other.put(changed(replace(low, key="8"), state="released"))
    assert (await other.claim(named(low, "6"), limits)).exceeded is None


async def test_rooms_count_the_rows_of_all_runners(one: SharedJournal, other: SharedJournal) -> None:
    """Also those that nobody polls: their jobs run."""
    room = Room(frozenset({"deep-search", "search-start"}), 3)
    search = replace(INTENT, operation="search-start")
    limits = Limits(rooms=(room,))
    await accepted(one, replace(search, key="1"))
    await one.hand_back(["1"])
    await one.claim(named(replace(search, operation="deep-search"), "2"), limits)

    assert (await other.claim(named(search, "3", "4"), limits)).exceeded == room
    assert await other.find("3") is None
    assert (await other.claim([*named(search, "3"), *named(INTENT, "5", "6")], limits)).exceeded is None
    assert (await one.claim(named(search, "4"), limits)).exceeded == room
    assert (await other.claim([changed(await row(other, "1"))], limits)).exceeded is None
    await one.put(changed(replace(search, key="2", operation="deep-search"), state="completed"))
    assert (await one.claim(named(search, "4"), limits)).exceeded is None
