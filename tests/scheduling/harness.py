"""Drive a `Scheduler` in virtual time: execute its commands and answer them as the service would.

One heap of future events, one clock that jumps to the next. Each job follows its `JobScript`: every submit and poll
consumes the next scripted fault and succeeds once they are used up. The scheduler's invariants are asserted after each
step.
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
    CheckHealth,
    Command,
    Detach,
    DropRows,
    Event,
    Finish,
    HealthChecked,
    Park,
    Poll,
    PollBatch,
    Polled,
    PollFailed,
    Release,
    RowWithdrawn,
    Split,
    StopFeed,
    Submit,
    SubmitFailed,
    TakeBack,
)
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async.errors import (
    AddressError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConnectError,
    NotFoundError,
    ProtocolError,
    RateLimitError,
    ResponseError,
    ServerError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import JobState, Report
from tests.scheduling.money_check import MoneyCheck

Fault: TypeAlias = Literal[
    "throttled", "undelivered", "refused", "uncertain", "lost", "gone", "route gone", "denied", "portal", "unreadable"
]
"""``uncertain``: not accepted, but the client cannot know. ``lost``: accepted, and the response was lost."""

Request: TypeAlias = Literal["submit", "poll", "check"]

_WINDOW_SECONDS, _LATENCY_SECONDS = 60.0, 0.2


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which requests fail, whatever the script of their job says.

    Attributes:
        start: Seconds after the beginning of the run.
        end: The same.
        fault: How they fail.
        requests: Which ones.
        latency: Seconds until the failure is known.
    """

    start: float
    end: float
    fault: Fault = "uncertain"
    requests: Sequence[Request] = ("submit", "poll", "check")
    latency: float = 0.2


@dataclass(frozen=True, slots=True)
class JobScript:
    """The scripted life of one job.

    Attributes:
        run_time: Seconds from acceptance until the job ends at the service; infinite for a job that never ends.
        end: Its final state.
        charge: Cents reported on completion.
        submits: Faults of its submits, in order; later ones succeed.
        polls: Faults of its polls, in order; later ones succeed.
        gone_for: Seconds after acceptance during which a poll is answered "no such job".
        job_id: Set for a job that an earlier run submitted.
        withdrawn_after: Seconds after which the caller withdraws the row.
        reports_run_time: Whether the service reports how long the job ran.
    """

    run_time: float = 30.0
    end: JobState = JobState.COMPLETED
    variant: str = "find-email"
    job_limit: str = ""
    list_endpoint: str = ""
    retry_safe: bool = False
    charge: float | None = None
    submits: Sequence[Fault] = ()
    polls: Sequence[Fault] = ()
    gone_for: float = 0.0
    job_id: str | None = None
    withdrawn_after: float | None = None
    reports_run_time: bool = True


@dataclass(slots=True)
class JobRecord:
    """What happened to one job."""

    submits: int = 0
    polls: int = 0
    accepted_at: float | None = None
    in_doubt: bool = False
    ended_at: float | None = None
    end: Command | None = None


@dataclass(slots=True)
class Harness:
    """The service, the network and the runner's loop around one scheduler."""

    scripts: Sequence[JobScript]
    limit: int = 500
    cap: float | None = None
    searches: int = 5
    in_flight: int = 1_000_000
    job_deadline: float = 4 * 3600.0
    patience: float = 30.0
    other_searches: int = 0
    seed: int = 0
    outages: Sequence[Outage] = ()
    latency: float = _LATENCY_SECONDS
    now: float = 1000.0
    scheduler: Scheduler = field(init=False)
    jobs: list[JobRecord] = field(init=False)
    sent: list[float] = field(default_factory=list[float])
    submits: list[tuple[float, float, Fault | None]] = field(default_factory=list[tuple[float, float, "Fault | None"]])
    """Of each submit: when it was sent, when it is answered, what is wrong with it."""
    stopped: SixtyfourError | None = None
    health_checks: int = 0
    events: int = 0
    batch_polls: int = 0
    idle_wakes: int = 0
    money: MoneyCheck = field(init=False)
    peak_searches: int = 0
    slot_refusals: int = 0
    search_end_times: list[float] = field(default_factory=list[float])
    _heap: list[tuple[float, int, Event]] = field(default_factory=list[tuple[float, int, Event]])
    _order: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(
            budget=Budget(self.limit),
            ledger=Ledger(cap_cents=self.cap, prices={"deep-search": 5.0}),
            jitter=Random(self.seed).random,  # noqa: S311 (deterministic on purpose)
            job_limits={"deep-search": ConcurrencyLimit(self.searches)},
            in_flight=ConcurrencyLimit(self.in_flight),
            job_deadline=self.job_deadline,
            patience=self.patience,
        )
        self.jobs = [JobRecord() for _ in self.scripts]
        self.money = MoneyCheck(self.scheduler, self.scripts)

    # --- the loop -----------------------------------------------------------------------------------------------

    def run(self, *, checked: bool = True) -> Harness:
        """Run until every job has ended; *checked* asserts the costly invariants after each step."""
        for id_, script in enumerate(self.scripts):
            self._add(id_, script)
        while True:
            commands = self.scheduler.due(self.now)
            for command in commands:
                self._execute(command)
            if checked:
                self._check()
            if not self._advance(was_idle=not commands):
                break
        left = [id_ for id_, job in enumerate(self.jobs) if job.end is None]
        assert not left, f"no event is pending for jobs {left[:5]}"
        assert not self.scheduler.jobs
        return self

    def _add(self, id_: int, script: JobScript) -> None:
        job = ScheduledJob(id_, script.variant, script.job_limit, script.retry_safe, list_endpoint=script.list_endpoint)
        if script.job_id is not None:
            self.jobs[id_].accepted_at = self.now
        self.scheduler.add(job, self.now, job_id=script.job_id)
        if script.withdrawn_after is not None:
            self._schedule_event(script.withdrawn_after, RowWithdrawn(id_, "row", ConfigurationError("withdrawn")))

    def _advance(self, *, was_idle: bool) -> bool:
        """Advance to the next event or to the scheduler's wake time, whichever comes first."""
        wake = self.scheduler.wake_at(self.now)
        assert wake is None or wake >= self.now - 1e-6, f"the wake time is {self.now - wake} s in the past"
        if self._heap and (wake is None or self._heap[0][0] <= wake):
            self.now, _, event = heapq.heappop(self._heap)
            self.events += 1
            with self.money.watching():
                for command in self.scheduler.handle(event, self.now):
                    self._execute(command)
            return True
        if wake is None:
            return False
        self.idle_wakes += was_idle
        assert self.idle_wakes <= 100 + 3 * (self.events + len(self.sent)), "the loop spins without work"
        self.now = max(self.now, wake)
        return True

    def _schedule_event(self, after: float, event: Event) -> None:
        heapq.heappush(self._heap, (self.now + after, next(self._order), event))

    # --- commands -----------------------------------------------------------------------------------------------

    def _execute(self, command: Command) -> None:
        if isinstance(command, PollBatch):
            return self._poll_batch(command)
        if isinstance(command, CheckHealth):
            return self._check_health()
        if isinstance(command, StopFeed):
            return self._stop(command.error)
        script, job = self.scripts[command.id], self.jobs[command.id]
        assert job.end is None, f"{command} after {job.end}"
        match command:
            case Submit():
                self.sent.append(self.now)
                self._submit(command.id, script, job)
            case Poll():
                self.sent.append(self.now)
                assert job.accepted_at is not None, f"polled before it was accepted: {command}"
                job.polls += 1
                outage = self._outage("poll")
                latency = self.latency if outage is None else outage.latency
                self._schedule_event(latency, self._poll_result(command, script, job, outage))
            case TakeBack():
                return None
            case Split() | DropRows():
                raise AssertionError(f"{command} for a single row")
            case Release() | Finish() | Park() | Detach():
                job.end, job.ended_at = command, self.now
                if script.job_limit == "deep-search":
                    self.search_end_times.append(self.now)
        return None

    def _stop(self, error: SixtyfourError) -> None:
        self.stopped = error
        for id_ in self.scheduler.jobs:
            self._schedule_event(0.0, RowWithdrawn(id_, "row", error))

    def _poll_batch(self, command: PollBatch) -> None:
        self.sent.append(self.now)
        self.batch_polls += 1
        self._schedule_event(_LATENCY_SECONDS, self._batch_result(command.ids))

    def _check_health(self) -> None:
        self.sent.append(self.now)
        self.health_checks += 1
        outage = self._outage("check")
        error = None if outage is None else _error(outage.fault)
        self._schedule_event(_LATENCY_SECONDS if outage is None else outage.latency, HealthChecked(error))

    def _outage(self, request: Request) -> Outage | None:
        at = self.now - 1000.0
        return next((one for one in self.outages if one.start <= at < one.end and request in one.requests), None)

    def _submit(self, id_: int, script: JobScript, job: JobRecord) -> None:
        assert job.accepted_at is None, f"job {id_} is submitted again after it was accepted"
        assert script.retry_safe or not job.in_doubt, f"job {id_} is submitted again after an uncertain outcome"
        fault = script.submits[job.submits] if job.submits < len(script.submits) else None
        outage = self._outage("submit")
        latency = self.latency if outage is None else outage.latency
        fault = fault if outage is None else outage.fault
        self.submits.append((self.now - 1000.0, self.now - 1000.0 + latency, fault))
        job.submits += 1
        if fault is None and script.job_limit == "deep-search" and self._searches_running() >= 5 - self.other_searches:
            self.slot_refusals += 1
            error = RateLimitError("five are running", status=429)
            error.slots = True
            return self._schedule_event(latency, SubmitFailed(id_, error))
        if fault is None:
            job.accepted_at = self.now
            return self._schedule_event(latency, Accepted(id_, f"remote-{id_}"))
        job.in_doubt = job.in_doubt or fault in {"uncertain", "lost"}
        return self._schedule_event(latency, SubmitFailed(id_, _error(fault)))

    def _searches_running(self) -> int:
        """Return how many deep searches occupy a slot at the service now."""
        held = sum(
            job.accepted_at is not None and job.end is None and self.now < job.accepted_at + script.run_time
            for script, job in zip(self.scripts, self.jobs, strict=True)
            if script.job_limit == "deep-search"
        )
        self.peak_searches = max(self.peak_searches, held)
        return held

    def _poll_result(self, poll: Poll, script: JobScript, job: JobRecord, outage: Outage | None) -> Event:
        assert job.accepted_at is not None
        age = self.now - job.accepted_at
        fault = script.polls[job.polls - 1] if job.polls <= len(script.polls) else None
        if age < script.gone_for:
            fault = "gone"
        if outage is not None:
            fault = outage.fault
        if fault is not None:
            return PollFailed(poll.id, _error(fault))
        if age < script.run_time:
            return Polled(poll.id, Report(JobState.RUNNING, "running"))
        charge = script.charge if script.end is JobState.COMPLETED else None
        run_time = script.run_time if script.reports_run_time else None
        report = Report(script.end, script.end.value, result={"id": poll.id}, cost_cents=charge, run_time=run_time)
        return Polled(poll.id, report)

    def _batch_result(self, ids: tuple[int, ...]) -> Event:
        """Fail every third listing; leave out jobs that are gone."""
        if self.batch_polls % 3 == 0:
            return BatchPollFailed(ids, _error("uncertain"))
        reports: dict[str, Report] = {}
        for id_ in ids:
            script, job = self.scripts[id_], self.jobs[id_]
            assert job.accepted_at is not None
            assert job.end is None
            age = self.now - job.accepted_at
            if age >= script.gone_for:
                state = script.end if age >= script.run_time else JobState.RUNNING
                reports[script.job_id or f"remote-{id_}"] = Report(state, state.value)
        return BatchPolled(ids, reports)

    # --- invariants ---------------------------------------------------------------------------------------------

    def _check(self) -> None:
        poller = self.scheduler.poller
        queue = poller.queue
        planned = Counter(job.id for job in queue.current() if job.poll_at < float("inf"))
        for job in self.scheduler.jobs.values():
            if job.phase is Phase.RUNNING:
                assert planned[job.id] == 1, f"job {job.id} has {planned[job.id]} polls scheduled"
        job_limit = self.scheduler.job_limits["deep-search"]
        assert isinstance(job_limit, ConcurrencyLimit)
        self.money.check()
        resumed = sum(script.job_id is not None for script in self.scripts)  # running, whatever the limits
        assert 0 <= job_limit.held <= self.searches
        assert 0 <= self.scheduler.in_flight.held <= max(self.in_flight, resumed)

    def doubts_of(self, outage: Outage) -> tuple[int, int]:
        """Return how many submits it left in doubt, and how many were unanswered at once in the ten seconds before."""
        before = [at for at, _, _ in self.submits if outage.start - 10.0 <= at < outage.start]
        unanswered = max((sum(at <= instant < end for at, end, _ in self.submits) for instant in before), default=0)
        in_doubt = [at for at, _, fault in self.submits if fault in {"uncertain", "lost"}]
        return sum(outage.start <= at < outage.end for at in in_doubt), unanswered

    def busiest_minute(self) -> int:
        """Return the largest number of requests in any 60 seconds."""
        most, first = 0, 0
        for last, at in enumerate(self.sent):
            while self.sent[first] <= at - _WINDOW_SECONDS:
                first += 1
            most = max(most, last - first + 1)
        return most

    def ends(self) -> list[str]:
        """Return the class name of each job's final command, in the order of the jobs."""
        return [type(job.end).__name__ for job in self.jobs]


def _error(fault: Fault) -> SixtyfourError:
    errors: dict[Fault, SixtyfourError] = {
        "throttled": RateLimitError("slow down", status=429, retry_after=3.0),
        "undelivered": ConnectError("refused", sent=False),
        "refused": BadRequestError("no", status=400),
        "uncertain": ServerError("broke", status=500),
        "lost": ProtocolError("reset"),
        "gone": NotFoundError("no such job", status=404),
        "route gone": _route_gone(),
        "denied": AuthenticationError("wrong key", status=401),
        "portal": AddressError("a web page"),
        "unreadable": ResponseError("not JSON"),
    }
    return errors[fault]


def _route_gone() -> NotFoundError:
    error = NotFoundError("Not Found", status=404)
    error.unknown_route = True
    return error
