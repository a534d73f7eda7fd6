"""``sixtyfour listen``: deliveries are received into a journal, and the next run finds the answers there."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from sixtyfour_async._journal.schema import reading
from sixtyfour_async.webhooks import sign_test_payload
from tests.cli.conftest import HEADQUARTERS, Shell, await_submits, serving
from tests.webhooks.deliveries import FINISHED, OTHER, SECRET, WORKFLOW, body_of

HERE = "127.0.0.1"
ANY_PORT = f"{HERE}:0"
PRICE = ("--price", "company-intelligence=9")
RUN = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes", "--journal", "run.db")


@contextmanager
def listening(shell: Shell, *options: str, journal: str = "run.db") -> Generator[tuple[str, subprocess.Popen[str]]]:
    """Run the command, and yield its URL and the process."""
    with shell.start("listen", "--journal", journal, *options) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        assert line.startswith("listening at http://"), child.communicate()
        yield line.split()[2], child


def stopped(child: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    return child.returncode, err.splitlines()[-1]


def post(url: str, payload: Any, secret: str = SECRET, **more: Any) -> int:
    body = body_of(payload)
    headers = sign_test_payload(body, secret) if secret else {}
    return httpx.post(url, content=body, headers=headers, **more).status_code


def test_a_run_that_was_stopped_is_answered_without_another_poll(shell: Shell) -> None:
    shell.table(rows=6)
    with serving(shell, "--speed", "200", "--state", "state.jsonl") as variables:
        live = shell.with_environment(**variables, SIXTYFOUR_WEBHOOK_SECRET=SECRET)
        with live.start(*RUN, *PRICE) as child:
            await_submits(shell, child, 6, "state.jsonl")
            for _ in range(2):
                child.send_signal(signal.SIGTERM)
                time.sleep(0.5)
            child.communicate(timeout=30)
        with reading(shell.folder / "run.db") as reader:
            jobs = [entry.job_id for entry in reader.entries({"accepted"})]
        with listening(live, "--listen", ANY_PORT) as (url, child):
            answers = [post(url, ended_job(variables, str(job))) for job in jobs]
            code, last = stopped(child)
        second = live.run(*RUN, *PRICE, speed=200.0)

    assert jobs
    assert answers == [204] * len(jobs)
    assert f"{len(jobs)} rows ended, 0 kept" in last
    assert code == 128 + signal.SIGTERM
    assert second.code == 0, second.err
    assert [row["status"] for row in shell.rows()] == ["completed"] * 6
    assert shell.submits("state.jsonl").total() == 6
    assert re.search(r"requests +\d", second.out) is None, second.out


def ended_job(variables: dict[str, str], job: str) -> Any:
    """Return what the service would deliver: the answer to a poll, once the job has ended."""
    url = f"{variables['SIXTYFOUR_API_ENDPOINT']}/job-status/{job}"
    while (status := httpx.get(url, headers={"x-api-key": variables["SIXTYFOUR_API_KEY"]}).json())["status"] not in {
        "completed",
        "failed",
    }:
        time.sleep(0.05)
    return status | {"task_id": job}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_is_for_no_row_is_printed_and_kept(shell: Shell, number: signal.Signals) -> None:
    signed = shell.with_environment(SIXTYFOUR_WEBHOOK_SECRET=f"{OTHER}, {SECRET}")
    with listening(signed, "--listen", ANY_PORT) as (url, child):
        answers = [post(url, FINISHED), post(f"{url}any/where", FINISHED), post(url, WORKFLOW)]
        refused = [post(url, FINISHED, "sk_whsec_" + "2" * 64), post(url, FINISHED, "")]
        meanwhile = shell.run("journal", "deliveries", "run.db")
        code, last = stopped(child, number)
    after = shell.run("journal", "deliveries", "run.db")

    assert (answers, refused) == ([204] * 3, [401] * 2)
    assert code == 128 + number
    assert "3 deliveries received, 0 rows ended, 2 kept" in last
    assert "2 refused" in last
    assert meanwhile.out == after.out
    assert [json.loads(line) for line in after.out.splitlines()] == [
        {"job_id": "job_1", "event_id": None, "payload": FINISHED},
        {"job_id": "run_1", "event_id": "event_1", "payload": WORKFLOW},
    ]
    assert "2 deliveries" in shell.run("status", "run.db").out


def test_a_secret_file_is_read_anew_for_each_delivery(shell: Shell) -> None:
    file = shell.folder / "secret"
    file.write_text(f"{OTHER}\n")
    with listening(shell, "--listen", ANY_PORT, "--secret-file", "secret") as (url, child):
        before = post(url, FINISHED)
        file.write_text(f"{OTHER}\n{SECRET}\n")
        rolled = post(url, FINISHED)
        file.write_text("")
        without = post(url, FINISHED)
        stopped(child)

    assert (before, rolled, without) == (401, 204, 503)


def test_a_run_uses_the_journal_while_deliveries_are_received_into_it(shell: Shell) -> None:
    signed = shell.with_environment(SIXTYFOUR_WEBHOOK_SECRET=SECRET)
    with listening(signed, "--listen", ANY_PORT) as (_, child):
        shell.table()
        run = shell.run(*RUN, "--simulate", "--speed", "600")
        code, _ = stopped(child)

    assert run.code == 0, run.err
    assert code == 143


@pytest.mark.parametrize(
    ("options", "environment", "code", "words"),
    [
        ((), {}, 2, ("SIXTYFOUR_WEBHOOK_SECRET", "--secret-file")),
        ((), {"SIXTYFOUR_WEBHOOK_SECRET": " , "}, 2, ("SIXTYFOUR_WEBHOOK_SECRET",)),
        ((), {"SIXTYFOUR_WEBHOOK_SECRET": "sk_whsec_••••"}, 2, ("masked preview",)),
        (("--secret-file", "missing"), {}, 2, ("--secret-file", "missing")),
        (("--secret-file", "empty"), {}, 2, ("signing secret",)),
        (("--listen", "8080x"), {"SIXTYFOUR_WEBHOOK_SECRET": SECRET}, 2, ("--listen 8080x", "HOST:PORT")),
        (("--listen", "192.0.2.1:80"), {"SIXTYFOUR_WEBHOOK_SECRET": SECRET}, 2, ("--listen 192.0.2.1:80",)),
        (("--journal", "none/run.db"), {"SIXTYFOUR_WEBHOOK_SECRET": SECRET}, 1, ("none",)),
        (("--journal", "empty.csv"), {"SIXTYFOUR_WEBHOOK_SECRET": SECRET}, 1, ("not a journal",)),
    ],
)
def test_what_is_wrong_is_said_before_it_listens(
    shell: Shell, options: tuple[str, ...], environment: dict[str, str], code: int, words: tuple[str, ...]
) -> None:
    Path(shell.folder / "empty").write_text("")
    Path(shell.folder / "empty.csv").write_text("a,b\n" * 500)
    result = shell.with_environment(**environment).run("listen", "--journal", "run.db", "--listen", ANY_PORT, *options)

    assert result.code == code
    assert result.out == ""
    assert all(word in result.last for word in words), result.err
