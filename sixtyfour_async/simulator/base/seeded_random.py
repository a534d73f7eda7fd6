"""Dice that are a function of what they are asked: same seed and same parts, same throw, in any order."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
_NORMAL = NormalDist()
_UINT64_RANGE = 1 << 64


def _digest(parts: tuple[object, ...]) -> bytes:
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def uniform(*parts: object) -> float:
    """Give a number strictly between 0 and 1 that depends on *parts* alone."""
    return (int.from_bytes(_digest(parts)[:8], "big") + 0.5) / _UINT64_RANGE


def randint(low: int, high: int, *parts: object) -> int:
    """Give a whole number from *low* to *high*, both included."""
    return low + min(high - low, int(uniform(*parts) * (high - low + 1)))


def choice(choices: Sequence[T], *parts: object) -> T:
    """Give one of *choices*."""
    return choices[randint(0, len(choices) - 1, *parts)]


def normal(*parts: object) -> float:
    """Give a standard normal deviate."""
    return _NORMAL.inv_cdf(min(max(uniform(*parts), 1e-9), 1 - 1e-9))


def identifier(*parts: object) -> str:
    """Give an id in the form of a random UUID."""
    return str(uuid.UUID(bytes=_digest(parts), version=4))
