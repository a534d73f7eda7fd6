"""Questions about schedules: workflows that run by the clock. Source of all: the vendor's specification, schedules."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import Rows, Schedule
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import need_one

Name = Annotated[str, Field(min_length=1, max_length=120)]
Cron = Annotated[str, Field(pattern=r"^\s*(\S+\s+){4}\S+\s*$")]
"""Five fields: minute, hour, day of month, month, day of week."""


class CreateSchedule(Request, Operation[Schedule], name="schedule-create", http="POST /schedules"):
    """Run a workflow by the clock. Never sent twice by itself: two schedules would run it twice."""

    workflow_id: str
    name: Name
    cron_expression: Cron
    timezone: str | None = None
    """An IANA name; the service's default is ``UTC``."""
    description: str | None = None
    is_active: bool | None = None


class ListSchedules(Request, Operation[Rows[Schedule]], name="schedules", http="GET /schedules"):
    """List schedules, of one workflow or of all."""

    workflow_id: str | None = None


class GetSchedule(Request, Operation[Schedule], name="schedule", http="GET /schedules/{schedule_id}"):
    """Read one schedule."""

    schedule_id: str


class UpdateSchedule(
    Request,
    Operation[Schedule],
    name="schedule-update",
    http="PATCH /schedules/{schedule_id}",
    retry_safe="always",  # absolute values
):
    """Change what is given of a schedule; switching it on again binds it to the caller."""

    schedule_id: str
    name: Name | None = None
    cron_expression: Cron | None = None
    timezone: str | None = None
    description: str | None = None
    is_active: bool | None = None


class DeleteSchedule(
    Request,
    Operation[dict[str, JsonValue]],
    name="schedule-delete",
    http="DELETE /schedules/{schedule_id}",
    retry_safe="always",  # what is gone is gone
):
    """Delete a schedule."""

    schedule_id: str


class DisableBoundSchedules(
    Request,
    Operation[JsonValue],
    name="schedules-disable-bound",
    http="POST /schedules/disable-bound",
    retry_safe="always",  # what is paused stays paused
    standing="documented",
):
    """Pause every schedule of a key that was revoked, or of a person who has left."""

    api_key_id: int | None = None
    created_by: str | None = None
    team_id: str | None = None
    """Only that person's schedules in one team."""

    @model_validator(mode="after")
    def _one_principal(self) -> Self:
        need_one(self, "api_key_id", "created_by")
        if self.team_id is not None and self.created_by is None:
            raise ValueError("team_id goes with created_by")
        return self


class CountActiveSchedules(
    Request,
    Operation[JsonValue],
    name="schedules-active-counts",
    http="GET /schedules/active-counts",
    standing="documented",
):
    """Count active schedules; the shape is not published."""
