"""A request under way and its response: how long it may take, how large it may be, and its body chunk by chunk."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, TypeVar

import anyio

from sixtyfour_async._client.http_errors import map_error
from sixtyfour_async._client.link_check import AddressCheck
from sixtyfour_async._client.secret import Secret, redact_bytes
from sixtyfour_async._wire.bounds import MAX_ERROR_BYTES, Bounds, Decompressor, decompressor_for
from sixtyfour_async._wire.codec import HTTPResponse
from sixtyfour_async._wire.json_body import is_whole_json
from sixtyfour_async.errors import ConnectError, ProtocolError, RequestTimeoutError, TransportError
from sixtyfour_async.errors.foreign import stray_cancellation_contained

T = TypeVar("T")

LEAST_EXTENSION_SECONDS = 0.05
"""A deadline that would move by less is left where it is: a timer costs as much as most bodies do."""


def waits_of(connect: float, answer: float, write: float) -> dict[str, float]:
    """Return the waits of one request as httpx has them; for a free connection as long as for an answer."""
    return {"connect": connect, "read": answer, "write": write, "pool": answer}


@dataclass(slots=True)
class Sending:
    """One request on its way: what is sent, and what is to be known of it when it fails.

    Attributes:
        operation: The request, for messages.
        method: The HTTP method.
        url: The whole URL; a signed link is a secret.
        headers: The headers.
        waits: Real seconds to connect, without a byte read, without one written, and for a free connection, as httpx
            names them.
        bounds: The bounds of its answer, at first of its head.
        secrets: What to redact.
        scope: The scope that ends the step under way when its time is up.
        is_link: Is the URL a signed link?
        streams_body: Is a file sent, which takes the time that it takes?
        began: Has a byte of it left? Assumed until a library says that it has not.
        objection: Asked just before a byte of it leaves: returns why it must not, None when it may.
        raw: httpx's response, when its head has arrived.
        check_address: Called while a connection is made; it may refuse the address.
    """

    operation: str
    method: str
    url: Secret
    headers: Mapping[str, str | Secret]
    waits: Mapping[str, float]
    bounds: Bounds
    secrets: Sequence[Secret]
    scope: anyio.CancelScope = field(init=False)
    is_link: bool = False
    streams_body: bool = False
    began: bool = True
    objection: Callable[[], str | None] | None = None
    check_address: AddressCheck | None = None
    raw: Any = None

    @property
    def is_refused(self) -> bool:
        """Whether an answer has begun whose status says that it is none, such as a redirect or an error."""
        return self.raw is not None and self.raw.status_code >= HTTPStatus.MULTIPLE_CHOICES

    async def aclose(self) -> None:
        """Close httpx's response."""
        if self.raw is not None:
            await self.raw.aclose()

    def check(self) -> None:
        """Raise when the request must not leave after all.

        Raises:
            ConnectError: It must not; nothing was sent.
        """
        reason = None if self.objection is None else self.objection()
        if reason is not None:
            raise ConnectError(f"not sent: {reason}", operation=self.operation, sent=False)

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Follow the steps of httpcore: the time for an answer starts when the request is sent."""
        if event.endswith("connect_tcp.started"):
            self.began = False
        elif event.endswith("send_request_headers.started"):
            self.check()  # once more: to connect may have taken its time
            self.began = True
            if not self.streams_body:
                self.wait_for_answer()
                self._hear_no_more(info)
        elif event.endswith("send_request_body.complete"):
            self.wait_for_answer()
        if self.check_address is not None:
            await self.check_address(event, info)

    def wait_for_answer(self) -> None:
        """Let the time for the answer start."""
        self.scope.deadline = self.bounds.deadline(anyio.current_time(), 0)

    def _hear_no_more(self, info: Mapping[str, Any]) -> None:
        """Have httpcore skip the steps that follow, of which there are eight to a request, each with its own calls.

        Only this attempt is meant: a transport of the caller's that sends httpx's request again is followed again.
        """
        request = info.get("request")
        if request is not None and request.extensions.get("trace") == self.trace:
            request.extensions = {name: value for name, value in request.extensions.items() if name != "trace"}

    async def run(self, step: Awaitable[T], deadline: float = math.inf) -> T:
        """Carry out a step with httpx, and end it when its time is up; what httpx raises becomes an exception of ours.

        Raises:
            TransportError: The step failed, or it was not complete at the deadline.
        """
        failure: TransportError | None = None
        with anyio.CancelScope(deadline=deadline) as self.scope:
            try:
                with stray_cancellation_contained():
                    return await step
            except Exception as error:
                failure = map_error(error, self.operation, self.secrets)
                if failure is None:
                    raise
        raise failure or self.timed_out()

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's chunks, decompressed, until one comes too late or is too many; each is a step."""
        bounds, started_at, received = self.bounds, anyio.current_time(), 0
        async with aclosing(_pieces_of(self.raw)) as pieces:
            while (chunk := await self.run(anext(pieces, None), bounds.deadline(started_at, received))) is not None:
                received += len(chunk)
                self._check_size(received)
                yield chunk

    async def collect(self, pieces: list[bytes]) -> None:
        """Read the body, decompressed, as part of a step; of an error no more than its message needs."""
        started_at, received = anyio.current_time(), 0
        enough = MAX_ERROR_BYTES if self.is_refused else math.inf
        self._extend(started_at, 0)
        async with aclosing(_pieces_of(self.raw)) as arriving:
            async for piece in arriving:
                received += len(piece)
                self._check_size(received)
                pieces.append(piece)
                if received >= enough:
                    return
                self._extend(started_at, received)

    def accept_broken(self, pieces: Sequence[bytes], error: TransportError) -> None:
        """Let a body that broke off pass if it serves all the same: an error's, and a JSON value that is whole.

        Raises:
            TransportError: The error, with what arrived.
        """
        received = b"".join(pieces)
        if not self.is_refused and not is_whole_json(received):
            error.received = received[:MAX_ERROR_BYTES]
            raise error

    def _extend(self, started_at: float, received: int) -> None:
        """Give the step under way the time that so many bytes may take, and no more than that of an answer to idle."""
        deadline = min(self.bounds.deadline(started_at, received), anyio.current_time() + self.bounds.seconds)
        if not 0 <= deadline - self.scope.deadline < LEAST_EXTENSION_SECONDS:
            self.scope.deadline = deadline

    def _check_size(self, received: int) -> None:
        """Raise when the answer is larger than its bound.

        Raises:
            ProtocolError: It is.
        """
        if received > self.bounds.size:
            text = f"the answer is larger than {self.bounds.size / 1024**2:g} MiB"
            raise ProtocolError(text, operation=self.operation)

    def timed_out(self) -> TransportError:
        """Return the error of an answer that has not come, or not come to its end, in time."""
        if not self.began:
            return ConnectError("could not connect in time", operation=self.operation, sent=False)
        text = f"no answer in time: it was not complete after {self.bounds.seconds:g} s"
        return RequestTimeoutError(text, operation=self.operation)


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """A response whose body is yet to be read: as `chunks`, or by `read`, once.

    Attributes:
        status: The HTTP status.
        headers: The response headers, names in lower case, secrets redacted.
        sending: The request, by whose bounds the body is read.
        secrets: Credentials of the request, to be redacted in an error body.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    sending: Sending = field(repr=False)
    secrets: Sequence[Secret] = field(default=(), repr=False)

    @property
    def chunks(self) -> AsyncGenerator[bytes, None]:
        """The body, with any content encoding removed; bounded in time and size."""
        return self.sending.chunks()

    async def read(self) -> HTTPResponse:
        """Read the rest of the body; of an error no more than its message needs, and what there is of a broken one.

        A JSON value that has arrived whole is the answer, however its connection ended. Of any other broken answer the
        error has what arrived.
        """
        pieces: list[bytes] = []
        try:
            await self.sending.run(self.sending.collect(pieces))
        except TransportError as error:
            self.sending.accept_broken(pieces, error)
        return self.whole(pieces)

    def whole(self, pieces: list[bytes]) -> HTTPResponse:
        """Return the response with its body.

        Error bodies are quoted in messages and logs, so credentials that the service echoes in one are redacted.
        """
        body = b"".join(pieces)
        if self.sending.is_refused:
            body = redact_bytes(self.secrets, body)
        return HTTPResponse(self.status, self.headers, body, datetime.now(UTC))


# --- bodies ---------------------------------------------------------------------------------------------------------


def _pieces_of(response: Any) -> AsyncGenerator[bytes, None]:
    """Return a body's pieces as they arrive, decompressed in pieces where httpx would do it all at once."""
    encoding = response.headers.get("content-encoding", "")
    decompressor = decompressor_for(encoding)
    if decompressor is not None and not response.is_stream_consumed:
        return _decompressed(decompressor, response)
    is_plain = encoding == "" and not response.is_stream_consumed
    pieces: AsyncGenerator[bytes, None] = response.aiter_raw() if is_plain else response.aiter_bytes()
    return pieces


async def _decompressed(decompressor: Decompressor, response: Any) -> AsyncGenerator[bytes, None]:
    async for chunk in response.aiter_raw():
        for piece in decompressor.feed(chunk):
            yield piece
    yield decompressor.finish()
