"""The only module that knows httpx: it sends requests and maps httpx's exceptions to ours.

A caller may bring a client of httpx2, the maintained fork of httpx, instead. The two have separate exception trees
without a common root. httpx2 is looked up among the loaded modules and never imported: an exception of it can only
occur when the caller has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import anyio
import httpx

from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse
from sixtyfour_async._wire.multipart import FILE_FIELD, Parts
from sixtyfour_async.errors import (
    ConfigurationError,
    ConnectError,
    InputError,
    ProtocolError,
    RequestTimeoutError,
    TransportError,
)
from sixtyfour_async.operations import Upload

if TYPE_CHECKING:
    import httpx2

HTTPClient: TypeAlias = "httpx.AsyncClient | httpx2.AsyncClient"

MAX_IDLE_CONNECTIONS = 100
"""Idle connections kept open; httpx's default of 20 would reconnect for most requests of a busy client."""

KEEPALIVE_SECONDS = 4.0
"""Seconds an idle connection is kept: less than the 5 s after which common servers (uvicorn, Node) close theirs.

A request sent on a connection that the server is just closing fails with an unknown outcome, which for a paid POST
means a parked row. So the client must always be the first to close.
"""

CONNECT_TIMEOUT_SECONDS = 15.0

WRITE_TIMEOUT_SECONDS = 60.0
"""Seconds until one chunk of a body has left, not the whole body."""

DOWNLOAD_TIMEOUT_SECONDS = 60.0
"""Seconds without a byte, not for the whole file."""

CHUNK_BYTES = 64 * 1024
"""Bytes read from or written to a file at once, in a worker thread."""

# The request certainly did not reach the service, so even a paid one may be sent again. Connecting failed or no
# connection was free, or httpx refused to build the request. Everything else of httpx's (`ReadError`, `ReadTimeout`,
# `WriteError`, `WriteTimeout`, `RemoteProtocolError` …) may strike after the server has read enough to act: the request
# is then uncertain, and only what is safe to repeat is repeated. `WriteError` is the tempting one: the write may fail
# because the server, having read the whole request, closed the connection before its answer was fetched.
_NOT_DELIVERED = (
    "ConnectError",
    "ConnectTimeout",
    "InvalidURL",
    "LocalProtocolError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
)

_FAMILIES = ("httpx", "httpx2")

REDACTED = "[the key]"

_AUTH_HEADERS = frozenset({"authorization", "x-api-key"})


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """A response whose body is read chunk by chunk.

    Attributes:
        status: The HTTP status.
        headers: The response headers, names in lower case, secrets redacted.
        chunks: The body, with any content encoding removed.
        secrets: Credentials of the request, to be redacted in an error body.
    """

    status: int
    headers: Mapping[str, str]
    chunks: AsyncIterator[bytes]
    secrets: Sequence[str] = field(default=(), repr=False)

    async def read(self) -> HTTPResponse:
        """Read the rest of the body.

        Error bodies are quoted in messages and logs, so credentials that the service echoes in one are redacted.
        """
        body = b"".join([chunk async for chunk in self.chunks])
        if self.status >= HTTPStatus.MULTIPLE_CHOICES:
            for secret in self.secrets:
                body = body.replace(secret.encode(), REDACTED.encode())
        return HTTPResponse(self.status, self.headers, body, datetime.now(UTC))


class Transport:
    """Sends requests to one origin, with the auth headers it is given.

    Redirects are never followed. httpx drops ``Authorization`` when a redirect leads to another origin, but not
    ``x-api-key``, so a compromised or misconfigured host could collect keys; and a POST that is repeated elsewhere
    could be paid twice. For the same reason auth headers in a request's own headers are dropped: only those passed as
    *auth* are sent.

    The connection pool has no upper limit, so that no request waits (and times out) inside httpx: how many requests
    are in flight is decided before, by the pipeline and the scheduler.

    Raises:
        ConfigurationError: *base_url* is not an http(s) URL, or holds a password.
    """

    def __init__(self, base_url: str, http_client: HTTPClient | None = None) -> None:
        try:
            url = httpx.URL(base_url)
        except (httpx.InvalidURL, TypeError) as error:
            raise ConfigurationError(f"base_url (SIXTYFOUR_API_ENDPOINT) {base_url!r} is not a valid URL") from error
        if url.scheme not in {"http", "https"} or not url.host:
            problem = "must start with https:// (or http:// for a simulator)"
            raise ConfigurationError(f"base_url (SIXTYFOUR_API_ENDPOINT) {base_url!r} {problem}")
        if url.userinfo:
            raise ConfigurationError("base_url must not contain a user name or password; pass api_key or auth instead")
        self.base_url = base_url.rstrip("/")
        self._owned = http_client is None
        self._client: Any = http_client or httpx.AsyncClient(
            limits=httpx.Limits(
                max_connections=None, max_keepalive_connections=MAX_IDLE_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS
            ),
            follow_redirects=False,
        )

    async def send(self, request: HTTPRequest, auth: Mapping[str, str]) -> HTTPResponse:
        """Send one request and read the whole response, whatever its status.

        Raises:
            TransportError: No usable response; ``sent`` tells whether the service may have acted on the request.
            InputError: The file to upload cannot be read.
        """
        async with self.open(request, auth) as response:
            return await response.read()

    @asynccontextmanager
    async def open(self, request: HTTPRequest, auth: Mapping[str, str]) -> AsyncGenerator[StreamedResponse, None]:
        """Send one request and give the response as soon as it begins; raises what `send` raises."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _AUTH_HEADERS}
        secrets = [value.removeprefix("Bearer ") for value in auth.values()]
        if self._client.is_closed:
            raise ConnectError("the client is closed", operation=request.operation, sent=False)
        async with _content(request) as (content, content_headers):
            stream = self._client.stream(
                request.method,
                self._url(request),
                content=content,
                headers={"accept": "application/json", **headers, **content_headers, **auth},
                timeout=(CONNECT_TIMEOUT_SECONDS, request.timeout, WRITE_TIMEOUT_SECONDS, request.timeout),
                follow_redirects=False,
            )
            with _mapped_errors(request.operation):
                async with stream as response:
                    received = {name.lower(): _redact(secrets, value) for name, value in response.headers.items()}
                    yield StreamedResponse(response.status_code, received, response.aiter_bytes(), secrets)

    def _url(self, request: HTTPRequest) -> str:
        """Join origin and path; only a request without credentials may name another origin (an OAuth token URL)."""
        absolute = request.keyless and not request.path.startswith("/")
        return request.path if absolute else self.base_url + request.path

    @asynccontextmanager
    async def follow(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[StreamedResponse, None]:
        """Get a signed link, and give the response as soon as it begins.

        The link carries its own authorization and leads to a storage host, so no credentials of ours are sent. A
        redirect is returned, not followed: `_wire.ranges` decides where it may lead.
        """
        with _mapped_errors("download"):
            stream = self._client.stream(
                "GET", url, headers=dict(headers), timeout=DOWNLOAD_TIMEOUT_SECONDS, follow_redirects=False
            )
            async with stream as response:
                received = {name.lower(): value for name, value in response.headers.items()}
                yield StreamedResponse(response.status_code, received, response.aiter_bytes(CHUNK_BYTES))

    async def aclose(self) -> None:
        """Close the connections, unless the caller brought the HTTP client."""
        if self._owned:
            await self._client.aclose()


def _redact(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, REDACTED)
    return text


# --- bodies -------------------------------------------------------------------------------------------------------


def _content(
    request: HTTPRequest,
) -> AbstractAsyncContextManager[tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]]:
    """Give a body as httpx takes it and the headers that describe it; a file to upload is open meanwhile."""
    return nullcontext((request.body, {})) if request.parts is None else _form(request.parts)


@asynccontextmanager
async def _form(parts: Parts) -> AsyncGenerator[tuple[AsyncIterator[bytes], dict[str, str]], None]:
    boundary = token_hex(16)
    head, tail = parts.around(boundary)
    async with _file(parts.file) as (chunks, size):
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if size is not None:
            headers["content-length"] = str(len(head) + size + len(tail))
        async with aclosing(_joined(head, chunks, tail)) as joined:
            yield joined, headers


@asynccontextmanager
async def _file(upload: Upload) -> AsyncGenerator[tuple[AsyncIterator[bytes], int | None], None]:
    """Give a file's chunks, and its size in bytes if that is known before reading."""
    content = upload.content
    if isinstance(content, bytes):
        yield _sliced(content), len(content)
    elif isinstance(content, Path):
        try:
            file = await anyio.open_file(content, "rb")
        except OSError as error:
            raise InputError(f"cannot read {str(content)!r}: {error.strerror}", field=FILE_FIELD) from error
        async with file:
            size = await file.seek(0, 2)
            await file.seek(0)
            async with aclosing(_read(file, size)) as chunks:
                yield chunks, size
    else:
        yield aiter(upload.take_stream(content)), None


async def _joined(head: bytes, chunks: AsyncIterator[bytes], tail: bytes) -> AsyncGenerator[bytes, None]:
    yield head
    async for chunk in chunks:
        yield chunk
    yield tail


async def _sliced(content: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


async def _read(file: anyio.AsyncFile[bytes], size: int) -> AsyncGenerator[bytes, None]:
    """Read exactly as many bytes as ``content-length`` promised, even if the file has grown since."""
    left = size
    while left > 0 and (chunk := await file.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk
    if left > 0:
        raise InputError("the file was truncated while it was being uploaded", field=FILE_FIELD)


# --- exceptions ---------------------------------------------------------------------------------------------------


@contextmanager
def _mapped_errors(operation: str) -> Generator[None, None, None]:
    try:
        yield
    except Exception as error:
        mapped = _map_error(error, operation)
        if mapped is None:
            raise
        raise mapped from error


def _map_error(error: Exception, operation: str) -> TransportError | None:
    """Map an exception of httpx or httpx2 to ours; return None for any other exception."""
    for family in (sys.modules[name] for name in _FAMILIES if name in sys.modules):
        if isinstance(error, tuple(_classes(family, *_NOT_DELIVERED))):
            return ConnectError(_describe(error, "could not connect"), operation=operation, sent=False)
        if isinstance(error, tuple(_classes(family, "TimeoutException"))):
            return RequestTimeoutError(_describe(error, "no answer in time"), operation=operation)
        if isinstance(error, tuple(_classes(family, "RequestError"))):
            return ProtocolError(_describe(error, "the connection broke"), operation=operation)
    return None


def _classes(family: ModuleType, *names: str) -> list[type[Exception]]:
    return [getattr(family, name) for name in names]


def _describe(error: Exception, summary: str) -> str:
    text = str(error)
    return f"{summary}: {text}" if text else f"{summary} ({type(error).__name__})"
