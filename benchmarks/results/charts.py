"""Two kinds of charts: dots with their range, a row for each thing compared; and lines, in panels side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dot:
    """A median and its range."""

    series: str
    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Dots:
    """Rows of dots over one axis.

    Attributes:
        title: What is shown.
        axis: What the axis measures, with its unit.
        rows: Name → its dots.
        reference: A value that is marked by a line, such as 1 for ratios.
        log: Whether the axis is logarithmic.
        range: What the line through a dot spans.
    """

    title: str
    axis: str
    rows: Sequence[tuple[str, Sequence[Dot]]]
    reference: float | None = None
    log: bool = False
    range: str = "least to greatest"


@dataclass(frozen=True, slots=True)
class Series:
    """Points that a line joins in the order given, and whether they are marked."""

    name: str
    points: Sequence[tuple[float, float]]
    marked: bool = True


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    x_axis: str
    series: Sequence[Series]


@dataclass(frozen=True, slots=True)
class Lines:
    """Panels that share their vertical axis.

    Attributes:
        title: What is shown.
        y_axis: What the vertical axis measures, with its unit.
        panels: From left to right.
        log_x: Whether the horizontal axes are logarithmic.
    """

    title: str
    y_axis: str
    panels: Sequence[Panel]
    log_x: bool = False


Chart = Dots | Lines
