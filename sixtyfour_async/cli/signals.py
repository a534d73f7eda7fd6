"""Signals that ask a command to end: SIGINT (Ctrl-C), SIGTERM and SIGHUP (the terminal was closed).

A command is interrupted where it stands, except while it spends money or writes what was paid for: there a signal is
recorded, and the command ends itself. Handlers are installed with `signal.signal`, not with asyncio's loop, so that
Windows ends in the same way; it has no SIGHUP.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

NUMBERS: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that ask for an end on this platform."""

IGNORABLE: Final = tuple(number for number in NUMBERS if number == getattr(signal, "SIGHUP", None))
"""Signals that stay ignored when they were at the start, as by ``nohup``.

Not SIGINT: a shell without job control has it ignored for everything in the background, and ``kill -INT`` must work.
"""


def exit_code_of(number: int) -> int:
    """Return the exit code for an end by a signal, as shells report it: 130 SIGINT, 143 SIGTERM, 129 SIGHUP."""
    return 128 + number


class Interrupted(KeyboardInterrupt):
    """A signal interrupted the command. Like its base, it passes every ``except Exception``.

    Attributes:
        exit_code: See `exit_code_of`.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"interrupted by {signal.Signals(number).name}")
        self.exit_code = exit_code_of(number)


@dataclass(slots=True)
class Received:
    """The signals that arrived and were not taken yet.

    Attributes:
        numbers: The signals, in order of arrival.
        patience: How many are recorded only; the next one interrupts, too.
    """

    numbers: list[int] = field(default_factory=list[int])
    patience: float = math.inf

    def take(self) -> int | None:
        """Return the first one and forget all; None when there is none."""
        first = next(iter(self.numbers), None)
        self.numbers.clear()
        return first

    def handle(self, number: int, _frame: FrameType | None) -> None:
        """Record a signal; interrupt when patience is over."""
        self.numbers.append(number)
        if len(self.numbers) > self.patience:
            raise Interrupted(number)


def run_interruptibly(command: Callable[[], object]) -> None:
    """Run a command, interrupt it on a signal, and exit with the code for that signal."""
    with recorded(patience=0) as signals:
        try:
            command()
        except BaseException:
            # Not only `Interrupted`: it may rise anywhere, and Python has replaced it where a class was being made.
            number = signals.take()
            if number is None:
                raise
            raise SystemExit(exit_code_of(number)) from None


@contextmanager
def recorded(*, patience: float = math.inf) -> Generator[Received, None, None]:
    """Record the signals that arrive in this context.

    Args:
        patience: How many are recorded only; the next one raises `Interrupted`, too.
    """
    received = Received(patience=patience)
    with _handled_by(received.handle):
        yield received


@contextmanager
def _handled_by(handler: Callable[[int, FrameType | None], None]) -> Generator[None, None, None]:
    """Install a handler, and the previous ones again on exit; nothing in a thread, where Python allows no handlers."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ignored = {number for number in IGNORABLE if signal.getsignal(number) is signal.SIG_IGN}
    previous = {number: signal.signal(number, handler) for number in NUMBERS if number not in ignored}
    try:
        yield
    finally:
        for number, handler_before in previous.items():
            # None stands for a handler that Python did not install, and cannot install again.
            signal.signal(number, signal.SIG_DFL if handler_before is None else handler_before)
