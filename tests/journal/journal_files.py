"""A journal as files: copied, moved, cut and lost; and runs on it in processes of their own."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import httpx
from click.testing import CliRunner, Result

from sixtyfour_async.cli.commands import cli
from tests.journal.kill_campaign import RunForkServer, Scenario

LOG, MARK = "-wal", "-mark"
SUFFIXES = ("", "-wal", "-shm", "-mark", "-journal")


def files(path: Path) -> dict[str, Path]:
    return {suffix: file for suffix in SUFFIXES if (file := path.with_name(path.name + suffix)).exists()}


def copy_files(path: Path, to: Path, *suffixes: str) -> Path:
    """Copy files of a journal, all of them unless some are named."""
    for suffix, file in files(path).items():
        if not suffixes or suffix in suffixes:
            shutil.copyfile(file, to.with_name(to.name + suffix))
    return to


def move_files(path: Path, to: Path) -> Path:
    for suffix, file in files(path).items():
        file.rename(to.with_name(to.name + suffix))
    return to


def delete(path: Path, *suffixes: str) -> None:
    for suffix, file in files(path).items():
        if suffix in suffixes:
            file.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def kill_run(scenario: Scenario, forks: RunForkServer, journal: Path, *, completed: int = 9) -> None:
    """Run until some rows have been answered, and kill that process."""
    spec = replace(scenario.spec, journal=str(journal), point="before completed", times=completed)
    assert forks.run(spec) == -signal.SIGKILL
    accepted = -1
    while accepted != (accepted := len(scenario.accepted_work())):
        # What was in transit when it was killed may be accepted yet; the service reads it before what comes later.
        httpx.get(f"{scenario.spec.url}/check-balance")
        time.sleep(0.05)


def run(scenario: Scenario, forks: RunForkServer, journal: Path) -> Counter[str]:
    """Run all rows and return how many outcomes had each status; ``error`` when the journal could not be opened."""
    before = len(scenario.consumed())
    code = forks.run(replace(scenario.spec, journal=str(journal)))
    return Counter(line["status"] for line in scenario.consumed()[before:]) if code == 0 else Counter(error=1)


def paid_twice(scenario: Scenario) -> int:
    return sum(count > 1 for count in Counter(str(work["subject"]) for work in scenario.accepted_work()).values())


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def elsewhere(path: Path) -> Path:
    return path.parent / "other" / path.name
