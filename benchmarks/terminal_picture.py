"""What a program wrote to a terminal, as a picture: a screen, and SVG that needs no font and nothing from outside.

Columns stay aligned whatever font the reader has: every run of equal characters has the length that its cells take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

from rich.cells import cell_len
from rich.color import Color

CONTROL = re.compile(r"\x1b\[([\d;?]*)([A-Za-z])|(\r)|(\n)")
BOLD, DIM = "1", "2"
CELL_WIDTH, LINE_HEIGHT, BASELINE, MARGIN, GAP = 8.4, 19, 14, 16, 28
FOREGROUND, FAINT, BACKGROUND = "#e6edf3", "#9198a1", "#0d1117"

FONT = 'font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14"'
"""Attributes, and no style sheet: programs that turn SVG into pixels know all of the former."""

LOOKS = {"": "", "faint": f' fill="{FAINT}"', "bold": ' font-weight="700"'}


@dataclass(frozen=True, slots=True)
class Cell:
    """One character, and how it is shown: ``faint``, ``bold``, or a colour as ``#5faf00``; "" for none of these."""

    text: str
    style: str = ""


@dataclass(slots=True)
class Screen:
    """A terminal of a fixed width that grows downwards: it knows what rich writes.

    Attributes:
        columns: Its width, cells.
        lines: What stands on it.
    """

    columns: int
    lines: list[list[Cell]] = field(default_factory=lambda: [[]])
    _row: int = 0
    _column: int = 0
    _style: str = ""

    def write(self, text: str) -> None:
        """Write text with control sequences."""
        place = 0
        for found in CONTROL.finditer(text):
            self._put(text[place : found.start()])
            self._obey(found)
            place = found.end()
        self._put(text[place:])

    def _put(self, text: str) -> None:
        for character in text:
            if self._column + cell_len(character) > self.columns:
                self._new_line()
                self._column = 0
            line = self.lines[self._row]
            line += [Cell(" ")] * (self._column - len(line))
            # A wide character takes two cells; the second one is empty.
            cells = [Cell(character, self._style), *[Cell("", self._style)] * (cell_len(character) - 1)]
            line[self._column : self._column + len(cells)] = cells
            self._column += len(cells)

    def _obey(self, found: re.Match[str]) -> None:
        argument, command, carriage_return, line_feed = found.groups()
        if carriage_return:
            self._column = 0
        elif line_feed:
            self._new_line()
        elif command == "A":
            self._row = max(0, self._row - int(argument or 1))
        elif command == "K":
            self.lines[self._row] = []
        elif command == "m":
            self._style = style_of(argument)

    def _new_line(self) -> None:
        self._row += 1
        if self._row == len(self.lines):
            self.lines.append([])

    def snapshot(self) -> list[list[Cell]]:
        """Return a copy of its lines, without empty ones at the end."""
        lines = [list(line) for line in self.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines


def style_of(codes: str) -> str:
    """Return the style that a sequence ``ESC [ … m`` asks for."""
    if found := re.search(r"38;5;(\d+)", codes):
        return Color.from_ansi(int(found[1])).get_truecolor().hex
    words = codes.split(";")
    if colour := next((code for code in words if re.fullmatch(r"3[1-7]", code)), None):
        return Color.from_ansi(int(colour) - 30).get_truecolor().hex
    return "faint" if DIM in words else "bold" if BOLD in words else ""


def picture(screens: Sequence[Sequence[Sequence[Cell]]], columns: int, title: str) -> str:
    """Return an SVG with several states of a screen, one below the other; their text is its description."""
    heights = [len(screen) * LINE_HEIGHT for screen in screens]
    width = columns * CELL_WIDTH + 2 * MARGIN
    height = sum(heights) + GAP * (len(screens) - 1) + 2 * MARGIN
    said = escape("\n\n".join(map(text_of, screens)))
    size = f'width="{width:g}" height="{height:g}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {width:g} {height:g}" role="img">',
        f"<title>{escape(title)}</title><desc>{said}</desc>",
        f'<rect {size} rx="8" fill="{BACKGROUND}"/>',
        f'<g {FONT} fill="{FOREGROUND}">',
    ]
    top = float(MARGIN)
    for screen, tall in zip(screens, heights, strict=True):
        if top > MARGIN:
            line_across = f"M{MARGIN} {top - GAP / 2:g}H{width - MARGIN:g}"
            parts.append(f'<path d="{line_across}" stroke="{FAINT}" stroke-dasharray="2 6"/>')
        parts += [piece for row, line in enumerate(screen) for piece in _line(line, top + row * LINE_HEIGHT)]
        top += tall + GAP
    return "\n".join([*parts, "</g>", "</svg>\n"])


def text_of(lines: Sequence[Sequence[Cell]]) -> str:
    """Return lines as plain text."""
    return "\n".join("".join(cell.text for cell in line).rstrip() for line in lines)


def _line(line: Sequence[Cell], top: float) -> Iterator[str]:
    column = 0
    for (style, kind), run in groupby(line, key=lambda cell: (cell.style, _kind(cell.text))):
        cells = list(run)
        x, length = f"{MARGIN + column * CELL_WIDTH:.1f}", f"{len(cells) * CELL_WIDTH:.1f}"
        column += len(cells)
        if kind == "bar":
            colour = style if style.startswith("#") else FOREGROUND
            yield f'<rect x="{x}" y="{top + LINE_HEIGHT / 2 - 1:g}" width="{length}" height="3" fill="{colour}"/>'
        elif kind == "text":
            text = escape("".join(cell.text for cell in cells))
            place = f'x="{x}" y="{top + BASELINE:g}" textLength="{length}" lengthAdjust="spacingAndGlyphs"'
            yield f"<text {place}{_look(style)}>{text}</text>"


def _kind(text: str) -> str:
    """Words are drawn one by one, so that no space between them is lost; the bar of a progress display as a bar."""
    return "space" if text == " " else "bar" if text and text in "━╸╺" else "text"


def _look(style: str) -> str:
    return LOOKS.get(style, f' fill="{style}"')
