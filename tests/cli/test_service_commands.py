"""``search``, ``workflow run``, ``upload``, ``download``, ``balance`` and ``jobs wait``."""

from __future__ import annotations

import json

import pytest

from sixtyfour_async.cli.journal_place import without_secrets
from tests.cli.conftest import SERVICE_SPEED, Service, Shell

SIMULATE = ("--simulate", "--speed", "600")
WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"


def test_a_search_is_written_once_and_read_again(shell: Shell) -> None:
    """In the format of the extension; the same command fetches the file again, and does not overwrite by itself."""
    command = ("search", "german telecommunications", "--mode", "company", *SIMULATE, "--out")
    first, same = shell.run(*command, "found.csv"), shell.run(*command, "found.csv")
    again = shell.run(*command, "found.ndjson", "--json")
    names = [row["company_name"] for row in shell.rows("found.csv")]
    lines = (shell.folder / "found.ndjson").read_text("utf-8").splitlines()
    told = json.loads(again.out)

    assert (first.code, same.code, again.code) == (0, 2, 0), first.err
    assert "1&1" in names
    assert names == [json.loads(line)["company_name"] for line in lines]
    assert "found.csv exists already (choose another --out, or add --overwrite)" in same.last
    assert (told["file"], told["rows"], told["job"]["from_journal"]) == ("found.ndjson", len(names), True)


def test_a_workflow_runs_on_a_table(shell: Shell) -> None:
    """Started once for the same rows; its file can be downloaded later by the run's id."""
    shell.table("rows.csv", rows=2)
    command = ("workflow", "run", WORKFLOW, "rows.csv", *SIMULATE, "--out")
    first, again = shell.run(*command, "done.csv"), shell.run(*command, "again.csv", "--json")
    run_id = json.loads(again.out)["job"]["job_id"]
    fetched = shell.run("download", "workflow", run_id, "--out", "fetched.csv", *SIMULATE)
    waited = shell.run("jobs", "wait", run_id, "--operation", "workflow-run", *SIMULATE)

    assert (first.code, again.code, fetched.code, waited.code) == (0, 0, 0, 0), first.err + fetched.err
    assert "all columns are sent: company_name, website" in first.err
    assert len(shell.rows("done.csv")) == 2
    assert shell.rows("done.csv") == shell.rows("again.csv") == shell.rows("fetched.csv")
    assert json.loads(waited.out)["overall_status"] == "completed"


def test_a_file_is_uploaded(shell: Shell) -> None:
    shell.table("rows.csv", rows=2)
    result = shell.run("upload", "rows.csv", *SIMULATE)

    assert result.code == 0, result.err
    assert json.loads(result.out)["row_count"] == 2
    assert shell.run("upload", "none.csv", *SIMULATE).code == 2


def test_jobs_are_waited_for_by_their_ids(shell: Shell) -> None:
    """One answer a line; an unknown id is refused."""
    ids: list[str] = []
    for name in ("Ada Lovelace", "Alan Turing"):
        asked = shell.run("call", "find-email", "--lead", f"name={name}", "--lead", "company=Acme", *SIMULATE, "--json")
        ids.append(json.loads(asked.out)["job_id"])
    both = shell.run("jobs", "wait", *ids, "--operation", "find-email", *SIMULATE)
    unknown = shell.run("jobs", "wait", "none", *SIMULATE)

    assert both.code == 0, both.err
    assert [json.loads(line)["job_id"] for line in both.out.splitlines()] == ids
    assert (unknown.code, unknown.out) == (1, "")


def test_the_balance_is_shown(shell: Shell) -> None:
    text, whole = shell.run("balance", *SIMULATE), shell.run("balance", "--json", *SIMULATE)

    assert text.out == "1,000,000.00 credits\n"
    assert json.loads(whole.out) == {"credits": 1_000_000.0}
    assert shell.names() == set()


def test_no_money_is_spent_without_a_yes(shell: Shell, service: Service) -> None:
    shell.table("rows.csv", rows=1)
    live, before = shell.with_environment(**service.exports), service.submits().total()
    search = live.run("search", "plumbers", "--out", "found.csv", speed=SERVICE_SPEED)
    workflow = live.run("workflow", "run", WORKFLOW, "rows.csv", "--out", "done.csv", speed=SERVICE_SPEED)

    assert (search.code, workflow.code) == (2, 2)
    assert "nothing was sent: add --yes" in search.last
    assert "nothing was sent: add --yes" in workflow.last
    assert service.submits().total() == before
    assert shell.names() == {"rows.csv"}


def test_an_output_that_cannot_be_written_is_refused_before_anything_is_paid(shell: Shell) -> None:
    for out in ("none/found.csv", "found.unknown", "-"):
        result = shell.run("search", "plumbers", "--out", out, *SIMULATE)

        assert (result.code, result.out) == (2, "")
    assert shell.names() == set()


COMMANDS = "call,call find-email,search,workflow,workflow run,upload,download,balance,jobs wait,operations,settings"


@pytest.mark.parametrize("command", [*COMMANDS.split(","), "completion"])
def test_every_command_has_help(shell: Shell, command: str) -> None:
    result = shell.run(*command.split(), "--help")

    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("Usage:")


@pytest.mark.parametrize("given", [["--api-key", "sk_secret"], ["--api-key=sk_secret"]])
def test_the_command_that_resumes_a_run_has_no_key(given: list[str]) -> None:
    shown = without_secrets(["run", *given, "--journal=postgresql://me:pw1234@h/d", "--tier", "low"])

    assert "sk_secret" not in str(shown)
    assert "pw1234" not in str(shown)
    assert shown[-2:] == ["--tier", "low"]
