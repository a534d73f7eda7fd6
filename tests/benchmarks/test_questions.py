"""Each benchmark answers its question: run on a few rows, with no word about how fast."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benchmarks import __main__ as command_line
from benchmarks.questions import QUESTIONS, seeds_for
from benchmarks.results import Report
from benchmarks.results.files import document, write
from benchmarks.results.text import WIDTH, report_lines
from benchmarks.start import PEERS

SMALL: dict[str, dict[str, Any]] = {
    "first_light": {"rows": 12},
    "frontier": {"rows": 40, "only": ["low, documented", "bulk with foreground"]},
    "busy": {"rows": 40, "only": ["low, documented"], "costs": [0, 240]},
    "foreground": {"rows": 60, "only": ["low, documented"]},
    "push": {"rows": 60, "only": ["medium, documented"]},
    "push_http": {"jobs": 5, "deliveries": 20, "speed": 200.0, "senders": [2]},
    "bulk": {"rows": 6, "speeds": [100.0], "only": ["vendor's loop, 10 in flight"], "warm_up_rows": 0},
    "fleet": {
        "processes": [],
        "speed": 20.0,
        "seconds": 20.0,
        "warm_up": 1.0,
        "rows": 8,
        "claim_processes": [1],
        "claim_seconds": 0.1,
        "postgres": False,
    },
    "pipeline": {"requests": 5, "levels": [1], "windows": ["fixed"], "minutes": 0.02},
    "ceiling": {"jobs": 5},
    "start": {"peers": PEERS[:1]},
    "scale": {"rows": 2, "many": 1000, "number": 100},
    "safety": {"rows": 6, "kills": 1, "fault_rows": 12, "faults": ["lost_answer"], "postgres": False},
    "resume": {"rows": 40},
}
"""What makes each of them take moments."""


def answer_of(name: str) -> Report:
    module = importlib.import_module(f"benchmarks.{name}")
    report: Report = module.answer(True, seeds_for(name, quick=True, number=1), **SMALL[name])
    return report


def test_every_benchmark_is_tried_here() -> None:
    assert SMALL.keys() == QUESTIONS.keys()


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_benchmark_answers_with_tables_plots_and_json(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.chdir(tmp_path)
    report = answer_of(name)
    files = write(tmp_path, document(name, QUESTIONS[name].asks, report, quick=True, seeds=[2]), report)
    found = json.loads((tmp_path / f"{name}.json").read_text("utf-8"))

    assert report.tables
    assert all(table.rows and {len(row) for row in table.rows} == {len(table.columns)} for table in report.tables)
    assert max(map(len, report_lines(report))) <= WIDTH
    assert [len(table["rows"]) for table in found["tables"]] == [len(table.rows) for table in report.tables]
    assert found.keys() >= {"machine", "versions", "date", "seeds", "n"}
    assert files[1:], "a plot"
    for file in files[1:]:
        check_plot(file.read_text("utf-8"))


def check_plot(text: str) -> None:
    """It is well-formed, has a size, follows the page's colours and fetches nothing."""
    root = ET.fromstring(text)  # noqa: S314 (our own)

    assert int(root.attrib["width"]) > 0 < int(root.attrib["height"])
    assert "prefers-color-scheme:dark" in text
    assert text.count("://") == 1, "the name of the SVG name space only"
    assert "nan" not in text


def test_the_questions_are_listed_one_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    command_line.main([])
    lines = capsys.readouterr().out.splitlines()

    assert [line.split()[0] for line in lines] == list(QUESTIONS)
    assert max(map(len, lines)) <= WIDTH


def test_the_command_line_prints_the_table_and_names_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = ["--quick", "--seeds", "2", "--only", "low, documented", "--rows", "60"]
    command_line.main(["foreground", *chosen, "--out", str(tmp_path)])
    printed = capsys.readouterr().out

    assert "seeds 2, 3" in printed
    assert str(tmp_path / "foreground.json") in printed
    found = json.loads((tmp_path / "foreground.json").read_text("utf-8"))
    assert (found["seeds"], found["n"]["rows"]) == ([2, 3], 60)


def test_one_part_of_scale_is_answered_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where the journal is
    command_line.main(["scale", "--only", "SQLite", "--rows", "3", "--out", str(tmp_path)])

    (table,) = json.loads((tmp_path / "scale.json").read_text("utf-8"))["tables"]
    assert [row[:2] for row in table["rows"]] == [["SQLite", 3]]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nothing"], "invalid choice"),
        (["frontier", "--seeds", "0"], "at least one"),
        (["frontier", "--rows", "0"], "at least one"),
        (["start", "--rows", "10"], "only with one of first_light, frontier"),
        (["all", "--rows", "10"], "only with one of first_light, frontier"),
        (["frontier", "--only", "nothing"], "'low, documented'"),
        (["start", "--only", "nothing"], "choose from nothing"),
        (["all", "--only", "high"], "choose from nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command_line.main(arguments)

    assert complaint in capsys.readouterr().err
