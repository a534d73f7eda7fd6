"""The clock of a client: monotonic, and faster than real time only against a simulator."""

from __future__ import annotations

import math
import time

import anyio

from sixtyfour_async._client.event_loop import LoopHome
from sixtyfour_async._uptime import MachineClock, machine_clock


class Clock:
    """Service seconds, of which ``speed`` pass in one real second.

    Budget, polls, backoff and deadlines follow this clock. Timeouts of network calls stay in real seconds, since the
    network is no faster for a simulator.

    It goes on when the client moves to another event loop, whose own clock may stand anywhere: a budget that remembers
    the requests of the last minute must neither forget them nor wait for an hour. Whoever reads the clock settles the
    client in the running loop by that.

    Attributes:
        speed: Service seconds in one real second.
        home: The event loop of the client.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self.home = LoopHome("client")
        self.home.on_move(self._go_on)
        self._ahead = 0.0
        self._read_at = 0.0
        self._read_real = 0.0

    def now(self) -> float:
        """Return the current instant: service seconds since the zero of the first event loop.

        Raises:
            ConfigurationError: The client lives in another event loop, which is still running.
        """
        self.home.settle()
        self._read_at = self.home.time() * self.speed + self._ahead
        self._read_real = time.monotonic()
        return self._read_at

    @property
    def machine(self) -> MachineClock:
        """What shares of a budget are timed by: it goes on while the process is frozen, which the loop's may not."""
        return machine_clock(self.home.loop)

    def real(self, seconds: float) -> float:
        """Convert a duration to real seconds."""
        return seconds / self.speed

    def loop_time(self, at: float) -> float:
        """Return the instant of the event loop at which this clock has reached one of its own.

        Not a rounding error earlier: whoever is woken then must not find that it is not yet time, and wait for nothing.
        """
        loop_at = (at - self._ahead) / self.speed
        while loop_at * self.speed + self._ahead < at:
            loop_at = math.nextafter(loop_at, math.inf)
        return loop_at

    async def sleep_until(self, at: float) -> None:
        """Sleep until an instant of this clock."""
        await anyio.sleep_until(self.loop_time(at))

    def _go_on(self) -> None:
        """Set the clock in a new event loop: later than it was read last, by the real time since then."""
        passed = (time.monotonic() - self._read_real) * self.speed
        self._ahead = self._read_at + passed - anyio.current_time() * self.speed
