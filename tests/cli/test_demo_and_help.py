"""The demo from end to end, the help, and the message about a missing extra."""

from __future__ import annotations

import signal
import sys

import pytest

from sixtyfour_async.simulator import companies
from tests.cli.conftest import Shell, await_submits

OPERATIONS = (
    "company-intelligence",
    "people-intelligence",
    "find-email",
    "find-phone",
    "reverse-email",
    "reverse-phone",
    "qa-agent",
    "research-agent",
)
DEMO_STATE_FILE = "companies.enriched.journal.db.simulated.jsonl"
FACTS = ("headquarters", "founded", "employees", "industry")


def test_the_demo_can_be_interrupted_and_resumed(shell: Shell) -> None:
    """Answered rows are correct and are not submitted again."""
    facts = {company.company_name: company.headquarters or "" for company in companies()}
    counts: list[int] = []
    for again in (False, True):
        # On a busy machine the first run may submit many more than 30 rows before the signal reaches it.
        submitted = shell.submits(DEMO_STATE_FILE).total()
        with shell.start("demo", "--speed", "30") as child:
            await_submits(shell, child, submitted + 30, DEMO_STATE_FILE)
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=50)
        rows = [row for row in shell.rows("companies.enriched.csv") if row["status"] == "completed"]
        counts.append(len(rows))

        assert child.returncode == 130, err
        assert ("resuming the demo in this folder" in err) == again
        assert all(facts[row["company_name"]] == row["headquarters"] for row in rows)
    submits = shell.submits(DEMO_STATE_FILE)
    assert 30 <= counts[0] < counts[1] == submits.total() < 1510
    assert {1} == set(submits.values())


@pytest.mark.soak
@pytest.mark.timeout(180)
def test_the_demo_enriches_every_company_correctly(shell: Shell) -> None:
    """1,510 rows, each submitted once, compared cell by cell with the packaged facts."""
    result = shell("demo", "--speed", "16")
    rows = shell.rows("companies.enriched.csv")

    assert result.code == 0, result.err
    assert "1,510 rows in" in result.out
    known = {name: sum(getattr(company, name) not in {None, ""} for company in companies()) for name in FACTS}
    compared = [line.split() for line in result.out.partition("compared with the list's own facts:\n")[2].splitlines()]
    assert compared[: len(known)] == [[name, f"{count:,}", "of", f"{count:,}"] for name, count in known.items()]
    for row, company in zip(rows, companies(), strict=True):
        facts = [getattr(company, name) for name in FACTS]
        assert ["" if fact is None else str(fact) for fact in facts] == [row[name] for name in FACTS]
        assert row["status"] == "completed"
    submits = shell.submits(DEMO_STATE_FILE)
    assert (1510, {1}) == (submits.total(), set(submits.values()))


@pytest.mark.parametrize("command", ["", "run", "demo", "simulate", "status", "export", "forget"])
def test_every_command_has_help(shell: Shell, command: str) -> None:
    """``--help`` works for every command, and lists operations and commands."""
    result = shell.run(*filter(None, (command, "--help")))

    assert (result.code, result.err) == (0, "")
    assert "Usage:" in result.out
    if command == "run":
        assert all(operation in " ".join(result.out.split()) for operation in OPERATIONS)
    if not command:
        assert all(name in result.out for name in ("run", "demo", "simulate", "status", "export", "forget"))


BLOCKED = """
import sys
missing = sys.argv.pop(1)
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == missing:
            raise ModuleNotFoundError(f"No module named {missing!r}", name=missing)
sys.meta_path.insert(0, Missing())
from sixtyfour_async.__main__ import main
main()
"""


@pytest.mark.parametrize(
    ("missing", "command", "extra"),
    [
        ("click", ("--help",), "cli"),
        ("rich", ("run", "find-email", "in.csv", "--simulate"), "cli"),
        ("uvicorn", ("simulate", "--port", "0"), "simulator"),
        ("starlette", ("simulate", "--port", "0"), "simulator"),
    ],
)
def test_a_missing_extra_is_reported_in_one_line(
    shell: Shell, missing: str, command: tuple[str, ...], extra: str
) -> None:
    """With the command that installs it."""
    shell.table(text="name\nAda\n")
    result = shell(missing, *command, command=(sys.executable, "-c", BLOCKED))

    assert result.code in {1, 2}
    assert f'needs {missing}: pip install "sixtyfour_async[{extra}]"' in result.last
    assert result.out == ""
