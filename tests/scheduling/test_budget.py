"""The request budget and the concurrency limit: rates, pauses and lanes, with an explicit clock."""

from __future__ import annotations

from itertools import pairwise

import pytest

from sixtyfour_async._scheduling.allotment import MINUTE
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.limits import ConcurrencyLimit


def send_all(budget: Budget, start: float, end: float, *, foreground: bool = False) -> list[float]:
    """Send as fast as the budget allows from *start* until *end*, and return when each request was sent."""
    sent: list[float] = []
    now = start
    while (now := budget.ready_at(now, foreground=foreground)) < end:
        budget.take(now, foreground=foreground)
        sent.append(now)
    return sent


def busiest(sent: list[float], window: float = MINUTE) -> int:
    """Return the largest number of requests in any half-open window."""
    most, first = 0, 0
    for last, at in enumerate(sent):
        while sent[first] <= at - window:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_a_new_budget_allows_one_request_and_no_burst() -> None:
    budget = Budget(500)

    budget.take(100.0)

    assert budget.ready_at(100.0) == pytest.approx(100.0 + 1 / budget.rate)


def test_an_idle_budget_allows_a_burst() -> None:
    budget = Budget(500)
    assert budget.ready_at(0.5) == 0.5

    sent = send_all(budget, 3600.0, 3600.0 + 1e-6)

    assert len(sent) == budget.burst == 10


@pytest.mark.parametrize("limit", [3, 10, 60, 100, 500, 5000])
def test_no_minute_exceeds_the_limit_even_after_a_long_idle_time(limit: int) -> None:
    budget = Budget(limit)
    budget.ready_at(0.5)

    sent = send_all(budget, 10_000.0, 10_300.0)

    assert limit * 0.3 < busiest(sent) <= limit


@pytest.mark.parametrize("limit", [3, 10, 60, 500])
@pytest.mark.parametrize("uptime", [0.1, 7.0, 31.0, 59.9])
def test_a_restart_within_the_minute_keeps_the_limit_in_total(limit: int, uptime: float) -> None:
    first, second = Budget(limit), Budget(limit)
    first.ready_at(0.5)

    sent = send_all(first, 5000.0, 5000.0 + uptime) + send_all(second, 5000.0 + uptime, 5120.0)

    assert busiest(sent) <= limit


def test_constant_demand_uses_almost_the_whole_limit() -> None:
    budget = Budget(500)
    minutes = 10

    sent = send_all(budget, 100.0, 100.0 + minutes * MINUTE)

    assert budget.margin is not None
    assert budget.burst is not None
    assert len(sent) >= 0.97 * minutes * (500 - budget.margin - budget.burst)
    assert budget.used == len(sent)


@pytest.mark.parametrize("limit", [-1, 0, 2])
def test_a_limit_below_three_is_rejected(limit: int) -> None:
    with pytest.raises(ValueError, match="at least 3 requests a minute"):
        Budget(limit)


@pytest.mark.parametrize(("burst", "margin"), [(500, 0), (10, 490), (0, 0), (-1, 0)])
def test_a_burst_and_margin_that_leave_no_rate_are_rejected(burst: int, margin: int) -> None:
    with pytest.raises(ValueError, match="leave nothing"):
        Budget(500, margin=margin, burst=burst)


# --- pauses -------------------------------------------------------------------------------------------------------


def test_a_pause_stops_all_requests_and_is_followed_by_a_minute_at_half_the_rate() -> None:
    budget = Budget(500)
    send_all(budget, 100.0, 130.0)

    budget.pause(150.0)
    sent = send_all(budget, 130.0, 330.0)

    assert sent[0] == 150.0
    assert [later - at for at, later in pairwise(sent[:51])] == pytest.approx([2 / budget.rate] * 50)
    slow_start = sum(150.0 <= at < 210.0 for at in sent)
    full_rate = sum(210.0 <= at < 270.0 for at in sent)
    assert slow_start == pytest.approx(budget.rate * MINUTE / 2, abs=2)
    assert full_rate == pytest.approx(budget.rate * MINUTE, abs=2)
    assert budget.throttled == 1


@pytest.mark.parametrize("foreground", [True, False])
def test_a_pause_applies_to_both_lanes(foreground: bool) -> None:
    budget = Budget(500)
    budget.ready_at(100.0)

    budget.pause(150.0)

    assert budget.ready_at(101.0, foreground=foreground) == 150.0


def test_a_burst_does_not_survive_a_pause() -> None:
    budget = Budget(500)
    budget.ready_at(0.5)
    budget.ready_at(1000.0)

    budget.pause(1001.0)

    assert len(send_all(budget, 1001.0, 1001.0 + 1e-6)) == 1


def test_a_shorter_pause_does_not_shorten_the_one_in_force() -> None:
    budget = Budget(500)

    budget.pause(200.0)
    budget.pause(150.0)

    assert budget.ready_at(100.0) == 200.0
    assert budget.throttled == 2


@pytest.mark.parametrize("limit", [3, 10, 60])
def test_short_pauses_do_not_let_more_requests_through(limit: int) -> None:
    budget = Budget(limit)
    sent: list[float] = []
    now = 100.0
    while now < 160.0:
        now = budget.ready_at(now)
        budget.take(now)
        sent.append(now)
        budget.pause(now + 0.5)

    assert busiest(sent) <= limit


# --- lanes --------------------------------------------------------------------------------------------------------


def lane_order(limit: int, *, first: str, seconds: float) -> list[str]:
    """Return the lane of each request when both always have work and *first* wins ties."""
    budget = Budget(limit, foreground=1, background=True)
    served: list[str] = []
    lanes = ["foreground", "background"] if first == "foreground" else ["background", "foreground"]
    now = 100.0
    while now < 100.0 + seconds:
        ready = {lane: budget.ready_at(now, foreground=lane == "foreground") for lane in lanes}
        lane = min(lanes, key=lambda lane: ready[lane])
        now = ready[lane]
        budget.take(now, foreground=lane == "foreground")
        served.append(lane)
    return served


@pytest.mark.parametrize("first", ["foreground", "background"])
@pytest.mark.parametrize(
    "limit",
    [10, 60, 100, 500],
)
def test_the_foreground_goes_first_and_the_background_gets_at_least_one_in_six(limit: int, first: str) -> None:
    served = lane_order(limit, first=first, seconds=600.0)

    background = served.count("background")
    assert len(served) / 6 <= background < len(served) / 2
    longest_wait = max(len(run) for run in "".join(lane[0] for lane in served).split("b"))
    assert longest_wait <= 6


def test_a_foreground_request_goes_before_a_background_one_at_the_same_instant() -> None:
    budget = Budget(500, foreground=1, background=True)

    assert budget.ready_at(100.0, foreground=True) == 100.0
    assert budget.ready_at(100.0) > 100.0


@pytest.mark.parametrize("foreground", [True, False])
def test_a_lane_alone_gets_the_whole_rate(foreground: bool) -> None:
    budget = Budget(500, foreground=int(foreground), background=not foreground)

    sent = send_all(budget, 100.0, 160.0, foreground=foreground)

    assert len(sent) == pytest.approx(budget.rate * MINUTE, abs=2)


# --- concurrency limit --------------------------------------------------------------------------------------------


def test_a_concurrency_limit_is_open_until_full_and_reopens_on_release() -> None:
    concurrency_limit = ConcurrencyLimit(2)

    assert concurrency_limit.opens_at(7.0) == 7.0
    concurrency_limit.held = 2
    assert concurrency_limit.opens_at(7.0) is None
    concurrency_limit.release()
    assert concurrency_limit.opens_at(7.0) == 7.0


def test_a_closed_concurrency_limit_reopens_after_its_pause_or_on_release() -> None:
    concurrency_limit = ConcurrencyLimit(5, held=2)

    concurrency_limit.close(30.0)
    concurrency_limit.close(20.0)

    assert concurrency_limit.opens_at(7.0) == 30.0
    assert concurrency_limit.opens_at(31.0) == 31.0
    concurrency_limit.release()
    assert concurrency_limit.opens_at(7.0) == 7.0
    assert concurrency_limit.held == 1


def test_a_full_and_closed_concurrency_limit_waits_for_a_release() -> None:
    concurrency_limit = ConcurrencyLimit(1, held=1)

    concurrency_limit.close(30.0)

    assert concurrency_limit.opens_at(31.0) is None


# --- rate limit headers -------------------------------------------------------------------------------------------


def test_a_lower_reported_limit_is_adopted_and_a_higher_one_is_not() -> None:
    budget = Budget(500)

    budget.observe_headers(100.0, 1000, None)
    assert budget.limit == 500
    budget.observe_headers(100.0, 100, None)

    assert budget.limit == 100
    assert busiest(send_all(budget, 100.0, 400.0)) <= 100


@pytest.mark.parametrize("limit", [None, 0, -5, 2])
def test_an_unusable_reported_limit_is_ignored(limit: int | None) -> None:
    budget = Budget(500)

    budget.observe_headers(100.0, limit, None)

    assert budget.limit == 500


def test_own_requests_are_never_counted_as_other_traffic() -> None:
    """In the steady state a sliding window without other traffic reports this few requests remaining."""
    budget, now = Budget(500), 100.0
    for at in send_all(budget, now, now + 300.0):
        now = at
        budget.observe_headers(now, 500, 500 - budget.last_minute(now))

    assert budget.other_traffic == 0
    assert budget.last_minute(now) >= 480


def test_other_traffic_reduces_the_rate_until_it_stops() -> None:
    budget = Budget(500)
    budget.observe_headers(100.0, 500, 300)
    assert budget.other_traffic == 186

    assert len(send_all(budget, 100.0, 160.0)) <= 500 - 186
    budget.observe_headers(161.0, 500, 500 - budget.last_minute(161.0))

    assert budget.other_traffic == 0
    assert len(send_all(budget, 300.0, 360.0)) >= 486


def test_some_rate_remains_however_heavy_other_traffic_is() -> None:
    budget = Budget(500)

    budget.observe_headers(100.0, 500, 0)

    assert len(send_all(budget, 100.0, 160.0)) >= 20
