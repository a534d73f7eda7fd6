"""Processes that visit when they like, hold tokens as long as they may, and send at the worst moment."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sixtyfour_async._scheduling.allotment import SHARE_SECONDS, allotment
from sixtyfour_async._scheduling.share_account import FORMAT, PRESENCE_SECONDS, ShareAccount
from sixtyfour_async._scheduling.visits import Call, visit
from tests.scheduling.fleet import busiest

LEASE = 1.0


class Step(NamedTuple):
    """After *pause* seconds a process visits; *late*: the part of the life of its tokens after which it sends."""

    pause: float
    runner: str
    waits: tuple[int, int, int]
    late: float
    jump: float


STEPS = st.lists(
    st.builds(
        Step,
        pause=st.sampled_from([0.01, 0.05, 0.1, 0.25, 0.37, 0.74, 0.76, 1.3, 5.0]),
        runner=st.sampled_from(["a", "b", "c"]),
        waits=st.tuples(*[st.sampled_from([0, 1, 3, 16])] * 3),
        late=st.sampled_from([0.0, 0.5, 1.0]),
        jump=st.sampled_from([0.0] * 12 + [-0.5, -20.0]),
    ),
    min_size=40,
    max_size=120,
)


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, repeats=st.integers(1, 6), limit=st.sampled_from([3, 10, 60, 100, 500, 2000]))
def test_no_minute_overflows_whoever_visits_and_whenever_it_sends(steps: list[Step], repeats: int, limit: int) -> None:
    account, now, jumped, sent = ShareAccount(limit), 1000.0, 0.0, list[float]()
    for step in steps * repeats:
        now += step.pause
        jumped += step.jump
        account = ShareAccount.read_json(account.to_json(), limit)
        grant = visit(account, now + jumped, "clock", step.runner, Call(limit, step.waits))
        sent += [now + step.late * SHARE_SECONDS * 0.999] * grant.tokens
        assert account.level + account.held <= account.capacity + 1e-6

    assert busiest(sent) <= limit - allotment(limit)[1]


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, limit=st.sampled_from([10, 100, 500]), honest=st.booleans())
def test_no_minute_overflows_when_the_account_is_lent_and_comes_back_late_or_never(
    steps: list[Step], limit: int, honest: bool
) -> None:
    """The borrower spends all that it may, in the last instant in which it may."""
    account, now, sent = ShareAccount(limit), 1000.0, list[float]()
    burst, margin, rate = allotment(limit)
    lent_to, tokens, filled, until = "", 0.0, 0.0, 0.0
    for step in steps * 3:
        now += step.pause * (1.0 if honest else 13.0)  # else everyone is forgotten in between, and it is lent again
        kept, unsent = None, 0
        if lent_to:
            end = min(now, until)
            tokens, filled = min(burst, tokens + rate * (end - filled)), end
            spent = int(max(0.0, tokens) * step.late)
            tokens -= spent
            sent += [min(until, end + (SHARE_SECONDS * 0.999 if now < until and step.runner == lent_to else 0))] * spent
            if step.runner == lent_to:
                kept, unsent = min(burst, tokens + rate * (now - filled)), spent
        call = Call(limit, step.waits, lease=LEASE, kept=kept, unsent=unsent)
        grant = visit(account, now, "clock", step.runner, call)
        if grant.lent is not None:
            lent_to, tokens, filled, until = step.runner, grant.lent, now, now + LEASE
        elif grant.extended:
            tokens, filled, until = kept or 0.0, now, now + LEASE
        elif step.runner == lent_to:
            lent_to = ""
        sent += [now + step.late * SHARE_SECONDS * 0.999] * grant.tokens

    assert busiest(sent) <= limit - margin + 1e-6


def test_only_who_has_been_alone_for_a_minute_is_lent_the_account() -> None:
    account = ShareAccount(500)
    call = Call(500, (1, 0, 0), lease=LEASE)

    assert visit(account, 0.0, "clock", "a", call).lent is not None
    assert visit(account, 0.1, "clock", "b", call).lent is None
    assert visit(account, 0.6, "clock", "a", Call(500, (0, 0, 9), lease=LEASE, kept=4.0)).tokens
    assert visit(account, PRESENCE_SECONDS, "clock", "a", call).lent is None
    assert visit(account, PRESENCE_SECONDS + 0.2, "clock", "a", call).lent is None  # its own share still lives
    assert visit(account, PRESENCE_SECONDS + 1.0, "clock", "a", call).lent is not None


def test_who_leaves_makes_room_at_once() -> None:
    account = ShareAccount(500)
    visit(account, 0.0, "clock", "a", Call(500, (1, 0, 0), lease=LEASE))

    visit(account, 0.5, "clock", "a", Call(500, lease=LEASE, kept=7.0, leaving=True))

    assert visit(account, 0.5, "clock", "b", Call(500, (1, 0, 0), lease=LEASE)).lent == 7.0


def test_after_another_boot_nothing_is_known_and_one_token_is_there() -> None:
    account = ShareAccount(500)
    visit(account, 50_000.0, "this boot", "a", Call(500, (1, 0, 0)))
    account.pause(50_030.0)

    grant = visit(account, 3.0, "next boot", "b", Call(500, (0, 0, 16)))

    assert grant.tokens == 0
    assert grant.paused == 30.0  # all that is known is that it was not over


def test_ten_bulk_submits_a_minute_are_granted_to_all_together() -> None:
    account, granted, now = ShareAccount(500), list[float](), 0.0
    while now < 300:
        now += 0.3
        runner = "a" if int(now * 10) % 2 else "b"
        granted += [now] * visit(account, now, "clock", runner, Call(500, (0, 0, 3), bulk=3)).bulk

    assert busiest(granted, 61.9) == 10
    assert len(granted) == 50


@pytest.mark.parametrize(
    "rest", ["", ', "live": 3', ', "live": [], "granted": [], "visitors": {"a": []}, "outage": null']
)
def test_an_account_that_lacks_something_begins_anew_with_one_token(rest: str) -> None:
    assert ShareAccount.read_json(f'{{"format": {FORMAT}{rest}}}', 500) == ShareAccount(500)


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"x"', "[" * 9])
def test_a_text_that_is_no_account_begins_anew_with_one_token(text: str) -> None:
    assert ShareAccount.read_json(text, 500) == ShareAccount(500)


def test_no_trace_of_the_key_or_of_unknown_formats_is_believed() -> None:
    account = ShareAccount.read_json('{"format": 999, "level": 1e9}', 500)

    assert account == ShareAccount(500)


def greedy_minute(account: ShareAccount, start: float) -> list[float]:
    """Return when requests are sent by a process that visits all the time, and sends at once what it gets."""
    sent, now = list[float](), start
    while now < start + 61:
        sent += [now] * visit(account, now, "clock", "greedy", Call(500, (16, 0, 0))).tokens
        now += 0.05
    return sent


def test_a_share_that_is_spent_in_its_last_instant_fills_nothing_before() -> None:
    """The ceiling rises when it dies, not at the visit that finds it dead: else these are ten, six and a minute's."""
    account = ShareAccount(500)
    visit(account, 0.0, "clock", "a", Call(500))
    tokens = visit(account, 1000.0, "clock", "a", Call(500, (16, 0, 0))).tokens
    assert tokens == account.capacity
    last = 1000 + SHARE_SECONDS * 0.999

    sent = [last] * tokens + greedy_minute(account, 1000 + SHARE_SECONDS + 0.01)

    assert busiest(sent) <= 500 - allotment(500)[1]


def test_what_a_borrower_has_not_sent_yet_counts_when_it_gives_the_account_back() -> None:
    account = ShareAccount(500)
    visit(account, 0.0, "clock", "a", Call(500, (1, 0, 0), lease=LEASE))
    visit(account, 0.5, "clock", "b", Call(500, (1, 0, 0), lease=LEASE))
    spent = allotment(500)[0]
    last = 0.6 + SHARE_SECONDS * 0.999

    visit(account, 0.6, "clock", "a", Call(500, lease=LEASE, kept=0.0, unsent=spent, sent=spent))
    sent = [last] * spent + greedy_minute(account, 0.61 + SHARE_SECONDS)

    assert busiest(sent) <= 500 - allotment(500)[1]
