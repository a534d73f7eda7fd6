"""What a runner reports, as data: how a row ended, what still runs, what a run would take, and its counters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import JsonValue

from sixtyfour_async._runner.html import cents, html_table
from sixtyfour_async._runner.late_fields import LateFields
from sixtyfour_async._scheduling.attribution import MatchedBy
from sixtyfour_async._scheduling.limits import Bottleneck, WaitReason
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models import FieldProblem, Intelligence, QAResult
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations import JobOperation

R_co = TypeVar("R_co", covariant=True)

Status: TypeAlias = Literal[
    "completed",
    "no_answer",
    "unmatched",
    "unreadable",
    "failed",
    "cancelled",
    "rejected",
    "unknown",
    "lost",
    "unfinished",
]
"""How a row ended.

``completed``: answered; ``error`` is set only when the answer was refused by a class that is strict, or cannot be read
as its class at all. ``no_answer``: the job completed, and nothing that was asked for came back. ``unmatched``: the job
was shared by several rows, and no part of its answer could be shown to be this row's; ``raw`` is the whole.
``unreadable``: the answer could not be read; ``body`` has its bytes. ``failed``, ``cancelled``: the service ended it
without an answer. ``rejected``: not accepted, or (`RunStoppedError`) never sent; nothing is paid, and the next run
submits it again. ``unknown``: it may have been accepted; never sent again on our own. ``lost``: the service no longer
knows its ``job_id``; ``unfinished``: it is still running at the service. The next run with the same journal polls both
again, which costs nothing.
"""


@dataclass(frozen=True, slots=True)
class Outcome(LateFields, Generic[R_co]):
    """What became of one row. It is never raised; `result` raises its error.

    The answer is read when ``value``, ``error`` or ``raw`` is first used; it costs nothing to leave it unread.

    Attributes:
        key: The row's key.
        index: The row's place in the input, from 0.
        input: The operation.
        status: How it ended.
        value: The typed answer, or None.
        error: Why there is no value, or None.
        raw: The service's answer as JSON, as it came; for ``unmatched``, the answer to all rows that shared the job.
        job_id: The service's id, when there is one.
        cost_cents: What the service charged, US cents; None when it did not report it.
        replayed: The answer comes from the journal, or from the same question asked earlier in this run; ``cost_cents``
            was paid then, not again.
        body: The bytes that were received last: the answer to the last poll, or that to a submit without a job id in
            it; None when nothing was. A row that shared its job has its own part here, as JSON.
        matched_by: What showed that a part of a shared answer is this row's: ``echo``, values of the row repeated in
            it; ``index``, its number; ``position``, nothing but its place, as no part said whose it is. None when the
            job was not shared.
    """

    key: str
    index: int
    input: JobOperation[R_co]
    status: Status
    value: R_co | None = None
    error: SixtyfourError | None = None
    raw: JsonValue = None
    job_id: str | None = None
    cost_cents: float | None = None
    replayed: bool = False
    body: Body | None = field(default=None, repr=False)
    matched_by: MatchedBy | None = None

    @property
    def ok(self) -> bool:
        """Whether there is a typed answer."""
        return self.status == "completed" and self.error is None

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """The fields of the class passed as ``struct`` that could not be filled; see `Intelligence.problems`."""
        answer: Any = self.value
        problems: tuple[FieldProblem, ...] = answer.problems if isinstance(answer, Intelligence | QAResult) else ()
        return problems

    def result(self) -> R_co:
        """Return the answer, or raise the error that explains why there is none."""
        if self.error is not None:
            raise self.error
        if self.value is None:
            raise SixtyfourError(f"no answer: {self.status}")
        return self.value

    def _repr_html_(self) -> str:
        ending = [("status", self.status), ("error", self.error), ("cost", cents(self.cost_cents))]
        answer = json_object(self.raw) or {}
        found = json_object(answer.get("structured_data")) or answer
        rows = [("question", repr(self.input)), *ending, ("matched by", self.matched_by), *found.items()]
        return html_table(f"Outcome {self.key}", rows)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that is still running at the service after the runner was closed: it will be billed.

    Attributes:
        key: The row's key.
        operation: The question.
        job_id: The service's id, by which its answer can be fetched later.
    """

    key: str
    operation: JobOperation[Any]
    job_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row that may have been accepted and billed: its submit brought neither an id nor a refusal.

    Attributes:
        key: The row's key.
        operation: The question.
        why: What is known about it.
        sent_at: When it was last about to be sent, ISO text, our wall clock.
        exposed_cents: What was set aside for it, US cents; 0 when its price was not known and no cap was set.
        job_id: The service's id, if one is known after all; a journal of an earlier version may have it.
    """

    key: str
    operation: JobOperation[Any]
    why: str
    sent_at: str | None
    exposed_cents: float
    job_id: str | None = None

    def _repr_html_(self) -> str:
        rows = [("question", repr(self.operation)), ("why", self.why), ("sent at", self.sent_at)]
        return html_table(f"Unknown {self.key}", [*rows, ("exposed", cents(self.exposed_cents)), ("job", self.job_id)])


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run would do and take, before anything is spent.

    Attributes:
        rows: Rows in the input.
        duplicates: Rows that repeat the question of an earlier row; paid once.
        answered: Rows that the journal answers, or has parked: not submitted.
        running: Rows that an earlier run submitted and that are only polled.
        rejected: Rows whose key belongs to another question.
        to_submit: Rows that would be submitted, and paid.
        submits: Requests that submit them; fewer than rows where rows share one.
        requests: Submits and polls while rows wait for the budget; one that is idle is spent on more polls.
        minutes: When the last row is expected to end.
        minutes_range: An early and a late end: when some two jobs are expected to be left, and when hardly any is.
        cost_cents: What the rows to submit would cost, US cents, as far as prices are known.
        unpriced: Rows whose price is not known, by operation and tier; not in *cost_cents*.
        bottleneck: What the run waits for most: ``rate`` (requests a minute), ``deep-search`` or another job limit,
            ``in flight``, ``run time``; ``cap`` when the money does not suffice, ``nothing`` when nothing is submitted.
    """

    rows: int
    duplicates: int
    answered: int
    running: int
    rejected: int
    to_submit: int
    submits: int
    requests: int
    minutes: float
    minutes_range: tuple[float, float]
    cost_cents: float
    unpriced: Mapping[str, int]
    bottleneck: str

    def _repr_html_(self) -> str:
        counts = ("rows", "duplicates", "answered", "running", "rejected", "to_submit", "submits", "requests")
        rows: list[tuple[str, object]] = [(name.replace("_", " "), getattr(self, name)) for name in counts]
        low, high = self.minutes_range
        rows += [("minutes", f"{self.minutes:,.0f} ({low:,.0f} to {high:,.0f})"), ("cost", cents(self.cost_cents))]
        unpriced = ", ".join(f"{count:,} of {name}" for name, count in self.unpriced.items())
        return html_table("Plan", [*rows, ("price not known", unpriced or None), ("bottleneck", self.bottleneck)])


@dataclass(frozen=True, slots=True)
class Stats:
    """A snapshot of a runner's counters.

    Where several processes use a journal, the money of the others is as it was when this one last had to look it up.

    Attributes:
        waiting: Rows read and not sent.
        in_flight: Rows sent and not ended.
        ended: Rows per `Outcome.status`, without the withdrawn.
        withdrawn: Rows that were read and dropped before they were sent, because the run was stopped.
        replayed: Rows answered without a submit, from the journal or from the same row in this run.
        requests: Requests made so far, polls included.
        throttled: 429 answers so far.
        requests_per_minute: The key's limit.
        cost_cents: Spent so far, what earlier runs paid included: `charged_cents` and ``unstated_cents``.
        reserved_cents: Set aside for what is in flight.
        exposed_cents: Set aside for rows whose end is not known: parked, or running when they were last polled.
        last_minute: Requests made in the last 60 seconds, the client's other calls included.
        other_traffic: Requests a minute that others seem to make with the same key, from what the service says remains.
        bottleneck: What keeps waiting rows from being sent faster: ``rate``, the budget; ``job_limit``, a limit on
            running jobs; ``cap``, the money; ``server``, a pause that the service asked for, or answers that it owes;
            ``outage``, the end of an outage; ``nothing``.
        poll_cost_seconds: Seconds of lag that one request is worth now; see ``patience``.
        lag: Seconds that an ended job lay unseen, median of the last 255; None before the first.
        polls_per_job: Polls made for each job that ended.
        unstated_cents: The part of ``cost_cents`` that was reserved for jobs whose charge was not stated when they
            ended, as a webhook does not state it.
        delivered: Jobs whose end a webhook delivered.
        deliveries_trusted: Whether webhook deliveries come, so that hardly anything is polled; None without a receiver.
        ready: Whether the runner takes rows, for a readiness check: it is entered, and nothing is wrong with it.
        problem: Why it does not, in one line: it is not entered, its journal failed or is in doubt, or a charge was
            above its reservation under a cap. None while it is ready.
        paused_for: Seconds until the next request may be sent after a 429; 0.0 when not paused.
        outage: Whether no submit is accepted now, so that rows wait; the runner is ready all the same.
        followed: Rows that another process with the same journal has under way, and whose answer is waited for.
    """

    waiting: int
    in_flight: int
    ended: Mapping[str, int]
    withdrawn: int
    replayed: int
    requests: int
    throttled: int
    requests_per_minute: int
    cost_cents: float
    reserved_cents: float
    exposed_cents: float
    last_minute: int = 0
    other_traffic: int = 0
    bottleneck: Bottleneck = "nothing"
    poll_cost_seconds: float = 0.0
    lag: float | None = None
    polls_per_job: float = 0.0
    unstated_cents: float = 0.0
    delivered: int = 0
    deliveries_trusted: bool | None = None
    ready: bool = False
    problem: str | None = None
    paused_for: float = 0.0
    outage: bool = False
    followed: int = 0

    @property
    def charged_cents(self) -> float:
        """The part of ``cost_cents`` that the service stated."""
        return self.cost_cents - self.unstated_cents

    def to_json(self) -> str:
        """Return the counters as a JSON object, for a health or readiness check, or a log; one line of ASCII."""
        return json.dumps(asdict(self) | {"charged_cents": self.charged_cents})

    def _repr_html_(self) -> str:
        ended = ", ".join(f"{count:,} {status}" for status, count in self.ended.items())
        rows: list[tuple[str, object]] = [("waiting", self.waiting), ("in flight", self.in_flight)]
        rows += [("followed", self.followed)] if self.followed else []
        rows += [
            ("ended", ended),
            ("replayed", self.replayed),
            ("requests", self.requests),
            ("throttled", self.throttled),
        ]
        money = [("reserved", self.reserved_cents), ("exposed", self.exposed_cents)]
        rows += [("cost", cents(self.cost_cents)), *((name, cents(amount)) for name, amount in money if amount)]
        return html_table("Stats", [*rows, ("bottleneck", self.bottleneck)])


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row was or was not polled. Printed, it is one line of text.

    Attributes:
        key: The row's key.
        phase: Where its job is: waiting, sending, running, polling.
        waits_for: What a waiting row waits for: a bottleneck as in `Stats.bottleneck`, which concerns this row;
            ``retry``, the pause before its submit is repeated; ``batch``, other rows to share its submit; ``process``,
            another process that has it under way.
        age: Seconds since it was accepted; None before that.
        polls: Polls so far.
        last_poll: Seconds since the last answered poll; None when there was none.
        next_poll: Seconds until the next poll, negative when it is overdue; None when none is planned.
        poll_cost_seconds: Seconds of lag that a poll of it is worth.
    """

    key: str
    phase: str
    waits_for: WaitReason
    age: float | None
    polls: int
    last_poll: float | None
    next_poll: float | None
    poll_cost_seconds: float

    def __str__(self) -> str:
        if self.age is None:
            return f"{self.key}: {self.phase}" + (f" for {self.waits_for}" if self.phase == "waiting" else "")
        last = "not polled yet" if self.last_poll is None else f"last poll {self.last_poll:.0f} s ago"
        due = "" if self.next_poll is None else f", next in {self.next_poll:.0f} s"
        cost = f"a poll is worth {self.poll_cost_seconds:.3g} s of lag"
        return f"{self.key}: {self.phase} for {self.age:.0f} s, {self.polls} polls, {last}{due}; {cost}"
