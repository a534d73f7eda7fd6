"""What the scheduler is told (events, past participles) and what it asks for (commands, imperatives)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models.jobs import Report


@dataclass(frozen=True, slots=True)
class Accepted:
    """The submit was answered with an id."""

    id: int
    job_id: str


@dataclass(frozen=True, slots=True)
class SubmitFailed:
    """The submit brought no id."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Polled:
    """A look was answered."""

    id: int
    report: Report


@dataclass(frozen=True, slots=True)
class PollFailed:
    """A look was not answered, or with an error."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class BatchPolled:
    """One look at many jobs was answered; a job that is not among the reports was not listed."""

    ids: tuple[int, ...]
    reports: Mapping[str, Report]
    """By remote id."""


@dataclass(frozen=True, slots=True)
class BatchPollFailed:
    """One look at many jobs was not answered, or with an error."""

    ids: tuple[int, ...]
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Nobody wants this job any more; it is dropped if it has not been sent."""

    id: int
    error: SixtyfourError


Event: TypeAlias = Accepted | SubmitFailed | Polled | PollFailed | BatchPolled | BatchPollFailed | Withdrawn


@dataclass(frozen=True, slots=True)
class Submit:
    """Record the intent and the cents set aside for it, then send the job."""

    id: int
    reserved: float = 0.0


@dataclass(frozen=True, slots=True)
class Poll:
    """Ask how the job is going."""

    id: int
    job_id: str


@dataclass(frozen=True, slots=True)
class PollBatch:
    """Ask once how all of these jobs are going; they are of one kind."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finish:
    """The job ended over there: keep the raw answer, then deliver."""

    id: int
    report: Report


@dataclass(frozen=True, slots=True)
class Release:
    """The submit certainly was not taken: take the intent back. ``again`` says that it will be tried again."""

    id: int
    error: SixtyfourError
    again: bool


@dataclass(frozen=True, slots=True)
class Park:
    """The submit may have been taken: park the job as unknown."""

    id: int
    error: SixtyfourError


@dataclass(frozen=True, slots=True)
class Detach:
    """The job runs on over there; hand it back with its id."""

    id: int
    error: SixtyfourError


Command: TypeAlias = Submit | Poll | PollBatch | Finish | Release | Park | Detach
