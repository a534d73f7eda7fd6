"""The one place that knows httpx: send bytes, and say what went wrong in our own words.

A caller's own client may be one of httpx2, httpx's maintained fork, too. Their exceptions are two trees without a
common root; httpx2 is looked for among the modules that are loaded, never imported.
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

KEPT_OPEN = 100
"""Idle connections kept at most: httpx's default keeps 20 and opens the rest anew each time."""

KEPT_ALIVE = 4.0
"""Seconds an idle connection is kept; shorter than the 5 s after which common servers close theirs."""

CONNECT_TIMEOUT = 15.0
WRITE_TIMEOUT = 60.0
"""Seconds for one piece of a body to leave, not for the whole."""
DOWNLOAD_TIMEOUT = 60.0
"""Seconds of silence, not of the whole file."""

PIECE = 64 * 1024
"""Bytes read from or written to a file at once, in a worker thread."""

_UNDELIVERED = (
    "ConnectError",
    "ConnectTimeout",
    "InvalidURL",
    "LocalProtocolError",
    "PoolTimeout",
    "ProxyError",
    "UnsupportedProtocol",
)

_FAMILIES = ("httpx", "httpx2")

HIDDEN = "[the key]"

_AUTH_HEADERS = frozenset({"authorization", "x-api-key"})


@dataclass(frozen=True, slots=True)
class Opened:
    """An answer whose body is read piece by piece. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]
    secrets: Sequence[str] = field(default=(), repr=False)

    async def whole(self) -> HTTPResponse:
        """Read all that is left of it.

        An answer that is an error is quoted to people: a key that the service repeats in it is not.
        """
        body = b"".join([piece async for piece in self.pieces])
        if self.status >= HTTPStatus.MULTIPLE_CHOICES:
            for secret in self.secrets:
                body = body.replace(secret.encode(), HIDDEN.encode())
        return HTTPResponse(self.status, self.headers, body, datetime.now(UTC))


class Transport:
    """Sends requests to one origin. What permits a request is put on it here and follows no redirect.

    Our own pool sets no limit, so that no request waits in it: how many there are at once is decided before.
    """

    def __init__(self, base_url: str, http_client: HTTPClient | None = None) -> None:
        try:
            url = httpx.URL(base_url)
        except (httpx.InvalidURL, TypeError) as error:
            raise ConfigurationError(f"base_url {base_url!r} is not a URL") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigurationError(f"base_url {base_url!r} must start with https:// (or http:// for a simulator)")
        if url.userinfo:
            raise ConfigurationError("base_url must not hold a user name or password; pass api_key or auth")
        self.base_url = base_url.rstrip("/")
        self._owned = http_client is None
        self._client: Any = http_client or httpx.AsyncClient(
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=KEPT_OPEN, keepalive_expiry=KEPT_ALIVE),
            follow_redirects=False,
        )

    async def send(self, request: HTTPRequest, auth: Mapping[str, str]) -> HTTPResponse:
        """Send one request and read its whole answer, whatever its status.

        Raises:
            TransportError: No usable answer; ``sent`` says whether the server may have acted.
            InputError: The file to upload cannot be read.
        """
        async with self.open(request, auth) as opened:
            return await opened.whole()

    @asynccontextmanager
    async def open(self, request: HTTPRequest, auth: Mapping[str, str]) -> AsyncGenerator[Opened, None]:
        """Send one request and give its answer as soon as it begins; raises what `send` raises."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _AUTH_HEADERS}
        secrets = [value.removeprefix("Bearer ") for value in auth.values()]
        async with _content(request) as (content, described):
            stream = self._client.stream(
                request.method,
                self._url(request),
                content=content,
                headers={"accept": "application/json", **headers, **described, **auth},
                timeout=(CONNECT_TIMEOUT, request.timeout, WRITE_TIMEOUT, request.timeout),
                follow_redirects=False,
            )
            with _our_errors(request.operation):
                async with stream as response:
                    shown = {name.lower(): _without(secrets, value) for name, value in response.headers.items()}
                    yield Opened(response.status_code, shown, response.aiter_bytes(), secrets)

    def _url(self, request: HTTPRequest) -> str:
        """Only what carries no key may go to another origin: a token is asked for where tokens are issued."""
        whole = request.keyless and not request.path.startswith("/")
        return request.path if whole else self.base_url + request.path

    @asynccontextmanager
    async def follow(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[Opened, None]:
        """Read a signed link piece by piece. It carries its own permission: nothing of ours goes with it."""
        with _our_errors("download"):
            stream = self._client.stream(
                "GET", url, headers=dict(headers), timeout=DOWNLOAD_TIMEOUT, follow_redirects=False
            )
            async with stream as response:
                received = {name.lower(): value for name, value in response.headers.items()}
                yield Opened(response.status_code, received, response.aiter_bytes(PIECE))

    async def aclose(self) -> None:
        """Close the connections, unless the caller brought the client."""
        if self._owned:
            await self._client.aclose()


def _without(secrets: Sequence[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


# --- bodies -------------------------------------------------------------------------------------------------------


def _content(
    request: HTTPRequest,
) -> AbstractAsyncContextManager[tuple[bytes | AsyncIterator[bytes] | None, dict[str, str]]]:
    """Give a body as httpx takes it, and the headers that describe it; a file is open meanwhile."""
    return nullcontext((request.body, {})) if request.parts is None else _form(request.parts)


@asynccontextmanager
async def _form(parts: Parts) -> AsyncGenerator[tuple[AsyncIterator[bytes], dict[str, str]], None]:
    boundary = token_hex(16)
    head, tail = parts.around(boundary)
    async with _file(parts.file) as (pieces, size):
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if size is not None:
            headers["content-length"] = str(len(head) + size + len(tail))
        async with aclosing(_joined(head, pieces, tail)) as joined:
            yield joined, headers


@asynccontextmanager
async def _file(upload: Upload) -> AsyncGenerator[tuple[AsyncIterator[bytes], int | None], None]:
    """Give a file's bytes, and how many there are when that is known before they are read."""
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
            async with aclosing(_read(file, size)) as pieces:
                yield pieces, size
    else:
        yield aiter(upload.take_stream(content)), None


async def _joined(head: bytes, pieces: AsyncIterator[bytes], tail: bytes) -> AsyncGenerator[bytes, None]:
    yield head
    async for piece in pieces:
        yield piece
    yield tail


async def _sliced(content: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]


async def _read(file: anyio.AsyncFile[bytes], size: int) -> AsyncGenerator[bytes, None]:
    """Read as many bytes as were promised; a file that grew meanwhile is sent as it was."""
    left = size
    while left > 0 and (piece := await file.read(min(PIECE, left))):
        left -= len(piece)
        yield piece
    if left > 0:
        raise InputError("the file became shorter while it was sent", field=FILE_FIELD)


# --- what went wrong ----------------------------------------------------------------------------------------------


@contextmanager
def _our_errors(operation: str) -> Generator[None, None, None]:
    try:
        yield
    except Exception as error:
        ours = _translated(error, operation)
        if ours is None:
            raise
        raise ours from error


def _translated(error: Exception, operation: str) -> TransportError | None:
    """Name an error of either family in our words; None when it is of neither."""
    for family in (sys.modules[name] for name in _FAMILIES if name in sys.modules):
        if isinstance(error, tuple(_classes(family, *_UNDELIVERED))):
            return ConnectError(_told(error, "could not connect"), operation=operation, sent=False)
        if isinstance(error, tuple(_classes(family, "TimeoutException"))):
            return RequestTimeoutError(_told(error, "no answer in time"), operation=operation)
        if isinstance(error, tuple(_classes(family, "RequestError"))):
            return ProtocolError(_told(error, "the connection broke"), operation=operation)
    return None


def _classes(family: ModuleType, *names: str) -> list[type[Exception]]:
    return [getattr(family, name) for name in names]


def _told(error: Exception, what: str) -> str:
    text = str(error)
    return f"{what}: {text}" if text else f"{what} ({type(error).__name__})"
