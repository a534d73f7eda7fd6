"""The README is short, and its two commands are those that CI runs. `tests.guide` runs the rest of it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

from tests.guide.pages import GUIDE, README, ROOT, Page
from tests.guide.sessions import RUN_BY_CI

CI = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def set_up_commands() -> list[str]:
    return [block.text.strip() for block in Page(README).blocks if block.text.startswith(RUN_BY_CI)]


def test_it_can_be_read_in_a_minute() -> None:
    assert len(README.read_text("utf-8").splitlines()) <= 200


def test_ci_runs_its_two_commands_as_they_stand() -> None:
    """Developers and CI set up in the same way: the first command shows a run, the second one tests."""
    demo, tests = set_up_commands()

    assert demo.endswith("sixtyfour demo")
    assert tests.endswith("python -m pytest")
    assert [command for command in (demo, tests) if command not in CI] == []


def test_the_tests_stand_in_the_section_for_contributors() -> None:
    sections = re.split(r"^## (.+)$", README.read_text("utf-8"), flags=re.MULTILINE)
    titles = [title for title, text in zip(sections[1::2], sections[2::2], strict=True) if RUN_BY_CI in text]

    assert titles == ["Try it", "Contributing"]


def test_every_marker_of_long_tests_is_run_by_ci() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["pytest"]
    markers = [line.partition(":")[0] for line in settings["markers"]]
    by_hand = [line.partition(":")[0] for line in settings["markers"] if "by hand" in line]

    assert by_hand == ["campaign"]
    assert [marker for marker in markers if not any(f"-m {marker}" in line for line in CI)] == by_hand
    assert [marker for marker in markers if f"not {marker}" not in " ".join(settings["addopts"])] == []


def test_the_wheel_holds_the_guide(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [wheel] = tmp_path.glob("*.whl")
    held = set(ZipFile(wheel).namelist())
    guide = {
        path.relative_to(ROOT).as_posix() for path in GUIDE.rglob("*") if path.suffix in {".md", ".svg", ".py", ".html"}
    }

    assert len(guide) > 15
    assert guide - held == set()
