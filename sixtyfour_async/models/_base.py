"""What every answer has in common: frozen, and tolerant of what the service added, or forgot, last night."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self, TypeAlias, TypeGuard, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

T = TypeVar("T")

Instant = Annotated[datetime | str | None, Field(union_mode="left_to_right")]
"""An ISO instant; a text that is not one is kept as it came."""


class Model(BaseModel):
    """An answer. Unknown keys are kept and reachable as attributes; unknown words in open sets survive.

    What does not fit a field that may be missing (null for a text, ``"many"`` for a number) is left out, so that an
    answer that was paid for is not lost over a detail. Only a field without a default can make an answer unreadable,
    and one whose default is itself checked: the caller's own class.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        protected_namespaces=(),
        coerce_numbers_to_str=True,
        defer_build=True,
    )

    @model_validator(mode="wrap")
    @classmethod
    def _without_misfits(cls, value: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return read(value)
        except ValidationError as error:
            odd = {item["loc"][0] for item in error.errors(include_url=False, include_context=False) if item["loc"]}
            answer = json_object(value) or {}
            kept = {key: answer[key] for key in answer if key not in odd & cls._dispensable()}
            if len(kept) == len(answer):
                raise
            return read(kept)

    @classmethod
    def _dispensable(cls) -> set[Any]:
        """Name the fields that may be missing, as they stand in an answer."""
        may_miss = [
            (name, field)
            for name, field in cls.model_fields.items()
            if not field.is_required() and not field.validate_default
        ]
        return {key for name, field in may_miss for key in (name, field.alias) if key}


def _listed(value: Any) -> Any:
    """Read a list, or the one in an object around it; null is an empty one. A null row keeps its place, empty."""
    around = json_object(value)
    if around is not None:
        inside = [rows for key in ("results", "leads", "data", "items") if (rows := json_array(around.get(key)))]
        value = inside[0] if inside else [around] if around else []
    rows = json_array([] if value is None else value)
    return value if rows is None else [{} if row is None else row for row in rows]


Rows: TypeAlias = Annotated[list[T], BeforeValidator(_listed)]
"""A list, whether it came bare or in an object: the service's pages do not say which."""


def json_object(value: object) -> dict[str, Any] | None:
    """Narrow decoded JSON to an object, or None."""
    return value if _is_object(value) else None


def json_mapping(value: object) -> Mapping[Any, Any] | None:
    """Narrow a value to a mapping of any kind, or None."""
    return value if _is_mapping(value) else None


def json_array(value: object) -> list[Any] | None:
    """Narrow decoded JSON to an array, or None."""
    return value if _is_array(value) else None


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    return isinstance(value, Mapping)


def _is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
