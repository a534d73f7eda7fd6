"""Rows of which one submit takes many, killed at every step: none is paid twice, each gets its own answer."""

from __future__ import annotations

import random
import signal
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.journal.child import asked
from tests.journal.kill_campaign import Campaign, Forks, Scene
from tests.runner.questions import fact

FILED = 10
"""Rows in a file."""

STEPS = (
    *(f"{when} {step}" for step in ("intended", "accepted", "completed", "delivered") for when in ("before", "after")),
    *(f"{step} {how}" for step in ("submit", "look") for how in ("leaving", "sent", "answered")),
)


def named(row: Any) -> str:
    """The name of a person, or of a company."""
    return str(row.get("company_name") or row["name"])


def members(work: dict[str, Any]) -> list[str]:
    """The rows that accepted work was for."""
    body: dict[str, Any] = work["body"]
    rows: list[dict[str, str]] = body.get("leads") or body.get("rows") or [body["lead"]]
    return [named(row) for row in rows]


def subject(operation: Any) -> str:
    """The same of a row that is asked."""
    fields = operation.payload()
    return named(fields.get("lead") or fields["target_company"])


def check(scene: Scene, kills: int) -> int:
    """Compare journal and consumer with the books: every row once, and its own answer; give the number parked."""
    rows = {one.fingerprint(): subject(one) for one in asked(scene.order.rows, scene.order.kind, scene.order.first)}
    entries, work = scene.entries(), scene.work()
    taken = {job["id"]: set(members(job)) for job in work}
    completed = {key: str(entry.job_id) for key, entry in entries.items() if entry.state == "completed"}
    parked = {key for key, entry in entries.items() if entry.state == "unknown"}
    books = Counter(member for job in work for member in members(job))

    assert set(rows) == set(entries) == set(completed) | parked
    assert {name: books[name] for name in rows.values() if books[name] > 1} == {}, "asked once each, by the books"
    assert {rows[key]: job for key, job in completed.items() if rows[key] not in taken[job]} == {}
    told = [line for line in scene.told() if line["status"] != "unknown"]
    assert {line["key"] for line in told} == set(completed), "answers delivered, answers completed"
    repeated = Counter((line["key"], line["index"]) for line in told)
    assert sum(repeated.values()) - len(repeated) <= kills, "one outcome in the consumer's hands at each kill"
    for line in told:
        number = scene.order.first + line["index"]
        own = {"headquarters": fact(number)} if scene.order.kind == "filed" else f"Row {number}"
        assert own == line["found"]
    return len(parked)


def fight(folder: Path, forks: Forks, *, kills: int, rows: int, seed: int) -> None:
    with Scene.made(folder, rows, "shared", speed=60.0) as scene:
        campaign = Campaign(scene, forks, random.Random(seed))  # noqa: S311 (when to kill)
        campaign.kill(kills)
        campaign.finish()
        parked = check(scene, kills)
        sizes = [len(members(job)) for job in scene.work()]
        assert sum(sizes) > 3 * len(sizes), "they share submits"
    assert parked < rows / 2, sizes


def test_shared_submits_survive_a_dozen_kills(tmp_path: Path, forks: Forks) -> None:
    """What the service does not know again is parked as a whole batch, and everything else is answered."""
    fight(tmp_path, forks, kills=12, rows=300, seed=64)


@pytest.mark.soak
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", range(3))
def test_shared_submits_survive_fifty_kills(tmp_path: Path, forks: Forks, seed: int) -> None:
    fight(tmp_path, forks, kills=50, rows=1000, seed=seed)


def test_a_file_of_rows_is_paid_once_wherever_its_run_is_killed(tmp_path: Path, forks: Forks) -> None:
    """The service knows a file again by its key: no row is ever parked, at whatever step the process died."""
    with Scene.made(tmp_path, FILED, "filed") as service:
        for number, point in enumerate(STEPS):
            order = replace(
                service.order,
                first=number * FILED,
                journal=str(tmp_path / f"{number}.db"),
                sink=str(tmp_path / f"{number}.sink"),
            )
            assert forks.run(replace(order, point=point)) == -signal.SIGKILL, point
            assert forks.run(order) == 0
            assert check(replace(service, order=order), kills=1) == 0, point
