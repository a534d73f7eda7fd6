"""The module that sends requests: it bounds what comes back, and maps httpx's exceptions to ours.

The client that it sends by is one of httpx, or of its kind. A caller may bring one of httpx2, the maintained fork of
httpx. The two have separate exception trees without a common root. httpx2 is looked up among the loaded modules and
never imported: an exception of it can only occur when the caller has imported it.

Secrets are in `Secret` here and everywhere above, and leave it inside the expression that builds httpx's request. What
httpx raises is replaced by an exception that holds neither that request nor httpx's frames: a traceback with locals
shows no secret.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, nullcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import httpx

from sixtyfour_async._client.direct import Content
from sixtyfour_async._client.environment import is_host
from sixtyfour_async._client.event_loop import LoopHome, close_with_loop
from sixtyfour_async._client.http_errors import AUTH_HEADERS
from sixtyfour_async._client.link_check import AddressCheck, query_of
from sixtyfour_async._client.own_client import OwnClients
from sixtyfour_async._client.quiet_logs import quiet_logs
from sixtyfour_async._client.response import Sending, StreamedResponse, waits_of
from sixtyfour_async._client.secret import Secret, redact, revealed
from sixtyfour_async._wire.addresses import link_problem
from sixtyfour_async._wire.bounds import MAX_ANSWER_BYTES, Bounds
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse
from sixtyfour_async.errors import ConfigurationError, LinkRefusedError, TransportError

if TYPE_CHECKING:
    import httpx2

HTTPClient: TypeAlias = "httpx.AsyncClient | httpx2.AsyncClient"

CONNECT_TIMEOUT_SECONDS = 15.0

WRITE_TIMEOUT_SECONDS = 60.0
"""Seconds until one chunk of a body has left, not the whole body."""

CLOSED = "the client is closed: enter it again with `async with`, or make another one"


class Transport:
    """Sends requests to one origin, with the auth headers it is given.

    Redirects are never followed. httpx drops ``Authorization`` when a redirect leads to another origin, but not
    ``x-api-key``, so a compromised or misconfigured host could collect keys; and a POST that is repeated elsewhere
    could be paid twice. For the same reason auth headers in a request's own headers are dropped: only those passed as
    *auth* are sent.

    The connection pool has no upper limit, so that no request waits (and times out) inside httpx: how many requests
    are in flight is decided before, by the pipeline and the scheduler.

    Args:
        base_url: The URL of the service.
        home: The event loop that the connections belong to.
        http_client: The caller's client, or None for one of our own.

    Raises:
        ConfigurationError: *base_url* is not an http(s) URL, or holds a password; or a proxy or certificate that the
            environment names cannot be used.
    """

    def __init__(self, base_url: str, home: LoopHome, http_client: HTTPClient | None = None) -> None:
        self._base = _base_url(base_url)
        self.base_url = base_url.rstrip("/")
        self._owned = http_client is None
        self._own = OwnClients(self._base)
        self._client: Any = http_client or self._own.make()
        self._keeper: AsyncGenerator[None, None] | None = None
        self._closed = False
        self._home = home
        home.on_move(self._move)

    async def send(self, request: HTTPRequest, auth: Mapping[str, Secret]) -> HTTPResponse:
        """Send one request and read the whole response, whatever its status.

        Raises:
            TransportError: No usable response; ``sent`` tells whether the service may have acted on the request.
            InputError: The file to upload cannot be read.
            ConfigurationError: The client is closed, or is in use by another event loop; nothing was sent.
        """
        if request.parts is not None:
            async with _open_content(request) as (content, content_headers):
                return await self._send(self._sending(request, auth, content_headers), content)
        sending = self._sending(request, auth, {})
        if self._owned:
            # The time of the step bounds what follows, for less than a timer for each read and write costs.
            sending.waits = {"connect": CONNECT_TIMEOUT_SECONDS}
        return await self._send(sending, request.body)

    async def _send(self, sending: Sending, content: Content) -> HTTPResponse:
        pieces: list[bytes] = []
        try:
            try:
                await sending.run(self._whole(sending, content, pieces))
            except TransportError as error:
                sending.accept_broken(pieces, error)
            return _streamed(sending).whole(pieces)
        finally:
            await sending.aclose()

    @asynccontextmanager
    async def open(self, request: HTTPRequest, auth: Mapping[str, Secret]) -> AsyncGenerator[StreamedResponse, None]:
        """Send one request and give the response as soon as it begins, which must be in time; raises as `send`."""
        async with _open_content(request) as (content, content_headers):
            sending = self._sending(request, auth, content_headers)
            async with aclosing(sending):
                await sending.run(self._head(sending, content))
                sending.bounds = Bounds()
                yield _streamed(sending)

    def _sending(self, request: HTTPRequest, auth: Mapping[str, Secret], content_headers: Mapping[str, str]) -> Sending:
        own = {name: value for name, value in request.headers.items() if name.lower() not in AUTH_HEADERS}
        return Sending(
            operation=request.operation,
            method=request.method,
            url=Secret(self._url(request)),
            headers={"accept": "application/json", **own, **content_headers, **auth},
            waits=waits_of(CONNECT_TIMEOUT_SECONDS, request.timeout, WRITE_TIMEOUT_SECONDS),
            bounds=Bounds(request.timeout),
            secrets=[Secret(value.reveal().removeprefix("Bearer ")) for value in auth.values()],
            streams_body=request.parts is not None,
            objection=request.objection,
        )

    def _url(self, request: HTTPRequest) -> str:
        """Join origin and path; only a request without credentials may name another origin (an OAuth token URL)."""
        absolute = request.keyless and not request.path.startswith("/")
        return request.path if absolute else self.base_url + request.path

    @asynccontextmanager
    async def follow(
        self, link: Secret, headers: Mapping[str, str], wait: float, bounds: Bounds
    ) -> AsyncGenerator[StreamedResponse, None]:
        """Get a signed link, and give the response as soon as it begins.

        The link carries its own authorization and leads to a storage host, so no credentials of ours are sent. A
        redirect is returned, not followed: `_wire.ranges` decides what it means, and here it is checked like the link.

        Args:
            link: The link.
            headers: The request's headers.
            wait: Real seconds to wait for the response, and then without a byte of it.
            bounds: The bounds of its body.

        Raises:
            LinkRefusedError: The link leads where a link must not lead; see `_wire.addresses.link_problem`.
            TransportError: No response.
        """
        sending = Sending(
            operation="download",
            method="GET",
            url=link,
            headers=headers,
            waits=waits_of(min(wait, CONNECT_TIMEOUT_SECONDS), wait, wait),
            is_link=True,
            bounds=Bounds(wait),
            secrets=[link, *query_of(link)],
            check_address=self._checked(link),
        )
        async with aclosing(sending):
            await sending.run(self._head(sending, None))
            sending.bounds = bounds
            yield _streamed(sending, secrets=())

    def _checked(self, link: Secret) -> AddressCheck | None:
        """Check where a link leads by its spelling; return what checks the addresses that its name resolves to."""
        scheme, host, has_user = _place_of(link)
        api = self._base
        if scheme not in {"http", "https"} or not host:
            return None  # httpx refuses it as well, and says why
        leads = link_problem(scheme, host, api_scheme=api.scheme, api_host=api.host)
        problem = "holds a user name" if has_user else leads
        if problem is not None:
            raise LinkRefusedError(f"the link is not followed: it {problem}", operation="download")
        return None if host == api.host else AddressCheck(host, api.host)

    async def _whole(self, sending: Sending, content: Content, pieces: list[bytes]) -> None:
        """Send a request and read its response, as a single step: most calls are one, and each step has its price."""
        await self._head(sending, content)
        sending.bounds = Bounds(sending.bounds.seconds, MAX_ANSWER_BYTES)
        await sending.collect(pieces)

    async def _head(self, sending: Sending, content: Content) -> None:
        """Send a request, until the head of its response has arrived."""
        await self._settle()
        sending.check()
        with quiet_logs(sending.secrets):
            # httpx's request is built inside the call: among the locals of a frame, its repr would show a link.
            sending.raw = await self._client.send(
                self._client.build_request(
                    sending.method,
                    self._parsed(sending),
                    content=content,
                    headers={name: revealed(value) for name, value in sending.headers.items()},
                    extensions={"trace": sending.trace, "timeout": sending.waits},
                ),
                stream=True,
                follow_redirects=False,
            )

    def _parsed(self, sending: Sending) -> Any:
        """Return a URL as the caller's client has it; that of a link is parsed by the client, and kept nowhere."""
        if self._owned or sending.is_link:
            return sending.url.reveal()
        return _parsed(self._client.base_url.__class__, sending.url.reveal())

    # --- life ---------------------------------------------------------------------------------------------------

    def reopen(self) -> None:
        """Allow requests again after `aclose`."""
        self._closed = False

    async def aclose(self) -> None:
        """Close the connections, unless the caller brought the HTTP client."""
        if not self._owned or self._closed:
            return
        self._home.settle()
        self._home.leave()
        self._closed = True
        keeper, self._keeper = self._keeper, None
        await self._client.aclose()
        if keeper is not None:
            await keeper.aclose()

    async def _settle(self) -> None:
        """Have open connections that belong to the running event loop."""
        self._home.settle()
        if self._closed or (not self._owned and self._client.is_closed):
            raise ConfigurationError(CLOSED)
        if self._owned and self._client.is_closed:
            self._client, self._keeper = self._own.make(), None
        if self._owned and self._keeper is None:
            self._keeper = close_with_loop(self._client)
            await anext(self._keeper)

    def _move(self) -> None:
        """Leave the connections of the old event loop behind: only that loop could have closed them."""
        if not self._owned:
            raise ConfigurationError(
                "the client was used in another event loop, and the connections of http_client belong to that one: "
                "make both anew for this event loop"
            )
        self._client, self._keeper = self._own.make(), None


@lru_cache(maxsize=256)  # the same few addresses are called again and again
def _parsed(url_class: Any, url: str) -> Any:
    return url_class(url)


def _base_url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, TypeError):
        raise ConfigurationError(f"base_url (SIXTYFOUR_API_ENDPOINT) {text!r} is not a valid URL") from None
    if url.userinfo:
        raise ConfigurationError("base_url must not contain a user name or password; pass api_key or auth instead")
    if url.scheme not in {"http", "https"} or not is_host(url.host):
        text = f"{text!r} must start with https:// (or http:// for a simulator)"
        raise ConfigurationError(f"base_url (SIXTYFOUR_API_ENDPOINT) {text}")
    return url


# --- secrets and exceptions -----------------------------------------------------------------------------------------


def _open_content(request: HTTPRequest) -> AbstractAsyncContextManager[tuple[Content, dict[str, str]]]:
    """Give a body as httpx takes it and the headers that describe it; a file to upload is open meanwhile."""
    if request.parts is None:
        return nullcontext((request.body, {}))
    from sixtyfour_async._client.uploads import open_form

    return open_form(request.parts)


def _streamed(sending: Sending, secrets: Sequence[Secret] | None = None) -> StreamedResponse:
    """Return a response whose head has arrived; its headers and error body may repeat what is secret of the request."""
    hidden, raw = sending.secrets if secrets is None else secrets, sending.raw
    headers = {name.lower(): redact(hidden, value) for name, value in raw.headers.items()}
    return StreamedResponse(raw.status_code, headers, sending, hidden)


def _place_of(link: Secret) -> tuple[str, str, bool]:
    """Return scheme and host of a link, and whether it holds a user name; not as httpx's URL, whose repr shows all."""
    try:
        url = httpx.URL(link.reveal())
    except (httpx.InvalidURL, ValueError):
        url = None
    if url is None:
        raise LinkRefusedError("the link is not followed: it is not a valid URL", operation="download")
    return url.scheme, url.host, bool(url.userinfo)
