"""The guide's numbers are those of the benchmarks' JSON."""

from __future__ import annotations

from benchmarks.frontier import answer
from benchmarks.guide_figures import PAGE, PICTURES, TABLES, origin, part, with_part
from benchmarks.questions import QUESTIONS
from benchmarks.results.files import document


def test_a_table_of_a_benchmark_becomes_one_of_the_guide() -> None:
    report = answer(True, [2], rows=40, only=["low, documented"])
    found = document("frontier", QUESTIONS["frontier"].asks, report, quick=True, seeds=[2])
    lines = part(found, -1).strip().splitlines()

    assert lines[0].startswith("| jobs/min of JobRunner / | 1 no., mean |")
    assert lines[2].startswith("| low, documented | ")
    assert {line.count("|") for line in lines[:3]} == {1 + len(report.tables[-1].columns)}
    assert lines[-1] == origin(found)
    assert "40 rows a list, one seed" in lines[-1]


def test_a_part_is_replaced_and_nothing_else() -> None:
    page = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n"

    assert with_part(page, "x", "new\n") == "a\n<!-- x -->\nnew\n<!-- /x -->\nb\n"


def test_the_page_has_every_part_and_every_picture() -> None:
    text = PAGE.read_text("utf-8")

    assert [name for name in TABLES if f"<!-- {name} -->\n\n| " not in text] == []
    assert [name for name in PICTURES.values() if not (PAGE.parent / "pictures" / name).is_file()] == []
