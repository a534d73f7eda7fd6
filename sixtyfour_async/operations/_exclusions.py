"""Entities that a search leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from sixtyfour_async.operations._fields import Ids


class Exclusions(BaseModel):
    """Entities to leave out of the results. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    exclude_public_ids: Ids | None = None
    """LinkedIn public ids of people to leave out, up to 1,000; people searches only, not with exclude_entity_ids."""
    exclude_entity_ids: Ids | None = None
    """Ids of entities to leave out, up to 1,000.

    People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or slugs, exact domains; the service
    ignores values that it cannot resolve.
    """
    exclude_list_ids: Annotated[Sequence[str], Field(max_length=10)] | None = None
    """Ids of ready exclusion lists whose entities are left out: up to 10, of which the service may accept only 5."""

    @model_validator(mode="after")
    def _check_exclusions(self) -> Self:
        if self.exclude_public_ids and self.exclude_entity_ids:
            raise ValueError("pass exclude_entity_ids or exclude_public_ids, not both")
        if self.exclude_public_ids and getattr(self, "mode", None) == "company":
            raise ValueError("exclude_public_ids applies to people only; use exclude_entity_ids for companies")
        return self
