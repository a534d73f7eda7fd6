"""Questions to the search routes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sixtyfour_async.models import DownloadLink, SearchStatus
from sixtyfour_async.operations._base import REGISTRY, JobOperation, Operation, Request

Ids = Annotated[Sequence[str], Field(max_length=1000)]


class DeepSearch(
    Request,
    JobOperation[SearchStatus],
    name="deep-search",
    job="POST /search/start-deep-search",
    repeat="key",
    repeat_key="search_id",
    look_every=12.0,
    gate="deep-search",
    tells_charge=False,
):
    """Search people or companies in depth: 30 to 120 s by the vendor's skill, 4.5 minutes in its documented example.

    Five may run at once per organization; a sixth is answered 429. Source: docs.sixtyfour.ai,
    api-reference/search/start-deep-search-async. The price was seen as 0.1 credit per row by a third party.
    """

    query: Annotated[str, Field(min_length=1)]
    mode: Literal["people", "company"] | None = None
    """The service's default is ``people``."""
    max_results: Annotated[int, Field(ge=1)] | None = None
    """The service's default is 1000."""
    search_id: str | None = None
    """An id of your own: with it the same search can safely be sent twice."""
    output_mode: Literal["csv", "query_only"] | None = None
    exclude_public_ids: Ids | None = None
    exclude_entity_ids: Ids | None = None
    exclude_list_ids: Annotated[Sequence[str], Field(max_length=10)] | None = None

    @model_validator(mode="after")
    def _one_vocabulary(self) -> DeepSearch:
        if self.exclude_public_ids and self.exclude_entity_ids:
            raise ValueError("give exclude_entity_ids or exclude_public_ids, not both")
        if self.exclude_public_ids and self.mode == "company":
            raise ValueError("exclude_public_ids works for people only; use exclude_entity_ids")
        return self

    def look(self, job_id: str) -> Operation[Any]:
        """Ask how the search is going."""
        return REGISTRY["search-status"](task_id=job_id)  # type: ignore[call-arg]


class GetSearchStatus(Request, Operation[SearchStatus], name="search-status", http="GET /search/status/{task_id}"):
    """Look at a deep search once. Source: docs.sixtyfour.ai, api-reference/search/deep-search-status."""

    task_id: str


class DownloadSearch(Request, Operation[DownloadLink], name="search-download", http="GET /search/download"):
    """Get a signed link to a search's CSV file; it lives 15 minutes.

    Source: docs.sixtyfour.ai, api-reference/search/search-endpoints.
    """

    resource_handle_id: str
