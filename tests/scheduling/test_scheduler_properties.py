"""Random jobs, faults and limits in virtual time. `Harness` itself asserts most of the invariants."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async.models.jobs import JobState
from tests.properties import examples
from tests.scheduling.harness import Fault, Harness, JobScript

submit_faults = st.sampled_from(["throttled", "undelivered", "refused", "uncertain", "lost"])
poll_faults = st.sampled_from(["throttled", "undelivered", "uncertain", "lost", "gone", "denied", "refused"])


def short_lists_of(faults: st.SearchStrategy[str]) -> st.SearchStrategy[list[Fault]]:
    return st.lists(faults, max_size=4) | st.just([])  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@st.composite
def scripts(draw: st.DrawFn) -> JobScript:
    is_search = draw(st.booleans())
    resumed = draw(st.integers(0, 9)) == 0 and not is_search
    return JobScript(
        run_time=draw(st.floats(0, 400) | st.just(float("inf")) | st.just(0.0)),
        end=draw(st.sampled_from([JobState.COMPLETED, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED])),
        variant="deep-search" if is_search else draw(st.sampled_from(["find-email", "find-phone"])),
        job_limit="deep-search" if is_search else "",
        list_endpoint="" if is_search else draw(st.sampled_from(["", "", "workflow-runs"])),
        retry_safe=draw(st.booleans()),
        charge=draw(st.sampled_from([None, 0.0, 5.0, 5.0, 50.0])),
        submits=[] if resumed else draw(short_lists_of(submit_faults)),
        polls=draw(short_lists_of(poll_faults)),
        gone_for=draw(st.sampled_from([0.0, 0.0, 0.0, 15.0, float("inf")])),
        job_id="job_0" if resumed else None,
        withdrawn_after=draw(st.none() | st.floats(0, 60)),
        reports_run_time=draw(st.booleans()),
    )


harnesses = st.builds(
    Harness,
    scripts=st.lists(scripts(), max_size=25),
    limit=st.sampled_from([10, 60, 500]),
    cap=st.none() | st.floats(1, 200),
    in_flight=st.sampled_from([1, 3, 1000]),
    job_deadline=st.sampled_from([200.0, 2000.0]),
    other_searches=st.integers(0, 4),
    patience=st.sampled_from([0.5, 30.0, 300.0]),
    seed=st.integers(0, 5),
)


@examples(60)
@given(harnesses)
def test_every_job_ends_exactly_once_within_all_limits(harness: Harness) -> None:
    harness.run()

    assert harness.busiest_minute() <= harness.limit
    assert harness.peak_searches <= 5
    assert harness.scheduler.in_flight.held == 0
    job_limit = harness.scheduler.job_limits["deep-search"]
    assert isinstance(job_limit, ConcurrencyLimit)
    assert job_limit.held == 0
    assert abs(harness.scheduler.ledger.reserved_cents) < 1e-6
    assert harness.scheduler.wake_at(harness.now) is None


@examples(40)
@given(st.lists(scripts(), max_size=20))
def test_a_job_is_released_only_when_it_cannot_have_been_charged(jobs: list[JobScript]) -> None:
    harness = Harness(jobs, job_deadline=500.0).run()

    for script, job, end in zip(jobs, harness.jobs, harness.ends(), strict=True):
        accepted = job.accepted_at is not None
        if end in {"Finish", "Detach"}:
            assert accepted
        if end == "Release":
            assert not accepted
        if job.in_doubt and not script.retry_safe:
            assert end == "Park"


@examples(30)
@given(st.lists(scripts(), max_size=12), st.integers(0, 3))
def test_a_run_is_deterministic_for_a_given_seed(jobs: list[JobScript], seed: int) -> None:
    first = Harness(jobs, seed=seed, job_deadline=500.0).run(checked=False)
    second = Harness(jobs, seed=seed, job_deadline=500.0).run(checked=False)

    assert first.sent == second.sent
    assert first.ends() == second.ends()
