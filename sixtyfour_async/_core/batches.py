"""Rows that share a submit: gathered as they stream in, and told apart again in the answer.

A finder's question costs two requests or three when it goes alone, and a hundredth of that in a batch of a hundred. A
batch is sent when it is full, or a short while after its first row, so that a slow stream does not wait for a hundredth
row that never comes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import JsonValue

from sixtyfour_async.models._base import json_array, json_object

T = TypeVar("T")

LEADS = 100
"""Leads that one bulk submit takes. Source: docs.sixtyfour.ai, api-reference/endpoint/find-email (bulk)."""

GATHER = 2.0
"""Seconds for which the first row of a batch waits for others."""


@dataclass(slots=True)
class Gathering(Generic[T]):
    """Batches that are being filled.

    Attributes:
        size: Rows in a full batch.
        delay: Seconds after its first row at which a batch goes as it is.
    """

    size: int = LEADS
    delay: float = GATHER
    _open: dict[str, tuple[float, list[T]]] = field(default_factory=dict[str, tuple[float, list[T]]])

    def add(self, row: T, kind: str, now: float) -> list[T] | None:
        """Put a row with others of its kind; the batch comes back when that filled it."""
        _, rows = self._open.setdefault(kind, (now + self.delay, []))
        rows.append(row)
        return self._open.pop(kind)[1] if len(rows) >= self.size else None

    def remove(self, row: T) -> bool:
        """Take a row out again; False when it is not here."""
        for kind, (_, rows) in self._open.items():
            if row in rows:
                rows.remove(row)
                if not rows:
                    del self._open[kind]
                return True
        return False

    def due(self, now: float) -> list[list[T]]:
        """Batches that have waited long enough."""
        ripe = [kind for kind, (at, _) in self._open.items() if at <= now]
        return [self._open.pop(kind)[1] for kind in ripe]

    def wake_at(self) -> float:
        """When the next batch will have waited long enough; infinite when none waits."""
        return min((at for at, _ in self._open.values()), default=math.inf)


@dataclass(frozen=True, slots=True)
class Share:
    """What a batch's answer says of one row. ``error`` is set when it says that nothing came of it."""

    answer: JsonValue
    cost_cents: float | None
    error: str | None = None


def share_out(leads: Sequence[Mapping[str, JsonValue]], result: JsonValue, charged: float | None) -> list[Share]:
    """Tell the rows of a batch's answer apart.

    The service echoes each lead beside what it found, so a row is known by its echo, and by its place only where the
    echo does not say. Assumed, as no page tells: rows come in the order of the leads. A row that is missing is an
    error of its own, never another lead's answer.

    Args:
        leads: What was asked about, in the order in which it was sent.
        result: The answer, a list or an object that wraps one.
        charged: What the whole was charged, cents; None when the service did not say.
    """
    rows = _listed(result)
    places = _places(leads, rows)
    told = [None if place is None else _cost(rows[place]) for place in places]
    untold = sum(cost is None for cost in told)
    rest = None if charged is None else max(0.0, charged - sum(cost or 0.0 for cost in told))
    each = None if rest is None else rest / max(1, untold)
    return [
        Share(None, each, "the batch's answer has no row for this lead")
        if place is None
        else Share(rows[place], each if cost is None else cost, _error(rows[place]))
        for place, cost in zip(places, told, strict=True)
    ]


def _listed(result: JsonValue) -> list[Any]:
    wrapped = json_object(result) or {}
    lists = (json_array(wrapped.get(name)) for name in ("results", "leads", "data"))
    return json_array(result) or next((found for found in lists if found is not None), [])


def _places(leads: Sequence[Mapping[str, JsonValue]], rows: Sequence[Any]) -> list[int | None]:
    places: list[int | None] = [None] * len(leads)
    free = dict.fromkeys(range(len(rows)))
    for by_echo in (True, False):
        for number, lead in enumerate(leads):
            if places[number] is not None:
                continue
            same_place = [number] if number in free and (by_echo or len(rows) == len(leads)) else []
            for place in [*same_place, *(free if by_echo else ())]:
                if not by_echo or _echoes(rows[place], lead):
                    places[number] = place
                    del free[place]
                    break
    return places


def _echoes(row: Any, lead: Mapping[str, JsonValue]) -> bool:
    """Does a row repeat everything plain that was known of a lead?"""
    found = json_object(row) or {}
    plain = {name: value for name, value in lead.items() if isinstance(value, str | int | float)}
    return bool(plain) and all(found.get(name) == value for name, value in plain.items())


def _cost(row: Any) -> float | None:
    cost = (json_object(row) or {}).get("cost_cents")
    return float(cost) if isinstance(cost, int | float) else None


def _error(row: Any) -> str | None:
    told = (json_object(row) or {}).get("error")
    return told if isinstance(told, str) and told else None
