"""Charts as SVG: text and shapes only, readable on light and dark pages, nothing fetched from anywhere."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from benchmarks.results.charts import Chart, Dot, Dots, Lines, Panel, Series

WIDTH = 860
RIGHT, TOP, LEGEND = 30, 70, 44
LETTER, SMALL_LETTER = 7.4, 6.6
"""Widths of a letter, pixels, on the safe side: the font is the reader's."""
ROW_HEIGHT, AXIS_HEIGHT, PANEL_HEIGHT, LOW_PANEL_HEIGHT = 34, 56, 300, 200
PANEL_LEFT, PANEL_GAP = 60, 26
PANELS_IN_A_ROW = 3
"""Of more, the names of their axes would touch."""

LIGHT = ("#0b62c4", "#c2410c", "#15803d", "#7e22ce", "#a16207", "#be185d", "#475569")
DARK = ("#6cb2ff", "#fb923c", "#4ade80", "#c98bff", "#facc15", "#f472b6", "#94a3b8")
"""Colours of the series, in order; each has a contrast of 4.5 to its background."""

_STYLE = "".join(
    (
        ".page{fill:#fff}text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:15px}",
        ".small{font-size:11px}.grid{stroke:#d0d7de}.mark{stroke:#57606a;stroke-dasharray:4 3}.line{fill:none}",
        *(f".s{at}{{stroke:{colour}}}.f{at}{{fill:{colour}}}" for at, colour in enumerate(LIGHT)),
        "@media(prefers-color-scheme:dark){.page{fill:#0d1117}text{fill:#e6edf3}.grid{stroke:#30363d}",
        ".mark{stroke:#8b949e}",
        *(f".s{at}{{stroke:{colour}}}.f{at}{{fill:{colour}}}" for at, colour in enumerate(DARK)),
        "}",
    )
)


def draw(chart: Chart) -> str:
    """Return a chart as an SVG document."""
    return _dots(chart) if isinstance(chart, Dots) else _lines(chart)


@dataclass(frozen=True, slots=True)
class _Scale:
    """Values → pixels along one axis."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def at(self, value: float) -> float:
        turn: Callable[[float], float] = math.log if self.log else float
        part = (turn(value) - turn(self.low)) / (turn(self.high) - turn(self.low))
        return self.start + part * (self.end - self.start)

    def ticks(self) -> Iterator[float]:
        """Yield round values within the axis."""
        if self.log:
            for power in range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1):
                yield from (one * 10.0**power for one in (1, 2, 5) if self.low <= one * 10.0**power <= self.high)
            return
        step = _round_step((self.high - self.low) / 6)
        first = math.ceil(self.low / step - 1e-9)
        yield from (at * step for at in range(first, math.floor(self.high / step + 1e-9) + 1))


def _round_step(least: float) -> float:
    unit = 10.0 ** math.floor(math.log10(least))
    return next(unit * one for one in (1, 2, 2.5, 5, 10) if unit * one >= least * (1 - 1e-9))


def _scale(values: Sequence[float], start: float, end: float, *, log: bool, zero: bool = False) -> _Scale:
    """Return a scale with a little room around the values."""
    usable = [value for value in values if math.isfinite(value) and (value > 0 or not log)] or [1.0]
    low, high = min(usable), max(usable)
    if log:
        return _Scale(low / 1.15, high * 1.15, start, end, log=True)
    room = (high - low or abs(high) or 1.0) * 0.06
    return _Scale(0.0 if zero else low - room, high + room, start, end)


def _document(width: int, height: float, title: str, body: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" '
        f'viewBox="0 0 {width} {height:.0f}" role="img">'
    )
    page = '<rect width="100%" height="100%" class="page"/>'  # not every viewer knows a background
    style = f"<style>{_STYLE}</style>"
    parts = (head, f"<title>{escape(title)}</title>", style, page, _text(12, 24, title, kind="title"))
    return "\n".join((*parts, *body, "</svg>\n"))


def _text(x: float, y: float, text: str, *, anchor: str = "start", kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{escape(text)}</text>'


def _rule(start: tuple[float, float], end: tuple[float, float], kind: str, width: float = 1) -> str:
    ends = 'x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"'.format(*start, *end)
    return f'<line {ends} class="{kind}" stroke-width="{width:g}"/>'


def _circle(x: float, y: float, colour: int) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="f{colour}"/>'


def _colours(names: Iterator[str]) -> dict[str, int]:
    return {name: at % len(LIGHT) for at, name in enumerate(dict.fromkeys(names))}


def _legend(colours: dict[str, int]) -> Iterator[str]:
    """Yield the names of the series; a single one needs none, since the title and the axis say what it is."""
    x = 14.0
    for name, colour in colours.items() if len(colours) > 1 else ():
        yield _circle(x, LEGEND - 4, colour)
        yield _text(x + 8, LEGEND, name, kind="small")
        x += 28 + SMALL_LETTER * len(name)


def _spread_text(chart: Dots) -> str:
    """Return what dots and lines stand for."""
    if all(dot.low == dot.high for _, dots in chart.rows for dot in dots):
        return "one run each, or all alike"
    return f"dot: median, line: {chart.range}"


def _number(scale: _Scale, dot: Dot, y: float) -> str:
    """Return a dot's number, beside its line where there is room for it."""
    text = f"{dot.middle:,.0f}" if abs(dot.middle) >= 100 else f"{dot.middle:.3g}"  # noqa: PLR2004 (digits)
    right = scale.at(dot.high) + 8
    if right + SMALL_LETTER * len(text) <= WIDTH:
        return _text(right, y + 4, text, kind="small")
    return _text(scale.at(dot.low) - 8, y + 4, text, anchor="end", kind="small")


def _tick_text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 else f"{value:g}"  # noqa: PLR2004 (digits)


def _ticks(scale: _Scale, top: float, bottom: float) -> Iterator[str]:
    free = -math.inf
    for value in scale.ticks():
        x, text = scale.at(value), _tick_text(value)
        half = SMALL_LETTER * (len(text) + 1) / 2
        yield _rule((x, top), (x, bottom), "grid")
        if x - half >= free:  # a number that would touch the one before it is left out
            free = x + half
            yield _text(x, bottom + 16, text, anchor="middle", kind="small")


def _dots(chart: Dots) -> str:
    colours = _colours(dot.series for _, dots in chart.rows for dot in dots)
    ends = [end for _, dots in chart.rows for dot in dots for end in (dot.low, dot.high)]
    if chart.reference is not None:
        ends.append(chart.reference)
    left = 30 + LETTER * max(len(name) for name, _ in chart.rows)
    # What is no ratio is a quantity: its axis begins at zero, so that lengths can be compared.
    scale = _scale(ends, left, WIDTH - RIGHT, log=chart.log, zero=chart.reference is None and not chart.log)
    bottom = TOP + ROW_HEIGHT * len(chart.rows)
    spread = _text(WIDTH - RIGHT, 24, _spread_text(chart), anchor="end", kind="small")
    body = [*_legend(colours), spread, *_ticks(scale, TOP, bottom)]
    if chart.reference is not None:
        body.append(_rule((scale.at(chart.reference), TOP), (scale.at(chart.reference), bottom), "mark", 1.5))
    for row, (name, dots) in enumerate(chart.rows):
        y = TOP + ROW_HEIGHT * (row + 0.5)
        body.append(_rule((left, y), (WIDTH - RIGHT, y), "grid", 0.5))
        body.append(_text(left - 10, y + 4, name, anchor="end"))
        for at, dot in enumerate(dots):
            line = y + (at - (len(dots) - 1) / 2) * min(7.0, ROW_HEIGHT / (len(dots) + 1))
            colour = colours[dot.series]
            body.append(_rule((scale.at(dot.low), line), (scale.at(dot.high), line), f"s{colour}", 2))
            body.append(_circle(scale.at(dot.middle), line, colour))
        if len(dots) == 1:
            body.append(_number(scale, dots[0], y))
    body.append(_text((left + WIDTH - RIGHT) / 2, bottom + 38, chart.axis, anchor="middle"))
    return _document(WIDTH, bottom + AXIS_HEIGHT, chart.title, body)


def _lines(chart: Lines) -> str:
    every = [series for panel in chart.panels for series in panel.series]
    colours = _colours(series.name for series in every)
    rows = [chart.panels[at : at + PANELS_IN_A_ROW] for at in range(0, len(chart.panels), PANELS_IN_A_ROW)]
    height = PANEL_HEIGHT if len(rows) == 1 else LOW_PANEL_HEIGHT
    body = [*_legend(colours), _text(12, TOP - 6, chart.y_axis, kind="small")]
    for at, panels in enumerate(rows):
        top = TOP + at * (height + AXIS_HEIGHT)
        y_scale = _scale([y for series in every for _, y in series.points], top + height, top, log=False, zero=True)
        body += _row_of_panels(panels, len(rows[0]), colours, y_scale, log=chart.log_x)
    return _document(WIDTH, TOP + len(rows) * (height + AXIS_HEIGHT), chart.title, body)


def _row_of_panels(
    panels: Sequence[Panel], places: int, colours: dict[str, int], y_scale: _Scale, *, log: bool
) -> Iterator[str]:
    width = (WIDTH - PANEL_LEFT - RIGHT - PANEL_GAP * (places - 1)) / places
    for at, panel in enumerate(panels):
        left = PANEL_LEFT + at * (width + PANEL_GAP)
        yield from _panel(panel, colours, y_scale, (left, left + width), log=log)
    for value in y_scale.ticks():
        yield _text(PANEL_LEFT - 8, y_scale.at(value) + 4, _tick_text(value), anchor="end", kind="small")


def _panel(
    panel: Panel, colours: dict[str, int], y_scale: _Scale, ends: tuple[float, float], *, log: bool
) -> Iterator[str]:
    x_scale = _scale([x for series in panel.series for x, _ in series.points], *ends, log=log)
    bottom, top = y_scale.start, y_scale.end
    yield from _ticks(x_scale, top, bottom)
    for value in y_scale.ticks():
        yield _rule((ends[0], y_scale.at(value)), (ends[1], y_scale.at(value)), "grid")
    for series in panel.series:
        yield from _series(series, colours[series.name], x_scale, y_scale)
    yield _text(sum(ends) / 2, bottom + 36, panel.x_axis, anchor="middle", kind="small")


def _series(series: Series, colour: int, x_scale: _Scale, y_scale: _Scale) -> Iterator[str]:
    points = [(x_scale.at(x), y_scale.at(y)) for x, y in series.points if x > 0 or not x_scale.log]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    yield f'<polyline points="{joined}" class="line s{colour}" stroke-width="2"/>'
    if series.marked:
        yield from (_circle(x, y, colour) for x, y in points)
