"""Metrics; the documentation of the package lists them."""

from __future__ import annotations

from http import HTTPStatus

from opentelemetry.metrics import Histogram, Meter

from sixtyfour_async._client.request_events import RequestSent, ResponseSeen
from sixtyfour_async._client.runner_events import (
    JobEnded,
    JobHappening,
    JobLeft,
    JobParked,
    JobResumed,
    JobSubmitted,
    MoneyMoved,
    OfJob,
)
from sixtyfour_async.telemetry.attributes import job_attributes, request_attributes

DURATIONS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""Boundaries in seconds that the HTTP conventions advise."""

WAITS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 600.0, 1200.0)
"""Boundaries in seconds for what takes as long as jobs do."""


class Metrics:
    """Records hook events as metrics."""

    def __init__(self, meter: Meter) -> None:
        def seconds(name: str, text: str, boundaries: tuple[float, ...] = WAITS) -> Histogram:
            return meter.create_histogram(name, "s", text, explicit_bucket_boundaries_advisory=boundaries)

        self._duration = seconds("http.client.request.duration", "Duration of HTTP client requests.", DURATIONS)
        self._waits = seconds("sixtyfour.budget.wait", "Waits of calls for the request budget.")
        self._run_times = seconds("sixtyfour.job.run_time", "How long jobs ran at the service.")
        self._lags = seconds("sixtyfour.job.lag", "How long the ends of jobs lay unseen.")
        self._requests = meter.create_counter("sixtyfour.requests", "{request}", "Requests used.")
        self._throttled = meter.create_counter("sixtyfour.requests.throttled", "{request}", "Answers with status 429.")
        self._ended = meter.create_counter("sixtyfour.rows.ended", "{row}", "Rows that left their job.")
        self._cost = meter.create_counter("sixtyfour.cost", "{cent}", "US cents that count as spent.")
        self._in_flight = meter.create_up_down_counter(
            "sixtyfour.jobs.in_flight", "{job}", "Jobs accepted and not ended."
        )
        self._rows_left: dict[int, int] = {}

    def request(self, event: RequestSent) -> None:
        """Count a request."""
        self._requests.add(1, {"http.request.method": event.method})

    def response(self, event: ResponseSeen) -> None:
        """Record how a request ended."""
        attributes = request_attributes(event)
        self._duration.record(event.seconds, attributes)
        if event.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._throttled.add(1, {"http.request.method": event.method})
        if not event.jobs:
            self._waits.record(event.waited)

    def money(self, event: MoneyMoved) -> None:
        """Count what is spent."""
        if event.to == "charged":
            self._cost.add(event.cents, job_attributes(event) | {"sixtyfour.cost.stated": event.stated})

    def job(self, event: JobHappening) -> None:
        """Record what happened to a job."""
        match event:
            case JobSubmitted() | JobResumed():
                self._rows_left[event.number] = len(event.keys)
                self._in_flight.add(1, job_attributes(event))
            case JobEnded():
                self._end_row(event, event.status)
                self._end_times(event)
            case JobParked():
                self._end_row(event, event.status)
            case JobLeft():
                self._end(event)
            case _:
                pass

    def _end_row(self, event: OfJob, status: str) -> None:
        self._ended.add(1, job_attributes(event) | {"sixtyfour.status": status})
        left = self._rows_left.get(event.number, 0)
        if left > 1:
            self._rows_left[event.number] = left - 1
        else:
            self._end(event)

    def _end(self, event: OfJob) -> None:
        if self._rows_left.pop(event.number, None) is not None:
            self._in_flight.add(-1, job_attributes(event))

    def _end_times(self, event: JobEnded) -> None:
        if event.number in self._rows_left:
            return  # the other rows of the job have yet to come, and it has one run time for all of them
        if event.run_time is not None:
            self._run_times.record(event.run_time, job_attributes(event))
        if event.lag is not None:
            self._lags.record(event.lag, job_attributes(event))
