"""A client whose spans and metrics end up in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from sixtyfour_async.telemetry import telemetry_hooks


class Exported:
    """Everything that one set of hooks exported."""

    def __init__(self, **options: Any) -> None:
        self._spans, self._reader = InMemorySpanExporter(), InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        meters = MeterProvider([self._reader])
        self.hooks = telemetry_hooks(tracer_provider=self.tracers, meter_provider=meters, **options)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self._spans.get_finished_spans())

    def of_jobs(self) -> list[ReadableSpan]:
        return [span for span in self.spans if span.name.startswith("job ")]

    def attempts(self) -> list[ReadableSpan]:
        return [span for span in self.spans if span.kind.name == "CLIENT"]

    def metrics(self) -> dict[str, list[tuple[Mapping[str, Any], Any]]]:
        """Return the points of each metric: attributes, and the number, or (count, sum) of a histogram."""
        found: dict[str, list[tuple[Mapping[str, Any], Any]]] = {}
        data: Any = self._reader.get_metrics_data()  # None before the first measurement
        for resource in getattr(data, "resource_metrics", ()):
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    points: list[Any] = list(metric.data.data_points)
                    found[metric.name] = [(dict(point.attributes or {}), _value(point)) for point in points]
        return found

    def total(self, name: str) -> float:
        """Return the sum of a counter over all attributes."""
        return float(sum(value for _, value in self.metrics().get(name, ())))


def _value(point: Any) -> Any:
    return (point.count, point.sum) if hasattr(point, "count") else point.value


def attributes_of(span: ReadableSpan) -> dict[str, Any]:
    return dict(span.attributes or {})


def links_of(span: ReadableSpan) -> set[int]:
    return {link.context.span_id for link in span.links}


def id_of(span: ReadableSpan) -> int:
    context = span.get_span_context()
    assert context is not None
    return context.span_id
