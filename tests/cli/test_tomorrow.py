"""The same table tomorrow, with rows, columns and fields more or less: counted in the simulator's own books."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import STATE_FILE, Shell, await_submits
from tests.runner.questions import KNOWN

JOURNAL = "in.enriched.journal.db"
FAST = ("--simulate", "--speed", "600")
RUN = ("run", "company-intelligence", "in.csv", *FAST)
HQ = ("--field", "headquarters=Where the head office is")
FOUNDED = ("--field", "founded:int=Year of founding")
INDUSTRY = ("--field", "industry=Line of business")
FACTS = {company.company_name: company for company in KNOWN}

Rows = Sequence[tuple[str, ...]]


def write(shell: Shell, rows: Rows, header: tuple[str, ...] = ("company_name", "website", "Salary")) -> None:
    with (shell.folder / "in.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def known(start: int, end: int, salary: str = "9") -> list[tuple[str, ...]]:
    return [(company.company_name, company.website, salary) for company in KNOWN[start:end]]


def books(folder: Path) -> Counter[tuple[str, str]]:
    """Count how often each field was asked about each subject."""
    lines = (folder / STATE_FILE).read_text(encoding="utf-8").splitlines()
    jobs = [event["work"] for event in map(json.loads, lines) if event["event"] == "job"]
    return Counter((job["subject"], name) for job in jobs for name in job["body"]["struct"])


def asked(shell: Shell, *options: str, code: int = 0) -> int:
    """Run the command and return how many jobs it submitted."""
    before = shell.submits().total()
    result = shell.run(*RUN, *options)
    assert result.code == code, result.err
    return shell.submits().total() - before


def test_a_table_that_grows_three_times_pays_each_row_and_field_once(shell: Shell) -> None:
    """Appended, sorted, extended by fields, shortened: and the output has old and new answers in one row."""
    write(shell, known(0, 4))
    assert asked(shell, *HQ) == 4
    write(shell, [*reversed(known(0, 4)), *known(4, 6)])
    assert asked(shell, *HQ) == 2
    write(shell, sorted([*known(0, 6), *known(6, 7)]))
    assert asked(shell, *HQ, *FOUNDED) == 7, "six rows for the new field, the new row for both in one job"
    write(shell, known(1, 8))
    assert asked(shell, *FOUNDED, *HQ, *INDUSTRY) == 7
    assert asked(shell, *FOUNDED, *HQ, *INDUSTRY) == 0
    assert asked(shell, *HQ) == 0
    shell.run(*RUN, *FOUNDED, *HQ, *INDUSTRY)

    assert set(books(shell.folder).values()) == {1}
    rows = shell.rows()
    assert [row["company_name"] for row in rows] == [name for name, *_ in known(1, 8)]
    for row in rows:
        fact = FACTS[row["company_name"]]
        assert (row["headquarters"], row["founded"], row["industry"]) == (
            fact.headquarters,
            str(fact.founded),
            fact.industry,
        )
        assert row["status"] == "completed"
    costs = {row["company_name"]: float(row["cost_cents"]) for row in rows}
    assert sorted(costs.values()) == [10, 20, 30, 30, 30, 30, 30], "a job for each time that its fields grew"


def test_an_edited_cell_is_a_new_question_only_where_it_is_sent(shell: Shell) -> None:
    write(shell, known(0, 3))
    assert asked(shell, *HQ) == 3
    write(shell, known(0, 3, salary="10"))
    assert asked(shell, *HQ) == 0
    write(shell, [(KNOWN[0].company_name, "www.elsewhere.example", "10"), *known(1, 3)])
    assert asked(shell, *HQ) == 1
    assert "Salary" not in (shell.folder / STATE_FILE).read_text("utf-8")


def test_the_plan_counts_rows_that_say_the_same_once(shell: Shell) -> None:
    """They share a question, which is paid once."""
    write(shell, [*known(0, 2), *known(0, 2), *known(0, 1)])
    assert asked(shell, *HQ) == 2
    changed = shell.run(*RUN, "--field", "headquarters=Head office, with its street", "--dry-run")
    added = shell.run(*RUN, *HQ, *FOUNDED, "--dry-run")

    assert "5 rows: 2 to send; 3 duplicates" in changed.out
    assert "headquarters: description changed; 2 rows will be asked again" in changed.out
    assert "founded: 2 rows lack only this" in added.out


def test_a_changed_description_is_asked_again_for_that_field_only(shell: Shell) -> None:
    write(shell, known(0, 2))
    asked(shell, *HQ, *FOUNDED)
    plan = shell.run(*RUN, "--field", "headquarters=Head office, with its street", *FOUNDED, "--dry-run")
    assert "headquarters: description changed; 2 rows will be asked again" in plan.out
    assert asked(shell, "--field", "headquarters=Head office, with its street", *FOUNDED) == 2
    assert {count for (_, name), count in books(shell.folder).items() if name == "founded"} == {1}
    assert {count for (_, name), count in books(shell.folder).items() if name == "headquarters"} == {2}


def test_a_changed_tier_is_said(shell: Shell) -> None:
    write(shell, known(0, 2))
    asked(shell, *HQ)
    plan = shell.run(*RUN, *HQ, "--tier", "medium", "--dry-run")

    assert "--tier changed since the journal was last asked: every row is a new question" in plan.out
    assert "2 rows: 2 to send" in plan.out


def test_rows_with_a_value_already_are_not_asked(shell: Shell) -> None:
    """Nor are they counted as missing: exit code 0."""
    header = ("company_name", "website", "HQ city", "note")
    filled = [
        (*row[:2], "Lyon" if index == 1 else "n/a" if index == 2 else "", "x") for index, row in enumerate(known(0, 4))
    ]
    write(shell, filled, header)

    assert asked(shell, *HQ, "--only-empty", "hq city", "--skip", "HQ city") == 3
    assert [row["status"] for row in shell.rows()] == ["completed", "not asked", "completed", "completed"]
    unknown = shell.run(*RUN, *HQ, "--only-empty", "nope")
    assert (unknown.code, "--only-empty can name" in unknown.last) == (2, True)


def test_an_output_fed_back_in_sends_none_of_our_columns(shell: Shell) -> None:
    """Not even for an operation to which every column says something."""
    write(shell, known(0, 2))
    asked(shell, *HQ)
    command = ("run", "research-agent", "in.enriched.csv", "--field", "industry=Line of business", *FAST)
    result = shell.run(*command)
    with sqlite3.connect(shell.folder / "in.enriched.enriched.journal.db") as database:
        found = database.execute(
            "SELECT key FROM (SELECT request FROM jobs), json_each(request, '$.input_data')"
        ).fetchall()
    assert result.code in {0, 3}, result.err
    assert result.err.count("-- not sent (from an earlier output)") == 5
    assert Counter(key for (key,) in found) == dict.fromkeys(("company_name", "website", "salary", "headquarters"), 2)


def test_a_column_is_sent_when_it_is_named_and_stays(shell: Shell) -> None:
    """The next run sends it as well, named or not: else every row would be a new question."""
    write(shell, known(0, 2))
    first = shell.run(*RUN, *HQ)
    assert "Salary       -- not sent (the service has no name for it)" in first.err
    plan = shell.run(*RUN, *HQ, "--send", "Salary", "--dry-run")
    assert "Salary: sent for the first time; a row with a value in it is a new question, and asked again" in plan.out
    assert asked(shell, *HQ, "--send", "Salary") == 2
    assert asked(shell, *HQ) == 0
    assert asked(shell, *HQ, "--skip", "Salary") == 0, "as the first run asked"
    assert asked(shell, *HQ) == 0
    assert any("9" in subject for subject in shell.submits())


def old_journal(shell: Shell) -> None:
    """Make a journal look as version 0.1 left it: the whole question and the table in what it is bound to."""
    with sqlite3.connect(shell.folder / JOURNAL) as database:
        notes = dict(database.execute("SELECT name, value FROM meta"))
        question = {**json.loads(notes["note:field_sets"])[0], "columns": json.loads(notes["note:columns"])}
        database.execute("DELETE FROM meta WHERE name IN ('note:columns', 'note:field_sets')")
        purpose = {"question": json.dumps(question, sort_keys=True), "input": "2 rows, sha256 0123456789abcdef"}
        database.executemany("INSERT INTO meta VALUES (?, ?)", purpose.items())
    database.close()


def test_a_journal_of_version_0_1_is_not_asked_anything_again(shell: Shell) -> None:
    """It sent all columns, and goes on so, also after more runs; its fields can be added to."""
    write(shell, known(0, 2))
    asked(shell, *HQ, "--send-all")
    old_journal(shell)
    result = shell.run(*RUN, *HQ)

    assert result.code == 0, result.err
    assert "is of version 0.1, which sent all columns: they are still sent" in result.err
    assert shell.submits().total() == 2
    write(shell, known(0, 3))
    assert asked(shell, *HQ) == 1
    assert asked(shell, *HQ, *FOUNDED) == 3
    assert all(subject.endswith("9") for subject in shell.submits())
    assert set(books(shell.folder).values()) == {1}


def test_a_run_that_was_killed_between_two_field_sets_pays_nothing_twice(shell: Shell) -> None:
    """The rows are many and the kill falls anywhere."""
    write(shell, known(0, 30))
    asked(shell, *HQ)
    write(shell, known(0, 40))
    command = ("run", "company-intelligence", "in.csv", "--simulate", "--speed", "60", *HQ, *FOUNDED)
    for count in (33, 50):
        with shell.start(*command) as child:
            await_submits(shell, child, count)
            child.kill()
            child.communicate(timeout=50)
    last = shell.run(*RUN, *HQ, *FOUNDED)

    assert last.code in {0, 3}, last.err
    assert set(books(shell.folder).values()) == {1}
    assert {row["status"] for row in shell.rows()} <= {"completed", "no_answer", "unknown"}


@pytest.mark.parametrize("kind", ["find-email", "qa-agent"])
def test_operations_without_fields_know_their_rows_too(shell: Shell, kind: str) -> None:
    write(shell, [("Ada Example", "Acme"), ("Bo Example", "Acme")], ("name", "company"))
    criteria = ("--criterion", "fit=Sells glue") if kind == "qa-agent" else ()
    command = ("run", kind, "in.csv", *criteria, *FAST, "--batching", "single")
    shell.run(*command)
    write(shell, [("Bo Example", "Acme"), ("Cy Example", "Acme"), ("Ada Example", "Acme")], ("name", "company"))
    shell.run(*command)

    assert sorted(shell.submits().values()) == [1, 1, 1]


def test_two_journals_are_compared_row_by_row(shell: Shell) -> None:
    """Another journal for the same table pays its rows again, and that is what shows."""
    write(shell, known(0, 3))
    asked(shell, *HQ)
    write(shell, known(1, 5))
    shell.run(*RUN, *HQ, "--out", "b.csv", "--journal", "b.db")
    before = {path.name: path.read_bytes() for path in shell.folder.iterdir()}
    result = shell.run("journal", "compare", JOURNAL, "b.db")
    counts = [line.partition("   $")[0].split()[-1] for line in result.out.splitlines()[:5]]

    assert result.code == 0, result.err
    assert counts[:2] == ["1", "2"]
    assert int(counts[2]) + int(counts[3]) == 2
    assert counts[4] == "2"
    assert "$0.20 more than once" in result.out
    assert before == {path.name: path.read_bytes() for path in shell.folder.iterdir()}
    assert shell.run("journal", "compare", JOURNAL, "missing.db").code == 1
