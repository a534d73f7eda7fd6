"""Operations on org charts, from the vendor's older specification only; answers are JSON of unpublished shape.

New code should use `CompanyIntelligence` with ``find_people`` or ``full_org_chart``.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import LONG_ANSWER_TIMEOUT_SECONDS


class GetOrgChartCapabilities(
    Request,
    Operation[JsonValue],
    name="org-chart-filter-capabilities",
    http="GET /org-chart/filter-capabilities",
    standing="documented",
):
    """Return the fields and operators by which an org chart can be filtered.

    Source: the vendor's older specification, org-chart.
    """


class _Chart(Request):
    company_name: str | None = None
    """Name of the company; identify it by this or by one of the next three fields."""
    linkedin_public_id: str | None = None
    """LinkedIn public id, by which to identify the company."""
    linkedin_company_url: str | None = None
    """URL of the company's LinkedIn page, by which to identify it."""
    company_member_id: int | None = None
    """Numeric id, by which to identify the company; undocumented beyond its name."""
    max_iterations: Annotated[int, Field(ge=1, le=20)] | None = None
    """Maximum number of search rounds, 1 to 20; the service's default is 8."""
    max_results: Annotated[int, Field(ge=1, le=50_000)] | None = None
    """Maximum number of people to return, 1 to 50,000; the service's default is not published."""
    include_resolution_debug: bool | None = None
    """Whether to add details of how the company was identified; the service's default is false."""


class FindOrgChartPeople(
    _Chart,
    Operation[JsonValue],
    name="org-chart-find-people",
    http="POST /org-chart/find-people",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Find the people of a company who match a description.

    Run time and price: not published. Source: the vendor's older specification, org-chart.
    """

    people_focus_prompt: Annotated[str, Field(min_length=1)]
    """Whom to look for, in plain words."""


class GetFullOrgChart(
    _Chart,
    Operation[JsonValue],
    name="org-chart-full",
    http="POST /org-chart/full",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Return one page of a company's whole org chart.

    Run time and price: not published. Source: the vendor's older specification, org-chart.
    """

    page: Annotated[int, Field(ge=1)] | None = None
    """Number of the page, from 1; the service's default is 1."""
    page_size: Annotated[int, Field(ge=1, le=500)] | None = None
    """People per page, 1 to 500; the service's default is 50."""
    cursor: str | None = None
    """Cursor from the previous page's answer."""
