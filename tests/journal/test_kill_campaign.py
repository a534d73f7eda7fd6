"""Kill runs at every point that touches the journal or the network, and restart them.

Nothing accepted is lost and nothing is charged twice, checked against the service's own books.
"""

from __future__ import annotations

import random
import signal
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async._journal.base import Entry
from tests.journal.crash_points import POINTS
from tests.journal.forked_run import PRICES, operations_for
from tests.journal.kill_campaign import KillCampaign, RunForkServer, Scenario
from tests.runner.questions import fact, question

IDEMPOTENT = {"deep-search", "workflow-run"}
"""Operations with an idempotency key: the service recognises a second submit."""


def subject_of(work: dict[str, Any]) -> str:
    """Return the row that accepted work belongs to."""
    return f"row {work['body']['rows'][0]['row']}" if work["event"] == "run" else str(work["subject"])


def check(scenario: Scenario, kills: int) -> list[Entry]:
    """Compare journal and consumer with the service's books; return the parked rows."""
    entries, work, consumed = scenario.entries(), scenario.accepted_work(), scenario.consumed()
    keys = {operation.fingerprint() for operation in operations_for(scenario.spec.rows, scenario.spec.kind)}
    parked = [entry for entry in entries.values() if entry.state == "unknown"]
    assert keys == set(entries)
    assert {"completed", "unknown"} >= {entry.state for entry in entries.values()}
    assert {entry.operation for entry in parked}.isdisjoint(IDEMPOTENT), "idempotent operations are never parked"

    assert {1} == set(Counter(map(subject_of, work)).values()), "each row was accepted once"
    accepted = {job["id"] for job in work}
    completed = {entry.key: entry.job_id for entry in entries.values() if entry.state == "completed"}
    assert set(completed.values()) <= accepted
    assert len(set(completed.values())) == len(completed), "no two rows share an answer"
    assert len(accepted) - len(completed) <= len(parked)
    assert all(entry.job_id is None for entry in parked)

    consumed_by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in consumed:
        if line["status"] != "unknown":
            consumed_by_key[line["key"]].append(line)
    assert set(completed) == set(consumed_by_key), "every completed row was delivered"
    repeated = Counter((line["key"], line["index"]) for lines in consumed_by_key.values() for line in lines)
    assert sum(repeated.values()) - len(repeated) <= kills, "at most one outcome is redelivered per kill"
    facts = {question(number).fingerprint(): fact(number) for number in range(scenario.spec.rows)}
    for key, lines in consumed_by_key.items():
        assert {("completed", completed[key])} == {(line["status"], line["job_id"]) for line in lines}
        if key in facts:
            assert all(line["found"]["headquarters"] == facts[key] for line in lines)
    return parked


def check_money(scenario: Scenario, parked: list[Entry]) -> None:
    """Compare charged and exposed cents with the service's books."""
    completed = {entry.job_id: entry.operation for entry in scenario.entries().values() if entry.state == "completed"}
    charged = Counter[str]()
    for job in scenario.accepted_work():
        if job["id"] in completed:
            operation = completed[job["id"]]
            charged[operation] += PRICES[operation] if job["event"] == "search" else job["charge"]
    status = scenario.status()
    reported = Counter[str]()
    for line in status["lines"]:
        if line["state"] == "completed":
            reported[line["variant"].partition("/")[0]] += line["charged_cents"]
    assert charged == reported
    assert {entry.key for entry in parked} == {row["key"] for row in status["unknown"]}
    assert status["total"]["exposed_cents"] == sum(PRICES[entry.operation] for entry in parked)


def run_campaign(folder: Path, forks: RunForkServer, *, kills: int, rows: int, seed: int) -> KillCampaign:
    with Scenario.create(folder, rows) as scenario:
        campaign = KillCampaign(scenario, forks, random.Random(seed))  # noqa: S311 (reproducible)
        campaign.kill(kills)
        campaign.finish()
        parked = check(scenario, kills)
        check_money(scenario, parked)
        before = scenario.consumed(), scenario.accepted_work()
        campaign.finish()
        after, work = scenario.consumed(), scenario.accepted_work()
        assert {line["status"] for line in after[len(before[0]) :]} <= {"unknown"}, (
            "delivered rows are not delivered again"
        )
        assert before[1] == work
    return campaign


@pytest.mark.timeout(180)  # takes a minute on slow disks
@pytest.mark.parametrize(("kills", "rows"), [(36, 105), pytest.param(50, 140, marks=pytest.mark.soak)])
def test_kills_at_every_point_lose_nothing_and_charge_nothing_twice(
    tmp_path: Path, forks: RunForkServer, kills: int, rows: int
) -> None:
    """Every point once, then random points and instants."""
    campaign = run_campaign(tmp_path, forks, kills=kills, rows=rows, seed=64)

    assert set(POINTS) <= set(campaign.killed)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(19))
def test_nine_hundred_and_fifty_more_kills_lose_nothing_and_charge_nothing_twice(
    tmp_path: Path, forks: RunForkServer, seed: int
) -> None:
    """In a different order for each seed."""
    campaign = run_campaign(tmp_path, forks, kills=50, rows=190, seed=seed)

    assert len(campaign.killed) > len(POINTS) / 2


@pytest.mark.parametrize("point", ["submit starting", "submit sent", "submit answered", "poll starting"])
def test_a_crash_between_intent_and_job_id_parks_the_row(tmp_path: Path, forks: RunForkServer, point: str) -> None:
    """Whether the service accepted the row cannot be known; after the job id is recorded nothing is parked."""
    with Scenario.create(tmp_path, 8, "plain") as scenario:
        assert forks.run(replace(scenario.spec, point=point, times=3)) == -signal.SIGKILL
        entries = scenario.entries()
        recorded = {entry.job_id for entry in entries.values() if entry.job_id}
        assert forks.run(scenario.spec) == 0
        parked = check(scenario, kills=1)
        accepted = {job["id"] for job in scenario.accepted_work()}

    assert recorded <= accepted
    assert {entry.key for entry in entries.values() if entry.state == "intended"} == {entry.key for entry in parked}
    assert parked or point == "poll starting"
