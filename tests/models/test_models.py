"""Every documented answer and its variants are decoded; unknown keys survive."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models import (
    Balance,
    BlockStatus,
    Cancelled,
    DownloadLink,
    EmailAddress,
    EmailResult,
    Intelligence,
    JobState,
    JobStatus,
    LiveStatus,
    PhoneNumber,
    PhoneResult,
    QAResult,
    ResultFile,
    ReverseResult,
    RunStarted,
    SearchStatus,
    Started,
    Workflow,
    WorkflowRun,
    final_file,
)
from sixtyfour_async.models.status_words import STATUS_WORDS, read_state

RUNNING: dict[str, Any] = {
    "status": "running",
    "id": "job_123",
    "run_id": "temporal-run-123",
    "start_time": "2026-06-10T00:00:00Z",
}
FOUND: dict[str, Any] = {
    "structured_data": {"email": "a@example.com"},
    "confidence_score": 0.92,
    "references": {"https://example.com": "Source page"},
    "notes": "text",
}
DONE: dict[str, Any] = {
    **RUNNING,
    "status": "completed",
    "close_time": "2026-06-10T00:01:00Z",
    "result": FOUND,
    "charge_amount": 5,
    "task_type": "lead_enrichment",
}
FILES: dict[str, Any] = {
    **RUNNING,
    "status": "completed",
    "results": [{"filename": "people_2.csv", "download_url": "https://files.example/x", "block_number": 2}],
    "charge_amount": 2500,
}
SEARCH: dict[str, Any] = {
    "task_id": "e3b0",
    "status": "completed",
    "start_time": "2026-02-18T10:00:00Z",
    "close_time": "2026-02-18T10:04:32Z",
    "current_phase": 3,
    "progress_message": "Finalizing results",
    "resource_handle_id": "rh_7f3d",
    "total_results": 187,
    "exported_count": 187,
    "iterations": [{"iteration": 1, "results": 90, "elapsed_ms": 1200, "message": "more"}],
    "error": None,
}
LIVE: dict[str, Any] = {
    "run_id": "r1",
    "workflow_id": "w1",
    "overall_status": "running",
    "last_updated": "2026-06-10T00:00:30Z",
    "current_block": "lead_enrichment",
    "current_block_sequence": 2,
    "total_blocks": 3,
    "completed_blocks": 1,
    "overall_progress_percentage": 41.6,
    "estimation_blocked_by": None,
    "blocks": [
        {
            "block_name": "webhook",
            "sequence_number": 1,
            "status": "completed",
            "last_updated": "2026-06-10T00:00:10Z",
            "metrics": {"row_count": 2, "dataframe_type": "LEAD"},
            "progress_percentage": 100.0,
        }
    ],
}
COMPANY: dict[str, Any] = {
    "notes": "…",
    "findings": [],
    "confidence_score": 8.5,
    "structured_data": {
        "num_employees": 30,
        "tech_stack": "Python, Docker",
        "leads": [{"name": "Bo Example", "email": "", "company": "Acme Corp", "title": "CEO", "score": "9.5"}],
    },
    "references": {"https://acme.example": "Company site"},
}


DOCUMENTED: list[tuple[type[BaseModel], dict[str, Any], dict[str, Any]]] = [
    (Started, {"task_id": "job_123", "status": "RUNNING"}, {"task_id": "job_123", "status": "RUNNING"}),
    (Started, {"task_id": "e3b0", "status": "queued", "message": "Search started"}, {"task_id": "e3b0"}),
    (JobStatus, RUNNING, {"id": "job_123", "start_time": datetime(2026, 6, 10, tzinfo=UTC), "result": None}),
    (JobStatus, DONE, {"result": FOUND, "charge_amount": 5, "task_type": "lead_enrichment"}),
    (JobStatus, FILES, {"results": FILES["results"], "charge_amount": 2500, "result": None}),
    (JobStatus, {"status": "running", "task_id": "t1"}, {"task_id": "t1", "id": None}),
    (JobStatus, {**RUNNING, "start_time": "yesterday"}, {"start_time": "yesterday"}),
    (JobStatus, {**DONE, "result": [FOUND, FOUND]}, {"result": [FOUND, FOUND]}),
    (JobStatus, {**RUNNING, "status": "completed", "charge_credits": 0.5}, {"charge_credits": 0.5}),
    (Intelligence, FOUND, {"structured_data": {"email": "a@example.com"}, "confidence_score": 0.92}),
    (Intelligence, COMPANY, {"confidence_score": 8.5, "people": COMPANY["structured_data"]["leads"]}),
    (
        Intelligence,
        {"structured_data": {}, "people": [{"name": "Bo"}, "odd"]},
        {"people": [{"name": "Bo"}], "notes": None},
    ),
    (
        Intelligence,
        {"structured_data": {"a": None}, "field_confidence": {"a": None, "b": [90]}, "references": None},
        {"structured_data": {"a": None}, "field_confidence": {"a": None, "b": [90]}},
    ),
    (QAResult, {"structured_data": {"verdict": "yes"}, "notes": "n"}, {"structured_data": {"verdict": "yes"}}),
    (ReverseResult, {"name": "Ada", "company": "Acme", "cost_cents": 5}, {"name": "Ada", "cost_cents": 5}),
    (Balance, {"credits": 12}, {"credits": 12.0}),
    (SearchStatus, SEARCH, {"resource_handle_id": "rh_7f3d", "total_results": 187, "search_id": None}),
    (SearchStatus, {"task_id": "e3b0", "status": "queued"}, {"status": "queued", "start_time": None}),
    (DownloadLink, {"url": "https://s", "bucket": "b", "path": "p"}, {"url": "https://s", "path": "p"}),
    (
        RunStarted,
        {"status": "queued", "workflow_id": "w1", "job_id": "r1", "cache_config": None},
        {"job_id": "r1", "already_started": None},
    ),
    (LiveStatus, LIVE, {"overall_progress_percentage": 41.6, "estimation_blocked_by": None}),
    (LiveStatus, {"run_id": "r1", "overall_status": "queued"}, {"blocks": [], "workflow_id": None}),
    (WorkflowRun, {"job_id": "r1", "workflow_id": "w1", "status": "failed", "step": "x"}, {"step": "x"}),
    (Workflow, {"id": "w1", "name": "Inbound", "status": "draft", "created_at": "2026"}, {"name": "Inbound"}),
    (Cancelled, {"job_id": "r1", "status": "canceled"}, {"status": "canceled"}),
    (
        ResultFile,
        {"filename": "a.csv", "storage_bucket": "b", "download_url": None, "row_count": 0, "block_number": None},
        {"download_url": None, "row_count": 0},
    ),
]


@pytest.mark.parametrize(("model", "answer", "read"), DOCUMENTED)
def test_a_documented_answer_is_decoded(model: type[BaseModel], answer: dict[str, Any], read: dict[str, Any]) -> None:
    value = decode_answer(model, json.loads(json.dumps(answer)), operation="GET /x")

    assert {name: getattr(value, name) for name in read} == read


@pytest.mark.parametrize(
    "model", [JobStatus, SearchStatus, LiveStatus, Intelligence, EmailResult, PhoneResult, Balance, ResultFile]
)
def test_an_answer_is_frozen_and_keeps_unknown_keys(model: type[BaseModel]) -> None:
    needed = {"status": "running", "task_id": "t", "run_id": "r", "overall_status": "x", "credits": 1}
    value = model.model_validate({**needed, "structured_data": {}, "added_later": {"deep": [1]}})

    assert getattr(value, "added_later") == {"deep": [1]}  # noqa: B009 (no declared field)
    assert value.model_dump()["added_later"] == {"deep": [1]}
    with pytest.raises(ValidationError, match="frozen"):
        setattr(value, next(iter(model.model_fields)), None)


# --- status words -------------------------------------------------------------------------------------------------

WORDS = {
    JobState.RUNNING: "RUNNING running pending queued processing materializing active continued_as_new",
    JobState.COMPLETED: "completed COMPLETED ready",
    JobState.FAILED: "failed terminated timed_out timeout",
    JobState.CANCELLED: "cancelled canceled Cancelled",
}


@pytest.mark.parametrize(("state", "word"), [(state, word) for state, words in WORDS.items() for word in words.split()])
def test_a_status_word_means_what_the_pages_say(state: JobState, word: str) -> None:
    assert read_state(word) is state
    assert read_state(f" {word.upper()} ") is state


def test_every_status_word_is_tested() -> None:
    assert {word.lower() for words in WORDS.values() for word in words.split()} == set(STATUS_WORDS)


@pytest.mark.parametrize("word", ["", "sleeping", "crunching", "failed?"])
def test_an_unknown_status_word_counts_as_running(word: str) -> None:
    assert read_state(word) is JobState.RUNNING


# --- reports ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (RUNNING, {"state": JobState.RUNNING, "word": "running", "cost_cents": None, "progress": None, "error": None}),
        ({**RUNNING, "progress": {"completed": 120, "total": 500}}, {"progress": "120 of 500"}),
        ({**RUNNING, "progress": {"completed": 120}}, {"progress": "120 of ?"}),
        ({**RUNNING, "progress": "soon"}, {"progress": None}),
        (DONE, {"state": JobState.COMPLETED, "result": FOUND, "cost_cents": 5}),
        (FILES, {"state": JobState.COMPLETED, "result": FILES["results"], "cost_cents": 2500}),
        ({**DONE, "result": []}, {"result": []}),
        ({"status": "completed", "email": [["a@b.example", "OK"]]}, {"result": {"email": [["a@b.example", "OK"]]}}),
        ({"status": "completed"}, {"state": JobState.COMPLETED, "result": None}),
        ({"status": "failed", "error": "no such person"}, {"state": JobState.FAILED, "error": "no such person"}),
        ({"status": "failed", "detail": "why"}, {"error": "why"}),
        ({"status": "failed", "error": None, "error_message": "why"}, {"error": "why"}),
        ({"status": "failed", "error": {"code": 7}}, {"error": '{"code": 7}'}),
        ({"status": "failed"}, {"state": JobState.FAILED, "error": None}),
        ({"status": "CANCELED", "charge_amount": 0}, {"state": JobState.CANCELLED, "cost_cents": 0}),
    ],
)
def test_a_job_status_is_reported(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    report = JobStatus.model_validate(answer).report()

    assert {name: getattr(report, name) for name in expected} == expected


def test_a_search_reports_itself_once_it_is_completed() -> None:
    done = SearchStatus.model_validate(SEARCH).report()
    running = SearchStatus.model_validate({**SEARCH, "status": "running", "close_time": None}).report()

    assert (done.state, done.progress) == (JobState.COMPLETED, "Finalizing results")
    assert SearchStatus.model_validate(done.result) == SearchStatus.model_validate(SEARCH)
    assert (running.state, running.result) == (JobState.RUNNING, None)


def test_a_workflow_run_reports_progress_and_the_block_that_failed() -> None:
    running = LiveStatus.model_validate(LIVE).report()
    blocks = [{"block_name": "a"}, {"block_name": "b", "error_message": "quota"}]
    failed = LiveStatus.model_validate({**LIVE, "overall_status": "timeout", "blocks": blocks}).report()
    done = LiveStatus.model_validate({**LIVE, "overall_status": "completed"}).report()

    assert (running.state, running.progress, running.result) == (JobState.RUNNING, "42 %", None)
    assert (failed.state, failed.word, failed.error) == (JobState.FAILED, "timeout", "quota")
    assert LiveStatus.model_validate(done.result).blocks[0] == BlockStatus.model_validate(LIVE["blocks"][0])


# --- emails and phones --------------------------------------------------------------------------------------------

ADA = EmailAddress(address="ada@acme.example", status="OK", type="COMPANY")
HALF = EmailAddress(address="ada@acme.example", status="OK")


@pytest.mark.parametrize(
    ("sent", "emails"),
    [
        ([["ada@acme.example", "OK", "COMPANY"]], [ADA]),
        ([["ada@acme.example", "OK"]], [HALF]),
        ([["ada@acme.example", "OK", "COMPANY", "new"]], [ADA]),
        ([{"address": "ada@acme.example", "status": "OK", "type": "COMPANY"}], [ADA]),
        (["ada@acme.example"], [EmailAddress(address="ada@acme.example")]),
        ("ada@acme.example", [EmailAddress(address="ada@acme.example")]),
        ([["", "NOT_FOUND", "COMPANY"]], [EmailAddress(address="", status="NOT_FOUND", type="COMPANY")]),
        ([], []),
        ("", []),
        (None, []),
    ],
)
def test_emails_are_decoded_from_every_known_shape(sent: object, emails: list[EmailAddress]) -> None:
    found = EmailResult.model_validate({"name": "Ada Example", "email": sent, "personal_email": sent, "cost_cents": 5})

    assert found.email == found.personal_email == emails
    assert found.cost_cents == 5
    assert found.model_extra == {"name": "Ada Example"}


@pytest.mark.parametrize(
    ("sent", "phones"),
    [
        ([{"number": "+1 555-0100", "region": "US"}], [PhoneNumber(number="+1 555-0100", region="US")]),
        ({"number": "+1 555-0100"}, [PhoneNumber(number="+1 555-0100")]),
        ("+1 555-0100", [PhoneNumber(number="+1 555-0100")]),
        (["+1 555-0100"], [PhoneNumber(number="+1 555-0100")]),
        ("", []),
        (None, []),
        ([], []),
    ],
)
def test_phones_are_decoded_from_every_known_shape(sent: object, phones: list[PhoneNumber]) -> None:
    assert PhoneResult.model_validate({"phone": sent, "cost_cents": 30}) == PhoneResult.model_validate(
        {"phone": phones, "cost_cents": 30}
    )


def test_an_answer_without_email_or_phone_has_an_empty_list() -> None:
    assert EmailResult.model_validate({"name": "Ada"}).email == []
    assert PhoneResult.model_validate({"name": "Ada"}).phone == []


def test_the_final_file_is_that_of_the_highest_block() -> None:
    numbers = [2, None, 11, 3]
    files = [ResultFile(filename=f"{number}.csv", block_number=number) for number in numbers]

    assert final_file(files) == files[2]
    assert final_file([]) is None


def test_an_answer_that_a_strict_class_refuses_raises_with_the_raw_answer() -> None:
    class Lead(BaseModel):
        model_config = ConfigDict(strict=True)
        years: int

    with pytest.raises(ResponseError, match="years") as raised:
        decode_answer(Intelligence[Lead], {"structured_data": {"years": "many"}}, operation="people-intelligence")

    assert json.loads(raised.value.body) == {"structured_data": {"years": "many"}}
