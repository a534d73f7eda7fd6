"""Classes that the tests read answers as."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

from pydantic import (
    BaseModel,
)

from sixtyfour_async import Intelligence

NOT_FOUND = "not found"


class Size(Enum):
    SMALL = "small"
    MID = "mid market"


class Level(IntEnum):
    ONE = 1
    TWO = 2


class Office(BaseModel):
    city: str
    staff: int | None = None


class Person(BaseModel):
    name: str
    boss: Person | None = None
    reports: list[Person] = []


def answer(cls: Any, data: Any) -> Any:
    return Intelligence[cls].model_validate({"structured_data": data})
