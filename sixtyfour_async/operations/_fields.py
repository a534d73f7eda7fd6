"""Fields that many questions share, with the limits the service documents for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PlainSerializer,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sixtyfour_async.models.struct import Struct, check_struct, to_struct
from sixtyfour_async.operations._base import Operation, Request

JsonObject: TypeAlias = Mapping[str, JsonValue]

Subject: TypeAlias = Annotated[JsonObject, Field(min_length=1)]
"""What is known already, as free keys: ``name``, ``company``, ``website``, ``domain``, ``linkedin``, ``email`` …"""

Subjects: TypeAlias = Annotated[Sequence[Subject], Field(min_length=1, max_length=100)]
"""Up to 100 subjects. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

Tier: TypeAlias = Literal["micro", "low", "medium", "high"] | str  # noqa: PYI051 (known words complete, any is taken)
"""How deep to dig; the service's default is ``low``. ``high`` needs enabling; people also have ``xhigh``, ``scout``."""

WebhookURL: TypeAlias = Annotated[str, Field(min_length=1, max_length=2083, pattern="^https?://")]
"""Where the service posts the result of a job. Source: docs.sixtyfour.ai, guides/using-webhooks."""

Mode: TypeAlias = Literal["people", "company"]
"""What is searched for. Exclusion lists say ``person`` where searches say ``people``."""

CostUnits: TypeAlias = Literal["cents", "credits"]

Ids: TypeAlias = Annotated[Sequence[str], Field(max_length=1000)]
"""Up to 1000 ids, the limit for API requests; more go into an exclusion list (or, at your own risk, into ``extra``)."""

LONG = 900.0
"""Seconds a long synchronous answer may take. Source: docs.sixtyfour.ai, errors page (at least 15 minutes)."""

QUICK = 180.0
"""Seconds a finder may take; ours, wide above the 2 to 10 s that the vendor names."""


def _as_struct(asked: type[BaseModel] | Struct | None) -> dict[str, JsonValue] | None:
    return None if asked is None else to_struct(asked)


AsStruct = PlainSerializer(_as_struct)
"""A class of the caller's own travels as what it asks for."""


class Structured(Request):
    """A question that asks for fields, in ``struct``; `Typed` adds the class to the answer."""

    takes_types: ClassVar[bool] = True

    @field_validator("struct", "lead_struct", mode="before", check_fields=False)
    @classmethod
    def _is_struct(cls, asked: object, info: ValidationInfo) -> object:
        """Name what is wrong before pydantic tries class and mapping in turn and blames the last."""
        field = cls.model_fields[info.field_name or ""]
        if asked is not None or field.is_required():
            check_struct(asked, typed=cls.takes_types)
        return asked

    @field_validator("struct", "lead_struct", mode="after", check_fields=False)
    @classmethod
    def _expressible(cls, asked: type[BaseModel] | Struct | None) -> type[BaseModel] | Struct | None:
        """Say at once when a class asks for what the service cannot be asked."""
        _as_struct(asked)
        return asked


class Typed(Structured):
    """A question whose answer is typed by the caller's own class."""

    def answer_type(self) -> Any:
        """Name ``Intelligence[Lead]`` for ``struct=Lead``, ``Intelligence[dict]`` for a plain mapping."""
        asked = getattr(self, "struct", None)
        shape: Any = asked if isinstance(asked, type) else dict[str, JsonValue]
        return cast("Operation[Any]", self).endpoint.answer[shape]


class Exclusions(BaseModel):
    """Who must not be among the results. Source: docs.sixtyfour.ai, api-reference/search/search-exclusions."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    exclude_public_ids: Ids | None = None
    """People only, and not together with ``exclude_entity_ids``, which does the same for both."""
    exclude_entity_ids: Ids | None = None
    """People: LinkedIn public ids or URLs. Companies: numeric ids, company URLs or slugs, exact domains."""
    exclude_list_ids: Annotated[Sequence[str], Field(max_length=10)] | None = None
    """Saved lists that are ``ready``; the pages name 10, in practice 5 are taken unless the limit was extended."""

    @model_validator(mode="after")
    def _one_vocabulary(self) -> Self:
        if self.exclude_public_ids and self.exclude_entity_ids:
            raise ValueError("give exclude_entity_ids or exclude_public_ids, not both")
        if self.exclude_public_ids and getattr(self, "mode", None) == "company":
            raise ValueError("exclude_public_ids works for people only; use exclude_entity_ids")
        return self


def given(request: Request, *names: str) -> list[str]:
    """Name those of these fields that were given a value."""
    return [name for name in names if getattr(request, name) is not None]


def need_one(request: Request, *names: str) -> None:
    """Refuse unless exactly one of these fields was given."""
    found = given(request, *names)
    if len(found) != 1:
        but = f"not {' and '.join(found)}" if found else "none was given"
        raise ValueError(f"give exactly one of {', '.join(names)}: {but}")
