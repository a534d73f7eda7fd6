"""A request on its way: permitted, told to the observers, and once more where that is certain to cost nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from sixtyfour_async._client.auth import AuthHeaders, Credentials
from sixtyfour_async._client.hooks import Observers, RequestSent, ResponseSeen
from sixtyfour_async._client.transport import Opened, Transport
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse, is_unknown_route, request_id
from sixtyfour_async.errors import TransportError

NO_AUTH = AuthHeaders()


class Sender:
    """Sends what the budget has been paid for.

    Two answers are followed by a second request, which is paid for as well: a 401 to a token that was fetched earlier
    (it was not taken: a new token is fetched, once), and the 404 of a route that the service does not know, where
    another route has the same answer. The unknown route is remembered.

    Args:
        transport: Where to.
        credentials: What permits it.
        observers: Who is told.
        pay: Waits for the budget and spends one request.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        observers: Observers,
        acquire: Callable[[], Awaitable[None]],
    ) -> None:
        self.observers = observers
        self._transport = transport
        self._credentials = credentials
        self._acquire = acquire
        self._unknown_routes: set[str] = set()

    async def send(self, request: HTTPRequest) -> HTTPResponse:
        """Send a request and read its whole answer."""
        if request.fallback is None:
            return await self._authorized(request)
        if request.operation in self._unknown_routes:
            return await self._authorized(request.fallback)
        response = await self._authorized(request)
        if not is_unknown_route(response):
            return response
        await self._acquire()
        other = await self._authorized(request.fallback)
        if not is_unknown_route(other):
            self._unknown_routes.add(request.operation)
        return other

    @asynccontextmanager
    async def open(self, request: HTTPRequest) -> AsyncGenerator[Opened, None]:
        """Send a request and give its answer as soon as it begins."""
        auth = await self._auth_for(request)
        async with self._opened(request, auth) as opened:
            if not self._may_try_another(request, auth, opened.status):
                yield opened
                return
        await self._acquire()
        async with self._opened(request, await self._auth_for(request)) as opened:
            yield opened

    async def _authorized(self, request: HTTPRequest) -> HTTPResponse:
        auth = await self._auth_for(request)
        response = await self._sent(request, auth)
        if self._may_try_another(request, auth, response.status):
            await self._acquire()
            response = await self._sent(request, await self._auth_for(request))
        return response

    def _may_try_another(self, request: HTTPRequest, auth: AuthHeaders, status: int) -> bool:
        refused = status == HTTPStatus.UNAUTHORIZED and not request.keyless
        return refused and self._credentials.refused(auth) and request.replayable

    async def _auth_for(self, request: HTTPRequest) -> AuthHeaders:
        return NO_AUTH if request.keyless else await self._credentials.auth(self._fetch_token)

    async def _fetch_token(self, request: HTTPRequest) -> HTTPResponse:
        await self._acquire()
        return await self._sent(request, NO_AUTH)

    async def _sent(self, request: HTTPRequest, auth: AuthHeaders) -> HTTPResponse:
        begun = self._leaving(request, auth)
        try:
            response = await self._transport.send(request, auth.headers)
        except TransportError as error:
            self._ended(request, begun, error=error)
            raise
        self._ended(request, begun, response, len(response.body))
        return response

    @asynccontextmanager
    async def _opened(self, request: HTTPRequest, auth: AuthHeaders) -> AsyncGenerator[Opened, None]:
        begun = self._leaving(request, auth)
        answered = False
        try:
            async with self._transport.open(request, auth.headers) as opened:
                answered = True
                self._ended(request, begun, opened)
                yield opened
        except TransportError as error:
            if not answered:
                self._ended(request, begun, error=error)
            raise

    def _leaving(self, request: HTTPRequest, auth: AuthHeaders) -> float:
        shown = {name.lower(): value for name, value in request.headers.items()} | dict.fromkeys(
            auth.headers, "[the key]"
        )
        self.observers.request(RequestSent(request.operation, request.method, request.path, shown))
        return time.monotonic()

    def _ended(
        self,
        request: HTTPRequest,
        begun: float,
        answer: HTTPResponse | Opened | None = None,
        size: int = 0,
        error: TransportError | None = None,
    ) -> None:
        headers = dict[str, str]() if answer is None else answer.headers
        status = None if answer is None else answer.status
        seconds = time.monotonic() - begun
        self.observers.response(
            ResponseSeen(request.operation, status, seconds, headers, size, request_id(headers), error)
        )
