"""The metrics for Prometheus of the guide, scraped over ASGI beside a runner at work."""

from __future__ import annotations

import runpy
from importlib import resources
from typing import Any

import httpx
import prometheus_client
import pytest
from prometheus_client.parser import text_string_to_metric_families

from sixtyfour_async import JobOperation, JobRunner
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import find_emails, questions

pytestmark = pytest.mark.anyio

EXAMPLE = resources.files("sixtyfour_async").joinpath("guide/examples/prometheus_metrics.py")


def totals(text: str) -> dict[str, float]:
    """Return the sum of each metric over its labels."""
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


async def test_a_scrape_shows_what_the_runner_did_and_where_it_stands() -> None:
    example: dict[str, Any] = runpy.run_path(str(EXAMPLE))
    registry = prometheus_client.CollectorRegistry()
    exposition: Any = prometheus_client
    rows: list[JobOperation[Any]] = [*questions(10), *find_emails(5)]
    settings = SimulatorSettings(faults={"throttled": 0.1}, seed=3)
    async with (
        httpx.AsyncClient(
            transport=httpx.ASGITransport(exposition.make_asgi_app(registry)), base_url="http://web"
        ) as web,
        simulated(settings, hooks=[example["prometheus_hooks"](registry)]) as (client, _),
    ):
        runner = JobRunner(client)
        registry.register(example["RunnerStats"](runner))
        before = totals((await web.get("/")).text)
        async with runner:
            outcomes = [outcome async for outcome in runner.map(rows)]
            text, stats = (await web.get("/")).text, runner.stats()

    found = totals(text)
    assert (before["sixtyfour_ready"], found["sixtyfour_ready"]) == (0.0, 1.0)
    assert found["sixtyfour_requests_total"] == stats.requests
    assert found["sixtyfour_throttled_total"] > 0
    assert found["sixtyfour_rows_total"] == len(outcomes)
    assert found["sixtyfour_cost_cents_total"] == pytest.approx(stats.cost_cents)
    assert found["sixtyfour_lag_seconds_count"] > 0
    assert found["sixtyfour_in_flight"] == 0.0
    assert 'sixtyfour_rows_total{operation="company-intelligence",status="completed",tier="low"} 10.0' in text
    assert "Person" not in text
