"""What a runner tells: how a row ended, what still runs, and where it stands, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import JsonValue

from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.operations import JobOperation

R_co = TypeVar("R_co", covariant=True)

Status: TypeAlias = Literal["completed", "failed", "cancelled", "rejected", "unknown", "unfinished"]
"""How a row ended.

``completed``: answered; ``error`` is set only when the answer does not fit the class asked for. ``failed``,
``cancelled``: the service ended it without an answer. ``rejected``: not taken, or (`RunStoppedError`) never sent;
nothing is paid, and the next run asks again. ``unknown``: it may have been taken; never sent again by itself.
``unfinished``: it runs on over there, see ``job_id``; the next run with the same journal goes on watching it.
"""


Bottleneck: TypeAlias = Literal["rate", "job_limit", "cap", "server", "nothing"]
"""What keeps waiting rows from being sent faster."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[R_co]):
    """What became of one row. Never raised; see `result` for that.

    Attributes:
        key: The row's key.
        index: The row's place in the input, from 0.
        input: The operation.
        status: How it ended.
        value: The typed answer, or None.
        error: Why there is no value, or None.
        raw: The service's answer as JSON, as it came.
        job_id: The service's id, when there is one.
        cost_cents: What the service said it charged, US cents; None when it did not say.
        replayed: The answer comes from the journal or from the same question asked earlier in this run; ``cost_cents``
            was paid then, not again.
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

    @property
    def ok(self) -> bool:
        """Is there a typed answer?"""
        return self.status == "completed" and self.error is None

    def result(self) -> R_co:
        """Return the answer, or raise the error that says why there is none."""
        if self.error is not None:
            raise self.error
        if self.value is None:
            raise SixtyfourError(f"no answer: {self.status}")
        return self.value


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A job that runs on over there after the runner was left: it is billed, and its id leads back to it."""

    key: str
    operation: JobOperation[Any]
    job_id: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A row that may have been taken and billed: its submit brought neither an id nor a refusal.

    Attributes:
        key: The row's key.
        operation: What was asked.
        why: What is known about it.
        sent_at: When it was last about to be sent, ISO text, our wall clock.
        exposed_cents: What was set aside for it, US cents; 0 when its poll_cost_seconds was not known and no cap was set.
        job_id: The service's id, in the rare case that there was one and the service no longer knew it.
    """

    key: str
    operation: JobOperation[Any]
    why: str
    sent_at: str | None
    exposed_cents: float
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run would do and take, told before anything is spent.

    Attributes:
        rows: Rows in the input.
        duplicates: Rows that ask what an earlier row asks; paid once.
        answered: Rows that the journal answers, or has parked: not asked.
        running: Rows that run over there already and are only watched.
        rejected: Rows whose key stands for another question.
        asked: Rows that would be asked, and paid.
        submits: Requests that submit them; fewer than rows where rows share one.
        requests: Submits and polls while rows wait for the budget; one that is idle is spent on more polls.
        minutes: When the last row is expected to end.
        minutes_range: When two jobs are expected to be left, and when hardly any chance of one is.
        cost_cents: What the rows asked would cost, US cents, as far as prices are known.
        unpriced: Rows whose poll_cost_seconds nobody knows, by operation and tier; not in *cost_cents*.
        bottleneck: What the run has to wait for most: ``rate`` (requests a minute), ``deep-search`` or another job_limit,
            ``in flight``, ``run time``; ``cap`` when the money does not suffice, ``nothing`` when nothing is asked.
    """

    rows: int
    duplicates: int
    answered: int
    running: int
    rejected: int
    asked: int
    submits: int
    requests: int
    minutes: float
    minutes_range: tuple[float, float]
    cost_cents: float
    unpriced: Mapping[str, int]
    bottleneck: str


@dataclass(frozen=True, slots=True)
class Stats:
    """A runner in numbers.

    Attributes:
        waiting: Rows read and not sent.
        in_flight: Rows sent and not ended.
        ended: Rows per `Outcome.status`, without the withdrawn.
        withdrawn: Rows that were read and dropped before they were sent, because the run was stopped.
        replayed: Rows answered without asking, from the journal or from a twin in this run.
        requests: Requests made so far, polls included.
        throttled: 429 answers so far.
        requests_per_minute: The key's limit.
        cost_cents: Charged so far, what earlier runs paid included.
        reserved_cents: Set aside for what is in flight.
        exposed_cents: Set aside for rows whose end nobody knows: parked, or running when they were last looked at.
        last_minute: Requests made in the last 60 seconds, the client's other calls included.
        other_traffic: Requests a minute that other_traffic seem to make with the same key, from what the service says remains.
        bottleneck: What keeps the rows that wait from being sent faster: ``rate``, the budget; ``job_limit``, a limit on jobs
            that run; ``cap``, the money; ``server``, a pause that the service asked for; ``nothing``.
        poll_cost_seconds: Seconds of lag that one request is worth just now; see ``patience``.
        lag: Seconds that an ended job lay unseen, median of the last 255; None before the first.
        polls_per_job: Looks made for each job that ended.
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


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a row was or was not looked at. Printed, it is one line of text.

    Attributes:
        key: The row's key.
        phase: Where the row stands: waiting, sending, running, looking.
        waits_for: What a waiting row waits for; see `Stats.bottleneck`.
        age: Seconds since it was accepted; None before that.
        polls: Looks so far.
        last_poll: Seconds since the last answered look; None when there was none.
        next_poll: Seconds until the next look, negative when it is overdue; None when none is planned.
        poll_cost_seconds: Seconds of lag that a look at it is worth.
    """

    key: str
    phase: str
    waits_for: Bottleneck
    age: float | None
    polls: int
    last_poll: float | None
    next_poll: float | None
    poll_cost_seconds: float

    def __str__(self) -> str:
        if self.age is None:
            return f"{self.key}: {self.phase}" + (f" for {self.waits_for}" if self.phase == "waiting" else "")
        last = "not looked at yet" if self.last_poll is None else f"last look {self.last_poll:.0f} s ago"
        due = "" if self.next_poll is None else f", next in {self.next_poll:.0f} s"
        worth = f"a look costs what {self.poll_cost_seconds:.3g} s of lag are worth"
        return f"{self.key}: {self.phase} for {self.age:.0f} s, {self.polls} polls, {last}{due}; {worth}"
