"""Operations on the account, and status polls by job id."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.models import AgeStatus, Balance, JobStatus
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import CostUnits


class CheckBalance(Request, Operation[Balance], name="check-balance", http="GET /check-balance"):
    """Return the organization's remaining credits.

    Source: docs.sixtyfour.ai, api-reference, check balance.
    """


class GetUsage(Request, Operation[JsonValue], name="api-usage", http="GET /api/usage", standing="documented"):
    """Return the recent usage of this API key, as JSON of unpublished shape.

    The newest specification no longer lists this route; it may disappear.
    Source: the vendor's older specification.
    """

    time_window: Annotated[int, Field(ge=1)] | None = None
    """How far back to count, in seconds, at least 1; the service's default is 3600."""


class GetJobStatus(Request, Operation[JobStatus], name="job-status", http="GET /job-status/{job_id}"):
    """Poll one job once; returns its status and, when it has completed, its result.

    Every poll counts against the 500 requests a minute; the vendor advises one every 10 seconds. A failed job is
    reported with HTTP 200. Download links in a result expire after 15 minutes; poll again for fresh ones.
    Source: docs.sixtyfour.ai, api-reference, job status.
    """

    job_id: str
    """Id of the job: the ``task_id`` that the submit returned."""
    cost_units: CostUnits | None = None
    """Unit of the charge in the answer, ``cents`` or ``credits``; the service's default is ``cents``."""


class GetAgeStatus(Request, Operation[AgeStatus], name="verify-age-status", http="GET /verify-age/{task_id}"):
    """Poll one age verification once; returns its status and, when it has completed, its result.

    Source: the vendor's specification, verify-age.
    """

    task_id: str
    """Id of the job: the ``task_id`` that `VerifyAge` returned."""
