"""Commands on a terminal of their own, with somebody who reads the screen and answers."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import COMMAND, ENVIRONMENT, SERVICE_SPEED

RUNNER = """
import os, sys
os.open(next(os.ttyname(number) for number in (0, 2) if os.isatty(number)), os.O_RDWR)  # now it is the session's own
from sixtyfour_async import AsyncClient
from sixtyfour_async.__main__ import main
AsyncClient.__init__.__kwdefaults__["speed"] = float(sys.argv.pop(1))
main()
"""
"""Runs a command whose client has the speed of its server, so that a job of minutes takes moments."""

SECONDS = 60


@dataclass(slots=True)
class Terminal:
    """A command on a terminal, and what is on the screen."""

    child: subprocess.Popen[bytes]
    main: int
    screen: str = ""

    def read_until(self, text: str) -> None:
        deadline = time.monotonic() + SECONDS
        while text not in self.screen:
            assert time.monotonic() < deadline, self.screen
            assert self._read() or self.child.poll() is None, self.screen

    def finish(self) -> tuple[int, str]:
        while self._read() or self.child.poll() is None:
            pass
        return self.child.returncode, self.screen

    def _read(self) -> bool:
        if not select.select([self.main], [], [], 0.1)[0]:
            return False
        try:
            got = os.read(self.main, 65536)
        except OSError:  # the other end is closed
            return False
        self.screen += got.decode("utf-8", "replace")
        return bool(got)


@contextmanager
def on_a_terminal(
    command: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    stdin: int | None = None,
    stderr: int | None = None,
) -> Generator[Terminal, None, None]:
    """Run a command on a terminal, but for the streams that are elsewhere; with *stderr*, standard output is, too."""
    main, end = pty.openpty()
    child = subprocess.Popen(
        [COMMAND[0], "-c", RUNNER, str(SERVICE_SPEED), *command],
        cwd=folder,
        env={**ENVIRONMENT, **variables},
        stdin=end if stdin is None else stdin,
        stdout=end if stderr is None else stderr,
        stderr=end if stderr is None else stderr,
        start_new_session=True,
    )
    os.close(end)
    try:
        yield Terminal(child, main)
    finally:
        child.kill()
        child.wait()
        os.close(main)
