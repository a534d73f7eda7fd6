"""Random jobs, faults and limits in a world of virtual time. Most of what must hold is checked by `World` itself."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async.models.jobs import JobState
from tests.scheduling.world import Fault, Plan, World

faults = st.sampled_from(["throttled", "undelivered", "refused", "in_doubt", "lost"])
look_faults = st.sampled_from(["throttled", "undelivered", "in_doubt", "lost", "gone", "denied"])


def few(one: st.SearchStrategy[str]) -> st.SearchStrategy[list[Fault]]:
    return st.lists(one, max_size=4) | st.just([])  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    search = draw(st.booleans())
    resumed = draw(st.integers(0, 9)) == 0 and not search
    return Plan(
        run_time=draw(st.floats(0, 400) | st.just(float("inf")) | st.just(0.0)),
        end=draw(st.sampled_from([JobState.COMPLETED, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED])),
        variant="deep-search" if search else draw(st.sampled_from(["find-email", "find-phone"])),
        job_limit="deep-search" if search else "",
        list_endpoint="" if search else draw(st.sampled_from(["", "", "workflow-runs"])),
        retry_safe=draw(st.booleans()),
        charge=draw(st.sampled_from([None, 0.0, 5.0])),
        submits=[] if resumed else draw(few(faults)),
        looks=draw(few(look_faults)),
        gone_for=draw(st.sampled_from([0.0, 0.0, 0.0, 15.0, float("inf")])),
        job_id="job_0" if resumed else None,
        withdrawn_after=draw(st.none() | st.floats(0, 60)),
        tells_time=draw(st.booleans()),
    )


worlds = st.builds(
    World,
    plans=st.lists(plans(), max_size=25),
    limit=st.sampled_from([10, 60, 500]),
    cap=st.none() | st.floats(1, 200),
    in_flight=st.sampled_from([1, 3, 1000]),
    job_deadline=st.sampled_from([200.0, 2000.0]),
    foreign_searches=st.integers(0, 4),
    patience=st.sampled_from([0.5, 30.0, 300.0]),
    seed=st.integers(0, 5),
)


@settings(max_examples=60, deadline=None)
@given(worlds)
def test_every_job_ends_exactly_once_and_nothing_that_must_not_happen_happens(world: World) -> None:
    world.run()

    assert world.busiest_minute() <= world.limit
    assert world.most_searches <= 5
    assert world.scheduler.in_flight.held == 0
    job_limit = world.scheduler.job_limits["deep-search"]
    assert isinstance(job_limit, ConcurrencyLimit)
    assert job_limit.held == 0
    assert abs(world.scheduler.ledger.reserved_cents) < 1e-6
    assert world.scheduler.wake_at(world.now) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(plans(), max_size=20))
def test_a_row_nobody_paid_for_is_released_and_a_row_that_may_be_paid_for_never_is(jobs: list[Plan]) -> None:
    world = World(jobs, job_deadline=500.0).run()

    for plan, job, end in zip(jobs, world.jobs, world.ends(), strict=True):
        taken = job.accepted_at is not None
        if end in {"Finish", "Detach"}:
            assert taken
        if end == "Release":
            assert not taken
        if job.in_doubt and not plan.retry_safe:
            assert end == "Park"


@settings(max_examples=30, deadline=None)
@given(st.lists(plans(), max_size=12), st.integers(0, 3))
def test_the_same_world_happens_the_same_way_again(jobs: list[Plan], seed: int) -> None:
    first = World(jobs, seed=seed, job_deadline=500.0).run(watched=False)
    second = World(jobs, seed=seed, job_deadline=500.0).run(watched=False)

    assert first.sent == second.sent
    assert first.ends() == second.ends()
