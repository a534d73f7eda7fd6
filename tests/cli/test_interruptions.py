"""Runs that are interrupted or killed, and resumed."""

from __future__ import annotations

import re
import signal

import pytest

from tests.cli.conftest import HEADQUARTERS, Shell, await_submits
from tests.runner.questions import KNOWN

ROWS = 150
"""Enough that a signal arrives before the last submit, also on a busy machine."""


def command(speed: int) -> tuple[str, ...]:
    return ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", str(speed))


def check_whole(shell: Shell, code: int) -> None:
    """Every row once, submitted once; answered correctly, or parked because its submit was in transit at the end."""
    rows, submitted = shell.rows(), shell.submits()
    truth = [(company.company_name, company.headquarters) for company in KNOWN[:ROWS]]
    answered = [row for row in rows if row["status"] == "completed"]
    parked = [row for row in rows if row["status"] == "unknown"]
    assert [name for name, _ in truth] == [row["company_name"] for row in rows]
    assert len(answered) + len(parked) == ROWS
    assert (3 if parked else 0) == code
    assert {1} == set(submitted.values())
    assert len(answered) <= submitted.total() <= ROWS
    assert all(dict(truth)[row["company_name"]] == row["headquarters"] for row in answered)


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_the_first_interrupt_drains_and_prints_how_to_resume(shell: Shell, number: signal.Signals) -> None:
    """The exit code names the signal; the output has every row, jobs in flight got their answers, a rerun the rest."""
    shell.table(rows=ROWS)
    with shell.start(*command(20)) as child:
        await_submits(shell, child, 12)
        child.send_signal(number)
        out, err = child.communicate(timeout=50)
    rows, submitted = shell.rows(), shell.submits().total()
    again = shell.run(*command(600))

    assert child.returncode == 128 + number, err
    assert "stopping: no more rows are sent" in err
    assert "to resume, run the same command again:\n  sixtyfour run company-intelligence" in err
    assert 12 <= submitted < ROWS == len(rows)
    assert submitted == sum(row["status"] == "completed" for row in rows)
    assert again.code == 0, again.err
    assert {"completed", "not asked"} == {row["status"] for row in rows}
    assert f"answered           {submitted:>8,}" in out
    check_whole(shell, again.code)


def test_the_second_interrupt_leaves_at_once_and_prints_job_ids(shell: Shell) -> None:
    """Exit code 130 without waiting for jobs that take minutes; no output, and the ids of jobs that will be billed."""
    shell.table(rows=ROWS)
    with shell.start(*command(20)) as child:
        await_submits(shell, child, 15)
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        while "stopping" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=50)
    left = re.search(r"(\d+) jobs are still running at the service and will be billed: ([0-9a-f-]{36}), ", err)
    ids = (shell.folder / "in.enriched.journal.db.simulated.jsonl").read_text(encoding="utf-8")
    names = shell.names()
    again = shell.run(*command(600))

    assert child.returncode == 130, err
    assert left is not None, err
    assert int(left[1]) >= 10
    assert left[2] in ids
    assert "run the same command again" in err
    assert "in.enriched.csv" not in names
    check_whole(shell, again.code)


def test_a_run_that_was_killed_is_finished_by_the_same_command(shell: Shell) -> None:
    """kill -9 twice in the middle; then every row once. Rows whose submit was in transit may be parked."""
    shell.table(rows=ROWS)
    for count in (8, 20):
        with shell.start(*command(60)) as child:
            await_submits(shell, child, count)
            child.kill()
            child.communicate(timeout=50)
        assert "in.enriched.csv" not in shell.names()
    again = shell.run(*command(600))

    check_whole(shell, again.code)
    assert shell.submits().total() > 20
