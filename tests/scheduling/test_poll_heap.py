"""Planned polls come up in the order in which they are due, whatever happened to them since they were planned."""

from __future__ import annotations

import math
from itertools import count

from hypothesis import example, given
from hypothesis import strategies as st

from sixtyfour_async._scheduling.job_states import ScheduledJob, Transition
from sixtyfour_async._scheduling.poll_heap import PollHeap

Step = tuple[str, int, float]

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["plan", "plan", "end", "tidy", "take"]), st.integers(0, 6), st.integers(0, 9).map(float)
    ),
    max_size=80,
)


class Planned:
    """A heap, and beside it the plain list of what it should hold."""

    def __init__(self) -> None:
        self.jobs: dict[int, ScheduledJob] = {}
        self.heap = PollHeap(self.jobs)
        self.due: dict[int, float] = {}
        self._order = count()

    def do(self, step: Step) -> None:
        what, id_, at = step
        if what == "plan":
            self._plan(id_, at)
        elif what == "end":
            self.jobs.pop(id_, None)
            self.due.pop(id_, None)
        elif what == "tidy":
            assert {job.id for job in self.heap.current()} == self.due.keys()
        elif self.due:
            self.take()

    def take(self) -> None:
        assert self.heap.next_at() == min(self.due.values())
        taken = self.heap.pop()
        assert self.due.pop(taken.id) == taken.poll_at
        self.jobs.pop(taken.id)

    def _plan(self, id_: int, at: float) -> None:
        if id_ not in self.jobs:
            job = self.jobs[id_] = ScheduledJob(id_, "kind", "", retry_safe=False)
            job.advance(Transition.SUBMIT_SENT)
            job.advance(Transition.ACCEPTED)
        self.due[id_] = self.jobs[id_].poll_at = at
        self.jobs[id_].plan_number = next(self._order)
        self.heap.push(self.jobs[id_])


@given(STEPS)
@example([("plan", 0, 1.0), ("plan", 1, 5.0), ("plan", 2, 2.0), ("end", 0, 0.0), ("tidy", 0, 0.0)])
def test_the_poll_that_is_due_first_is_next(steps: list[Step]) -> None:
    planned = Planned()
    for step in steps:
        planned.do(step)
    while planned.due:
        planned.take()

    assert planned.heap.next_at() == math.inf
