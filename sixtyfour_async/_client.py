"""AsyncClient: auth, and the one pipeline that every request goes through.

``send(op)``: encode (pure) → wait for the budget → HTTP → decode (pure) → answer or error, the whole of it under
stamina, whose hook asks ``_core.retry`` what to do. The budget is inside the retry: each attempt pays.
"""

from __future__ import annotations

import logging
import os
import random
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from json import dumps
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, cast

import anyio
import stamina
from pydantic import JsonValue

from sixtyfour_async import _namespaces as namespaces
from sixtyfour_async._clock import Clock
from sixtyfour_async._core.budget import Budget
from sixtyfour_async._core.retry import Again, decide
from sixtyfour_async._core.wire import (
    HTTPRequest,
    HTTPResponse,
    answer_route,
    decode_answer,
    decode_error,
    decode_json,
    encode,
    job_route,
    limit_told,
)
from sixtyfour_async._http import Transport
from sixtyfour_async._job import Job, read_job_id
from sixtyfour_async.errors import ConfigurationError, SixtyfourError

if TYPE_CHECKING:
    import httpx

    from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

R = TypeVar("R")
T = TypeVar("T")

DEFAULT_BASE_URL = "https://api.sixtyfour.ai"
SUBMIT_TIMEOUT = 60.0
"""Seconds to wait for the answer to a submit. Source: the vendor's benchmark uses 60 s for submits and polls."""

logger = logging.getLogger("sixtyfour_async.client")


class AsyncClient:
    """One typed method for every endpoint, one budget for all of them.

    Args:
        api_key: The key; else the environment's ``SIXTYFOUR_API_KEY``.
        base_url: The service; else ``SIXTYFOUR_API_ENDPOINT``, else ``https://api.sixtyfour.ai``.
        auth_scheme: How the key travels: ``"x-api-key"`` or ``"bearer"``.
        requests_per_minute: The key's limit. Source: docs.sixtyfour.ai, errors page: 500 per key.
        retries: How often a failed request is sent again when that cannot cost anything.
        http_client: Your own ``httpx.AsyncClient``; it is not closed with this one.
        speed: How many of the service's seconds pass in a real one; anything but 1 is for a simulator.

    Raises:
        ConfigurationError: No key, or a URL that is none.

    Use it as ``async with AsyncClient() as client``, one per process: making one costs a TLS context.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        auth_scheme: Literal["x-api-key", "bearer"] = "x-api-key",
        requests_per_minute: int = 500,
        retries: int = 4,
        http_client: httpx.AsyncClient | None = None,
        speed: float = 1.0,
    ) -> None:
        key = (api_key or os.environ.get("SIXTYFOUR_API_KEY") or "").strip()
        if not key:
            raise ConfigurationError(
                "no API key: set SIXTYFOUR_API_KEY (keys are issued at app.sixtyfour.ai/keys) or pass api_key=…; "
                "against the simulator any of its keys will do"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ConfigurationError("the API key holds a character that cannot be part of a key")
        auth = {"authorization": f"Bearer {key}"} if auth_scheme == "bearer" else {"x-api-key": key}
        url = base_url or os.environ.get("SIXTYFOUR_API_ENDPOINT") or DEFAULT_BASE_URL
        self.transport = Transport(url, auth, http_client)
        self.clock = Clock(speed)
        self.retries = retries
        try:
            self.budget = Budget(requests_per_minute)
        except ValueError as error:
            raise ConfigurationError(f"requests_per_minute: {error}") from error
        self._line = anyio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.transport.aclose()

    @property
    def base_url(self) -> str:
        """The service this client asks."""
        return self.transport.base_url

    def __repr__(self) -> str:
        return f"AsyncClient(base_url={self.base_url!r})"

    # --- operations ---------------------------------------------------------------------------------------------

    async def send(self, operation: Operation[R]) -> R:
        """Ask an operation and return its answer.

        Raises:
            SixtyfourError: See `sixtyfour_async.errors`. A paid request that perhaps arrived is not sent again.
            ConfigurationError: The service takes this operation as a job only.

        If cancelled, the request may still be carried out over there and be billed.
        """
        request = encode(operation, answer_route(operation))
        value = await self._ask(request, operation)
        return cast("R", decode_answer(operation.answer_type(), value, operation=request.operation))

    async def submit(self, operation: JobOperation[R]) -> Job[R]:
        """Submit an operation as a job and return at once with its id.

        Nothing is journalled here: keep the id, or use a `JobRunner`.
        """
        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT)
        value = await self._ask(request, operation)
        return Job(self, operation, read_job_id(operation, value, request.operation))

    async def pages(self, operation: PagedOperation[R, T]) -> AsyncGenerator[R, None]:
        """Yield page after page of an operation's answer; each is one request, made when it is asked for."""
        question: PagedOperation[R, T] | None = operation
        seen: set[str] = set()
        while question is not None and question.fingerprint() not in seen:
            seen.add(question.fingerprint())
            page = await self.send(question)
            yield page
            question = question.next_page(page)

    async def rows(self, operation: PagedOperation[R, T]) -> AsyncGenerator[T, None]:
        """Yield row after row of all pages, cut to the number that was asked for: the last page may overshoot."""
        left = operation.rows_wanted()
        async with aclosing(self.pages(operation)) as pages:
            async for page in pages:
                for row in operation.page_rows(page):
                    if left is not None and left <= 0:
                        return
                    left = None if left is None else left - 1
                    yield row

    async def send_raw(self, operation: Operation[Any]) -> RawResponse:
        """Ask an operation and return status, headers and bytes, whatever the status; nothing is retried."""
        return await self._raw(encode(operation, answer_route(operation)))

    async def request(
        self, method: str, path: str, *, json: JsonValue = None, headers: Mapping[str, str] | None = None
    ) -> RawResponse:
        """Reach a route that this package does not know yet; nothing is retried.

        Args:
            method: Such as ``"POST"``.
            path: Below the base URL, with its query string, such as ``"/new-thing?limit=5"``.
            json: The body.
            headers: More headers; the key is added.
        """
        body = None if json is None else dumps(json).encode()
        more = dict(headers or {}) | ({} if body is None else {"content-type": "application/json"})
        return await self._raw(HTTPRequest(method, path, more, body, operation=f"{method} {path}"))

    async def download(self, url: str, to: str | Path) -> int:
        """Stream a signed link into a file and return its size in bytes. The key is not sent there.

        The file appears under its name only when it is whole.

        Raises:
            APIError: The link has expired (they live 15 minutes: ask for a new one) or is wrong.
        """
        target = anyio.Path(to)
        partial = target.with_name(target.name + ".part")
        size = 0
        try:
            async with self.transport.stream(url) as (status, pieces):
                if status >= 300:  # noqa: PLR2004 (anything but success)
                    body = b"".join([piece async for piece in pieces])
                    raise _download_error(status, body)
                async with await partial.open("wb") as file:
                    async for piece in pieces:
                        size += await file.write(piece)
            await partial.replace(target)
        finally:
            with anyio.CancelScope(shield=True):
                await partial.unlink(missing_ok=True)
        return size

    # --- the pipeline -------------------------------------------------------------------------------------------

    async def _ask(self, request: HTTPRequest, operation: Operation[Any]) -> JsonValue:
        """Send a request until it is answered or may not be sent again, and return the answer's JSON."""
        attempts = 0

        def wait_or_stop(error: Exception) -> bool | float:
            if not isinstance(error, SixtyfourError):
                return False
            allowed = self.retries + 1
            decision = decide(
                error,
                repeatable=operation.may_repeat(),
                attempt=attempts,
                attempts=allowed,
                jitter=random.random(),  # noqa: S311 (spreads waits, keeps no secret)
                throttles=allowed,
            )
            if not isinstance(decision, Again):
                return False
            logger.info("%s; again in %.1f s", error, decision.after)
            if decision.pause_key:
                self.budget.pause(self.clock.now() + decision.after)
                return 0.0
            return self.clock.real(decision.after)

        async for attempt in stamina.retry_context(on=wait_or_stop, attempts=self.retries + 1, timeout=None):
            with attempt:
                attempts += 1
                await self.grant()
                response = await self.exchange(request)
                return decode_json(response, operation=request.operation, gate=operation.endpoint.gate)
        raise AssertionError("stamina ends with a result or an error")

    async def grant(self) -> None:
        """Wait, first come first served, until the budget allows one more request of the foreground, and spend it."""
        self.budget.foreground += 1
        try:
            async with self._line:
                while (at := self.budget.ready_at(now := self.clock.now(), foreground=True)) > now:
                    await self.clock.sleep_until(at)
                self.budget.take(now, foreground=True)
        finally:
            self.budget.foreground -= 1

    async def exchange(self, request: HTTPRequest) -> HTTPResponse:
        """Send one request that the budget has been paid for."""
        response = await self.transport.send(request)
        self.budget.told(self.clock.now(), *limit_told(response))
        logger.debug("%s: %d, %d bytes", request.operation, response.status, len(response.body))
        return response

    async def _raw(self, request: HTTPRequest) -> RawResponse:
        await self.grant()
        response = await self.exchange(request)
        return RawResponse(response.status, response.headers, response.body)

    # --- namespaces ---------------------------------------------------------------------------------------------

    @cached_property
    def people(self) -> namespaces.People:
        """People: research, find and reverse addresses and numbers."""
        return namespaces.People(self)

    @cached_property
    def company(self) -> namespaces.Company:
        """Companies: research."""
        return namespaces.Company(self)

    @cached_property
    def agents(self) -> namespaces.Agents:
        """Judge a record, or research anything about it."""
        return namespaces.Agents(self)

    @cached_property
    def jobs(self) -> namespaces.Jobs:
        """Jobs by id."""
        return namespaces.Jobs(self)

    @cached_property
    def search(self) -> namespaces.Search:
        """Searches."""
        return namespaces.Search(self)

    @cached_property
    def workflows(self) -> namespaces.Workflows:
        """Workflows and their runs."""
        return namespaces.Workflows(self)

    @cached_property
    def account(self) -> namespaces.Account:
        """The account."""
        return namespaces.Account(self)


@dataclass(frozen=True, slots=True)
class RawResponse:
    """Status, headers (lower-case names) and bytes of an answer, unread."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _download_error(status: int, body: bytes) -> SixtyfourError:
    return decode_error(HTTPResponse(status, {}, body, datetime.now(UTC)), operation="download")
