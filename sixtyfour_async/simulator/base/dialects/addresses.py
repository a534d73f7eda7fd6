"""Dialects of an address that is not the API's, or not quite: no work is done."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from sixtyfour_async.simulator.base.dialects.answer import Answer, Dialect, Draw, Kind

OTHER_HOST = "https://moved.example"
_LOGIN_PAGE = (
    b"<!doctype html>\n<html><head><title>Sign in</title></head>\n"
    b'<body><form action="/login"><input name="password" type="password"></form></body></html>\n'
)
_REQUEST: frozenset[Kind] = frozenset({"request"})


def _redirect(answer: Answer, _: Draw) -> Answer:
    headers = {"location": OTHER_HOST + answer.path}
    return dataclasses.replace(answer, status=308, body=b"", headers=headers, content_type="text/plain")


def _login_page(answer: Answer, _: Draw) -> Answer:
    return answer.with_body(_LOGIN_PAGE, "text/html; charset=utf-8")


def _not_found(answer: Answer, _: Draw) -> Answer:
    return dataclasses.replace(answer, status=404, value={"detail": "Not Found"})


def _refused(answer: Answer, _: Draw) -> Answer | None:
    """Refuse a request that would do something, with the status of success."""
    refusal = {"error": "Bad Request", "message": "The request was refused: the workspace is not set up."}
    return answer.with_value(refusal) if answer.method == "POST" else None


ADDRESSES: Mapping[str, Dialect] = {
    "redirect": Dialect("308 to another host, before any work", _REQUEST, _redirect),
    "login_page": Dialect("200 with an HTML page to sign in, before any work", _REQUEST, _login_page),
    "not_found_everywhere": Dialect("404 for any path, before any work", _REQUEST, _not_found),
    "error_200": Dialect("a POST answers 200 with `error` and `message`, before any work", _REQUEST, _refused),
}
