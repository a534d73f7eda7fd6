"""A request under way and its response: how long it may take, how large it may be, and its body chunk by chunk."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

import anyio

from sixtyfour_async._client.http_errors import map_error
from sixtyfour_async._client.link_check import AddressCheck
from sixtyfour_async._client.secret import Secret, redact_bytes
from sixtyfour_async._wire.bounds import MAX_ERROR_BYTES, Bounds, decompressor_for
from sixtyfour_async._wire.codec import HTTPResponse
from sixtyfour_async._wire.json_body import is_whole_json
from sixtyfour_async.errors import ConnectError, ProtocolError, RequestTimeoutError, TransportError
from sixtyfour_async.errors.foreign import stray_cancellation_contained


@dataclass(frozen=True, slots=True)
class StreamedResponse:
    """A response whose body is read chunk by chunk.

    Attributes:
        status: The HTTP status.
        headers: The response headers, names in lower case, secrets redacted.
        chunks: The body, with any content encoding removed; bounded in time and size.
        secrets: Credentials of the request, to be redacted in an error body.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    chunks: AsyncGenerator[bytes, None] = field(repr=False)
    secrets: Sequence[Secret] = field(default=(), repr=False)

    async def read(self) -> HTTPResponse:
        """Read the rest of the body; of an error no more than its message needs, and what there is of a broken one.

        A JSON value that has arrived whole is the answer, however its connection ended. Of any other broken answer the
        error has what arrived.

        Error bodies are quoted in messages and logs, so credentials that the service echoes in one are redacted.
        """
        is_error = self.status >= HTTPStatus.MULTIPLE_CHOICES
        pieces: list[bytes] = []
        size = 0
        try:
            async with aclosing(self.chunks) as chunks:
                async for chunk in chunks:
                    pieces.append(chunk)
                    size += len(chunk)
                    if is_error and size >= MAX_ERROR_BYTES:
                        break
        except TransportError as error:
            received = b"".join(pieces)
            if not is_error and not is_whole_json(received):
                error.received = received[:MAX_ERROR_BYTES]
                raise
        body = b"".join(pieces)
        if is_error:
            body = redact_bytes(self.secrets, body)
        return HTTPResponse(self.status, self.headers, body, datetime.now(UTC))


@dataclass(slots=True)
class Sending:
    """One request on its way: what is sent, and what is to be known of it when it fails.

    Attributes:
        operation: The request, for messages.
        method: The HTTP method.
        url: The whole URL; a signed link is a secret.
        headers: The headers.
        waits: Real seconds to connect, without a byte read, without one written, and for a free connection.
        bounds: The bounds of its answer, at first of its head.
        secrets: What to redact.
        deadline: The scope that ends the wait for the head of the answer.
        streams_body: Is a file sent, which takes the time that it takes?
        began: Has a byte of it left? Assumed until a library says that it has not.
        objection: Asked just before a byte of it leaves: returns why it must not, None when it may.
        check_address: Called while a connection is made; it may refuse the address.
    """

    operation: str
    method: str
    url: Secret
    headers: Mapping[str, str | Secret]
    waits: tuple[float, float, float, float]
    bounds: Bounds
    secrets: Sequence[Secret]
    deadline: anyio.CancelScope = field(default_factory=anyio.CancelScope)
    streams_body: bool = False
    began: bool = True
    objection: Callable[[], str | None] | None = None
    check_address: AddressCheck | None = None

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
            self.wait_for_answer(not self.streams_body)
        elif event.endswith("send_request_body.complete"):
            self.wait_for_answer(self.streams_body)
        if self.check_address is not None:
            await self.check_address(event, info)

    def wait_for_answer(self, starts: bool) -> None:
        """Let the time for the answer start."""
        if starts:
            self.deadline.deadline = self.bounds.deadline(anyio.current_time(), 0)

    def timed_out(self) -> TransportError:
        """Return the error of an answer that has not come, or not come to its end, in time."""
        if not self.began:
            return ConnectError("could not connect in time", operation=self.operation, sent=False)
        text = f"no answer in time: it was not complete after {self.bounds.seconds:g} s"
        return RequestTimeoutError(text, operation=self.operation)


# --- bodies ---------------------------------------------------------------------------------------------------------


async def chunks_of(sending: Sending, response: Any) -> AsyncGenerator[bytes, None]:
    """Yield a body's chunks, decompressed, until one comes too late or is too many."""
    bounds, started_at, received = sending.bounds, anyio.current_time(), 0
    async with aclosing(_decompressed(response)) as chunks:
        while True:
            failure: TransportError | None = None
            chunk: bytes | None = None
            with anyio.CancelScope(deadline=bounds.deadline(started_at, received)) as scope:
                try:
                    with stray_cancellation_contained():
                        chunk = await anext(chunks, None)
                except Exception as error:
                    failure = map_error(error, sending.operation, sending.secrets)
                    if failure is None:
                        raise
            if scope.cancelled_caught:
                failure = sending.timed_out()
            received += len(chunk or b"")
            if received > bounds.size:
                text = f"the answer is larger than {bounds.size / 1024**2:g} MiB"
                failure = ProtocolError(text, operation=sending.operation)
            if failure is not None:
                raise failure
            if chunk is None:
                return
            yield chunk


async def _decompressed(response: Any) -> AsyncGenerator[bytes, None]:
    """Yield a body's chunks as they arrive, decompressed in pieces where httpx would do it all at once."""
    decompressor = decompressor_for(response.headers.get("content-encoding", ""))
    if response.is_stream_consumed or decompressor is None:
        async for chunk in response.aiter_bytes():
            yield chunk
        return
    async for chunk in response.aiter_raw():
        for piece in decompressor.feed(chunk):
            yield piece
    yield decompressor.finish()
