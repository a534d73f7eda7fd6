"""The person at the terminal: one question, answered with yes or no."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from typing import TextIO

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
