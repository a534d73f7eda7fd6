"""The one place that knows httpx: send bytes, and say what went wrong in our own words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime

import httpx

from sixtyfour_async._core.wire import HTTPRequest, HTTPResponse
from sixtyfour_async.errors import ConfigurationError, ConnectError, ProtocolError, RequestTimeoutError

CONNECTIONS = 100
"""Open connections at most, all of them kept alive: httpx's default keeps 20 and opens the rest anew each time."""

KEPT_ALIVE = 4.0
"""Seconds an idle connection is kept; shorter than the 5 s after which common servers close theirs."""

CONNECT_TIMEOUT = 15.0
WRITE_TIMEOUT = 60.0
DOWNLOAD_TIMEOUT = 60.0
"""Seconds of silence, not of the whole file."""

_UNDELIVERED = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.ProxyError,
)


class Transport:
    """Sends requests to one origin. The key is put on each request here and follows no redirect."""

    def __init__(self, base_url: str, auth: Mapping[str, str], http_client: httpx.AsyncClient | None = None) -> None:
        try:
            url = httpx.URL(base_url)
        except (httpx.InvalidURL, TypeError) as error:
            raise ConfigurationError(f"base_url {base_url!r} is not a URL") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise ConfigurationError(f"base_url {base_url!r} must start with https:// (or http:// for a simulator)")
        self.base_url = base_url.rstrip("/")
        self._auth = dict(auth)
        self._key = next(iter(auth.values())).removeprefix("Bearer ").encode()
        self._owned = http_client is None
        self._client = http_client or httpx.AsyncClient(
            limits=httpx.Limits(
                max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEPT_ALIVE
            ),
            follow_redirects=False,
        )

    async def send(self, request: HTTPRequest) -> HTTPResponse:
        """Send one request and read its whole answer, whatever its status.

        Raises:
            TransportError: No usable answer; ``sent`` says whether the server may have acted.
        """
        with _our_errors(request.operation):
            response = await self._client.request(
                request.method,
                self.base_url + request.path,
                content=request.body,
                headers={"accept": "application/json", **request.headers, **self._auth},
                timeout=httpx.Timeout(request.timeout, connect=CONNECT_TIMEOUT, write=WRITE_TIMEOUT),
                follow_redirects=False,
            )
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HTTPResponse(response.status_code, headers, self._without_key(response), datetime.now(UTC))

    def _without_key(self, response: httpx.Response) -> bytes:
        """An answer that is an error is quoted to people: a key that the service repeats in it is not."""
        if response.is_success:
            return response.content
        return response.content.replace(self._key, b"[the key]")

    @asynccontextmanager
    async def stream(self, url: str) -> AsyncGenerator[tuple[int, AsyncIterator[bytes]], None]:
        """Read a signed link piece by piece. It carries its own permission: the key stays here."""
        with _our_errors("download"):
            async with self._client.stream("GET", url, timeout=DOWNLOAD_TIMEOUT, follow_redirects=False) as response:
                yield response.status_code, response.aiter_bytes()

    async def aclose(self) -> None:
        """Close the connections, unless the caller brought the client."""
        if self._owned:
            await self._client.aclose()


@contextmanager
def _our_errors(operation: str) -> Generator[None, None, None]:
    try:
        yield
    except _UNDELIVERED as error:
        raise ConnectError(_told(error, "could not connect"), operation=operation, sent=False) from error
    except httpx.TimeoutException as error:
        raise RequestTimeoutError(_told(error, "no answer in time"), operation=operation) from error
    except httpx.TransportError as error:
        raise ProtocolError(_told(error, "the connection broke"), operation=operation) from error


def _told(error: Exception, what: str) -> str:
    text = str(error)
    return f"{what}: {text}" if text else f"{what} ({type(error).__name__})"
