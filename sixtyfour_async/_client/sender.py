"""One request: credentials added, hooks called, and a second try where the first one certainly did nothing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from sixtyfour_async._client.auth import AuthHeaders, Credentials
from sixtyfour_async._client.hooks import ATTEMPT, Observers, note_attempt
from sixtyfour_async._client.response import StreamedResponse
from sixtyfour_async._client.transport import Transport
from sixtyfour_async._scheduling.budget import Ticket
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse, is_unknown_route, request_id
from sixtyfour_async._wire.shown_url import shown_url
from sixtyfour_async.errors import TransportError

NO_AUTH = AuthHeaders()


class Sender:
    """Sends requests for which the budget has been acquired.

    Two responses prove that the request did nothing, and are followed by a second request, which spends the budget too:

    - A 401 to a token that was fetched for an earlier request: it may have been revoked or have expired early. A new
      token is fetched, once. A 401 to a fresh token, or to a key, is final: another try would bring the same answer.
    - The 404 of a route that this deployment does not have, where another route gives the same answer (the operation's
      ``fallback``). The route is remembered as unknown, so that later requests go to the fallback at once.

    Args:
        transport: The connections.
        credentials: Where auth headers come from.
        observers: The client's hooks.
        acquire: Waits for the budget and spends one request.
    """

    def __init__(
        self,
        transport: Transport,
        credentials: Credentials,
        observers: Observers,
        acquire: Callable[[], Awaitable[Ticket]],
    ) -> None:
        self.observers = observers
        self._transport = transport
        self._credentials = credentials
        self._acquire = acquire
        self._unknown_routes: set[str] = set()

    async def send(self, request: HTTPRequest, ticket: Ticket) -> HTTPResponse:
        """Send a request and read the whole response, whatever its status."""
        if request.fallback is None:
            return await self._send_authorized(request, ticket)
        if request.operation in self._unknown_routes:
            return await self._send_authorized(request.fallback, ticket)
        response = await self._send_authorized(request, ticket)
        if not is_unknown_route(response):
            return response
        other = await self._send_authorized(request.fallback, await self._acquire_again())
        # Two unknown routes are more likely a wrong base URL than an old deployment: remember nothing.
        if not is_unknown_route(other):
            self._unknown_routes.add(request.operation)
        return other

    @asynccontextmanager
    async def open(self, request: HTTPRequest, ticket: Ticket) -> AsyncGenerator[StreamedResponse, None]:
        """Send a request and give the response as soon as it begins; fallback routes are not tried here."""
        auth = await self._auth_for(request)
        await self._renewed(ticket)
        async with self._open(request, auth) as response:
            if not self._may_reauthorize(request, auth, response.status):
                yield response
                return
        auth, ticket = await self._auth_for(request), await self._acquire_again()
        await self._renewed(ticket)
        async with self._open(request, auth) as response:
            yield response

    async def _send_authorized(self, request: HTTPRequest, ticket: Ticket) -> HTTPResponse:
        auth = await self._auth_for(request)
        response = await self._exchange(request, auth, ticket)
        if self._may_reauthorize(request, auth, response.status):
            ticket = await self._acquire_again()
            response = await self._exchange(request, await self._auth_for(request), ticket)
        return response

    async def _acquire_again(self) -> Ticket:
        ticket = await self._acquire()
        note_attempt(resends=ATTEMPT.get().resends + 1)
        return ticket

    def _may_reauthorize(self, request: HTTPRequest, auth: AuthHeaders, status: int) -> bool:
        unauthorized = status == HTTPStatus.UNAUTHORIZED and not request.keyless
        return unauthorized and self._credentials.invalidate(auth) and request.replayable

    async def _auth_for(self, request: HTTPRequest) -> AuthHeaders:
        return NO_AUTH if request.keyless else await self._credentials.auth(self._fetch_token)

    async def _fetch_token(self, request: HTTPRequest) -> HTTPResponse:
        return await self._exchange(request, NO_AUTH, await self._acquire())

    async def _renewed(self, ticket: Ticket) -> None:
        """Wait for the budget once more when the share that a request was to be sent by has run out."""
        while not ticket.holds():
            ticket = await self._acquire()

    async def _exchange(self, request: HTTPRequest, auth: AuthHeaders, ticket: Ticket) -> HTTPResponse:
        await self._renewed(ticket)
        started_at = self._notify_request(request, auth)
        try:
            response = await self._transport.send(request, auth.headers)
        except TransportError as error:
            self._notify_response(request, started_at, error=error)
            raise
        self._notify_response(request, started_at, response, len(response.body))
        return response

    @asynccontextmanager
    async def _open(self, request: HTTPRequest, auth: AuthHeaders) -> AsyncGenerator[StreamedResponse, None]:
        started_at = self._notify_request(request, auth)
        responded = False
        try:
            async with self._transport.open(request, auth.headers) as response:
                responded = True
                self._notify_response(request, started_at, response)
                yield response
        except TransportError as error:
            if not responded:
                self._notify_response(request, started_at, error=error)
            raise

    def _notify_request(self, request: HTTPRequest, auth: AuthHeaders) -> float:
        if self.observers.hooks:
            from sixtyfour_async._client.request_events import RequestSent

            own = {name.lower(): value for name, value in request.headers.items()}
            headers = own | dict.fromkeys(auth.headers, "[the key]")
            self.observers.request(RequestSent(request.operation, request.method, request.path, headers))
        return time.monotonic()

    def _notify_response(
        self,
        request: HTTPRequest,
        started_at: float,
        response: HTTPResponse | StreamedResponse | None = None,
        size: int = 0,
        error: TransportError | None = None,
    ) -> None:
        if not self.observers.hooks:
            return
        from sixtyfour_async._client.request_events import ResponseSeen

        headers = dict[str, str]() if response is None else response.headers
        status = None if response is None else response.status
        attempt = ATTEMPT.get()
        self.observers.response(
            ResponseSeen(
                request.operation,
                status,
                time.monotonic() - started_at,
                headers,
                size,
                request_id(headers),
                error,
                method=request.method,
                url=shown_url(self._transport.base_url, request.path),
                resends=attempt.resends,
                waited=attempt.waited,
                jobs=attempt.jobs,
            )
        )
