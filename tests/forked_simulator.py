"""Simulators forked from a warm process, in place of ones started as a program: for tests that start dozens."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from subprocess import TimeoutExpired
from typing import IO

from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.__main__ import main as simulate
from sixtyfour_async.simulator.serving import process
from sixtyfour_async.simulator.serving.server import serve_until

FIRST_OWN_DESCRIPTOR = 3
MOST_DESCRIPTORS = 256


class ForkedSimulator:
    """The part of `subprocess.Popen` that `simulator_process` uses."""

    def __init__(self, errors: IO[bytes]) -> None:
        (their_input, our_end), (our_start, their_output) = os.pipe(), os.pipe()
        sys.stdout.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.setsid()
            for number, descriptor in enumerate((their_input, their_output, errors.fileno())):
                os.dup2(descriptor, number)
            os.closerange(FIRST_OWN_DESCRIPTOR, MOST_DESCRIPTORS)  # else it would hold its own input open
            simulate()
            os._exit(0)
        os.close(their_input)
        os.close(their_output)
        self.stdin, self.stdout = os.fdopen(our_end, "wb", 0), os.fdopen(our_start, "rb", 0)
        self._code: int | None = None

    def poll(self) -> int | None:
        if self._code is None:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code

    def wait(self, timeout: float = float("inf")) -> int:
        deadline = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise TimeoutExpired("simulate", timeout)
            time.sleep(0.001)
        return code

    def kill(self) -> None:
        os.kill(self._pid, signal.SIGKILL)


@contextmanager
def _forked(errors: IO[bytes]) -> Generator[ForkedSimulator]:
    child = ForkedSimulator(errors)
    try:
        yield child
    finally:
        child.stdin.close()
        child.stdout.close()
        child.wait()


def fork_simulators() -> None:
    """Let `simulator_process` fork this process, which has one thread, and import what the first server imports."""
    process._child = _forked  # type: ignore[assignment]

    async def serve_nothing() -> None:
        stop = asyncio.Event()
        stop.set()
        await serve_until(Simulator(SimulatorSettings()), "127.0.0.1", 0, lambda _url: None, stop)

    asyncio.run(serve_nothing())
