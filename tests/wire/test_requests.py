"""Encoding of operations: path, query, headers and body, and what is rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sixtyfour_async._wire.codec import HTTPRequest, answer_route, encode, job_route
from sixtyfour_async.errors import ConfigurationError, InputError
from sixtyfour_async.operations import (
    CancelRun,
    CheckBalance,
    CompanyIntelligence,
    Criterion,
    DeepSearch,
    DownloadSearch,
    FindEmail,
    GetDownloadLinks,
    GetJobStatus,
    ListRuns,
    Operation,
    PeopleIntelligence,
    QAAgent,
    RunWorkflow,
    UpdateSchedule,
)


def encode_first(operation: Operation[Any]) -> HTTPRequest:
    """Encode an operation for its direct route, or for its job route if it has no other."""
    return encode(operation, operation.endpoint.route or job_route(operation))


@pytest.mark.parametrize(
    ("operation", "method", "path"),
    [
        (GetJobStatus(job_id="job_123"), "GET", "/job-status/job_123"),
        (GetJobStatus(job_id="a b/c?d#e%é"), "GET", "/job-status/a%20b%2Fc%3Fd%23e%25%C3%A9"),
        (GetJobStatus(job_id="..."), "GET", "/job-status/..."),
        (GetJobStatus(job_id="x", cost_units="credits"), "GET", "/job-status/x?cost_units=credits"),
        (DownloadSearch(resource_handle_id="rh & co"), "GET", "/search/download?resource_handle_id=rh+%26+co"),
        (GetDownloadLinks(run_id="r1", format="json"), "GET", "/workflows/runs/r1/results/download-links?format=json"),
        (ListRuns(), "GET", "/workflows/runs"),
        (ListRuns(status="active", limit=5), "GET", "/workflows/runs?status=active&limit=5"),
        (ListRuns(extra={"after": "z", "all": True}), "GET", "/workflows/runs?after=z&all=true"),
        (CheckBalance(), "GET", "/check-balance"),
        (CancelRun(job_id="r1"), "POST", "/workflows/cancel?job_id=r1"),
    ],
)
def test_a_get_or_cancel_has_its_fields_in_path_and_query_and_no_body(
    operation: Operation[Any], method: str, path: str
) -> None:
    request = encode_first(operation)

    assert (request.method, request.path) == (method, path)
    assert request.body is None
    assert request.headers == {}


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        (
            RunWorkflow(workflow_id="w1", save_json=True, result_formats=["csv", "json"]),
            "/workflows/run?workflow_id=w1&save_json=true&result_formats=csv&result_formats=json",
        ),
        (RunWorkflow(workflow_id="w1", save_json=False), "/workflows/run?workflow_id=w1&save_json=false"),
        (UpdateSchedule(schedule_id="s1"), "/schedules/s1"),
    ],
)
def test_a_route_with_a_body_gets_an_empty_object_if_no_field_is_set(operation: Operation[Any], path: str) -> None:
    request = encode_first(operation)

    assert (request.path, request.body) == (path, b"{}")
    assert request.headers == {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (FindEmail(lead={"name": "Ada Example"}), {"lead": {"name": "Ada Example"}}),
        (
            FindEmail(lead={"name": "Ada"}, mode="PERSONAL", verify_emails=False),
            {"lead": {"name": "Ada"}, "mode": "PERSONAL", "verify_emails": False},
        ),
        (FindEmail(lead={"name": "Ada"}, mode=None, webhook_url=None), {"lead": {"name": "Ada"}}),
        (
            FindEmail(lead={"name": "Zoë", "seen": None, "tags": ["a", {"b": 1.5}]}),
            {"lead": {"name": "Zoë", "seen": None, "tags": ["a", {"b": 1.5}]}},
        ),
        (
            FindEmail(lead={"name": "Ada"}, extra={"providers": ["one"], "mode": "NEW"}),
            {"lead": {"name": "Ada"}, "providers": ["one"], "mode": "NEW"},
        ),
        (
            PeopleIntelligence(
                lead_info={"name": "Ada Example", "company": "Acme Corp"},
                struct={"email": "Work email", "years": {"description": "Total years", "type": "int"}},
                tier="low",
                field_confidence=True,
                webhook_url="https://example.com/hook",
            ),
            {
                "lead_info": {"name": "Ada Example", "company": "Acme Corp"},
                "struct": {"email": "Work email", "years": {"description": "Total years", "type": "int"}},
                "tier": "low",
                "field_confidence": True,
                "webhook_url": "https://example.com/hook",
            },
        ),
        (
            CompanyIntelligence(
                target_company={"company_name": "Acme"}, struct={"size": "Staff"}, lead_struct={"name": "Name"}
            ),
            {
                "target_company": {"company_name": "Acme"},
                "struct": {"size": "Staff"},
                "lead_struct": {"name": "Name"},
            },
        ),
        (
            QAAgent(
                data={"company_name": "Acme"},
                qualification_criteria=[Criterion(criteria_name="size", description="Big", weight=2)],
            ),
            {
                "data": {"company_name": "Acme"},
                "qualification_criteria": [{"criteria_name": "size", "description": "Big", "weight": 2.0}],
            },
        ),
        (
            DeepSearch(query="VPs", mode="people", max_results=500, output_mode="csv", search_id="s1"),
            {"query": "VPs", "mode": "people", "max_results": 500, "output_mode": "csv", "search_id": "s1"},
        ),
    ],
)
def test_the_body_has_the_fields_that_were_set_and_no_others(operation: Operation[Any], body: dict[str, Any]) -> None:
    request = encode_first(operation)

    assert json.loads(request.body or b"") == body
    assert request.headers == {"content-type": "application/json"}
    assert "?" not in request.path


def test_json_is_compact_utf8() -> None:
    assert encode_first(FindEmail(lead={"name": "Zoë"})).body == '{"lead":{"name":"Zoë"}}'.encode()


def test_a_workflow_run_has_fields_in_query_header_and_body() -> None:
    run = RunWorkflow(workflow_id="w/1", webhook_payload=[{"company_name": "Acme"}], idempotency_key="row-7")

    request = encode_first(run)

    assert request.path == "/workflows/run?workflow_id=w%2F1"
    assert request.headers == {"Idempotency-Key": "row-7", "content-type": "application/json"}
    assert json.loads(request.body or b"") == {"webhook_payload": [{"company_name": "Acme"}]}


def test_the_job_route_gets_the_same_body() -> None:
    find = FindEmail(lead={"name": "Ada"})

    assert encode(find, answer_route(find)).path == "/find-email"
    assert encode(find, job_route(find)).path == "/find-email-async"
    assert encode(find, answer_route(find)).body == encode(find, job_route(find)).body
    assert encode(find, job_route(find)).operation == "POST /find-email-async"


def test_the_timeout_is_the_operations_own_or_the_callers() -> None:
    find = FindEmail(lead={"name": "Ada"})

    assert encode_first(find).timeout == FindEmail.endpoint.read_timeout
    assert encode(find, answer_route(find), timeout=7.0).timeout == 7.0


@pytest.mark.parametrize("id_", ["", ".", ".."])
def test_a_path_parameter_that_changes_the_path_is_rejected(id_: str) -> None:
    with pytest.raises(InputError) as caught:
        encode_first(GetJobStatus(job_id=id_))

    assert caught.value.field == "job_id"


def test_a_missing_route_raises_with_the_name_of_the_operation() -> None:
    with pytest.raises(ConfigurationError, match="deep-search has no direct answer"):
        answer_route(DeepSearch(query="x"))
    with pytest.raises(ConfigurationError, match="check-balance is not a job"):
        job_route(CheckBalance())


@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_infinity_is_rejected_before_sending(number: float) -> None:
    with pytest.raises(InputError):
        encode_first(FindEmail(lead={"name": "Ada", "score": number}))


def test_nan_is_rejected_where_a_missing_value_would_ask_for_something_else() -> None:
    with pytest.raises(InputError):
        encode_first(FindEmail(lead={"name": "Ada"}, extra={"score": float("nan")}))


def test_a_lone_surrogate_is_rejected() -> None:
    with pytest.raises(InputError):
        FindEmail(lead={"name": "\ud800"}).fingerprint()
