"""The skill for coding agents, followed to the letter in a clean folder: every command, in its order."""

from __future__ import annotations

import json
import re
import shlex
from importlib import resources
from pathlib import Path

from sixtyfour_async.cli.exit_codes import ExitCode
from sixtyfour_async.questions.outcome_columns import SEVERITY
from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS
from tests.cli.conftest import SERVICE_SPEED, Service, Shell

SKILL = resources.files("sixtyfour_async").joinpath("guide/SKILL.md").read_text("utf-8")
COMMANDS = [
    line for block in re.findall(r"^```sh\n(.*?)^```", SKILL, re.DOTALL | re.MULTILINE) for line in block.splitlines()
]


def run(shell: Shell, line: str) -> str:
    """Run one line, check that it exits as the skill says, and return what it printed."""
    command, _, comment = line.partition("  # exit ")
    name, *arguments = shlex.split(command)
    if name == "printf":
        text, redirect, file = arguments
        assert redirect == ">"
        (shell.folder / file).write_bytes(text.encode().decode("unicode_escape").encode())
        return ""
    assert name == "sixtyfour"
    result = shell.run(*arguments, speed=1.0 if "--simulate" in arguments else SERVICE_SPEED)
    assert result.code == int(comment or 0), (line, result.err)
    return result.out


def test_the_commands_do_what_the_skill_says(shell: Shell, service: Service, exports: dict[str, str]) -> None:
    before = service.submits()
    live = shell.with_environment(**exports)
    told = [run(live if "--simulate" not in line else shell, line) for line in COMMANDS]
    paid = service.submits() - before
    status, report = (json.loads(text) for text in told[-2:])
    trouble = next(json.loads(text) for text in told if '"trouble.journal.db"' in text)

    assert "nothing was sent" in told[1]
    assert [row["status"] for row in shell.rows("found.csv")] == ["completed"] * 3 + ["no_answer"]
    assert set(paid.values()) == {1}, "no row was sent twice"
    assert len(paid) == 4
    assert (status["total"]["charged_cents"], status["total"]["exposed_cents"]) == (40, 0)
    assert {field["name"] for field in report["fields"]} == {"headquarters", "employees"}
    assert "<h1>Run report</h1>" in Path(shell.folder / "found.html").read_text("utf-8")
    assert len(trouble["unknown"]) == 2
    assert all(row["key"] and "exposed_cents" in row for row in trouble["unknown"])


def test_every_exit_code_status_and_operation_is_explained() -> None:
    for code in ExitCode:
        assert f"| {code.value} |" in SKILL
    for word in (*SEVERITY, *TABLE_OPERATIONS):
        assert f"`{word}`" in SKILL


def test_a_skill_begins_with_its_name_and_description() -> None:
    """As agents look for it: two lines of plain text between dashes, the description below 1,024 characters."""
    head = re.match(r"---\nname: ([a-z0-9-]{1,64})\ndescription: (.{1,1024})\n---\n", SKILL)

    assert head
    assert ": " not in head[2]
