"""Run a simulator in a child process, for programs that must not share an event loop with it."""

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
    """Run a simulator in a child process and yield its base URL.

    The child ignores SIGINT and exits when its standard input closes: on leaving the context, or when this process
    dies, however that happens.

    Raises:
        RuntimeError: The child exited before it was ready; the message includes its stderr.
    """
    config = {"settings": (settings or SimulatorSettings()).to_json(), "port": port}
    with tempfile.TemporaryFile() as errors, _child(errors) as child:
        url = _start(child, config)
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
        bufsize=0,  # no buffer to flush into a child that has died
        start_new_session=True,  # Ctrl-C in the terminal reaches the parent only
    )


def _start(child: subprocess.Popen[bytes], config: object) -> str:
    if child.stdin is None or child.stdout is None:
        return ""
    with contextlib.suppress(BrokenPipeError):
        child.stdin.write(json.dumps(config).encode() + b"\n")
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
