"""Answers around searching: filterable fields, frequent values, suggestions, titles, limits."""

from __future__ import annotations

from pydantic import ConfigDict, Field, JsonValue
from pydantic.alias_generators import to_camel

from sixtyfour_async.models._base import Model


class FieldCapability(Model):
    """What filters may do with one field. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    field: str = ""
    """Name of the field."""
    field_type: str = ""
    """Type of the field in the index."""
    value_type: str = ""
    """Type of its values."""
    queryable: bool = False
    """Whether it can be filtered by."""
    sortable: bool = False
    """Whether results can be sorted by it."""
    rangeable: bool = False
    """Whether it takes range operators such as ``$gte``."""
    supports_top_values: bool = False
    """Whether `GetFieldValues` returns its values."""
    supports_exact_filter_snippet: bool = False
    """Whether those values come with a ready-made filter."""
    nested_path: str | None = None
    """Path of the nested object that holds it, if any."""
    sort_field: str | None = None
    """Name of the field to sort by instead, if any."""
    aggregation_field: str | None = None
    """Name of the field whose values are counted, if any."""
    related_fields: list[str] | None = None
    """Names of related fields."""
    preferred_for_exact_match: bool = False
    """Whether it is the best of its related fields for exact matches."""


class FilterLimits(Model):
    """How large a filter may be. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    max_query_depth: int | None = None
    """Maximum depth of nested clauses."""
    max_clause_count: int | None = None
    """Maximum number of clauses."""
    max_terms_per_clause: int | None = None
    """Maximum number of terms in a clause."""
    max_sort_clauses: int | None = None
    """Maximum number of sort clauses."""
    max_string_length: int | None = None
    """Maximum length of a string, in characters."""


class FilterCapabilities(Model):
    """Answer of `GetFilterCapabilities`. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    mode: str | None = None
    """Kind of entity described: ``people`` or ``company``."""
    index_name: str = ""
    """Name of the search index."""
    fields: list[FieldCapability] = Field(default_factory=list[FieldCapability])
    """The fields that filters may use."""
    nested_paths: list[str] = Field(default_factory=list[str])
    """Paths of nested objects in the index."""
    limits: FilterLimits | None = None
    """How large a filter may be."""
    cache_ttl_seconds: float | None = None
    """Seconds for which the service caches this answer."""
    generated_at_epoch_ms: float | None = None
    """When the answer was generated, in milliseconds since 1970."""
    mapping_hash: str | None = None
    """Hash of the index's mapping, which changes with the fields."""
    simple_query_operators: list[str] | None = None
    """Operators that ``simple_filters`` may use, such as ``$gte``."""


class FieldValue(Model):
    """One value of a field. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    value: JsonValue = None
    """The value: text, a number, a boolean or None."""
    count: int | None = None
    """Number of entities that have it."""
    percent_of_scope: float | None = None
    """Share of the counted entities that have it, 0 to 1 in spite of its name."""
    filter_snippet: JsonValue = None
    """The filter that finds it, as an object; None where none is offered."""


class FieldValues(Model):
    """Answer of `GetFieldValues`. Source: docs.sixtyfour.ai, api-reference/search/filter-search."""

    field: str = ""
    """Name of the field as requested."""
    canonical_field: str = ""
    """Name of the field in the index."""
    mode: str | None = None
    """Kind of entity: ``people`` or ``company``."""
    value_type: str = ""
    """Type of the values."""
    values: list[FieldValue] = Field(default_factory=list[FieldValue])
    """The most frequent values, with counts."""
    total_scoped_documents: int | None = None
    """Number of entities that were counted."""
    supports_top_values: bool = False
    """Whether values can be listed for this field."""
    supports_exact_filter_snippet: bool = False
    """Whether the values come with a ready-made filter."""
    aggregation_field: str | None = None
    """Name of the field whose values were counted, if another one."""
    nested_path: str | None = None
    """Path of the nested object that holds the field, if any."""
    related_fields: list[str] | None = None
    """Names of related fields."""
    preferred_for_exact_match: bool = False
    """Whether the field is the best of its related fields for exact matches."""
    request_duration_ms: float | None = None
    """Time the service took, in milliseconds."""


class _CamelCaseModel(Model):
    """An answer whose keys are in camelCase; attributes are in snake_case."""

    model_config = ConfigDict(alias_generator=to_camel)


class CompanyMeta(_CamelCaseModel):
    """Details of a suggested company. Source: the vendor's specification, search/autocomplete."""

    industry: str | None = None
    """Industry of the company."""
    employee_count: int | None = None
    """Number of employees."""
    linked_in_employee_count: int | None = None
    """Number of employees by LinkedIn."""
    domain: str | None = None
    """Web domain of the company."""
    location: str | None = None
    """Location of the company."""


class Suggestion(_CamelCaseModel):
    """One completion. Source: the vendor's specification, search/autocomplete."""

    value: str = ""
    """The completed value."""
    count: int | None = None
    """Number of entities that have it."""
    label: str | None = None
    """Text to show for it, if another one."""
    selection_value: JsonValue = None
    """Value to filter by when the suggestion is selected, by its name."""
    public_id: str | None = None
    """LinkedIn public id, by its name."""
    company_meta: CompanyMeta | None = None
    """Details, where the suggestion is a company."""


class Suggestions(Model):
    """Answer of `Autocomplete`. Source: the vendor's specification, search/autocomplete."""

    success: bool | None = None
    """Whether the lookup succeeded."""
    suggestions: list[Suggestion] = Field(default_factory=list[Suggestion])
    """The completions."""


class SearchTitle(Model):
    """Answer of `GenerateTitle`. Source: the vendor's specification, search/generate-title."""

    title: str = ""
    """The generated title."""


class SearchLimits(Model):
    """Answer of `GetSearchLimits`. Source: the vendor's specification, search/limits."""

    max_results: int | None = None
    """Largest ``max_results`` that this credential may request."""
