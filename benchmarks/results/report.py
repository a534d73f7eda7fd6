"""A report: what was asked, under which circumstances, and the tables that answer it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

from benchmarks.results.charts import Chart

T = TypeVar("T")


def quantile(ordered: Sequence[float], part: float) -> float:
    """Return a quantile of ordered values, interpolated; NaN of none."""
    if not ordered:
        return math.nan
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


@dataclass(frozen=True, slots=True)
class Spread:
    """One number that was measured several times, in the order of the seeds or rounds."""

    values: tuple[float, ...]

    @classmethod
    def over(cls, measured: Iterable[T], number: Callable[[T], float]) -> Spread:
        """Return one number of each measurement."""
        return cls(tuple(number(one) for one in measured))

    @classmethod
    def of_quantiles(cls, ordered: Iterable[Sequence[float]], part: float) -> Spread:
        """Return one quantile of each list of ordered values."""
        return cls(tuple(quantile(values, part) for values in ordered))

    @property
    def median(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def low(self) -> float:
        """The least value."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest value."""
        return max(self.values)

    def over_each(self, other: Spread) -> Spread:
        """Return the ratios to another measurement of the same seeds or rounds, pair by pair."""
        return Spread(tuple(one / its for one, its in zip(self.values, other.values, strict=True)))


Cell = str | int | float | Spread | None
"""A value of a table; None where there is nothing to measure."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its head.
        format: Format of its numbers, such as ``".1f"``.
        range: Whether the least and the greatest value of a `Spread` are shown beside the median.
        meaning: What it holds and in which unit, where the head does not say it.
    """

    name: str
    format: str = ",.1f"
    range: bool = False
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each row has a cell for each column, and the first column holds names."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a benchmark's question.

    Attributes:
        n: What was run and how often: name → number, such as rows, rounds or requests.
        tables: The tables.
        charts: Name → chart; the first one, named "", is the benchmark's own.
        notes: How to read the numbers, what was left out and why.
    """

    n: Mapping[str, float]
    tables: Sequence[Table]
    charts: Mapping[str, Chart] = field(default_factory=dict[str, Chart])
    notes: Sequence[str] = ()
