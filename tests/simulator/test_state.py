from __future__ import annotations

from pathlib import Path

import pytest

from sixtyfour_async.simulator import Simulator, SimulatorSettings
from tests.simulator.conftest import COMPANY, COMPANY_WORKFLOW, LEAD, SEARCH, FakeClock, Start
from tests.simulator.published import existing

pytestmark = pytest.mark.anyio
SOURCE = {"type": "entity_ids", "entity_ids": ["a"]}


async def test_accepted_work_survives_a_restart(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    harness = start(state=state, balance_credits=100.0)
    done = await harness.submit("/find-email-async", LEAD)
    harness.clock.seconds = 100
    fresh = await harness.submit("/company-intelligence-async", COMPANY)
    search = await harness.submit("/search/start-deep-search", {**SEARCH, "search_id": "mine"})
    payload = {"webhook_payload": {"company_name": "3M"}}
    headers = {"idempotency-key": "k"}
    params = {"workflow_id": COMPANY_WORKFLOW}
    run = await harness.client.post("/workflows/run", json=payload, params=params, headers=headers)
    harness.clock.seconds = 130
    await harness.post("/workflows/cancel", job_id=run.json()["job_id"])
    assert len(state.read_text().splitlines()) == 7  # one says that time had passed: the first job has ended

    again = start(state=state, balance_credits=100.0, clock=FakeClock(7.0))
    assert again.simulator.clock.now() == harness.simulator.clock.now()
    for path in (
        f"/job-status/{done}",
        f"/job-status/{fresh}",
        f"/search/status/{search}",
        f"/workflows/runs/{run.json()['job_id']}/live_status",
        "/check-balance",
    ):
        assert (await again.get(path)).json() == (await harness.get(path)).json()
    assert await again.submit("/search/start-deep-search", {**SEARCH, "search_id": "mine"}) == search
    repeated = await again.client.post("/workflows/run", json=payload, params=params, headers=headers)
    assert repeated.json()["already_started"] is True
    assert await again.submit("/find-email-async", LEAD) not in {done, fresh}
    assert [entry.replayed for entry in again.simulator.books.jobs] == [True] * 4 + [False]


async def test_what_had_ended_does_not_run_again_after_a_restart(start: Start, tmp_path: Path) -> None:
    """Nothing was accepted since then, so that nothing else tells how late it had become."""
    state = tmp_path / "state.jsonl"
    harness = start(state=state)
    done = await harness.submit("/company-intelligence-async", COMPANY)
    harness.clock.seconds = 5000
    ended = (await harness.get(f"/job-status/{done}")).json()

    again = start(state=state, clock=FakeClock(7.0))

    assert ended["status"] == "completed"
    assert (await again.get(f"/job-status/{done}")).json() == ended


async def test_stored_records_survive_a_restart(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    harness = start(state=state)
    ids = await existing(harness)
    bulk = await harness.submit("/find-email-bulk-async", {"leads": [LEAD["lead"], {}]})
    export = await harness.submit("/search/export", {"search_id": ids["search"]})
    cursor = (await harness.post("/search/query", {"search_id": ids["search"]})).json()["next_cursor"]
    secret = (await harness.post("/webhooks/signing-secret")).json()["meta"]

    again = start(state=state, clock=FakeClock(7.0))
    harness.clock.seconds += 60
    again.clock.seconds += 60

    for path in (
        *(f"/job-status/{bulk}", f"/search/status/{export}", f"/verify-age/{ids['age']}", "/workflows", "/schedules"),
        *(f"/search/exclusion-lists/{ids['list']}", f"/search/lookalike/{ids['lookalike']}", "/workflows/runs"),
        *(f"/workflows/{ids['workflow']}", f"/workflows/runs/{ids['run']}/live_status", "/search/history"),
        *("/google/sheets/status", "/check-balance"),
    ):
        assert (await again.get(path)).json() == (await harness.get(path)).json(), path
    assert (await again.get("/webhooks/signing-secret")).json() == secret
    assert (await again.post("/search/query", {"cursor": cursor})).json()["results"]
    taken = {entry.id for entry in harness.simulator.books.jobs}
    assert {entry.id for entry in again.simulator.books.jobs if entry.replayed} == taken
    assert again.simulator.books.submits["Bo Example | Acme Corp"] == 1
    fresh = (await again.post("/search/exclusion-lists", {"name": "x", "source": SOURCE})).json()["id"]
    assert fresh not in ids.values()


async def test_incomplete_last_line_is_truncated(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    first = await start(state=state).submit("/find-email-async", LEAD)
    with state.open("a") as out:
        out.write('{"event":"job","at":17810')
    harness = start(state=state)
    second = await harness.submit("/find-email-async", LEAD)
    last = start(state=state)
    assert [entry.id for entry in last.simulator.books.jobs] == [first, second]


@pytest.mark.parametrize("line", ["nonsense", "[]", "{}", '{"event":"job","at":1}', '{"event":"tea","at":1,"work":{}}'])
def test_foreign_state_file_is_rejected(tmp_path: Path, line: str) -> None:
    state = tmp_path / "state.jsonl"
    state.write_text(line + "\n")
    with pytest.raises(ValueError, match="not a simulator event"):
        Simulator(SimulatorSettings(state=state))


async def test_work_of_a_lost_answer_is_persisted(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    harness = start(state=state)
    harness.simulator.faults.script("lost_answer")
    with pytest.raises(ConnectionResetError):
        await harness.post("/find-email-async", LEAD)
    assert len(start(state=state).simulator.books.jobs) == 1
