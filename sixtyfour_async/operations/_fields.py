"""Field types, base classes and checks that many operations share, with the limits the service documents."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
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
from sixtyfour_async.operations._json_types import Subject
from sixtyfour_async.operations._words import open_words

FreeObject: TypeAlias = dict[str, JsonValue]
"""An answer that is a JSON object of unpublished shape."""

Subjects: TypeAlias = Annotated[Sequence[Subject], Field(min_length=1, max_length=100)]
"""1 to 100 subjects. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

Tier: TypeAlias = Annotated[
    Literal["micro", "low", "medium", "high"] | str,  # noqa: PYI051 (known words complete, any is taken)
    open_words("micro", "low", "medium", "high", "xhigh", "scout"),
]
"""Research depth; any string is accepted, because the service adds tiers without notice.

One that looks like a slip for a documented word is asked back; if it is a new tier, it can be sent in ``extra``.

Source: docs.sixtyfour.ai, api-reference/endpoint/enrich-lead.
"""

WebhookURL: TypeAlias = Annotated[str, Field(min_length=1, max_length=2083, pattern="^https?://")]
"""An http(s) URL of 1 to 2083 characters. Source: docs.sixtyfour.ai, guides/using-webhooks."""

Mode: TypeAlias = Literal["people", "company"]
"""The kind of entity a search returns. Exclusion lists call the first one ``person``."""

CostUnits: TypeAlias = Literal["cents", "credits"]
"""The unit of cost fields in an answer: US cents or credits."""

Ids: TypeAlias = Annotated[Sequence[str], Field(max_length=1000)]
"""Up to 1,000 ids, the service's limit for API requests. A larger set belongs in an exclusion list."""

LONG_ANSWER_TIMEOUT_SECONDS = 900.0
"""Read timeout of synchronous research. Source: docs.sixtyfour.ai, errors page (at least 15 minutes)."""

QUICK_ANSWER_TIMEOUT_SECONDS = 180.0
"""Read timeout of the finders. Assumed: a wide margin above the vendor's estimate of 2 to 10 seconds."""


def _serialize_struct(struct: type[Any] | Struct | None) -> dict[str, JsonValue] | None:
    return None if struct is None else to_struct(struct)


AsStruct = PlainSerializer(_serialize_struct)
"""Serializes a class, or a mapping, in the service's ``struct`` form."""


class Structured(Request):
    """Base of operations that take a ``struct``; `Typed` adds the class to the answer's type."""

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
    def _check_struct(cls, struct: type[Any] | Struct | None) -> type[Any] | Struct | None:
        """Reject a class with a field type that the service does not offer, before anything is sent."""
        _serialize_struct(struct)
        return struct


class Typed(Structured):
    """Base of operations whose answer is typed by the caller's own ``struct`` class."""

    def answer_type(self) -> Any:
        """Return ``Intelligence[Lead]`` for ``struct=Lead``, ``Intelligence[dict]`` for a plain mapping."""
        struct = getattr(self, "struct", None)
        shape: Any = struct if isinstance(struct, type) else dict[str, JsonValue]
        return _of_shape(cast("Operation[Any]", self).endpoint.answer, shape)


@lru_cache(maxsize=256)  # pydantic finds a class that it has made, but takes its time
def _of_shape(answer: Any, shape: Any) -> Any:
    return answer[shape]


class Unpublished(Request):
    """Base of the dashboard's own operations, which are unpublished unless their class line says otherwise."""

    def __init_subclass__(cls, *, name: str = "", **facts: Any) -> None:
        super().__init_subclass__(name=name, **({"standing": "unpublished", **facts} if name else {}))


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


def set_fields(request: Request, *names: str) -> list[str]:
    """Return those of the named fields that have a value."""
    return [name for name in names if getattr(request, name) is not None]


def require_exactly_one(request: Request, *names: str) -> None:
    """Raise unless exactly one of the named fields has a value.

    Raises:
        ValueError: None of them, or more than one, was passed.
    """
    found = set_fields(request, *names)
    if len(found) != 1:
        raise ValueError(f"pass exactly one of {', '.join(names)}; got {' and '.join(found) or 'none'}")
