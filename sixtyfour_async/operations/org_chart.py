"""Questions about who works under whom. Source of all: the vendor's older specification; answers are free objects.

Newer callers ask company-intelligence with ``find_people`` or ``full_org_chart``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import LONG


class GetOrgChartCapabilities(
    Request,
    Operation[JsonValue],
    name="org-chart-filter-capabilities",
    http="GET /org-chart/filter-capabilities",
    standing="documented",
):
    """Read what an org chart can be filtered by."""


class _Chart(Request):
    company_name: str | None = None
    linkedin_public_id: str | None = None
    linkedin_company_url: str | None = None
    company_member_id: int | None = None
    max_iterations: Annotated[int, Field(ge=1, le=20)] | None = None
    """The service's default is 8."""
    max_results: Annotated[int, Field(ge=1, le=50_000)] | None = None
    include_resolution_debug: bool | None = None


class FindOrgChartPeople(
    _Chart,
    Operation[JsonValue],
    name="org-chart-find-people",
    http="POST /org-chart/find-people",
    read_timeout=LONG,
    standing="documented",
):
    """Find the people of a company that a text describes."""

    people_focus_prompt: Annotated[str, Field(min_length=1)]


class GetFullOrgChart(
    _Chart,
    Operation[JsonValue],
    name="org-chart-full",
    http="POST /org-chart/full",
    read_timeout=LONG,
    standing="documented",
):
    """Read a company's whole chart, page by page."""

    page: Annotated[int, Field(ge=1)] | None = None
    page_size: Annotated[int, Field(ge=1, le=500)] | None = None
    """The service's default is 50."""
    cursor: str | None = None
