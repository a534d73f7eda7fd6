"""The pipeline: budget, transport and sender of one client, and the way every request takes through them.

Two kinds of callers use it. The client's own methods call `send_json`, `send_raw` and `open`, which wait for
the concurrency limit and the budget and then send. A runner has its scheduler spend the budget instead, and calls
`exchange` alone.
"""

from __future__ import annotations

import copy
import logging
import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import anyio
from pydantic import JsonValue

from sixtyfour_async._client.account_visits import AccountVisits
from sixtyfour_async._client.answers import RawResponse
from sixtyfour_async._client.auth import Credentials
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._client.hooks import Observers
from sixtyfour_async._client.response import StreamedResponse
from sixtyfour_async._client.sender import Sender
from sixtyfour_async._client.transport import Transport
from sixtyfour_async._scheduling.budget import Ticket
from sixtyfour_async._scheduling.shared_budget import SharedBudget
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse, decode_json, request_id
from sixtyfour_async._wire.pace_headers import rate_limit_headers
from sixtyfour_async.errors import SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async.operations import Operation

MAX_CONCURRENT_REQUESTS = 500
"""Foreground requests in flight at once; further ones wait here, before they acquire the budget, not in httpx's pool.

A runner's own requests are few beside them: fifty submits, and polls of at most 30 s at 8 a second. Together they stay
below the 1024 files that most systems let a process open.
"""

ACQUIRE_SECONDS = 60.0
"""Real seconds for which a request without a timeout of its own waits for the database of a shared budget."""

logger = logging.getLogger("sixtyfour_async.client")


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A snapshot of the rate limit of one key, as this client sees it.

    Attributes:
        limit: Requests a minute that the service allows; lowered when its headers name a lower limit.
        used: Requests sent since the client was made, every attempt and every token request included.
        last_minute: Requests sent in the last 60 seconds.
        other_traffic: Requests a minute that other users of the same key seem to send, estimated from the headers.
        throttled: 429 answers so far.
        paused_for: Seconds until the next request may be sent after a 429, on the service's clock; 0.0 when not paused.
    """

    limit: int
    used: int
    last_minute: int
    other_traffic: int
    throttled: int
    paused_for: float


class _Waits:
    """What foreground requests wait for, in one event loop; the copies of a client share it.

    Attributes:
        line: Held by the request that is next to acquire the budget.
        concurrency: Slots of requests in flight.
    """

    def __init__(self) -> None:
        self.move()

    def move(self) -> None:
        """Make the locks anew, for another event loop."""
        self.line = anyio.Lock(fast_acquire=True)  # its holder waits for the budget, or lets go at once
        self.concurrency = anyio.Semaphore(MAX_CONCURRENT_REQUESTS, fast_acquire=True)  # its holder sends a request


class Pipeline:
    """Everything between an encoded request and its response.

    Attributes:
        transport: The connections.
        clock: The client's clock; the budget's instants are its instants.
        budget: Requests a minute, shared by everything that uses the key.
        account: Where the budget comes from when other processes use the key too.
        sender: Adds the credentials and calls the hooks.
        timeout: Real seconds to wait for each response, instead of the request's own timeout; None for the latter.
        retries: How often a failed request is sent again when that cannot cost anything.
    """

    def __init__(
        self,
        transport: Transport,
        clock: Clock,
        budget: SharedBudget,
        credentials: Credentials,
        observers: Observers,
        *,
        account: AccountVisits,
        retries: int,
    ) -> None:
        self.transport = transport
        self.clock = clock
        self.budget = budget
        self.account = account
        self.sender = Sender(transport, credentials, observers, self.acquire)
        self.timeout: float | None = None
        self.retries = retries
        self._observers = observers
        self._waits = _Waits()
        clock.home.on_move(self._waits.move)

    def with_options(self, *, timeout: float | None, retries: int | None) -> Self:
        """Return this pipeline with another timeout or number of retries; all else is shared, not copied."""
        other = copy.copy(self)
        other.timeout = self.timeout if timeout is None else timeout
        other.retries = self.retries if retries is None else retries
        return other

    def rate_limit(self) -> RateLimit:
        """Return a snapshot of the budget."""
        budget, now = self.budget, self.clock.now()
        return RateLimit(
            limit=budget.limit,
            used=budget.used,
            last_minute=budget.last_minute(now),
            other_traffic=budget.other_traffic,
            throttled=budget.throttled,
            paused_for=max(0.0, budget.paused_until - now),
        )

    # --- one request --------------------------------------------------------------------------------------------

    async def acquire(self, patience: float = ACQUIRE_SECONDS) -> Ticket:
        """Wait until the budget allows one more foreground request, and spend it.

        Args:
            patience: Real seconds for which to wait for the database of a shared budget while it cannot be reached.

        Raises:
            JournalError: It could not for so long.

        Callers are served in the order they came: `anyio.Lock` is fair, and only its holder watches the budget. Without
        the line, all waiters would wake at the same instant and whoever the event loop ran first would take the
        request; a caller could starve. ``budget.foreground`` counts those in line, so that a runner's scheduler leaves
        them the next request.
        """
        since = self.clock.now()
        if not self._waits.line.locked() and self.budget.ready_at(since, foreground=True) <= since:
            return self._take(since, since)
        self.budget.foreground += 1
        try:
            async with self._waits.line:
                # Look again after each sleep: a 429 or a runner's request may have moved the instant meanwhile.
                while (at := self.budget.ready_at(now := self.clock.now(), foreground=True)) > now:
                    self.account.check_failing(patience)
                    await self.account.wait_until(at)
                return self._take(now, since)
        finally:
            self.budget.foreground -= 1

    def _take(self, now: float, since: float) -> Ticket:
        """Spend a request that was waited for since an instant."""
        ticket = self.budget.take(now, foreground=True)
        self._observers.note_attempt(waited=now - since)
        return ticket

    async def exchange(self, request: HTTPRequest, ticket: Ticket) -> HTTPResponse:
        """Send one request, for which the budget has been acquired, and pass the response's rate-limit headers to it.

        A ticket that holds no longer when the request would be sent is replaced by one in the foreground.

        Raises:
            TransportError: No usable response; ``sent`` tells whether the service may have acted on the request.
        """
        response = await self.sender.send(request.within(self.timeout), ticket)
        self.budget.observe_headers(self.clock.now(), *rate_limit_headers(response))
        fields = {"operation": request.operation, "status": response.status}
        logger.debug("%s: %d, %d bytes", request.operation, response.status, len(response.body), extra=fields)
        return response

    async def send_raw(self, request: HTTPRequest) -> RawResponse:
        """Send a request once and return the response, whatever its status."""
        self.clock.home.settle()
        self._observers.note_attempt(resends=0)
        async with self._waits.concurrency:
            response = await self.exchange(request, await self.acquire(self.timeout or request.timeout))
        return RawResponse(response.status, response.headers, response.body)

    @asynccontextmanager
    async def open(self, request: HTTPRequest) -> AsyncGenerator[StreamedResponse, None]:
        """Send a request once and give the response as soon as it begins; its body is read chunk by chunk."""
        self.clock.home.settle()
        self._observers.note_attempt(resends=0)
        async with self._waits.concurrency:
            ticket = await self.acquire(self.timeout or request.timeout)
            async with self.sender.open(request.within(self.timeout), ticket) as response:
                yield response

    # --- retries ------------------------------------------------------------------------------------------------

    async def send_json(self, request: HTTPRequest, operation: Operation[Any]) -> tuple[JsonValue, str | None]:
        """Send a request until it is answered or may not be sent again; return the decoded JSON and the request id.

        Most requests need one attempt, which stamina would make a tenth dearer. It takes over once that failed, with
        its failure as the first, and asks `wait_or_stop` after each; `decide` holds the rules. The budget is inside the
        loop: each attempt acquires it. A request that waits out its backoff does not count as in flight.

        Raises:
            SixtyfourError: The failure of the last attempt.
        """
        self._observers.note_attempt(resends=0)
        try:
            return await self.send_json_once(request, operation)
        except SixtyfourError as error:
            first = error
        return await self._send_again(request, operation, first)

    async def _send_again(
        self, request: HTTPRequest, operation: Operation[Any], first: SixtyfourError
    ) -> tuple[JsonValue, str | None]:
        """Go on after a first failure, until the request is answered or may not be sent again."""
        import stamina

        from sixtyfour_async._client.request_events import RetryPlanned
        from sixtyfour_async._scheduling.retry import Retry, decide

        allowed = self.retries + 1 if request.replayable else 1
        failures = 0

        def wait_or_stop(error: Exception) -> bool | float:
            nonlocal failures
            if not isinstance(error, SixtyfourError):
                return False  # a bug or a cancellation, which stamina shows to its hook as well
            failures += 1
            decision = decide(
                error,
                retry_safe=operation.is_retry_safe(),
                attempt=failures,
                attempts=allowed,
                jitter=random.random(),  # noqa: S311 (spreads waits, keeps no secret)
                throttles=allowed,
            )
            if not isinstance(decision, Retry):
                return False
            fields = {"operation": operation.endpoint.name, "attempt": failures}
            logger.info("%s; retrying in %.1f s", error, decision.after, extra=fields)
            self._observers.retry(RetryPlanned(request.operation, failures, decision.after, error))
            if decision.pause_key:
                # A 429 concerns everything that uses the key, so the budget does the waiting: in `acquire`, for all.
                self.budget.pause(self.clock.now() + decision.after)
                return 0.0
            return self.clock.real(decision.after)

        async for attempt in stamina.retry_context(on=wait_or_stop, attempts=allowed, timeout=None):
            with attempt:
                if failures == 0:
                    raise first
                self._observers.note_attempt(resends=failures)
                return await self.send_json_once(request, operation)
        raise AssertionError("stamina returns a result or raises")

    async def send_json_once(self, request: HTTPRequest, operation: Operation[Any]) -> tuple[JsonValue, str | None]:
        """Send a request once and return the decoded JSON of a successful response, and the request id."""
        self.clock.home.settle()
        async with self._waits.concurrency:
            response = await self.exchange(request, await self.acquire(self.timeout or request.timeout))
        value = decode_json(response, operation=request.operation, job_limit=operation.endpoint.job_limit)
        return value, request_id(response.headers)
