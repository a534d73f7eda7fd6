"""Server-sent events: the parser by itself, and streams from a service."""

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
from tests.client.network import KEY, Breaking, Given, scripted
from tests.client.questions import Mutter, Talk, Token

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


def parsed(pieces: list[bytes]) -> list[ServerEvent]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


def test_a_stream_is_read_as_the_standard_says() -> None:
    assert parsed([STREAM]) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_any_cut_gives_the_same_events(cuts: list[int]) -> None:
    """Within a character, between carriage return and line feed, or not at all."""
    places = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in itertools.pairwise(places)]

    assert parsed(pieces) == EVENTS


def test_byte_by_byte_gives_the_same_events() -> None:
    assert parsed([STREAM[place : place + 1] for place in range(len(STREAM))]) == EVENTS


lines = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=20)


@given(
    st.lists(st.tuples(st.lists(lines, min_size=1, max_size=3), st.sampled_from(["\n", "\r\n", "\r"])), max_size=8),
    st.integers(1, 7),
)
def test_what_is_written_is_read_back(events: list[tuple[list[str], str]], size: int) -> None:
    written = "".join("".join(f"data: {line}{end}" for line in data) + end for data, end in events).encode()
    pieces = [written[place : place + size] for place in range(0, len(written), size)]

    assert [event.data for event in parsed(pieces)] == ["\n".join(data) for data, _ in events]


@given(st.lists(st.binary(max_size=30)))
def test_no_bytes_break_the_parser(pieces: list[bytes]) -> None:
    assert parsed(pieces) == parsed([b"".join(pieces)])


# --- from a service -----------------------------------------------------------------------------------------------


def streamed(*pieces: bytes, error: Exception | None = None) -> httpx.Response:
    headers = {"content-type": "text/event-stream; charset=utf-8", "x-request-id": "r1"}
    return httpx.Response(200, headers=headers, stream=Breaking(*pieces, error=error))


async def test_events_come_as_the_answer_of_their_operation() -> None:
    body = b'data: {"text": "a"}\n\n: ping\n\ndata: {"text":\ndata: "b", "new": 1}\n\n'
    async with scripted(lambda _: streamed(body[:20], body[20:])) as (client, network):
        tokens = [token async for token in client.events(Talk(message="hi"))]

    [request] = network.seen
    assert [token.text for token in tokens] == ["a", "b"]
    assert all(isinstance(token, Token) for token in tokens)
    assert (request.headers["accept"], request.headers["x-api-key"]) == ("text/event-stream", KEY)
    assert request.extensions["timeout"]["read"] == 300.0
    assert client.rate_limit().used == 1


async def test_data_that_is_no_json_is_text_where_anything_is_taken() -> None:
    async with scripted(lambda _: streamed(b"data: [1]\n\ndata: [DONE]\n\n")) as (client, _):
        assert [data async for data in client.events(Mutter())] == [[1], "[DONE]"]


async def test_an_event_that_does_not_fit_is_an_error_with_all_of_it() -> None:
    async with scripted(lambda _: streamed(b'data: {"txt": 1}\n\n')) as (client, _):
        with pytest.raises(ResponseError, match="does not fit Token") as caught:
            await anext(client.events(Talk(message="hi")))

    assert (caught.value.raw, caught.value.request_id) == ({"txt": 1}, "r1")


@pytest.mark.parametrize("status", [422, 503, 429])
async def test_a_refusal_before_the_first_event_is_an_error_and_not_repeated(status: int) -> None:
    async with scripted(lambda _: httpx.Response(status, json={"detail": f"no {KEY}"})) as (client, network):
        with pytest.raises(APIError, match=rf"{status} no \[the key\] on POST /talk"):
            await anext(client.events(Talk(message="hi")))

    assert len(network.seen) == 1


@pytest.mark.parametrize("body", [b"{}", b"<html>"])
async def test_an_answer_that_is_no_stream_is_an_error(body: bytes) -> None:
    async with scripted(lambda _: httpx.Response(200, content=body)) as (client, _):
        with pytest.raises(ResponseError):
            await anext(client.events(Talk(message="hi")))


async def test_a_stream_that_breaks_gives_what_came_before_and_then_the_error() -> None:
    body = streamed(b'data: {"text": "a"}\n\nda', error=httpx.ReadError("cut"))
    async with scripted(lambda _: body) as (client, network):
        events = client.events(Talk(message="hi"))
        first = await anext(events)
        with pytest.raises(ProtocolError, match="cut"):
            await anext(events)

    assert (first.text, len(network.seen)) == ("a", 1)


async def test_closing_the_iterator_closes_the_stream() -> None:
    closed = anyio.Event()

    class Endless(Breaking):
        async def aclose(self) -> None:
            closed.set()

    def answer(_request: httpx.Request) -> Given:
        pieces = [b'data: {"text": "a"}\n\n'] * 100
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Endless(*pieces))

    async with scripted(answer) as (client, _):
        async with aclosing(client.events(Talk(message="hi"))) as events:
            await anext(events)
        assert closed.is_set()
