"""What every answer has in common: frozen, and tolerant of what the service added last night."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeGuard

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[datetime | str | None, Field(union_mode="left_to_right")]
"""An ISO instant; a text that is not one is kept as it came."""


class Model(BaseModel):
    """An answer. Unknown keys are kept and reachable as attributes; unknown words in open sets survive."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, protected_namespaces=())


def json_object(value: object) -> dict[str, Any] | None:
    """Narrow decoded JSON to an object, or None."""
    return value if _is_object(value) else None


def json_array(value: object) -> list[Any] | None:
    """Narrow decoded JSON to an array, or None."""
    return value if _is_array(value) else None


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_array(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
