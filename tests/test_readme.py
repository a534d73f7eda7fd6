"""The README's examples run, and its tables match the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.contract.readme_table import operations_table, table_in

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", blocks("python"), ids=["research", "errors", "testing"])
def test_every_python_block_runs_unchanged(block: str, tmp_path: Path) -> None:
    """Against a simulator, with the two environment variables that the README names."""
    with simulator_process(SimulatorSettings(speed=1000)) as url:
        environment = {**os.environ, "SIXTYFOUR_API_KEY": DEFAULT_KEY, "SIXTYFOUR_API_ENDPOINT": url}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", block],
            cwd=tmp_path,
            env=environment | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    assert (done.returncode, done.stderr) == (0, "")


def test_ci_runs_the_set_up_commands_of_the_readme() -> None:
    """Developers and CI set up with the same two commands."""
    commands = [block.strip() for block in blocks("sh") if block.startswith("python3 -m venv")]
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()

    assert len(commands) == 2
    assert [command for command in commands if command not in script] == []


def test_the_readme_names_every_operation_of_the_command_line() -> None:
    """Those that ``sixtyfour run`` accepts."""
    assert [name for name in TABLE_OPERATIONS if f"`{name}`" not in README and name not in README] == []


def test_the_benchmark_table_has_the_policies_of_the_benchmark() -> None:
    """A renamed policy must be renamed in the README, too."""
    source = (ROOT / "benchmarks" / "first_light.py").read_text("utf-8")
    policies = re.findall(r'^    "([^"]+)": (?:vendor|unlimited|runner),$', source, re.MULTILINE)

    assert len(policies) == 3
    assert [policy for policy in policies if policy not in README] == []


def test_the_table_of_operations_is_up_to_date() -> None:
    """`python -m tests.contract.readme_table` regenerates it."""
    assert table_in(README) == operations_table()
