"""The HTTP client that is made when the caller brings none, with the proxies and certificates of the environment."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any

import httpcore
import httpx

from sixtyfour_async._client.connections import ReleasingBody, SingleConnections
from sixtyfour_async._client.direct import KEEPALIVE_SECONDS, MAX_IDLE_CONNECTIONS, DirectClient
from sixtyfour_async._client.environment import is_host, proxy_problem, proxy_rules, tls_context
from sixtyfour_async._wire.addresses import is_loopback
from sixtyfour_async.errors import ConfigurationError


class OwnClients:
    """Makes clients for one origin, with what is usable of the proxies and certificates of the environment.

    Args:
        base: The URL of the service.
    """

    def __init__(self, base: httpx.URL) -> None:
        self._base = base
        self._tls: ssl.SSLContext | None = None

    def make(self) -> httpx.AsyncClient | OwnClient:
        """Return a client: one of httpx where a proxy is named, else one that connects directly when it can.

        Raises:
            ConfigurationError: A proxy or certificates cannot be used. The message names the variable.
        """
        rules = proxy_rules()
        if not rules:
            return self._direct()
        mounts: dict[str, httpx.AsyncBaseTransport | None] = {}
        for rule in rules:
            try:
                httpx.URL(rule.pattern)
                mounts[rule.pattern] = None if rule.proxy is None else self._through(rule.proxy)
            except (ValueError, ImportError, httpx.InvalidURL) as error:
                problem = proxy_problem(rule, error)
            else:
                continue
            if not is_loopback(self._base.host):
                raise problem
            # What runs on this machine is reached without a proxy, so a broken one is not its concern.
            return self._direct()
        mounts |= {f"all://{host}": None for host in ("localhost", "127.0.0.1", "[::1]")}
        if is_loopback(self._base.host):
            mounts[f"all://{self._base.netloc.decode().rpartition(':')[0] or self._base.host}"] = None
        return httpx.AsyncClient(transport=self._through(None), mounts=mounts, trust_env=False)

    def _direct(self) -> OwnClient:
        if self._base.scheme == "https":
            self._trusted()  # now: a certificate that cannot be read is no news for the first request
        # To load certificates takes longer than a call. Only a link may lead from a simulator to where they are needed.
        return OwnClient(
            DirectClient(self._trusted),
            lambda: httpx.AsyncClient(transport=self._through(None), trust_env=False),
        )

    def _through(self, proxy: str | None) -> Any:
        """Return connections to a proxy, or without one, as httpx's client takes them."""
        if proxy is not None and not is_host(httpx.URL(proxy).host):
            raise ValueError("no host")
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=1, keepalive_expiry=KEEPALIVE_SECONDS)
        connect = partial(httpx.AsyncHTTPTransport, verify=self._trusted(), limits=limits, proxy=proxy, trust_env=False)
        connect()  # raises here where it cannot make any
        return SingleConnections(
            lambda _: connect(), _ProxiedBody, most=MAX_IDLE_CONNECTIONS, seconds=KEEPALIVE_SECONDS
        )

    def _trusted(self) -> ssl.SSLContext:
        self._tls = self._tls or self._certificates() or httpx.create_ssl_context(trust_env=False)
        return self._tls

    def _certificates(self) -> ssl.SSLContext | None:
        """Return the certificates of the environment; unusable ones do not matter to a simulator on plain http."""
        try:
            return tls_context()
        except ConfigurationError:
            if self._base.scheme == "https":
                raise
            return None


class OwnClient:
    """Connects directly, but through httpx whenever somebody's code stands in httpx's place.

    That is a mock in a test, which would else pay for real answers, or what traces requests. It comes and goes while a
    client lives, so each request is looked at.

    Args:
        direct: The client for most requests.
        through_httpx: Makes the client for others.
    """

    def __init__(self, direct: DirectClient, through_httpx: Callable[[], httpx.AsyncClient]) -> None:
        self._direct = direct
        self._make_other = through_httpx
        self._other: httpx.AsyncClient | None = None

    @property
    def is_closed(self) -> bool:
        """Whether `aclose` was called."""
        return self._direct.is_closed

    def build_request(self, method: str, url: str, **parts: Any) -> tuple[Any, Any]:
        """Return a request, and which client sends it."""
        client: Any = self._through_httpx() if is_replaced() else self._direct
        return client, client.build_request(method, url, **parts)

    async def send(self, made: tuple[Any, Any], **how: Any) -> Any:
        """Send a request that was built, and return the response when its head has arrived."""
        client, request = made
        return await client.send(request, **how)

    def _through_httpx(self) -> httpx.AsyncClient:
        self._other = self._other or self._make_other()
        return self._other

    async def aclose(self) -> None:
        """Close all connections."""
        if self._other is not None:
            await self._other.aclose()
        await self._direct.aclose()


_REPLACEABLE = (
    (httpx.AsyncClient, "send"),
    (httpx.AsyncHTTPTransport, "handle_async_request"),
    (httpcore.AsyncConnectionPool, "handle_async_request"),
)
"""Methods that mocks and tracers of httpx put their own in place of."""


def is_replaced() -> bool:
    """Return whether one of these methods is not the library's own at the moment."""
    return not all(_is_original(getattr(cls, name)) for cls, name in _REPLACEABLE)


def _is_original(function: object) -> bool:
    """Return whether a function was written in httpx or httpcore; what wraps one has the globals of another module."""
    if not isinstance(function, FunctionType):
        return False
    module: str = function.__globals__["__name__"]
    return module.startswith(("httpx.", "httpcore."))


class _ProxiedBody(ReleasingBody, httpx.AsyncByteStream):
    """The body of a response, as httpx takes it."""
