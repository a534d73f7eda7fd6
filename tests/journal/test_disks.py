"""Disks that are full or may not be written, by the kernel's word: a small file system of our own, or a quota."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import JournalError, SqliteJournal
from sixtyfour_async._journal.base import Entry
from tests.journal.kill_campaign import ENVIRONMENT

ENTRY = Entry("row 1", "find-email", "f" * 32, "{}", "intended")
MOUNTED = 'mount -t tmpfs -o "$1" none "$0" && shift && exec "$@"'

READ_ONLY = """
import asyncio, subprocess, sys
from pathlib import Path
from sixtyfour_async import JournalError, SqliteJournal
from sixtyfour_async._journal.schema import reading
path = Path(sys.argv[1]) / "run.db"
async def main():
    journal = SqliteJournal(path)
    await journal.open()
    await journal.close()
    subprocess.run(["mount", "-o", "remount,ro", str(path.parent)], check=True)
    for taken in (path, path.with_name("other.db")):
        try:
            await SqliteJournal(taken).open()
        except JournalError as error:
            print(error)
asyncio.run(main())
"""


def mounted(folder: Path, options: str, *command: str) -> list[str]:
    """Make a command that runs with a file system of its own at *folder*, which goes away with it."""
    return ["unshare", "-m", "sh", "-c", MOUNTED, str(folder), options, *command]


def mounts_allowed(folder: Path) -> bool:
    try:
        return subprocess.run(mounted(folder, "size=64k", "true"), capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run_cramped(folder: Path, how: str, room: int) -> dict[str, Any]:
    """Run on a disk of so many bytes; where nobody may mount one, with files of at most half as many."""
    if how == "disk" and not mounts_allowed(folder):
        how, room = "quota", room // 2
    command = [sys.executable, "-m", "tests.journal.full_disk", str(folder), how, str(room)]
    if how == "disk":
        command = mounted(folder, f"size={room}", *command)
    said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=50)
    assert said.returncode == 0, said.stderr
    found: dict[str, Any] = json.loads(said.stdout)
    return found


@pytest.mark.parametrize(("how", "room"), [("disk", 40_000), ("disk", 200_000), ("quota", 150_000)])
def test_a_disk_that_fills_up_loses_nothing(tmp_path: Path, how: str, room: int) -> None:
    """Nothing is sent that cannot be recorded, what was accepted is told or parked, and with room again all is well."""
    found = run_cramped(tmp_path, how, room)
    first, second, third = (found[name] for name in ("first", "second", "third"))

    assert (bool(first["error"]), bool(second["error"]), third["error"]) == (True, True, "")
    assert all("is not a journal" not in run["error"] and "in use" not in run["error"] for run in (first, second))
    for run in (first, second):
        told = {job_id for _, job_id in run["told"] if job_id}
        doubtful = sum(status == "unknown" for status, _ in run["told"])
        assert told <= set(run["accepted"])
        assert {status for status, _ in run["told"]} <= {"completed", "unfinished", "unknown", "rejected"}
        assert len(set(run["accepted"]) - told) <= doubtful + len(first["accepted"]) * (run is second)
    statuses = Counter(status for status, _ in third["told"])
    answered = {job_id for status, job_id in third["told"] if status == "completed"}
    assert statuses["completed"] + statuses["unknown"] == 150
    assert len(answered) == statuses["completed"] > 100
    assert len(set(third["accepted"]) - answered) <= statuses["unknown"]
    assert found["repeated"] == {}


def test_a_disk_that_may_not_be_written_is_named_as_what_it_is(tmp_path: Path) -> None:
    """Not as another program's file, and not as one that is in use; where nobody may mount, a folder of the kernel."""
    if mounts_allowed(tmp_path):
        command = mounted(tmp_path, "size=1m", sys.executable, "-c", READ_ONLY, str(tmp_path))
        said = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=50)
        told = said.stdout.splitlines()
    else:
        told = [refused(Path("/proc/self/run.db")), refused(Path("/proc/self/other.db"))]

    assert len(told) == 2
    for line in told:
        assert "run.db cannot be opened: " in line or "other.db cannot be opened: " in line
        assert "choose another" not in line


def refused(path: Path) -> str:
    with pytest.raises(JournalError) as caught:
        anyio.run(SqliteJournal(path).open)
    return str(caught.value)
