"""How long an answer may take and how large it may be, whatever the other side sends."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

BYTES_PER_SECOND = 32 * 1024
"""The slowest pace that is waited for, beyond the time that every answer has. Slower than any line that is in use."""

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""Size of an answer, decompressed. The largest answers, of bulk jobs, come as links to files."""

MAX_ERROR_BYTES = 256 * 1024
"""Bytes read of an error's body: the status says the rest."""

MAX_DOWNLOAD_BYTES = 16 * 1024**3
"""Size of a downloaded file, unless the caller names another limit."""

PIECE_BYTES = 64 * 1024
"""Bytes that are decompressed at once."""

_BY_HEADER = zlib.MAX_WBITS | 32
"""zlib's word for "gzip or zlib, by the header"."""

_JSON_STARTS = (b"{", b"[", b'"')

_BYTE_ORDER_MARKS = (b"\xef\xbb", b"\xff\xfe", b"\xfe\xff")
"""First two bytes of text with a mark; no compressed body begins so."""

_HEADER_BYTES = 2
"""Bytes that tell gzip and zlib from anything else."""


class BadCompressionError(ValueError):
    """A body is not compressed as it claims."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one answer.

    An answer has some seconds, and a second more for every 32 KiB that arrived: a large one may take its time on a slow
    line, one that drips may not.

    Attributes:
        seconds: Real seconds for any answer.
        size: Bytes, decompressed.
    """

    seconds: float = math.inf
    size: float = math.inf

    def deadline(self, started_at: float, received: int) -> float:
        """Return the instant at which an answer is given up of which some bytes have arrived."""
        return started_at + self.seconds + received / BYTES_PER_SECOND


class Decompressor:
    """Decompresses gzip and deflate a piece at a time, so that a small body cannot become a large one in memory.

    Source: RFC 9110, section 8.4.1. "deflate" is the zlib format; some servers send it without the zlib header.
    Others claim a compression and send JSON as it is, which begins as neither format does.

    Args:
        encoding: ``"gzip"`` or ``"deflate"``.
    """

    def __init__(self, encoding: str) -> None:
        self._may_be_raw = encoding == "deflate"
        self._inner = zlib.decompressobj(_BY_HEADER)
        self._head: bytes | None = b""
        self._members = 0
        self._is_plain = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the pieces that some bytes of the body decompress to.

        Raises:
            BadCompressionError: The body is not compressed as it claims.
        """
        while data := self._after_head(data):
            piece = self._step(data)
            data = self._inner.unconsumed_tail
            if piece:
                yield piece
            if self._inner.eof:  # gzip may consist of several members
                data, self._head, self._inner = self._inner.unused_data, b"", zlib.decompressobj(_BY_HEADER)
                self._members += 1

    def _after_head(self, data: bytes) -> bytes:
        """Return what can be decompressed now: nothing as long as the header has not arrived."""
        if self._head is None:
            return data
        self._head += data
        if self._members:
            self._head = self._head.lstrip(b"\0")  # padding
        return self._head if len(self._head) >= _HEADER_BYTES else b""

    def finish(self) -> bytes:
        """Return what the last bytes have left to be written: the rest of one repetition."""
        return self._inner.flush()

    def _step(self, data: bytes) -> bytes:
        is_first, self._head = self._head is not None, None
        try:
            return data if self._is_plain else self._inner.decompress(data, PIECE_BYTES)
        except zlib.error as error:
            is_text = data.startswith(_BYTE_ORDER_MARKS) or data.lstrip()[:1] in _JSON_STARTS
            self._is_plain = is_first and is_text
            if not self._is_plain and not (is_first and self._may_be_raw):
                raise BadCompressionError(f"the body cannot be decompressed: {error}") from None
            self._inner = zlib.decompressobj(-zlib.MAX_WBITS)
            return self._step(data)


def decompressor_for(content_encoding: str) -> Decompressor | None:
    """Return what decompresses a body; None for an encoding other than gzip and deflate."""
    encoding = content_encoding.strip().lower().removeprefix("x-")
    return Decompressor(encoding) if encoding in {"gzip", "deflate"} else None
