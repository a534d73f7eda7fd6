"""The demo from end to end, the help, and what is said when an extra is missing."""

from __future__ import annotations

import signal
import sys

import pytest

from sixtyfour_async.simulator import companies
from tests.cli.conftest import Shell, await_submits

KINDS = (
    "company-intelligence",
    "people-intelligence",
    "find-email",
    "find-phone",
    "reverse-email",
    "reverse-phone",
    "qa-agent",
    "research-agent",
)
DEMO_MEMORY = "companies.enriched.journal.db.simulated.jsonl"
FACTS = ("headquarters", "founded", "employees")


def test_the_demo_can_be_stopped_and_goes_on_where_it_was(shell: Shell) -> None:
    """Rows that were answered are right and are not asked again."""
    facts = {company.company_name: company.headquarters or "" for company in companies()}
    counts: list[int] = []
    for count in (30, 60):
        with shell.start("demo", "--speed", "30") as child:
            await_submits(shell, child, count, DEMO_MEMORY)
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=50)
        rows = [row for row in shell.rows("companies.enriched.csv") if row["status"] == "completed"]
        counts.append(len(rows))

        assert child.returncode == 130, err
        assert ("going on with the demo of this folder" in err) == (count == 60)
        assert all(facts[row["company_name"]] == row["headquarters"] for row in rows)
    submits = shell.submits(DEMO_MEMORY)
    assert 30 <= counts[0] < counts[1] == submits.total() < 1510
    assert {1} == set(submits.values())


@pytest.mark.soak
@pytest.mark.timeout(180)
def test_the_demo_enriches_every_company_and_all_facts_are_right(shell: Shell) -> None:
    """1,510 rows, each asked once, compared cell by cell with the packaged facts."""
    said = shell("demo", "--speed", "16")
    rows = shell.rows("companies.enriched.csv")

    assert said.code == 0, said.err
    assert "1,510 rows in" in said.out
    known = {name: sum(getattr(company, name) not in {None, ""} for company in companies()) for name in FACTS}
    agreeing = ", ".join(f"{name} {count:,} of {count:,}" for name, count in known.items())
    assert f"compared with the list's own facts: {agreeing}" in said.out
    for row, company in zip(rows, companies(), strict=True):
        facts = [getattr(company, name) for name in FACTS]
        assert ["" if fact is None else str(fact) for fact in facts] == [row[name] for name in FACTS]
        assert row["status"] == "completed"
    submits = shell.submits(DEMO_MEMORY)
    assert (1510, {1}) == (submits.total(), set(submits.values()))


@pytest.mark.parametrize("command", ["", "run", "demo", "simulate"])
def test_every_command_explains_itself(shell: Shell, command: str) -> None:
    """``--help`` works everywhere and lists what there is."""
    said = shell.run(*filter(None, (command, "--help")))

    assert (said.code, said.err) == (0, "")
    assert "Usage:" in said.out
    if command == "run":
        assert all(kind in " ".join(said.out.split()) for kind in KINDS)
    if not command:
        assert all(name in said.out for name in ("run", "demo", "simulate"))


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
def test_a_missing_extra_is_one_line(shell: Shell, missing: str, command: tuple[str, ...], extra: str) -> None:
    """With the command that installs it."""
    shell.table(text="name\nAda\n")
    said = shell(missing, *command, command=(sys.executable, "-c", BLOCKED))

    assert said.code in {1, 2}
    assert f'needs {missing}: pip install "sixtyfour_async[{extra}]"' in said.last
    assert said.out == ""
