"""A job's life as a table: states, events, and what the scheduler keeps of each job.

::

    waiting ──SubmitSent──▶ sending ──Accepted──▶ running ──LookSent──▶ looking ──StillRunning──▶ running
       ▲                       │                                           │
       └──────SubmitAgain──────┤                                           │
                               └──Ended──▶ ended ◀─────────Ended───────────┘

Anything the table does not hold raises, with job, state and event in the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sixtyfour_async.errors import SixtyfourError


class Phase(StrEnum):
    """Where a job is, seen from here."""

    WAITING = "waiting"
    SENDING = "sending"
    RUNNING = "running"
    POLLING = "polling"
    ENDED = "ended"


class Transition(StrEnum):
    """What moves a job from phase to phase."""

    SUBMIT_SENT = "submit sent"
    SUBMIT_AGAIN = "submit again"
    ACCEPTED = "accepted"
    POLL_SENT = "look sent"
    STILL_RUNNING = "still running"
    ENDED = "ended"


TRANSITIONS: Mapping[Phase, Mapping[Transition, Phase]] = {
    Phase.WAITING: {
        Transition.SUBMIT_SENT: Phase.SENDING,
        Transition.ACCEPTED: Phase.RUNNING,
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
"""Phase → step → phase. A job known from the journal goes from waiting to running at once: it was accepted before."""


@dataclass(slots=True)
class ScheduledJob:
    """What the scheduler knows of one job; operation, answer and consumer are the runner's.

    Attributes:
        id: The runner's number for the job.
        variant: What its run time depends on, such as ``"people-intelligence/low"``.
        priced_as: What the price of one of its rows depends on.
        rows: How many rows it answers.
        job_limit: The limit it is subject to, or "".
        retry_safe: May its submit be sent again although it perhaps arrived?
        urgent: Does a caller wait for just this job? Then it is submitted before the rows of any ``map``.
        list_endpoint: The request that reports on many jobs of its kind at once, or "".
        job_id: The service's id once accepted.
        accepted_at: When it was accepted, or taken over from the journal.
        resumed: Was it accepted in an earlier run? Then its age is not known.
        polled_at: When a look last found it running, or it was accepted.
        poll_at: When the next look is due.
        plan_number: Number of the plan by which it is.
        polls: Looks so far.
        is_probe: Is it one of the first of its kind, looked at to learn?
        poll_alone: Must it be looked at by itself, whatever its list_endpoint?
        attempts: Submits so far.
        refusals: Submits that were refused with a 429.
        failed_polls: Looks in a row that failed.
        not_found_polls: Looks in a row that were answered "no such job".
        reserved: Cents set aside for it.
        exposed_cents: Cents an earlier submit of it may have cost, while it waits to be sent again.
        in_doubt: Has an earlier submit perhaps been taken?
        withdrawn: Why nobody wants it any more, once that was said while its submit was on its way.
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
    plan_number: int = 0
    polls: int = 0
    is_probe: bool = False
    poll_alone: bool = False
    attempts: int = 0
    refusals: int = 0
    failed_polls: int = 0
    not_found_polls: int = 0
    reserved: float = 0.0
    exposed_cents: float = 0.0
    in_doubt: bool = False
    withdrawn: SixtyfourError | None = None

    def __post_init__(self) -> None:
        self.priced_as = self.priced_as or self.variant

    def advance(self, transition: Transition) -> None:
        """Move on, or raise: an unknown step is a defect, not a state of the service."""
        try:
            self.phase = TRANSITIONS[self.phase][transition]
        except KeyError:
            raise AssertionError(f"job {self.id}: {transition} while {self.phase}") from None
