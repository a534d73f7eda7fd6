"""Questions about the account, and about jobs by their id."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.models import AgeStatus, Balance, JobStatus
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import CostUnits


class CheckBalance(Request, Operation[Balance], name="check-balance", http="GET /check-balance"):
    """Read the credits left. Source: docs.sixtyfour.ai, api-reference, check balance."""


class GetUsage(Request, Operation[JsonValue], name="api-usage", http="GET /api/usage", standing="documented"):
    """Read what this key has used lately; the shape is not published. Source: the vendor's older specification."""

    time_window: Annotated[int, Field(ge=1)] | None = None
    """Seconds to look back; the service's default is 3600."""


class GetJobStatus(Request, Operation[JobStatus], name="job-status", http="GET /job-status/{job_id}"):
    """Look at a job once; counts against the 500 requests a minute.

    Source: docs.sixtyfour.ai, api-reference, job status.
    """

    job_id: str
    cost_units: CostUnits | None = None
    """The unit of the charge in the answer; the service's default is ``cents``."""


class GetAgeStatus(Request, Operation[AgeStatus], name="verify-age-status", http="GET /verify-age/{task_id}"):
    """Look at an age verification once. Source: the vendor's specification, verify-age."""

    task_id: str
