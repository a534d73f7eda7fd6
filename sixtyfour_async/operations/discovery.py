"""Small questions around searching: what can be filtered by, suggestions, limits, history. None of them is charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from sixtyfour_async.models import FieldValues, FilterCapabilities, SearchLimits, SearchTitle, Suggestions
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations._base import Operation, PagedOperation, Request
from sixtyfour_async.operations._fields import JsonObject, Mode


class GetFilterCapabilities(
    Request, Operation[FilterCapabilities], name="filter-capabilities", http="GET /search/filter-capabilities"
):
    """Read which fields and operators a filter may use.

    Source: docs.sixtyfour.ai, api-reference/search/filter-search.
    """

    mode: Mode | None = None
    refresh: bool | None = None


class GetFieldValues(
    Request,
    Operation[FieldValues],
    name="filter-field-values",
    http="POST /search/filter-field-values",
    retry_safe="always",  # reads
):
    """Read the most frequent values of a field. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    field: Annotated[str, Field(min_length=1)]
    mode: Mode | None = None
    """The service's default is ``company``."""
    top_k: Annotated[int, Field(ge=1, le=100)] | None = None
    """The service's default is 25."""
    filters: JsonObject | None = None
    """Counts only what these let through."""
    simple_filters: JsonObject | None = None


class Autocomplete(
    Request,
    Operation[Suggestions],
    name="autocomplete",
    http="POST /search/autocomplete",
    retry_safe="always",  # reads
):
    """Complete the beginning of a word in a field. Source: the vendor's specification, search/autocomplete."""

    field: Literal[
        "company_name",
        "job_title",
        "school_name",
        "degree",
        "field_of_study",
        "industry",
        "location",
        "certification",
        "languages",
        "technologies_used.technology",
        "funding_rounds.lead_investors",
    ]
    query: Annotated[str, Field(min_length=1, max_length=250)]
    size: Annotated[int, Field(ge=1, le=50)] | None = None
    """The service's default is 50."""
    mode: Mode | None = None
    """The service's default is ``people``."""
    location_expansion_enabled: bool | None = None
    location_expansion_radius_miles: Annotated[int, Field(ge=5, le=200)] | None = None


class GenerateTitle(
    Request,
    Operation[SearchTitle],
    name="generate-title",
    http="POST /search/generate-title",
    retry_safe="always",  # writes a title and stores nothing
):
    """Have a title written for a search. Source: the vendor's specification, search/generate-title."""

    parsedQuery: Annotated[JsonObject, Field(max_length=50)]  # noqa: N815 (the service's own word)
    entityMode: Mode | None = None  # noqa: N815 (the service's own word)


class GetSearchLimits(Request, Operation[SearchLimits], name="search-limits", http="GET /search/limits"):
    """Read how many results this key may ask for. Source: the vendor's specification, search/limits."""


Moment = datetime | str


class ListSearchHistory(
    Request,
    PagedOperation[dict[str, JsonValue], dict[str, JsonValue]],
    name="search-history",
    http="GET /search/history",
):
    """List past searches, newest first; per user, so that a bare key may see none. The shape is not published.

    Rows and cursor are looked for under the service's usual names. Source: the vendor's specification, search/history.
    """

    limit: Annotated[int, Field(ge=1, le=250)] | None = None
    """The service's default is 25."""
    status: Literal["all", "success", "failed", "in_progress"] | None = None
    kind: Literal["all", "favourites", "deep_search"] | None = None
    query_text: str | None = None
    sort_by: Literal["timestamp", "cost", "duration"] | None = None
    sort_dir: Literal["asc", "desc"] | None = None
    cursor: str | None = None
    from_: Moment | None = Field(None, serialization_alias="from")
    """``from`` is no name in Python."""
    to: Moment | None = None

    def page_rows(self, page: Any) -> Sequence[dict[str, JsonValue]]:
        """Read the rows of one page."""
        found = next((rows for key in ("searches", "results", "items", "history") if (rows := page.get(key))), None)
        return [row for row in map(json_object, json_array(found) or []) if row is not None]

    def next_page(self, page: Any) -> Any:
        """Make the question for the next page."""
        cursor = page.get("next_cursor")
        more = page.get("has_more", True) and isinstance(cursor, str) and cursor != self.cursor
        return self.model_copy(update={"cursor": cursor}) if more else None


class DeleteSearchHistory(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-delete-all",
    http="DELETE /search/history",
    retry_safe="always",  # what is gone is gone
):
    """Forget all past searches. Source: the vendor's specification, search/history."""


class GetSearchVolume(
    Request, Operation[dict[str, JsonValue]], name="search-history-volume", http="GET /search/history/volume"
):
    """Count past searches over time; the shape is not published. Source: the vendor's specification, search/history."""

    from_: Moment = Field(serialization_alias="from")
    """``from`` is no name in Python."""
    to: Moment


class GetPastSearch(
    Request, Operation[dict[str, JsonValue]], name="search-history-get", http="GET /search/history/{search_id}"
):
    """Read one past search: ``search.query``, ``search.parsed_query``, ``search.search_mode``.

    404 for ids of others. Source: the vendor's specification, search/history.
    """

    search_id: str


class DeletePastSearch(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-delete",
    http="DELETE /search/history/{search_id}",
    retry_safe="always",  # what is gone is gone
):
    """Forget one past search. Source: the vendor's specification, search/history."""

    search_id: str


class MarkFavourite(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-favourite",
    http="PATCH /search/history/{search_id}/favourite",
    retry_safe="always",  # an absolute value
):
    """Mark a past search as a favourite, or not. Source: the vendor's specification, search/history."""

    search_id: str
    favourite: bool
