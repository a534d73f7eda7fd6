"""A picture of a terminal: what stands on the screen, in columns that need no font."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from benchmarks.recording import COLUMNS, screens_of
from benchmarks.terminal_picture import CELL_WIDTH, MARGIN, Screen, picture, text_of

SVG = "{http://www.w3.org/2000/svg}"
BAR = "\x1b[38;5;70m━━━━\x1b[0m"


def screen(*chunks: str, columns: int = 20) -> Screen:
    made = Screen(columns)
    for chunk in chunks:
        made.write(chunk)
    return made


def drawn(*lines: str, columns: int = 20) -> ET.Element:
    return ET.fromstring(picture([screen("\r\n".join(lines), columns=columns).snapshot()], columns, "t"))  # noqa: S314


def test_lines_are_redrawn_in_place_as_rich_does_it() -> None:
    text = text_of(
        screen("before\r\n", "one\r\ntwo", "\r\x1b[2K\x1b[1A\x1b[2K", "\x1b[2mthree\x1b[0m\r\nfour").snapshot()
    )

    assert text == "before\nthree\nfour"


def test_a_long_line_goes_on_in_the_next_one() -> None:
    assert text_of(screen("x" * 25).snapshot()) == "x" * 20 + "\n" + "x" * 5


def test_a_wide_character_takes_two_cells_and_is_not_split() -> None:
    made = screen("漢" * 3 + "b", columns=5).snapshot()

    assert text_of(made) == "漢漢\n漢b"
    assert [len(line) for line in made] == [4, 3]


def test_styles_are_kept() -> None:
    styles = {
        cell.text: cell.style for cell in screen("\x1b[1mb\x1b[0ma\x1b[2md\x1b[0m\x1b[38;5;70mc\x1b[31mr").lines[0]
    }

    assert styles == {"b": "bold", "a": "", "d": "faint", "c": "#5faf00", "r": "#800000"}


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z", "M"]), max_size=12), min_size=1, max_size=5))
def test_every_word_has_the_length_of_its_cells_and_nothing_is_clipped(lines: list[str]) -> None:
    tree = drawn(*lines)
    width, height = float(tree.get("width", "")), float(tree.get("height", ""))

    for text in tree.iter(f"{SVG}text"):
        length = float(text.get("textLength", ""))
        assert abs(length - cell_len(text.text or "") * CELL_WIDTH) < 0.1
        assert float(text.get("x", "")) + length <= width - MARGIN + 0.2
        assert MARGIN < float(text.get("y", "")) < height


def test_columns_are_aligned_whatever_the_words_before() -> None:
    tree = drawn("ab cd", "漢 cd", f"{BAR[:-4]}\x1b[0m")
    starts = [text.get("x") for text in tree.iter(f"{SVG}text") if text.text == "cd"]

    assert starts == [f"{MARGIN + 3 * CELL_WIDTH:.1f}"] * 2
    assert len(list(tree.iter(f"{SVG}rect"))) == 2  # the background, and the bar, which no font draws


def test_text_is_text_in_the_picture() -> None:
    hostile = "</desc><script>&"
    tree = drawn(hostile)

    assert [text.text for text in tree.iter(f"{SVG}text")] == [hostile]
    assert tree.find(f"{SVG}desc") is not None
    assert list(tree.iter(f"{SVG}script")) == []


def test_a_recording_shows_the_middle_and_the_end() -> None:
    half, end = screens_of([(0.0, "start\r\n"), (1.0, "middle"), (3.0, "\r\x1b[2Kend")])

    assert COLUMNS <= 100
    assert text_of(half).splitlines()[1:] == ["start", "middle"]
    assert text_of(end).splitlines()[1:] == ["start", "end"]


def test_screens_stand_below_each_other() -> None:
    states = [screen("one").snapshot(), screen("two\r\nthree").snapshot()]
    tree = ET.fromstring(picture(states, 20, "t"))  # noqa: S314
    heights = [float(text.get("y", "")) for text in tree.iter(f"{SVG}text")]

    assert all(above < below for above, below in pairwise(heights))
