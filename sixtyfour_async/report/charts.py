"""Plots as inline SVG that stretches with the page; all text stands beside it, so that it keeps its size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sixtyfour_async.report.markup import Html, element, markup, text

WIDTH, HEIGHT = 1000, 120
LADDER: Final = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a plot.

    Attributes:
        label: What it shows.
        tone: Its colour, a class of the style.
        values: One for each column; None where there is none.
    """

    label: str
    tone: str
    values: Sequence[float | None]


def bar(share: float, tone: str = "good") -> Html:
    """Return a horizontal bar that is filled to a share, 0 to 1."""
    filled = element("rect", width=f"{100 * share:.1f}", height=10, class_=tone)
    return element("svg", filled, viewBox="0 0 100 10", preserveAspectRatio="none", aria_hidden="true")


def round_up(value: float) -> float:
    """Return the next number that is easy to read off an axis."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in LADDER if step * power >= value * (1 - 1e-9))


def plot(
    *, title: str, top: str, highest: float, bars: Curve | None, curves: Sequence[Curve], axis: tuple[str, ...]
) -> Html:
    """Return a plot over time.

    Args:
        title: What it shows.
        top: The label of its upper edge.
        highest: The value there; see `round_up`.
        bars: What is drawn as columns.
        curves: What is drawn as lines.
        axis: Labels below, spread from left to right.
    """
    shown = [curve for curve in (bars, *curves) if curve is not None]
    drawing = element(
        "svg",
        element("line", x1=0, x2=WIDTH, y1=0.5, y2=0.5),
        element("line", x1=0, x2=WIDTH, y1=HEIGHT / 2, y2=HEIGHT / 2),
        _columns(bars, highest) if bars else None,
        [_line(curve, highest) for curve in curves],
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        preserveAspectRatio="none",
        role="img",
        aria_label=title,
    )
    keys = [element("li", element("span", class_=f"key {curve.tone}"), curve.label) for curve in shown]
    return element(
        "figure",
        element("figcaption", title),
        element("div", element("span", text(top), class_="top"), drawing, class_="plot"),
        element("div", [element("span", label) for label in axis], class_="axis"),
        element("ul", keys, class_="keys"),
    )


def _columns(curve: Curve, highest: float) -> Html:
    each = WIDTH / max(1, len(curve.values))
    return markup(
        element(
            "rect",
            x=f"{place * each:.1f}",
            y=f"{HEIGHT * (1 - value / highest):.1f}",
            width=f"{each * 0.86:.1f}",
            height=f"{HEIGHT * value / highest:.1f}",
            class_=curve.tone,
        )
        for place, value in enumerate(curve.values)
        if value
    )


def _line(curve: Curve, highest: float) -> Html:
    """Return a line that is broken where there is no value; a value by itself is a short stroke."""
    each, steps, pen_up = WIDTH / max(1, len(curve.values)), list[str](), True
    for place, value in enumerate(curve.values):
        if value is None:
            pen_up = True
            continue
        y = f"{HEIGHT * (1 - min(value, highest) / highest):.1f}"
        if pen_up:
            steps.append(f"M{place * each:.1f} {y}")
        steps.append(f"L{(place + 0.5) * each:.1f} {y}")
        pen_up = False
    return element("path", d="".join(steps), class_=curve.tone)
