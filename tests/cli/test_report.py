"""``sixtyfour report``: a page or JSON from a journal, and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import HEADQUARTERS, ForkedCommands, Shell

JOURNAL = "in.enriched.journal.db"


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory, forks: ForkedCommands) -> Shell:
    """A run of three rows on the simulator."""
    shell = Shell(tmp_path_factory.mktemp("reports"), forks)
    shell.table(rows=3)
    result = shell.run(
        "run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", "300", speed=300
    )
    assert result.code == 0, result.err
    return shell


def test_the_page_and_the_json_say_the_same_as_status(rehearsed: Shell) -> None:
    both = rehearsed.run("report", JOURNAL, "--out", "run.html", "--json")
    page = (rehearsed.folder / "run.html").read_text("utf-8")
    told, status = json.loads(both.out), json.loads(rehearsed.run("status", JOURNAL, "--json").out)

    assert both.code == 0
    assert told["journal"] == JOURNAL
    assert told["states"] == {line["state"]: line["rows"] for line in status["lines"]} == {"completed": 3}
    assert told["spent_cents"] == status["total"]["charged_cents"]
    assert [(field["name"], field["asked"]) for field in told["fields"]] == [("headquarters", 3)]
    assert f"${told['spent_cents'] / 100:.2f}" in page
    assert "A rehearsal on the simulator" in page


def test_a_page_is_as_private_as_its_journal_and_replaces_nothing(rehearsed: Shell) -> None:
    first = rehearsed.run("report", JOURNAL, "--out", "private.html")
    again = rehearsed.run("report", JOURNAL, "--out", "private.html")
    replaced = rehearsed.run("report", JOURNAL, "--out", "private.html", "--overwrite")

    assert (first.code, again.code, replaced.code) == (0, 2, 0)
    assert first.out == "3 rows reported in private.html\n"
    assert "private.html exists already" in again.last
    assert (rehearsed.folder / "private.html").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ([JOURNAL], 2, "--out run.html, or add --json"),
        ([JOURNAL, "--out", JOURNAL], 2, "the same file"),
        (["no.db", "--json"], 1, "there is no journal no.db"),
        (["no.db", "--out", "no.html"], 1, "there is no journal no.db"),
        (["in.csv", "--json"], 1, "in.csv"),
        ([JOURNAL, "--out", "nowhere/run.html"], 2, "nowhere does not exist"),
    ],
)
def test_what_cannot_be_reported_is_said_in_one_line(
    rehearsed: Shell, arguments: list[str], code: int, message: str
) -> None:
    before = rehearsed.names()
    result = rehearsed.run("report", *arguments)

    assert (result.code, len(result.err.splitlines())) == (code, 1)
    assert message in result.last
    assert rehearsed.names() == before
