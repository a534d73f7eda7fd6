"""Killed at every point where the journal or the network is touched, and started again: nothing accepted is lost,
nothing is paid twice. The service's own books, on its side of the wire, are the judge."""

from __future__ import annotations

import random
import signal
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async._journal.base import Entry
from tests.journal.child import PRICES, asked
from tests.journal.crash_points import POINTS
from tests.journal.kill_campaign import Campaign, Forks, Scene
from tests.runner.questions import fact, question

KEYED = {"deep-search", "workflow-run"}
"""Operations that the service knows again when they are sent a second time."""


def subject_of(work: dict[str, Any]) -> str:
    """Name the row that accepted work belongs to."""
    return f"row {work['body']['rows'][0]['row']}" if work["event"] == "run" else str(work["subject"])


def check(scene: Scene, kills: int) -> list[Entry]:
    """Compare journal and consumer with the service's books: nothing twice, nothing lost; give the parked rows."""
    entries, work, told = scene.entries(), scene.work(), scene.told()
    keys = {operation.fingerprint() for operation in asked(scene.order.rows, scene.order.kind)}
    parked = [entry for entry in entries.values() if entry.state == "unknown"]
    assert keys == set(entries)
    assert {"completed", "unknown"} >= {entry.state for entry in entries.values()}
    assert {entry.operation for entry in parked}.isdisjoint(KEYED), "the service knows these again"

    assert {1} == set(Counter(map(subject_of, work)).values()), "asked once each, by the books"
    accepted = {job["id"] for job in work}
    completed = {entry.key: entry.job_id for entry in entries.values() if entry.state == "completed"}
    assert set(completed.values()) <= accepted
    assert len(set(completed.values())) == len(completed), "no row has another one's answer"
    assert len(accepted) - len(completed) <= len(parked)
    assert all(entry.job_id is None for entry in parked)

    arrived: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in told:
        if line["status"] != "unknown":
            arrived[line["key"]].append(line)
    assert set(completed) == set(arrived), "answers delivered, answers completed"
    repeated = Counter((line["key"], line["index"]) for lines in arrived.values() for line in lines)
    assert sum(repeated.values()) - len(repeated) <= kills, "one outcome in the consumer's hands at each kill"
    facts = {question(number).fingerprint(): fact(number) for number in range(scene.order.rows)}
    for key, lines in arrived.items():
        assert {("completed", completed[key])} == {(line["status"], line["job_id"]) for line in lines}
        if key in facts:
            assert all({"headquarters": facts[key]} == line["found"] for line in lines)
    return parked


def check_money(scene: Scene, parked: list[Entry]) -> None:
    """The ledger against the service's: what was delivered was charged, what is parked is at stake."""
    completed = {entry.job_id: entry.operation for entry in scene.entries().values() if entry.state == "completed"}
    charged = Counter[str]()
    for job in scene.work():
        if job["id"] in completed:
            operation = completed[job["id"]]
            charged[operation] += PRICES[operation] if job["event"] == "search" else job["charge"]
    status = scene.status()
    told = Counter[str]()
    for line in status["lines"]:
        if line["state"] == "completed":
            told[line["variant"].partition("/")[0]] += line["charged_cents"]
    assert charged == told
    assert {entry.key for entry in parked} == {row["key"] for row in status["unknown"]}
    assert status["total"]["exposed_cents"] == sum(PRICES[entry.operation] for entry in parked)


def fight(folder: Path, forks: Forks, *, kills: int, rows: int, seed: int) -> Campaign:
    with Scene.made(folder, rows) as scene:
        campaign = Campaign(scene, forks, random.Random(seed))  # noqa: S311 (when to kill)
        campaign.kill(kills)
        campaign.finish()
        parked = check(scene, kills)
        check_money(scene, parked)
        before = scene.told(), scene.work()
        campaign.finish()
        again, work = scene.told(), scene.work()
        assert {line["status"] for line in again[len(before[0]) :]} <= {"unknown"}, "what was delivered stays delivered"
        assert before[1] == work
    return campaign


@pytest.mark.timeout(180)  # a minute where disks and clocks are slow
def test_fifty_kills_lose_nothing_and_double_nothing(tmp_path: Path, forks: Forks) -> None:
    """Every point once, then points and random instants."""
    campaign = fight(tmp_path, forks, kills=50, rows=140, seed=64)

    assert set(POINTS) <= set(campaign.died)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(19))
def test_the_same_for_nine_hundred_and_fifty_more(tmp_path: Path, forks: Forks, seed: int) -> None:
    """In another order each time."""
    campaign = fight(tmp_path, forks, kills=50, rows=190, seed=seed)

    assert len(campaign.died) > len(POINTS) / 2


@pytest.mark.parametrize("point", ["submit leaving", "submit sent", "submit answered", "look leaving"])
def test_a_crash_between_two_steps_is_told_apart(tmp_path: Path, forks: Forks, point: str) -> None:
    """Between intent and id nobody can know; the row is parked, whether or not it was accepted over there."""
    with Scene.made(tmp_path, 8, "plain") as scene:
        assert forks.run(replace(scene.order, point=point, times=3)) == -signal.SIGKILL
        left = scene.entries()
        known = {entry.job_id for entry in left.values() if entry.job_id}
        assert forks.run(scene.order) == 0
        parked = check(scene, kills=1)
        taken = {job["id"] for job in scene.work()}

    assert known <= taken
    assert {entry.key for entry in left.values() if entry.state == "intended"} == {entry.key for entry in parked}
    assert parked or point == "look leaving"
