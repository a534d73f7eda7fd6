"""A real notebook, run by a real kernel: the guide's code, frames, progress in the cell, and the stop button."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.guide.pages import Page

nbclient: Any = import_module("nbclient")
nbformat: Any = import_module("nbformat")

pytestmark = pytest.mark.timeout(180)  # kernels start slowly

ROOT = Path(__file__).parents[1]
FRAMES = ROOT / "sixtyfour_async" / "guide" / "frames.md"

EXAMPLE = FRAMES.parent / "examples" / "companies.ipynb"

SET_UP = """
import pandas as pd
from sixtyfour_async import AsyncClient, JobRunner, Question

question = Question("company-intelligence", {"headquarters": "City of the head office"}, options={"tier": "low"})
frame = pd.DataFrame({"company_name": ["3M", "Adesso SE", None]}, index=["a", "b", "b"])
"""

ENRICH = """
async with AsyncClient() as client:
    async with JobRunner(client, journal="notebook.db") as runner:
        found = await runner.enrich(frame, question, progress=True)
        stats = runner.stats()
found
"""


def outputs(*cells: str, **options: Any) -> list[list[Any]]:
    """Run cells in one kernel and return the outputs of each."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, kernel_name="python3", **options).execute()
    return [cell["outputs"] for cell in notebook["cells"]]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    with simulator_process(SimulatorSettings(speed=getattr(request, "param", 1000))) as url:
        monkeypatch.chdir(tmp_path)
        for name, value in {
            "SIXTYFOUR_API_KEY": DEFAULT_KEY,
            "SIXTYFOUR_API_ENDPOINT": url,
            "PYTHONPATH": str(ROOT),
            "IPYTHONDIR": str(tmp_path),
            "JUPYTER_PLATFORM_DIRS": "1",
        }.items():
            monkeypatch.setenv(name, value)
        yield


@pytest.mark.usefixtures("service")
def test_the_code_of_the_guide_and_of_scripts_runs_in_cells() -> None:
    """``await main()`` in place of ``asyncio.run(main())``, since a kernel has its loop already; all else unchanged."""
    research, _, _, cell = [block.text for block in Page(FRAMES).blocks if block.language == "python"]
    assert "asyncio.run(main())" in research

    guide, notebook, set_up, enriched, shown = outputs(
        research.replace("asyncio.run(main())", "await main()"), cell, SET_UP, ENRICH, "stats"
    )

    assert "".join(output.get("text", "") for output in guide) == "Maplewood, Minnesota, U.S.\n60500\n"
    assert (
        "".join(output.get("text", "") for output in notebook)
        == "['Maplewood, Minnesota, U.S.', 'London, England, UK']\n"
    )
    assert set_up == []
    progress, table = enriched
    assert progress["output_type"] == "display_data"
    assert progress["data"]["text/plain"].startswith("3 of 3 rows ended, 0 running")
    assert "completed" in table["data"]["text/html"]
    assert "rejected" in table["data"]["text/html"]
    assert shown[0]["data"]["text/html"].startswith("<table><caption>Stats")


def test_the_notebook_among_the_examples_runs_without_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the simulator in its own kernel; it is kept without outputs, and leaves no journal of invented answers."""
    for name, value in {"PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("SIXTYFOUR_API_KEY", raising=False)
    notebook = nbformat.read(EXAMPLE, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)

    folder = tmp_path / "notebooks"
    folder.mkdir()
    nbclient.NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()

    *quiet, answered, stats = [cell["outputs"] for cell in code]
    progress, table = answered
    assert quiet == [[], []]
    assert progress["data"]["text/plain"].startswith("3 of 3 rows ended, 0 running")
    assert table["data"]["text/html"].count("Maplewood, Minnesota, U.S.") == 2
    assert "completed" in stats[0]["data"]["text/html"]
    assert list(folder.iterdir()) == []


ACROSS_CELLS = (
    "client = AsyncClient(); await client.__aenter__();",
    "runner = JobRunner(client); await runner.__aenter__();",
    "again = await runner.enrich(frame, question)",
    "again",
    "await runner.__aexit__(None, None, None); await client.__aexit__(None, None, None);",
)


@pytest.mark.usefixtures("service")
def test_a_runner_may_be_opened_used_and_closed_in_cells_of_its_own() -> None:
    *quiet, shown, closed = outputs(SET_UP, *ACROSS_CELLS)

    assert [*quiet, closed] == [[]] * 5
    assert "completed" in shown[0]["data"]["text/html"]


STOP_BUTTON = """
import asyncio, os, signal

async def press_when_running(runner):
    while runner.stats().in_flight < 2:
        await asyncio.sleep(0.05)
    os.kill(os.getpid(), signal.SIGINT)  # what the button sends to the kernel
"""


@pytest.mark.usefixtures("service")
@pytest.mark.parametrize("service", [1], indirect=True)
def test_the_stop_button_says_what_still_runs_and_the_kernel_lives() -> None:
    """The interrupt ends the cell with a short traceback and one sentence."""
    press = "pressed = asyncio.create_task(press_when_running(runner))"
    stoppable = ENRICH.replace("        found =", f"        {press}\n        found =")

    *set_up, stopped, after = outputs(SET_UP, STOP_BUTTON, stoppable, "print('alive')", allow_errors=True)

    assert set_up == [[], []]
    [error] = [output for output in stopped if output["output_type"] == "error"]
    text = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error["traceback"]))
    assert error["ename"] in {"CancelledError", "KeyboardInterrupt"}
    assert "stopped: 1 of 3 rows have ended, 2 jobs still run at the service and will be billed" in text
    assert "the same call on this journal goes on from here" in text
    assert len(text.splitlines()) < 40
    assert after[0]["text"] == "alive\n"
