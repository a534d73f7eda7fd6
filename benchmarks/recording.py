"""Record the README's picture: ``python -m benchmarks.recording`` runs ``sixtyfour demo`` in a terminal and draws it.

It takes about a minute, as the demo does. The picture shows the screen half-way and at the end; nothing
in it is written by hand but the prompt.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.terminal_picture import Cell, Screen, picture

PICTURE = Path(__file__).parents[1] / "sixtyfour_async" / "guide" / "pictures" / "run.svg"
COLUMNS, LINES = 90, 40
PROMPT = "\x1b[1m$ sixtyfour demo\x1b[0m\r\n"


def outputs(command: list[str], folder: str) -> Iterator[tuple[float, str]]:
    """Run a command in a terminal of its own; yield what it writes, with seconds since its start."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(folder)
        os.environ.pop("NO_COLOR", None)
        os.environ |= {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
        os.execv(command[0], command)  # noqa: S606 (no shell is wanted)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    started, decoder = time.monotonic(), codecs.getincrementaldecoder("utf-8")()
    while chunk := _read(terminal):
        yield time.monotonic() - started, decoder.decode(chunk)
    _, status = os.waitpid(child, 0)
    if code := os.waitstatus_to_exitcode(status):
        raise SystemExit(f"the demo ended with exit code {code}")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # how Linux reports that the other end was closed
        return b""


def screens_of(written: Sequence[tuple[float, str]]) -> list[list[list[Cell]]]:
    """Return what stood on the screen when half of the time had passed, and at the end."""
    screen, half = Screen(COLUMNS), list[list[Cell]]()
    screen.write(PROMPT)
    for at, text in written:
        if not half and at > written[-1][0] / 2:
            half = screen.snapshot()
        screen.write(text)
    return [half, screen.snapshot()]


def main() -> None:
    """Record the demo and write the picture."""
    with tempfile.TemporaryDirectory() as folder:
        written = list(outputs([sys.executable, "-m", "sixtyfour_async", "demo"], folder))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(picture(screens_of(written), COLUMNS, "A run of sixtyfour demo in a terminal"), "utf-8")
    print(f"{PICTURE}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
