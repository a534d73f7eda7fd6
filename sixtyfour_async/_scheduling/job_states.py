"""The life of a job, as a table: phases, transitions, and what the scheduler keeps for each job.

::

    waiting ──submit sent──▶ sending ──accepted──▶ running ──poll sent──▶ polling ──still running──▶ running
       ▲                        │                                            │
       └──────submit again──────┤                                            │
                                └──ended──▶ ended ◀──────────ended───────────┘

A transition that the table does not hold raises, with job, phase and transition in the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sixtyfour_async.errors import SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async.models.jobs import Report


class Phase(StrEnum):
    """Where a job is, from the scheduler's point of view."""

    WAITING = "waiting"
    SENDING = "sending"
    RUNNING = "running"
    POLLING = "polling"
    ENDED = "ended"


class Transition(StrEnum):
    """What moves a job from one phase to another."""

    SUBMIT_SENT = "submit sent"
    SUBMIT_AGAIN = "submit again"
    ACCEPTED = "accepted"
    POLL_SENT = "poll sent"
    STILL_RUNNING = "still running"
    ENDED = "ended"


TRANSITIONS: Mapping[Phase, Mapping[Transition, Phase]] = {
    Phase.WAITING: {
        Transition.SUBMIT_SENT: Phase.SENDING,
        Transition.ACCEPTED: Phase.RUNNING,  # an earlier run submitted it
        Transition.ENDED: Phase.ENDED,
    },
    Phase.SENDING: {
        Transition.ACCEPTED: Phase.RUNNING,
        Transition.SUBMIT_AGAIN: Phase.WAITING,
        Transition.ENDED: Phase.ENDED,
    },
    Phase.RUNNING: {Transition.POLL_SENT: Phase.POLLING, Transition.ENDED: Phase.ENDED},
    Phase.POLLING: {Transition.STILL_RUNNING: Phase.RUNNING, Transition.ENDED: Phase.ENDED},
    Phase.ENDED: {},
}


@dataclass(slots=True, eq=False)
class ScheduledJob:
    """What the scheduler knows of one job. The operation, its rows and their consumers are the runner's.

    Attributes:
        id: The runner's own number for the job; the service's id is ``job_id``.
        variant: What its run time depends on, such as ``"people-intelligence/low"``.
        job_limit: Name of the limit on jobs of its kind, or "".
        retry_safe: May its submit be repeated although an earlier one may have arrived?
        priced_as: What the price of one of its rows depends on; *variant* unless given.
        rows: Number of rows it answers.
        urgent: Does a caller wait for just this job? It is then submitted before the rows of any ``map``.
        phase: Where it is in the table above.
        list_endpoint: Name of the request that reports on many jobs of its kind at once, or "".
        job_id: The service's id, once accepted.
        accepted_at: When it was accepted, or taken over from the journal.
        resumed: Was it accepted in an earlier run? Its age is then unknown.
        polled_at: When a poll last found it running; at first, when it was accepted.
        poll_at: When the next poll is due.
        planned_at: When it was due when it was planned; it may have been put off since.
        plan_number: Sequence number of the plan that set ``poll_at``; older entries of the heap are stale.
        polls: Polls answered so far.
        is_probe: Is it one of the first of its kind, polled early in order to learn its run time?
        poll_alone: Must it be polled by itself, whatever its ``list_endpoint``?
        pushed: Is its end delivered to this process? Then a poll is only needed when that does not happen.
        announced: Did a webhook announce its end since the last poll?
        delivered: Its end as a webhook delivered it, while a poll for its charge is due.
        reports_charge: Does the service report what it was charged?
        attempts: Submits so far.
        retry_at: When a failed submit may be repeated.
        refusals: Submits that were answered with a 429.
        failed_polls: Polls in a row that failed.
        not_found_polls: Polls in a row that were answered "no such job", as far as that was about the job.
        unreadable_polls: Polls in a row whose answer could not be read, as far as that was about the job.
        refused_polls: Polls in a row that were refused for what they ask, as far as that was about the job.
        polls_answered: Polls of all jobs answered when the last one of this job failed.
        reserved_cents: Money set aside for it while it is under way.
        exposed_cents: Money that an earlier submit of it may have cost, while it waits to be submitted again.
        booked_at: The instant, ISO text, at which that money was set aside; None while none is.
        run_time: Seconds that it ran, as the service reports it, else as polls show it; None while that is not known.
        lag: Seconds that its end lay unseen; None while that is not known.
        in_doubt: May an earlier submit of it have been accepted without an id coming back? This is the one place that
            knows; `Submit` tells the engine.
        withdrawn: Rows that nobody wants any more, by key, with the reason. They are dropped before the next submit.
    """

    id: int
    variant: str
    job_limit: str
    retry_safe: bool
    priced_as: str = ""
    rows: int = 1
    urgent: bool = False
    phase: Phase = Phase.WAITING
    list_endpoint: str = ""
    job_id: str | None = None
    accepted_at: float = 0.0
    resumed: bool = False
    polled_at: float = 0.0
    poll_at: float = 0.0
    planned_at: float = 0.0
    plan_number: int = 0
    polls: int = 0
    is_probe: bool = False
    poll_alone: bool = False
    pushed: bool = False
    announced: bool = False
    delivered: Report | None = None
    reports_charge: bool = True
    attempts: int = 0
    retry_at: float = 0.0
    refusals: int = 0
    failed_polls: int = 0
    not_found_polls: int = 0
    unreadable_polls: int = 0
    refused_polls: int = 0
    polls_answered: int = 0
    reserved_cents: float = 0.0
    exposed_cents: float = 0.0
    booked_at: str | None = None
    run_time: float | None = None
    lag: float | None = None
    in_doubt: bool = False
    withdrawn: dict[str, SixtyfourError] = field(default_factory=dict[str, SixtyfourError])

    def __post_init__(self) -> None:
        self.priced_as = self.priced_as or self.variant

    def advance(self, transition: Transition) -> None:
        """Move on, or raise: a transition outside the table is a bug of ours, not a state of the service."""
        try:
            self.phase = TRANSITIONS[self.phase][transition]
        except KeyError:
            raise AssertionError(f"job {self.id}: {transition} while {self.phase}") from None

    def forget_failed_polls(self) -> None:
        """Know that a poll was answered: those that failed before say nothing more."""
        self.failed_polls = self.not_found_polls = self.unreadable_polls = self.refused_polls = 0

    @property
    def unwanted(self) -> SixtyfourError | None:
        """Why nobody wants any of its rows any more; None while somebody does."""
        return next(iter(self.withdrawn.values())) if len(self.withdrawn) >= self.rows else None
