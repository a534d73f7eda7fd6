"""Server-sent events: the parser, and ``client.events`` over a transport."""

from __future__ import annotations

import itertools
from contextlib import aclosing

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import APIError, ProtocolError, ResponseError
from sixtyfour_async._wire.sse import EventParser, ServerEvent
from tests.client.network import KEY, BreakingStream, Reply, scripted
from tests.client.sample_operations import StreamAnything, StreamTokens, Token

pytestmark = pytest.mark.anyio

STREAM = (
    b"\xef\xbb\xbf: a comment\n"
    b"retry: 3000\n"
    b"data: one\n\n"
    b"event: tick\r\ndata: first\r\ndata:  second\r\ndata\r\nid: 7\r\n\r\n"
    b"event: nothing\n\n"
    b"data: \xc3\xa9\xf0\x9f\x99\x82\r\r"
    b"id: bad\x00id\nunknown: x\ndata:last\n\n"
    b"data: cut off"
)
EVENTS = [
    ServerEvent("one"),
    ServerEvent("first\n second\n", "tick", "7"),
    ServerEvent("é🙂", "message", "7"),
    ServerEvent("last", "message", "7"),
]


def parse(chunks: list[bytes]) -> list[ServerEvent]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_the_parser_follows_the_html_standard() -> None:
    assert parse([STREAM]) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_chunk_boundaries_do_not_change_the_events(cuts: list[int]) -> None:
    """Not even within a character or between carriage return and line feed."""
    offsets = [0, *sorted(cuts), len(STREAM)]
    chunks = [STREAM[start:end] for start, end in itertools.pairwise(offsets)]

    assert parse(chunks) == EVENTS


def test_single_bytes_give_the_same_events() -> None:
    assert parse([STREAM[offset : offset + 1] for offset in range(len(STREAM))]) == EVENTS


lines = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(st.tuples(st.lists(lines, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"])), max_size=8),
    st.integers(1, 7),
)
def test_serialized_events_round_trip(events: list[tuple[list[str], str]], size: int) -> None:
    written = "".join("".join(f"data: {line}{end}" for line in data) + end for data, end in events).encode()
    chunks = [written[offset : offset + size] for offset in range(0, len(written), size)]

    assert [event.data for event in parse(chunks)] == ["\n".join(data) for data, _ in events]


@given(st.lists(st.binary(max_size=30)))
def test_any_bytes_are_parsed_without_an_error(chunks: list[bytes]) -> None:
    assert parse(chunks) == parse([b"".join(chunks)])


# --- client.events ------------------------------------------------------------------------------------------------


def event_stream(*chunks: bytes, error: Exception | None = None) -> httpx.Response:
    headers = {"content-type": "text/event-stream; charset=utf-8", "x-request-id": "r1"}
    return httpx.Response(200, headers=headers, stream=BreakingStream(*chunks, error=error))


async def test_events_are_parsed_as_the_answer_type_of_their_operation() -> None:
    body = b'data: {"text": "a"}\n\n: ping\n\ndata: {"text":\ndata: "b", "new": 1}\n\n'
    async with scripted(lambda _: event_stream(body[:20], body[20:])) as (client, network):
        tokens = [token async for token in client.events(StreamTokens(message="hi"))]

    [request] = network.seen
    assert [token.text for token in tokens] == ["a", "b"]
    assert all(isinstance(token, Token) for token in tokens)
    assert (request.headers["accept"], request.headers["x-api-key"]) == ("text/event-stream", KEY)
    assert request.extensions["timeout"]["read"] == 300.0
    assert client.rate_limit().used == 1


async def test_data_that_is_not_json_is_text_if_the_operation_is_untyped() -> None:
    async with scripted(lambda _: event_stream(b"data: [1]\n\ndata: [DONE]\n\n")) as (client, _):
        assert [data async for data in client.events(StreamAnything())] == [[1], "[DONE]"]


async def test_an_event_that_does_not_fit_raises_with_its_raw_data() -> None:
    async with scripted(lambda _: event_stream(b'data: {"txt": 1}\n\n')) as (client, _):
        with pytest.raises(ResponseError, match="does not fit Token") as caught:
            await anext(client.events(StreamTokens(message="hi")))

    assert (caught.value.raw, caught.value.request_id) == ({"txt": 1}, "r1")


@pytest.mark.parametrize("status", [422, 503, 429])
async def test_an_error_status_before_the_first_event_is_not_retried(status: int) -> None:
    async with scripted(lambda _: httpx.Response(status, json={"detail": f"no {KEY}"})) as (client, network):
        with pytest.raises(APIError, match=rf"{status} no \[the key\] on POST /talk"):
            await anext(client.events(StreamTokens(message="hi")))

    assert len(network.seen) == 1


@pytest.mark.parametrize("body", [b"{}", b"<html>"])
async def test_a_response_that_is_not_an_event_stream_raises(body: bytes) -> None:
    async with scripted(lambda _: httpx.Response(200, content=body)) as (client, _):
        with pytest.raises(ResponseError):
            await anext(client.events(StreamTokens(message="hi")))


async def test_a_broken_stream_yields_the_events_before_the_break_and_then_raises() -> None:
    body = event_stream(b'data: {"text": "a"}\n\nda', error=httpx.ReadError("cut"))
    async with scripted(lambda _: body) as (client, network):
        events = client.events(StreamTokens(message="hi"))
        first = await anext(events)
        with pytest.raises(ProtocolError, match="cut"):
            await anext(events)

    assert (first.text, len(network.seen)) == ("a", 1)


async def test_closing_the_iterator_closes_the_response() -> None:
    closed = anyio.Event()

    class Endless(BreakingStream):
        async def aclose(self) -> None:
            closed.set()

    def answer(_request: httpx.Request) -> Reply:
        chunks = [b'data: {"text": "a"}\n\n'] * 100
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Endless(*chunks))

    async with scripted(answer) as (client, _):
        async with aclosing(client.events(StreamTokens(message="hi"))) as events:
            await anext(events)
        assert closed.is_set()
