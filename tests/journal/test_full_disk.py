"""Full and read-only disks, enforced by the kernel: a small file system of its own, or a file size limit."""

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
MOUNT_AND_EXEC = 'mount -t tmpfs -o "$1" none "$0" && shift && exec "$@"'

OPEN_ON_READ_ONLY_DISK = """
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
    for candidate in (path, path.with_name("other.db")):
        try:
            await SqliteJournal(candidate).open()
        except JournalError as error:
            print(error)
asyncio.run(main())
"""


def with_mount(folder: Path, options: str, *command: str) -> list[str]:
    """Return a command that runs with a private file system at *folder*, unmounted when it exits."""
    return ["unshare", "-m", "sh", "-c", MOUNT_AND_EXEC, str(folder), options, *command]


def mounts_allowed(folder: Path) -> bool:
    try:
        return subprocess.run(with_mount(folder, "size=64k", "true"), capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def run_with_limit(folder: Path, limit: str, size: int) -> dict[str, Any]:
    """Run on a disk of *size* bytes, or, where mounting is not allowed, with files of at most half that size."""
    if limit == "disk" and not mounts_allowed(folder):
        limit, size = "quota", size // 2
    command = [sys.executable, "-m", "tests.journal.full_disk_run", str(folder), limit, str(size)]
    if limit == "disk":
        command = with_mount(folder, f"size={size}", *command)
    process = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=False, timeout=50)
    assert process.returncode == 0, process.stderr
    report: dict[str, Any] = json.loads(process.stdout)
    return report


@pytest.mark.parametrize(("limit", "size"), [("disk", 40_000), ("disk", 200_000), ("quota", 150_000)])
def test_a_full_disk_loses_nothing(tmp_path: Path, limit: str, size: int) -> None:
    """Unrecorded rows are not sent, accepted ones are reported or parked, and a run with free space finishes."""
    report = run_with_limit(tmp_path, limit, size)
    first, second, third = (report[name] for name in ("first", "second", "third"))

    assert (bool(first["error"]), bool(second["error"]), third["error"]) == (True, True, "")
    assert all("is not a journal" not in run["error"] and "in use" not in run["error"] for run in (first, second))
    for run in (first, second):
        reported = {job_id for _, job_id in run["outcomes"] if job_id}
        unknown = sum(status == "unknown" for status, _ in run["outcomes"])
        assert reported <= set(run["accepted"])
        assert {status for status, _ in run["outcomes"]} <= {"completed", "unfinished", "unknown", "rejected"}
        assert len(set(run["accepted"]) - reported) <= unknown + len(first["accepted"]) * (run is second)
    statuses = Counter(status for status, _ in third["outcomes"])
    answered = {job_id for status, job_id in third["outcomes"] if status == "completed"}
    assert statuses["completed"] + statuses["unknown"] == 150
    assert len(answered) == statuses["completed"] > 100
    assert len(set(third["accepted"]) - answered) <= statuses["unknown"]
    assert report["repeated"] == {}


def test_a_read_only_disk_is_reported_as_such(tmp_path: Path) -> None:
    """Not as a foreign file and not as one in use. Where mounting is not allowed, `/proc` stands in for the disk."""
    if mounts_allowed(tmp_path):
        command = with_mount(tmp_path, "size=1m", sys.executable, "-c", OPEN_ON_READ_ONLY_DISK, str(tmp_path))
        process = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=50)
        reported = process.stdout.splitlines()
    else:
        reported = [open_error(Path("/proc/self/run.db")), open_error(Path("/proc/self/other.db"))]

    assert len(reported) == 2
    for line in reported:
        assert "run.db cannot be opened: " in line or "other.db cannot be opened: " in line
        assert "choose another" not in line


def open_error(path: Path) -> str:
    with pytest.raises(JournalError) as caught:
        anyio.run(SqliteJournal(path).open)
    return str(caught.value)
