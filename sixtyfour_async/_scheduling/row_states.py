"""The life of a row in the journal, and what to do with a row that a run meets.

::

    released ──▶ intended ──▶ accepted ──▶ completed · no_answer · unmatched · unreadable · failed · cancelled
        ▲            │            │ ▲
        └── refused ─┤            └─┴─ lost          the service no longer knows its id; polled again by the next run
                     └──▶ unknown                    it may have been accepted: no id came back, and no refusal

A crash leaves one thing open only: an intent without an id. When the journal is opened again, such a row is named what
it is, ``unknown``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeAlias
from uuid import UUID, uuid5

State: TypeAlias = Literal[
    "intended",
    "released",
    "accepted",
    "unknown",
    "lost",
    "completed",
    "no_answer",
    "unmatched",
    "unreadable",
    "failed",
    "cancelled",
]
"""Where a row stands in the journal.

``intended``: about to be sent, or sent and not answered. ``released``: certainly not accepted; free to be submitted.
``unknown``: it may have been accepted; parked. ``accepted``: it has an id, and was running when last polled. ``lost``:
it has an id, and the service did not know it any more. ``completed``: answered. ``no_answer``: it completed, and
nothing that was asked for came back. ``unmatched``: its answer is shared, and no part of it could be shown to be this
row's. ``unreadable``: its answer could not be read. ``failed``, ``cancelled``: the service ended it.
"""

OPEN: frozenset[State] = frozenset({"intended", "accepted", "unknown", "lost"})
"""States of rows whose end is not known: the money reserved for them is exposed."""

IN_DOUBT: frozenset[State] = frozenset({"intended", "unknown"})
"""States of rows that may have been accepted, and have no id to poll."""

POLLABLE: frozenset[State] = frozenset({"accepted", "lost"})
"""States of rows that have an id to poll, and whose end is not known."""

HELD: frozenset[State] = frozenset({"intended", "accepted"})
"""States of rows that a runner has under way."""

PAID: frozenset[State] = frozenset({"completed", "no_answer", "unmatched", "unreadable"})
"""States of rows whose job did its work: where no charge is reported, what was reserved counts as spent."""

ENDED: frozenset[State] = PAID | frozenset[State]({"failed", "cancelled"})
"""States of rows that the service has ended; their raw answer is in the journal."""

SHARED: frozenset[State] = frozenset({"unmatched", "unreadable"})
"""States of rows that have no part of their batch's answer, so that the whole of it is kept for them."""

OnUnknown: TypeAlias = Literal["park", "resubmit"]
"""What to do with rows that an earlier run left unknown: leave them alone, or submit again and perhaps pay twice."""

Deliver: TypeAlias = Literal["every call", "once"]
"""How often an outcome is delivered: to every call that asks for its row, or never again once it was acknowledged."""

Batching: TypeAlias = Literal["auto", "single", "file"]
"""How rows are submitted: in bulk with others where they can be; each by itself; or in files where they can be."""

Admission: TypeAlias = Literal["skip", "conflict", "follow", "replay", "resume", "submit", "resubmit"]
"""What to do with a row that a run meets.

``skip``: it was delivered before. ``conflict``: its key belongs to another question. ``follow``: another runner has it
under way, so wait for what becomes of it. ``replay``: its end is known, so deliver that. ``resume``: it runs already,
so poll it. ``submit``: submit it. ``resubmit``: submit it although an earlier submit was, or may have been, accepted.
"""


@dataclass(frozen=True, slots=True)
class ReusePolicy:
    """What the caller allows to be submitted, and perhaps paid, a second time.

    Attributes:
        retry_failed: Rows that the service failed or cancelled.
        on_unknown: What to do with rows that an earlier run left unknown, or lost.
        reuse: The age up to which an answer is replayed; None for any age.
    """

    retry_failed: bool = False
    on_unknown: OnUnknown = "park"
    reuse: timedelta | None = None


def admission(
    state: State | None,
    policy: ReusePolicy,
    *,
    same_question: bool,
    held: bool = False,
    delivered: bool,
    retry_safe: bool,
    age: timedelta,
    deliver: Deliver,
) -> Admission:
    """Decide what to do with a row.

    Args:
        state: Where it stands in the journal, None when it is new.
        policy: What the caller allows.
        same_question: Is the question that the journal has under this key the same one?
        held: Does another runner have it under way?
        delivered: Was its outcome acknowledged?
        retry_safe: Will the service recognise a second submit of it?
        age: Time since it was sent.
        deliver: How often outcomes are delivered.
    """
    if state is None or state == "released":
        return "submit"
    if not same_question or held:
        return "follow" if same_question else "conflict"
    in_doubt = state in IN_DOUBT
    if in_doubt and retry_safe:
        return "submit"
    too_old = state in PAID and policy.reuse is not None and age > policy.reuse
    may_be_paid = in_doubt or state == "lost"
    failed = state in {"failed", "cancelled"}
    if too_old or (failed and policy.retry_failed) or (may_be_paid and policy.on_unknown == "resubmit"):
        return "resubmit"
    if deliver == "once" and delivered:
        return "skip"
    return "resume" if state in POLLABLE else "replay"


def idempotency_key(journal: str, key: str, resubmissions: int) -> str:
    """Return the key by which the service recognises a row: one per journal, row and deliberate resubmission.

    It is derived from what the journal keeps, so that a run after a crash sends the same one.
    """
    return str(uuid5(UUID(journal), f"{resubmissions}/{key}"))
