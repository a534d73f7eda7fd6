"""Metrics of a runner for Prometheus: hooks count what happens, and a scrape reads what stands now.

client = AsyncClient(hooks=[prometheus_hooks(registry)])
runner = JobRunner(client, journal="app.db")
registry.register(RunnerStats(runner))
app.mount("/metrics", prometheus_client.make_asgi_app(registry))      # FastAPI, Starlette, any ASGI
"""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, Metric
from prometheus_client.core import GaugeMetricFamily

from sixtyfour_async import Hooks, JobEnded, JobHappening, JobParked, JobRunner, MoneyMoved, RequestSent, ResponseSeen

SECONDS = (0.1, 0.5, 1, 2.5, 5, 10, 20, 40, 60, 120, 300, 600, 1200)


def prometheus_hooks(registry: CollectorRegistry) -> Hooks:
    kind = ("operation", "tier")
    requests = Counter("sixtyfour_requests", "Requests used.", registry=registry)
    throttled = Counter("sixtyfour_throttled", "Answers with status 429.", registry=registry)
    rows = Counter("sixtyfour_rows", "Rows that left their job.", (*kind, "status"), registry=registry)
    cents = Counter("sixtyfour_cost_cents", "US cents that count as spent.", kind, registry=registry)
    lag = Histogram("sixtyfour_lag_seconds", "How long an end lay unseen.", kind, buckets=SECONDS, registry=registry)

    def on_request(_: RequestSent) -> None:
        requests.inc()

    def on_response(event: ResponseSeen) -> None:
        throttled.inc(event.status == 429)

    def on_job(event: JobHappening) -> None:
        if isinstance(event, JobEnded | JobParked):
            rows.labels(event.operation, event.tier, event.status).inc()
        if isinstance(event, JobEnded) and event.lag is not None:
            lag.labels(event.operation, event.tier).observe(event.lag)

    def on_money(event: MoneyMoved) -> None:
        if event.to == "charged":
            cents.labels(event.operation, event.tier).inc(event.cents)

    return Hooks(on_request=on_request, on_response=on_response, on_job=on_job, on_money=on_money)


class RunnerStats:
    """Reads the runner when it is scraped."""

    def __init__(self, runner: JobRunner) -> None:
        self.runner = runner

    def describe(self) -> list[Metric]:
        """Return nothing: to register must not read the runner."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now."""
        stats = self.runner.stats()
        for name in ("ready", "outage", "waiting", "in_flight", "last_minute", "reserved_cents", "exposed_cents"):
            yield GaugeMetricFamily(f"sixtyfour_{name}", f"JobRunner.stats().{name}", float(getattr(stats, name)))
