"""Operation → request; response → answer or error. The whole knowledge of the service's wire form is here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote, urlencode

from pydantic import JsonValue, TypeAdapter, ValidationError

from sixtyfour_async.errors import (
    APIError,
    ConfigurationError,
    InputError,
    RateLimitError,
    ResponseError,
    api_error_class,
)
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations._base import Operation, Route

BODY_SHOWN = 500
"""Characters of an answer that an error keeps."""

_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")


@dataclass(frozen=True, slots=True)
class HTTPRequest:
    """A request, ready but for the origin and the key. ``timeout`` is the seconds to wait for the answer."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    timeout: float = 30.0
    operation: str = ""


@dataclass(frozen=True, slots=True)
class HTTPResponse:
    """What came back. Header names are lower case; ``received_at`` is our wall clock, aware UTC."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


def encode(operation: Operation[Any], route: Route, *, timeout: float | None = None) -> HTTPRequest:
    """Write an operation as a request to one of its routes.

    Raises:
        InputError: A path parameter is empty or would leave its place in the path.
    """
    endpoint = operation.endpoint
    fields = operation.payload()
    path = re.sub(r"\{(\w+)\}", lambda match: _path_part(match[1], fields.pop(match[1], "")), route.path)
    headers = {header: str(fields.pop(name)) for name, header in endpoint.in_headers.items() if name in fields}
    in_query = list(fields) if route.method in {"GET", "DELETE"} else [n for n in endpoint.in_query if n in fields]
    query = urlencode([pair for name in in_query for pair in _query_pairs(name, fields.pop(name))])
    return HTTPRequest(
        method=route.method,
        path=f"{path}?{query}" if query else path,
        headers=headers | ({"content-type": "application/json"} if fields else {}),
        body=json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() if fields else None,
        timeout=endpoint.read_timeout if timeout is None else timeout,
        operation=str(route),
    )


def _path_part(name: str, value: JsonValue) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        raise InputError(f"{text!r} cannot stand in a path", column=name)
    return quote(text, safe="")


def _query_pairs(name: str, value: JsonValue) -> list[tuple[str, str]]:
    values = value if isinstance(value, list) else [value]
    return [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in values]


def decode_json(response: HTTPResponse, *, operation: str, gate: str = "") -> JsonValue:
    """Read the JSON of a 2xx, or raise what the answer says instead.

    Raises:
        APIError: The status is 400 or above.
        ResponseError: A redirect, or a body that is not JSON.
    """
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise decode_error(response, operation=operation, gate=gate)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise ResponseError(
            f"{response.status} redirects elsewhere; the key goes to the configured origin only", operation=operation
        )
    if not response.body:
        return None
    try:
        return cast("JsonValue", json.loads(response.body))
    except (ValueError, RecursionError) as error:
        raise ResponseError(
            f"{response.status} with a body that is not JSON",
            operation=operation,
            expected="JSON",
            body=_shown(response),
        ) from error


def decode_answer(answer_type: Any, value: JsonValue, *, operation: str) -> Any:
    """Read JSON as an answer's type.

    Raises:
        ResponseError: It does not fit; the message names the first field.
    """
    if answer_type is None:
        return value
    try:
        return _adapter(answer_type).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        expected = getattr(answer_type, "__name__", str(answer_type))
        raise ResponseError(
            f"the answer does not fit {expected}: {place}: {first['msg']}",
            operation=operation,
            expected=expected,
            body=json.dumps(value)[:BODY_SHOWN],
        ) from error


@lru_cache(maxsize=512)
def _adapter(answer_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer_type)


def decode_error(response: HTTPResponse, *, operation: str, gate: str = "") -> APIError:
    """Read an answer of 400 or above, whichever envelope it comes in."""
    message, code, errors = read_envelope(response.body, response.status)
    error = api_error_class(response.status)(
        message,
        status=response.status,
        code=code,
        errors=errors,
        request_id=next((response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers), None),
        retry_after=retry_after(response),
        operation=operation,
        body=_shown(response),
    )
    if isinstance(error, RateLimitError):
        remaining = response.headers.get("x-ratelimit-remaining", "")
        of_requests = "rate limit" in message.lower() and remaining in {"", "0"}
        error.slots = bool(gate) and not of_requests
    return error


def read_envelope(body: bytes, status: int) -> tuple[str, str | None, list[tuple[str, str]]]:
    """Find message, code and field errors in an error body.

    Shapes taken: ``{error, message}``, ``{detail: text}``, ``{detail: [{loc, msg}]}``, ``{error: {code, message}}``,
    ``{status: "error", error: code, message, details, errors}``, ``{error, error_description}`` (OAuth), HTML, nothing.
    """
    try:
        parsed = json_object(json.loads(body)) if body else {}
    except (ValueError, RecursionError):
        return _page_title(body, status), None, []
    if not parsed:
        return _phrase(status), None, []
    inner = json_object(parsed.get("error")) or json_object(parsed.get("detail")) or {}
    word = inner.get("code") or inner.get("error") or parsed.get("code") or parsed.get("error")
    code = word if isinstance(word, str) and re.fullmatch(r"[a-z][a-z0-9_]*", word) else None
    named = [parsed.get(name) or inner.get(name) for name in ("detail", "errors", "details")]
    errors = [item for value in named if value != inner for item in _field_errors(value)]
    texts = (
        inner.get("message"),
        parsed.get("message"),
        parsed.get("error_description"),
        parsed.get("detail"),
        parsed.get("error"),
    )
    message = next((_line(text) for text in texts if isinstance(text, str) and text.strip()), None)
    return message or ("the request was rejected" if errors else _phrase(status)), code, errors


def _line(text: str) -> str:
    """Bring a text of the service's into one line."""
    return " ".join(text.split())[:BODY_SHOWN]


def _field_errors(value: object) -> list[tuple[str, str]]:
    by_name = json_object(value)
    if by_name is not None:
        texts = {name: text if isinstance(text, str) else json.dumps(text) for name, text in by_name.items()}
        return [(_line(name), _line(text)) for name, text in texts.items()]
    found: list[tuple[str, str]] = []
    for item in json_array(value) or []:
        entry = json_object(item)
        if entry is None:
            found.append(("", _line(str(item))))
            continue
        place = json_array(entry.get("loc")) or [entry.get("field") or entry.get("path") or ""]
        text = str(entry.get("msg") or entry.get("message") or "")
        found.append((_line(".".join(str(part) for part in place)), _line(text)))
    return found


def _page_title(body: bytes, status: int) -> str:
    text = body.decode("utf-8", "replace")
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    if title:
        return f"{' '.join(title[1].split())[:100]} (a web page, not the API)"
    return _phrase(status) if text.lstrip()[:1] in "<{[" else _line(text)[:100]


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "error without a text"


def retry_after(response: HTTPResponse) -> float | None:
    """Seconds the service asks us to wait, never negative; None when it names no pace.

    Reads ``Retry-After`` as seconds or as a date; for a 429 without one, ``X-RateLimit-Reset`` (Unix seconds). Dates
    are compared with the answer's own ``Date``, so a wrong clock on our side does not matter.
    Source: ``X-RateLimit-*`` by docs.sixtyfour.ai, errors page; ``Retry-After`` is not documented there, and honoured
    as HTTP defines it.
    """
    said = response.headers.get("retry-after", "").strip()
    now = _as_date(response.headers.get("date", "")) or response.received_at
    if said:
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return float(said)
        date = _as_date(said)
        return None if date is None else max(0.0, (date - now).total_seconds())
    reset = response.headers.get("x-ratelimit-reset", "").strip()
    if response.status == HTTPStatus.TOO_MANY_REQUESTS and re.fullmatch(r"\d+(\.\d+)?", reset):
        return max(0.0, float(reset) - now.timestamp())
    return None


def limit_told(response: HTTPResponse) -> tuple[int | None, int | None]:
    """The limit and what remains of it, as the answer's headers tell it; None for what they do not.

    Source: docs.sixtyfour.ai, errors page: ``X-RateLimit-Limit``, ``X-RateLimit-Remaining``.
    """
    told = (response.headers.get("x-ratelimit-limit", ""), response.headers.get("x-ratelimit-remaining", ""))
    limit, remaining = (int(text) if text.isdecimal() and text.isascii() else None for text in told)
    return limit, remaining


def _as_date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _shown(response: HTTPResponse) -> str:
    return response.body[: BODY_SHOWN * 4].decode("utf-8", "replace")[:BODY_SHOWN]


def job_route(operation: Operation[Any]) -> Route:
    """Where an operation is submitted as a job."""
    if operation.endpoint.job is None:
        raise ConfigurationError(f"{operation.endpoint.name} is not a job: use client.send()")
    return operation.endpoint.job


def answer_route(operation: Operation[Any]) -> Route:
    """Where an operation is asked and answered in one request."""
    if operation.endpoint.route is None:
        raise ConfigurationError(f"{operation.endpoint.name} has no direct answer: use client.submit() or a JobRunner")
    return operation.endpoint.route
