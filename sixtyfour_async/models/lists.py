"""Answers about exclusion lists and lookalike searches."""

from __future__ import annotations

from pydantic import Field, JsonValue

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import Started, StatusAnswer


class ExclusionListCreated(Model):
    """Answer of `CreateExclusionList`; the list cannot be used yet.

    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    id: str
    """Id of the list."""
    status: str = ""
    """First status word, ``pending``."""


class ExclusionList(StatusAnswer):
    """A list of people or companies that searches leave out; usable once ``status`` is ``ready``.

    Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.
    """

    id: str = ""
    """Id of the list, for ``exclude_list_ids``."""
    name: str = ""
    """Name of the list."""
    entity_type: str = ""
    """Kind of entity in the list: ``person`` or ``company``."""
    source_type: str = ""
    """What it was built from: ``entity_ids``, ``resource_handle`` or ``search_id``."""
    created_at: Instant = None
    """When it was created."""
    updated_at: Instant = None
    """When its status last changed."""
    size: int | None = None
    """Number of entities in the list."""
    source_total_available: int | None = None
    """Number of entities that the source offered."""
    id_column: str | None = None
    """Name of the column that held the ids, for an uploaded file."""
    unresolved_count: int | None = None
    """Number of values that matched no company, or more than one."""
    error_message: str | None = None
    """Why building the list failed."""


class IdentityResolution(Model):
    """How the people given to a lookalike search were identified.

    Source: the vendor's specification, search/lookalike.
    """

    exact_matches: int = 0
    """Number identified exactly."""
    similarity_matches: int = 0
    """Number identified by similarity."""
    dropped_below_threshold: int = 0
    """Number dropped because the similarity was too low."""
    ambiguous_matches: int = 0
    """Number that matched several people."""
    duplicates_removed: int = 0
    """Number of duplicates removed."""
    average_confidence: float | None = None
    """Average confidence of the matches, 0 to 1."""


class SeedDiagnostics(Model):
    """What became of the people given to a lookalike search. Source: the vendor's specification, search/lookalike."""

    seed_type: str = ""
    """How they were given: ``csv`` or ``linkedin_urls``."""
    supplied: int | None = None
    """Number given."""
    parsed: int | None = None
    """Number that could be parsed."""
    resolved: int | None = None
    """Number that were identified."""
    skipped: int | None = None
    """Number that were skipped."""
    analyzed: int | None = None
    """Number that were analysed."""
    errors: list[JsonValue] = Field(default_factory=list[JsonValue])
    """Errors, of unpublished shape."""
    warnings: list[JsonValue] = Field(default_factory=list[JsonValue])
    """Warnings, of unpublished shape."""
    identity_resolution: IdentityResolution | None = None
    """How they were identified."""


class LookalikeStarted(Started):
    """Answer to the submit of a `Lookalike`. Source: the vendor's specification, search/lookalike."""

    search_id: str | None = None
    """Id of the search."""
    seed_diagnostics: SeedDiagnostics | None = None
    """What became of the given people so far."""


class LookalikeStatus(StatusAnswer):
    """Status of a lookalike search, and its result once it has completed.

    Source: the vendor's specification, search/lookalike.
    """

    task_id: str = ""
    """Id of the job."""
    start_time: Instant = None
    """When the search started."""
    close_time: Instant = None
    """When the search ended; None while it runs."""
    search_id: str | None = None
    """Id by which `QuerySearch` reads the rows."""
    current_phase: int | None = None
    """Number of the current phase."""
    progress_message: str | None = None
    """Progress as text for people."""
    total_results: int | None = None
    """Number of results found."""
    filters: JsonValue = None
    """The filters that the search derived, unless ``include_filters`` is false."""
    analysis: JsonValue = None
    """The analysis of the given people, unless ``include_analysis`` is false."""
    seed_diagnostics: SeedDiagnostics | None = None
    """What became of the given people."""
    excluded_public_ids: list[str] | None = None
    """LinkedIn public ids left out of the results."""
    warnings: list[str] | None = None
    """Warnings, as text."""
    error: JsonValue = None
    """Why the search failed; usually text."""
