"""Delivers webhooks by real HTTP: five attempts each, on the simulator's clock."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import anyio

from sixtyfour_async.simulator.base.clock import Clock
from sixtyfour_async.simulator.base.seeded_random import identifier
from sixtyfour_async.simulator.base.webhooks import (
    ATTEMPTS,
    LATE_SECONDS,
    MIN_TIMEOUT_SECONDS,
    REORDERED_SECONDS,
    TIMEOUT_SECONDS,
    WAIT_SECONDS,
    headers_of,
)
from sixtyfour_async.simulator.routes.deliveries import Event, event_of
from sixtyfour_async.simulator.routes.signing_secrets import active
from sixtyfour_async.simulator.state.books import Books, DeliveryEntry
from sixtyfour_async.simulator.state.faults import Faults
from sixtyfour_async.simulator.state.outbox import Delivery
from sixtyfour_async.simulator.state.service import Service

Post = Callable[[str, Mapping[str, str], bytes], Awaitable[int]]
"""Posts a body to a URL and returns the HTTP status, 0 if there is no answer."""

ROUTE = "/webhooks"
"""The route by which a test scripts a fault of delivering."""
_MAX_CONNECTIONS = 100


@dataclass(slots=True)
class Deliverer:
    """Delivers what is due. ``base_url``: where result files are downloaded; without one, events hold no link."""

    clock: Clock
    service: Service
    books: Books
    faults: Faults
    post: Post
    base_url: str = ""
    wall_time: Callable[[], float] = time.time
    """Unix seconds of signatures: real, so that a receiver's check of their age holds at any speed."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        connections = anyio.CapacityLimiter(_MAX_CONNECTIONS)
        outbox = self.service.outbox
        async with anyio.create_task_group() as tasks:
            while True:
                added = anyio.Event()
                outbox.on_change = added.set
                for delivery in outbox.take(self.clock.now()):
                    tasks.start_soon(self._deliver, delivery, connections)
                next_at = outbox.next_at()
                left = float("inf") if next_at is None else (next_at - self.clock.now()) / self.clock.speed
                with anyio.move_on_after(left):
                    await added.wait()

    async def _deliver(self, delivery: Delivery, connections: anyio.CapacityLimiter) -> None:
        event_id = identifier("event", delivery.work_id, delivery.block)
        struck = {name for name in _OF_DELIVERIES if self.faults.trigger(f"webhook_{name}", ROUTE)}
        held_back = ("reordered" in struck) * REORDERED_SECONDS + ("late" in struck) * LATE_SECONDS
        await self.clock.wait_until(self.clock.now() + held_back)
        event = event_of(self.service, delivery, event_id, self.clock.now(), self.base_url)
        if event is None:
            return
        if "lost" in struck:
            self._record(delivery, event, 0, 0, "webhook_lost")
            return
        async with anyio.create_task_group() as tasks:
            if "forged" in struck:
                await self._attempt(delivery, event.forged(identifier("forged", event_id)), 1, connections)
            event = event.padded() if "huge" in struck else event
            if "doubled" in struck:
                again = event.again(identifier("doubled", event_id))
                tasks.start_soon(self._attempts, delivery, again, connections)
            await self._attempts(delivery, event, connections)

    async def _attempts(self, delivery: Delivery, event: Event, connections: anyio.CapacityLimiter) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            if 200 <= await self._attempt(delivery, event, attempt, connections) < 300:  # noqa: PLR2004 -- HTTP
                return
            if attempt < ATTEMPTS:
                await self.clock.wait_until(self.clock.now() + WAIT_SECONDS[attempt - 1])

    async def _attempt(self, delivery: Delivery, event: Event, attempt: int, connections: anyio.CapacityLimiter) -> int:
        body = event.body
        secrets = event.secrets
        fault = "" if secrets is None else "webhook_forged"
        if secrets is None:
            secrets = tuple(record["plaintext"] for record in active(self.service, self.clock.now()))
            if secrets and self.faults.trigger("webhook_unsigned", ROUTE):
                secrets, fault = (), "webhook_unsigned"
        headers = headers_of(body, secrets, self.wall_time(), event_id=event.id, event_type=event.type, attempt=attempt)
        if not fault and self.faults.trigger("webhook_truncated", ROUTE):
            body, fault = body[: len(body) // 2], "webhook_truncated"
        status = 0
        async with connections:
            with anyio.move_on_after(max(TIMEOUT_SECONDS / self.clock.speed, MIN_TIMEOUT_SECONDS)):
                status = await self.post(delivery.url, headers, body)
        self._record(delivery, event, attempt, status, fault)
        return status

    def _record(self, delivery: Delivery, event: Event, attempt: int, status: int, fault: str) -> None:
        entry = DeliveryEntry(self.clock.now(), delivery.work_id, delivery.url, event.id, attempt, status, fault)
        self.books.deliveries.append(entry)


_OF_DELIVERIES = ("lost", "doubled", "reordered", "late", "forged", "huge")
