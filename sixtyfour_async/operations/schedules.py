"""Operations on schedules, which run workflows at set times. Source of all: the vendor's specification, schedules."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import Rows, Schedule
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import require_exactly_one

Name = Annotated[str, Field(min_length=1, max_length=120)]
"""1 to 120 characters."""

Cron = Annotated[str, Field(pattern=r"^\s*(\S+\s+){4}\S+\s*$")]
"""Five fields: minute, hour, day of month, month, day of week."""


class CreateSchedule(Request, Operation[Schedule], name="schedule-create", http="POST /schedules"):
    """Create a schedule that runs a workflow at set times; each run is billed as usual.

    The request is never repeated automatically, because two schedules would run the workflow twice.
    Source: the vendor's specification, schedules.
    """

    workflow_id: str
    """Id of the workflow to run."""
    name: Name
    """Name of the schedule, 1 to 120 characters."""
    cron_expression: Cron
    """When to run, as five cron fields: minute, hour, day of month, month, day of week; such as ``0 7 * * 1``."""
    timezone: str | None = None
    """Time zone of the cron expression, as an IANA name such as ``Europe/Berlin``; the service's default is ``UTC``."""
    description: str | None = None
    """Description of the schedule, for people."""
    is_active: bool | None = None
    """Whether the schedule starts active; the service's default is true."""


class ListSchedules(Request, Operation[Rows[Schedule]], name="schedules", http="GET /schedules"):
    """List the schedules of one workflow, or of all.

    Source: the vendor's specification, schedules.
    """

    workflow_id: str | None = None
    """Id of the workflow whose schedules to list; all workflows when not sent."""


class GetSchedule(Request, Operation[Schedule], name="schedule", http="GET /schedules/{schedule_id}"):
    """Return one schedule.

    Source: the vendor's specification, schedules.
    """

    schedule_id: str
    """Id of the schedule."""


class UpdateSchedule(
    Request,
    Operation[Schedule],
    name="schedule-update",
    http="PATCH /schedules/{schedule_id}",
    retry_safe="always",  # absolute values
):
    """Change the given fields of a schedule and leave the others.

    Reactivating a schedule binds it to the caller's credential and clears its ``disabled_reason``.
    Source: the vendor's specification, schedules.
    """

    schedule_id: str
    """Id of the schedule."""
    name: Name | None = None
    """New name, 1 to 120 characters."""
    cron_expression: Cron | None = None
    """New times, as five cron fields: minute, hour, day of month, month, day of week."""
    timezone: str | None = None
    """New time zone of the cron expression, as an IANA name."""
    description: str | None = None
    """New description, for people."""
    is_active: bool | None = None
    """Whether the schedule is active; false pauses it."""


class DeleteSchedule(
    Request,
    Operation[dict[str, JsonValue]],
    name="schedule-delete",
    http="DELETE /schedules/{schedule_id}",
    retry_safe="always",  # deleting twice changes nothing
):
    """Delete a schedule.

    Source: the vendor's specification, schedules.
    """

    schedule_id: str
    """Id of the schedule."""


class DisableBoundSchedules(
    Request,
    Operation[JsonValue],
    name="schedules-disable-bound",
    http="POST /schedules/disable-bound",
    retry_safe="always",  # pausing twice changes nothing
    standing="documented",
):
    """Pause every schedule that is bound to one API key or to one person.

    Meant for keys that were revoked and people who have left. Source: the vendor's older specification, schedules.
    """

    api_key_id: int | None = None
    """Numeric id of the API key; pass this or ``created_by``."""
    created_by: str | None = None
    """Id of the person; pass this or ``api_key_id``."""
    team_id: str | None = None
    """Id of the team to which the person's schedules are limited; only with ``created_by``."""

    @model_validator(mode="after")
    def _check_owner(self) -> Self:
        require_exactly_one(self, "api_key_id", "created_by")
        if self.team_id is not None and self.created_by is None:
            raise ValueError("team_id can only be combined with created_by")
        return self


class CountActiveSchedules(
    Request,
    Operation[JsonValue],
    name="schedules-active-counts",
    http="GET /schedules/active-counts",
    standing="documented",
):
    """Return the numbers of active schedules, as JSON of unpublished shape.

    Source: the vendor's older specification, schedules.
    """
