"""A small world in virtual time: it carries out what a `Scheduler` asks for and answers as a service would.

One heap of what will happen, one clock that jumps. Each job follows its `Plan`; each submit and each look meets the
next fault of that plan, then goes well. What the scheduler must never do is checked here, at the moment it does it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.job_states import Phase, ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit
from sixtyfour_async._scheduling.messages import (
    Accepted,
    BatchPolled,
    BatchPollFailed,
    Command,
    Detach,
    DropRows,
    Event,
    Finish,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    RowWithdrawn,
    Split,
    Submit,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import (
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConnectError,
    NotFoundError,
    ProtocolError,
    RateLimitError,
    ServerError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import JobState, Report

Fault: TypeAlias = Literal["throttled", "undelivered", "refused", "in_doubt", "lost", "gone", "denied"]
"""``in_doubt``: not accepted, but nobody can tell. ``lost``: accepted, and the answer was lost."""

_MINUTE = 60.0
_LATENCY = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What will become of one job.

    Attributes:
        run_time: Seconds from acceptance to its end over there; infinite for a job that never ends.
        end: How it ends.
        charge: Cents, reported once completed.
        submits: What happens to its submits, one after the other; then they go well.
        looks: The same for its looks.
        gone_for: Seconds after acceptance during which a look is answered "no such job".
        job_id: Set for a job that was accepted in an earlier run.
        withdrawn_after: Seconds after which nobody wants it any more.
        tells_time: Does the service say how long it ran?
    """

    run_time: float = 30.0
    end: JobState = JobState.COMPLETED
    variant: str = "find-email"
    job_limit: str = ""
    list_endpoint: str = ""
    retry_safe: bool = False
    charge: float | None = None
    submits: Sequence[Fault] = ()
    looks: Sequence[Fault] = ()
    gone_for: float = 0.0
    job_id: str | None = None
    withdrawn_after: float | None = None
    tells_time: bool = True


@dataclass(slots=True)
class Happened:
    """What became of one job."""

    submits: int = 0
    looks: int = 0
    accepted_at: float | None = None
    in_doubt: bool = False
    ended_at: float | None = None
    end: Command | None = None


@dataclass(slots=True)
class World:
    """The service, the network and the runner's loop around one scheduler."""

    plans: Sequence[Plan]
    limit: int = 500
    cap: float | None = None
    searches: int = 5
    in_flight: int = 1_000_000
    job_deadline: float = 4 * 3600.0
    patience: float = 30.0
    foreign_searches: int = 0
    seed: int = 0
    now: float = 1000.0
    scheduler: Scheduler = field(init=False)
    jobs: list[Happened] = field(init=False)
    sent: list[float] = field(default_factory=list[float])
    events: int = 0
    list_polls: int = 0
    idle_wakes: int = 0
    most_searches: int = 0
    refused_for_slots: int = 0
    ended_searches_at: list[float] = field(default_factory=list[float])
    _heap: list[tuple[float, int, Event]] = field(default_factory=list[tuple[float, int, Event]])
    _order: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(
            budget=Budget(self.limit),
            ledger=Ledger(cap_cents=self.cap, prices={"deep-search": 5.0}),
            jitter=Random(self.seed).random,  # noqa: S311 (retry_safe on purpose)
            job_limits={"deep-search": ConcurrencyLimit(self.searches)},
            in_flight=ConcurrencyLimit(self.in_flight),
            job_deadline=self.job_deadline,
            patience=self.patience,
        )
        self.jobs = [Happened() for _ in self.plans]

    # --- the loop -----------------------------------------------------------------------------------------------

    def run(self, *, watched: bool = True) -> World:
        """Run until every job has ended; *watched* also checks after each step what costs time to check."""
        for id_, plan in enumerate(self.plans):
            self._add(id_, plan)
        while True:
            commands = self.scheduler.due(self.now)
            for command in commands:
                self._carry_out(command)
            if watched:
                self._check()
            if not self._advance(was_idle=not commands):
                break
        left = [id_ for id_, job in enumerate(self.jobs) if job.end is None]
        assert not left, f"nothing will ever happen to jobs {left[:5]}"
        assert not self.scheduler.jobs
        return self

    def _add(self, id_: int, plan: Plan) -> None:
        job = ScheduledJob(id_, plan.variant, plan.job_limit, plan.retry_safe, list_endpoint=plan.list_endpoint)
        if plan.job_id is not None:
            self.jobs[id_].accepted_at = self.now
        self.scheduler.add(job, self.now, job_id=plan.job_id)
        if plan.withdrawn_after is not None:
            self._later(plan.withdrawn_after, RowWithdrawn(id_, "row", ConfigurationError("not wanted any more")))

    def _advance(self, *, was_idle: bool) -> bool:
        """Go to whatever comes first, an event or the time that the scheduler asked for."""
        wake = self.scheduler.wake_at(self.now)
        assert wake is None or wake >= self.now - 1e-6, f"asked to be woken {self.now - wake} s ago"
        if self._heap and (wake is None or self._heap[0][0] <= wake):
            self.now, _, event = heapq.heappop(self._heap)
            self.events += 1
            for command in self.scheduler.handle(event, self.now):
                self._carry_out(command)
            return True
        if wake is None:
            return False
        self.idle_wakes += was_idle
        assert self.idle_wakes <= 100 + 3 * (self.events + len(self.sent)), "the loop turns without anything to do"
        self.now = max(self.now, wake)
        return True

    def _later(self, after: float, event: Event) -> None:
        heapq.heappush(self._heap, (self.now + after, next(self._order), event))

    # --- commands -----------------------------------------------------------------------------------------------

    def _carry_out(self, command: Command) -> None:
        if isinstance(command, PollBatch):
            self.sent.append(self.now)
            self.list_polls += 1
            return self._later(_LATENCY, self._listing(command.ids))
        plan, job = self.plans[command.id], self.jobs[command.id]
        assert job.end is None, f"{command} after {job.end}"
        match command:
            case Submit():
                self.sent.append(self.now)
                self._submit(command.id, plan, job)
            case Poll():
                self.sent.append(self.now)
                assert job.accepted_at is not None, f"looked at before it was accepted: {command}"
                job.looks += 1
                self._later(_LATENCY, self._seen(command, plan, job))
            case TakeBack():
                return None
            case Split() | DropRows():
                raise AssertionError(f"{command} for a single row")
            case Release() | Finish() | Park() | Detach():
                job.end, job.ended_at = command, self.now
                if plan.job_limit == "deep-search":
                    self.ended_searches_at.append(self.now)
        return None

    def _submit(self, id_: int, plan: Plan, job: Happened) -> None:
        assert job.accepted_at is None, f"job {id_} is submitted again after it was accepted"
        assert plan.retry_safe or not job.in_doubt, f"job {id_} is submitted again after an in_doubt end"
        fault = plan.submits[job.submits] if job.submits < len(plan.submits) else None
        job.submits += 1
        if fault is None and plan.job_limit == "deep-search" and self._searches_running() >= 5 - self.foreign_searches:
            self.refused_for_slots += 1
            error = RateLimitError("five are running", status=429)
            error.slots = True
            return self._later(_LATENCY, SubmitFailed(id_, error))
        if fault is None:
            job.accepted_at = self.now
            return self._later(_LATENCY, Accepted(id_, f"remote-{id_}"))
        job.in_doubt = job.in_doubt or fault in {"in_doubt", "lost"}
        return self._later(_LATENCY, SubmitFailed(id_, _error(fault)))

    def _searches_running(self) -> int:
        """Deep searches that occupy a slot of the service just now."""
        held = sum(
            job.accepted_at is not None and job.end is None and self.now < job.accepted_at + plan.run_time
            for plan, job in zip(self.plans, self.jobs, strict=True)
            if plan.job_limit == "deep-search"
        )
        self.most_searches = max(self.most_searches, held)
        return held

    def _seen(self, look: Poll, plan: Plan, job: Happened) -> Event:
        assert job.accepted_at is not None
        age = self.now - job.accepted_at
        fault = plan.looks[job.looks - 1] if job.looks <= len(plan.looks) else None
        if age < plan.gone_for:
            fault = "gone"
        if fault is not None:
            return PollFailed(look.id, _error(fault))
        if age < plan.run_time:
            return Polled(look.id, Report(JobState.RUNNING, "running"))
        charge = plan.charge if plan.end is JobState.COMPLETED else None
        told = plan.run_time if plan.tells_time else None
        report = Report(plan.end, plan.end.value, result={"id": look.id}, cost_cents=charge, run_time=told)
        return Polled(look.id, report)

    def _listing(self, ids: tuple[int, ...]) -> Event:
        """Every third listing fails; a job that is not to be found is not in it."""
        if self.list_polls % 3 == 0:
            return BatchPollFailed(ids, _error("in_doubt"))
        reports: dict[str, Report] = {}
        for id_ in ids:
            plan, job = self.plans[id_], self.jobs[id_]
            assert job.accepted_at is not None
            assert job.end is None
            age = self.now - job.accepted_at
            if age >= plan.gone_for:
                state = plan.end if age >= plan.run_time else JobState.RUNNING
                reports[plan.job_id or f"remote-{id_}"] = Report(state, state.value)
        return BatchPolled(ids, reports)

    # --- what must hold at every moment -------------------------------------------------------------------------

    def _check(self) -> None:
        poller = self.scheduler.poller
        entries = [one for one in poller._heap if poller._is_current(one)]  # pyright: ignore[reportPrivateUsage]
        planned = Counter(id_ for at, _, id_ in entries if at < float("inf"))
        for job in self.scheduler.jobs.values():
            if job.phase is Phase.RUNNING:
                assert planned[job.id] == 1, f"job {job.id} has {planned[job.id]} looks planned"
        ledger, job_limit = self.scheduler.ledger, self.scheduler.job_limits["deep-search"]
        assert isinstance(job_limit, ConcurrencyLimit)
        assert ledger.reserved_cents >= -1e-6
        taken_over = [plan for plan in self.plans if plan.job_id is not None]  # running, whatever the limits
        if self.cap is not None:
            owed = sum(plan.charge or 0.0 for plan in taken_over)
            assert ledger.charged_cents + ledger.reserved_cents <= self.cap + owed + 1e-6
        assert 0 <= job_limit.held <= self.searches
        assert 0 <= self.scheduler.in_flight.held <= max(self.in_flight, len(taken_over))

    def busiest_minute(self) -> int:
        """The most requests in any 60 seconds."""
        most, first = 0, 0
        for last, at in enumerate(self.sent):
            while self.sent[first] <= at - _MINUTE:
                first += 1
            most = max(most, last - first + 1)
        return most

    def ends(self) -> list[str]:
        """The kinds of end, in the order of the jobs."""
        return [type(job.end).__name__ for job in self.jobs]


def _error(fault: Fault) -> SixtyfourError:
    errors: dict[Fault, SixtyfourError] = {
        "throttled": RateLimitError("slow down", status=429, retry_after=3.0),
        "undelivered": ConnectError("refused", sent=False),
        "refused": BadRequestError("no", status=400),
        "in_doubt": ServerError("broke", status=500),
        "lost": ProtocolError("reset"),
        "gone": NotFoundError("no such job", status=404),
        "denied": AuthenticationError("wrong key", status=401),
    }
    return errors[fault]
