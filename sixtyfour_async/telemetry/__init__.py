"""OpenTelemetry for a client and its runners: spans and metrics, from the same events that every hook receives.

::

    from sixtyfour_async.telemetry import telemetry_hooks

    async with AsyncClient(hooks=[telemetry_hooks()]) as client, JobRunner(client, journal="run.db") as runner:
        ...

Needs the extra ``otel``, which is the API of OpenTelemetry alone; what is exported, and where to, your application
decides by the SDK that it sets up. Nothing is recorded of what was asked about a person or a company, of answers, keys
or signed links; the values in the query of a URL are redacted.

**A span for each attempt**, of kind client, by the stable HTTP conventions: ``http.request.method``, ``url.full``,
``server.address``, ``server.port``, ``http.response.status_code``, ``error.type``, ``http.request.resend_count``; with
``sixtyfour.budget.wait``, the seconds that it waited for the request budget, if it did. It is a child of the span that
is current where a call is made. One that a runner sends is linked to the spans of the jobs that it is about. Downloads
of signed links have none.

**A span for each job**, ``job <operation>``: from the moment when it is queued until its last row has ended, a child of
the span that is current where `JobRunner.run` is called. Its child ``wait`` is the time until it may be submitted, for
the request budget (``rate``) or what else ``sixtyfour.wait.reason`` names. Submits, polls, deliveries are its events.
Where the runner is closed on a job, its span ends with ``sixtyfour.job.left``. The run that takes the job over begins
another span with a link to the first, which the journal keeps: also after a crash.

==================================  ==============  ================================================================
attribute of a job's span           type            meaning
==================================  ==============  ================================================================
``sixtyfour.operation``             string          such as ``company-intelligence``
``sixtyfour.tier``                  string          such as ``low``; absent when it has none
``sixtyfour.job.id``                string          the service's id, once accepted
``sixtyfour.job.rows``              int             rows that it answers
``sixtyfour.job.resumed``           bool            submitted by an earlier run
``sixtyfour.job.left``              bool            it had not ended when the runner was closed
``sixtyfour.job.status``            string          of its last row, as `Outcome.status` has it
``sixtyfour.job.cost``              double          US cents that the service stated
``sixtyfour.job.run_time``          double          seconds that it ran
``sixtyfour.job.lag``               double          seconds that its end lay unseen
``sixtyfour.row.key``               string          key of the first row, with ``row_keys=True`` only
``error.type``                      string          the status of a row without an answer, or the error of a parked one
==================================  ==============  ================================================================

==================================  ================  =========  ===================================================
metric                              instrument        unit       attributes
==================================  ================  =========  ===================================================
``http.client.request.duration``    histogram         s          those of the HTTP conventions
``sixtyfour.requests``              counter           {request}  requests used, of every kind, cancelled ones included
``sixtyfour.requests.throttled``    counter           {request}  answered with 429
``sixtyfour.budget.wait``           histogram         s          waits of a client's own calls for the request budget
``sixtyfour.jobs.in_flight``        up-down counter   {job}      operation, tier; accepted and not ended
``sixtyfour.rows.ended``            counter           {row}      operation, tier, status
``sixtyfour.job.run_time``          histogram         s          operation, tier
``sixtyfour.job.lag``               histogram         s          operation, tier
``sixtyfour.cost``                  counter           {cent}     operation, tier, ``sixtyfour.cost.stated``
==================================  ================  =========  ===================================================
"""

from __future__ import annotations

try:
    from opentelemetry.metrics import MeterProvider, get_meter
    from opentelemetry.trace import TracerProvider, get_tracer
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "sixtyfour_async.telemetry needs an extra: pip install 'sixtyfour_async[otel]'", name=error.name
    ) from error

from sixtyfour_async._client.hooks import Hooks
from sixtyfour_async._client.request_events import ResponseSeen
from sixtyfour_async._client.runner_events import JobHappening
from sixtyfour_async.telemetry.metrics import Metrics
from sixtyfour_async.telemetry.spans import Spans

__all__ = ["telemetry_hooks"]

NAME = "sixtyfour_async"
"""The instrumentation scope."""


def telemetry_hooks(
    *,
    tracer_provider: TracerProvider | None = None,
    meter_provider: MeterProvider | None = None,
    row_keys: bool = False,
) -> Hooks:
    """Return hooks that record spans and metrics; for one client, with all of its runners.

    Args:
        tracer_provider: Where spans go; by default the global provider.
        meter_provider: Where metrics go; by default the global provider.
        row_keys: Record the keys of rows. They are yours, so that only you know whether they name a person.
    """
    spans = Spans(get_tracer(NAME, tracer_provider=tracer_provider), row_keys=row_keys)
    metrics = Metrics(get_meter(NAME, meter_provider=meter_provider))

    def on_response(event: ResponseSeen) -> None:
        spans.response(event)
        metrics.response(event)

    def on_job(event: JobHappening) -> None:
        spans.job(event)
        metrics.job(event)

    return Hooks(
        on_request=metrics.request,
        on_response=on_response,
        on_job=on_job,
        on_money=metrics.money,
        carry=spans.traceparent,
    )
