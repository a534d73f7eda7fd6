"""Operations around searching: filterable fields, suggestions, limits, history. None of them is known to be charged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue

from sixtyfour_async.models import FieldValues, FilterCapabilities, SearchLimits, SearchTitle, Suggestions
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations._base import Operation, PagedOperation, Request
from sixtyfour_async.operations._fields import Mode
from sixtyfour_async.operations._json_types import JsonObject


class GetFilterCapabilities(
    Request, Operation[FilterCapabilities], name="filter-capabilities", http="GET /search/filter-capabilities"
):
    """Return the fields and operators that search filters may use, and how large a filter may be.

    Source: docs.sixtyfour.ai, api-reference/search/filter-search.
    """

    mode: Mode | None = None
    """Kind of entity to describe, ``people`` or ``company``; the service's default is not published."""
    refresh: bool | None = None
    """Whether to bypass the service's cache; the service's default is false."""


class GetFieldValues(
    Request,
    Operation[FieldValues],
    name="filter-field-values",
    http="POST /search/filter-field-values",
    retry_safe="always",  # a read
):
    """Return the most frequent values of one field, with counts and ready-made filters.

    Source: docs.sixtyfour.ai, api-reference/search/filter-search.
    """

    field: Annotated[str, Field(min_length=1)]
    """Name of the field, as `GetFilterCapabilities` lists it."""
    mode: Mode | None = None
    """Kind of entity, ``people`` or ``company``; the service's default is ``company``."""
    top_k: Annotated[int, Field(ge=1, le=100)] | None = None
    """Number of values to return, 1 to 100; the service's default is 25."""
    filters: JsonObject | None = None
    """OpenSearch query that limits which entities are counted; all of them when not sent."""
    simple_filters: JsonObject | None = None
    """The same in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``."""


class Autocomplete(
    Request,
    Operation[Suggestions],
    name="autocomplete",
    http="POST /search/autocomplete",
    retry_safe="always",  # a read
):
    """Return completions of a partial value of one field.

    Source: the vendor's specification, search/autocomplete.
    """

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
    """The field whose values to complete."""
    query: Annotated[str, Field(min_length=1, max_length=250)]
    """Beginning of the value, 1 to 250 characters."""
    size: Annotated[int, Field(ge=1, le=50)] | None = None
    """Number of suggestions to return, 1 to 50; the service's default is 50."""
    mode: Mode | None = None
    """Kind of entity, ``people`` or ``company``; the service's default is ``people``."""
    location_expansion_enabled: bool | None = None
    """Whether to include places near a matching location; the service's default is true."""
    location_expansion_radius_miles: Annotated[int, Field(ge=5, le=200)] | None = None
    """Radius of that expansion in miles, 5 to 200; the service's default is 10."""


class GenerateTitle(
    Request,
    Operation[SearchTitle],
    name="generate-title",
    http="POST /search/generate-title",
    retry_safe="always",  # stores nothing
):
    """Generate a short title for a search.

    Source: the vendor's specification, search/generate-title.
    """

    parsedQuery: Annotated[JsonObject, Field(max_length=50)]  # noqa: N815 (the service's own word)
    """The search, as the ``parsed_query`` of an earlier answer; at most 50 keys."""
    entityMode: Mode | None = None  # noqa: N815 (the service's own word)
    """Kind of entity searched for, ``people`` or ``company``; the service's default is ``people``."""


class GetSearchLimits(Request, Operation[SearchLimits], name="search-limits", http="GET /search/limits"):
    """Return the largest ``max_results`` that this credential may request.

    Source: the vendor's specification, search/limits.
    """


Timestamp = datetime | str
"""A point in time, as a `datetime` or as ISO 8601 text."""


class ListSearchHistory(
    Request,
    PagedOperation[dict[str, JsonValue], dict[str, JsonValue]],
    name="search-history",
    http="GET /search/history",
):
    """List past searches, newest first, page by page; ``.rows(…)`` yields them one by one.

    History belongs to a user, so an API key may see none. The shape is not published: rows and cursor are read from
    the service's usual keys (assumed). Source: the vendor's specification, search/history.
    """

    limit: Annotated[int, Field(ge=1, le=250)] | None = None
    """Searches per page, 1 to 250; the service's default is 25."""
    status: Literal["all", "success", "failed", "in_progress"] | None = None
    """Which searches to list by outcome; the service's default is not published."""
    kind: Literal["all", "favourites", "deep_search"] | None = None
    """Which searches to list by kind; the service's default is not published."""
    query_text: str | None = None
    """Text that the query of a listed search must contain."""
    sort_by: Literal["timestamp", "cost", "duration"] | None = None
    """Sort key; the service's default is not published."""
    sort_dir: Literal["asc", "desc"] | None = None
    """Sort direction; the service's default is ``desc``."""
    cursor: str | None = None
    """The ``next_cursor`` of the previous page."""
    from_: Timestamp | None = Field(None, serialization_alias="from")
    """Earliest time of a listed search; sent as ``from``, which is a keyword in Python."""
    to: Timestamp | None = None
    """Latest time of a listed search."""

    def page_rows(self, page: Any) -> Sequence[dict[str, JsonValue]]:
        """Return the rows of one page."""
        found = next((rows for key in ("searches", "results", "items", "history") if (rows := page.get(key))), None)
        return [row for row in map(json_object, json_array(found) or []) if row is not None]

    def next_page(self, page: Any) -> Any:
        """Return the operation for the page after this one; None after the last."""
        cursor = page.get("next_cursor")
        more = page.get("has_more", True) and isinstance(cursor, str) and cursor != self.cursor
        return self.model_copy(update={"cursor": cursor}) if more else None


class DeleteSearchHistory(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-delete-all",
    http="DELETE /search/history",
    retry_safe="always",  # deleting twice changes nothing
):
    """Delete the whole search history.

    Source: the vendor's specification, search/history.
    """


class GetSearchVolume(
    Request, Operation[dict[str, JsonValue]], name="search-history-volume", http="GET /search/history/volume"
):
    """Return the number of past searches over time, as a JSON object of unpublished shape.

    Source: the vendor's specification, search/history.
    """

    from_: Timestamp = Field(serialization_alias="from")
    """Beginning of the period; sent as ``from``, which is a keyword in Python."""
    to: Timestamp
    """End of the period."""


class GetPastSearch(
    Request, Operation[dict[str, JsonValue]], name="search-history-get", http="GET /search/history/{search_id}"
):
    """Return one past search, with ``search.query``, ``search.parsed_query`` and ``search.search_mode``.

    Answers 404 for searches of other organizations. Source: the vendor's specification, search/history.
    """

    search_id: str
    """Id of the search."""


class DeletePastSearch(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-delete",
    http="DELETE /search/history/{search_id}",
    retry_safe="always",  # deleting twice changes nothing
):
    """Delete one past search from the history.

    Source: the vendor's specification, search/history.
    """

    search_id: str
    """Id of the search."""


class MarkFavourite(
    Request,
    Operation[dict[str, JsonValue]],
    name="search-history-favourite",
    http="PATCH /search/history/{search_id}/favourite",
    retry_safe="always",  # an absolute value
):
    """Mark a past search as a favourite, or remove the mark.

    Source: the vendor's specification, search/history.
    """

    search_id: str
    """Id of the search."""
    favourite: bool
    """True to mark the search, false to remove the mark."""
