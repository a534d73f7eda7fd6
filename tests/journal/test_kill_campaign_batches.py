"""Kill runs whose rows share submits: no row is charged twice, and each gets its own answer."""

from __future__ import annotations

import random
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.journal.forked_run import operations_for
from tests.journal.kill_campaign import KillCampaign, RunForkServer, Scenario
from tests.runner.questions import fact, lead

ROWS_PER_FILE = 10

STEPS = (
    *(f"{when} {step}" for step in ("intended", "accepted", "completed", "delivered") for when in ("before", "after")),
    *(f"{step} {how}" for step in ("submit", "poll") for how in ("starting", "sent", "answered")),
)


def name_of(row: Any) -> str:
    """Return the name of a person or company."""
    return str(row.get("company_name") or row["name"])


def members(work: dict[str, Any]) -> list[str]:
    """Return the names of the rows in accepted work."""
    body: dict[str, Any] = work["body"]
    rows: list[dict[str, str]] = body.get("leads") or body.get("rows") or [body["lead"]]
    return [name_of(row) for row in rows]


def subject_of(operation: Any) -> str:
    """Return the name in an operation's request."""
    fields = operation.payload()
    return name_of(fields.get("lead") or fields["target_company"])


def check(scenario: Scenario, kills: int) -> int:
    """Compare journal and consumer with the service's books; return the number of parked rows."""
    rows = {
        row.fingerprint(): subject_of(row)
        for row in operations_for(scenario.spec.rows, scenario.spec.kind, scenario.spec.first_row)
    }
    entries, work = scenario.entries(), scenario.accepted_work()
    rows_by_job = {job["id"]: set(members(job)) for job in work}
    completed = {key: str(entry.job_id) for key, entry in entries.items() if entry.state == "completed"}
    parked = {key for key, entry in entries.items() if entry.state == "unknown"}
    submits = Counter(member for job in work for member in members(job))

    assert set(rows) == set(entries) == set(completed) | parked
    assert {name: submits[name] for name in rows.values() if submits[name] > 1} == {}, "each row was accepted once"
    assert {rows[key]: job for key, job in completed.items() if rows[key] not in rows_by_job[job]} == {}
    consumed = [line for line in scenario.consumed() if line["status"] != "unknown"]
    assert {line["key"] for line in consumed} == set(completed), "every completed row was delivered"
    repeated = Counter((line["key"], line["index"]) for line in consumed)
    assert sum(repeated.values()) - len(repeated) <= kills, "at most one outcome is redelivered per kill"
    for line in consumed:
        number = scenario.spec.first_row + line["index"]
        own = {"headquarters": fact(number)} if scenario.spec.kind == "file" else lead(number)["name"]
        assert own == line["found"]
    return len(parked)


def run_campaign(folder: Path, forks: RunForkServer, *, kills: int, rows: int, seed: int) -> None:
    with Scenario.create(folder, rows, "bulk", speed=60.0) as scenario:
        campaign = KillCampaign(scenario, forks, random.Random(seed))  # noqa: S311 (reproducible)
        campaign.kill(kills)
        campaign.finish()
        parked = check(scenario, kills)
        sizes = [len(members(job)) for job in scenario.accepted_work()]
        # How many share one depends on how fast this machine reads rows against the service's clock.
        assert sum(size for size in sizes if size > 1) > rows / 2, "rows share submits"
    assert parked < rows / 2, sizes


def test_bulk_submits_survive_a_dozen_kills(tmp_path: Path, forks: RunForkServer) -> None:
    """A batch without an idempotency key is parked whole; every other row is answered."""
    run_campaign(tmp_path, forks, kills=12, rows=300, seed=64)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
def test_bulk_submits_survive_fifty_kills(tmp_path: Path, forks: RunForkServer, seed: int) -> None:
    run_campaign(tmp_path, forks, kills=50, rows=1000, seed=seed)


def test_a_file_of_rows_is_charged_once_wherever_its_run_is_killed(tmp_path: Path, forks: RunForkServer) -> None:
    """A file has an idempotency key, so no row is ever parked."""
    with Scenario.create(tmp_path, ROWS_PER_FILE, "file") as scenario:
        for number, point in enumerate(STEPS):
            spec = replace(
                scenario.spec,
                first_row=number * ROWS_PER_FILE,
                journal=str(tmp_path / f"{number}.db"),
                consumer_log=str(tmp_path / f"{number}.jsonl"),
            )
            assert forks.run(replace(spec, point=point)) == -signal.SIGKILL, point
            assert forks.run(spec) == 0
            assert check(replace(scenario, spec=spec), kills=1) == 0, point
