"""Caps over whole runs in virtual time: the first rows of an unproven price, surprises, and polls beside a cap."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import (
    Accepted,
    Command,
    Finish,
    Park,
    Poll,
    Polled,
    Release,
    Split,
    Submit,
    SubmitFailed,
)
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import CostCapError, RateLimitError, ServerError
from sixtyfour_async.models.jobs import JobState, Report
from tests.properties import examples
from tests.scheduling.harness import Harness, JobScript
from tests.scheduling.money_check import RESERVED_CENTS

CAP = 500.0
NEVER = float("inf")


def new_scheduler(ledger: Ledger) -> Scheduler:
    return Scheduler(Budget(100_000), ledger, lambda: 0.0, {}, ConcurrencyLimit(1000), 3600.0)


def prove(harness: Harness) -> Harness:
    """Let the prices of all kinds be known, so that there is no trial."""
    for variant in RESERVED_CENTS:
        harness.scheduler.ledger.learn(variant, 1.0)
    return harness


def due(scheduler: Scheduler, now: float) -> list[Command]:
    """Return what is due within ten seconds, however many submits are unanswered: the budget starts slowly."""
    commands: list[Command] = []
    for tick in range(100):
        scheduler.breaker.window = 1000
        commands += scheduler.due(now + tick / 10)
    return commands


def submitted(commands: list[Command]) -> list[int]:
    return [command.id for command in commands if isinstance(command, Submit)]


def finish(scheduler: Scheduler, id_: int, charge: float | None, state: JobState = JobState.COMPLETED) -> list[Command]:
    """Let an accepted job end at its next poll."""
    scheduler.jobs[id_].phase = scheduler.jobs[id_].phase.POLLING
    return scheduler.handle(Polled(id_, Report(state, state.value, cost_cents=charge)), 101.0)


def accept(scheduler: Scheduler, *ids: int) -> None:
    for id_ in ids:
        scheduler.handle(Accepted(id_, f"job_{id_}"), 100.5)


def with_rows(number: int, ledger: Ledger) -> Scheduler:
    scheduler = new_scheduler(ledger)
    for id_ in range(1, 1 + number):
        scheduler.add(ScheduledJob(id_, "find-email", "", retry_safe=False), 100.0)
    return scheduler


# --- a price that nobody was charged yet ------------------------------------------------------------------------


@pytest.mark.parametrize("prices", [{}, {"find-email": 7.0}], ids=["published", "the caller's"])
def test_three_rows_at_most_are_in_flight_until_one_charge_is_known(prices: dict[str, float]) -> None:
    scheduler = with_rows(20, Ledger(CAP, prices))

    first = submitted(due(scheduler, 100.0))
    accept(scheduler, *first)
    waiting = submitted(due(scheduler, 110.0))
    bottleneck = scheduler.bottleneck(120.0)
    finish(scheduler, 1, 5.0)

    assert (first, waiting, bottleneck) == ([1, 2, 3], [], "cap")
    assert len(submitted(due(scheduler, 121.0))) == 17


def test_without_a_cap_nothing_waits_for_a_charge() -> None:
    assert len(submitted(due(with_rows(20, Ledger()), 100.0))) == 20


def test_a_charge_in_the_journal_makes_a_trial_unnecessary() -> None:
    ledger = Ledger(CAP)
    ledger.learn("find-email", 5.0)

    assert len(submitted(due(with_rows(20, ledger), 100.0))) == 20


@pytest.mark.parametrize("charge", [None, 0.0])
def test_after_three_answers_without_a_charge_the_reservation_stands(charge: float | None) -> None:
    scheduler = with_rows(20, Ledger(CAP))
    for id_ in submitted(due(scheduler, 100.0)):
        accept(scheduler, id_)
        finish(scheduler, id_, charge)

    assert len(submitted(due(scheduler, 102.0))) == 17
    assert scheduler.ledger.charged_cents == (15 if charge is None else 0)


def test_failed_jobs_prove_no_price_and_make_room_for_the_next() -> None:
    scheduler = with_rows(20, Ledger(CAP))
    seen: list[list[int]] = []
    for _ in range(3):
        seen.append(submitted(due(scheduler, 100.0)))
        accept(scheduler, *seen[-1])
        for id_ in seen[-1]:
            finish(scheduler, id_, None, JobState.FAILED)

    assert seen == [[1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_each_kind_has_a_trial_of_its_own() -> None:
    scheduler = with_rows(5, Ledger(CAP, ceiling_cents=10))
    for id_ in range(10, 15):
        scheduler.add(ScheduledJob(id_, "qa-agent", "qa", retry_safe=False), 100.0)

    assert submitted(due(scheduler, 100.0)) == [1, 2, 3, 10, 11, 12]


@pytest.mark.parametrize("rows", [4, 100, 20_000])
def test_three_rows_of_a_batch_go_first(rows: int) -> None:
    """Once, whatever else of the kind waits behind it; the rest waits for the charge."""
    scheduler = new_scheduler(Ledger(1e6))
    for id_ in (1, 2):
        scheduler.add(
            ScheduledJob(id_, "find-email-bulk", "", retry_safe=False, priced_as="find-email", rows=rows), 100.0
        )

    [split] = scheduler.due(100.0)
    assert isinstance(split, Split)
    assert split.sizes == (3, rows - 3)
    for id_, size in zip((3, 4), split.sizes, strict=True):
        scheduler.add(
            ScheduledJob(id_, "find-email-bulk", "", retry_safe=False, priced_as="find-email", rows=size), 100.0
        )
    assert submitted(due(scheduler, 100.0)) == [3]
    assert scheduler.bottleneck(100.0) == "cap"
    accept(scheduler, 3)
    assert not submitted(due(scheduler, 110.0))

    finish(scheduler, 3, 15.0)
    assert submitted(due(scheduler, 121.0)) == [4, 2]


# --- a charge above its reservation -----------------------------------------------------------------------------


def test_a_charge_above_its_reservation_ends_what_waits_and_shows_both_numbers() -> None:
    ledger = Ledger(CAP)
    ledger.learn("find-email", 5.0)
    scheduler = with_rows(30, ledger)
    scheduler.in_flight.capacity = 10
    accept(scheduler, *submitted(due(scheduler, 100.0)))

    [ended] = finish(scheduler, 1, 50.0)
    released = [command for command in due(scheduler, 120.0) if not isinstance(command, Poll)]

    assert isinstance(ended, Finish)
    assert len(released) == 20
    for command in released:
        assert isinstance(command, Release)
        assert isinstance(command.error, CostCapError)
        assert "find-email was charged 50 cents a row, 5 were reserved" in str(command.error)
        assert "pass prices={'find-email': 50} or max_row_cents=50 to go on" in str(command.error)
    assert len(scheduler.jobs) == 9, "what is in flight is polled on"


def test_after_a_surprise_a_batch_is_not_split_and_a_row_in_doubt_stays_in_doubt() -> None:
    ledger = Ledger(CAP)
    ledger.learn("find-email", 5.0)
    scheduler = with_rows(2, ledger)
    scheduler.jobs[2].retry_safe = True
    assert submitted(due(scheduler, 100.0)) == [1, 2]
    accept(scheduler, 1)
    scheduler.handle(SubmitFailed(2, ServerError("broke", status=503)), 110.0)
    scheduler.add(ScheduledJob(3, "find-email", "", retry_safe=False, rows=50), 110.0)
    finish(scheduler, 1, 6.0)
    ends = [command for command in due(scheduler, 200.0) if isinstance(command, Release | Split | Park)]

    assert [(type(command), command.id) for command in ends] == [(Park, 2), (Release, 3)]
    assert (ledger.reserved_cents, ledger.exposed_cents) == (0, 5)


@pytest.mark.parametrize("charge", [5.0, 4.999, 5.0 + 1e-9])
def test_a_charge_within_its_reservation_is_no_surprise(charge: float) -> None:
    ledger = Ledger(CAP)
    ledger.settle("find-email", ledger.reserve("find-email") or 0.0, charge)

    assert ledger.surprise is None


def test_without_a_cap_a_surprise_is_told_once_and_stops_nothing() -> None:
    ledger = Ledger()
    for _ in range(3):
        ledger.settle("find-email", ledger.reserve("find-email") or 0.0, 50.0)
        ledger.settle("qa-agent", ledger.reserve("qa-agent") or 0.0, 50.0)

    assert ledger.refusal("find-email") is None
    assert ledger.notices == ["find-email was charged 50 cents a row, 5 were reserved"]


def test_a_job_that_runs_since_an_earlier_run_counts_as_what_is_known_now() -> None:
    """It was sent when its price was not known, or believed to be lower: its charge is no surprise then."""
    ledger = Ledger(100.0)
    ledger.learn("find-email", 50.0)
    scheduler = with_rows(2, ledger)
    scheduler.add(ScheduledJob(9, "find-email", "", retry_safe=False), 100.0, job_id="job_9", exposed_cents=5.0)

    assert submitted(due(scheduler, 100.0)) == [1]
    assert ledger.reserved_cents == 100
    scheduler.handle(Polled(9, Report(JobState.COMPLETED, "completed", cost_cents=50.0)), 101.0)
    assert ledger.surprise is None


factors = st.floats(0, 100) | st.sampled_from([0.0, 1.0, 1.0, 10.0, 100.0])


@st.composite
def charged(draw: st.DrawFn) -> list[JobScript]:
    """Rows whose charges change in mid-run, from nothing to a hundred times the estimate."""
    number = draw(st.integers(1, 60))
    changes = sorted(draw(st.lists(st.integers(0, number), max_size=3)))
    levels = [draw(factors | st.none()) for _ in range(1 + len(changes))]
    random = Random(draw(st.integers(0, 99)))  # noqa: S311 (deterministic on purpose)
    scripts: list[JobScript] = []
    for row in range(number):
        level = levels[sum(change <= row for change in changes)]
        variant, price = random.choice([("find-email", 5.0), ("find-email", 5.0), ("find-phone", 30.0)])
        end = random.choice([JobState.COMPLETED] * 4 + [JobState.FAILED])
        charge = None if level is None else level * price
        submits = random.choice([(), (), (), ("uncertain",), ("throttled",)])
        scripts.append(
            JobScript(run_time=random.uniform(0, 300), end=end, variant=variant, charge=charge, submits=submits)  # type: ignore[arg-type]
        )
    return scripts


@examples(80)
@given(charged(), st.floats(1, 2000), st.sampled_from([2, 20, 1000]), st.booleans())
def test_a_cap_is_exceeded_by_no_more_than_what_was_in_flight_at_the_first_surprise(
    scripts: list[JobScript], cap: float, in_flight: int, proven: bool
) -> None:
    """`Harness` asserts that at every step; the amounts are neither negative nor NaN."""
    harness = Harness(scripts, cap=cap, in_flight=in_flight)
    if proven:
        prove(harness)
    harness.run()

    ledger = harness.scheduler.ledger
    assert abs(ledger.reserved_cents) < 1e-6
    assert math.isfinite(ledger.charged_cents)
    if ledger.surprise is None:
        assert ledger.charged_cents + ledger.exposed_cents <= cap + 1e-6
    charges = sum(
        script.charge or 0.0
        for script, job in zip(scripts, harness.jobs, strict=True)
        if isinstance(job.end, Finish) and script.end is JobState.COMPLETED
    )
    assert charges <= ledger.charged_cents + 1e-6


# --- polls beside a cap -----------------------------------------------------------------------------------------


def test_a_cap_that_binds_does_not_slow_the_polls() -> None:
    """100 of 200 rows fit: they are polled at the same instants as if there were no others."""
    rows = [JobScript(run_time=20.0 + number % 60, charge=5.0) for number in range(100)]
    others = [JobScript(charge=5.0) for _ in range(100)]

    free = Harness(rows).run()
    capped = prove(Harness([*rows, *others], cap=CAP)).run()

    assert capped.ends() == ["Finish"] * 100 + ["Release"] * 100
    assert capped.sent == free.sent
    assert capped.now == free.now


def test_rows_that_wait_for_a_cap_make_polls_no_dearer_than_nothing_does() -> None:
    """While money is out, what cannot be afforded waits for money, not for requests; the bottleneck says so."""
    ledger = Ledger(25.0)
    ledger.learn("find-email", 5.0)
    scheduler = with_rows(200, ledger)
    accept(scheduler, *submitted(due(scheduler, 100.0)))

    scheduler.due(102.0)

    assert scheduler.in_flight.held == 5
    assert scheduler.bottleneck(102.0) == "cap"
    assert scheduler.queues.ready_count(102.0, scheduler.spending.affordable) == 0
    assert scheduler.poller.cost.seconds < 3.0


def test_a_refusal_with_a_pace_gives_the_money_back_and_books_the_next_attempt_anew() -> None:
    ledger = Ledger(CAP, period_caps={"day": 10.0})
    ledger.advance("2026-11-26T23:59:59.000+00:00")
    scheduler = with_rows(1, ledger)
    [first] = scheduler.due(100.0)
    scheduler.handle(SubmitFailed(1, RateLimitError("slow down", status=429, retry_after=3.0)), 100.2)
    ledger.advance("2026-11-27T00:00:02.000+00:00")
    [second] = scheduler.due(104.0)

    assert isinstance(first, Submit)
    assert isinstance(second, Submit)
    assert (first.sent_at[:10], second.sent_at[:10]) == ("2026-11-26", "2026-11-27")
