"""Answers of the search routes: status of deep searches and exports, download links, pages of rows."""

from __future__ import annotations

from pydantic import Field, JsonValue

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import StatusAnswer


class SearchStatus(StatusAnswer):
    """Status of a deep search or an export, and its result once it has completed.

    Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str = ""
    """Id of the job."""
    start_time: Instant = None
    """When the search started."""
    close_time: Instant = None
    """When the search ended; None while it runs."""
    current_phase: int | None = None
    """Number of the current phase."""
    progress_message: str | None = None
    """Progress as text for people."""
    resource_handle_id: str | None = None
    """Handle of the CSV file for `DownloadSearch`, once completed; None with ``output_mode="query_only"``."""
    search_id: str | None = None
    """Id by which `QuerySearch` reads the rows, once completed."""
    total_results: int | None = None
    """Number of results found."""
    exported_count: int | None = None
    """Number of rows in the file."""
    iterations: list[JsonValue] | None = None
    """The rounds of the search, each as ``{"iteration", "results", "elapsed_ms", "message"}``."""
    error: JsonValue = None
    """Why the search failed; usually text."""


class DownloadLink(Model):
    """A signed link to a file on another host; it expires after 15 minutes and must not be sent the API key.

    Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    url: str = Field(default="", repr=False)
    """The signed URL; a secret, which the repr does not show."""
    bucket: str | None = None
    """Name of the storage bucket."""
    path: str | None = None
    """Path of the file in the bucket."""


class SearchPage(Model):
    """One page of a paged search.

    A short or empty page need not be the last: continue while ``has_more`` and ``next_cursor``, as ``.pages(…)`` and
    ``.rows(…)`` do. Source: docs.sixtyfour.ai, api-reference/search/search-query.
    """

    results: list[dict[str, JsonValue]] = Field(default_factory=list[dict[str, JsonValue]])
    """The rows, in the shape that ``output_shape`` names."""
    total_results: int | None = None
    """Number of rows so far, this page included."""
    has_more: bool = False
    """Whether another page follows."""
    next_cursor: str | None = None
    """Cursor of the next page; None on the last."""
    cursor_expires_in_seconds: float | None = None
    """Lifetime of the cursor in seconds."""
    search_id: str | None = None
    """Id by which the search can be replayed or exported."""
    parsed_query: JsonValue = None
    """The search as a structured query, which can be passed back as ``parsed_query``."""
    natural_language_query: str | None = None
    """The search in plain words."""
    output_shape: str | None = None
    """Shape of rows: ``raw`` or ``workflow``."""
    page_size: int | None = None
    """Rows per page."""
    page_count: int | None = None
    """Undocumented count; by its name, of pages."""
    page_number: int | None = None
    """Number of this page; company searches only."""
    total_pages: int | None = None
    """Number of pages; None while ``has_more``."""
    max_pages: int | None = None
    """Maximum number of pages."""
    max_results: int | None = None
    """Maximum number of rows in all, as applied by the service."""
    remaining_results: int | None = None
    """Number of rows left until ``max_results``, by its name."""
    total_available: int | None = None
    """Number of matching people, if known exactly; people searches only."""
    total_available_lower_bound: int | None = None
    """Number of matches that exist at least, when the exact one is not known."""
    exported_count: int | None = None
    """Number of rows in the file, where one was written."""
    request_duration_ms: float | None = None
    """Time the service took, in milliseconds."""
    company_filter_truncated: JsonValue = None
    """Counts of matching employers, when company filters matched more of them than the service expands."""
    resource_handle_id: str = ""
    """Handle of a file; a leftover of older answers, usually empty."""
    csv_download_url: str | None = Field(default=None, repr=False)
    """Signed link to the rows as CSV, where one was written."""
    json_download_url: str | None = Field(default=None, repr=False)
    """Signed link to the rows as JSON, where one was written."""
    download_expires_in_seconds: float | None = None
    """Lifetime of the two links in seconds."""
