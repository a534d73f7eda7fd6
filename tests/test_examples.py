"""The programs of the guide run as they stand, without a key: on the simulator, in virtual time."""

from __future__ import annotations

import ast
import csv
import importlib.util
import runpy
import sqlite3
from contextlib import closing
from importlib import import_module
from pathlib import Path
from typing import Any

import anyio
import pytest

import sixtyfour_async
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from sixtyfour_async.testing import VirtualTimeLoop

parquet: Any = import_module("pyarrow.parquet")

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


def airflow_parts() -> tuple[ast.Module, ast.Module]:
    """Return the DAG's file without what needs Airflow, which is not installed here, and what needs it."""
    tree = ast.parse((EXAMPLES / "airflow_dag.py").read_text("utf-8"))
    needs = [node for node in tree.body if {"airflow", "dag", "companies"} & names_in(node)]
    rest = [node for node in tree.body if node not in needs]
    return ast.Module(rest, []), ast.Module(needs, [])


def names_in(node: ast.AST) -> set[str]:
    """Return what a statement imports from, and what it names."""
    found = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    found |= {part.name for part in ast.walk(node) if isinstance(part, ast.FunctionDef)}
    modules = [part.module or "" for part in ast.walk(node) if isinstance(part, ast.ImportFrom)]
    return found | {module.partition(".")[0] for module in modules}


@pytest.mark.slow
def test_the_work_of_the_airflow_dag_pays_once_however_often_it_is_called(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function of the file is called as the sensor calls it; that Airflow calls it is not tested."""
    work, _ = airflow_parts()
    module: dict[str, Any] = {}
    exec(compile(work, "airflow_dag.py", "exec"), module)  # noqa: S102 (our own file)
    (folder / "companies.csv").write_text("company_name\n3M\n3i\n", encoding="utf-8")
    monkeypatch.setenv("SIXTYFOUR_API_KEY", DEFAULT_KEY)
    with simulator_process(SimulatorSettings(speed=1000)) as url:
        monkeypatch.setenv("SIXTYFOUR_API_ENDPOINT", url)
        while module["step"](folder) is None:
            pass
        answers = parquet.read_table(module["step"](folder))
    with closing(sqlite3.connect(folder / "companies.db")) as journal:
        [(jobs, spent)] = journal.execute("SELECT count(DISTINCT job_id), sum(cost_cents) FROM jobs").fetchall()

    assert answers["headquarters"].to_pylist() == ["Maplewood, Minnesota, U.S.", "London, England, UK"]
    assert answers["status"].to_pylist() == ["completed"] * 2
    assert (jobs, spent) == (2, 20)


def test_the_airflow_dag_is_a_sensor_that_gives_its_slot_back_around_that_work() -> None:
    _, wrapper = airflow_parts()
    imported, flow, called = wrapper.body

    assert ast.unparse(imported) == "from airflow.sdk import PokeReturnValue, dag, task"
    assert isinstance(flow, ast.FunctionDef)
    assert [ast.unparse(decorator) for decorator in flow.decorator_list] == ["dag(schedule='@daily', catchup=False)"]
    sensor = flow.body[0]
    assert isinstance(sensor, ast.FunctionDef)
    assert "task.sensor(mode='reschedule'" in ast.unparse(sensor.decorator_list[0])
    assert "step(FOLDER)" in ast.unparse(sensor)
    assert ast.unparse(called) == "companies()"


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
