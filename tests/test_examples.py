"""The programs of the guide run as they stand, without a key: on the simulator, in virtual time."""

from __future__ import annotations

import csv
import importlib.util
import runpy
from pathlib import Path

import anyio
import pytest

import sixtyfour_async
from sixtyfour_async.testing import VirtualTimeLoop

EXAMPLES = Path(sixtyfour_async.__file__).parent / "guide" / "examples"
LONGEST = 60
"""Lines that are still read as a whole."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SIXTYFOUR_API_KEY", raising=False)
    return tmp_path


def rehearse(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Run an example as a program and return what it printed."""
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return capsys.readouterr().out


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_says_what_it_is_for_and_is_short(path: Path) -> None:
    text = path.read_text("utf-8")

    assert text.startswith('"""')
    assert len(text.splitlines()) <= LONGEST


def test_frames_come_back_as_they_were_with_answers(capsys: pytest.CaptureFixture[str]) -> None:
    printed = rehearse("frames", capsys)

    assert printed.count("Maplewood, Minnesota, U.S.") == 2
    assert "20.0 cents" in printed, "the second frame cost nothing"


def test_what_a_search_finds_is_enriched(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = rehearse("search_then_enrich", capsys).splitlines()
    with (folder / "found.csv").open(encoding="utf-8-sig", newline="") as file:
        found = [row["company_name"] for row in csv.DictReader(file)]

    assert found
    assert sorted(line.split(" | ")[0] for line in printed) == sorted(found)
    assert all(line.split(" | ")[1] == "completed" for line in printed)


def test_a_workflow_leaves_its_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = rehearse("workflow_files", capsys)
    with (folder / "workflow.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))

    assert " | completed | " in printed
    assert [row["company_name"] for row in rows] == ["3M", "3i", "Adesso SE"]
    assert f"{(folder / 'workflow.csv').stat().st_size} bytes" in printed
    assert [path.name for path in folder.iterdir()] == ["workflow.csv"], "no journal of invented answers is left"


def test_the_tests_of_a_pipeline_pass(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("pipeline_test", EXAMPLES / "pipeline_test.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tests = [value for name, value in vars(module).items() if name.startswith("test_")]

    assert len(tests) == 2
    for number, test in enumerate(tests):
        (tmp_path / str(number)).mkdir()
        anyio.run(test, tmp_path / str(number), backend_options={"loop_factory": VirtualTimeLoop})
