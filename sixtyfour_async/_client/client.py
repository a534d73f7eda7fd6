"""AsyncClient: one typed method for every endpoint, over one pipeline.

``send(operation)``: encode (pure) → `Pipeline`: retries, slot, budget, HTTP → decode (pure) → answer or error.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from pydantic import JsonValue

from sixtyfour_async._client.account_visits import AccountVisits
from sixtyfour_async._client.answers import Answer, RawResponse, read_answer
from sixtyfour_async._client.auth import ApiKey, AuthScheme, read_key
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._client.hooks import Hooks, Observers
from sixtyfour_async._client.namespaces import Namespaces
from sixtyfour_async._client.pipeline import Pipeline, RateLimit
from sixtyfour_async._client.secret import Secret
from sixtyfour_async._client.transport import Transport
from sixtyfour_async._scheduling.shared_budget import SharedBudget
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.bounds import MAX_DOWNLOAD_BYTES
from sixtyfour_async._wire.codec import (
    answer_route,
    encode,
    encode_request,
    job_route,
)
from sixtyfour_async.errors import ConfigurationError, SixtyfourError
from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

if TYPE_CHECKING:
    from sixtyfour_async._client.download import Link, Progress
    from sixtyfour_async._client.job import Job
    from sixtyfour_async._client.oauth import OAuth
    from sixtyfour_async._client.result_files import Source
    from sixtyfour_async._client.transport import HTTPClient

R = TypeVar("R")
T = TypeVar("T")

DEFAULT_BASE_URL = "https://api.sixtyfour.ai"
SUBMIT_TIMEOUT_SECONDS = 60.0
"""Real seconds to wait for the answer to a submit. Source: the vendor's benchmark uses 60 s for submits and polls."""


class AsyncClient(Namespaces):
    """The client: one typed method for every endpoint, one budget for all of them.

        async with AsyncClient() as client:
            result = await client.people.find_email(lead={"name": "Ada Lovelace", "company": "Acme"})

    Every request waits until the key's rate limit allows it. A request that failed is sent again if that cannot cost
    anything: reads always; a paid one only if it was certainly not carried out, or carries an idempotency key.

    Make one client per process and share it between tasks. A second one knows nothing of the first one's requests, and
    costs a TLS context. It may be entered again, and used in one event loop after another (two ``asyncio.run``), but
    not in two at the same time.

    Proxies and certificates are taken from the environment (``HTTPS_PROXY``, ``NO_PROXY``, ``SSL_CERT_FILE`` …), as
    httpx does; this machine itself is always reached without a proxy.

    Args:
        api_key: The API key; by default the environment variable ``SIXTYFOUR_API_KEY``.
        base_url: The URL of the service; by default ``SIXTYFOUR_API_ENDPOINT``, else ``https://api.sixtyfour.ai``.
        auth_scheme: The header that carries the key: ``"x-api-key"``, or ``"bearer"`` for ``Authorization``.
        auth: `OAuth` client credentials instead of a key.
        requests_per_minute: The key's rate limit. Source: docs.sixtyfour.ai, errors page: 500 per key.
        budget: Where the processes that use the key share its rate limit: a journal's path, for those of one machine (a
            small file beside the journal), or a ``postgresql://`` URL, for those of many. By default the limit is this
            client's alone; while a `JobRunner` is entered, its client shares by the runner's journal.
        retries: How often a failed request is sent again, at most.
        hooks: Observers of requests, responses and retries, and of what runners do; see `Hooks`.
        http_client: Your own ``httpx.AsyncClient`` or ``httpx2.AsyncClient``, for proxies or certificates. It is not
            closed with this client. Allow it as many connections as there may be concurrent requests.
        speed: Service seconds that pass in one real second; other than 1.0 only against a simulator.

    Raises:
        ConfigurationError: There is no key, *base_url* is not a valid URL, *requests_per_minute* is too low, or the
            environment names a proxy or certificates that cannot be used.
        JournalError: The URL that is passed as *budget* cannot be read.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        auth_scheme: AuthScheme = "x-api-key",
        auth: OAuth | None = None,
        requests_per_minute: int = 500,
        budget: str | Path | None = None,
        retries: int = 4,
        hooks: Sequence[Hooks] = (),
        http_client: HTTPClient | None = None,
        speed: float = 1.0,
    ) -> None:
        given = Secret(api_key or os.environ.get("SIXTYFOUR_API_KEY") or "")
        has_key = api_key is not None
        del api_key  # no frame holds it when an error is raised
        if auth is not None and has_key:
            raise ConfigurationError("pass api_key or auth, not both: a request carries one kind of credentials")
        url = base_url or os.environ.get("SIXTYFOUR_API_ENDPOINT") or DEFAULT_BASE_URL
        key = given if auth is not None else read_key(given)
        clock = Clock(speed)
        transport = Transport(url, clock.home, http_client)
        try:
            requests = SharedBudget(requests_per_minute, lambda: clock.machine.read() * speed, speed)
        except ValueError as error:
            raise ConfigurationError(f"requests_per_minute: {error}") from error
        credentials = ApiKey(key, auth_scheme) if auth is None else auth.tokens(transport.base_url, clock)
        name = key.reveal() if auth is None else auth.client_id
        account = AccountVisits(requests, clock, sha256(name.encode()).hexdigest(), budget)
        observers = Observers(tuple(hooks))
        self._pipeline = Pipeline(transport, clock, requests, credentials, observers, account=account, retries=retries)
        self._is_copy = False

    async def __aenter__(self) -> Self:
        pipeline = self._pipeline
        pipeline.clock.home.settle()
        if not self._is_copy:
            pipeline.transport.reopen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections. On a copy made by `with_options` this does nothing: they belong to the original.

        The client can be entered again with ``async with``.
        """
        if not self._is_copy:
            await self._pipeline.account.leave()
            await self._pipeline.transport.aclose()

    def with_options(self, *, timeout: float | None = None, retries: int | None = None) -> Self:
        """Return a copy with other settings; it shares connections, budget, clock, tokens and hooks.

        Args:
            timeout: Real seconds to wait for the response to each request; None leaves the setting as it is. By default
                each operation has its own timeout: 900 s for research that is answered in the request, 180 s for a
                finder, 60 s for the submit of a job, 30 s for polls and other reads.
            retries: How often a failed request is sent again, at most; None leaves the setting as it is.
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
        """How often a failed request is sent again, at most."""
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
        is_made = hasattr(self, "_pipeline")  # a traceback with locals shows a client whose constructor has failed
        return f"AsyncClient(base_url={self.base_url!r})" if is_made else "<AsyncClient, not made>"

    # --- operations ---------------------------------------------------------------------------------------------

    async def send(self, operation: Operation[R]) -> R:
        """Send an operation and return its answer.

        Cancelling the call does not cancel the request: the service may carry it out and bill it.

        Raises:
            APIError: The service refused the request; see `sixtyfour_async.errors` for its classes.
            TransportError: There was no response. A paid request that may have arrived is not sent again.
            ResponseError: The answer does not fit its class; the error holds it as ``raw``.
            ConfigurationError: The service takes this operation only as a job: use `submit`.
        """
        return (await self.send_with_raw(operation)).result()

    async def send_with_raw(self, operation: Operation[R]) -> Answer[R]:
        """Send an operation and return the answer with its raw form, even if it does not fit its class.

        Raises what `send` raises, except for an answer that does not fit: that error is ``answer.error``.
        """
        request = encode(operation, answer_route(operation))
        value, request_id = await self._pipeline.send_json(request, operation)
        return read_answer(operation, value, request.operation, request_id)

    async def submit(self, operation: JobOperation[R]) -> Job[R]:
        """Submit an operation as a job and return a handle to it, without waiting for the answer.

        Nothing is persisted: keep ``job.id``, or use a `JobRunner` with a journal.

        Raises:
            SixtyfourError: What `send` raises. After a `TransportError` the job may be running without a known id.
            ResponseError: The answer holds neither an id nor the finished result. The job may be running.
            ConfigurationError: The service does not take this operation as a job: use `send`.
        """
        from sixtyfour_async._client.job import Job
        from sixtyfour_async._wire.submit_answers import id_in_failure, read_submit

        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT_SECONDS)
        try:
            value, _ = await self._pipeline.send_json(request, operation)
        except SixtyfourError as error:
            job_id = id_in_failure(error)
            if job_id is None:
                raise
            return Job(self, operation, job_id, self._pipeline.clock)
        answer = read_submit(operation, Body.of(value), request.operation)
        if isinstance(answer, str):
            return Job(self, operation, answer, self._pipeline.clock)
        return Job(self, operation, "", self._pipeline.clock, ended=answer)

    def job(self, operation: JobOperation[R] | type[JobOperation[R]], id: str) -> Job[R]:  # noqa: A002
        """Return a handle to a job that was submitted earlier, by this process or another; nothing is sent.

        Args:
            operation: The operation that was submitted, or its class. Pass an operation to have the answer validated as
                its ``struct``.
            id: The service's id for the job.
        """
        from sixtyfour_async._client.job import Job

        submitted = cast("Any", operation)
        if isinstance(operation, type):
            submitted = submitted.model_construct()
        return Job(self, submitted, id, self._pipeline.clock, fresh=False)

    def pages(self, operation: PagedOperation[R, T]) -> AsyncGenerator[R, None]:
        """Yield the pages of a paged answer; each is one request, sent when the iteration gets there.

        The iteration ends when the service names no next page (a short or empty page is not the end), when the
        operation's row limit is reached, or, with a warning in the log, when a cursor repeats.
        """
        from sixtyfour_async._client.paging import pages_of

        return pages_of(operation, self.send)

    def rows(self, operation: PagedOperation[R, T]) -> AsyncGenerator[T, None]:
        """Yield the rows of all pages, cut to the operation's row limit."""
        from sixtyfour_async._client.paging import rows_of

        return rows_of(operation, self.send)

    async def events(self, operation: Operation[R]) -> AsyncGenerator[R, None]:
        """Yield the data of each server-sent event as it arrives, validated as the operation's answer class.

        Closing the generator closes the connection. Nothing is retried.

        Raises:
            ResponseError: The response is no event stream, or an event does not fit the class.
            SixtyfourError: What `send` raises.
        """
        from sixtyfour_async._client.stream import read_events

        request = encode(operation, answer_route(operation))
        async with self._pipeline.open(request) as response, aclosing(read_events(response, operation)) as events:
            async for event in events:
                yield event

    async def send_raw(self, operation: Operation[Any]) -> RawResponse:
        """Send an operation once and return status, headers and bytes, whatever the status."""
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
        """Send a request to a route that this package does not know (yet), once, and return the raw response.

        It is authorized and spends the budget like any other request.

        Args:
            method: The HTTP method, such as ``"POST"``.
            path: The path below the base URL, such as ``"/new-route"``.
            json: The body, as JSON.
            query: Query parameters; a list becomes several parameters of the same name.
            content: The body as bytes, instead of *json*; name its type in *headers*.
            headers: Additional headers. Auth headers among them are ignored: the client adds its own.

        Raises:
            InputError: *path* does not start with a slash, or both *json* and *content* were passed.
            TransportError: There was no response.
        """
        request = encode_request(method, path, json=json, query=query or {}, content=content, headers=headers or {})
        return await self._pipeline.send_raw(request)

    async def download(
        self,
        link: Link,
        to: str | Path,
        *,
        progress: Progress | None = None,
        max_bytes: int = MAX_DOWNLOAD_BYTES,
    ) -> int:
        """Download a signed link to a file and return its size in bytes. The key is not sent to the storage host.

        The file appears under its name only when it is complete. An interrupted download resumes where it stopped, even
        in another process, if the storage host sent a strong ETag; otherwise it starts over. Links expire after 15
        minutes: pass a function, or use `save`, and a fresh link is requested when one has expired.

        Args:
            link: The link, or an async function that requests one.
            to: The file to write; an existing one is replaced.
            progress: Called with the bytes so far and the size of the file, which is None when unknown.
            max_bytes: The largest file that is accepted, in bytes; 16 GiB by default.

        Raises:
            APIError: The storage host refuses the link.
            LinkRefusedError: The link, or a redirect of it, is neither https nor leads to the API's own machine, or it
                leads to a private address, or the file is larger than *max_bytes*.
            TransportError: The connection failed too often without progress.
            OSError: The file cannot be written; the message says why.
        """
        from sixtyfour_async._client.download import DOWNLOAD_TIMEOUT_SECONDS, Download, DownloadOptions

        private = link if callable(link) else Secret(link, "[the link]")
        del link  # no frame holds it when an error is raised
        pipeline = self._pipeline
        options = DownloadOptions(pipeline.retries, pipeline.timeout or DOWNLOAD_TIMEOUT_SECONDS, max_bytes, progress)
        return await Download(pipeline.transport, pipeline.clock, private, Path(to), options).run()

    async def save(
        self,
        source: Source,
        to: str | Path,
        *,
        progress: Progress | None = None,
        max_bytes: int = MAX_DOWNLOAD_BYTES,
    ) -> int:
        """Download the file that a job wrote and return its size in bytes; expired links are renewed.

        Args:
            source: A finished `Job`, its status, an operation that returns links (such as ``GetDownloadLinks``), or the
                answer of one, whose links cannot be renewed. Of several files, that of the highest block is saved.
            to: The file to write, as in `download`.
            progress: As in `download`.
            max_bytes: As in `download`.

        Raises:
            ConfigurationError: The job wrote no file.
            ResponseError: There is no finished file yet, or as in `download`.
            APIError, TransportError, OSError: As in `download`.
        """
        from sixtyfour_async._client.result_files import resolve_link

        return await self.download(await resolve_link(self, source), to, progress=progress, max_bytes=max_bytes)


def pipeline_of(client: AsyncClient) -> Pipeline:
    """Return the pipeline of a client; for the other modules of this package only.

    A runner has to share budget, clock and connections with its client, or the two would spend one key's limit twice.
    Yet these are not attributes of the client, since they are easily misused: whoever calls `Pipeline.exchange` without
    having paid, or changes the budget, breaks the rate limit for everything that uses the key. What users need of them
    is `AsyncClient.rate_limit` and `AsyncClient.speed`.
    """
    return client._pipeline  # noqa: SLF001  # pyright: ignore[reportPrivateUsage] (the one way in)
