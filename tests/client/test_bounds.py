"""Bounds on what comes in: time, size, decompression; whatever a server sends, a request ends."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import count, repeat
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import (
    AsyncClient,
    JobRunner,
    LinkRefusedError,
    NotFoundError,
    ProtocolError,
    RequestTimeoutError,
    ResponseError,
    ServerError,
    TransportError,
)
from sixtyfour_async._wire import bounds
from sixtyfour_async._wire.bounds import MAX_ERROR_BYTES, PIECE_BYTES, BadCompressionError, Decompressor
from sixtyfour_async.operations import CheckBalance
from tests.client.network import KEY
from tests.client.raw_server import JSON, RawServer, answer, raw_server
from tests.client.sample_operations import StreamTokens
from tests.conftest import on_both_loops
from tests.runner.questions import question

pytestmark = pytest.mark.anyio

SOON = 0.2
"""Real seconds that an answer gets here, instead of its operation's own time."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def client_of(server: RawServer, **more: Any) -> AsyncClient:
    return AsyncClient(KEY, base_url=server.url, retries=0, requests_per_minute=100_000, **more)


def dripping(server: RawServer, start: bytes, drip: bytes) -> Iterator[bytes]:
    """Send *start*, then *drip* again and again, more often than any time-out between two bytes."""
    yield start
    while not server.stopping.wait(SOON / 10):
        yield drip


DRIPS: dict[str, tuple[bytes, bytes]] = {
    "of the head": (b"HTTP/1.1 200 OK\r\nx-", b"a"),
    "of headers": (b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"),
    "of interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "of the body": (JSON + b"content-length: 100000\r\n\r\n{", b" "),
    "of chunks": (JSON + b"transfer-encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n"),
    "until the connection ends": (JSON + b"connection: close\r\n\r\n{", b" "),
}


@on_both_loops
@pytest.mark.parametrize("name", DRIPS)
async def test_an_answer_that_drips_ends_in_time(name: str) -> None:
    """Each byte comes in time, and all of them never would."""
    with raw_server(lambda _: dripping(server, *DRIPS[name])) as server:
        async with client_of(server) as client:
            with anyio.fail_after(20), pytest.raises(RequestTimeoutError) as caught:
                await client.with_options(timeout=SOON).send(CheckBalance())

    assert caught.value.sent
    assert caught.value.__cause__ is caught.value.__context__ is None


async def test_a_large_answer_may_take_longer_than_a_small_one() -> None:
    """It is the pace that counts: this one is complete after several times the time of an answer."""
    body = b'{"credits": 5}' + b" " * 64 * 1024

    def slowly(_request: bytes) -> Iterator[bytes]:
        yield JSON + b"content-length: %d\r\n\r\n" % len(body)
        for start in range(0, len(body), 8 * 1024):
            yield body[start : start + 8 * 1024]
            server.stopping.wait(SOON / 3)

    with raw_server(slowly) as server:
        async with client_of(server) as client:
            answer = await client.with_options(timeout=SOON).send(CheckBalance())

    assert answer.credits == 5


def endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    yield head
    yield from repeat(piece)


ZEROS = b"\0" * 1024 * 1024
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "until the connection ends": (JSON + b"connection: close\r\n\r\n", ZEROS),
    "in chunks": (JSON + b"transfer-encoding: chunked\r\n\r\n", b"100000\r\n" + ZEROS + b"\r\n"),
    "as long as it says": (JSON + b"content-length: 100000000000\r\n\r\n", ZEROS),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_an_answer_that_never_ends_is_given_up_at_its_bound(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sixtyfour_async._client.transport.MAX_ANSWER_BYTES", 3_000_000)
    with raw_server(lambda _: endless(*ENDLESS[name])) as server:
        async with client_of(server) as client:
            with pytest.raises(ProtocolError, match="larger than") as caught:
                await client.send(CheckBalance())

    assert caught.value.sent


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "GZIP"])
async def test_what_a_small_body_decompresses_to_is_counted(encoding: str) -> None:
    """100 MB of spaces are 100 kB in gzip."""
    spaces = b" " * 100_000_000
    body = gzip.compress(spaces) if encoding.lower() == "gzip" else zlib.compress(spaces)
    head = JSON + f"content-encoding: {encoding}\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    with raw_server(lambda _: [head, body]) as server:
        async with client_of(server) as client:
            with pytest.raises(ProtocolError, match="larger than 64 MiB"):
                await client.send(CheckBalance())


@pytest.mark.parametrize("status", [404, 500])
@pytest.mark.parametrize("kind", ["dripping", "endless", "broken"])
async def test_an_error_status_outweighs_a_body_that_does_not_end(status: int, kind: str) -> None:
    """A 404 is a 404: what is wrong with its body must not make it a request in doubt."""
    head = b"HTTP/1.1 %d Bad\r\ncontent-type: application/json\r\n" % status
    declared = head + b"content-length: 100000\r\nconnection: close\r\n\r\nno such thing"

    def reply(_request: bytes) -> Iterable[bytes]:
        match kind:
            case "dripping":
                return dripping(server, declared, b" ")
            case "endless":
                return endless(head + b"connection: close\r\n\r\n", b"no such thing " * 10_000)
            case _:
                return [declared]

    with raw_server(reply) as server:
        async with client_of(server) as client:
            with pytest.raises(NotFoundError if status == 404 else ServerError, match="no such thing") as caught:
                await client.with_options(timeout=SOON).send(CheckBalance())

    assert len(caught.value.body) <= MAX_ERROR_BYTES


@pytest.mark.parametrize("name", ["of the head", "of the body"])
async def test_a_paid_submit_whose_answer_drips_is_in_doubt(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was sent, and may have been accepted: parked, not sent again."""
    monkeypatch.setattr("sixtyfour_async._runner.exchange.SUBMIT_TIMEOUT_SECONDS", SOON)
    with raw_server(lambda _: dripping(server, *DRIPS[name])) as server:
        async with client_of(server) as client, JobRunner(client) as runner:
            outcome = await runner.run(question(0))

    assert outcome.status == "unknown"
    assert "no answer in time" in str(outcome.error)
    assert len(server.received) == 1


# --- streams ----------------------------------------------------------------------------------------------------------

EVENTS = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"


@pytest.mark.parametrize("line", [b"data: ", b"", b"data: x\n"], ids=["a line", "no field", "lines"])
async def test_an_event_that_never_ends_is_given_up(line: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sixtyfour_async._wire.sse.MAX_EVENT_CHARACTERS", 100_000)
    piece = line * 1000 if line.endswith(b"\n") else b"x" * 1000
    with raw_server(lambda _: endless(EVENTS + b'data: {"text": "a"}\n\n' + line, piece)) as server:
        async with client_of(server) as client:
            events = client.events(StreamTokens(message="hi"))
            assert (await anext(events)).text == "a"
            with pytest.raises(ResponseError, match="event is longer than"):
                await anext(events)


async def test_a_stream_may_last_longer_than_any_answer() -> None:
    """A conversation has no total time: only its head has one, and each pause."""

    def slowly(_request: bytes) -> Iterator[bytes]:
        yield EVENTS
        for number in range(5):
            server.stopping.wait(SOON / 2)
            yield b'data: {"text": "%d"}\n\n' % number

    with raw_server(slowly) as server:
        async with client_of(server) as client:
            events = client.with_options(timeout=SOON).events(StreamTokens(message="hi"))
            texts = [token.text async for token in events]

    assert texts == list("01234")


# --- downloads --------------------------------------------------------------------------------------------------------

FILE = b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\n"


@pytest.mark.parametrize("declared", [True, False])
async def test_a_file_larger_than_max_bytes_is_not_kept(tmp_path: Path, declared: bool) -> None:
    """A declared size is refused before the first byte; an undeclared one when it is reached."""
    head = FILE + (b"content-length: 1000000\r\n\r\n" if declared else b"connection: close\r\n\r\n")
    with raw_server(lambda _: endless(head, ZEROS[:1000])) as server:
        async with client_of(server) as client:
            with pytest.raises(LinkRefusedError, match="larger than max_bytes=5000 allows"):
                await client.download(f"{server.url}/f", tmp_path / "f.csv", max_bytes=5000)

    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 (a folder of the test's own)
    assert len(server.received) == 1


@pytest.mark.parametrize("breaks", [False, True])
async def test_a_download_that_drips_ends(tmp_path: Path, breaks: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if the connection breaks with a byte of progress each time, as long as that is too slow."""
    monkeypatch.setattr("sixtyfour_async._client.download.SLOW_DOWNLOAD_TIMEOUTS", 1)
    head = FILE + b'etag: "1"\r\ncontent-length: 1000000\r\n'
    numbers = count()

    def reply(_request: bytes) -> Iterator[bytes]:
        if not breaks:
            return dripping(server, head + b"\r\nx", b"x")
        at = next(numbers)
        ranged = b'HTTP/1.1 206 Partial\r\netag: "1"\r\ncontent-range: bytes %d-999999/1000000\r\n' % at
        return iter([(head if at == 0 else ranged) + b"connection: close\r\n\r\nx"])

    with raw_server(reply) as server:
        client = AsyncClient(KEY, base_url=server.url, retries=1, speed=1000)
        async with client.with_options(timeout=SOON) as patient:
            with anyio.fail_after(30), pytest.raises(TransportError):
                await patient.download(f"{server.url}/f", tmp_path / "f.csv")
        await client.aclose()


# --- decompression ----------------------------------------------------------------------------------------------------


def decompressed(body: bytes, step: int, encoding: str = "gzip") -> tuple[bytes, int]:
    """Return what a body decompresses to, and the largest piece of it."""
    decompressor = Decompressor(encoding)
    pieces = [piece for at in range(0, len(body), step) for piece in decompressor.feed(body[at : at + step])]
    pieces.append(decompressor.finish())
    return b"".join(pieces), max(map(len, pieces))


def raw_deflate(content: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return compressor.compress(content) + compressor.flush()


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("step", [1, 3, 100])
def test_json_that_only_claims_to_be_compressed_is_taken_as_it_is(encoding: str, charset: str, step: int) -> None:
    body = '{"task_id": "job 1"}'.encode(charset)

    assert decompressed(body, step, encoding)[0] == body


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress, raw_deflate], ids=["gzip", "zlib", "deflate"])
@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 500, b"\0" * 300_000], ids=len)
@pytest.mark.parametrize("step", [1, 7, 65536])
def test_bodies_decompress_in_pieces_wherever_they_are_cut(compress: Any, content: bytes, step: int) -> None:
    body = compress(content)

    found, largest = decompressed(body, step, "deflate" if compress is raw_deflate else "gzip")

    assert found == content
    assert largest <= PIECE_BYTES


def test_members_of_gzip_are_joined_and_padding_is_skipped() -> None:
    assert decompressed(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", 1)[0] == b"ab"


def test_any_number_of_members_is_read() -> None:
    assert decompressed(gzip.compress(b"") * 5000 + gzip.compress(b"x"), 65536)[0] == b"x"


def test_a_body_that_is_not_compressed_is_refused() -> None:
    with pytest.raises(BadCompressionError):
        decompressed(b"\x1f\x8bthis is no gzip", 100)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [b'{"credits": 1}', b'\r\n {"credits": 1}', b'[{"credits": 1}]', b'"none"'])
def test_json_that_is_not_compressed_as_it_claims_is_passed_on(body: bytes, encoding: str) -> None:
    assert decompressed(body, len(body), encoding)[0] == body


async def test_a_body_that_is_not_compressed_as_it_claims_breaks_the_answer() -> None:
    head = JSON + b"content-encoding: gzip\r\ncontent-length: 4\r\n\r\n"
    with raw_server(lambda _: [head, b"\x1f\x8b{}"]) as server:
        async with client_of(server) as client:
            with pytest.raises(ProtocolError, match="cannot be decompressed"):
                await client.send(CheckBalance())


CLOSE = b"connection: close\r\n"
BREAKS: dict[str, Callable[[bytes], list[bytes]]] = {
    "shorter than its length": lambda body: [JSON + CLOSE + b"content-length: 9999\r\n\r\n" + body],
    "chunks without an end": lambda body: [JSON + CLOSE + b"transfer-encoding: chunked\r\n\r\n", *chunk(body)],
    "a chunk that is none": lambda body: [
        JSON + CLOSE + b"transfer-encoding: chunked\r\n\r\n",
        *chunk(body),
        b"zz\r\n",
    ],
    "called gzip, and is not": lambda body: [
        JSON + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(body) + body
    ],
}


def chunk(body: bytes) -> list[bytes]:
    return [b"%x\r\n" % len(body) + body + b"\r\n"]


@pytest.mark.parametrize("broken", BREAKS.values(), ids=BREAKS)
async def test_json_that_arrived_whole_is_the_answer_however_it_ended(broken: Callable[[bytes], list[bytes]]) -> None:
    """No job is polled for hours, and no row parked, whose answer is there."""
    receipt = b'{"task_id": "j1", "status": "RUNNING"}'
    done = b'{"status": "completed", "charge_amount": 5, "result": {"structured_data": {"headquarters": "Bonn"}}}'
    with raw_server(lambda request: broken(receipt if request.startswith(b"POST") else done)) as server:
        async with client_of(server, speed=100.0) as client, JobRunner(client) as runner:
            outcome = await runner.run(question(0))

    assert (outcome.status, outcome.job_id, outcome.cost_cents) == ("completed", "j1", 5)
    assert len(server.received) == 2


@pytest.mark.parametrize(("kept", "status"), [(24, "completed"), (14, "unknown"), (0, "unknown")])
async def test_what_arrived_of_a_submits_answer_is_kept_and_its_id_read(kept: int, status: str) -> None:
    receipt = b'{"task_id": "j1", "status": "RUNNING"}'
    done = b'{"status": "completed", "result": {"structured_data": {"headquarters": "Bonn"}}}'
    cut = JSON + CLOSE + b"content-length: %d\r\n\r\n" % len(receipt) + receipt[:kept]
    with raw_server(lambda request: [cut] if request.startswith(b"POST") else answer(done)) as server:
        async with client_of(server, speed=100.0) as client, JobRunner(client) as runner:
            outcome = await runner.run(question(0))

    assert (outcome.status, outcome.job_id) == (status, "j1" if status == "completed" else None)
    if status == "unknown":
        assert "the connection broke" in str(outcome.error)
        assert (outcome.body.content if outcome.body else b"") == receipt[:kept]


def test_the_deadline_moves_with_what_has_arrived() -> None:
    allowed = bounds.Bounds(seconds=30)

    assert allowed.deadline(100, 0) == 130
    assert allowed.deadline(100, 10 * bounds.BYTES_PER_SECOND) == 140
