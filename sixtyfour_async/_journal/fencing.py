"""Who may write a line, and what a runner that came too late may still add. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Cap, Claim, Limits, Room
from sixtyfour_async._scheduling.accounts import Tally
from sixtyfour_async._scheduling.ledger import TOLERANCE_CENTS
from sixtyfour_async._scheduling.row_states import ENDED, OPEN, State

MONEY_TALLIES: frozenset[Tally] = frozenset({"forgotten", "replaced", "resubmitted"})
"""Tallies that count against a cap: the others stand for what was saved."""

WRITTEN = Claim()
"""The result of a change that was written as it is."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is asked of a stored line before it is written over.

    Attributes:
        version: Number of times that it was written.
        state: Where the row stands.
        job_id: The service's id once accepted.
        sent_at: When it was last about to be sent.
        held_by: The number of another registered runner that holds it.
    """

    version: int
    state: State
    job_id: str | None
    sent_at: str | None
    held_by: int | None = None


def standing_of(entry: Entry, held_by: int | None = None) -> Standing:
    """Return what is asked of a line, and who else holds it."""
    return Standing(entry.version, entry.state, entry.job_id, entry.sent_at, held_by)


def follows(version: int, former: int) -> bool:
    """Return whether a line may be written over one of a former version, 0 for none.

    Version 0 is the line of a writer that does not count. It may replace another of these, and no line that was
    counted: such a writer does not say what it has read, and its line would make the count begin anew.
    """
    return version == former + 1 or version == former == 0


def is_next(stored: Standing | None, entry: Entry) -> bool:
    """Return whether a line follows the stored one."""
    return follows(entry.version, stored.version if stored else 0)


def may_put(stored: Standing | None, entry: Entry) -> bool:
    """Return whether a line may be written; one that is not counted leaves rows alone that another runner holds."""
    return is_next(stored, entry) and (entry.version > 0 or stored is None or stored.held_by is None)


def may_claim(stored: Standing | None, entry: Entry) -> bool:
    """Return whether a runner may take a row with this line."""
    return is_next(stored, entry) and (stored is None or stored.held_by is None)


def late_line(stored: Standing | None, entry: Entry) -> Entry | None:
    """Return the line to write for one that is fenced, if it says what nobody else can: what became of the submit.

    The successor of a runner finds an intent and parks the row, as it must. The runner that was only frozen has the
    answer to that very submit: an id, or that it was not accepted.
    """
    if stored is None or stored.state != "unknown" or stored.job_id is not None or stored.sent_at != entry.sent_at:
        return None
    if entry.state == "released" or (entry.state == "accepted" and entry.job_id is not None):
        return replace(entry, version=stored.version + 1)
    return None


def spent_cents(state: State, cost_cents: float | None, reserved_cents: float) -> float:
    """Return what a row counts against a cap, as the lines of a journal do: charged, or exposed."""
    if state in ENDED:
        return (cost_cents or 0.0) + reserved_cents
    return reserved_cents if state in OPEN else 0.0


def exceeded(limits: Limits, before: dict[Cap | Room, float], after: dict[Cap | Room, float]) -> Cap | Room | None:
    """Return the first limit that a claim exceeds: by what it adds, not by what was there."""
    most: dict[Cap | Room, float] = {cap: cap.cents + TOLERANCE_CENTS for cap in limits.caps}
    most |= {room: room.most for room in limits.rooms}
    return next((limit for limit in most if after[limit] > max(most[limit], before[limit])), None)
