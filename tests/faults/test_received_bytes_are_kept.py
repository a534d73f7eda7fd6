"""What a paid request brought back is kept as it came, whether or not anybody can read it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from sixtyfour_async import Body, FindEmail, JobRunner, NoAnswerError, Outcome, UnmatchedError, UnreadableError
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._journal.sqlite import SqliteJournal
from sixtyfour_async.cli.journal_commands import export
from tests.faults.network import networked

pytestmark = pytest.mark.anyio

Answer = Callable[[httpx.Request], httpx.Response | None]
ADA = FindEmail(lead={"name": "Ada Example", "company": "Acme"})
EMAIL = {"email": [["ada@acme.example", "OK", "COMPANY"]]}


def answers(path: str, *bodies: bytes | dict[str, Any], content_type: str = "application/json") -> Answer:
    """Return a handler that answers requests below a path with these bodies in turn, the last for ever."""
    left = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]

    def answer(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith(path):
            return None
        content = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(200, content=content, headers={"content-type": content_type})

    return answer


async def run(handler: Answer, journal: Path, *, rows: int = 1) -> list[Outcome[Any]]:
    """Run rows twice on one journal, the second time against a service that works, and return the first outcomes."""
    operations = [FindEmail(lead={"name": f"Row {number}", "company": "Acme"}) for number in range(rows)]
    async with networked(handler) as (client, _, network):
        async with JobRunner(client, journal=journal) as runner:
            first = {outcome.index: outcome async for outcome in runner.map(operations)}
        submits = sum(request.method == "POST" for request in network.seen)
        async with JobRunner(client, journal=journal) as runner:
            again = {outcome.index: outcome async for outcome in runner.map(operations)}
        assert submits == sum(request.method == "POST" for request in network.seen), "nothing is paid again"
    for index, outcome in first.items():
        found = again[index]
        assert (found.status, found.raw, found.body) == (outcome.status, outcome.raw, outcome.body)
        assert str(found.error) == str(outcome.error)
    return [outcome for _, outcome in sorted(first.items())]


CUT = b'{"status": "completed", "result": {"email": [["ada@ac'


async def test_an_answer_cut_off_for_ever_is_handed_over_with_its_bytes(tmp_path: Path) -> None:
    journal = tmp_path / "run.db"
    [outcome] = await run(answers("/job-status", CUT), journal)

    assert outcome.status == "unreadable"
    assert isinstance(outcome.error, UnreadableError)
    assert outcome.job_id
    assert outcome.body == Body(CUT, "application/json")

    out, bodies = tmp_path / "export.csv", tmp_path / "bodies"
    result = CliRunner().invoke(export, [str(journal), "--out", str(out), "--bodies", str(bodies)])
    assert result.exit_code == 0, result.output
    [file] = bodies.iterdir()
    assert file.read_bytes() == CUT
    assert file.name in out.read_text()


async def test_an_answer_that_heals_is_an_answer(tmp_path: Path) -> None:
    whole = {"status": "completed", "result": EMAIL, "charge_amount": 5}
    [outcome] = await run(answers("/job-status", CUT, CUT, CUT, whole), tmp_path / "run.db")

    assert outcome.status == "completed"
    assert outcome.cost_cents == 5


UNREADABLE_RECEIPTS: dict[str, tuple[bytes, str]] = {
    "another object": (b'{"ok": true, "ticket": {"n": [1]}}', "application/json"),
    "text": (b"accepted, thank you", "text/plain"),
    "cut off": (b'{"task_id": "j', "application/json"),
    "nothing": (b"", ""),
    "a number": (b"17", "application/json"),
    "bytes": (b"\xff\xfe\x00\x01", "application/octet-stream"),
}


@pytest.mark.parametrize("name", UNREADABLE_RECEIPTS)
async def test_an_answer_to_a_submit_that_nobody_can_read_is_parked_with_its_bytes(name: str, tmp_path: Path) -> None:
    content, content_type = UNREADABLE_RECEIPTS[name]
    [outcome] = await run(answers("/find-email", content, content_type=content_type), tmp_path / "run.db")

    assert outcome.status == "unknown"
    assert outcome.body == Body(content, content_type)
    with reading(tmp_path / "run.db") as journal:
        assert [entry.receipt for entry in journal.entries()] == [outcome.body]


FINISHED: dict[str, Any] = {
    "a status": {"status": "completed", "result": EMAIL, "charge_amount": 5},
    "another word": {"state": "SUCCESS", "result": EMAIL},
    "with an id": {"task_id": "j1", "status": "completed", "result": EMAIL},
    "the bare result": EMAIL,
    "inside data": {"data": {"status": "done", "result": EMAIL}},
}


@pytest.mark.parametrize("name", FINISHED)
async def test_a_submit_answered_with_the_finished_result_is_completed(name: str, tmp_path: Path) -> None:
    [outcome] = await run(answers("/find-email", FINISHED[name]), tmp_path / "run.db")

    assert outcome.status == "completed"
    assert outcome.result().email[0].address == "ada@acme.example"


async def test_a_bulk_submit_answered_with_the_finished_rows_is_split(tmp_path: Path) -> None:
    rows = [{"name": f"Row {number}", "email": [[f"{number}@x.example", "OK", "COMPANY"]]} for number in (2, 0, 1)]
    outcomes = await run(answers("/find-email-bulk", json.dumps(rows).encode()), tmp_path / "run.db", rows=3)

    assert [outcome.result().email[0].address for outcome in outcomes] == [f"{number}@x.example" for number in range(3)]
    assert {outcome.matched_by for outcome in outcomes} == {"echo"}


REFUSALS: dict[str, Any] = {
    "error and message": {"error": "Bad Request", "message": "lead needs a name"},
    "an object": {"error": {"code": "validation_error", "message": "lead needs a name"}},
    "a list of fields": {"detail": [{"loc": ["body", "lead"], "msg": "lead needs a name"}]},
    "a status in the body": {"status": 422, "error": "lead needs a name"},
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_an_error_with_status_200_is_a_refusal(name: str) -> None:
    async with networked(answers("/find-email", REFUSALS[name])) as (client, _, _), JobRunner(client) as runner:
        outcome = await runner.run(ADA)

    assert outcome.status == "rejected"
    assert "lead needs a name" in str(outcome.error)


async def test_an_error_of_the_service_itself_with_status_200_stays_in_doubt() -> None:
    failure = {"statusCode": 500, "error": "Internal Server Error"}
    async with networked(answers("/find-email", failure)) as (client, _, _), JobRunner(client) as runner:
        outcome = await runner.run(ADA)

    assert outcome.status == "unknown"
    assert outcome.raw == failure


async def test_a_job_that_completed_without_a_result_is_no_answer(tmp_path: Path) -> None:
    empty = {"status": "completed", "result": None, "charge_amount": 5}
    [outcome] = await run(answers("/job-status", empty), tmp_path / "run.db")

    assert (outcome.status, outcome.cost_cents) == ("no_answer", 5)
    with pytest.raises(NoAnswerError):
        outcome.result()


@pytest.mark.parametrize("wrapped", [True, False], ids=["wrapped", "bare"])
async def test_rows_in_a_form_that_is_not_known_are_kept_whole(wrapped: bool, tmp_path: Path) -> None:
    """Under names that say nothing: nobody is given one, and all of them are there to be read."""
    rows = {name: {"email": [[f"{name}@x.example", "OK", "COMPANY"]]} for name in ("alpha", "beta", "gamma")}
    whole = {"status": "completed", "result": {"results": rows} if wrapped else rows, "charge_amount": 15}
    outcomes = await run(answers("/job-status", whole), tmp_path / "run.db", rows=3)

    assert [outcome.status for outcome in outcomes] == ["unmatched"] * 3
    assert all(outcome.raw == whole["result"] for outcome in outcomes)


async def test_a_shared_answer_that_is_an_error_is_no_answer_of_each_row(tmp_path: Path) -> None:
    whole = {"status": "completed", "result": {"error": "timed out inside"}, "charge_amount": 15}
    outcomes = await run(answers("/job-status", whole), tmp_path / "run.db", rows=3)

    assert [outcome.status for outcome in outcomes] == ["no_answer"] * 3
    assert all("timed out inside" in str(outcome.error) for outcome in outcomes)


async def test_an_id_that_no_url_can_hold_parks_its_row_and_no_other(tmp_path: Path) -> None:
    [outcome] = await run(answers("/find-email", {"task_id": "x" * 70_000}), tmp_path / "run.db")

    assert outcome.status == "unknown"
    assert outcome.body is not None


async def test_rows_that_cannot_be_told_apart_keep_the_whole_answer_once(tmp_path: Path) -> None:
    """Each says so and has its share of the charge; the journal stores the answer for all of them once."""
    path, marker = tmp_path / "run.db", "a text that occurs once"
    whole = {"status": "completed", "result": [EMAIL | {"x": marker}], "charge_amount": 20}
    outcomes = await run(answers("/job-status", whole), path, rows=4)

    assert [outcome.status for outcome in outcomes] == ["unmatched"] * 4
    assert all(isinstance(outcome.error, UnmatchedError) for outcome in outcomes)
    assert [outcome.raw for outcome in outcomes] == [whole["result"]] * 4
    assert sum(outcome.cost_cents or 0 for outcome in outcomes) == 20
    assert path.read_bytes().count(marker.encode()) == 1


def written(folder: Path) -> str:
    return b"".join(file.read_bytes() for file in folder.iterdir()).decode("utf-8", "replace")


async def test_forgetting_a_row_erases_its_part_of_a_shared_answer(tmp_path: Path) -> None:
    """What it was given goes, and what nobody was given and speaks of it; what the others need stays."""
    path = tmp_path / "run.db"
    rows = [
        {"name": "Row 0", "company": "Acme", "email": [["zero@x.example", "OK", "COMPANY"]]},
        {"name": "Row 1", "company": "Other", "email": [["one@x.example", "OK", "COMPANY"]]},
        {"name": "Nobody", "email": [["nobody@x.example", "OK", "COMPANY"]]},
    ]
    whole = {"status": "completed", "result": rows, "charge_amount": 15}
    outcomes = await run(answers("/job-status", whole), path, rows=3)
    assert [outcome.status for outcome in outcomes] == ["completed", "unmatched", "unmatched"]

    for number, (gone, kept) in enumerate([("zero@", "one@"), ("one@", "nobody@"), ("nobody@", "")]):
        journal = SqliteJournal(path)
        await journal.open()
        assert await journal.forget(outcomes[number].key)
        await journal.close()
        content = written(tmp_path)
        assert gone not in content, number
        assert kept in content
