"""Redirects and web pages are not answers of the API; JSON is, whatever it is declared as."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from sixtyfour_async._wire.codec import HTTPResponse, decode_error, decode_json
from sixtyfour_async._wire.wrong_address import check_balance_shape
from sixtyfour_async.errors import AddressError, NotFoundError, ResponseError, ServerError, SixtyfourError

HTML = "text/html; charset=utf-8"
OPERATION = "POST /find-email-async"


def response(status: int, body: bytes = b"", content_type: str = "", **headers: str) -> HTTPResponse:
    declared = {"content-type": content_type} if content_type else {}
    return HTTPResponse(status, declared | headers, body, datetime(2026, 5, 1, tzinfo=UTC))


def failure(answer: HTTPResponse) -> SixtyfourError:
    with pytest.raises(SixtyfourError) as caught:
        decode_json(answer, operation=OPERATION)
    return caught.value


PAGE = "<!doctype HTML>\n<html><head><title>Sign\n  in</title></head><body>später</body></html>"


@pytest.mark.parametrize("status", [200, 201, 202, 203])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PAGE.encode(), HTML),
        (PAGE.encode(), ""),
        (PAGE.encode(), "application/json"),
        (b"\xef\xbb\xbf \r\n" + PAGE.encode(), ""),
        (PAGE.encode("utf-16"), ""),
        (PAGE.encode("latin-1"), "text/html; charset=iso-8859-1"),
        (b"<HTML>", ""),
        (b'<html lang="en">' + b"x" * 100_000, ""),
        (b"<!-- cached -->\n<html>", ""),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN"><html>', ""),
        (b"<script>location='/login'</script>", HTML),
        (b"Please log in", HTML),
        (b"<p>Under maintenance", "TEXT/HTML"),
    ],
)
def test_a_web_page_is_a_wrong_address(status: int, body: bytes, content_type: str) -> None:
    error = failure(response(status, body, content_type, **{"cf-ray": "r1"}))

    assert isinstance(error, AddressError)
    assert f"{status} with a web page" in str(error)
    assert OPERATION in str(error)
    assert "\n" not in str(error)
    assert error.request_id == "r1"
    assert error.body
    assert len(error.body) <= 500


def test_the_title_of_a_page_is_in_the_message() -> None:
    assert "(Sign in)" in str(failure(response(200, PAGE.encode(), HTML)))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"task_id": "1"}', HTML), (b' \n["<html>"]', HTML), (b'"<html>"', ""), (b"null", ""), (b"", HTML)],
)
def test_json_is_read_whatever_it_is_declared_as(body: bytes, content_type: str) -> None:
    decode_json(response(200, body, content_type), operation=OPERATION)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"task_id": "1', HTML), (b"OK", ""), (b"<task><id>1</id></task>", "application/xml"), (b"\xff\xfd", "")],
)
def test_other_answers_that_are_not_json_stay_in_doubt(body: bytes, content_type: str) -> None:
    error = failure(response(200, body, content_type))

    assert isinstance(error, ResponseError)
    assert not isinstance(error, AddressError)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_page_with_an_error_status_is_an_error_of_the_server(status: int) -> None:
    """It is a proxy's, which may have passed the request on."""
    assert isinstance(failure(response(status, PAGE.encode(), HTML)), ServerError)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize(
    ("location", "where"),
    [
        ("https://new.example/v2/find?key=secret#secret", "to https://new.example,"),
        ("http://user:secret@new.example:8080/secret", "to http://new.example:8080,"),
        ("//new.example/secret", "to https://new.example,"),
        ("/login?next=secret", "redirects elsewhere,"),
        ("http://[secret", "redirects elsewhere,"),
        ("https://new.example:secret/", "redirects elsewhere,"),
        ("", "redirects elsewhere,"),
    ],
)
def test_a_redirect_is_a_wrong_address_and_names_the_host_only(status: int, location: str, where: str) -> None:
    error = failure(response(status, b'{"task_id": "1"}', location=location))

    assert isinstance(error, AddressError)
    assert f"{status} redirects elsewhere" in str(error)
    assert where in str(error)
    assert "secret" not in str(error)


@given(st.binary(max_size=300), st.sampled_from(["", HTML, "application/json"]))
def test_any_bytes_are_read_or_refused_with_an_error_of_ours(body: bytes, content_type: str) -> None:
    with suppress(ResponseError):
        decode_json(response(200, body, content_type), operation=OPERATION)


# --- what a 404 is about ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "unknown"),
    [
        (b'{"detail": "Not Found"}', True),
        (b'{"error": "not found"}', True),
        (b'{"message": "404 page not found"}', True),
        (b"404 page not found\n", True),
        (b"<html><title>404 Not Found</title></html>", True),
        (b"", True),
        (b'{"detail": "Job not found"}', False),
        (b'{"detail": "Search not found or has no parsed_query."}', False),
        (b'{"error": "Not Found", "message": "Workflow 7 not found"}', False),
        (b'{"detail": "no such task"}', False),
    ],
)
def test_a_404_that_does_not_name_what_is_missing_may_mean_the_route(body: bytes, unknown: bool) -> None:
    error = decode_error(response(404, body), operation=OPERATION)

    assert isinstance(error, NotFoundError)
    assert error.unknown_route is unknown


# --- the balance --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [{"credits": 5}, {"credits": None}, {"remaining": 1.5}, {"error": "no"}, {}])
def test_what_may_be_a_balance_passes(value: JsonValue) -> None:
    check_balance_shape(value, operation="GET /check-balance")


@pytest.mark.parametrize("value", [{"status": "ok"}, {"ok": True}, {"hello": "world"}, [], ["a"], "ok", 5, None])
def test_what_is_no_balance_is_a_wrong_address(value: JsonValue) -> None:
    with pytest.raises(AddressError, match=r"SIXTYFOUR_API_ENDPOINT.* on GET /check-balance"):
        check_balance_shape(value, operation="GET /check-balance")
