"""What the scheduler hears (events, past participles) and what it asks for (commands, imperatives)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.budget import TICKET, Ticket
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models.jobs import Report

# --- events ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """The submit was answered with the service's id."""

    id: int
    job_id: str


@dataclass(frozen=True, slots=True)
class SubmitAnswered:
    """The submit was answered with the finished result itself."""

    id: int
    report: Report


@dataclass(frozen=True, slots=True)
class SubmitFailed:
    """The submit brought no id."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll was answered."""

    id: int
    report: Report


@dataclass(frozen=True, slots=True)
class PollFailed:
    """A poll was not answered, or was answered with an error."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class BatchPolled:
    """One poll of many jobs was answered; a job that is not among the reports was not listed."""

    ids: tuple[int, ...]
    reports: Mapping[str, Report]
    """By the service's id."""


@dataclass(frozen=True, slots=True)
class BatchPollFailed:
    """One poll of many jobs was not answered, or was answered with an error."""

    ids: tuple[int, ...]
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class HealthChecked:
    """The health check was answered, or failed."""

    error: SixtyfourError | None = None


@dataclass(frozen=True, slots=True)
class Delivered:
    """A webhook delivered the end of the job; the answer is on the disk. What was charged is not stated."""

    id: int
    report: Report


@dataclass(frozen=True, slots=True)
class Announced:
    """A webhook announced the end of the job, without an answer that can be relied on: a poll must bring it."""

    id: int


@dataclass(frozen=True, slots=True)
class NotSent:
    """The submit did not leave: our lease was too short, or, *exceeded*, all runners together had no room or money."""

    id: int
    exceeded: bool = False


@dataclass(frozen=True, slots=True)
class RowsTaken:
    """These rows of the job, by key, are another runner's now; what becomes of them is its business."""

    id: int
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class RowWithdrawn:
    """Nobody wants a row of this job any more; it is dropped unless it has been sent."""

    id: int
    key: str
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class RowWanted:
    """One more consumer wants a row: it is not withdrawn any more; *urgent* when a caller waits for just this one."""

    id: int
    key: str
    urgent: bool = False


JobEvent: TypeAlias = (
    Accepted | SubmitAnswered | SubmitFailed | NotSent | RowsTaken | Polled | PollFailed | RowWithdrawn | RowWanted
)
"""What happened to one job."""

Event: TypeAlias = JobEvent | Delivered | Announced | BatchPolled | BatchPollFailed | HealthChecked

# --- commands -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submit:
    """Record the intent and the cents set aside for it, then send the job.

    ``sent_at``: the instant, ISO text, at which they were set aside; "" for now.
    ``in_doubt``: an earlier submit of it may have been accepted, so the rows are unknown, not released, if this one is
    not sent after all.
    ``ticket``: the right to send it; one that holds no longer when the intent is recorded gives back the intent.
    """

    id: int
    reserved_cents: float = 0.0
    in_doubt: bool = False
    sent_at: str = ""
    ticket: Ticket = field(default=TICKET, compare=False)


@dataclass(frozen=True, slots=True)
class Poll:
    """Poll one job."""

    id: int
    job_id: str
    ticket: Ticket = field(default=TICKET, compare=False)


@dataclass(frozen=True, slots=True)
class PollBatch:
    """Poll all of these jobs with one request; they are of one kind."""

    ids: tuple[int, ...]
    ticket: Ticket = field(default=TICKET, compare=False)


@dataclass(frozen=True, slots=True)
class CheckHealth:
    """Send a request that costs nothing, in order to learn whether the service is there."""

    ticket: Ticket = field(default=TICKET, compare=False)


@dataclass(frozen=True, slots=True)
class StopFeed:
    """Send no more rows: every later one would meet this error, or nothing at all."""

    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Finish:
    """The job has ended: persist the raw answer, then deliver.

    ``run_time`` and ``lag``: seconds that it ran, and that its end lay unseen; None where they are not known.
    """

    id: int
    report: Report
    run_time: float | None = field(default=None, compare=False)
    lag: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class TakeBack:
    """The submit was certainly not accepted and will be sent again: take the intent back meanwhile."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Release:
    """The job was certainly not accepted and is not sent again: its rows are free to be asked by another run."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Split:
    """The batch was refused as a whole, or is too large: take the intent back and go on in parts of these sizes."""

    id: int
    error: SixtyfourError
    sizes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DropRows:
    """Leave these rows out of the batch, by key; others remain."""

    id: int
    errors: Mapping[str, SixtyfourError]


@dataclass(frozen=True, slots=True)
class Park:
    """Nothing more can be learned of the job in this run: hand its rows back in this state, with what was received."""

    id: int
    error: SixtyfourError
    state: Literal["unknown", "lost", "unreadable"] = "unknown"


@dataclass(frozen=True, slots=True)
class Detach:
    """The job is still running at the service: hand it back with its id."""

    id: int
    error: SixtyfourError


JobCommand: TypeAlias = Submit | Poll | Finish | TakeBack | Release | Split | Park | Detach
"""What is to be done for one job."""

TaskCommand: TypeAlias = JobCommand | PollBatch | CheckHealth
"""What the engine starts a task for: it sends a request, or writes to the journal."""

Command: TypeAlias = DropRows | StopFeed | TaskCommand
