"""Operations that take a ``struct``, the fields to research."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar, cast

from pydantic import JsonValue, PlainSerializer, ValidationInfo, field_validator

from sixtyfour_async.models.struct import Struct, check_struct, to_struct
from sixtyfour_async.operations._base import Operation, Request


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
        if asked is not None or cls.model_fields[info.field_name or ""].is_required():
            check_struct(asked, typed=cls.takes_types)
        return asked

    @field_validator("struct", "lead_struct", mode="after", check_fields=False)
    @classmethod
    def _check_struct(cls, struct: type[Any] | Struct | None) -> type[Any] | Struct | None:
        """Reject a class with a field type that the service does not offer, before anything is sent."""
        if isinstance(struct, type):
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
