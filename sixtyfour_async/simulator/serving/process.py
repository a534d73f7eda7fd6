"""Runs a simulator in a child process, for programs that must not share an event loop with it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import IO

from sixtyfour_async.simulator.base.settings import SimulatorSettings

_STOP_TIMEOUT_SECONDS = 5.0


@contextlib.contextmanager
def simulator_process(settings: SimulatorSettings | None = None, *, port: int = 0) -> Generator[str]:
    """Run a simulator in a child process; yields its base URL.

    The child ignores SIGINT and ends when its standard input closes: at the end of this context, or when this
    process dies in whatever way.

    Raises:
        RuntimeError: The child died before it was ready; the message holds what it wrote to stderr.
    """
    order = {"settings": (settings or SimulatorSettings()).to_json(), "port": port}
    with tempfile.TemporaryFile() as errors, _child(errors) as child:
        url = _start(child, order)
        if not url:
            child.wait()
            raise RuntimeError(f"the simulator did not start: {_text(errors)}")
        try:
            yield url
        finally:
            _stop(child, errors)


def _child(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", "sixtyfour_async.simulator"]
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.Popen(  # noqa: S603 -- our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env=environment,
        bufsize=0,  # nothing is left to write when the child is gone
        start_new_session=True,  # Ctrl-C at the terminal is for the parent
    )


def _start(child: subprocess.Popen[bytes], order: object) -> str:
    if child.stdin is None or child.stdout is None:
        return ""
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(order).encode() + b"\n")
        child.stdin.flush()
    return child.stdout.readline().decode().strip()


def _stop(child: subprocess.Popen[bytes], errors: IO[bytes]) -> None:
    died = child.poll() is not None
    if child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
    try:
        code = child.wait(_STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        code = child.wait()
    if died or code:
        sys.stderr.write(f"the simulator ended with code {code}: {_text(errors)}\n")


def _text(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace").strip()
