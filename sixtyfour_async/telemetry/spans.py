"""Spans: one for each attempt of a request, one for each job; the documentation of the package describes them.

A hook is called when an attempt has ended, so its span is made then and given the time at which it began. The span of
the caller is current in the task that sends, and becomes its parent.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache

from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode, Tracer, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from sixtyfour_async._client.request_events import ResponseSeen
from sixtyfour_async._client.runner_events import (
    JobDelivered,
    JobDivided,
    JobEnded,
    JobHappening,
    JobLeft,
    JobParked,
    JobPolled,
    JobQueued,
    JobResumed,
    JobSending,
    JobSubmitted,
)
from sixtyfour_async.operations import REGISTRY
from sixtyfour_async.telemetry.attributes import error_type, job_attributes, request_attributes

NANOSECONDS = 1_000_000_000

PROPAGATOR = TraceContextTextMapPropagator()


@dataclass(slots=True)
class OpenJob:
    """The span of a job that has not ended.

    Attributes:
        span: Its span.
        rows: Rows that have not left it.
        wait: The span of its waiting, until it is sent.
        cost_cents: What was charged for the rows that have.
    """

    span: Span
    rows: int
    wait: Span | None = None
    cost_cents: float = 0.0

    def end(self) -> None:
        """End its spans."""
        self.stop_waiting()
        self.span.end()

    def stop_waiting(self) -> None:
        """End the span of its waiting."""
        if self.wait is not None:
            self.wait.end()
            self.wait = None


class Spans:
    """Records hook events as spans.

    Args:
        tracer: Makes them.
        row_keys: Whether rows' keys are recorded.
    """

    def __init__(self, tracer: Tracer, *, row_keys: bool) -> None:
        self._tracer = tracer
        self._row_keys = row_keys
        self._open: dict[int, OpenJob] = {}

    # --- attempts -----------------------------------------------------------------------------------------------

    def response(self, event: ResponseSeen) -> None:
        """Record an attempt."""
        ended_at = time.time_ns()
        jobs = [self._open[number] for number in event.jobs if number in self._open]
        span = self._tracer.start_span(
            span_name(event),
            kind=SpanKind.CLIENT,
            attributes=request_attributes(event) | {"url.full": event.url},
            links=[Link(job.span.get_span_context()) for job in jobs],
            start_time=ended_at - int(event.seconds * NANOSECONDS),
        )
        if event.resends:
            span.set_attribute("http.request.resend_count", event.resends)
        if event.waited > 0:
            span.set_attribute("sixtyfour.budget.wait", event.waited)
        if event.request_id is not None:
            span.set_attribute("sixtyfour.request.id", event.request_id)
        if error_type(event) is not None:
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_at)

    # --- jobs ---------------------------------------------------------------------------------------------------

    def traceparent(self, event: JobSubmitted) -> str | None:
        """Return what the next run needs in order to link to this job's span."""
        job = self._open.get(event.number)
        carrier: dict[str, str] = {}
        if job is not None:
            PROPAGATOR.inject(carrier, set_span_in_context(job.span))
        return carrier.get("traceparent")

    def job(self, event: JobHappening) -> None:
        """Record what happened to a job."""
        if isinstance(event, JobQueued | JobResumed):
            self._open[event.number] = self._begin(event)
            return
        job = self._open.get(event.number)
        if job is None:
            return
        match event:
            case JobSending():
                job.stop_waiting()
                job.span.add_event("submit", {"sixtyfour.attempt": event.attempt, "sixtyfour.waited": event.waited})
            case JobSubmitted():
                job.span.set_attribute("sixtyfour.job.id", event.job_id or "")
                job.span.add_event("accepted")
            case JobPolled():
                job.span.add_event("polled", _poll_attributes(event))
            case JobDelivered():
                job.span.add_event("delivered", {"sixtyfour.job.state": str(event.state)})
            case JobEnded() | JobParked():
                self._end_row(job, event)
            case JobDivided() | JobLeft():
                name = "sixtyfour.job.left" if isinstance(event, JobLeft) else "sixtyfour.job.divided"
                job.span.set_attribute(name, True)
                self._open.pop(event.number).end()

    def _begin(self, event: JobQueued | JobResumed) -> OpenJob:
        attributes: dict[str, str | int | bool] = {**job_attributes(event), "sixtyfour.job.rows": len(event.keys)}
        if self._row_keys:
            attributes["sixtyfour.row.key"] = event.key
        if isinstance(event, JobResumed):
            attributes |= {"sixtyfour.job.resumed": True, "sixtyfour.job.id": event.job_id or ""}
        links = _links_to(event.carried) if isinstance(event, JobResumed) else []
        span = self._tracer.start_span(f"job {event.operation}", attributes=attributes, links=links)
        job = OpenJob(span, len(event.keys))
        if isinstance(event, JobQueued):
            reason = {"sixtyfour.wait.reason": event.waits_for}
            job.wait = self._tracer.start_span("wait", set_span_in_context(span), attributes=reason)
        return job

    def _end_row(self, job: OpenJob, event: JobEnded | JobParked) -> None:
        span = job.span
        span.set_attribute("sixtyfour.job.status", event.status)
        problem = None if event.status == "completed" else event.status
        if isinstance(event, JobParked):
            problem = event.error or event.status
        elif event.cost_cents is not None:
            job.cost_cents += event.cost_cents
            span.set_attribute("sixtyfour.job.cost", job.cost_cents)
        if problem is not None:
            span.set_attribute("error.type", problem)
            span.set_status(Status(StatusCode.ERROR))
        if isinstance(event, JobEnded):
            times = {"sixtyfour.job.run_time": event.run_time, "sixtyfour.job.lag": event.lag}
            span.set_attributes({name: seconds for name, seconds in times.items() if seconds is not None})
        job.rows -= 1
        if job.rows <= 0:
            self._open.pop(event.number).end()


def span_name(event: ResponseSeen) -> str:
    """Return method and route of a request; its method alone where the route is the caller's own and may hold ids."""
    return event.operation if event.operation in _routes() else event.method


@cache
def _routes() -> frozenset[str]:
    endpoints = [operation.endpoint for operation in REGISTRY.values()]
    return frozenset(str(route) for one in endpoints for route in (one.route, one.job) if route is not None)


def _poll_attributes(event: JobPolled) -> dict[str, str]:
    if event.error is not None:
        return {"error.type": event.error}
    return {} if event.state is None else {"sixtyfour.job.state": str(event.state)}


def _links_to(carried: str | None) -> list[Link]:
    if carried is None:
        return []
    context = get_current_span(PROPAGATOR.extract({"traceparent": carried})).get_span_context()
    return [Link(context)] if context.is_valid else []
