"""A fork server: start dozens of processes and pay for their imports once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any


class ForkServer:
    """A child process that forks for each order (a line of JSON) and returns the exit code or minus the signal."""

    def __init__(self, program: Sequence[str], environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, *program], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def carry_out(self, order: Mapping[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.communicate()
