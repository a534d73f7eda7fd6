"""A row's life in the journal, and what to do with a row that a run meets.

::

    released ──▶ intended ──▶ accepted ──▶ completed · failed · cancelled
        ▲            │
        └── refused ─┤
                     └──▶ unknown                    it may have been taken: no id, no refusal

A crash can leave one thing open only: an intent without an id. When the journal is opened again it is named what it is,
``unknown``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

State: TypeAlias = Literal["intended", "released", "accepted", "unknown", "completed", "failed", "cancelled"]
"""Where a row stands.

``intended``: on its way. ``released``: certainly not taken; may be asked again. ``unknown``: it may have been taken;
parked. ``accepted``: it has an id and runs, or did when last seen.
"""

OPEN: frozenset[State] = frozenset({"intended", "accepted", "unknown"})
"""States of rows whose end is not known: the money reserved for them is at stake."""

IN_DOUBT: frozenset[State] = frozenset({"intended", "unknown"})
"""States of rows that may have been taken, and have no id to ask by."""

OnUnknown: TypeAlias = Literal["park", "resubmit"]
"""What to do with rows that an earlier run left unknown: leave them alone, or ask again and perhaps pay twice."""

Deliver: TypeAlias = Literal["every call", "once"]
"""Whom outcomes are delivered to: whoever asks, each time, or nobody again once they were acknowledged."""

Batching: TypeAlias = Literal["auto", "single", "file"]
"""How rows travel: along with other leads where they can; each by itself; or in a file where they can."""

Admission: TypeAlias = Literal["skip", "conflict", "replay", "resume", "submit", "resubmit"]
"""What to do with a row that a run meets.

``skip``: it was delivered before. ``conflict``: its key stands for another question. ``replay``: it is settled, say how.
``resume``: it runs over there already. ``submit``: submit it. ``resubmit``: submit it although it was asked before.
"""


@dataclass(frozen=True, slots=True)
class ReusePolicy:
    """What the caller allows to be asked, and perhaps paid, a second time.

    Attributes:
        retry_failed: Rows that failed or were cancelled over there.
        on_unknown: What to do with rows that an earlier run left unknown.
        reuse: How old an answer may be to be given again; None for any age.
    """

    retry_failed: bool = False
    on_unknown: OnUnknown = "park"
    reuse: timedelta | None = None


def admission(
    state: State | None,
    policy: ReusePolicy,
    *,
    same: bool,
    delivered: bool,
    repeatable: bool,
    age: timedelta,
    deliver: Deliver,
) -> Admission:
    """Say what to do with a row.

    Args:
        state: Where it stands in the journal, None when it is new.
        policy: What the caller allows.
        same: Is the question that the journal has under this key the same one?
        delivered: Was its outcome acknowledged?
        repeatable: Will the service know it again when it is sent a second time?
        age: How long ago it was sent.
        deliver: Whom outcomes are delivered to.
    """
    if state is None or state == "released":
        return "submit"
    if not same:
        return "conflict"
    in_doubt = state in IN_DOUBT
    if in_doubt and repeatable:
        return "submit"
    too_old = state == "completed" and policy.reuse is not None and age > policy.reuse
    failed = state in {"failed", "cancelled"}
    if too_old or (failed and policy.retry_failed) or (in_doubt and policy.on_unknown == "resubmit"):
        return "resubmit"
    if deliver == "once" and delivered:
        return "skip"
    return "resume" if state == "accepted" else "replay"


def idempotency_key(journal: str, key: str, asked: int) -> str:
    """Make the key by which the service knows a row again: one per journal, row and deliberate repetition.

    It is made from what the journal keeps, so that a run after a crash sends the same one.
    """
    return str(uuid5(UUID(journal), f"{asked}/{key}"))
