"""The journal commands: status with rows and money, export of all rows, and erasure."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import HEADQUARTERS, ForkedCommands, Shell, serving
from tests.runner.questions import KNOWN

SPEED = 300.0
JOURNAL = "in.enriched.journal.db"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, forks: ForkedCommands) -> Shell:
    """A run of five rows, two of them equal; the submit of the first one got no response."""
    shell = Shell(tmp_path_factory.mktemp("journals"), forks)
    shell.table(rows=4)
    with (shell.folder / "in.csv").open(encoding="utf-8") as file:
        lines = file.read().splitlines()
    shell.table(text="\n".join([*lines, lines[2]]) + "\n")
    command = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes", "--price", "company-intelligence=12")
    options = ("--speed", str(SPEED), "--state", "s.jsonl")
    with serving(shell, *options, "--fault", "lost_answer=1") as exports:
        port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
        shell.with_environment(**exports).run(*command, "--limit", "1", speed=SPEED)
    with serving(shell, *options, "--port", port) as exports:
        result = shell.with_environment(**exports).run(*command, speed=SPEED)
    assert result.code == 3, result.err
    assert "unknown rows may have been accepted and billed" in result.out
    assert f"`sixtyfour status {JOURNAL}` lists them" in result.out
    return shell


def unknown_keys(shell: Shell) -> list[str]:
    with sqlite3.connect(shell.folder / JOURNAL) as database:
        rows = database.execute("SELECT key FROM jobs WHERE state = 'unknown'").fetchall()
    database.close()
    return [key for (key,) in rows]


def test_status_shows_rows_money_and_unknown_rows(finished: Shell) -> None:
    """Unknown rows are listed by key, and what they may have cost is exposed."""
    result = finished.run("status", JOURNAL)
    parked = unknown_keys(finished)

    assert result.code == 0
    assert parked
    for text in (
        "answered",
        "unknown",
        "charged",
        "exposed",
        f"${len(parked) * 0.12:.2f}",
        "operation  company-intelligence",
    ):
        assert text in result.out
    for key in parked:
        assert f"{key}  sent 20" in result.out


def test_status_as_json_adds_up(finished: Shell) -> None:
    """The same figures, in cents."""
    report = json.loads(finished.run("status", JOURNAL, "--json").out)
    by_state = {line["state"]: line for line in report["lines"]}
    parked = unknown_keys(finished)

    assert [row["key"] for row in report["unknown"]] == parked
    assert by_state["completed"]["rows"] + len(parked) == 4
    assert report["total"] == {
        "charged_cents": by_state["completed"]["rows"] * 10,
        "exposed_cents": len(parked) * 12,
        "saved_cents": 10,
    }
    assert all(row["exposed_cents"] == 12 and row["sent_at"] and row["why"] for row in report["unknown"])


def test_export_writes_the_rows_from_the_journal_alone(finished: Shell) -> None:
    """Without input and service, every paid answer is exported; an existing file is not overwritten."""
    first = finished.run("export", JOURNAL, "--out", "again.csv")
    again = finished.run("export", JOURNAL, "--out", "again.csv")
    rows = {row["company_name"]: row for row in finished.rows("again.csv")}
    facts = {company.company_name: company.headquarters for company in KNOWN[:4]}

    assert (first.code, again.code) == (0, 2)
    assert "again.csv exists already" in again.last
    assert set(facts) == set(rows)
    for name, row in rows.items():
        unknown = row["key"] in unknown_keys(finished)
        assert ("unknown", "") if unknown else ("completed", facts[name]) == (row["status"], row["headquarters"])
        assert ("" if unknown else "10") == row["cost_cents"]


def test_an_erased_row_leaves_no_trace(finished: Shell, tmp_path: Path, forks: ForkedCommands) -> None:
    """Not a byte of question or answer is left in the file; the cost is."""
    shell = Shell(tmp_path, forks)
    (tmp_path / JOURNAL).write_bytes((finished.folder / JOURNAL).read_bytes())
    shell.run("export", JOURNAL, "--out", "before.csv")
    victim = next(row for row in shell.rows("before.csv") if row["status"] == "completed")
    result = shell.run("forget", JOURNAL, "--key", victim["key"])
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith(JOURNAL))
    totals = [
        json.loads(one.run("status", JOURNAL, "--json").out)["total"]["charged_cents"] for one in (finished, shell)
    ]

    assert result.code == 0
    assert victim["headquarters"].encode() not in left
    assert victim["key"].encode() not in left
    assert totals[0] == totals[1]


def test_a_missing_key_or_journal_is_reported(finished: Shell) -> None:
    """A mistyped key or path: an exit code, one line, and no new file."""
    typo = finished.run("forget", JOURNAL, "--key", "nobody")
    lost = finished.run("status", "no.db")
    erased = finished.run("forget", "no.db", "--key", "x")

    assert (typo.code, lost.code, erased.code) == (2, 1, 1)
    assert "no row has the key 'nobody'" in typo.last
    assert lost.last == erased.last == "sixtyfour: there is no journal no.db"
    assert "no.db" not in finished.names()


def test_a_cap_without_a_price_sends_nothing(shell: Shell) -> None:
    """The remedy is named, as flags."""
    shell.table()
    result = shell.run("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--max-cost-cents", "50")
    capped = shell.run(
        *("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", "300"),
        *("--max-cost-cents", "25", "--max-row-cents", "10"),
    )

    assert (result.code, capped.code) == (1, 1)
    assert "--max-row-cents" in result.last
    assert "nothing was accepted or billed" in result.last
    assert sum(row["status"] == "completed" for row in shell.rows()) == 2
    assert "--max-cost-cents 25 leaves 5 cents" in capped.err


def test_unknown_rows_are_resubmitted_on_request_only(shell: Shell) -> None:
    """``--on-unknown resubmit`` is the only way to send a row twice."""
    shell.table(rows=2)
    command = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes")
    with serving(shell, "--speed", str(SPEED), "--state", "s.jsonl", "--fault", "lost_answer=1") as exports:
        port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
        lost = shell.with_environment(**exports).run(*command, speed=SPEED)
    with serving(shell, "--speed", str(SPEED), "--state", "s.jsonl", "--port", port) as exports:
        parked = shell.with_environment(**exports).run(*command, speed=SPEED)
        resubmitted = shell.with_environment(**exports).run(*command, "--on-unknown", "resubmit", speed=SPEED)

    assert (lost.code, parked.code, resubmitted.code) == (3, 3, 0), lost.err
    assert set(shell.submits("s.jsonl").values()) == {2}
