"""What every answer has in common: frozen, and tolerant of what the service added last night."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Instant = Annotated[datetime | str | None, Field(union_mode="left_to_right")]
"""An ISO instant; a text that is not one is kept as it came."""


class Model(BaseModel):
    """An answer. Unknown keys are kept and reachable as attributes; unknown words in open sets survive."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True, protected_namespaces=())


def json_object(value: object) -> dict[str, Any] | None:
    """Narrow decoded JSON to an object, or None."""
    if not isinstance(value, dict):
        return None
    narrowed: dict[str, Any] = value
    return narrowed


def json_array(value: object) -> list[Any] | None:
    """Narrow decoded JSON to an array, or None."""
    if not isinstance(value, list):
        return None
    array: list[Any] = value
    return array
