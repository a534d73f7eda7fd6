"""Read bodies within bounds: of one body, and of all bodies in hand."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sixtyfour_async.webhooks.asgi import RawHeaders, Receive


class Refusal(Exception):  # noqa: N818 (an answer more than an error; it is returned as well)
    """Why a delivery is not answered with 2xx; the text is for the log, never for the sender.

    Attributes:
        status: The HTTP status to answer.
        kind: Kind of the log line.
    """

    def __init__(self, status: int, reason: str, *, kind: str = "refused") -> None:
        super().__init__(reason)
        self.status = status
        self.kind = kind


class SenderGoneError(Exception):
    """The sender closed the connection before its body was complete: there is nobody to answer."""


class Bodies:
    """The bodies in hand.

    Args:
        max_body_bytes: The largest body.
        max_memory_bytes: The largest sum of all.
        max_deliveries: The largest number of them.
    """

    def __init__(self, max_body_bytes: int, max_memory_bytes: int, max_deliveries: int) -> None:
        self.max_body_bytes = max_body_bytes
        self.max_memory_bytes = max_memory_bytes
        self.max_deliveries = max_deliveries
        self.bytes_in_hand = 0
        self.in_hand = 0

    @contextmanager
    def hold(self) -> Generator[Hold]:
        """Yield the place of one body, whose bytes count until the end of the context.

        Raises:
            Refusal: There are too many.
        """
        if self.in_hand >= self.max_deliveries:
            raise Refusal(503, f"{self.in_hand} deliveries are in hand already", kind="busy")
        self.in_hand += 1
        hold = Hold(self)
        try:
            yield hold
        finally:
            self.in_hand -= 1
            self.bytes_in_hand -= hold.size


@dataclass(slots=True)
class Hold:
    """The place of one body."""

    bodies: Bodies
    size: int = 0

    async def read(self, headers: RawHeaders, receive: Receive) -> bytes:
        """Return the body.

        Raises:
            Refusal: It exceeds a bound. The declared length can only refuse it sooner; bytes are counted as they
                arrive, because a length may be wrong or missing.
            SenderGoneError: The sender has gone.
        """
        declared = next((value for name, value in headers if name.lower() == b"content-length"), b"")
        # isdigit() of bytes knows ASCII only; int() of very many digits raises.
        if declared.isdigit() and (len(declared) > 18 or int(declared) > self.bodies.max_body_bytes):  # noqa: PLR2004
            raise self._too_large()
        chunks: list[bytes] = []
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise SenderGoneError
            chunk: bytes = message.get("body", b"")
            self._add(len(chunk))
            if chunk:
                chunks.append(chunk)
            more = message.get("more_body", False)
        return b"".join(chunks)

    def _add(self, size: int) -> None:
        bodies = self.bodies
        self.size += size
        bodies.bytes_in_hand += size
        if self.size > bodies.max_body_bytes:
            raise self._too_large()
        if bodies.bytes_in_hand > bodies.max_memory_bytes:
            raise Refusal(503, f"the deliveries in hand exceed {bodies.max_memory_bytes} bytes", kind="busy")

    def _too_large(self) -> Refusal:
        return Refusal(413, f"its body is larger than {self.bodies.max_body_bytes} bytes")
