"""Standard output and error, which may close, fill up or be missing while a command that costs money runs.

``sixtyfour run … 2>&1 | head -3`` closes both after three lines. Text that nobody reads must not end the run, so
writing to either never fails; whoever needs to know whether standard output arrived asks here.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from typing import IO, TYPE_CHECKING, BinaryIO, Final, TextIO, cast

from sixtyfour_async.errors.printable import printable

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

DESCRIPTORS: Final = (0, 1, 2)


class Guarded(io.RawIOBase):
    """The raw end of a standard stream: it drops what cannot be written, and keeps the first error.

    The guard lies below every buffer, so that text, bytes and the flush at the interpreter's exit all pass it.

    Attributes:
        lost: Why something was not delivered; None so far.
    """

    def __init__(self, raw: io.RawIOBase | None) -> None:
        self._raw = raw
        self.lost: OSError | None = None if raw else OSError(errno.EBADF, os.strerror(errno.EBADF))

    def writable(self) -> bool:
        """Return True."""
        return True

    def isatty(self) -> bool:
        """Return whether this is a terminal."""
        return self._raw is not None and self._raw.isatty()

    def fileno(self) -> int:
        """Return the descriptor; raise OSError when there is none."""
        return super().fileno() if self._raw is None else self._raw.fileno()

    def write(self, data: ReadableBuffer, /) -> int:
        """Write all of it, or drop everything from the first error on."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest and self._raw is not None and self.lost is None:
            try:
                written = self._raw.write(rest)
                if written is None:  # another process has made the pipe non-blocking, as Node.js does
                    select.select([], [self._raw], [])
                rest = rest[written or 0 :]
            except OSError as error:  # EPIPE; EIO from a terminal that is gone; ENOSPC
                self.lost = error
        return size


def guard_streams() -> None:
    """Guard standard output and error of this process; a second call changes nothing."""
    _occupy_descriptors()
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] (started with <&-)
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (a device, open as long as the process)
    sys.stdout, sys.stderr = _guarded(sys.stdout), _guarded(sys.stderr)


def _occupy_descriptors() -> None:
    """Open what is closed of the descriptors 0 to 2: else the next file, perhaps the journal, would get that number."""
    for descriptor in DESCRIPTORS:
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def _guarded(stream: TextIO | None) -> TextIO:
    if stream is None:  # started with >&-
        return io.TextIOWrapper(io.BufferedWriter(Guarded(None)), encoding="utf-8", errors="replace")
    raw = _raw_of(stream)
    if not isinstance(raw, io.RawIOBase) or isinstance(raw, Guarded):
        return stream  # guarded, or no file: the embedding program has replaced it
    stream.flush()
    guarded = Guarded(raw)
    is_unbuffered = not hasattr(stream.buffer, "raw")  # PYTHONUNBUFFERED
    return io.TextIOWrapper(
        cast("IO[bytes]", guarded if is_unbuffered else io.BufferedWriter(guarded)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=getattr(stream, "line_buffering", False),
        write_through=is_unbuffered,
    )


def _raw_of(stream: TextIO) -> object:
    """Return the lowest layer of a stream; None when it is no file."""
    buffer = getattr(stream, "buffer", None)
    return getattr(buffer, "raw", buffer)


class TerminalText:
    """Standard output while it is a terminal: of a table's UTF-8 text, nothing acts on it.

    Args:
        stream: Where the text goes.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")("replace"), translate=True)

    def write(self, data: bytes) -> int:
        """Write a part of the text; a line end of any kind is one."""
        self._stream.write(printable(self._decoder.decode(data)).encode())
        return len(data)

    def flush(self) -> None:
        """End the text: write what the last part has left of a character or a line end."""
        self._stream.write(printable(self._decoder.decode(b"", final=True)).encode())
        self._stream.flush()


def table_output() -> BinaryIO:
    """Return where a table goes that is written to standard output."""
    stream = sys.stdout.buffer
    return cast("BinaryIO", TerminalText(stream)) if sys.stdout.isatty() else stream


def lost_output() -> OSError | None:
    """Flush standard output, and return why not all of it was delivered; None when it was."""
    sys.stdout.flush()
    raw = _raw_of(sys.stdout)
    return raw.lost if isinstance(raw, Guarded) else None


def output_is_closed() -> bool:
    """Return whether nobody will read standard output any more, without writing to it.

    Windows cannot tell before something is written.
    """
    if lost_output() is not None:
        return True
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    try:
        poll.register(sys.stdout.fileno(), 0)
    except (OSError, ValueError):  # no file: the embedding program reads it
        return False
    # Both are reported unasked. A pipe without a reader: POLLERR on Linux, POLLHUP on macOS and the BSDs.
    return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
