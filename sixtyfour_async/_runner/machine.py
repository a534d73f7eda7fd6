"""The parts of a runner, built anew each time that it is entered."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sixtyfour_async._client.client import AsyncClient, pipeline_of
from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.memory import MemoryJournal
from sixtyfour_async._journal.places import journal_of
from sixtyfour_async._runner.delivery import Delivery
from sixtyfour_async._runner.engine import Engine
from sixtyfour_async._runner.intake import Intake
from sixtyfour_async._runner.receivers import Receivers
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import BULK_LIMIT, ConcurrencyLimit, new_job_limits
from sixtyfour_async._scheduling.row_states import ReusePolicy
from sixtyfour_async._scheduling.scheduler import Scheduler


@dataclass(slots=True)
class Settings:
    """What a runner is built from, each time that it is entered.

    Attributes:
        journal: As it was given; one in memory is made once.
        ledger: Returns a ledger for a journal, which is counted when it is opened.
        policy: What to do with rows of earlier runs.
        max_in_flight: Jobs submitted and not ended, at most.
        max_rows: Rows read at most.
        deep_searches: Deep searches at once.
        job_deadline: Seconds after which a job is handed back.
        patience: Seconds that an answer may lie unseen.
        receivers: What receives webhooks, in every life of the runner.
    """

    journal: str | Path | Journal | None
    ledger: Callable[[Journal], Ledger]
    policy: ReusePolicy
    max_in_flight: int
    max_rows: int | None
    deep_searches: int
    job_deadline: float
    patience: float
    receivers: Receivers


def budget_place_of(journal: Journal) -> str | Path | None:
    """Return where the processes that use a journal share their requests; None when one process uses it."""
    return getattr(journal, "budget_place", None)


class Machine:
    """Scheduler, engine, intake and delivery over one journal.

    Attributes:
        journal: The journal.
        scheduler: Decides what is sent.
        delivery: Hands outcomes over.
        engine: Carries out what the scheduler decides.
        intake: Reads rows.
    """

    def __init__(self, client: AsyncClient, settings: Settings) -> None:
        given = settings.journal
        self.journal = MemoryJournal() if given is None else journal_of(given)
        pipeline_of(client).account.check(budget_place_of(self.journal))
        settings.journal = self.journal if given is None else given  # one that was made in memory is made once
        ledger = settings.ledger(self.journal)
        self.delivery = Delivery(self.journal)
        self.scheduler = Scheduler(
            budget=pipeline_of(client).budget,
            ledger=ledger,
            jitter=random.random,
            job_limits=new_job_limits(settings.deep_searches) | {BULK_LIMIT: pipeline_of(client).budget.bulk},
            in_flight=ConcurrencyLimit(settings.max_in_flight),
            job_deadline=settings.job_deadline,
            patience=settings.patience,
            rows_to_come=self.delivery.has_rows_to_come,
        )
        self.engine = Engine(client, self.journal, self.scheduler, self.delivery, settings.receivers)
        self.intake = Intake(
            self.journal,
            self.engine,
            self.delivery,
            ledger=ledger,
            policy=settings.policy,
            max_rows=settings.max_rows,
        )
        self.engine.following.admit = self.intake.admit_again
