"""The person at the terminal: one question, answered with yes or no; and output that nobody reads any more."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, TextIO

TERMINAL = "/dev/tty"
YES = frozenset({"y", "yes"})


def confirmed(question: str, *, table_on_stdin: bool = False) -> bool | None:
    """Ask for a yes on the terminal; anything else is a no. None when there is no terminal.

    Args:
        question: What to ask, without a line break.
        table_on_stdin: Whether standard input holds the table, so that the answer has to come from elsewhere.
    """
    with _terminal(table_on_stdin=table_on_stdin) as streams:
        if streams is None:
            return None
        reader, writer = streams
        writer.write(question)
        writer.flush()
        return reader.readline().strip().casefold() in YES


@contextmanager
def _terminal(*, table_on_stdin: bool) -> Generator[tuple[TextIO, TextIO] | None, None, None]:
    """Yield where to read and write; the terminal itself when only one of the standard streams is elsewhere."""
    has_keyboard = _is_terminal(sys.stdin)
    if has_keyboard and not table_on_stdin and _is_terminal(sys.stderr):
        yield sys.stdin, sys.stderr
        return
    with ExitStack() as stack:
        streams: tuple[TextIO, TextIO] | None = None
        if has_keyboard or table_on_stdin:
            with suppress(OSError):
                reader = stack.enter_context(open(TERMINAL, encoding="utf-8", errors="replace"))  # noqa: PTH123 (a device)
                writer = stack.enter_context(open(TERMINAL, "w", encoding="utf-8", errors="replace"))  # noqa: PTH123
                streams = reader, writer
        yield streams


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


class GuardedStream:
    """A text stream that falls silent when nobody reads it any more, as in ``sixtyfour run … 2>&1 | head -3``.

    The run behind the text goes on: it is paid for. The bytes below, ``buffer``, still raise: a table that is written
    to standard output and not read is not written.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, if anybody reads it."""
        with self._silenced():
            return self._stream.write(text)
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write lines, if anybody reads them."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush what was written, if anybody reads it."""
        with self._silenced():
            self._stream.flush()

    @contextmanager
    def _silenced(self) -> Generator[None, None, None]:
        try:
            yield
        except OSError:  # EPIPE, or EIO from a terminal that is gone
            with suppress(OSError, ValueError):
                # What is left in the buffer is flushed at exit, and would fail once more.
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def guard_streams() -> None:
    """Let a command survive that its standard output or error are closed, before or while it runs."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # Else the next file that is opened, perhaps the journal, would get this number, and messages with it.
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, GuardedStream):
            setattr(sys, name, GuardedStream(stream))
