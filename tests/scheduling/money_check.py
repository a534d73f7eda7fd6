"""What holds for the money of a run in virtual time, at every step."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from sixtyfour_async._scheduling.job_states import Phase
from sixtyfour_async._scheduling.scheduler import Scheduler

RESERVED_CENTS = {"find-email": 5.0, "find-phone": 30.0, "deep-search": 5.0}
"""What the harness's ledger reserves for a row: published prices, and one of its own."""


class Charged(Protocol):
    """A job's script, as far as its money is concerned."""

    @property
    def charge(self) -> float | None: ...
    @property
    def variant(self) -> str: ...
    @property
    def job_id(self) -> str | None: ...


@dataclass(slots=True)
class MoneyCheck:
    """Watches a scheduler under a cap; without one there is nothing to watch.

    Attributes:
        scheduler: The scheduler.
        scripts: What becomes of its jobs, by number.
        surprise_cents: By how much the charges of what was under way at the first surprise exceed what was reserved.
    """

    scheduler: Scheduler
    scripts: Sequence[Charged]
    surprise_cents: float | None = None

    @contextmanager
    def watching(self) -> Generator[None]:
        """Note what was under way before the event that brings the first surprise."""
        if self.scheduler.ledger.cap_cents is None or self.surprise_cents is not None:
            yield
            return
        under_way = [job.id for job in self.scheduler.jobs.values() if job.phase is not Phase.WAITING]
        yield
        if self.scheduler.ledger.surprise is not None:
            self.surprise_cents = sum(self._surprise_of(self.scripts[id_]) for id_ in under_way)

    @staticmethod
    def _surprise_of(script: Charged) -> float:
        return max(0.0, (script.charge or 0.0) - RESERVED_CENTS[script.variant])

    def check(self) -> None:
        """Assert that the cap holds but for surprises, that a trial is small, and that no amount is negative."""
        ledger = self.scheduler.ledger
        amounts = (ledger.charged_cents, ledger.reserved_cents, ledger.exposed_cents)
        assert all(cents >= 0 for cents in amounts), amounts
        if ledger.cap_cents is None:
            return
        resumed = [script for script in self.scripts if script.job_id is not None]  # running, whatever the cap
        over = sum(max(script.charge or 0.0, RESERVED_CENTS[script.variant]) for script in resumed)
        assert sum(amounts) <= ledger.cap_cents + over + (self.surprise_cents or 0.0) + 1e-6
        for variant, rows in self.scheduler.spending.rows_in_flight.items():
            assert rows <= max(3, len(resumed)) or ledger.is_proven(variant), f"{rows} rows of {variant} in flight"
