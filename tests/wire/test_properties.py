"""Properties: whatever a server or a caller sends, ``_wire`` raises only errors of this package."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import assume, example, given
from hypothesis import strategies as st

from sixtyfour_async._wire.codec import HTTPResponse, decode_answer, decode_error, decode_json, encode
from sixtyfour_async._wire.pace_headers import retry_after
from sixtyfour_async.errors import InputError, ResponseError, api_error_class
from sixtyfour_async.models.status_words import read_state
from sixtyfour_async.operations import REGISTRY, FindEmail, GetJobStatus, ListRuns
from tests.properties import examples

NOW = datetime(2026, 2, 18, 10, 0, 0, tzinfo=UTC)
QUICK = examples(150)

plain = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | numbers | plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain, inner, max_size=4),
    max_leaves=12,
)
words = st.sampled_from(["error", "detail", "message", "errors", "details", "code", "loc", "msg", "status", "field"])
envelopes = st.recursive(
    json_values,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=5),
    max_leaves=12,
)
weekdays = st.sampled_from(["Wed, ", "", "Xyz, "])


def date_text(day: str, year: int, clock: str, zone: str) -> str:
    return f"{day}18 Feb {year} {clock} {zone}"


dates = st.builds(
    date_text,
    weekdays,
    st.integers(0, 99999),
    st.sampled_from(["10:00:30", "24:00:00", "1:2", "", "99:99:99"]),
    st.sampled_from(["GMT", "+0100", "-9999", "", "EST", "+99"]),
)
headers = st.text(max_size=40) | st.floats().map(str) | st.integers().map(str) | dates
"""Header values; years too large for ``datetime`` have a test of their own."""


@QUICK
@given(st.integers(400, 599), headers, headers, headers)
@example(429, "9" * 400, "", "")
@example(429, "١٢", "", "")
@example(429, "²", "", "")
def test_retry_after_of_any_header_is_none_or_not_negative(status: int, after: str, reset: str, date: str) -> None:
    sent = {"retry-after": after, "x-ratelimit-reset": reset, "date": date}

    seconds = retry_after(HTTPResponse(status, sent, b"", NOW))

    assert seconds is None or seconds >= 0


@QUICK
@given(st.integers(400, 599), st.binary(max_size=200))
def test_any_bytes_are_decoded_as_the_error_of_their_status(status: int, body: bytes) -> None:
    error = decode_error(HTTPResponse(status, {}, body, NOW), operation="GET /x")

    assert type(error) is api_error_class(status)
    assert error.message


@QUICK
@given(st.integers(400, 599), envelopes)
def test_any_json_is_decoded_as_the_error_of_its_status(status: int, envelope: Any) -> None:
    error = decode_error(HTTPResponse(status, {}, json.dumps(envelope).encode(), NOW), operation="GET /x")

    assert type(error) is api_error_class(status)
    assert str(error)


@QUICK
@given(st.integers(200, 399), st.binary(max_size=200))
def test_any_body_of_a_success_is_json_or_a_response_error(status: int, body: bytes) -> None:
    try:
        value = decode_json(HTTPResponse(status, {}, body, NOW), operation="GET /x")
    except ResponseError:
        return
    assert status < 300
    assert value is None or body


@QUICK
@given(st.sampled_from(sorted(REGISTRY)), json_values)
def test_any_json_fits_an_answer_or_is_a_response_error(name: str, value: Any) -> None:
    expected_type = REGISTRY[name].endpoint.answer
    try:
        decode_answer(expected_type, value, operation=name)
    except ResponseError as error:
        excerpt = error.body
    else:
        return
    assert 0 < len(excerpt) <= 500


@QUICK
@given(st.dictionaries(plain, json_values, min_size=1, max_size=5))
def test_a_body_round_trips(lead: dict[str, Any]) -> None:
    operation = FindEmail(lead=lead)
    assert operation.endpoint.job is not None

    body = encode(operation, operation.endpoint.job).body

    assert json.loads(body or b"") == {"lead": lead}
    assert FindEmail(lead=json.loads(json.dumps(lead))).fingerprint() == operation.fingerprint()


@QUICK
@given(plain)
def test_a_path_parameter_is_escaped_or_rejected(job_id: str) -> None:
    operation = GetJobStatus(job_id=job_id)
    assert operation.endpoint.route is not None
    try:
        path = encode(operation, operation.endpoint.route).path
    except InputError:
        assert job_id in {"", ".", ".."}
        return
    assert path.count("/") == 2
    assert path.isascii()
    assert unquote(path.removeprefix("/job-status/")) == job_id
    assert urlsplit("https://x" + path).query == ""


@QUICK
@given(plain, st.integers(1, 500))
def test_a_query_round_trips(workflow_id: str, limit: int) -> None:
    assume(workflow_id)
    operation = ListRuns(workflow_id=workflow_id, limit=limit)
    assert operation.endpoint.route is not None

    path = encode(operation, operation.endpoint.route).path

    assert parse_qs(urlsplit("https://x" + path).query) == {"workflow_id": [workflow_id], "limit": [str(limit)]}


@QUICK
@given(st.text(max_size=20))
def test_any_status_word_has_a_state_whatever_its_case(word: str) -> None:
    assert read_state(word) is read_state(word.upper())
