"""Runs against a server: refusals are one line and exit code 1, and the same command resumes later."""

from __future__ import annotations

import csv
import io
import json
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.cli.conftest import HEADQUARTERS, SERVICE_SPEED, Shell, serving
from tests.runner.questions import KNOWN

SPEED = SERVICE_SPEED
COMPANY = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes")


def test_a_live_run_needs_only_the_two_exports(shell: Shell, exports: dict[str, str]) -> None:
    """``simulate`` prints all that ``run`` needs in its environment."""
    shell.table(rows=5)
    result = shell.with_environment(**exports).run(*COMPANY, speed=SPEED)

    assert result.code == 0, result.err
    assert [company.headquarters for company in KNOWN[:5]] == [row["headquarters"] for row in shell.rows()]
    assert exports["SIXTYFOUR_API_KEY"] not in result.out + result.err
    assert exports["SIXTYFOUR_API_KEY"].encode() not in (shell.folder / "in.enriched.journal.db").read_bytes()


def test_a_wrong_key_is_reported_in_one_line(shell: Shell, exports: dict[str, str]) -> None:
    """Before a row is sent: no output, no journal."""
    shell.table()
    result = shell.with_environment(**{**exports, "SIXTYFOUR_API_KEY": "sk_wrong"}).run(*COMPANY, speed=SPEED)

    assert (result.code, result.out) == (1, "")
    assert "sixtyfour: 401 Invalid API key on GET /check-balance" in result.last
    assert "sk_wrong" not in result.err
    assert {"in.csv"} == shell.names()


def test_an_unreachable_service_is_reported_in_one_line(shell: Shell) -> None:
    """After a few retries."""
    shell.table()
    unreachable = {"SIXTYFOUR_API_KEY": "sk", "SIXTYFOUR_API_ENDPOINT": "http://127.0.0.1:9"}
    result = shell.with_environment(**unreachable).run(*COMPANY, speed=SPEED)

    assert (result.code, result.out) == (1, "")
    assert "could not connect" in result.last
    assert {"in.csv"} == shell.names()


def test_a_tier_that_is_not_enabled_is_reported_in_one_line(shell: Shell, exports: dict[str, str]) -> None:
    """With the service's message, and no output without an answer."""
    shell.table()
    result = shell.with_environment(**exports).run(*COMPANY, "--tier", "high", speed=SPEED)

    assert (result.code, result.out) == (1, "")
    assert "403 High tier company enrichment is not enabled" in result.last
    assert "no output was written" in result.last
    assert "in.enriched.csv" not in shell.names()
    again = shell.with_environment(**exports).run(*COMPANY, "--tier", "medium", speed=SPEED)
    assert again.code == 0, "a journal in which nothing was accepted can be reused"


def test_a_run_resumes_after_credits_ran_out(shell: Shell) -> None:
    """402 in the middle: paid answers are written; the same command later sends only the rest."""
    shell.table(rows=8)
    options = ("--speed", str(SPEED), "--state", "state.jsonl")
    with serving(shell, *options, "--balance", "3") as exports:
        first = shell.with_environment(**exports).run(*COMPANY, speed=SPEED)
        port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
    rows, submitted = shell.rows(), shell.submits("state.jsonl")
    with serving(shell, *options, "--balance", "1000", "--port", port) as exports:
        second = shell.with_environment(**exports).run(*COMPANY, speed=SPEED)

    assert (first.code, second.code) == (1, 0), second.err
    assert "402 Insufficient API credits" in first.last
    assert "run the same command again" in first.err
    assert (len(rows), sum(row["status"] == "completed" for row in rows)) == (8, 3)
    assert submitted.total() == 3
    assert {1} == set(shell.submits("state.jsonl").values())
    assert shell.submits("state.jsonl").total() == 8
    assert [company.headquarters for company in KNOWN[:8]] == [row["headquarters"] for row in shell.rows()]


def test_a_journal_of_another_question_or_program_is_refused_unchanged(shell: Shell, exports: dict[str, str]) -> None:
    """Exit code 1, with the journal's name: answers to different operations, or of a simulator, are not mixed."""
    shell.table("a.csv", rows=1)
    (shell.folder / "foreign.db").write_text("not a database, by far\n" * 99, encoding="utf-8")
    live = shell.with_environment(**exports)
    command = ("run", "company-intelligence", "a.csv", *HEADQUARTERS, "--yes", "--journal")
    first = live.run(*command, "run.db", speed=SPEED)
    before = (shell.folder / "run.db").read_bytes()
    other = live.run("run", "qa-agent", "a.csv", "--criterion", "a=b", "--yes", "--journal", "run.db", speed=SPEED)
    simulated = live.run(*command, "run.db", "--simulate")
    foreign = live.run(*command, "foreign.db", speed=SPEED)

    assert (first.code, other.code, simulated.code, foreign.code) == (0, 1, 1, 1), first.err
    assert "run.db belongs to another run: operation was 'company-intelligence', now 'qa-agent'" in other.last
    assert "service was 'http://" in simulated.last
    assert "now 'simulator'" in simulated.last
    assert "Choose another --journal" in other.last
    assert "foreign.db is not a journal" in foreign.last
    assert before == (shell.folder / "run.db").read_bytes()
    assert {"a.csv", "a.enriched.csv", "run.db", "foreign.db"} == shell.names() - {"run.db.simulated.jsonl"}


class PollLoop:
    """A client as users write it: urllib, a key, a poll loop."""

    def __init__(self, exports: dict[str, str]) -> None:
        self.url, self.key = exports["SIXTYFOUR_API_ENDPOINT"], exports["SIXTYFOUR_API_KEY"]

    def request(self, path: str, body: Any = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"x-api-key": self.key, "content-type": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, headers=headers)  # noqa: S310 (our own server)
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 (our own server)
            found: dict[str, Any] = json.load(answer)
        return found

    def poll(self, path: str, word: str = "status") -> dict[str, Any]:
        while (found := self.request(path))[word].lower() in {"running", "queued", "pending"}:
            time.sleep(0.05)
        return found

    def table(self, url: str) -> list[dict[str, str]]:
        with urllib.request.urlopen(url, timeout=20) as answer:  # noqa: S310 (our own server)
            return list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"), newline="")))


def test_simulate_answers_a_plain_poll_loop(exports: dict[str, str]) -> None:
    """An enrichment, a search with its file and a workflow with its files, without this package's client."""
    loop = PollLoop(exports)
    body = {"target_company": {"company_name": "3M"}, "struct": {"headquarters": "Head office"}}
    job = loop.poll("/job-status/" + loop.request("/company-intelligence-async", body)["task_id"])
    search = loop.request("/search/start-deep-search", {"query": "german telecommunications", "mode": "company"})
    found = loop.poll("/search/status/" + search["task_id"])
    link = loop.request(f"/search/download?resource_handle_id={found['resource_handle_id']}")
    workflow = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
    run = loop.request(f"/workflows/run?workflow_id={workflow}", {"webhook_payload": [{"company_name": "3M"}]})[
        "job_id"
    ]
    done = loop.poll(f"/workflows/runs/{run}/live_status", "overall_status")
    files: Any = loop.request(f"/workflows/runs/{run}/results/download-links")
    last = max(files, key=lambda file: file["block_number"])

    assert job["result"]["structured_data"]["headquarters"] == "Maplewood, Minnesota, U.S."
    assert "1&1" in {row["company_name"] for row in loop.table(link["url"])}
    assert done["overall_status"] == "completed"
    assert [row["headquarters"] for row in loop.table(last["download_url"])] == ["Maplewood, Minnesota, U.S."]


def test_simulate_reports_why_it_cannot_start(shell: Shell, exports: dict[str, str]) -> None:
    """A port in use or an unknown fault: one line, exit code 2."""
    port = exports["SIXTYFOUR_API_ENDPOINT"].rpartition(":")[2]
    taken = shell.run("simulate", "--port", port)
    unknown = shell.run("simulate", "--port", "0", "--fault", "earthquake=0.5")
    certain = shell.run("simulate", "--port", "0", "--fault", "reset=2")

    assert (taken.code, unknown.code, certain.code) == (2, 2, 2)
    assert "Address already in use" in taken.last
    assert "--fault must be one of lost_answer" in unknown.last
    assert "earthquake" in unknown.last
    assert "--fault reset must be 0 to 1" in certain.last


def test_simulate_prints_two_exports_and_writes_no_file(tmp_path: Path, exports: dict[str, str]) -> None:
    """The two lines can be pasted into a shell."""
    assert {"SIXTYFOUR_API_ENDPOINT", "SIXTYFOUR_API_KEY"} == set(exports)
    assert exports["SIXTYFOUR_API_ENDPOINT"].startswith("http://127.0.0.1:")
    assert list(tmp_path.iterdir()) == []
