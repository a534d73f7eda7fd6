"""Requests that take no proxy, sent by connections of httpcore.

Through httpx's client, its transport and its pool each would cost half as much again, and leave a reference cycle for
the garbage collector. What these do for a request, as far as it is wanted here, is done here.
"""

from __future__ import annotations

import logging
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import Any, NamedTuple, TypeAlias, cast
from urllib.parse import quote

import httpcore
import httpx

from sixtyfour_async._client.connections import Connections, ReleasingBody
from sixtyfour_async._client.network import Network

Content: TypeAlias = bytes | AsyncIterator[bytes] | None
Place: TypeAlias = tuple[bytes, bytes, int]
"""Scheme, host and port."""

MAX_IDLE_CONNECTIONS = 500
"""Idle connections kept open, as many as a client has calls in flight at most."""

KEEPALIVE_SECONDS = 4.0
"""Seconds an idle connection is kept: less than the 5 s after which common servers (uvicorn, Node) close theirs.

A request sent on a connection that the server is just closing fails with an unknown outcome, which for a paid POST
means a parked row. So the client must always be the first to close.
"""

NETWORK = Network()

_SCHEMES = {"http", "https"}
_PARTS = re.compile(r"([^:/?#]+)://([^/?#]*)([^?#]*)(\?[^#]*)?")
"""A URL's scheme, authority, path and query (RFC 3986, appendix B)."""

_OF_URLS = "%:/?#[]@!$&'()*+,;="
"""Characters of URLs beside letters, digits and ``-._~`` (RFC 3986, section 2)."""

_WITH_A_BODY = {"POST", "PUT", "PATCH"}
"""Methods whose requests name the length of their body even when there is none (RFC 9110, section 8.6)."""

_FAILURES = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
)
"""Exceptions of httpcore; httpx has one of the same name for each."""

logger = logging.getLogger("httpx")  # where whoever logs requests, or does not want to, expects them


class DirectClient:
    """Sends requests without a proxy, in the way and with the headers of httpx's client; redirects are not followed.

    Args:
        tls: Returns the certificates that are trusted; called for the first connection that needs them.

    Attributes:
        is_closed: Whether `aclose` was called.
    """

    def __init__(self, tls: Callable[[], ssl.SSLContext]) -> None:
        self.is_closed = False
        self._tls = tls
        self._connections = Connections(self._connect, most=MAX_IDLE_CONNECTIONS, seconds=KEEPALIVE_SECONDS)
        self._cookies = httpx.Cookies()
        self._usual = dict(httpx.AsyncClient(transport=httpx.AsyncBaseTransport(), trust_env=False).headers)

    def build_request(
        self, method: str, url: str, *, content: Content, headers: Mapping[str, str], extensions: Any
    ) -> httpcore.Request:
        """Return a request with the headers that describe it.

        Raises:
            httpx.UnsupportedProtocol, httpx.InvalidURL: The URL cannot be followed.
            httpx.LocalProtocolError: A header cannot be sent.
        """
        origin, target = _split(url)
        own = {"host": origin.netloc} | self._usual | {name.lower(): value for name, value in headers.items()}
        if self._cookies and "cookie" not in own:  # the caller's own goes first, as with httpx
            own |= _cookie_header(self._cookies, url)
        return httpcore.Request(
            method,
            httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target),
            headers=[(_ascii(name), _ascii(value)) for name, value in _sized(own, method, content)],
            content=content,
            extensions=extensions,
        )

    async def send(self, request: httpcore.Request, **_: object) -> DirectResponse:
        """Send a request and return the response when its head has arrived; its connection is its own until its end.

        Raises:
            httpx.TransportError: What went wrong, as httpx's client raises it.
        """
        origin = request.url.origin
        place = (origin.scheme, origin.host, origin.port)
        connection = await self._connection_to(place)
        release = partial(self._connections.release, place, connection)
        try:
            answer = await connection.handle_async_request(request)
        except BaseException as error:  # whatever it is, httpcore has dealt with its connection
            await release()
            if isinstance(error, _FAILURES):
                raise _as_httpx(error) from error
            raise
        if logger.isEnabledFor(logging.INFO):
            _log(request, answer)
        response = DirectResponse(answer, release)
        if "set-cookie" in response.headers:
            asked = httpx.Request("GET", bytes(request.url).decode("ascii"))
            self._cookies.extract_cookies(httpx.Response(answer.status, headers=answer.headers, request=asked))
        return response

    async def _connection_to(self, place: Place) -> httpcore.AsyncHTTPConnection:
        """Return a connection that works as far as can be known: the server may have closed an idle one meanwhile."""
        while True:
            connection = self._connections.take(place)
            if not (connection.is_closed() or connection.has_expired()):
                return connection
            await self._connections.discard(connection)

    def _connect(self, place: Place) -> httpcore.AsyncHTTPConnection:
        """Return a connection that is made when it is first used."""
        scheme, host, port = place
        tls = self._tls() if scheme == b"https" else None
        origin = httpcore.Origin(scheme, host, port)
        return httpcore.AsyncHTTPConnection(origin, tls, KEEPALIVE_SECONDS, network_backend=NETWORK)

    async def aclose(self) -> None:
        """Close all connections."""
        self.is_closed = True
        await self._connections.aclose()


class DirectResponse:
    """A response whose head has arrived, with as much of httpx's as is used.

    Attributes:
        status_code: The HTTP status.
        headers: The headers, names in lower case; several of one name are one.
        is_stream_consumed: Whether the body was read before somebody asked for it, which no hook has done here.
    """

    is_stream_consumed = False

    def __init__(self, answer: httpcore.Response, release: Callable[[], Awaitable[None]]) -> None:
        self.status_code = answer.status
        self.headers: dict[str, str] = {}
        for name, value in answer.headers:
            key, text = name.decode("latin-1").lower(), _text(value)
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        self._body = _DirectBody(answer.stream, release)

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives."""
        return self._body.__aiter__()

    def aiter_bytes(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives, with a content encoding that httpx knows removed."""
        encoding = {"content-encoding": self.headers.get("content-encoding", "")}
        return httpx.Response(self.status_code, headers=encoding, stream=self._body).aiter_bytes()

    async def aclose(self) -> None:
        """Close it."""
        await self._body.aclose()


class _DirectBody(ReleasingBody, httpx.AsyncByteStream):
    """The body of a response of httpcore, as httpx takes it."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._body:
                yield piece
        except _FAILURES as error:
            raise _as_httpx(error) from error


def _as_httpx(error: Exception) -> Exception:
    """Return an exception of httpcore as httpx's of the same name."""
    kind: type[Exception] = getattr(httpx, type(error).__name__)
    return kind(str(error))


class _Origin(NamedTuple):
    scheme: str
    host: bytes
    port: int | None
    netloc: str


@lru_cache(maxsize=64)  # the same few are called again and again
def _origin(scheme: str, authority: str) -> _Origin:
    url = httpx.URL(f"{scheme}://{authority}")
    if url.scheme not in _SCHEMES:
        raise httpx.UnsupportedProtocol(f"Request URL has an unsupported protocol '{url.scheme}://'.")
    if not url.host:
        raise httpx.InvalidURL("the URL has no host")
    return _Origin(url.scheme, url.raw_host, url.port, url.netloc.decode("ascii"))


def _split(url: str) -> tuple[_Origin, str]:
    """Return where a URL leads, and the path with the query there: as written, for it may have been signed like that.

    Only characters that no URL holds are encoded.
    """
    parts = _PARTS.match(url)
    if parts is None:
        raise httpx.UnsupportedProtocol("Request URL is missing an 'http://' or 'https://' protocol.")
    scheme, authority, path, query = parts.groups("")
    return _origin(scheme, authority), quote((path or "/") + query, safe=_OF_URLS)


def _sized(headers: dict[str, str], method: str, content: Content) -> Iterable[tuple[str, str]]:
    """Give headers, with the one that says where the body ends if there is none yet."""
    yield from headers.items()
    if "content-length" in headers or "transfer-encoding" in headers:
        return
    if isinstance(content, AsyncIterator):
        yield "transfer-encoding", "chunked"
    elif content or method in _WITH_A_BODY:
        yield "content-length", str(len(content or b""))


def _cookie_header(cookies: httpx.Cookies, url: str) -> dict[str, str]:
    request = httpx.Request("GET", url)
    cookies.set_cookie_header(request)
    return {name: value for name, value in request.headers.items() if name == "cookie"}


def _log(request: httpcore.Request, answer: httpcore.Response) -> None:
    """Log a request in httpx's words."""
    method, url = request.method.decode("ascii"), bytes(request.url).decode("ascii")
    said: Mapping[str, bytes] = cast("Any", answer).extensions
    version, reason = _text(said["http_version"]), _text(said["reason_phrase"])
    logger.info('HTTP Request: %s %s "%s %d %s"', method, url, version, answer.status, reason)


def _ascii(text: str) -> bytes:
    try:
        return text.encode("ascii")
    except UnicodeEncodeError:
        raise httpx.LocalProtocolError("a header holds characters outside ASCII") from None


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")
