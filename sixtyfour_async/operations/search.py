"""Operations of the search routes: deep search, paged queries, export and download."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import DownloadLink, SearchPage, SearchStatus
from sixtyfour_async.operations._base import JobOperation, Operation, PagedOperation, Request
from sixtyfour_async.operations._exclusions import Exclusions
from sixtyfour_async.operations._fields import (
    QUICK_ANSWER_TIMEOUT_SECONDS,
    Ids,
    Mode,
    require_exactly_one,
    set_fields,
)
from sixtyfour_async.operations._json_types import JsonObject

MaxResults = Annotated[int, Field(ge=1)]
PageSize = Annotated[int, Field(ge=1, le=100)]


class DeepSearch(
    Request,
    Exclusions,
    JobOperation[SearchStatus],
    name="deep-search",
    job="POST /search/start-deep-search",
    retry_safe="key",
    idempotency_field="search_id",
    poll="search-status",
    job_limit="deep-search",
    reports_charge=False,
):
    """Search people or companies by a description in plain words, as a job.

    Takes 30 to 120 seconds by the vendor's skill, 4.5 minutes in its documented example. An organization may run five
    at once; a sixth is answered 429. The result leads to a CSV file (`DownloadSearch`) and to rows (`QuerySearch`).
    Price: not published; a third party saw 0.1 credit per row.
    Source: docs.sixtyfour.ai, api-reference/search/start-deep-search-async.
    """

    query: Annotated[str, Field(min_length=1)]
    """What to search for, in plain words."""
    mode: Mode | None = None
    """Kind of entity to find, ``people`` or ``company``; the service's default is ``people``."""
    max_results: MaxResults | None = None
    """Maximum number of results, at least 1; the service's default is 1000, and `GetSearchLimits` gives the ceiling."""
    search_id: str | None = None
    """A search id of the caller's choice: a repeated submit with the same id starts no second search."""
    output_mode: Literal["csv", "query_only"] | None = None
    """``csv`` writes a file, the service's default; ``query_only`` writes none, and `QuerySearch` reads the rows."""


class GetSearchStatus(
    Request,
    Operation[SearchStatus],
    name="search-status",
    http="GET /search/status/{task_id}",
    fallback="deep-search-status",
):
    """Poll one deep search or export once; returns its status and, when it has completed, its result.

    Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str
    """Id of the job: the ``task_id`` that the submit returned."""


class GetDeepSearchStatus(
    Request, Operation[SearchStatus], name="deep-search-status", http="GET /search/deep-search-status/{task_id}"
):
    """Poll one deep search once, on the older of two routes; `GetSearchStatus` falls back to it on 404.

    Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str
    """Id of the job: the ``task_id`` that the submit returned."""


class DownloadSearch(Request, Operation[DownloadLink], name="search-download", http="GET /search/download"):
    """Return a signed link to the CSV file of a search; the link expires after 15 minutes.

    Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    resource_handle_id: str
    """Handle of the file, from `SearchStatus.resource_handle_id`."""


class _Paged(Request):
    """Fields of both paged searches. Further pages are requested by cursor alone; the service keeps the rest."""

    simple_filters: JsonObject | None = None
    """Filter in MongoDB style, such as ``{"employees_count": {"$gte": 50}}``.

    `GetFilterCapabilities` lists the fields and operators.
    """
    filters: JsonObject | None = None
    """Filter as an OpenSearch query, within the limits that `GetFilterCapabilities` returns."""
    mode: Mode | None = None
    """Kind of entity to find, ``people`` or ``company``; the service's default is ``company``."""
    page_size: PageSize | None = None
    """Rows per page, 1 to 100; the service's default is 10."""
    max_results: MaxResults | None = None
    """Maximum number of rows in all; the service's default is 1000, and `GetSearchLimits` gives the ceiling."""
    cursor: str | None = None
    """The ``next_cursor`` of the previous page; no other field may be passed with it."""

    @model_validator(mode="after")
    def _check_cursor(self) -> Self:
        if self.cursor is not None:
            alone = {"cursor", "extra", "user_id"}
            others = [name for name in set_fields(self, *type(self).model_fields) if name not in alone]
            if others:
                raise ValueError(f"cursor must be passed alone; remove {', '.join(others)}")
        return self

    def page_rows(self, page: SearchPage) -> Sequence[dict[str, JsonValue]]:
        """Return the rows of one page."""
        return page.results

    def next_page(self, page: SearchPage) -> Any:
        """Return the operation for the next page, None after the last; a short or empty page need not be the last."""
        more = page.has_more and page.next_cursor and page.next_cursor != self.cursor
        return type(self)(cursor=page.next_cursor) if more else None

    def row_limit(self) -> int | None:
        """Return ``max_results``, because the last page may go beyond it."""
        return self.max_results


class QuerySearch(
    _Paged,
    Exclusions,
    PagedOperation[SearchPage, dict[str, JsonValue]],
    name="search-query",
    http="POST /search/query",
    in_query=("user_id",),
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Search by filters or plain words, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Pass exactly one of ``simple_filters``, ``filters``, ``parsed_query``, ``search_id`` and ``query``, or ``cursor``
    alone. A request that may have arrived is never repeated automatically, because rows are charged: a third party saw
    0.1 credit per row.
    Source: docs.sixtyfour.ai, api-reference/search/search-query.
    """

    parsed_query: JsonObject | None = None
    """A structured query, as the ``parsed_query`` of an earlier answer."""
    search_id: str | None = None
    """Id of an earlier search to replay; its exclusions are not kept and must be passed again."""
    query: str | None = None
    """What to search for, in plain words; people only."""
    query_label: Annotated[str, Field(max_length=50_000)] | None = None
    """Label of the search, for display only; up to 50,000 characters."""
    persist_history: JsonValue = None
    """Undocumented; passed through. By its name, keeps the search in the history (live specification, 2026)."""
    from_offset: JsonValue = None
    """Undocumented; passed through. By its name, starts at an offset (live specification, September 2026)."""
    output_shape: Literal["raw", "workflow"] | None = None
    """Shape of rows: ``raw`` index rows, the service's default, or ``workflow`` for flat people or companies."""
    selected_company_names: Ids | None = None
    """Names of selected companies, up to 1,000; a hint of the vendor's own dashboard."""
    selected_company_ids: Annotated[Mapping[str, str], Field(max_length=1000)] | None = None
    """Ids of selected companies, a mapping of up to 1,000 entries; a hint of the vendor's own dashboard."""
    expand_structured_location: bool | None = None
    """Whether to include places near a location in ``parsed_query``; the service's default is false."""
    location_expansion_enabled: bool | None = None
    """Whether to include places near a location named in ``query``; the service's default is true."""
    location_expansion_radius_miles: Annotated[int, Field(ge=5, le=200)] | None = None
    """Radius of location expansion in miles, 5 to 200; the service's default is 10."""
    user_id: str | None = None
    """Id of a user of the organization on whose behalf to search (the vendor's specification of May 2026)."""

    def next_page(self, page: SearchPage) -> Any:
        """Return the operation for the next page, on behalf of the same user; None after the last."""
        following = super().next_page(page)
        return following and following.model_copy(update={"user_id": self.user_id})

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if self.cursor is None:
            require_exactly_one(self, "simple_filters", "filters", "parsed_query", "search_id", "query")
        if self.query is not None and self.mode == "company":
            raise ValueError("query applies to people only; use simple_filters for companies")
        return self


class StartFilterSearch(
    _Paged,
    PagedOperation[SearchPage, dict[str, JsonValue]],
    name="filter-search",
    http="POST /search/start-filter-search",
    read_timeout=QUICK_ANSWER_TIMEOUT_SECONDS,
):
    """Search by filters, page by page; `QuerySearch` is its successor.

    Answers synchronously in spite of its name. A request that may have arrived is never repeated automatically:
    assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.
    """

    save_json: bool | None = None
    """Whether to save the results as JSON too; the service's default is false."""


class ExportSearch(
    Request,
    Exclusions,
    JobOperation[SearchStatus],
    name="search-export",
    job="POST /search/export",
    poll="search-status",
    reports_charge=False,
):
    """Write all rows of a search to a CSV file, as a job; `DownloadSearch` returns the link to it.

    Pass ``search_id`` or ``parsed_query``. Answers 409 while an export of the same search is running. Price: not
    published. Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    search_id: str | None = None
    """Id of an earlier search to replay; its exclusions are not kept and must be passed again."""
    parsed_query: JsonObject | None = None
    """A structured query, as the ``parsed_query`` of an earlier answer."""
    mode: Mode | None = None
    """Kind of entity, ``people`` or ``company``; by default that of the stored search, else ``company``."""
    max_results: MaxResults | None = None
    """Maximum number of rows, at least 1; the service's default is 1000."""

    @model_validator(mode="after")
    def _check_source(self) -> Self:
        if not set_fields(self, "search_id", "parsed_query"):
            raise ValueError("pass search_id, or the parsed_query of an earlier answer")
        return self
