"""Asynchronous tests run on a clock that jumps; the few that need the real one say so in their module."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sixtyfour_async.testing import VirtualTimeLoop
from tests.properties import register_profiles

MEMORY = "/dev/shm"  # noqa: S108 (where it is there)
ENOUGH_BYTES = 4 * 2**30

register_profiles()

if TYPE_CHECKING:
    from tests.postgres_server import Server

# Dozens of processes are started below, and each would compile the whole package for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Whoever starts the tests may have made them deaf to a closed terminal (nohup): the processes below would inherit that.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# Tests make thousands of commits, and on a disk each waits for it. What a process wrote outlives it in memory too.
if "TMPDIR" not in os.environ and Path(MEMORY).is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_BYTES:
    os.environ["TMPDIR"] = tempfile.tempdir = MEMORY

# Journals leave a witness in the state folder of whoever runs them, tests and their processes included.
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="sixtyfour-state-")
atexit.register(shutil.rmtree, os.environ["XDG_STATE_HOME"], ignore_errors=True)

SLOW = {
    "": "notebook",
    "benchmarks": "questions",
    "cli": "completion_in_shells consent demo_and_help endings formats interruptions journal_group listen"
    " postgres_journal tomorrow wrong_addresses",
    "client": "shared_budget",
    "faults": "all_dialects_together rate_limits",
    "journal": "file_histories harmless_changes kill_campaign kill_campaign_batches lost_files owner postgres_network"
    " several_processes",
    "webhooks": "fastapi_example over_http",
}
"""Modules that start programs, servers and workers and wait for them, or try long histories: ``pytest -m slow``."""

SLOW_PATHS = {
    Path(__file__).parent / folder / f"test_{name}.py" for folder, names in SLOW.items() for name in names.split()
}


@pytest.hookimpl(tryfirst=True)  # before those that a marker deselects are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path in SLOW_PATHS and not item.get_closest_marker("soak"):
            item.add_marker(pytest.mark.slow)


on_both_loops = pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
"""For tests, or a whole module of them, that are about what either loop does, on the real clock."""


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}


@pytest.fixture
def postgres_server() -> Server:
    """A real PostgreSQL server, started by the first test of a process that asks for it."""
    from tests.postgres_server import shared_server  # noqa: PLC0415 (most tests need none)

    return shared_server()


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    """The URL of a database with a new journal in it, and nobody else connected."""
    from tests.postgres_server import new_journal  # noqa: PLC0415

    return postgres_server.url(new_journal())
