"""What a `JobRunner` reports of itself: jobs, money, and how fast the service lets it go.

Every event is a fact: it is reported after the journal holds it, where the journal holds it at all. A job is one submit
and what becomes of it; it answers one row, or many that share it. Each of its rows leaves it with one `JobEnded` or
`JobParked`, unless they go on in other jobs (`JobDivided`) or the runner is closed before (`JobLeft`).

No event holds what was asked about a person or a company, an answer, a key or a link. A row's key is yours: it shows
what you put into it. Seconds are the service's, as everywhere in a runner; cents are US cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.limits import WaitReason
from sixtyfour_async._scheduling.spending import Place
from sixtyfour_async.models.jobs import JobState

# --- jobs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class OfJob:
    """What every event of a job holds.

    Attributes:
        number: The job's number in this process: it joins the events of one job, also before it has an id.
        keys: The keys of the rows that the event is about, in the order in which they are sent; at least one.
        operation: The rows' operation, such as ``"company-intelligence"``.
        tier: Its tier, such as ``"low"``; "" when it has none.
        job_id: The service's id, once it is known.
    """

    number: int
    keys: tuple[str, ...]
    operation: str
    tier: str = ""
    job_id: str | None = None

    @property
    def key(self) -> str:
        """The key of the only row, or of the first."""
        return self.keys[0]

    def log_fields(self) -> dict[str, str | None]:
        """Return what log records about the job hold as ``extra``."""
        return {"row_key": self.key, "job_id": self.job_id, "operation": self.operation, "tier": self.tier}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQueued(OfJob):
    """A job waits to be submitted. A request that somebody waits for reports it in the task of ``run``.

    Attributes:
        waits_for: What it waits for: ``rate``, the request budget; ``job_limit``; ``cap``; ``server``, a pause;
            ``outage``; ``nothing`` when it may leave at once.
    """

    waits_for: WaitReason


@dataclass(frozen=True, slots=True, kw_only=True)
class JobResumed(OfJob):
    """A job that an earlier run submitted is polled on; it is not submitted again.

    Attributes:
        carried: What the hook ``carry`` returned when it was submitted; None when that is not known any more.
    """

    carried: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSending(OfJob):
    """The intent to submit a job is in the journal, and its request leaves.

    Attributes:
        attempt: Number of the submit, from 1.
        waited: Seconds since it was queued, or since the last attempt was sent.
    """

    attempt: int
    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSubmitted(OfJob):
    """A job was accepted, and its id is in the journal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobPolled(OfJob):
    """A poll of a job was answered, or failed; one poll of many jobs reports it for each.

    Attributes:
        state: What the service says; None when the poll failed, or did not list the job.
        error: The class of the failure, such as ``"ServerError"``; None when it was answered.
    """

    state: JobState | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDelivered(OfJob):
    """A webhook delivered the end of a job, and its answer is in the journal."""

    state: JobState


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnded(OfJob):
    """One row of a job ended; ``keys`` holds its key alone.

    Attributes:
        status: How, as `Outcome.status` has it, but for what `JobParked` reports.
        cost_cents: What the service charged for it; None when it did not state that.
        run_time: Seconds that the job ran: as the service reports it, else as polls show it; None when neither does.
        lag: Seconds that its end lay unseen, as far as that can be known.
    """

    status: str
    cost_cents: float | None = None
    run_time: float | None = None
    lag: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobParked(OfJob):
    """One row of a job was set aside: nothing more can be learned of it in this run; ``keys`` holds its key alone.

    Attributes:
        status: ``unknown``, ``lost`` or ``unreadable``, as `Outcome.status` explains them.
        error: The class of what went wrong, such as ``"JobUnknownError"``.
    """

    status: Literal["unknown", "lost", "unreadable"]
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobDivided(OfJob):
    """A job that was not accepted is no more: its rows are queued again, in other jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLeft(OfJob):
    """The runner was closed while a job was running at the service; the next run polls it on."""


JobHappening: TypeAlias = (
    JobQueued
    | JobResumed
    | JobSending
    | JobSubmitted
    | JobPolled
    | JobDelivered
    | JobEnded
    | JobParked
    | JobDivided
    | JobLeft
)
"""What happens to jobs."""

# --- money ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyMoved(OfJob):
    """Cents of a job moved from one place to another.

    A submit reserves (``free`` to ``reserved``). An answer is charged (``reserved`` to ``charged``) and what is left of
    the reservation is released (``reserved`` to ``free``). What may have been sold without anybody knowing is exposed
    (``reserved`` to ``exposed``). What was charged above its reservation comes from ``free``. At any time, what moved
    to a place less what moved from it is what `JobRunner.stats` shows there for this run.

    Attributes:
        cents: How many; more than 0.
        source: Where they were.
        to: Where they are.
        stated: Whether the service stated this charge; False for what counts as spent because it did not.
    """

    cents: float
    source: Place
    to: Place
    stated: bool = True


# --- the service ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPaused:
    """A 429 paused everything that uses the key.

    Attributes:
        seconds: How long the pause still is.
    """

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetResumed:
    """The pause is over: requests go again, slowly at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerOpened:
    """No submit is accepted: rows wait, and one is tried now and then.

    Attributes:
        error: The class of the last failure, such as ``"ServerError"``.
        rows: Rows that wait.
        seconds: Seconds until the service is tried, or more.
    """

    error: str
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerClosed:
    """Submits are accepted again.

    Attributes:
        seconds: How long they were not.
    """

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesStopped:
    """Webhook deliveries do not come any more: jobs are polled as if there were none.

    Attributes:
        missed: Jobs in a row that ended without one.
    """

    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveriesResumed:
    """Webhook deliveries come again."""


ServiceChange: TypeAlias = (
    BudgetPaused | BudgetResumed | BreakerOpened | BreakerClosed | DeliveriesStopped | DeliveriesResumed
)
"""What changes in how the service lets a runner work."""

RunnerEvent: TypeAlias = JobHappening | MoneyMoved | ServiceChange
"""Everything that a runner reports."""
