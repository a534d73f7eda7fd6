"""``sixtyfour run``: a table in, the same table with answers out."""

from __future__ import annotations

import pytest

from tests.cli.conftest import HEADQUARTERS, SERVICE_SPEED, Service, Shell
from tests.runner.questions import KNOWN

PEOPLE = (
    "name,company,email,phone,notes\nAda Example,3M,ada@3m.example,+1 555 0100,a\nBo Example,1&1,bo@1.de,+49 30 555,b\n"
)
COMMON = ("status", "error", "cost_cents", "confidence", "matched_by")
FAST = ("--simulate", "--speed", "600")

OPERATIONS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "company-intelligence": (
        ("--field", "headquarters=Head office", "--field", "founded:int=Year"),
        ("headquarters", "founded"),
    ),
    "people-intelligence": (("--field", "hq=Headquarters of the company", "--tier", "medium"), ("hq",)),
    "find-email": (("--mode", "PERSONAL"), ("email", "email_status", "email_type")),
    "find-phone": ((), ("phone", "phone_region")),
    "reverse-email": ((), ("name", "title", "company", "linkedin", "answer")),
    "reverse-phone": ((), ("name", "title", "company", "linkedin", "answer")),
    "qa-agent": (("--criterion", "fit=Sells glue", "--field", "hq=Headquarters"), ("hq", "fit", "notes")),
    "research-agent": (("--field", "industry=Industry"), ("industry",)),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_fills_its_answer_columns(shell: Shell, service: Service, operation: str) -> None:
    """Input rows and columns keep their order; an input column is never overwritten."""
    options, wanted = OPERATIONS[operation]
    shell.table(text=None if operation == "company-intelligence" else PEOPLE, rows=2)
    submitted = service.submits()
    result = shell.with_environment(**service.exports).run(
        "run", operation, "in.csv", *options, "--batching", "single", "--yes", speed=SERVICE_SPEED
    )
    before, after = shell.rows("in.csv"), shell.rows()
    taken = [name if name not in before[0] else f"{name}_answer" for name in wanted]

    assert (result.code, len(after)) == (0, 2), result.err
    assert [*before[0], *taken, *COMMON] == list(after[0])
    for given, answered in zip(before, after, strict=True):
        assert given == {name: answered[name] for name in given}
        assert (answered["status"], answered["error"]) == ("completed", "")
        assert all(answered[name] for name in taken) or operation == "find-phone", "the only one that may find nothing"
    assert sorted((service.submits() - submitted).values()) == [1, 1]
    assert "2 rows in" in result.out
    for name in set(wanted) - set(taken):
        assert f"{name} goes to column {name}_answer: the input has a column {name}" in result.err
    if operation == "company-intelligence":
        facts = [(company.headquarters, str(company.founded), "10") for company in KNOWN[:2]]
        assert facts == [(row["headquarters"], row["founded"], row["cost_cents"]) for row in after]
    assert {"in.csv", "in.enriched.csv", "in.enriched.journal.db"} == shell.names()


def test_a_requested_field_that_is_a_column_is_not_sent(shell: Shell) -> None:
    """The table is a Windows export: semicolons, a byte order mark and quoted line breaks."""
    shell.table(
        text="\ufeffcompany_name;website;headquarters;status;notes\r\n"
        '3M;www.3m.com;somewhere;old;"two\r\nlines; and ""quotes"""\r\n'
        "1&1;www.1und1.ag;;;\r\n"
        ";;;;\r\n"
        ";;;;nobody\r\n"
        "A;a.example;;;\r\n"
    )
    options = ("--map", "notes=context", "--skip", "status", "--skip-bad-rows", "--limit", "3")
    result = shell.run("run", "company-intelligence", "in.csv", *HEADQUARTERS, *FAST, *options)
    rows = shell.rows(delimiter=";")

    assert result.code == 3, "a row without an answer"
    assert "headquarters -- not sent (a requested field)" in result.err
    assert "status       -- not sent (--skip)" in result.err
    assert "notes        -> context (--map)" in result.err
    assert "row 3: nothing identifies the company" in result.err
    assert "1 blank row left out" in result.err
    assert (shell.folder / "in.enriched.csv").read_bytes().startswith(b"\xef\xbb\xbfcompany_name;website")
    assert [row["status_answer"] for row in rows] == ["completed", "completed", "rejected", "not asked"]
    assert rows[0]["headquarters_answer"] == "Maplewood, Minnesota, U.S."
    assert tuple(rows[0][name] for name in ("headquarters", "status", "notes")) == (
        "somewhere",
        "old",
        'two\r\nlines; and "quotes"',
    )
    assert "nothing identifies the company" in rows[2]["error"]
    assert shell.submits() == {'3M | www.3m.com | two\r\nlines; and "quotes"': 1, "1&1 | www.1und1.ag": 1}


def test_a_simulated_run_takes_faults(shell: Shell) -> None:
    """The simulator of the run answers in the dialect, here in one without any answer."""
    shell.table(rows=2)
    result = shell.run(
        "run",
        "company-intelligence",
        "in.csv",
        *HEADQUARTERS,
        *FAST,
        "--fault",
        "status_bad_word=1",
        "--fault",
        "reset=0",
    )

    assert [row["status"] for row in shell.rows()] == ["failed", "failed"], result.err
    assert all(row["error"].startswith("no such company") for row in shell.rows())
    assert shell.submits().total() == 2


def test_the_same_command_again_sends_nothing_and_writes_the_same_output(shell: Shell) -> None:
    """The output is a function of input and journal; of equal rows one is submitted, and both are answered."""
    lines = [f"{company.company_name},{company.website}" for company in KNOWN[:4] if "," not in company.company_name]
    shell.table(text="\n".join(["company_name,website", *lines, lines[0]]) + "\n")
    command = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, *FAST)
    first = shell.run(*command)
    output, submitted = (shell.folder / "in.enriched.csv").read_bytes(), shell.submits()
    second = shell.run(*command)

    assert (first.code, second.code) == (0, 0)
    assert output == (shell.folder / "in.enriched.csv").read_bytes()
    assert submitted == shell.submits()
    assert submitted.total() == len(lines)
    assert {
        "in.csv",
        "in.enriched.csv",
        "in.enriched.journal.db",
        "in.enriched.journal.db.simulated.jsonl",
    } == shell.names()
    assert "answered earlier, not sent again" in second.out
    assert len(lines) + 1 == sum(row["status"] == "completed" for row in shell.rows())


def test_a_cap_per_day_ends_a_run_and_is_named_as_a_flag(shell: Shell) -> None:
    """A resumed run on the same day sends nothing more."""
    shell.table(text=PEOPLE, rows=2)
    caps = ("--max-cost-cents-per-day", "7", "--max-cost-cents-per-month", "900", "--max-cost-cents-per-run", "900")
    first = shell.run("run", "find-email", "in.csv", *caps, *FAST)
    again = shell.run("run", "find-email", "in.csv", *caps, *FAST)

    for result in (first, again):
        assert result.code == 1
        assert "--max-cost-cents-per-day 7 leaves 2 cents today (UTC), too little for this row" in result.err
    assert sorted(row["status"] for row in shell.rows()) == ["completed", "not asked"]
