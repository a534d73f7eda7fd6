"""AsyncClient: one typed method for every endpoint, over one pipeline.

``send(operation)``: encode (pure) → `Pipeline`: retries, slot, budget, HTTP → decode (pure) → answer or error.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._client.answers import Answer, RawResponse, read
from sixtyfour_async._client.auth import ApiKey, AuthScheme, OAuth, Tokens, read_key
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._client.download import Download, Link, Progress
from sixtyfour_async._client.hooks import Hooks, Observers
from sixtyfour_async._client.job import Job, read_job_id
from sixtyfour_async._client.namespaces import Namespaces
from sixtyfour_async._client.paging import pages_of, rows_of
from sixtyfour_async._client.pipeline import Pipeline, RateLimit
from sixtyfour_async._client.saving import Source, link_to
from sixtyfour_async._client.stream import read_events
from sixtyfour_async._client.transport import Transport
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._wire.codec import (
    answer_route,
    encode,
    encode_request,
    job_route,
)
from sixtyfour_async.errors import ConfigurationError

if TYPE_CHECKING:
    from sixtyfour_async._client.transport import HTTPClient
    from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

R = TypeVar("R")
T = TypeVar("T")

DEFAULT_BASE_URL = "https://api.sixtyfour.ai"
SUBMIT_TIMEOUT = 60.0
"""Seconds to wait for the answer to a submit. Source: the vendor's benchmark uses 60 s for submits and polls."""


class AsyncClient(Namespaces):
    """One typed method for every endpoint, one budget for all of them.

    Args:
        api_key: The key; else the environment's ``SIXTYFOUR_API_KEY``.
        base_url: The service; else ``SIXTYFOUR_API_ENDPOINT``, else ``https://api.sixtyfour.ai``.
        auth_scheme: How the key travels: ``"x-api-key"`` or ``"bearer"``.
        auth: `OAuth` client credentials instead of a key.
        requests_per_minute: The key's limit. Source: docs.sixtyfour.ai, errors page: 500 per key.
        retries: How often a failed request is sent again when that cannot cost anything.
        hooks: Observers of requests, responses and retries; see `Hooks`.
        http_client: Your own ``httpx.AsyncClient`` or ``httpx2.AsyncClient``; it is not closed with this one. Give it
            as many connections as there may be requests at once.
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
        auth_scheme: AuthScheme = "x-api-key",
        auth: OAuth | None = None,
        requests_per_minute: int = 500,
        retries: int = 4,
        hooks: Sequence[Hooks] = (),
        http_client: HTTPClient | None = None,
        speed: float = 1.0,
    ) -> None:
        if auth is not None and api_key is not None:
            raise ConfigurationError("give api_key or auth, not both: a request carries one of the two")
        url = base_url or os.environ.get("SIXTYFOUR_API_ENDPOINT") or DEFAULT_BASE_URL
        key = "" if auth is not None else read_key(api_key or os.environ.get("SIXTYFOUR_API_KEY") or "")
        transport, clock = Transport(url, http_client), Clock(speed)
        try:
            budget = Budget(requests_per_minute)
        except ValueError as error:
            raise ConfigurationError(f"requests_per_minute: {error}") from error
        credentials = ApiKey(key, auth_scheme) if auth is None else Tokens(auth, transport.base_url, clock)
        self._pipeline = Pipeline(transport, clock, budget, credentials, Observers(tuple(hooks)), retries=retries)
        self._is_copy = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; a copy made by `with_options` leaves them to the client it was made from."""
        if not self._is_copy:
            await self._pipeline.transport.aclose()

    def with_options(self, *, timeout: float | None = None, retries: int | None = None) -> Self:
        """Make a copy with other settings, which shares connections, budget, clock, token and hooks.

        Args:
            timeout: Real seconds to wait for the answer to each request, whatever its operation; None leaves as is.
                Without it each operation has its own: 900 s for long research, 180 s for finders, 30 s for looks.
            retries: How often a failed request is sent again when that cannot cost anything; None leaves as is.
        """
        changed = {
            "_is_copy": True,
            "_pipeline": self._pipeline.with_options(timeout=timeout, retries=retries),
        }
        copy = type(self).__new__(type(self))
        own = {name: value for name, value in vars(self).items() if not isinstance(value, Namespace)}
        vars(copy).update(own | changed)
        return copy

    @property
    def base_url(self) -> str:
        """The URL of the service, without a trailing slash."""
        return self._pipeline.transport.base_url

    @property
    def retries(self) -> int:
        """How often a failed request is sent again when that cannot cost anything."""
        return self._pipeline.retries

    @property
    def speed(self) -> float:
        """Service seconds that pass in one real second: 1.0, except against a simulator that runs faster."""
        return self._pipeline.clock.speed

    def rate_limit(self) -> RateLimit:
        """Return a snapshot of the key's rate limit: what was sent, and whether a 429 has paused the key.

        Copies made by `with_options` share one budget, and so do all runners of this client.
        """
        return self._pipeline.rate_limit()

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
        return (await self.send_with_raw(operation)).result()

    async def send_with_raw(self, operation: Operation[R]) -> Answer[R]:
        """Ask an operation and return its answer with its raw form, even if it does not fit the class asked for.

        Raises what `send` raises, but for a misfit: that one is ``answer.error``.
        """
        request = encode(operation, answer_route(operation))
        value, answered_as = await self._pipeline.send_json(request, operation)
        return read(operation, value, request.operation, answered_as)

    async def submit(self, operation: JobOperation[R]) -> Job[R]:
        """Submit an operation as a job and return at once with its id.

        Nothing is journalled here: keep the id, or use a `JobRunner`.
        """
        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT)
        value, _ = await self._pipeline.send_json(request, operation)
        return Job(self, operation, read_job_id(operation, value, request.operation), self._pipeline.clock)

    def job(self, operation: JobOperation[R] | type[JobOperation[R]], id: str) -> Job[R]:  # noqa: A002
        """Take up a job by its id, submitted earlier or by somebody else; nothing is asked yet.

        Args:
            operation: What was asked, or its class; one with a ``struct`` of your own types the answer.
            id: The service's id.
        """
        asked = cast("Any", operation)
        asked = asked.model_construct() if isinstance(operation, type) else asked
        return Job(self, asked, id, self._pipeline.clock, fresh=False)

    def pages(self, operation: PagedOperation[R, T]) -> AsyncGenerator[R, None]:
        """Yield page after page of an operation's answer; each is one request, made when it is asked for.

        It ends when the service says so (not at a short or empty page), when as many rows have come as were asked for,
        or, with a warning in the log, when a cursor comes that was there before.
        """
        return pages_of(operation, self.send)

    def rows(self, operation: PagedOperation[R, T]) -> AsyncGenerator[T, None]:
        """Yield row after row of all pages, cut to the number that was asked for: the last page may overshoot."""
        return rows_of(operation, self.send)

    async def events(self, operation: Operation[R]) -> AsyncGenerator[R, None]:
        """Yield the events of a stream as they come, the data of each read as the operation's answer.

        Raises:
            ResponseError: An event does not fit, or the answer is no stream.
            SixtyfourError: As for `send`, but nothing is sent again.

        Closing the generator closes the stream.
        """
        request = encode(operation, answer_route(operation))
        async with self._pipeline.open(request) as opened, aclosing(read_events(opened, operation)) as events:
            async for event in events:
                yield event

    async def send_raw(self, operation: Operation[Any]) -> RawResponse:
        """Ask an operation and return status, headers and bytes, whatever the status; nothing is retried."""
        return await self._pipeline.send_raw(encode(operation, answer_route(operation)))

    async def request(
        self,
        method: str,
        path: str,
        *,
        json: JsonValue = None,
        query: Mapping[str, JsonValue] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawResponse:
        """Reach a route that this package does not know yet; nothing is retried.

        Args:
            method: Such as ``"POST"``.
            path: Below the base URL, such as ``"/new-thing"``.
            json: The body.
            query: The query string; a list becomes several parameters of one name.
            content: The body as bytes, instead of *json*; name its type in *headers*.
            headers: More headers; the key is added, and none can be given here.

        Raises:
            InputError: The path would leave the service, or there are two bodies.
        """
        request = encode_request(method, path, json=json, query=query or {}, content=content, headers=headers or {})
        return await self._pipeline.send_raw(request)

    async def download(self, link: Link, to: str | Path, *, progress: Progress | None = None) -> int:
        """Stream a signed link into a file and return its size in bytes. The key is not sent there.

        The file appears under its name only when it is whole. A download that breaks off is taken up where it stopped,
        even by a later call, if the storage host names the file's version (an ETag), and starts over otherwise. Links
        live 15 minutes: give a function, or use `save`, and a fresh one is asked for when one has expired.

        Args:
            link: The link, or a function that asks for one.
            to: The file; one that exists is replaced.
            progress: Told bytes so far and bytes in all, the latter None when not known.

        Raises:
            APIError: The link has expired or is wrong.
            OSError: The file cannot be written; the text says why.
        """
        pipeline = self._pipeline
        return await Download(pipeline.transport, pipeline.clock, pipeline.retries, link, Path(to), progress).run()

    async def save(self, source: Source, to: str | Path, *, progress: Progress | None = None) -> int:
        """Download the file that a job made, asking for links as they expire, and return its size in bytes.

        Args:
            source: A finished `Job`, its status, a question for links (such as ``GetDownloadLinks``), or its answer,
                whose links cannot be renewed. Of several files it is the one of the highest block.
            to: The file, as in `download`.
            progress: As in `download`.

        Raises:
            ConfigurationError: It made no file.
            ResponseError: There is no link yet.
        """
        return await self.download(await link_to(self, source), to, progress=progress)


def pipeline_of(client: AsyncClient) -> Pipeline:
    """Return the pipeline of a client, for the other rooms of this package only.

    A runner must share budget, clock and connections with its client, or one key would be spent twice. They are no
    attributes of the client, because nothing else keeps the limit: who calls `Pipeline.exchange` without having paid,
    or writes to the budget, breaks the promise for everything that uses the key. Users have `AsyncClient.rate_limit`.
    """
    return client._pipeline  # noqa: SLF001 (the one door)
