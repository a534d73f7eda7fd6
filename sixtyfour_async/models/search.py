"""Answers of the search routes."""

from __future__ import annotations

from pydantic import ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import JobState, Report, Started, first_text, read_state, seconds_between


class _Standing(Model):
    """A status that is also the answer once it says so."""

    status: str = ""

    def report(self) -> Report:
        """Bring it into the form the runner reads; the status itself is the answer."""
        state = read_state(self.status)
        return Report(
            state=state,
            word=self.status,
            result=self.model_dump(mode="json") if state is JobState.COMPLETED else None,
            error=first_text(self, "error", "error_message", "detail", "message"),
            progress=first_text(self, "progress_message"),
            run_time=seconds_between(getattr(self, "start_time", None), getattr(self, "close_time", None)),
        )


class SearchStatus(_Standing):
    """A deep search or an export, running or ended.

    Once completed, ``resource_handle_id`` leads to the file through ``client.search.download`` (``output_mode="csv"``)
    and ``search_id`` to the rows. Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str = ""
    start_time: Instant = None
    close_time: Instant = None
    current_phase: int | None = None
    progress_message: str | None = None
    resource_handle_id: str | None = None
    search_id: str | None = None
    total_results: int | None = None
    exported_count: int | None = None
    iterations: list[JsonValue] | None = None
    error: JsonValue = None


class DownloadLink(Model):
    """A signed link to a file on another host; it lives 15 minutes and must not be sent the key."""

    url: str = ""
    bucket: str | None = None
    path: str | None = None


class SearchPage(Model):
    """One page of ``/search/query`` or ``/search/start-filter-search``.

    A short or empty page is not the last one: go on while ``has_more`` and ``next_cursor``, which ``.pages()`` and
    ``.rows()`` do. ``total_results`` counts the rows so far; ``total_available`` is exact or None.
    Source: docs.sixtyfour.ai, api-reference/search/search-query.
    """

    results: list[dict[str, JsonValue]] = Field(default_factory=list[dict[str, JsonValue]])
    total_results: int | None = None
    has_more: bool = False
    next_cursor: str | None = None
    cursor_expires_in_seconds: float | None = None
    search_id: str | None = None
    parsed_query: JsonValue = None
    natural_language_query: str | None = None
    output_shape: str | None = None
    page_size: int | None = None
    page_count: int | None = None
    page_number: int | None = None
    total_pages: int | None = None
    max_pages: int | None = None
    max_results: int | None = None
    remaining_results: int | None = None
    total_available: int | None = None
    total_available_lower_bound: int | None = None
    exported_count: int | None = None
    request_duration_ms: float | None = None
    company_filter_truncated: JsonValue = None
    resource_handle_id: str = ""
    csv_download_url: str | None = None
    json_download_url: str | None = None
    download_expires_in_seconds: float | None = None


class FieldCapability(Model):
    """What can be done with one field. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    field: str = ""
    field_type: str = ""
    value_type: str = ""
    queryable: bool = False
    sortable: bool = False
    rangeable: bool = False
    supports_top_values: bool = False
    supports_exact_filter_snippet: bool = False
    nested_path: str | None = None
    sort_field: str | None = None
    aggregation_field: str | None = None
    related_fields: list[str] | None = None
    preferred_for_exact_match: bool = False


class FilterLimits(Model):
    """How large a filter may be."""

    max_query_depth: int | None = None
    max_clause_count: int | None = None
    max_terms_per_clause: int | None = None
    max_sort_clauses: int | None = None
    max_string_length: int | None = None


class FilterCapabilities(Model):
    """``GET /search/filter-capabilities``; ``simple_query_operators`` is the live list of operators."""

    mode: str | None = None
    index_name: str = ""
    fields: list[FieldCapability] = Field(default_factory=list[FieldCapability])
    nested_paths: list[str] = Field(default_factory=list[str])
    limits: FilterLimits | None = None
    cache_ttl_seconds: float | None = None
    generated_at_epoch_ms: float | None = None
    mapping_hash: str | None = None
    simple_query_operators: list[str] | None = None


class FieldValue(Model):
    """One value of a field; ``percent_of_scope`` is 0 to 1, ``filter_snippet`` the filter that finds it."""

    value: JsonValue = None
    count: int | None = None
    percent_of_scope: float | None = None
    filter_snippet: JsonValue = None


class FieldValues(Model):
    """``POST /search/filter-field-values``."""

    field: str = ""
    canonical_field: str = ""
    mode: str | None = None
    value_type: str = ""
    values: list[FieldValue] = Field(default_factory=list[FieldValue])
    total_scoped_documents: int | None = None
    supports_top_values: bool = False
    supports_exact_filter_snippet: bool = False
    aggregation_field: str | None = None
    nested_path: str | None = None
    related_fields: list[str] | None = None
    preferred_for_exact_match: bool = False
    request_duration_ms: float | None = None


class _Camel(Model):
    """An answer whose keys are in camelCase; here they are not."""

    model_config = ConfigDict(alias_generator=to_camel)


class CompanyMeta(_Camel):
    """What a suggested company is known for."""

    industry: str | None = None
    employee_count: int | None = None
    linked_in_employee_count: int | None = None
    domain: str | None = None
    location: str | None = None


class Suggestion(_Camel):
    """One completion."""

    value: str = ""
    count: int | None = None
    label: str | None = None
    selection_value: JsonValue = None
    public_id: str | None = None
    company_meta: CompanyMeta | None = None


class Suggestions(Model):
    """``POST /search/autocomplete``."""

    success: bool | None = None
    suggestions: list[Suggestion] = Field(default_factory=list[Suggestion])


class SearchTitle(Model):
    """``POST /search/generate-title``."""

    title: str = ""


class SearchLimits(Model):
    """``GET /search/limits``: the most results that this key may ask for."""

    max_results: int | None = None


class ExclusionListCreated(Model):
    """``POST /search/exclusion-lists``: the list is not ``ready`` yet."""

    id: str
    status: str = ""


class ExclusionList(_Standing):
    """People or companies that searches leave out; usable once ``status`` is ``ready``.

    ``entity_type`` is ``person`` or ``company``; ``unresolved_count`` counts given values that meant no company, or
    more than one. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.
    """

    id: str = ""
    name: str = ""
    entity_type: str = ""
    source_type: str = ""
    created_at: Instant = None
    updated_at: Instant = None
    size: int | None = None
    source_total_available: int | None = None
    id_column: str | None = None
    unresolved_count: int | None = None
    error_message: str | None = None


class IdentityResolution(Model):
    """How the seeds of a lookalike search were recognised."""

    exact_matches: int = 0
    similarity_matches: int = 0
    dropped_below_threshold: int = 0
    ambiguous_matches: int = 0
    duplicates_removed: int = 0
    average_confidence: float | None = None


class SeedDiagnostics(Model):
    """What became of the seeds of a lookalike search."""

    seed_type: str = ""
    supplied: int | None = None
    parsed: int | None = None
    resolved: int | None = None
    skipped: int | None = None
    analyzed: int | None = None
    errors: list[JsonValue] = Field(default_factory=list[JsonValue])
    warnings: list[JsonValue] = Field(default_factory=list[JsonValue])
    identity_resolution: IdentityResolution | None = None


class LookalikeStarted(Started):
    """``POST /search/lookalike``."""

    search_id: str | None = None
    seed_diagnostics: SeedDiagnostics | None = None


class LookalikeStatus(_Standing):
    """A lookalike search, running or ended. Source: the vendor's specification, search/lookalike."""

    task_id: str = ""
    start_time: Instant = None
    close_time: Instant = None
    search_id: str | None = None
    current_phase: int | None = None
    progress_message: str | None = None
    total_results: int | None = None
    filters: JsonValue = None
    analysis: JsonValue = None
    seed_diagnostics: SeedDiagnostics | None = None
    excluded_public_ids: list[str] | None = None
    warnings: list[str] | None = None
    error: JsonValue = None
