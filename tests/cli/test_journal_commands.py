"""What a journal tells afterwards: its state and money, its rows as a table, and how to erase somebody from it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from sixtyfour_async.simulator import companies
from tests.cli.conftest import HEADQUARTERS, Forks, Shell, serving

SPEED = 300.0
JOURNAL = "in.enriched.journal.db"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Shell:
    """A run of five rows, two of them the same; the first one's submit brought no answer."""
    shell = Shell(tmp_path_factory.mktemp("journals"), forks)
    shell.table(rows=4)
    with (shell.folder / "in.csv").open(encoding="utf-8") as file:
        lines = file.read().splitlines()
    shell.table(text="\n".join([*lines, lines[2]]) + "\n")
    asking = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--price", "company-intelligence=12")
    options = ("--speed", str(SPEED), "--state", "s.jsonl")
    with serving(shell, *options, "--fault", "lost_answer=1") as exports:
        port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
        shell.told(**exports).run(*asking, "--limit", "1", speed=SPEED)
    with serving(shell, *options, "--port", port) as exports:
        said = shell.told(**exports).run(*asking, speed=SPEED)
    assert said.code == 3, said.err
    assert "unknown rows may have been taken and billed" in said.out
    assert f"`sixtyfour status {JOURNAL}` lists them" in said.out
    return shell


def unknown_keys(shell: Shell) -> list[str]:
    with sqlite3.connect(shell.folder / JOURNAL) as database:
        rows = database.execute("SELECT key FROM jobs WHERE state = 'unknown'").fetchall()
    database.close()
    return [key for (key,) in rows]


def test_status_tells_rows_money_and_what_may_have_been_paid(finished: Shell) -> None:
    """The unknown ones stand there by key, with what they may have cost."""
    said = finished.run("status", JOURNAL)
    parked = unknown_keys(finished)

    assert said.code == 0
    assert parked
    for words in ("answered", "unknown", "charged", "at stake", f"${len(parked) * 0.12:.2f}", "5 rows, sha256"):
        assert words in said.out
    for key in parked:
        assert f"{key}  sent 20" in said.out


def test_status_for_programs_adds_up(finished: Shell) -> None:
    """The same numbers, in cents."""
    told = json.loads(finished.run("status", JOURNAL, "--json").out)
    by_state = {line["state"]: line for line in told["lines"]}
    parked = unknown_keys(finished)

    assert [row["key"] for row in told["unknown"]] == parked
    assert by_state["completed"]["rows"] + len(parked) == 4
    assert told["total"] == {
        "charged_cents": by_state["completed"]["rows"] * 10,
        "exposed_cents": len(parked) * 12,
        "saved_cents": 10,
    }
    assert all(row["exposed_cents"] == 12 and row["sent_at"] and row["why"] for row in told["unknown"])


def test_export_writes_the_rows_from_the_journal_alone(finished: Shell) -> None:
    """Input gone, service gone: what was paid for is still there; a file in the way is not written over."""
    first = finished.run("export", JOURNAL, "--out", "again.csv")
    again = finished.run("export", JOURNAL, "--out", "again.csv")
    rows = {row["company_name"]: row for row in finished.rows("again.csv")}
    facts = {company.company_name: company.headquarters for company in companies()[:4]}

    assert (first.code, again.code) == (0, 2)
    assert "again.csv exists already" in again.last
    assert set(facts) == set(rows)
    for name, row in rows.items():
        unknown = row["key"] in unknown_keys(finished)
        assert ("unknown", "") if unknown else ("completed", facts[name]) == (row["status"], row["headquarters"])
        assert ("" if unknown else "10") == row["cost_cents"]


def test_a_row_is_erased_without_a_trace(finished: Shell, tmp_path: Path, forks: Forks) -> None:
    """Not a byte of what was asked or found is left in the file; what it cost is."""
    shell = Shell(tmp_path, forks)
    (tmp_path / JOURNAL).write_bytes((finished.folder / JOURNAL).read_bytes())
    shell.run("export", JOURNAL, "--out", "before.csv")
    victim = next(row for row in shell.rows("before.csv") if row["status"] == "completed")
    said = shell.run("forget", JOURNAL, "--key", victim["key"])
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith(JOURNAL))
    totals = [
        json.loads(one.run("status", JOURNAL, "--json").out)["total"]["charged_cents"] for one in (finished, shell)
    ]

    assert said.code == 0
    assert victim["headquarters"].encode() not in left
    assert victim["key"].encode() not in left
    assert totals[0] == totals[1]


def test_what_is_not_there_is_said(finished: Shell) -> None:
    """A key with a typo, a path with a typo: exit code, one line, and no file made up."""
    typo = finished.run("forget", JOURNAL, "--key", "nobody")
    lost = finished.run("status", "no.db")
    erased = finished.run("forget", "no.db", "--key", "x")

    assert (typo.code, lost.code, erased.code) == (2, 1, 1)
    assert "no row has the key 'nobody'" in typo.last
    assert lost.last == erased.last == "sixtyfour: there is no journal no.db"
    assert "no.db" not in finished.names()


def test_a_cap_without_a_price_sends_nothing(shell: Shell) -> None:
    """The remedy is named, in the command's own words."""
    shell.table()
    said = shell.run("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--max-cost-cents", "50")
    capped = shell.run(
        *("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", "300"),
        *("--max-cost-cents", "25", "--max-row-cents", "10"),
    )

    assert (said.code, capped.code) == (1, 1)
    assert "--max-row-cents" in said.last
    assert "nothing was asked or paid" in said.last
    assert sum(row["status"] == "completed" for row in shell.rows()) == 2
    assert "max_cost_cents=25 leaves 5 cents" in capped.err


def test_unknown_rows_are_sent_anew_when_asked_to(shell: Shell) -> None:
    """``--on-unknown resubmit`` is the only way in which a row is sent twice."""
    shell.table(rows=2)
    asking = ("run", "company-intelligence", "in.csv", *HEADQUARTERS)
    with serving(shell, "--speed", str(SPEED), "--state", "s.jsonl", "--fault", "lost_answer=1") as exports:
        port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
        lost = shell.told(**exports).run(*asking, speed=SPEED)
    with serving(shell, "--speed", str(SPEED), "--state", "s.jsonl", "--port", port) as exports:
        parked = shell.told(**exports).run(*asking, speed=SPEED)
        resubmitted = shell.told(**exports).run(*asking, "--on-unknown", "resubmit", speed=SPEED)

    assert (lost.code, parked.code, resubmitted.code) == (3, 3, 0), lost.err
    assert set(shell.submits("s.jsonl").values()) == {2}
