"""Standard streams that drop what cannot be written, and tell why."""

from __future__ import annotations

import errno
import io
import os
import threading

from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.cli.console import Guarded, TerminalText
from sixtyfour_async.errors.printable import printable


class Faulty(io.RawIOBase):
    """A file that takes as many bytes per call as it is told, and fails on the call for which there is no number."""

    def __init__(self, sizes: list[int]) -> None:
        self._sizes = iter(sizes)
        self.written = b""

    def write(self, data: object, /) -> int:
        size = next(self._sizes, None)
        if size is None:
            raise OSError(errno.ENOSPC, "full")
        taken = bytes(memoryview(data)[:size])  # type: ignore[arg-type]
        self.written += taken
        return len(taken)


@given(st.lists(st.integers(1, 20)), st.lists(st.binary(max_size=30)))
def test_nothing_is_lost_before_the_first_error_and_nothing_raises(sizes: list[int], pieces: list[bytes]) -> None:
    raw = Faulty(sizes)
    guarded = Guarded(raw)

    assert [guarded.write(piece) for piece in pieces] == [len(piece) for piece in pieces]
    whole = b"".join(pieces)
    assert raw.written == whole[: len(raw.written)]
    assert (guarded.lost is None) == (raw.written == whole)


def test_a_pipe_made_non_blocking_by_another_process_gets_everything() -> None:
    """More than it holds: the rest waits for the reader."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    received = bytearray()

    def read() -> None:
        with io.FileIO(reading) as file:
            received.extend(file.readall())

    reader = threading.Thread(target=read)
    reader.start()
    with io.FileIO(writing, "w") as raw:
        guarded = Guarded(raw)
        guarded.write(b"x" * 1_000_000)
    reader.join()

    assert guarded.lost is None
    assert len(received) == 1_000_000


@given(st.text(st.sampled_from('a\r\n\x1b\x9b\u202e,"ü\U0001f600')), st.integers(1, 4))
def test_however_a_table_is_cut_into_parts_nothing_in_it_acts_on_a_terminal(text: str, size: int) -> None:
    shown, content = io.BytesIO(), text.encode()
    stream = TerminalText(shown)
    for start in range(0, len(content), size):
        stream.write(content[start : start + size])
    stream.flush()

    assert shown.getvalue().decode() == printable(text.replace("\r\n", "\n").replace("\r", "\n"))
