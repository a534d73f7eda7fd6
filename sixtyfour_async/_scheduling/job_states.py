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
    LOOKING = "looking"
    ENDED = "ended"


class Step(StrEnum):
    """What moves a job from phase to phase."""

    SUBMIT_SENT = "submit sent"
    SUBMIT_AGAIN = "submit again"
    ACCEPTED = "accepted"
    LOOK_SENT = "look sent"
    STILL_RUNNING = "still running"
    ENDED = "ended"


TRANSITIONS: Mapping[Phase, Mapping[Step, Phase]] = {
    Phase.WAITING: {Step.SUBMIT_SENT: Phase.SENDING, Step.ACCEPTED: Phase.RUNNING, Step.ENDED: Phase.ENDED},
    Phase.SENDING: {Step.ACCEPTED: Phase.RUNNING, Step.SUBMIT_AGAIN: Phase.WAITING, Step.ENDED: Phase.ENDED},
    Phase.RUNNING: {Step.LOOK_SENT: Phase.LOOKING, Step.ENDED: Phase.ENDED},
    Phase.LOOKING: {Step.STILL_RUNNING: Phase.RUNNING, Step.ENDED: Phase.ENDED},
    Phase.ENDED: {},
}
"""Phase → step → phase. A job known from the journal goes from waiting to running at once: it was accepted before."""


@dataclass(slots=True)
class Ticket:
    """What the scheduler knows of one job; operation, answer and consumer are the runner's.

    Attributes:
        id: The runner's number for the job.
        variant: What its run time depends on, such as ``"people-intelligence/low"``.
        sold_as: What the price of one of its rows depends on.
        rows: How many rows it answers.
        gate: The limit it is subject to, or "".
        repeatable: May its submit be sent again although it perhaps arrived?
        urgent: Does a caller wait for just this job? Then it is submitted before the rows of any ``map``.
        roll: The request that reports on many jobs of its kind at once, or "".
        remote_id: The service's id once accepted.
        accepted_at: When it was accepted, or taken over from the journal.
        adopted: Was it accepted in an earlier run? Then its age is not known.
        looked_at: When a look last found it running, or it was accepted.
        look_at: When the next look is due.
        planned: Number of the plan by which it is.
        looks: Looks so far.
        scout: Is it one of the first of its kind, looked at to learn?
        alone: Must it be looked at by itself, whatever its roll?
        attempts: Submits so far.
        refusals: Submits that were refused with a 429.
        trouble: Looks in a row that failed.
        missing: Looks in a row that were answered "no such job".
        reserved: Cents set aside for it.
        at_stake: Cents an earlier submit of it may have cost, while it waits to be sent again.
        unclear: Has an earlier submit perhaps been taken?
        withdrawn: Why nobody wants it any more, once that was said while its submit was on its way.
    """

    id: int
    variant: str
    gate: str
    repeatable: bool
    sold_as: str = ""
    rows: int = 1
    urgent: bool = False
    phase: Phase = Phase.WAITING
    roll: str = ""
    remote_id: str | None = None
    accepted_at: float = 0.0
    adopted: bool = False
    looked_at: float = 0.0
    look_at: float = 0.0
    planned: int = 0
    looks: int = 0
    scout: bool = False
    alone: bool = False
    attempts: int = 0
    refusals: int = 0
    trouble: int = 0
    missing: int = 0
    reserved: float = 0.0
    at_stake: float = 0.0
    unclear: bool = False
    withdrawn: SixtyfourError | None = None

    def __post_init__(self) -> None:
        self.sold_as = self.sold_as or self.variant

    def step(self, step: Step) -> None:
        """Move on, or raise: an unknown step is a defect, not a state of the service."""
        try:
            self.phase = TRANSITIONS[self.phase][step]
        except KeyError:
            raise AssertionError(f"job {self.id}: {step} while {self.phase}") from None
