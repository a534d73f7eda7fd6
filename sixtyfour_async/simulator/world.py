"""The state of the service: what was accepted, when it ends and what it costs.

Nothing here waits or reads a clock: every method takes the simulated instant and answers for it. Whether work is
done is never stored; it follows from the instant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sixtyfour_async.simulator.books import Books, WorkEntry
from sixtyfour_async.simulator.chance import identifier
from sixtyfour_async.simulator.faults import HIDDEN
from sixtyfour_async.simulator.money import CENTS_PER_CREDIT, PRICES, Account
from sixtyfour_async.simulator.operations import Operation, subject_of
from sixtyfour_async.simulator.refusal import detail
from sixtyfour_async.simulator.runtimes import PROFILES, ROWS_PER_BATCH, SECONDS_PER_BATCH
from sixtyfour_async.simulator.searches import count_rows
from sixtyfour_async.simulator.settings import SimulatorSettings


@dataclass(frozen=True, slots=True)
class Fate:
    """What faults have in store for new work."""

    failed: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """Accepted work. Instants are simulated Unix seconds; ``charge`` is in cents."""

    id: str
    subject: str
    body: Mapping[str, Any]
    submitted_at: float
    visible_at: float
    ends_at: float
    charge: int
    failed: bool

    def done(self, now: float) -> bool:
        """Say whether it has ended by *now*."""
        return now >= self.ends_at


@dataclass(frozen=True, slots=True)
class Job(Work):
    """A synchronous call or a job of one of the operations."""

    kind: str


@dataclass(frozen=True, slots=True)
class Search(Work):
    """A deep search."""

    search_id: str
    rows: int


@dataclass(frozen=True, slots=True)
class Run(Work):
    """A run of a workflow over the rows in ``body["rows"]``."""

    workflow_id: str
    formats: Sequence[str]
    idempotency_key: str | None
    planned: float
    """Seconds it takes when nobody cancels it."""
    cancelled_at: float | None = None


@dataclass(slots=True)
class World:
    """Everything accepted so far.

    ``remember`` is told of each accepted event, before the caller hears of it.
    """

    settings: SimulatorSettings
    books: Books
    account: Account
    salt: str
    remember: Callable[[Mapping[str, Any]], None] | None = None
    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    searches: dict[str, Search] = field(default_factory=dict[str, Search])
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    _tasks_by_search: dict[str, str] = field(default_factory=dict[str, str])
    _runs_by_key: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _accepted: int = 0

    def settle(self, now: float) -> None:
        """Charge what has ended by *now*."""
        self.account.settle(now)
        self.books.charged_cents = self.account.spent

    def submit(self, operation: Operation, body: Mapping[str, Any], now: float, fate: Callable[[], Fate]) -> Job:
        """Accept a job.

        Raises:
            Refused: The tier is not enabled (403) or the balance does not cover the price (402).
        """
        subject = subject_of(body[operation.subject_key])
        price = operation.price(body)
        self._afford(price)
        kind = operation.runtime_key(body)
        runtime = self._runtime(kind, operation.kind, subject)
        job = Job(
            **self._work(subject=subject, body=body, now=now, runtime=runtime, price=price, fate=fate()),
            kind=operation.kind,
        )
        self._accept("job", job, now)
        return job

    def start_search(self, body: Mapping[str, Any], now: float, fate: Callable[[], Fate]) -> Search:
        """Accept a deep search, or give the one started with the same ``search_id``.

        Raises:
            Refused: All slots are taken (429) or the balance does not cover the rows (402).
        """
        known = self._tasks_by_search.get(body.get("search_id") or "")
        if known is not None:
            return self.searches[known]
        running = sum(not search.done(now) for search in self.searches.values())
        if running >= self.settings.deep_search_slots:
            self.books.slots_refused += 1
            most = self.settings.deep_search_slots
            raise detail(429, f"Maximum of {most} concurrent deep searches reached. Wait for one to finish.")
        rows = count_rows(self.settings.seed, body)
        price = rows * PRICES["deep_search_row"]
        self._afford(price)
        query, runtime = body["query"], self._runtime("deep_search", body["query"])
        work = self._work(subject=query, body=body, now=now, runtime=runtime, price=price, fate=fate())
        search_id = body.get("search_id") or identifier(self.salt, "search", work["id"])
        search = Search(**work, search_id=search_id, rows=rows)
        self._accept("search", search, now)
        return search

    def start_run(self, body: Mapping[str, Any], now: float, fate: Callable[[], Fate]) -> tuple[Run, bool]:
        """Accept a workflow run; the second value says that the Idempotency-Key had started it before.

        Raises:
            Refused: The balance does not cover the rows (402).
        """
        key = body["idempotency_key"]
        known = self._runs_by_key.get((body["workflow_id"], key)) if key else None
        if known is not None:
            return self.runs[known], True
        price = len(body["rows"]) * PRICES["workflow_row"]
        self._afford(price)
        batches = -(-len(body["rows"]) // ROWS_PER_BATCH)
        subject = f"{body['workflow_id']} | {len(body['rows'])} rows"
        runtime = self._runtime("workflow", subject, self._accepted) + SECONDS_PER_BATCH * batches
        run = Run(
            **self._work(
                subject=subject, body={"rows": body["rows"]}, now=now, runtime=runtime, price=price, fate=fate()
            ),
            workflow_id=body["workflow_id"],
            formats=tuple(body["formats"]),
            idempotency_key=key,
            planned=runtime,
        )
        self._accept("run", run, now)
        return run, False

    def cancel_run(self, run: Run, now: float) -> Run:
        """Stop a run; rows already done are charged, and one that has ended stays as it is."""
        if run.done(now):
            return run
        share = (now - run.submitted_at) / (run.ends_at - run.submitted_at)
        charge = int(run.charge * share)
        cancelled = dataclasses.replace(run, cancelled_at=now, ends_at=now, charge=charge)
        self._cancel(cancelled, run.ends_at)
        if self.remember:
            self.remember({"event": "cancel", "at": now, "id": run.id, "charge": charge})
        return cancelled

    def _cancel(self, cancelled: Run, planned_end: float) -> None:
        self.runs[cancelled.id] = cancelled
        self.account.cancel(cancelled.id, cancelled.charge, planned_end)
        self.books.change(cancelled.id, ends_at=cancelled.ends_at, charge=cancelled.charge)

    def replay(self, event: Mapping[str, Any]) -> None:
        """Take in an event that an earlier simulator remembered.

        Raises:
            ValueError: The event is of no kind that a simulator writes.
        """
        kinds: dict[str, type[Job | Search | Run]] = {"job": Job, "search": Search, "run": Run}
        try:
            if event["event"] == "cancel":
                run = self.runs[event["id"]]
                at, charge = event["at"], event["charge"]
                self._cancel(dataclasses.replace(run, cancelled_at=at, ends_at=at, charge=charge), run.ends_at)
            else:
                self._take(kinds[event["event"]](**event["work"]), replayed=True)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not an event of a simulator: {event!r:.200}") from error

    def _runtime(self, kind: str, *parts: object) -> float:
        return PROFILES[self.settings.runtimes][kind].draw(self.settings.seed, kind, *parts)

    def _afford(self, price: int) -> None:
        if not self.account.covers(price):
            raise detail(402, "Insufficient API credits")

    def _work(
        self, *, subject: str, body: Mapping[str, Any], now: float, runtime: float, price: int, fate: Fate
    ) -> dict[str, Any]:
        return {
            "id": identifier(self.salt, self._accepted),
            "subject": subject,
            "body": body,
            "submitted_at": now,
            "visible_at": now + HIDDEN if fate.hidden else now,
            "ends_at": now + runtime,
            "charge": 0 if fate.failed else price,
            "failed": fate.failed,
        }

    def _accept(self, event: str, work: Job | Search | Run, now: float) -> None:
        if self.remember:
            self.remember({"event": event, "at": now, "work": dataclasses.asdict(work)})
        self._take(work, replayed=False)

    def _take(self, work: Job | Search | Run, *, replayed: bool) -> None:
        self._accepted += 1
        self.account.reserve(work.id, work.charge, work.ends_at)
        kind = self._file(work)
        self.books.jobs.append(
            WorkEntry(
                *(work.id, kind, work.subject, work.body, work.submitted_at, work.ends_at, work.charge),
                replayed=replayed,
            )
        )

    def _file(self, work: Job | Search | Run) -> str:
        """Put work where its routes look for it, and name its kind."""
        match work:
            case Job():
                self.jobs[work.id] = work
                return work.kind
            case Search():
                self.searches[work.id] = work
                self._tasks_by_search[work.search_id] = work.id
                return "deep_search"
            case Run():
                self.runs[work.id] = work
                if work.idempotency_key:
                    self._runs_by_key[work.workflow_id, work.idempotency_key] = work.id
                return "workflow"

    def credits(self) -> float:
        """Give the balance as ``/check-balance`` does."""
        return self.account.credits()


def opening(settings: SimulatorSettings) -> Account:
    """Open the account with the balance of the settings."""
    return Account(settings.balance_credits * CENTS_PER_CREDIT)
