"""Operations on exclusion lists and lookalike searches, both built as jobs from a set of people or companies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from sixtyfour_async.models import ExclusionList, ExclusionListCreated, LookalikeStarted, LookalikeStatus, Rows
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations._base import JobOperation, Operation, Request
from sixtyfour_async.operations._exclusions import Exclusions
from sixtyfour_async.operations._fields import require_exactly_one


class _Source(BaseModel):
    """What a list is built from. ``type`` is always sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
    kind: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _with_type(cls, fields: Any) -> Any:
        # Set explicitly, because payloads leave out fields that are only defaulted.
        found = json_object(fields)
        return fields if found is None else {"type": cls.kind, **found}


class EntityIds(_Source):
    """An exclusion list built from ids; values that cannot be resolved are counted in `ExclusionList.unresolved_count`.

    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    kind = "entity_ids"

    type: Literal["entity_ids"] = "entity_ids"
    """Always ``entity_ids``."""
    entity_ids: Annotated[Sequence[str], Field(min_length=1, max_length=10_000)]
    """1 to 10,000 ids.

    People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or slugs, exact domains.
    """


class UploadedFile(_Source):
    """An exclusion list built from a CSV file that was uploaded with ``client.storage.upload_csv``.

    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    kind = "resource_handle"

    type: Literal["resource_handle"] = "resource_handle"
    """Always ``resource_handle``."""
    resource_handle_id: str
    """Handle of the file, from `StoredFile.resource_handle_id`."""
    id_column: str | None = None
    """Name of the column that holds the ids; the service finds it by itself when not sent."""


class SearchResults(_Source, Exclusions):
    """An exclusion list built from everything that an earlier search finds.

    Exclusions of that search are not kept; pass them again here.
    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    kind = "search_id"

    type: Literal["search_id"] = "search_id"
    """Always ``search_id``."""
    search_id: str
    """Id of the earlier search."""
    max_results: Annotated[int, Field(ge=1, le=250_000)] | None = None
    """Maximum number of rows to take, 1 to 250,000; the service's default is 250,000."""


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
    """Create a list of people or companies that searches leave out, as a job.

    The list can be used once its status is ``ready`` and cannot be changed afterwards. An organization may keep 20
    lists, 40 with extended limits. Run time and price: not published.
    Source: docs.sixtyfour.ai, api-reference/search/create-exclusion-list-endpoint.
    """

    source: Annotated[EntityIds | UploadedFile | SearchResults, Field(discriminator="type")]
    """What to build the list from: `EntityIds`, `UploadedFile` or `SearchResults`."""
    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    """Name of the list, 1 to 120 characters; required unless the source is `SearchResults`, which get a dated name."""
    entity_type: Literal["person", "company"] | None = None
    """Kind of entity in the list; the service's default is ``person`` (which searches call ``people``)."""

    @model_validator(mode="after")
    def _check_name_and_type(self) -> Self:
        if self.name is None and not isinstance(self.source, SearchResults):
            raise ValueError("name is required unless source is SearchResults")
        if self.entity_type == "company" and getattr(self.source, "exclude_public_ids", None):
            raise ValueError("exclude_public_ids applies to people only; use exclude_entity_ids for companies")
        return self


class ListExclusionLists(
    Request, Operation[Rows[ExclusionList]], name="exclusion-lists", http="GET /search/exclusion-lists"
):
    """List the organization's exclusion lists, newest first.

    Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.
    """


class GetExclusionList(
    Request, Operation[ExclusionList], name="exclusion-list", http="GET /search/exclusion-lists/{list_id}"
):
    """Return one exclusion list with its status; also the poll of `CreateExclusionList`.

    Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.
    """

    list_id: str
    """Id of the list."""


class DeleteExclusionList(
    Request,
    Operation[dict[str, JsonValue]],
    name="exclusion-list-delete",
    http="DELETE /search/exclusion-lists/{list_id}",
    retry_safe="always",  # deleting twice changes nothing
):
    """Delete an exclusion list.

    Source: docs.sixtyfour.ai, api-reference/search/search-exclusions.
    """

    list_id: str
    """Id of the list."""


class Lookalike(
    Request,
    JobOperation[LookalikeStatus],
    name="lookalike",
    job="POST /search/lookalike",
    poll="lookalike-status",
    started=LookalikeStarted,
    reports_charge=False,
):
    """Search for people who resemble the given ones, as a job.

    Pass exactly one of ``linkedin_urls`` and ``csv_resource_handle_id``. The result carries a ``search_id`` for
    `QuerySearch`. Run time and price: not published. Source: the vendor's specification, search/lookalike.
    """

    linkedin_urls: (
        Annotated[Sequence[Annotated[str, Field(max_length=500)]], Field(min_length=1, max_length=1000)] | None
    ) = None
    """LinkedIn URLs of the people to resemble: 1 to 1,000 of up to 500 characters each."""
    csv_resource_handle_id: str | None = None
    """Handle of a CSV file of people, uploaded with ``client.storage.upload_csv``; instead of ``linkedin_urls``."""
    guidance: Annotated[str, Field(max_length=2000)] | None = None
    """What makes the people alike, in plain words; up to 2,000 characters."""
    analysis_sample_size: Annotated[int, Field(ge=1, le=100)] | None = None
    """Number of the given people to analyse, 1 to 100; the service's default is 100."""

    @model_validator(mode="after")
    def _check_seed(self) -> Self:
        require_exactly_one(self, "linkedin_urls", "csv_resource_handle_id")
        return self


class GetLookalikeStatus(
    Request, Operation[LookalikeStatus], name="lookalike-status", http="GET /search/lookalike/{task_id}"
):
    """Poll one lookalike search once; returns its status and, when it has completed, its result.

    Source: the vendor's specification, search/lookalike.
    """

    task_id: str
    """Id of the job: the ``task_id`` that `Lookalike` returned."""
    include_filters: bool | None = None
    """Whether to return the filters that the search derived; the service's default is true."""
    include_analysis: bool | None = None
    """Whether to return the analysis of the given people; the service's default is true."""
