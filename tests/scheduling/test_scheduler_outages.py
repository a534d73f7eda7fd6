"""The scheduler through outages of hours, in virtual time: what is in doubt, what is sent, and how it ends."""

from __future__ import annotations

from collections import Counter

import pytest

from sixtyfour_async._scheduling.messages import Submit, SubmitFailed
from sixtyfour_async.errors import AddressError, NotFoundError, ServerError
from tests.scheduling.harness import Fault, Harness, JobScript, Outage, Request
from tests.scheduling.test_scheduler_steps import batch, job, new_scheduler

DAY = 24 * 3600.0
ALL: tuple[Request, ...] = ("submit", "poll", "check")
ONLY_SUBMITS: tuple[Request, ...] = ("submit",)


def through(outage: Outage, *, jobs: int = 500, latency: float = 0.2) -> Harness:
    scripts = [JobScript(run_time=60.0 + number % 60) for number in range(jobs)]
    return Harness(scripts, outages=[outage], latency=latency, job_deadline=2 * DAY).run(checked=False)


@pytest.mark.parametrize("latency", [0.05, pytest.param(1.0, marks=pytest.mark.soak), 3.0])
@pytest.mark.parametrize("requests", [ALL, ONLY_SUBMITS], ids=["everything fails", "submits fail"])
@pytest.mark.parametrize("seconds", [25.0, 300.0, pytest.param(3600.0, marks=pytest.mark.soak), 8 * 3600.0])
@pytest.mark.parametrize("failure_latency", [0.2, 60.0], ids=["at once", "after a minute"])
def test_an_outage_leaves_few_submits_in_doubt_whatever_its_length_and_the_service_s_pace(
    *, latency: float, requests: tuple[Request, ...], seconds: float, failure_latency: float
) -> None:
    outage = Outage(60.0, 60.0 + seconds, "uncertain", requests, failure_latency)
    harness = through(outage, jobs=800, latency=latency)  # so many that the list's last rows are not yet under way
    doubts, unanswered = harness.doubts_of(outage)

    assert doubts <= unanswered + 10
    assert Counter(harness.ends()) == {"Finish": 800 - doubts, "Park": doubts}
    assert harness.busiest_minute() <= 500


@pytest.mark.parametrize("fault", ["portal", "undelivered"])
@pytest.mark.parametrize("seconds", [25.0, 300.0])
def test_what_never_arrived_is_not_in_doubt_and_is_sent_again(fault: Fault, seconds: float) -> None:
    harness = through(Outage(30.0, 30.0 + seconds, fault))

    assert set(harness.ends()) == {"Finish"}
    assert harness.stopped is None


def test_a_portal_that_stays_stops_the_feed_after_ten_minutes() -> None:
    harness = through(Outage(30.0, DAY, "portal", ("submit", "check")))

    assert isinstance(harness.stopped, AddressError)
    assert set(harness.ends()) == {"Finish", "Release"}
    assert max(at for at in harness.sent) < 1000.0 + 1800.0


@pytest.mark.parametrize("seconds", [300.0, 3600.0])
@pytest.mark.parametrize("fault", ["uncertain", "gone", "route gone", "unreadable", "portal", "lost"])
def test_failing_polls_neither_burn_the_budget_nor_lose_a_job(fault: Fault, seconds: float) -> None:
    outage = Outage(120.0, 120.0 + seconds, fault, ("poll",))
    harness = through(outage)
    during = [at for at in harness.sent if 1000.0 + outage.start <= at < 1000.0 + outage.end]
    submits = sum(outage.start <= at < outage.end for at, _, _ in harness.submits)

    assert set(harness.ends()) == {"Finish"}
    assert len(during) - submits <= 40 + seconds / 60


@pytest.mark.parametrize("fault", ["uncertain", "gone", "unreadable", "undelivered"])
def test_jobs_are_handed_back_at_their_deadline_while_polls_fail(fault: Fault) -> None:
    scripts = [JobScript(run_time=500.0) for _ in range(100)]
    harness = Harness(scripts, outages=[Outage(60.0, DAY, fault, ("poll",))], job_deadline=1200.0).run()

    assert set(harness.ends()) == {"Detach"}
    ended = [(one.ended_at or 0.0) - (one.accepted_at or 0.0) for one in harness.jobs]
    assert 1200.0 <= min(ended) <= max(ended) <= 1200.0 + 65.0 + (600.0 if fault == "undelivered" else 0.0)


@pytest.mark.parametrize("lost_first", [True, False])
def test_lost_jobs_do_not_hold_up_the_others_whose_polls_are_answered(lost_first: bool) -> None:
    lost = [JobScript(run_time=30.0, gone_for=float("inf")) for _ in range(60)]
    known = [JobScript(run_time=30.0 + number) for number in range(120)]
    harness = Harness([*lost, *known] if lost_first else [*known, *lost], job_deadline=3600.0).run()
    ends = [one.ended_at or 0.0 for one, end in zip(harness.jobs, harness.ends(), strict=True) if end == "Finish"]

    assert len(ends) == 120
    assert set(harness.ends()) <= {"Finish", "Park", "Detach"}
    assert max(ends) < 1000.0 + 900.0


def test_without_an_outage_no_health_check_is_sent() -> None:
    harness = through(Outage(0.0, 0.0))

    assert harness.health_checks == 0


def test_a_slow_service_is_sent_more_at_once_and_not_slower() -> None:
    """Little's law: what is unanswered is the pace times the latency."""
    slow, fast = (through(Outage(0.0, 0.0), latency=latency) for latency in (4.0, 0.05))

    def last_submit(harness: Harness) -> float:
        return max(at for at, _, _ in harness.submits)

    assert last_submit(slow) < 1.3 * last_submit(fast) + 30.0


def test_the_refusal_of_an_unknown_route_stops_the_feed() -> None:
    harness = Harness([JobScript() for _ in range(50)], outages=[Outage(0.0, DAY, "route gone", ONLY_SUBMITS)]).run()

    assert isinstance(harness.stopped, NotFoundError)
    assert len(harness.submits) <= 5


# --- step by step -------------------------------------------------------------------------------------------------


def test_a_batch_is_divided_after_trouble_and_its_parts_go_first() -> None:
    scheduler = new_scheduler()
    scheduler.add(batch(100), 100.0)
    assert [type(command) for command in scheduler.due(100.0)] == [Submit]
    scheduler.handle(SubmitFailed(1, ServerError("502", status=502)), 101.0)
    other, waiting = batch(100), batch(100)
    other.id, waiting.id = 2, 3
    scheduler.add(other, 101.0)
    scheduler.add(waiting, 101.0)

    [split] = scheduler.due(110.0)
    assert (getattr(split, "id", None), getattr(split, "sizes", None)) == (2, (1, 99))
    assert scheduler.due(110.0) == [], "the parts must be there first"
    part, rest = job(4), batch(99)
    rest.id = 5
    scheduler.add(part, 110.0)
    scheduler.add(rest, 110.0)

    assert [(type(command), getattr(command, "id", None)) for command in scheduler.due(110.0)] == [(Submit, 4)]
