"""The jobs that wait to be sent: a queue for each gate, urgent ones apart, and those that must pause before."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from sixtyfour_async._scheduling.job_states import Ticket
from sixtyfour_async._scheduling.limits import AnyGate, Gate

SENDING = 50
"""Submits on their way at most: each is a row that a crash leaves in doubt."""


@dataclass(slots=True)
class Waiting:
    """Queues, and the gates before them.

    Attributes:
        tickets: All jobs of the runner by number; a job that has left them leaves its queue when its turn comes.
        gates: Gate name → limit on jobs of its kind.
        in_flight: The limit on jobs sent and not ended, of every kind.
        sending: The limit on submits on their way.
    """

    tickets: dict[int, Ticket]
    gates: Mapping[str, AnyGate]
    in_flight: Gate
    sending: Gate = field(default_factory=lambda: Gate(SENDING))
    _queues: dict[tuple[str, bool], deque[int]] = field(default_factory=dict[tuple[str, bool], deque[int]])
    _later: list[tuple[float, int, int]] = field(default_factory=list[tuple[float, int, int]])
    _order: Iterator[int] = field(default_factory=count)

    def __bool__(self) -> bool:
        return any(self._queues.values())

    def add(self, ticket: Ticket) -> bool:
        """Put a job at the end of its queue and say whether the queue was empty."""
        queue = self._queue(ticket)
        queue.append(ticket.id)
        return len(queue) == 1

    def add_later(self, ticket: Ticket, at: float) -> None:
        """Put a job at the front of its queue, since it is the oldest, once its wait is over."""
        heapq.heappush(self._later, (at, next(self._order), ticket.id))

    def requeue(self, now: float) -> float:
        """Queue the jobs whose wait is over, and say when the next wait ends; infinite when nothing waits."""
        while self._later and self._later[0][0] <= now:
            ticket = self.tickets.get(heapq.heappop(self._later)[2])
            if ticket is not None:
                self._queue(ticket).appendleft(ticket.id)
        return self._later[0][0] if self._later else math.inf

    def take(self, ticket: Ticket) -> None:
        """The first of its queue leaves it."""
        self._queue(ticket).popleft()

    def heads(self, now: float) -> list[Ticket]:
        """The first job of each queue whose gate is open, urgent ones first, then the oldest."""
        heads: list[Ticket] = []
        for (gate, _), queue in self._queues.items():
            while queue and queue[0] not in self.tickets:
                queue.popleft()
            opens = self._opens_at(gate, now) if queue else None
            if opens is not None and opens <= now:
                heads.append(self.tickets[queue[0]])
        return sorted(heads, key=lambda ticket: (not ticket.urgent, ticket.id))

    def ready_at(self, now: float, affords: Callable[[Ticket], bool]) -> float:
        """When the next job may be sent, were the budget endless."""
        at = math.inf
        for (gate, _), queue in self._queues.items():
            opens = self._opens_at(gate, now) if queue else None
            if opens is not None and opens < at:
                ticket = self.tickets.get(queue[0])
                if ticket is None or self.in_flight.held == 0 or affords(ticket):
                    at = opens
        return at

    def number(self, now: float) -> int:
        """How many jobs wait for neither a gate nor one before them to end."""
        open_ = [len(queue) for (gate, _), queue in self._queues.items() if queue and self._is_open(gate, now)]
        return min(sum(open_), self.in_flight.capacity - self.in_flight.held)

    def behind_gates(self, now: float) -> bool:
        """Do jobs wait, and all of them for a gate?"""
        return bool(self) and not any(queue and self._is_open(gate, now) for (gate, _), queue in self._queues.items())

    def want_slot_of(self, ticket: Ticket, now: float) -> bool:
        """Do others wait for the slot that this job holds?"""
        gate = self.gates.get(ticket.gate)
        waiting = any(queue for (name, _), queue in self._queues.items() if name == ticket.gate)
        opens = None if gate is None else gate.opens_at(now)
        return waiting and gate is not None and (opens is None or opens > now)

    def hold(self, ticket: Ticket, now: float) -> None:
        """A job passes its gates."""
        self.in_flight.take(now)
        if ticket.gate in self.gates:
            self.gates[ticket.gate].take(now)

    def release(self, ticket: Ticket) -> None:
        """A job leaves its gates; one that had not really run makes no room behind them."""
        self.in_flight.give_back()
        if ticket.gate in self.gates:
            self.gates[ticket.gate].give_back(reopen=ticket.remote_id is not None)

    def _is_open(self, gate: str, now: float) -> bool:
        opens = self._opens_at(gate, now)
        return opens is not None and opens <= now

    def _opens_at(self, gate: str, now: float) -> float | None:
        at = now
        for one in (self.in_flight, self.sending, self.gates.get(gate)):
            opens = now if one is None else one.opens_at(now)
            if opens is None:
                return None
            at = max(at, opens)
        return at

    def _queue(self, ticket: Ticket) -> deque[int]:
        return self._queues.setdefault((ticket.gate, ticket.urgent), deque())
