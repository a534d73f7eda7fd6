"""Questions to the search routes: deep search, page by page, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import DownloadLink, SearchPage, SearchStatus
from sixtyfour_async.operations._base import JobOperation, Operation, PagedOperation, Request
from sixtyfour_async.operations._fields import QUICK, Exclusions, Ids, JsonObject, Mode, given, need_one

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
    """Search people or companies in depth: 30 to 120 s by the vendor's skill, 4.5 minutes in its documented example.

    Five may run at once per organization; a sixth is answered 429. Source: docs.sixtyfour.ai,
    api-reference/search/start-deep-search-async. The price was seen as 0.1 credit per row by a third party.
    """

    query: Annotated[str, Field(min_length=1)]
    mode: Mode | None = None
    """The service's default is ``people``."""
    max_results: MaxResults | None = None
    """The service's default is 1000."""
    search_id: str | None = None
    """An id of your own: with it the same search can safely be sent twice."""
    output_mode: Literal["csv", "query_only"] | None = None
    """``query_only`` writes no file: read the rows with `QuerySearch`."""


class GetSearchStatus(
    Request,
    Operation[SearchStatus],
    name="search-status",
    http="GET /search/status/{task_id}",
    fallback="deep-search-status",
):
    """Look at a deep search or an export once. Source: docs.sixtyfour.ai, api-reference/search/deep-search-status."""

    task_id: str


class GetDeepSearchStatus(
    Request, Operation[SearchStatus], name="deep-search-status", http="GET /search/deep-search-status/{task_id}"
):
    """Look at a deep search once, on the route that one specification prefers to `GetSearchStatus`.

    Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str


class DownloadSearch(Request, Operation[DownloadLink], name="search-download", http="GET /search/download"):
    """Get a signed link to a search's CSV file; it lives 15 minutes.

    Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    resource_handle_id: str


class _Paged(Request):
    """What both searches by page have: after the first page only the cursor is sent, the rest sticks to it."""

    simple_filters: JsonObject | None = None
    """``{"employees_count": {"$gte": 50}}``; fields and operators are told by ``filter_capabilities``."""
    filters: JsonObject | None = None
    """OpenSearch's own language, within the limits that ``filter_capabilities`` tells."""
    mode: Mode | None = None
    """The service's default is ``company``."""
    page_size: PageSize | None = None
    """The service's default is 10."""
    max_results: MaxResults | None = None
    cursor: str | None = None
    """The ``next_cursor`` of a page, and nothing else beside it: the question for the page after that one."""

    @model_validator(mode="after")
    def _cursor_alone(self) -> Self:
        if self.cursor is not None:
            beside = [name for name in given(self, *type(self).model_fields) if name not in {"cursor", "extra"}]
            if beside:
                raise ValueError(f"send only the cursor for a further page, without {', '.join(beside)}")
        return self

    def page_rows(self, page: SearchPage) -> Sequence[dict[str, JsonValue]]:
        """Read the rows of one page."""
        return page.results

    def next_page(self, page: SearchPage) -> Any:
        """Make the question for the next page; a short or empty page is not the last one."""
        more = page.has_more and page.next_cursor and page.next_cursor != self.cursor
        return type(self)(cursor=page.next_cursor) if more else None

    def row_limit(self) -> int | None:
        """Say where to cut: the last page may overshoot."""
        return self.max_results


class QuerySearch(
    _Paged,
    Exclusions,
    PagedOperation[SearchPage, dict[str, JsonValue]],
    name="search-query",
    http="POST /search/query",
    read_timeout=QUICK,
):
    """Search by filters, or replay a search, page by page; ``.rows(…)`` yields row after row.

    Never sent twice after it may have arrived: rows are charged (0.1 credit each, seen by a third party).
    Source: docs.sixtyfour.ai, api-reference/search/search-query.
    """

    parsed_query: JsonObject | None = None
    """As an earlier answer gave it."""
    search_id: str | None = None
    """Replays what that search asked; exclusions are not kept and must be given again."""
    query: str | None = None
    """In words; people only."""
    query_label: Annotated[str, Field(max_length=50_000)] | None = None
    """For display only."""
    persist_history: JsonValue = None
    """This and the next are named by the live specification of September 2026 only, without a type."""
    from_offset: JsonValue = None
    output_shape: Literal["raw", "workflow"] | None = None
    """``raw``: rows of the index, the default; ``workflow``: flat people or companies."""
    selected_company_names: Ids | None = None
    selected_company_ids: Annotated[Mapping[str, str], Field(max_length=1000)] | None = None
    expand_structured_location: bool | None = None
    location_expansion_enabled: bool | None = None
    location_expansion_radius_miles: Annotated[int, Field(ge=5, le=200)] | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.cursor is None:
            need_one(self, "simple_filters", "filters", "parsed_query", "search_id", "query")
        if self.query is not None and self.mode == "company":
            raise ValueError("query works for people only; use simple_filters for companies")
        return self


class StartFilterSearch(
    _Paged,
    PagedOperation[SearchPage, dict[str, JsonValue]],
    name="filter-search",
    http="POST /search/start-filter-search",
    read_timeout=QUICK,
):
    """Search by filters, page by page; answered at once in spite of its name. `QuerySearch` is its successor.

    Never sent twice after it may have arrived: assumed to be charged like `QuerySearch`.
    Source: docs.sixtyfour.ai, api-reference/search/start-filter-search-sync.
    """

    save_json: bool | None = None


class ExportSearch(
    Request,
    Exclusions,
    JobOperation[SearchStatus],
    name="search-export",
    job="POST /search/export",
    poll="search-status",
    reports_charge=False,
):
    """Write all rows of a search into a file; `DownloadSearch` leads to it.

    409 while an export of the same search runs. Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    search_id: str | None = None
    """Replays what that search asked; exclusions are not kept and must be given again."""
    parsed_query: JsonObject | None = None
    mode: Mode | None = None
    """Left out, it is that of the stored search, else ``company``."""
    max_results: MaxResults | None = None
    """The service's default is 1000."""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if not given(self, "search_id", "parsed_query"):
            raise ValueError("give search_id, or the parsed_query of an earlier answer")
        return self
