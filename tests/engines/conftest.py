"""Engines for real: they are started and ended here, and their workers are killed.

They are heavy, and have requirements of their own (``.ci/engines.txt``): ``pytest -m engines`` runs them, and only then
are they imported.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fleet import conftest as fleet

running_service, service, journal = fleet.running_service, fleet.service, fleet.journal


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.getoption("markexpr") == "engines" else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.engines)
            item.add_marker(pytest.mark.timeout(400))
            item.add_marker(pytest.mark.filterwarnings("default"))  # engines warn of one another


@contextmanager
def killing(find: Callable[[], list[int]], is_time: Callable[[], bool], most: int) -> Generator[list[int], None, None]:
    """Kill workers while the block runs, each once it is time again; yield the list of those that were killed."""
    killed: list[int] = []
    is_over = threading.Event()

    def kill() -> None:
        while len(killed) < most and not is_over.wait(0.05):
            alive = [pid for pid in find() if pid not in killed] if is_time() else []
            if alive:
                os.kill(alive[0], signal.SIGKILL)
                killed.append(alive[0])
                is_over.wait(1.0)

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield killed
    finally:
        is_over.set()
        thread.join()


def processes(name: str) -> list[int]:
    """Return the processes whose title or command line holds a text."""
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                title = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if name in title and int(folder.name) != os.getpid():
                found.append(int(folder.name))
    return found


def wait_until(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
