"""A fork server: start dozens of processes and pay for their imports once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

CLOSING_SECONDS = 20.0


class ForkServer:
    """A child process that forks for each order (a line of JSON) and returns the exit code or minus the signal.

    An order that is given up, as by a test's timeout, ends the server and its forks: else its answer would be read as
    the next order's, and closing would wait for it without a limit. The next order starts another server.
    """

    def __init__(self, program: Sequence[str], environment: Mapping[str, str]) -> None:
        self._program, self._environment = program, environment
        self._process = self._start()

    def carry_out(self, order: Mapping[str, Any]) -> int:
        if self._process.poll() is not None:
            self._process = self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return int(self._process.stdout.readline())
        except BaseException:
            self._kill()
            raise

    def close(self) -> None:
        try:
            self._process.communicate(timeout=CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            self._kill()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *self._program],
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # a group of its own, which `_kill` ends with every fork in it
        )

    def _kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()
