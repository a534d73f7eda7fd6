"""Killed at any instant and started again: nothing accepted is lost, nothing is paid twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

import sixtyfour_async
from sixtyfour_async._journal_file import reading
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.process import simulator_process
from tests.fundamentals.questions import fact, question

SPEED = 60.0
ROOTS = [str(Path(__file__).parents[2]), str(Path(sixtyfour_async.__file__).parents[1])]


class Service:
    """A simulator that outlives its clients, and what it remembers."""

    def __init__(self, url: str, state: Path) -> None:
        self.url = url
        self._state = state

    def accepted(self) -> list[dict[str, Any]]:
        lines = self._state.read_text(encoding="utf-8").splitlines()
        return [event["work"] for event in map(json.loads, lines) if event["event"] == "job"]

    def submits(self) -> Counter[str]:
        return Counter(work["subject"] for work in self.accepted())


@pytest.fixture
def service(tmp_path: Path) -> Generator[Service, None, None]:
    state = tmp_path / "service.jsonl"
    with simulator_process(SimulatorSettings(speed=SPEED, state=state)) as url:
        yield Service(url, state)


def start(service: Service, journal: Path, rows: int, moment: str = "") -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.journal.child", service.url, str(journal), str(rows), str(SPEED), moment]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(ROOTS)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def finish(service: Service, journal: Path, rows: int) -> dict[int, tuple[str, str | None, Any]]:
    with start(service, journal, rows) as child:
        told, _ = child.communicate(timeout=50)
    assert child.returncode == 0
    outcomes = [json.loads(line) for line in told.splitlines()[1:]]
    assert list(range(rows)) == sorted(outcome[0] for outcome in outcomes)
    return {index: (status, job_id, found) for index, status, job_id, found in outcomes}


def check(service: Service, outcomes: dict[int, tuple[str, str | None, Any]]) -> list[int]:
    """Nothing twice, nothing lost: give the rows that are parked."""
    accepted = {work["id"] for work in service.accepted()}
    answered = {job_id for status, job_id, _ in outcomes.values() if status == "completed"}
    parked = [index for index, (status, _, _) in outcomes.items() if status == "unknown"]
    assert {1} == set(service.submits().values())
    assert len(outcomes) == len(parked) + len(answered)
    assert answered <= accepted
    assert len(accepted - answered) <= len(parked)
    for index, (status, _, found) in outcomes.items():
        assert ({"headquarters": fact(index)} if status == "completed" else None) == found
    return parked


@pytest.mark.parametrize("moment", ["intended", "answered", "looking"])
def test_a_crash_between_two_steps_is_told_apart(tmp_path: Path, service: Service, moment: str) -> None:
    """Between intent and id nobody can know; the row is parked, whether or not it was accepted over there."""
    journal = tmp_path / "run.db"
    with start(service, journal, 8, moment) as child:
        assert child.wait(timeout=50) == -signal.SIGKILL
    taken = {work["id"] for work in service.accepted()}
    with reading(journal) as journal_file:
        entries = [journal_file.find(question(number).fingerprint()) for number in range(8)]

    parked = check(service, finish(service, journal, 8))

    known = {entry.job_id for entry in entries if entry is not None and entry.job_id}
    assert known <= taken
    assert [index for index, entry in enumerate(entries) if entry and entry.state == "intended"] == sorted(parked)
    assert parked or moment == "looking"
    assert len(service.accepted()) == 8 - len(parked) + len(taken - known)


def test_a_run_killed_again_and_again_is_finished_by_the_last_one(tmp_path: Path, service: Service) -> None:
    """Twelve times kill -9 at random moments, then once to the end: each subject once, each answer delivered."""
    journal, rows = tmp_path / "run.db", 180
    dice = random.Random(64)  # noqa: S311 (when to kill)
    for _ in range(12):
        with start(service, journal, rows) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "begun\n"
            timer = threading.Timer(dice.uniform(0.0, 0.3), child.kill)
            timer.start()
            child.communicate()
            timer.join()
            assert child.returncode in {-signal.SIGKILL, 0}

    interrupted = len(service.accepted())
    parked = check(service, finish(service, journal, rows))

    assert interrupted < rows, "the last run had something left to do"
    assert len(parked) <= rows / 2
    assert finish(service, journal, rows).keys() == set(range(rows))
    assert {1} == set(service.submits().values())
