"""A plot can be read: names do not touch, and it says what dots and lines stand for."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest

from benchmarks.results import Dot, Dots, Lines, Panel, Series
from benchmarks.results.svg import SMALL_LETTER, WIDTH, draw

SVG = "{http://www.w3.org/2000/svg}"


def texts(drawn: str) -> list[tuple[str, float, float]]:
    """Return all texts with the middle or end that they are placed at, and their height on the page."""
    found = ET.fromstring(drawn).iter(f"{SVG}text")  # noqa: S314 (our own)
    return [(one.text or "", float(one.attrib["x"]), float(one.attrib["y"])) for one in found]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 6, 7])
def test_the_names_of_panels_do_not_touch(number: int) -> None:
    names = [f"panel {at}, with a name as long as many" for at in range(number)]
    drawn = draw(Lines("title", "y", [Panel(name, [Series("one", [(0, 1), (9, 3)])]) for name in names]))
    placed = sorted((y, x, SMALL_LETTER * len(text)) for text, x, y in texts(drawn) if text.startswith("panel"))
    height = float(ET.fromstring(drawn).attrib["height"])  # noqa: S314 (our own)

    assert len(placed) == number
    assert all(y < height and x - width / 2 > 0 and x + width / 2 < WIDTH for y, x, width in placed)
    for (y, x, width), (next_y, next_x, next_width) in pairwise(placed):
        assert next_y > y or x + width / 2 < next_x - next_width / 2


@pytest.mark.parametrize(
    ("dot", "says"),
    [
        (Dot("a", 2.0, 1.0, 4.0), "dot: median, line: least to greatest"),
        (Dot("a", 2.0, 2.0, 2.0), "one run each, or all alike"),
    ],
)
def test_a_plot_says_what_its_dots_stand_for(dot: Dot, says: str) -> None:
    assert says in {text for text, _, _ in texts(draw(Dots("title", "axis", [("row", [dot])])))}


def test_a_single_dot_has_its_number_on_the_page() -> None:
    rows = [(str(value), [Dot("a", value, value, value)]) for value in (0.123456, 7.0, 1234.5)]
    drawn = {text: x for text, x, _ in texts(draw(Dots("title", "axis", rows)))}

    assert all(0 < drawn[number] < WIDTH for number in ("0.123", "7", "1,234"))
