"""The state of the service: accepted work with its end and its charge.

Methods neither await nor read a clock; they take the simulated instant. Whether work is done is not stored: it follows
from the instant.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sixtyfour_async.simulator.base.error_responses import error_response
from sixtyfour_async.simulator.base.seeded_random import identifier
from sixtyfour_async.simulator.base.settings import SimulatorSettings
from sixtyfour_async.simulator.knowledge.pricing import CENTS_PER_CREDIT, Account
from sixtyfour_async.simulator.knowledge.runtimes import PROFILES
from sixtyfour_async.simulator.state.books import Books, WorkEntry
from sixtyfour_async.simulator.state.faults import HIDDEN_SECONDS, OVERCHARGE_FACTOR
from sixtyfour_async.simulator.state.outbox import Outbox
from sixtyfour_async.simulator.state.outputs import Outputs
from sixtyfour_async.simulator.state.records import Records
from sixtyfour_async.simulator.state.work import Job, Run, Search, Work, WorkFaults, WorkRequest, to_json

W = TypeVar("W", bound=Work)
BULK = frozenset({"people_bulk_intelligence", "company_bulk_intelligence"})
"""Kinds of runs that are started with a file instead of a workflow."""
WINDOW_SECONDS = 60.0


@dataclass(slots=True)
class Service:
    """Everything accepted so far. ``persist`` is called with each event before it takes effect."""

    settings: SimulatorSettings
    books: Books
    account: Account
    salt: str
    records: Records
    outputs: Outputs
    persist: Callable[[Mapping[str, Any]], None] | None = None
    jobs: dict[str, Job] = field(default_factory=dict[str, Job])
    searches: dict[str, Search] = field(default_factory=dict[str, Search])
    runs: dict[str, Run] = field(default_factory=dict[str, Run])
    _deep: dict[str, str] = field(default_factory=dict[str, str])
    _exports: dict[str, str] = field(default_factory=dict[str, str])
    _running: list[str] = field(default_factory=list[str])
    _runs_by_key: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    _bulk_starts: deque[float] = field(default_factory=deque[float])
    accepted: int = 0
    outbox: Outbox = field(default_factory=Outbox)
    """Webhook deliveries that are due."""

    def settle(self, now: float) -> None:
        """Charge what has ended by *now*."""
        if self.account.settle(now) and self.persist:
            self.persist({"event": "time", "at": now})  # after a restart, what has ended must not go on running
        self.books.charged_cents = self.account.spent_cents

    def runtime(self, kind: str, *parts: object) -> float:
        """Return the run time drawn for work of a kind, in simulated seconds."""
        return PROFILES[self.settings.runtimes][kind].draw(self.settings.seed, kind, *parts)

    def require_tier(self, noun: str, tier: str) -> None:
        """Require that the organization may use a tier.

        Raises:
            ErrorResponse: 403 if it may not.
        """
        if tier not in self.settings.enabled_tiers:
            word = tier.capitalize()
            text = f"{word} tier {noun} enrichment is not enabled for this org. Contact sales to request access."
            raise error_response(403, text)

    def accept(
        self,
        make: Callable[..., W],
        request: WorkRequest,
        now: float,
        draw_faults: Callable[[], WorkFaults],
        **more: Any,
    ) -> W:
        """Accept work of the class *make*, with its additional fields *more*.

        Raises:
            ErrorResponse: 402 if the balance does not cover the price.
        """
        if not self.account.covers(request.price):
            raise error_response(402, "Insufficient API credits")
        faults = draw_faults()
        work = make(
            id=identifier(self.salt, self.accepted),
            kind=request.kind,
            subject=request.subject,
            body=request.body,
            submitted_at=now,
            visible_at=now + HIDDEN_SECONDS if faults.hidden else now,
            ends_at=now + request.runtime,
            charge=0 if faults.failed else request.price * (OVERCHARGE_FACTOR if faults.overcharged else 1),
            failed=faults.failed,
            **more,
        )
        if self.persist:
            self.persist({"event": _EVENTS[type(work)], "at": now, "work": to_json(work)})
        self._register(work, replayed=False)
        return work

    def deep_search(self, search_id: str) -> Search | None:
        """Return the deep search with a ``search_id``, or None."""
        return self.searches.get(self._deep.get(search_id, ""))

    def require_search_slot(self, now: float) -> None:
        """Require a free slot for a deep search.

        Raises:
            ErrorResponse: 429 if all slots are taken.
        """
        self._running = [task for task in self._running if not self.searches[task].done(now)]
        slots = self.settings.deep_search_slots
        if len(self._running) >= slots:
            self.books.slots_refused += 1
            raise error_response(429, f"Maximum of {slots} concurrent deep searches reached. Wait for one to finish.")

    def has_running_export(self, search_id: str, now: float) -> bool:
        """Return whether an export of a search is running."""
        export = self.searches.get(self._exports.get(search_id, ""))
        return export is not None and not export.done(now)

    def run_for_key(self, workflow_id: str, key: str | None) -> Run | None:
        """Return the run already started with an Idempotency-Key, or None."""
        return self.runs.get(self._runs_by_key.get((workflow_id, key), "")) if key else None

    def bulk_starts_last_minute(self, now: float) -> int:
        """Return the number of bulk-intelligence files accepted in the last minute."""
        while self._bulk_starts and self._bulk_starts[0] <= now - WINDOW_SECONDS:
            self._bulk_starts.popleft()
        return len(self._bulk_starts)

    def cancel_run(self, run: Run, now: float) -> Run:
        """Cancel a run and charge the rows already done; a run that has ended is returned unchanged."""
        if run.done(now):
            return run
        charge = int(run.charge * run.progress(now))
        cancelled = dataclasses.replace(run, cancelled_at=now, ends_at=now, charge=charge)
        self._amend(run, cancelled)
        if self.persist:
            self.persist({"event": "cancel", "at": now, "id": run.id, "charge": charge})
        return cancelled

    def end_work(self, work: Work, now: float, *, failed: bool) -> None:
        """End work by *now*, as an answer in a dialect says that it did; failed work costs nothing."""
        ended = dataclasses.replace(
            work, ends_at=min(now, work.ends_at), charge=0 if failed else work.charge, failed=failed
        )
        self._amend(work, ended)
        if self.persist:
            self.persist({"event": "end", "at": now, "id": work.id, "failed": failed})

    def _amend(self, before: Work, after: Work) -> None:
        """Replace work by the same work with another end or charge."""
        self._store(after)
        self.account.amend(after.id, before.charge, after.charge)
        self.books.amend_work(after.id, ends_at=after.ends_at, charge=after.charge)

    def replay(self, event: Mapping[str, Any]) -> None:
        """Apply an event from the state file.

        Raises:
            ValueError: The event is not one that a simulator writes.
        """
        kinds = {word: kind for kind, word in _EVENTS.items()}
        try:
            if event["event"] == "record":
                self.records.apply(event)
            elif event["event"] == "time":
                self.settle(event["at"])
            elif event["event"] == "cancel":
                run = self.runs[event["id"]]
                at, charge = event["at"], event["charge"]
                self._amend(run, dataclasses.replace(run, cancelled_at=at, ends_at=at, charge=charge))
            elif event["event"] == "end":
                found = (index.get(event["id"]) for index in (self.jobs, self.searches, self.runs))
                work = next(work for work in found if work is not None)
                self.end_work(work, event["at"], failed=event["failed"])
            else:
                self._register(kinds[event["event"]](**event["work"]), replayed=True)
        except (KeyError, TypeError, StopIteration) as error:
            raise ValueError(f"not a simulator event: {event!r:.200}") from error

    def _register(self, work: Work, *, replayed: bool) -> None:
        self.accepted += 1
        self.account.reserve(work.id, work.charge, work.ends_at)
        self.outbox.add(work)
        self._index(work)
        self.books.record_work(
            WorkEntry(
                *(work.id, work.kind, work.subject, work.body, work.submitted_at, work.ends_at, work.charge),
                subjects=work.subjects,
                replayed=replayed,
            )
        )

    def _store(self, work: Work) -> None:
        match work:
            case Job():
                self.jobs[work.id] = work
            case Search():
                self.searches[work.id] = work
            case Run():
                self.runs[work.id] = work
            case _:
                raise TypeError(work)

    def _index(self, work: Work) -> None:
        """Add new work to the indexes of its kind."""
        self._store(work)
        match work:
            case Search(kind="deep_search"):
                self._deep[work.search_id] = work.id
                self._running.append(work.id)
            case Search():
                self._exports[work.search_id] = work.id
            case Run():
                if work.idempotency_key:
                    self._runs_by_key[work.workflow_id, work.idempotency_key] = work.id
                if work.kind in BULK:
                    self._bulk_starts.append(work.submitted_at)
            case _:
                pass

    def credits(self) -> float:
        """Return the balance in credits, as ``/check-balance`` shows it."""
        return self.account.credits()


_EVENTS: Mapping[type[Work], str] = {Job: "job", Search: "search", Run: "run"}


def open_account(settings: SimulatorSettings) -> Account:
    """Return an account with the opening balance of the settings."""
    return Account(settings.balance_credits * CENTS_PER_CREDIT)
