"""Spans and metrics of a client and its runner, through OpenTelemetry's SDK."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import AsyncClient, Hooks, JobOperation, JobRunner, JobSubmitted, ServerError
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport, simulated
from tests.client.network import KEY, Reply, in_turn, scripted
from tests.faults.network import networked
from tests.runner.pushing import pushed
from tests.runner.questions import find_emails, lead, question, questions
from tests.telemetry.exporting import Exported, attributes_of, id_of, links_of

pytestmark = pytest.mark.anyio

TROUBLES = ("server_error", "html", "truncated", "reset", "throttled", "lost_answer")
FAULTS: dict[str, float] = dict.fromkeys(TROUBLES, 0.08)


async def test_each_attempt_is_a_client_span_by_the_http_conventions() -> None:
    exported = Exported()
    answers: list[Reply] = [
        httpx.Response(502, headers={"x-request-id": "r1"}),
        httpx.ConnectError("refused"),
        httpx.Response(200, json={"credits": 1}),
    ]
    async with scripted(in_turn(answers), hooks=[exported.hooks]) as (client, _):
        with exported.tracers.get_tracer("app").start_as_current_span("handler") as handler:
            await client.send(CheckBalance())

    broken, unconnected, _ = exported.attempts()
    common = {"http.request.method": "GET", "server.address": "service", "server.port": 80}
    assert {span.name for span in exported.attempts()} == {"GET /check-balance"}
    assert attributes_of(broken) == common | {
        "url.full": f"{client.base_url}/check-balance",
        "http.response.status_code": 502,
        "error.type": "502",
        "sixtyfour.request.id": "r1",
    }
    assert attributes_of(unconnected)["error.type"] == "sixtyfour_async.errors.ConnectError"
    assert "http.response.status_code" not in attributes_of(unconnected)
    resends = [attributes_of(span).get("http.request.resend_count") for span in exported.attempts()]
    assert resends == [None, 1, 2]
    assert [span.status.status_code.name for span in exported.attempts()] == ["ERROR", "ERROR", "UNSET"]
    assert {span.parent.span_id for span in exported.attempts() if span.parent} == {handler.get_span_context().span_id}
    assert all((span.end_time or 0) >= (span.start_time or 0) > 0 for span in exported.attempts())
    durations = exported.metrics()["http.client.request.duration"]
    assert sum(count for _, (count, _) in durations) == 3
    assert {attributes.get("error.type") for attributes, _ in durations} == {
        "502",
        "sixtyfour_async.errors.ConnectError",
        None,
    }


@pytest.mark.parametrize("path", ["/files?token=s3cret&sig=abcs3cret", "/files?s3cret", "/files?email=ada%40s3cret"])
async def test_the_values_of_a_query_are_not_recorded(path: str) -> None:
    exported = Exported()
    async with scripted(lambda _: httpx.Response(403, json={"detail": KEY}), hooks=[exported.hooks]) as (client, _):
        await client.request("GET", path)

    [span] = exported.attempts()
    assert "s3cret" not in repr(attributes_of(span))
    assert KEY not in span.to_json()
    assert "/files?" in attributes_of(span)["url.full"]
    assert span.name == "GET", "a route of the caller's own is no name"


async def test_a_call_that_waits_for_the_budget_says_so() -> None:
    exported = Exported()
    async with simulated(hooks=[exported.hooks], requests_per_minute=6) as (client, _):
        for _ in range(4):
            await client.account.check_balance()

    waits = [attributes_of(span).get("sixtyfour.budget.wait") for span in exported.attempts()]
    assert waits[0] is None
    assert all(wait is not None and wait > 1.0 for wait in waits[2:])
    [(_, (count, total))] = exported.metrics()["sixtyfour.budget.wait"]
    assert (count, total) == (4, pytest.approx(sum(wait or 0.0 for wait in waits)))


async def test_a_job_is_a_span_to_which_its_attempts_are_linked() -> None:
    exported = Exported()
    async with simulated(hooks=[exported.hooks]) as (client, _), JobRunner(client) as runner:
        with exported.tracers.get_tracer("app").start_as_current_span("handler") as handler:
            outcome = await runner.run(question(0))

    [job] = exported.of_jobs()
    attributes = attributes_of(job)
    assert job.name == "job company-intelligence"
    assert job.parent is not None
    assert job.parent.span_id == handler.get_span_context().span_id
    assert attributes.pop("sixtyfour.job.run_time") > 0
    assert attributes.pop("sixtyfour.job.lag") >= 0
    assert attributes == {
        "sixtyfour.operation": "company-intelligence",
        "sixtyfour.tier": "low",
        "sixtyfour.job.id": outcome.job_id,
        "sixtyfour.job.rows": 1,
        "sixtyfour.job.status": "completed",
        "sixtyfour.job.cost": outcome.cost_cents,
    }
    names = [event.name for event in job.events]
    assert names[:2] == ["submit", "accepted"]
    assert set(names[2:]) == {"polled"}
    assert len(exported.attempts()) == len(names) - 1
    assert all(links_of(span) == {id_of(job)} for span in exported.attempts())
    assert all(span.parent is None for span in exported.attempts()), "they are linked, not nested"


async def test_the_wait_for_the_budget_is_a_span_of_its_own() -> None:
    exported = Exported()
    async with simulated(hooks=[exported.hooks], requests_per_minute=6) as (client, _), JobRunner(client) as runner:
        async for _ in runner.map(questions(5)):
            pass

    jobs = {id_of(span) for span in exported.of_jobs()}
    waits = [span for span in exported.spans if span.name == "wait"]
    assert {span.parent.span_id for span in waits if span.parent} == jobs
    assert [attributes_of(span)["sixtyfour.wait.reason"] for span in waits].count("rate") >= 3
    waited = [
        dict(event.attributes or {})["sixtyfour.waited"] for span in exported.of_jobs() for event in span.events[:1]
    ]
    assert max(float(str(seconds)) for seconds in waited) > 10.0


async def test_a_job_that_a_later_run_takes_over_is_linked_to_its_first_span(tmp_path: Path) -> None:
    first, second, submitted = Exported(), Exported(), anyio.Event()

    def look(event: object) -> None:
        if isinstance(event, JobSubmitted):
            submitted.set()

    simulator = Simulator(now=anyio.current_time)
    async with httpx.AsyncClient(transport=SimulatedTransport(simulator)) as http_client:
        address: dict[str, Any] = {"base_url": "http://simulator", "http_client": http_client}
        async with (
            AsyncClient(DEFAULT_KEY, **address, hooks=[first.hooks, Hooks(on_job=look)]) as client,
            JobRunner(client, journal=tmp_path / "run.db") as runner,
            anyio.create_task_group() as tasks,
        ):
            tasks.start_soon(runner.run, question(0))
            await submitted.wait()
            tasks.cancel_scope.cancel()
        async with (
            AsyncClient(DEFAULT_KEY, **address, hooks=[second.hooks]) as client,
            JobRunner(client, journal=tmp_path / "run.db") as runner,
        ):
            outcome = await runner.run(question(0))

    [left], [resumed] = first.of_jobs(), second.of_jobs()
    assert outcome.status == "completed"
    assert attributes_of(left)["sixtyfour.job.left"] is True
    assert attributes_of(resumed)["sixtyfour.job.resumed"] is True
    assert attributes_of(left)["sixtyfour.job.id"] == attributes_of(resumed)["sixtyfour.job.id"] == outcome.job_id
    assert links_of(resumed) == {id_of(left)}
    assert resumed.parent is None
    assert first.total("sixtyfour.jobs.in_flight") == second.total("sixtyfour.jobs.in_flight") == 0
    assert len(simulator.books.jobs) == 1


@pytest.mark.parametrize("batching", ["single", "auto"])
async def test_metrics_agree_with_the_runner_and_the_service_under_every_fault(batching: Any) -> None:
    exported, settings = Exported(), SimulatorSettings(faults=FAULTS, seed=5)
    async with simulated(settings, hooks=[exported.hooks]) as (client, _), JobRunner(client) as runner:
        rows: list[JobOperation[Any]] = [*questions(25), *find_emails(25)]
        outcomes = [outcome async for outcome in runner.map(rows, batching=batching)]
        stats = runner.stats()

    assert exported.total("sixtyfour.requests") == stats.requests
    assert exported.total("sixtyfour.cost") == pytest.approx(stats.cost_cents)
    assert exported.total("sixtyfour.rows.ended") == len(outcomes)
    assert exported.total("sixtyfour.jobs.in_flight") == 0
    throttled = [span for span in exported.attempts() if attributes_of(span).get("http.response.status_code") == 429]
    assert exported.total("sixtyfour.requests.throttled") == len(throttled) > 0
    ended = {
        (a["sixtyfour.operation"], a["sixtyfour.status"]): n for a, n in exported.metrics()["sixtyfour.rows.ended"]
    }
    assert sum(n for (_, status), n in ended.items() if status == "completed") == stats.ended["completed"]
    assert sum(count for _, (count, _) in exported.metrics()["sixtyfour.job.lag"]) > 0
    assert len(exported.of_jobs()) == len({id_of(span) for span in exported.of_jobs()})
    parked = [span for span in exported.of_jobs() if attributes_of(span).get("sixtyfour.job.status") == "unknown"]
    assert {attributes_of(span)["error.type"] for span in parked} <= {"JobUnknownError"}
    assert {span.status.status_code.name for span in parked} <= {"ERROR"}


async def test_delivered_jobs_are_recorded_too() -> None:
    exported = Exported()
    async with pushed(client={"hooks": [exported.hooks]}, prices={"company-intelligence": 7.0}) as whole:
        async for _ in whole.runner.map(questions(20)):
            pass
        stats = whole.runner.stats()

    delivered = [span for span in exported.of_jobs() if "delivered" in [event.name for event in span.events]]
    assert len(delivered) == stats.delivered
    unstated = [n for a, n in exported.metrics()["sixtyfour.cost"] if not a["sixtyfour.cost.stated"]]
    assert sum(unstated) == pytest.approx(stats.unstated_cents)


async def test_nothing_secret_and_nothing_personal_is_recorded() -> None:
    exported = Exported()
    key = "sk_live_0123456789abcdef"
    settings = SimulatorSettings(keys=(key,), faults=FAULTS, seed=2)
    rows: list[JobOperation[Any]] = [*find_emails(20), *questions(5)]
    async with simulated(settings, api_key=key, hooks=[exported.hooks]) as (client, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(rows, key=lambda row: f"mail of {row.fingerprint()}")]

    shown = "".join(span.to_json() for span in exported.spans) + repr(exported.metrics())
    assert "company-intelligence" in shown
    assert key not in shown
    assert "mail of" not in shown, "row keys are recorded on request only"
    assert "Person" not in shown
    assert str(lead(0)["company"]) not in shown
    assert "@" not in shown
    assert outcomes


async def test_row_keys_are_recorded_on_request() -> None:
    exported = Exported(row_keys=True)
    async with simulated(hooks=[exported.hooks]) as (client, _), JobRunner(client) as runner:
        await runner.run(question(0), key="row 7")

    [job] = exported.of_jobs()
    assert attributes_of(job)["sixtyfour.row.key"] == "row 7"


async def test_a_text_that_is_no_traceparent_makes_no_link(tmp_path: Path) -> None:
    exported, submitted = Exported(), anyio.Event()

    def carry(event: JobSubmitted) -> str:
        submitted.set()
        return f"nonsense for {event.job_id}"

    async with simulated(hooks=[Hooks(carry=carry), exported.hooks]) as (client, _):
        async with JobRunner(client, journal=tmp_path / "run.db") as runner, anyio.create_task_group() as tasks:
            tasks.start_soon(runner.run, question(0))
            await submitted.wait()
            tasks.cancel_scope.cancel()
        async with JobRunner(client, journal=tmp_path / "run.db") as runner:
            assert (await runner.run(question(0))).ok

    assert [links_of(span) for span in exported.of_jobs()] == [set(), set()]


async def test_a_call_that_fails_for_good_raises_what_it_raises_without_hooks() -> None:
    exported = Exported()
    async with networked(lambda _: httpx.Response(500), hooks=[exported.hooks]) as (client, _, _):
        with pytest.raises(ServerError):
            await client.send(find_emails(1)[0])

    [span] = exported.attempts()
    assert attributes_of(span)["error.type"] == "500"


def test_without_the_extra_the_import_names_it() -> None:
    program = "import sys; sys.modules['opentelemetry'] = None; import sixtyfour_async.telemetry"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == (
        "ModuleNotFoundError: sixtyfour_async.telemetry needs an extra: pip install 'sixtyfour_async[otel]'"
    )
