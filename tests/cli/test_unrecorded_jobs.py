"""A disk that fills up right after the service accepted jobs: their ids are on the screen, and find their way back."""

from __future__ import annotations

import re
import resource
import shlex
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async.cli.unrecorded import unrecorded_note
from tests.cli.conftest import HEADQUARTERS, CommandResult, Shell
from tests.cli.fake_service import FAST, SPEED, FakeService, accept_all, listening

JOURNAL = "in.enriched.journal.db"
RUN = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes")
ANSWER = {"status": "completed", "result": {"structured_data": {"headquarters": "Here"}}, "charge_amount": 10}

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="limits another process's files: Linux only")


def fill_disk(pid: int, journal: Path) -> None:
    """Let a process write no file beyond the size that its journal's log has now."""
    size = journal.with_name(f"{journal.name}-wal").stat().st_size
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def run_on_a_disk_that_fills(shell: Shell, service: FakeService) -> CommandResult:
    """Run; the disk is full from the first submit on."""
    pids: list[int] = []

    def accept(_body: Any, number: int) -> Any:
        fill_disk(pids[0], shell.folder / JOURNAL)
        return {"task_id": f"j{number}", "status": "RUNNING"}

    service.submit = accept
    with shell.with_environment(**service.environment).start(*RUN, command=FAST) as child:
        pids.append(child.pid)
        out, err = child.communicate(timeout=60)
    return CommandResult.checked(child.returncode, out, err)


def test_accepted_jobs_are_reported_with_their_ids_and_fetched_by_the_next_run(shell: Shell) -> None:
    shell.table(rows=30)
    with listening(FakeService(poll=lambda _id: ANSWER)) as service:
        failed = run_on_a_disk_that_fills(shell, service)
        accepted = {f"j{number}" for number in range(len(service.submits))}
        [command] = [line.strip() for line in failed.err.splitlines() if "journal record" in line]
        sent = len(service.submits)
        service.submit = accept_all
        live = shell.with_environment(**service.environment)
        recorded = live.run(*shlex.split(command)[1:])
        again = live.run(*RUN, speed=SPEED)

    assert failed.code == 4
    assert set(re.findall(r"=(j\d+)", command)) == accepted
    assert recorded.code == 0, recorded.err
    assert again.code == 0, again.err
    assert (len(service.submits), len({str(body) for body in service.submits})) == (30, 30)
    assert 0 < sent < 30
    assert [row["headquarters"] for row in shell.rows()] == ["Here"] * 30


@pytest.mark.parametrize(
    ("pairs", "code", "why"),
    [
        (["no-such-row=j1"], 1, "has no row 'no-such-row'"),
        (["novalue"], 2, "is not KEY=JOB_ID"),
        (["a=j1", "a=j2"], 2, "two ids for 'a'"),
    ],
)
def test_what_cannot_be_recorded_is_refused(shell: Shell, pairs: list[str], code: int, why: str) -> None:
    shell.table(rows=1)
    with listening(FakeService(poll=lambda _id: ANSWER)) as service:
        shell.with_environment(**service.environment).run(*RUN, speed=SPEED)
    refused = shell.run("journal", "record", JOURNAL, *pairs)

    assert refused.code == code
    assert why in refused.err


def test_a_row_with_an_answer_takes_no_other_id(shell: Shell) -> None:
    shell.table(rows=1)
    with listening(FakeService(poll=lambda _id: ANSWER)) as service:
        shell.with_environment(**service.environment).run(*RUN, speed=SPEED)
    key = shell.rows()[0]
    [line] = [line for line in shell.run("export", JOURNAL, "--out", "-").out.splitlines() if "Here" in line]
    refused = shell.run("journal", "record", JOURNAL, f"{line.split(',')[0]}=j9")

    assert key["status"] == "completed"
    assert refused.code == 1
    assert "completed, not unknown" in refused.err


def test_nothing_is_printed_when_nothing_is_missing(tmp_path: Path) -> None:
    assert unrecorded_note((), tmp_path / "none.db") == ""
