"""Deterministic pseudo-random draws keyed by their arguments, independent of call order.

Each draw hashes its arguments (usually the seed, then a name and a subject) instead of advancing a generator. Requests
may therefore arrive in any order, or be answered again after a restart, and still get the same answer.
"""

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
    # The unit separator keeps ("ab", "c") and ("a", "bc") apart.
    text = "\x1f".join(map(str, parts))
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def uniform(*parts: object) -> float:
    """Return a number strictly between 0 and 1."""
    # Half a step off zero: `normal` needs an argument in the open interval.
    return (int.from_bytes(_digest(parts)[:8], "big") + 0.5) / _UINT64_RANGE


def randint(low: int, high: int, *parts: object) -> int:
    """Return an integer from *low* to *high*, both included."""
    return low + min(high - low, int(uniform(*parts) * (high - low + 1)))


def choice(choices: Sequence[T], *parts: object) -> T:
    """Return one element of *choices*."""
    return choices[randint(0, len(choices) - 1, *parts)]


def normal(*parts: object) -> float:
    """Return a standard normal deviate."""
    return _NORMAL.inv_cdf(min(max(uniform(*parts), 1e-9), 1 - 1e-9))


def identifier(*parts: object) -> str:
    """Return an id in the format of a version 4 UUID."""
    return str(uuid.UUID(bytes=_digest(parts), version=4))
