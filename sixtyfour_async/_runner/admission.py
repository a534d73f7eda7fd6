"""Which rows may be asked: what the journal knows of them, what the caller allows, what the caps leave."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from sixtyfour_async._journal.base import Entry, Journal, request_text
from sixtyfour_async._scheduling import row_states
from sixtyfour_async._scheduling.ledger import Ledger, carry_over
from sixtyfour_async._scheduling.row_states import Admission, Deliver, ReusePolicy, idempotency_key
from sixtyfour_async.errors import CostCapError, InputError
from sixtyfour_async.operations import JobOperation

R = TypeVar("R")

NO_JOB = frozenset({"released", "duplicate", "reused"})
"""Lines of a journal that stand for no submit."""


class RowAdmission:
    """Decides about rows before they are taken on, and begins their lines in the journal."""

    def __init__(self, journal: Journal, ledger: Ledger, max_jobs: int | None, policy: ReusePolicy) -> None:
        self._journal = journal
        self._ledger = ledger
        self._max_jobs = max_jobs
        self._policy = policy
        self._jobs = 0
        self._journal_id = ""

    async def open(self) -> None:
        """Begin where the runs before on this journal ended."""
        lines = await self._journal.lines()
        carry_over(self._ledger, lines)
        self._jobs = sum(line.rows for line in lines if line.state not in NO_JOB)
        self._journal_id = await self._journal.get_meta("id") or str(uuid4())
        if await self._journal.get_meta("id") is None:
            await self._journal.set_meta("id", self._journal_id)

    def with_idempotency_key(self, operation: JobOperation[R], key: str, asked: int) -> JobOperation[R]:
        """Make the question as it is sent: with the key by which the service knows it again, where it takes one."""
        return operation.with_idempotency_key(idempotency_key(self._journal_id, key, asked))

    def welcome(self, operation: JobOperation[R], fingerprint: str, known: Entry | None, deliver: Deliver) -> Admission:
        """Say what to do with a row of this content, of which the journal knows this much."""
        return row_states.admission(
            None if known is None else known.state,
            self._policy,
            same=known is not None and known.fingerprint == fingerprint,
            delivered=known is not None and known.delivered,
            repeatable=_is_retry_safe(operation, known),
            age=_age(known),
            deliver=deliver,
        )

    def over_cap(self, operation: JobOperation[R]) -> CostCapError | None:
        """Say why a row may not be asked, however much money is left; nothing has been sent for it."""
        cap, variant = self._ledger.cap, operation.variant()
        if cap is not None and self._ledger.price(variant) is None:
            return CostCapError(
                f"max_cost_cents={cap:g} cannot be kept: what {variant} costs is not published; pass "
                f"max_row_cents=… (--max-row-cents), the most a row may cost, or its price, "
                f"prices={{{operation.endpoint.name!r}: cents}} (--price {operation.endpoint.name}=CENTS)"
            )
        if self._max_jobs is not None and self._jobs >= self._max_jobs:
            return CostCapError(f"max_jobs={self._max_jobs} jobs were submitted already")
        return None

    def entry(
        self, operation: JobOperation[R], key: str, fingerprint: str, known: Entry | None, told: Admission
    ) -> Entry:
        """Make the line that a row begins with: as it stands when it is watched or repeated, else a new one."""
        if known is not None and told in {"resume", "submit"} and known.state != "released":
            return known
        asked = known.asked if known else 0
        if known is not None and told == "resubmit":
            asked += 1
        self._jobs += 1
        return Entry(
            key,
            operation.endpoint.name,
            fingerprint,
            request_text(operation.payload()),
            "released",
            variant=operation.variant(),
            asked=asked,
        )


def _is_retry_safe(operation: JobOperation[R], known: Entry | None) -> bool:
    """Will the service know the row again, by a key of its own or by that of the file it travelled in?"""
    if known is not None and known.batch is not None:
        bulk = operation.bulk_endpoint()
        return bulk is not None and bulk.retry_safe == "key"
    return operation.with_idempotency_key("a key").is_retry_safe()


def _age(known: Entry | None) -> timedelta:
    """How long ago a row was sent, by our wall clock: days, so it need not be exact."""
    if known is None or known.sent_at is None:
        return timedelta()
    return datetime.now(UTC) - datetime.fromisoformat(known.sent_at)


def clash(key: str) -> InputError:
    """Say that a key stands for another question."""
    return InputError(f"key {key!r} stands for another question already", remedy="give each question a key of its own")
