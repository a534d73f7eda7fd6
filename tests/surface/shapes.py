"""Classes of a caller, which another process can import, and what that process does with pickled values."""

from __future__ import annotations

import pickle
from typing import Generic, TypeVar

from pydantic import BaseModel

from sixtyfour_async import Operation

T = TypeVar("T")


class Lead(BaseModel):
    title: str | None = None


class Firm(BaseModel):
    size: int | None = None


class Page(BaseModel, Generic[T]):
    title: T | None = None
    leads: list[Lead] = []


class OddError(Exception):
    """Keeps other arguments than its constructor takes, so it can be pickled and not loaded."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code}: {reason}")


def read_and_return(pickled: bytes) -> tuple[bytes, list[str]]:
    """Load values, and pickle them again, with the fingerprints that the operations among them have here."""
    values: list[object] = pickle.loads(pickled)  # noqa: S301 (our own bytes)
    fingerprints = [value.fingerprint() for value in values if isinstance(value, Operation)]
    return pickle.dumps(values), fingerprints
