"""Log records hold what they are about as fields, and nothing secret in any field."""

from __future__ import annotations

import json
import logging
from typing import Any

import httpx
import pytest

from sixtyfour_async import Hooks, JobOperation, JobRunner
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import find_emails, lead, question, questions

pytestmark = pytest.mark.anyio

KEY = "sk_live_0123456789abcdef"
TROUBLES = ("server_error", "html", "truncated", "reset", "throttled", "lost_answer")
FIELDS = {"row_key", "job_id", "operation", "tier"}


def as_json(record: logging.LogRecord) -> str:
    """Format a record as a JSON formatter does that keeps whatever it finds on it."""
    shown: dict[str, Any] = vars(record) | {"message": record.getMessage()}
    if record.exc_info:
        shown["traceback"] = logging.Formatter().formatException(record.exc_info)
    return json.dumps(shown, default=repr)


@pytest.mark.parametrize("batching", ["single", "file"])
@pytest.mark.parametrize("seed", [1, 2])
async def test_records_of_a_run_with_faults_hold_no_secret_in_any_field(
    seed: int, batching: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_event: object) -> None:
        raise RuntimeError("a defect in a hook")

    caplog.set_level(logging.DEBUG)
    settings = SimulatorSettings(keys=(KEY,), faults=dict.fromkeys(TROUBLES, 0.08), seed=seed)
    hooks = [Hooks(on_job=fail, on_response=fail)]
    async with simulated(settings, api_key=KEY, hooks=hooks) as (client, _), JobRunner(client) as runner:
        rows: list[JobOperation[Any]] = [*questions(20), *find_emails(10)]
        outcomes = [outcome async for outcome in runner.map(rows, batching=batching)]

    ours = [record for record in caplog.records if record.name.startswith("sixtyfour_async.")]
    shown = [as_json(record) for record in caplog.records if record.name.startswith(("sixtyfour_async", "httpx"))]
    links = [line for line in shown if "signature=" in line.lower() or "token=" in line.lower()]
    assert len(ours) > 50
    assert not any(KEY in line for line in shown)
    assert links == []
    assert not any("Person " in line or str(lead(0)["company"]) in line for line in shown)
    assert outcomes


async def test_records_of_a_job_say_which_row_and_which_job(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sixtyfour_async")
    async with simulated() as (client, _), JobRunner(client) as runner:
        outcome = await runner.run(question(0), key="row 1")

    records = [vars(record) for record in caplog.records if hasattr(record, "row_key")]
    texts = [record["message"].partition(":")[0] for record in records]
    assert texts[:3] == ["JobQueued", "JobSending", "JobSubmitted"]
    assert texts[-1] == "JobEnded"
    assert all(set(record) >= FIELDS for record in records)
    assert {(record["row_key"], record["operation"], record["tier"]) for record in records} == {
        ("row 1", "company-intelligence", "low")
    }
    assert {record["job_id"] for record in records} == {None, outcome.job_id}


async def test_a_failed_poll_says_it_too(caplog: pytest.LogCaptureFixture) -> None:
    polls = 0

    def break_first(request: httpx.Request) -> httpx.Response | None:
        nonlocal polls
        polls += request.method == "GET"
        return httpx.Response(502) if request.method == "GET" and polls == 1 else None

    caplog.set_level(logging.INFO, "sixtyfour_async")
    async with networked(break_first) as (client, _, _), JobRunner(client) as runner:
        outcome = await runner.run(question(0), key="row 1")

    [record] = [vars(record) for record in caplog.records if record.getMessage().startswith("polling ")]
    assert (record["row_key"], record["job_id"]) == ("row 1", outcome.job_id)
