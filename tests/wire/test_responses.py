"""Decoding of responses: (status, headers, body) → JSON, a typed answer, or the error of its status."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sixtyfour_async._wire.codec import (
    HTTPResponse,
    decode_answer,
    decode_error,
    decode_json,
)
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async._wire.pace_headers import retry_after
from sixtyfour_async.errors import (
    APIError,
    AuthenticationError,
    BadRequestError,
    CreditsError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ResponseError,
    ServerError,
)
from sixtyfour_async.models import Balance, Started

NOW = datetime(2026, 2, 18, 10, 0, 0, tzinfo=UTC)
OPERATION = "POST /find-email"


def response(status: int, body: object = b"", **headers: str) -> HTTPResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTTPResponse(status, named, raw, received_at=NOW)


def error_of(status: int, body: object = b"", *, job_limit: str = "", **headers: str) -> APIError:
    return decode_error(response(status, body, **headers), operation=OPERATION, job_limit=job_limit)


FIELD = {"loc": ["body", "target_company", "domain"], "msg": "Field required", "type": "missing", "input": None}
HTML = b"<html><head><title>502\n Bad  Gateway</title></head><body>nginx</body></html>"


@pytest.mark.parametrize(
    ("status", "body", "message", "code", "errors"),
    [
        (400, {"error": "Bad Request", "message": "Invalid lead data"}, "Invalid lead data", None, []),
        (400, {"error": "Bad Request"}, "Bad Request", None, []),
        (402, {"detail": "Insufficient API credits"}, "Insufficient API credits", None, []),
        (
            422,
            {"detail": [FIELD]},
            "the request was rejected",
            None,
            [("body.target_company.domain", "Field required")],
        ),
        (
            422,
            {"detail": [{"loc": ["body", "leads", 0], "msg": "bad", "type": "value_error"}, "odd"]},
            "the request was rejected",
            None,
            [("body.leads.0", "bad"), ("", "odd")],
        ),
        (400, {"error": {"code": "some_code", "message": "text"}}, "text", "some_code", []),
        (
            401,
            {"error": "invalid_client", "error_description": "Unknown client"},
            "Unknown client",
            "invalid_client",
            [],
        ),
        (
            401,
            {"status": "error", "error": "key_expired", "message": "This key has expired"},
            "This key has expired",
            "key_expired",
            [],
        ),
        (
            400,
            {
                "status": "error",
                "error": "validation_error",
                "message": "Check the fields",
                "details": None,
                "errors": {"query": "is empty", "limit": ["too big"]},
            },
            "Check the fields",
            "validation_error",
            [("query", "is empty"), ("limit", '["too big"]')],
        ),
        (
            400,
            {"error": "validation_error", "message": "m", "errors": [{"field": "query", "message": "is empty"}]},
            "m",
            "validation_error",
            [("query", "is empty")],
        ),
        (502, HTML, "502 Bad Gateway (a web page, not the API)", None, []),
        (502, b"<html><body>no title</body></html>", "Bad Gateway", None, []),
        (503, b"upstream connect error", "upstream connect error", None, []),
        (500, b"", "Internal Server Error", None, []),
        (404, b"{}", "Not Found", None, []),
        (404, b"null", "Not Found", None, []),
        (404, b"[1, 2]", "Not Found", None, []),
        (404, {"detail": ""}, "Not Found", None, []),
        (404, {"detail": 7}, "Not Found", None, []),
        (500, b'{"detail": "cut of', "Internal Server Error", None, []),
        (599, b"", "error without a message", None, []),
    ],
)
def test_every_error_envelope_is_decoded(
    status: int, body: object, message: str, code: str | None, errors: list[tuple[str, str]]
) -> None:
    error = error_of(status, body)

    assert (error.status, error.message, error.code) == (status, message, code)
    assert error.errors == tuple(errors)
    assert error.operation == OPERATION


def test_a_code_and_message_in_detail_are_not_field_errors() -> None:
    error = error_of(400, {"detail": {"code": "some_code", "message": "text"}})

    assert (error.message, error.code, error.errors) == ("text", "some_code", ())


@pytest.mark.parametrize("body", [b"\xff\xfe\x00\x80", bytes(range(256)), b"\x00", "…".encode("utf-16")])
def test_an_error_body_of_arbitrary_bytes_is_decoded_as_a_server_error(body: bytes) -> None:
    error = error_of(500, body)

    assert isinstance(error, ServerError)
    assert len(error.body) <= MAX_BODY_EXCERPT


@pytest.mark.parametrize("status", [200, 500])
def test_deeply_nested_json_raises_an_error_of_this_package(status: int) -> None:
    with pytest.raises((ResponseError, ServerError)):
        decode_json(response(status, b"[" * 100_000), operation=OPERATION)


@pytest.mark.parametrize(
    "body", [{"message": "first\nsecond"}, {"detail": [{"loc": ["a"], "msg": "x\ny"}]}, b"plain\n\ntext"]
)
def test_the_message_of_an_error_is_one_line(body: object) -> None:
    assert len(str(error_of(400, body)).splitlines()) == 1


def test_an_error_keeps_an_excerpt_of_the_body() -> None:
    error = error_of(500, b"x" * 10_000)

    assert error.body == "x" * MAX_BODY_EXCERPT
    assert error_of(400, {"message": "y" * 10_000}).message == "y" * MAX_BODY_EXCERPT


@pytest.mark.parametrize("header", ["x-request-id", "request-id", "x-correlation-id", "cf-ray"])
def test_an_error_has_the_request_id(header: str) -> None:
    assert error_of(500, **{header: "r_12"}).request_id == "r_12"
    assert error_of(500).request_id is None


# --- Retry-After and X-RateLimit-Reset ----------------------------------------------------------------------------

RECEIVED_AT = str(int(NOW.timestamp()))
IN_42_SECONDS = str(int(NOW.timestamp()) + 42)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"retry-after": "7"}, 7.0),
        (429, {"retry-after": " 2.5 "}, 2.5),
        (503, {"retry-after": "0"}, 0.0),
        (429, {"retry-after": "Wed, 18 Feb 2026 10:00:30 GMT"}, 30.0),
        (429, {"retry-after": "Wed, 18 Feb 2026 09:00:00 GMT"}, 0.0),
        (429, {"retry-after": "Sun, 01 Mar 2020 00:00:20 GMT", "date": "Sun, 01 Mar 2020 00:00:00 GMT"}, 20.0),
        (429, {"retry-after": "Wed, 18 Feb 2026 10:00:30 -0000"}, 30.0),
        (429, {"retry-after": "soon"}, None),
        (429, {"retry-after": "-5"}, None),
        (429, {"retry-after": ""}, None),
        (429, {}, None),
        (429, {"x-ratelimit-reset": IN_42_SECONDS}, 42.0),
        (429, {"x-ratelimit-reset": RECEIVED_AT}, 0.0),
        (429, {"x-ratelimit-reset": "17"}, 17.0),
        (429, {"x-ratelimit-reset": "0"}, 0.0),
        (429, {"x-ratelimit-reset": "1.5"}, 1.5),
        (429, {"x-ratelimit-reset": "86400"}, 86400.0),
        (429, {"x-ratelimit-reset": "9" * 400}, None),
        (429, {"retry-after": "9" * 400}, None),
        (429, {"retry-after": "\u0667"}, None),
        (429, {"x-ratelimit-reset": "later"}, None),
        (429, {"x-ratelimit-reset": IN_42_SECONDS, "date": "Wed, 18 Feb 2026 10:00:40 GMT"}, 2.0),
        (429, {"x-ratelimit-reset": IN_42_SECONDS, "retry-after": "3"}, 3.0),
        (503, {"x-ratelimit-reset": IN_42_SECONDS}, None),
        (500, {"x-ratelimit-reset": IN_42_SECONDS}, None),
    ],
)
def test_retry_after_is_read_from_the_headers(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(response(status, **headers)) == seconds
    assert error_of(status, **headers).retry_after == seconds


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "1 Jan 2020 00:00:00 +99999999999999999999"]
)
def test_a_date_out_of_range_is_ignored(date: str) -> None:
    assert retry_after(response(429, **{"retry-after": date})) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Rate limit exceeded. Retry after 42 seconds", 42.0),
        ("Rate limit exceeded, retry after 1 second.", 1.0),
        ("Please try again in 1 minute", 60.0),
        ("try again in 2.5 minutes", 150.0),
        ("Too many requests: wait 30s", 30.0),
        ("Please wait for 10 seconds before retrying", 10.0),
        ("Limit resets in 90 seconds", 90.0),
        ("Please retry your request after 500ms", 0.5),
        ("Try again in about 1 hour", 3600.0),
        ("RETRY AFTER 7 SECS", 7.0),
        ("Limit: 500 requests per 60 seconds", None),
        ("Retry later", None),
        ("try again tomorrow; 42 is your limit", None),
    ],
)
def test_a_pace_is_read_from_the_words_of_a_429(text: str, seconds: float | None) -> None:
    for body in ({"detail": text}, {"error": {"code": "rate_limit_exceeded", "message": text}}):
        assert error_of(429, body).retry_after == seconds
    assert error_of(429, {"detail": text}, **{"retry-after": "3"}).retry_after == 3.0
    assert error_of(503, {"detail": text}).retry_after is None, "a 5xx that may have been accepted stays in doubt"


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"retry_after": 42}, 42.0),
        ({"detail": {"retry_after": 1.5, "message": "slow down"}}, 1.5),
        ({"error": {"retryAfter": "9"}}, 9.0),
        ({"retry_after_ms": 1500}, 1.5),
        ({"retry_after": 5, "message": "retry after 42 seconds"}, 5.0),
        ({"retry_after": -1}, None),
        ({"retry_after": True}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": None, "message": "retry after 42 seconds"}, 42.0),
    ],
)
def test_a_pace_is_read_from_the_body_of_a_429(body: Any, seconds: float | None) -> None:
    assert error_of(429, body).retry_after == seconds


# --- the error codes of a sister platform -----------------------------------------------------------------------------

CODES: list[tuple[int, str, type[APIError]]] = [
    (401, "auth_required", AuthenticationError),
    (401, "key_revoked", AuthenticationError),
    (401, "key_expired", AuthenticationError),
    (402, "quota_exceeded", CreditsError),
    (403, "insufficient_scope", PermissionDeniedError),
    (403, "workspace_access_denied", PermissionDeniedError),
    (429, "rate_limit_exceeded", RateLimitError),
    (400, "validation_error", BadRequestError),
    (400, "workspace_required", BadRequestError),
    (404, "not_found", NotFoundError),
    (500, "agent_error", ServerError),
    (500, "internal_error", ServerError),
]


@pytest.mark.parametrize(("status", "code", "error_class"), CODES)
def test_every_code_of_the_second_dialect_is_known(status: int, code: str, error_class: type[APIError]) -> None:
    """In each of its envelopes."""
    shapes: list[Any] = [
        {"status": "error", "error": code, "message": "the text", "details": None},
        {"error": {"code": code, "message": "the text"}},
        {"detail": {"code": code, "message": "the text"}},
        {"code": code, "message": "the text"},
    ]
    for body in shapes:
        error = error_of(status, body)
        assert (type(error), error.code, error.message) == (error_class, code, "the text")


def test_field_errors_of_the_second_dialect_are_kept() -> None:
    body = {"status": "error", "error": "validation_error", "message": "bad", "errors": {"email": "is no address"}}

    assert error_of(400, body).errors == (("email", "is no address"),)


# --- 429: the rate limit or a concurrency limit -------------------------------------------------------------------

TOO_MANY_JOBS = {"detail": "Maximum of 5 concurrent deep searches reached"}
TOO_MANY_REQUESTS = {"detail": "Rate limit exceeded"}


@pytest.mark.parametrize(
    ("job_limit", "body", "headers", "slots"),
    [
        ("deep-search", TOO_MANY_JOBS, {}, True),
        ("deep-search", TOO_MANY_JOBS, {"x-ratelimit-remaining": "0"}, True),
        ("deep-search", TOO_MANY_REQUESTS, {}, False),
        ("deep-search", TOO_MANY_REQUESTS, {"x-ratelimit-remaining": "0"}, False),
        ("deep-search", TOO_MANY_REQUESTS, {"x-ratelimit-remaining": "311"}, True),
        ("deep-search", b"", {}, True),
        ("", TOO_MANY_JOBS, {}, False),
        ("", TOO_MANY_REQUESTS, {}, False),
        ("", b"", {"x-ratelimit-remaining": "311"}, False),
    ],
)
def test_a_429_is_about_concurrent_jobs_only_for_an_operation_with_a_job_limit(
    job_limit: str, body: object, headers: dict[str, str], slots: bool
) -> None:
    error = error_of(429, body, job_limit=job_limit, **headers)

    assert isinstance(error, RateLimitError)
    assert error.slots == slots


# --- 2xx and 3xx --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "value"),
    [(200, b'{"a": [1, null]}', {"a": [1, None]}), (202, b"[]", []), (204, b"", None), (200, b"", None)],
)
def test_a_success_is_decoded_as_json(status: int, body: bytes, value: object) -> None:
    assert decode_json(response(status, body), operation=OPERATION) == value


@pytest.mark.parametrize("body", [HTML, b"{", b"\xff\xfd\x00", b"OK"])
def test_a_success_that_is_not_json_raises_with_the_body(body: bytes) -> None:
    with pytest.raises(ResponseError) as caught:
        decode_json(response(200, body), operation=OPERATION)

    assert caught.value.expected == "JSON"
    assert caught.value.operation == OPERATION
    assert caught.value.body == body.decode("utf-8", "replace")
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("status", [301, 302, 307, 308, 304])
def test_a_redirect_raises(status: int) -> None:
    with pytest.raises(ResponseError, match=f"{status} redirects elsewhere"):
        decode_json(response(status, b"{}", location="https://elsewhere.example"), operation=OPERATION)


def test_an_error_status_raises_its_class() -> None:
    with pytest.raises(NotFoundError, match="Job not found"):
        decode_json(response(404, {"detail": "Job not found"}), operation=OPERATION)


@pytest.mark.parametrize(
    ("expected_type", "value", "field"),
    [
        (Balance, None, "Balance"),
        (Started, {"task_id": None}, "task_id"),
        (Started, {}, "task_id"),
        (list[Started], [{"task_id": "t1"}, {}], "1.task_id"),
        (list[Started], {"task_id": "t1"}, "list"),
    ],
)
def test_an_answer_that_does_not_fit_raises_with_the_first_field(expected_type: Any, value: Any, field: str) -> None:
    with pytest.raises(ResponseError) as caught:
        decode_answer(expected_type, value, operation=OPERATION)

    assert field in caught.value.message
    assert caught.value.body == json.dumps(value)


def test_an_answer_is_typed_if_the_operation_is() -> None:
    assert decode_answer(Balance, {"credits": 12.5}, operation=OPERATION) == Balance(credits=12.5)
    assert decode_answer(None, [1, 2], operation=OPERATION) == [1, 2]
