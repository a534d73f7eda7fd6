"""Hooks that record what a runner reports, and what can be said of every such record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeVar

from sixtyfour_async import Hooks, JobDivided, JobEnded, JobLeft, JobParked, JobQueued, JobResumed, MoneyMoved, Stats
from sixtyfour_async._client.runner_events import OfJob

E = TypeVar("E")


class Recorder:
    """Records every event of the runners of one client, in order."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        add = self.events.append
        self.hooks = Hooks(on_job=add, on_money=add, on_service=add)

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    def jobs(self) -> dict[int, list[Any]]:
        """Return the events of each job, by its number."""
        found: dict[int, list[Any]] = {}
        for event in self.events:
            if isinstance(event, OfJob):
                found.setdefault(event.number, []).append(event)
        return found

    def names(self) -> Iterator[list[str]]:
        """Yield the events of each job, in words."""
        for events in self.jobs().values():
            yield [type(event).__name__ for event in events]

    def money(self) -> Counter[str]:
        """Return the cents that came to each place, less those that left it."""
        places: Counter[str] = Counter()
        for move in self.of(MoneyMoved):
            assert move.cents > 0
            places[move.source] -= move.cents  # type: ignore[assignment]
            places[move.to] += move.cents  # type: ignore[assignment]
        return places

    def check(self, stats: Stats) -> None:
        """Check what holds of any run: each row leaves once, each job begins once, and the money adds up."""
        for events in self.jobs().values():
            assert isinstance(events[0], JobQueued | JobResumed)
            assert sum(isinstance(event, JobQueued | JobResumed) for event in events) == 1
            left = [key for event in events if isinstance(event, JobEnded | JobParked) for key in event.keys]
            assert max(Counter(left).values(), default=1) == 1
            if not any(isinstance(event, JobDivided | JobLeft) for event in events):
                assert sorted(left) == sorted(events[0].keys)
        money = self.money()
        assert abs(money["reserved"] - stats.reserved_cents) < 1e-6
        assert abs(money["exposed"] - stats.exposed_cents) < 1e-6
        assert abs(money["charged"] - stats.cost_cents) < 1e-6
