"""Operation → request; response → answer or error. The whole knowledge of the service's wire form is here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from http import HTTPStatus
from json import dumps
from typing import Any, cast
from urllib.parse import quote, urlencode

from pydantic import JsonValue, TypeAdapter, ValidationError

from sixtyfour_async._wire.envelopes import BODY_SHOWN, read_envelope
from sixtyfour_async._wire.multipart import FILE_FIELD, Parts
from sixtyfour_async.errors import (
    APIError,
    ConfigurationError,
    InputError,
    RateLimitError,
    ResponseError,
    api_error_class,
)
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations._base import REGISTRY, Operation, Route

FORM = "application/x-www-form-urlencoded"

_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")


@dataclass(frozen=True, slots=True)
class HTTPRequest:
    """A request, ready but for the origin and the key.

    Attributes:
        method: Such as ``"POST"``.
        path: Below the origin, with its query string; a whole URL only where no key is sent.
        headers: More headers; what permits the request is added where it is sent.
        body: Bytes; their type is among the headers.
        timeout: Seconds to wait for the answer.
        operation: What is asked, for people, such as ``"POST /find-email"``.
        keyless: Is it sent without the key?
        fallback: What to ask when the service does not know this route.
        parts: Instead of a body, a form with a file that is read while it is sent.
    """

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = field(default=None, repr=False)
    timeout: float = 30.0
    operation: str = ""
    keyless: bool = False
    fallback: HTTPRequest | None = None
    parts: Parts | None = None

    @property
    def replayable(self) -> bool:
        """Can it be sent a second time at all? A stream cannot be read twice."""
        return self.parts is None or self.parts.file.replayable

    def within(self, timeout: float | None) -> HTTPRequest:
        """Give the same request another time limit; None keeps its own."""
        if timeout is None:
            return self
        fallback = None if self.fallback is None else self.fallback.within(timeout)
        return replace(self, timeout=timeout, fallback=fallback)


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
    query = urlencode([pair for name in in_query for pair in query_pairs(name, fields.pop(name))])
    parts = _parts(operation, fields) if endpoint.takes_file else None
    body, content_type = _body(operation, fields) if parts is None else (None, "")
    return HTTPRequest(
        method=route.method,
        path=f"{path}?{query}" if query else path,
        headers=headers
        | ({"content-type": content_type} if content_type else {})
        | ({"accept": "text/event-stream"} if endpoint.events else {}),
        body=body,
        timeout=endpoint.read_timeout if timeout is None else timeout,
        operation=str(route),
        keyless=endpoint.keyless,
        fallback=_fallback(operation) if route == endpoint.route else None,
        parts=parts,
    )


def encode_request(
    method: str,
    path: str,
    *,
    json: JsonValue,
    query: Mapping[str, JsonValue],
    content: bytes | None,
    headers: Mapping[str, str],
) -> HTTPRequest:
    """Write a request to a route that no operation describes.

    Raises:
        InputError: The path would leave the service, or there are two bodies.
    """
    if not path.startswith("/"):
        raise InputError(f"{path!r} does not start with a slash", remedy="give a path below the base URL")
    if json is not None and content is not None:
        raise InputError("json and content are two bodies", remedy="give one of them")
    more = {name.lower(): value for name, value in headers.items()}
    if json is not None:
        content, more = dumps(json).encode(), {"content-type": "application/json"} | more
    asked = urlencode([pair for name, value in query.items() for pair in query_pairs(name, value)])
    whole = f"{path}{'&' if '?' in path else '?'}{asked}" if asked else path
    return HTTPRequest(method, whole, more, content, operation=f"{method} {path.partition('?')[0]}")


def _parts(operation: Operation[Any], fields: dict[str, JsonValue]) -> Parts:
    """Write what is left as a form around the operation's file; whoever sends it names its type."""
    texts = [(name, _form_text(value)) for name, value in fields.items() if name != FILE_FIELD]
    return Parts(texts, getattr(operation, FILE_FIELD))


def _body(operation: Operation[Any], fields: dict[str, JsonValue]) -> tuple[bytes | None, str]:
    """Write what is left for the body, and name its type."""
    if not fields and not operation.takes_body():
        return None, ""
    if operation.endpoint.body == "form":
        return form(fields), FORM
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(), "application/json"


def form(fields: Mapping[str, JsonValue]) -> bytes:
    """Write fields as a form."""
    return urlencode([(name, _form_text(value)) for name, value in fields.items()]).encode()


def _form_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _fallback(operation: Operation[Any]) -> HTTPRequest | None:
    """Write the same question as the operation that stands in where its route is not known."""
    name = operation.endpoint.fallback
    if not name:
        return None
    fields = {field: getattr(operation, field) for field in getattr(operation, "model_fields_set", ())}
    other = REGISTRY[name](**fields)
    return encode(other, answer_route(other))


def is_unknown_route(response: HTTPResponse) -> bool:
    """Say whether the service has no such route, as opposed to no such job or search.

    Assumed: ``{"detail": "Not Found"}`` is what its web framework says; the documented texts name what is missing
    ("Job not found", "Search not found …"; docs.sixtyfour.ai, errors page).
    """
    if response.status != HTTPStatus.NOT_FOUND:
        return False
    try:
        return (json_object(json.loads(response.body)) or {}).get("detail") == "Not Found"
    except (ValueError, RecursionError):
        return False


def _path_part(name: str, value: JsonValue) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        problem = f"{text!r} cannot stand in a path"
        raise InputError(f"parameter {name!r}: {problem}", field=name, reason=problem)
    return quote(text, safe="")


def query_pairs(name: str, value: JsonValue) -> list[tuple[str, str]]:
    """Write one field as query parameters: a list as several of one name."""
    values = value if isinstance(value, list) else [value]
    return [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in values]


def decode_json(response: HTTPResponse, *, operation: str, job_limit: str = "") -> JsonValue:
    """Read the JSON of a 2xx, or raise what the answer says instead.

    Raises:
        APIError: The status is 400 or above.
        ResponseError: A redirect, or a body that is not JSON.
    """
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise decode_error(response, operation=operation, job_limit=job_limit)
    if response.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise ResponseError(
            f"{response.status} redirects elsewhere; the key goes to the configured origin only",
            operation=operation,
            request_id=request_id(response.headers),
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
            request_id=request_id(response.headers),
        ) from error


def decode_answer(answer_type: Any, value: JsonValue, *, operation: str, request_id: str | None = None) -> Any:
    """Read JSON as an answer's type.

    Raises:
        ResponseError: It does not fit; the message names the first field, and ``raw`` holds the whole answer.
    """
    if answer_type is None:
        return value
    try:
        return _adapter(answer_type).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        why, cause = f"{place}: {first['msg']}", cast("Exception", error)
    except Exception as error:  # noqa: BLE001 (a validator of the caller's own class; the paid answer must survive it)
        why, cause = f"a validator raised {error!r}", error
    expected = getattr(answer_type, "__name__", str(answer_type))
    raise ResponseError(
        f"the answer does not fit {expected}: {why}",
        operation=operation,
        expected=expected,
        body=json.dumps(value)[:BODY_SHOWN],
        request_id=request_id,
        raw=value,
    ) from cause


@lru_cache(maxsize=512)
def _adapter(answer_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer_type)


def decode_error(response: HTTPResponse, *, operation: str, job_limit: str = "") -> APIError:
    """Read an answer of 400 or above, whichever envelope it comes in."""
    message, code, errors = read_envelope(response.body, response.status)
    error = api_error_class(response.status)(
        message,
        status=response.status,
        code=code,
        errors=errors,
        request_id=request_id(response.headers),
        retry_after=retry_after(response),
        operation=operation,
        body=_shown(response),
    )
    if isinstance(error, RateLimitError):
        remaining = response.headers.get("x-ratelimit-remaining", "")
        of_requests = "rate limit" in message.lower() and remaining in {"", "0"}
        error.slots = bool(job_limit) and not of_requests
    return error


def request_id(headers: Mapping[str, str]) -> str | None:
    """Find the service's, or its proxy's, own name for a request."""
    return next((headers[name] for name in _REQUEST_ID_HEADERS if name in headers), None)


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


def rate_limit_headers(response: HTTPResponse) -> tuple[int | None, int | None]:
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
