"""Whose is a delivered answer whose job id nobody knows?

A submit whose answer was lost may have been accepted: its row is parked, in doubt. A delivery with an id that belongs
to no other row may be its answer. It is given to the row only if that is beyond doubt, since a wrong answer is worse
than none: if it repeats what was asked about this one row and no other (see `attribution`); or, where answers repeat
nothing, if there is one row in doubt, sent by this run, and our URL has never received anything for anybody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from sixtyfour_async._scheduling.attribution import match_rows


@dataclass(frozen=True, slots=True)
class Doubt:
    """A submit that may have been accepted.

    Attributes:
        operation: The operation's name.
        leads: What each of its rows asked about.
        is_recent: Was it sent by this run? What an earlier run sent may have been delivered to that one.
    """

    operation: str
    leads: Sequence[Mapping[str, JsonValue]]
    is_recent: bool = True


def owner_of(
    result: JsonValue, rows: Sequence[JsonValue] | None, task_type: str | None, doubts: Sequence[Doubt], *, alone: bool
) -> int | None:
    """Return the place of the doubt that an answer settles; None when that is not beyond doubt.

    Args:
        result: The delivered result; None for a job that failed.
        rows: The rows in it; None when it is not made of rows.
        task_type: The kind of job as the delivery names it.
        doubts: All submits in doubt.
        alone: Has our URL never received a delivery for anybody else?
    """
    evidence = {
        place: _evidence([result] if rows is None or len(doubt.leads) == 1 else rows, doubt)
        for place, doubt in enumerate(doubts)
        if _is_of_kind(doubt, task_type)
    }
    repeated = [place for place, matched in evidence.items() if matched == "echo"]
    if repeated:
        return repeated[0] if len(repeated) == 1 else None
    possible = [place for place, matched in evidence.items() if matched is not None]
    if len(possible) == len(doubts) == 1 and alone and doubts[0].is_recent:
        return possible[0]
    return None


def _is_of_kind(doubt: Doubt, task_type: str | None) -> bool:
    """Return False if a finder's answer is another finder's; words for research differ, and prove nothing."""
    told = (task_type or "").replace("_", "-")
    finder = told.startswith(("find-", "reverse-"))
    return not finder or told == doubt.operation


def _evidence(rows: Sequence[JsonValue], doubt: Doubt) -> str | None:
    """Return how an answer fits a submit: ``echo``, ``position`` (nothing speaks against it), or None."""
    if rows == [None]:
        return "position"
    found = {match.matched_by for match in match_rows(doubt.leads, rows, doubt.operation)}
    if None in found:
        return None
    return "echo" if "echo" in found else "position"
