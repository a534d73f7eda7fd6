"""Exclusion lists and lookalike searches: both are made from a set of people or companies, and take a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from sixtyfour_async.models import ExclusionList, ExclusionListCreated, LookalikeStarted, LookalikeStatus, Rows
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations._base import JobOperation, Operation, Request
from sixtyfour_async.operations._fields import Exclusions, need_one


class _Source(BaseModel):
    """What a list is made from. ``type`` is always sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    kind: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _with_type(cls, fields: Any) -> Any:
        found = json_object(fields)
        return fields if found is None else {"type": cls.kind, **found}


class EntityIds(_Source):
    """1 to 10,000 ids.

    People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or slugs, exact domains; what cannot be
    resolved is counted in `ExclusionList.unresolved_count`.
    """

    kind = "entity_ids"

    type: Literal["entity_ids"] = "entity_ids"
    entity_ids: Annotated[Sequence[str], Field(min_length=1, max_length=10_000)]


class UploadedFile(_Source):
    """A CSV file sent with ``client.storage.upload_csv``; the column of ids is found by the service when not named."""

    kind = "resource_handle"

    type: Literal["resource_handle"] = "resource_handle"
    resource_handle_id: str
    id_column: str | None = None


class SearchResults(_Source, Exclusions):
    """Everything that an earlier search finds, up to 250,000 rows."""

    kind = "search_id"

    type: Literal["search_id"] = "search_id"
    search_id: str
    max_results: Annotated[int, Field(ge=1, le=250_000)] | None = None


class CreateExclusionList(
    Request,
    JobOperation[ExclusionList],
    name="exclusion-list-create",
    job="POST /search/exclusion-lists",
    poll="exclusion-list",
    started=ExclusionListCreated,
    id_field="id",
    reports_charge=False,
):
    """Make a list of people or companies that searches leave out; wait for it to be ``ready`` before using it.

    20 lists per organization (40 with extended limits); a list is never changed.
    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    source: Annotated[EntityIds | UploadedFile | SearchResults, Field(discriminator="type")]
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """Required, unless the source is a search."""
    entity_type: Literal["person", "company"] | None = None
    """The service's default is ``person``; searches say ``people``."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.name is None and not isinstance(self.source, SearchResults):
            raise ValueError("needs a name, unless its source is a search")
        if self.entity_type == "company" and getattr(self.source, "exclude_public_ids", None):
            raise ValueError("exclude_public_ids works for people only; use exclude_entity_ids")
        return self


class ListExclusionLists(
    Request, Operation[Rows[ExclusionList]], name="exclusion-lists", http="GET /search/exclusion-lists"
):
    """List exclusion lists, newest first. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions."""


class GetExclusionList(
    Request, Operation[ExclusionList], name="exclusion-list", http="GET /search/exclusion-lists/{list_id}"
):
    """Look at one list. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions."""

    list_id: str


class DeleteExclusionList(
    Request,
    Operation[dict[str, JsonValue]],
    name="exclusion-list-delete",
    http="DELETE /search/exclusion-lists/{list_id}",
    retry_safe="always",  # what is gone is gone
):
    """Delete a list. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions."""

    list_id: str


class Lookalike(
    Request,
    JobOperation[LookalikeStatus],
    name="lookalike",
    job="POST /search/lookalike",
    poll="lookalike-status",
    started=LookalikeStarted,
    reports_charge=False,
):
    """Search for people like those given; neither duration nor price is published.

    Source: the vendor's specification, search/lookalike.
    """

    linkedin_urls: (
        Annotated[Sequence[Annotated[str, Field(max_length=500)]], Field(min_length=1, max_length=1000)] | None
    ) = None
    csv_resource_handle_id: str | None = None
    """A file sent with ``client.storage.upload_csv``, instead of URLs."""
    guidance: Annotated[str, Field(max_length=2000)] | None = None
    """In words: what makes them alike."""
    analysis_sample_size: Annotated[int, Field(ge=1, le=100)] | None = None
    """The service's default is 100."""

    @model_validator(mode="after")
    def _one_seed(self) -> Self:
        need_one(self, "linkedin_urls", "csv_resource_handle_id")
        return self


class GetLookalikeStatus(
    Request, Operation[LookalikeStatus], name="lookalike-status", http="GET /search/lookalike/{task_id}"
):
    """Look at a lookalike search once. Source: the vendor's specification, search/lookalike."""

    task_id: str
    include_filters: bool | None = None
    """The service's default is true."""
    include_analysis: bool | None = None
    """The service's default is true."""
