"""How a run ends early: nothing more is sent, what runs is polled to its end, and a second signal leaves at once."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, Self

import anyio

from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async.cli.console import output_is_closed
from sixtyfour_async.cli.signals import Received
from sixtyfour_async.errors import InputError

TICK_SECONDS: Final = 0.05
"""Real seconds between two looks at what was recorded: handlers cannot wake an event loop on every platform."""

ECHO_SECONDS: Final = 0.1
"""Real seconds in which further signals belong to the first.

The kernel and the shell both send SIGHUP when a terminal is closed, and wrappers pass on the Ctrl-C that reached this
process already: one request to end, which must not count as two.
"""


def _never() -> bool:
    return False


@dataclass(slots=True)
class Draining:
    """When a run ends early, and how it did.

    Attributes:
        seconds: Real seconds for which jobs are polled after the first signal; None until they have ended.
        is_unread: Returns whether nobody will read the output any more, so that no row needs to be paid for it.
        ending: ``drained``: jobs were polled until they ended or *seconds* were over. ``detached``: a second signal
            came, and jobs were left running at once. None: the run was not asked to end.
        signal: The first signal; None when there was none.
    """

    seconds: float | None = None
    is_unread: Callable[[], bool] = _never
    ending: Literal["drained", "detached"] | None = None
    signal: int | None = None

    @classmethod
    def of(cls, seconds: float | None, *, to_stdout: bool) -> Self:
        """Return the one for a run with ``--drain``; an output that goes to standard output may be closed.

        Raises:
            InputError: *seconds* is no number.
        """
        if seconds is not None and math.isnan(seconds):
            raise InputError("--drain nan: not a number of seconds", remedy="use 30, for example")
        return cls(seconds, output_is_closed if to_stdout else _never)

    async def watch(
        self, runner: JobRunner, scope: anyio.CancelScope, signals: Received, say: Callable[[str], None]
    ) -> None:
        """Drain on the first signal or when the output is closed; detach on the next signal.

        To drain, the runner stops reading rows, and `JobRunner.map` ends by itself once the jobs in flight have. To
        detach, the scope around the runner is cancelled; its own exit still lists what is running. So a run is cut at
        an await only, where the journal is consistent.
        """
        self.signal = await next_signal(signals, or_when=self.is_unread)
        self.ending = "drained"
        in_flight = runner.stats().in_flight
        runner.stop()
        await anyio.sleep(ECHO_SECONDS)
        signals.take()
        say(f"{self._reason()}: no more rows are sent; polling {in_flight:,} jobs {self._bound()} to leave now")
        with anyio.move_on_after(math.inf if self.seconds is None else self.seconds):
            following = await next_signal(signals)
            self.ending, self.signal = "detached", self.signal or following
        scope.cancel()

    def _reason(self) -> str:
        return "stopping because nobody reads standard output any more" if self.signal is None else "stopping"

    def _bound(self) -> str:
        bound = "" if self.seconds is None else f", for at most {self.seconds:g} s"
        return f"until they end{bound}; Ctrl-C{'' if self.signal is None else ' again'}"


async def next_signal(signals: Received, or_when: Callable[[], bool] = _never) -> int | None:
    """Wait for a signal and return it; return None when a condition comes true before."""
    while True:
        number = signals.take()
        if number is not None or or_when():
            return number
        await anyio.sleep(TICK_SECONDS)
