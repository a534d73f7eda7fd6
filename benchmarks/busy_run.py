"""`JobRunner`'s scheduler on one processor that every request keeps busy for a while, in virtual time.

The event loop is a queue: what is ready waits its turn, and the clock goes on while the processor works. So an instant
at which something is due is seen late, as on a machine that has too much to do. Nothing here is random or timed.

The engine's turn, the steps of each request and the admission of rows stand in the same queue. A request takes
`STEPS` turns, half of them before the service has it and half of them after it has answered. The engine looks at what
is due whenever an event was posted or its timer ran out, as `JobRunner`'s does.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from benchmarks.policies import LIMIT, Result, Seen
from benchmarks.scheduler_run import RUNNING
from benchmarks.workloads import Job
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import Accepted, Event, Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.models.jobs import JobState, Report

STEPS = 4
"""Turns of the event loop that a request takes."""

ADMISSION_COST = 0.25
"""What the admission of a row costs the processor, as a part of what a request does."""

ADMISSION_STEPS = 4
"""Turns that the admission of a group of rows takes: it waits for a lock, and for a thread of the journal."""

IN_FLIGHT = 4000


@dataclass(slots=True)
class Processor:
    """One processor, its queue of what is ready, and its timers.

    Attributes:
        now: Virtual seconds.
        busy: Seconds of them that it worked.
    """

    now: float = 0.0
    busy: float = 0.0
    _ready: deque[tuple[float, Callable[[], None]]] = field(default_factory=deque[tuple[float, Callable[[], None]]])
    _timers: list[tuple[float, int, Callable[[], None]]] = field(
        default_factory=list[tuple[float, int, Callable[[], None]]]
    )
    _order: count[int] = field(default_factory=count)

    def call_soon(self, cost: float, then: Callable[[], None]) -> None:
        """Work for *cost* seconds as soon as everything that is ready has had its turn; then call."""
        self._ready.append((cost, then))

    def call_at(self, at: float, then: Callable[[], None]) -> None:
        """Call at an instant, or later if the processor is busy."""
        heapq.heappush(self._timers, (at, next(self._order), then))

    def steps(self, number: int, cost: float, then: Callable[[], None]) -> None:
        """Work for *cost* seconds in so many turns; then call."""
        again = partial(self.steps, number - 1, cost - cost / number, then) if number > 1 else then
        self.call_soon(cost / number, again)

    def turn(self) -> None:
        """Do what is ready first, or wait for the next timer."""
        while self._timers and self._timers[0][0] <= self.now:
            self._ready.append((0.0, heapq.heappop(self._timers)[2]))
        if not self._ready:
            self.now = self._timers[0][0]
            return
        cost, then = self._ready.popleft()
        self.now += cost
        self.busy += cost
        then()


class BusyRun:
    """A run of the scheduler.

    Args:
        work: The jobs.
        cost: Seconds for which a request keeps the processor busy.
        group: Rows that are admitted together.
        patience: Seconds of lag that one request is worth.
    """

    def __init__(self, work: Sequence[Job], *, cost: float, group: int, patience: float) -> None:
        self.processor = Processor()
        self.seen = Seen()
        self.scheduler = Scheduler(
            Budget(LIMIT),
            Ledger(),
            lambda: 0.5,
            {},
            ConcurrencyLimit(IN_FLIGHT),
            job_deadline=1e9,
            patience=patience,
            rows_to_come=lambda: self._read < len(work) and len(self.scheduler.jobs) < IN_FLIGHT,
        )
        self._work, self._cost, self._group = work, cost, group
        self._open = sum(job.counts for job in work)
        self._started: dict[int, float] = {}
        self._inbox: list[Event] = []
        self._read = 0
        self._is_reading = self._is_ready = False
        self._wakes_at = math.inf

    def run(self) -> Result:
        """Run to the end of the list."""
        self._read_on()
        self._wake()
        while self._open:
            self.processor.turn()
        return self.seen.result()

    # --- rows in ------------------------------------------------------------------------------------------------

    def _read_on(self) -> None:
        """Read the rows that are there, as far as there is room; admit them, or wait for the next to arrive."""
        rows = self._work[self._read : self._read + min(self._group, IN_FLIGHT - len(self.scheduler.jobs))]
        if not rows or self._is_reading:
            return
        now, self._is_reading = self.processor.now, True
        number = sum(job.arrives <= now for job in rows)
        if not number:
            self.processor.call_at(rows[0].arrives, self._go_on_reading)
            return
        first, self._read = self._read, self._read + number
        cost = number * self._cost * ADMISSION_COST
        self.processor.steps(ADMISSION_STEPS, cost, partial(self._admitted, range(first, self._read)))

    def _go_on_reading(self) -> None:
        self._is_reading = False
        self._read_on()

    def _admitted(self, rows: range) -> None:
        for index in rows:
            job = ScheduledJob(index, self._work[index].variant, "", retry_safe=False)
            self.scheduler.add(job, self.processor.now)
        self._wake()
        self._go_on_reading()

    # --- the engine ---------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        if not self._is_ready:
            self._is_ready = True
            self.processor.call_soon(0.0, self._look)

    def _look(self) -> None:
        """Take in what happened, send what is due, and set the timer."""
        now, self._is_ready = self.processor.now, False
        events, self._inbox = self._inbox, []
        for event in events:
            self.scheduler.handle(event, now)
        for command in self.scheduler.due(now):
            match command:
                case Submit(id=id_):
                    self._send(partial(self._submit, id_))
                case Poll(id=id_):
                    self._send(partial(self._poll, id_))
                case _:
                    raise AssertionError(command)
        self._read_on()
        wake = self.scheduler.wake_at(now)
        self._wakes_at = math.inf if wake is None else wake
        if wake is not None:
            self.processor.call_at(wake, partial(self._time_out, wake))

    def _time_out(self, at: float) -> None:
        if at == self._wakes_at:
            self._wake()

    def _send(self, served: Callable[[], Event]) -> None:
        """Work before the service has a request, and after it has answered."""

        def arrive() -> None:
            event = served()
            self.processor.steps(STEPS // 2, self._cost / 2, partial(self._post, event))

        self.processor.steps(STEPS // 2, self._cost / 2, arrive)

    def _post(self, event: Event) -> None:
        if isinstance(event, Polled) and event.report is not RUNNING:
            job, now = self._work[event.id], self.processor.now
            self.seen.ended(job, now, now - self._started[event.id])
            self._open -= job.counts
        self._inbox.append(event)
        self._wake()

    # --- the service --------------------------------------------------------------------------------------------

    def _submit(self, id_: int) -> Event:
        self._started[id_] = self.processor.now
        return Accepted(id_, "x")

    def _poll(self, id_: int) -> Event:
        self.seen.polls += 1
        job = self._work[id_]
        if self.processor.now - self._started[id_] < job.run_time:
            return Polled(id_, RUNNING)
        return Polled(id_, Report(JobState.COMPLETED, "completed", cost_cents=5.0, run_time=job.run_time))
