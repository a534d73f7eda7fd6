"""Encode operations as requests, decode responses as answers or errors.

Routes, methods and the place of each field come from the operation's ``endpoint`` (see `sixtyfour_async.operations`);
this module knows how a path, a query string, a header or a body is written, and how a response is read.
Source, where no other is named: RFC 9110 (HTTP semantics), RFC 3986 (URLs), docs.sixtyfour.ai, api-reference.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from http import HTTPStatus
from json import dumps
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlencode

from pydantic import JsonValue, TypeAdapter, ValidationError

from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT, read_envelope
from sixtyfour_async._wire.json_body import decode_body, with_charset
from sixtyfour_async._wire.pace_headers import retry_after
from sixtyfour_async._wire.wrong_address import check_address, names_no_resource
from sixtyfour_async.errors import (
    APIError,
    ConfigurationError,
    InputError,
    NotFoundError,
    RateLimitError,
    ResponseError,
    api_error_class,
)
from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.models._base import json_object
from sixtyfour_async.operations._base import Operation, Route, make_operation

if TYPE_CHECKING:
    from sixtyfour_async._wire.multipart import Parts

FORM = "application/x-www-form-urlencoded"

_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

# Not documented. The first three are common names, the others those of Amazon's gateways and of Cloudflare.
_REQUEST_ID_HEADERS = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "cf-ray")


@dataclass(frozen=True, slots=True)
class HTTPRequest:
    """An encoded request; only the origin and the auth headers are missing.

    Attributes:
        method: The HTTP method, such as ``"POST"``.
        path: The path below the origin, with its query string; an absolute URL only for a request without credentials.
        headers: All headers but the auth headers, which are added when the request is sent.
        body: The body; its content type is among the headers.
        timeout: Real seconds to wait for the response.
        operation: The route for messages and logs, such as ``"POST /find-email"``.
        keyless: Is it sent without credentials?
        fallback: The request to send instead when the service does not have this route.
        parts: A form with a file that is read while it is sent, instead of *body*.
        objection: Returns, at the last instant, why it must not leave after all; None when it may.
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
    objection: Callable[[], str | None] | None = field(default=None, repr=False, compare=False)

    @property
    def replayable(self) -> bool:
        """Can the request be sent a second time? Not if its body is a stream, which can be read once."""
        return self.parts is None or self.parts.file.replayable

    def within(self, timeout: float | None) -> HTTPRequest:
        """Return the request with another timeout in real seconds; None keeps its own."""
        return self if timeout is None else self._with(timeout=timeout)

    def unless(self, objection: Callable[[], str | None]) -> HTTPRequest:
        """Return the request, to be sent unless there is an objection at the last instant."""
        return self._with(objection=objection)

    def _with(self, **changes: Any) -> HTTPRequest:
        return replace(self, fallback=self.fallback and replace(self.fallback, **changes), **changes)


@dataclass(frozen=True, slots=True)
class HTTPResponse:
    """A response.

    Attributes:
        status: The HTTP status.
        headers: The response headers, names in lower case.
        body: The body, with any content encoding removed; it keeps a charset that the headers declare.
        received_at: The instant on our wall clock, an aware datetime in UTC.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime

    def __post_init__(self) -> None:
        object.__setattr__(self, "body", with_charset(self.body, self.headers.get("content-type", "")))

    def as_body(self) -> Body:
        """Return the body with its content type, to be kept."""
        return Body(bytes(self.body), self.headers.get("content-type", ""))


def encode(operation: Operation[Any], route: Route, *, timeout: float | None = None) -> HTTPRequest:
    """Encode an operation as a request to one of its routes.

    Each field goes to one place: the path, if the route names it; else a header or the query, if the endpoint says so;
    else, with GET and DELETE, the query; else the body.

    Raises:
        InputError: A path parameter is empty, ``.`` or ``..``, and would change the route.
    """
    endpoint = operation.endpoint
    fields = operation.payload()
    path = route.path
    if "{" in path:
        path = re.sub(r"\{(\w+)\}", lambda match: _path_part(match[1], fields.pop(match[1], "")), path)
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
    """Encode a request to a route that no operation describes.

    Raises:
        InputError: *path* does not start with a slash, or both *json* and *content* were passed.
    """
    if not path.startswith("/"):
        # Appended to the origin, "@evil.example" would turn our host into a user name, and send the key elsewhere.
        raise InputError(f"{path!r} does not start with a slash", remedy="pass a path below the base URL")
    if json is not None and content is not None:
        raise InputError("json and content are two bodies", remedy="pass only one of them")
    lowered = {name.lower(): value for name, value in headers.items()}
    if json is not None:
        content, lowered = dumps(json).encode(), {"content-type": "application/json"} | lowered
    query_string = urlencode([pair for name, value in query.items() for pair in query_pairs(name, value)])
    full_path = f"{path}{'&' if '?' in path else '?'}{query_string}" if query_string else path
    return HTTPRequest(method, full_path, lowered, content, operation=f"{method} {path.partition('?')[0]}")


def _parts(operation: Operation[Any], fields: dict[str, JsonValue]) -> Parts:
    """Encode the remaining fields as a form around the operation's file; the transport adds the content type."""
    from sixtyfour_async._wire.multipart import FILE_FIELD, Parts  # noqa: PLC0415 (few requests upload a file)

    texts = [(name, _form_text(value)) for name, value in fields.items() if name != FILE_FIELD]
    return Parts(texts, getattr(operation, FILE_FIELD))


def _body(operation: Operation[Any], fields: dict[str, JsonValue]) -> tuple[bytes | None, str]:
    """Encode the remaining fields as the body; return it with its content type."""
    if not fields and not operation.takes_body():
        return None, ""
    if operation.endpoint.body == "form":
        return form(fields), FORM
    return _COMPACT.encode(fields).encode(), "application/json"


def form(fields: Mapping[str, JsonValue]) -> bytes:
    """Encode fields as a form (``application/x-www-form-urlencoded``); values that are not strings as JSON."""
    return urlencode([(name, _form_text(value)) for name, value in fields.items()]).encode()


def _form_text(value: JsonValue) -> str:
    return value if isinstance(value, str) else _COMPACT.encode(value)


def _fallback(operation: Operation[Any]) -> HTTPRequest | None:
    """Encode the same fields as the operation whose route gives the same answer, where there is one."""
    name = operation.endpoint.fallback
    if not name:
        return None
    fields = {field: getattr(operation, field) for field in getattr(operation, "model_fields_set", ())}
    other = make_operation(name, **fields)
    return encode(other, answer_route(other))


def is_unknown_route(response: HTTPResponse) -> bool:
    """Return whether a 404 means that there is no such route, rather than no such job or search.

    Assumed: ``{"detail": "Not Found"}`` is the text of the service's web framework (FastAPI) for an unknown route. The
    documented texts name what is missing: "Job not found", "Search not found …" (docs.sixtyfour.ai, errors page).
    """
    if response.status != HTTPStatus.NOT_FOUND:
        return False
    try:
        return (json_object(decode_body(response.body)) or {}).get("detail") == "Not Found"
    except ValueError:
        return False


def _path_part(name: str, value: JsonValue) -> str:
    text = str(value)
    if text in {"", ".", ".."}:
        problem = f"{text!r} cannot be part of a path"
        raise InputError(f"parameter {name!r}: {problem}", field=name, reason=problem)
    return quote(text, safe="")


def query_pairs(name: str, value: JsonValue) -> list[tuple[str, str]]:
    """Encode a field as query parameters: a list as several of the same name, a boolean as ``true`` or ``false``."""
    values = value if isinstance(value, list) else [value]
    return [(name, str(one).lower() if isinstance(one, bool) else str(one)) for one in values]


def successful(response: HTTPResponse, *, operation: str, job_limit: str = "") -> HTTPResponse:
    """Return a 2xx response as it is.

    Raises:
        APIError: The status is 400 or above.
        AddressError: The response is a redirect or a web page.
    """
    if response.status >= HTTPStatus.BAD_REQUEST:
        raise decode_error(response, operation=operation, job_limit=job_limit)
    id_ = request_id(response.headers)
    check_address(response.status, response.headers, response.body, operation=operation, request_id=id_)
    return response


def decode_json(response: HTTPResponse, *, operation: str, job_limit: str = "") -> JsonValue:
    """Return the decoded JSON of a 2xx response; None for an empty body.

    Raises:
        APIError: The status is 400 or above.
        AddressError: The response is a redirect or a web page.
        ResponseError: Its body is not JSON.
    """
    body = successful(response, operation=operation, job_limit=job_limit).as_body()
    return body.decode(operation=operation, request_id=request_id(response.headers))


def decode_answer(answer_type: Any, value: JsonValue, *, operation: str, request_id: str | None = None) -> Any:
    """Validate decoded JSON as an answer class; None as *answer_type* takes any JSON.

    Raises:
        ResponseError: It does not fit. The message names the first field that fails; ``raw`` holds the whole answer.
    """
    if answer_type is None:
        return value
    try:
        return _adapter(answer_type).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        why, cause = ": ".join(filter(None, (place, first["msg"]))), cast("BaseException", error)
    except FOREIGN as error:  # a validator of the caller's class may raise anything; the paid answer must survive
        why, cause = f"a validator raised {error!r}", error
    expected = getattr(answer_type, "__name__", str(answer_type))
    raise ResponseError(
        f"the answer does not fit {expected}: {why}",
        operation=operation,
        expected=expected,
        body=json.dumps(value)[:MAX_BODY_EXCERPT],
        request_id=request_id,
        raw=value,
    ) from cause


@lru_cache(maxsize=512)
def _adapter(answer_type: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answer_type)


def decode_error(response: HTTPResponse, *, operation: str, job_limit: str = "") -> APIError:
    """Return the error that a response with a status of 400 or above stands for.

    A 429 to the submit of a job with a concurrency limit of its own (*job_limit*, such as five deep searches at a time)
    is ambiguous: either the key's rate is exceeded, and the whole key must pause, or all slots of that kind are taken,
    and only that kind must wait. It counts as the rate only if the text says so and the headers do not contradict it.
    Source: docs.sixtyfour.ai, errors page and start-deep-search; the two texts are assumed to differ as shown there.
    """
    message, code, errors = read_envelope(response.body, response.status)
    error = api_error_class(response.status)(
        message,
        status=response.status,
        code=code,
        errors=errors,
        request_id=request_id(response.headers),
        retry_after=retry_after(response, message),
        operation=operation,
        body=response.as_body().text[:MAX_BODY_EXCERPT],
    )
    if isinstance(error, RateLimitError):
        remaining = response.headers.get("x-ratelimit-remaining", "")
        is_request_rate = "rate limit" in message.lower() and remaining in {"", "0"}
        error.slots = bool(job_limit) and not is_request_rate
    if isinstance(error, NotFoundError):
        error.unknown_route = names_no_resource(message, response.body)
    return error


def request_id(headers: Mapping[str, str]) -> str | None:
    """Return the id that the service, or a proxy before it, gave a request; None when there is none."""
    if headers.keys().isdisjoint(_REQUEST_ID_HEADERS):
        return None
    return next(headers[name] for name in _REQUEST_ID_HEADERS if name in headers)


def job_route(operation: Operation[Any]) -> Route:
    """Return the route that submits an operation as a job.

    Raises:
        ConfigurationError: The service does not take it as a job.
    """
    if operation.endpoint.job is None:
        raise ConfigurationError(f"{operation.endpoint.name} is not a job: use client.send()")
    return operation.endpoint.job


def answer_route(operation: Operation[Any]) -> Route:
    """Return the route that answers an operation in one request.

    Raises:
        ConfigurationError: The service takes it only as a job.
    """
    if operation.endpoint.route is None:
        raise ConfigurationError(f"{operation.endpoint.name} has no direct answer: use client.submit() or a JobRunner")
    return operation.endpoint.route
