"""Requests that take no proxy are what httpx would send, and their answers what it would make of them."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Iterator
from typing import Any

import anyio
import httpx
import pytest
from anyio.abc import SocketAttribute, SocketStream
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import (
    AsyncClient,
    ConnectError,
    RequestTimeoutError,
    TransportError,
)
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._client.direct import DirectClient, DirectResponse
from sixtyfour_async._client.response import Sending
from sixtyfour_async.operations import CheckBalance, FindEmail
from tests.client.network import KEY
from tests.client.raw_server import RawServer, answer, raw_server

pytestmark = pytest.mark.anyio

BALANCE = answer(b'{"credits": 7}')


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on the real clock, as servers do."""
    backend: str = request.param
    return backend


def parts_of(request: bytes) -> tuple[bytes, set[bytes], bytes]:
    """Return a request's line, its headers, whose order and case say nothing, and its body."""
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    named = [header.partition(b":") for header in headers]
    assert len({name.lower() for name, _, _ in named}) == len(named), "no header stands there twice"
    return line, {name.lower() + b":" + value.strip() for name, _, value in named}, body


REQUESTS: dict[str, dict[str, Any]] = {
    "get": {"method": "GET", "path": "/check-balance"},
    "query": {"method": "GET", "path": "/a/b%20c", "query": {"q": "ü & ?/#", "list": ["1", "2"]}},
    "spaces and letters": {"method": "GET", "path": "/a b/é?c=d e"},
    "reserved": {"method": "GET", "path": "/a:b@c;d=e,f!g$h&i'j(k)*l+m~n-o._p?x=[1]"},
    "json": {"method": "POST", "path": "/find-email", "json": {"lead": {"name": "Zoë"}}},
    "nothing": {"method": "POST", "path": "/find-email"},
    "empty": {"method": "PUT", "path": "/find-email", "content": b""},
    "bytes": {"method": "PATCH", "path": "/x", "content": b"\x00\xff", "headers": {"Content-Type": "x/y"}},
    "deleted": {"method": "DELETE", "path": "/x", "headers": {"X-Own": "one", "Accept": "text/plain"}},
    "headers that httpx sets": {
        "method": "GET",
        "path": "/x",
        "headers": {"User-Agent": "me", "accept-encoding": "identity", "Host": "there"},
    },
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_a_request_is_what_httpx_would_send(name: str) -> None:
    with raw_server(lambda _: BALANCE) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            await client.request(**REQUESTS[name])
        async with (
            httpx.AsyncClient(trust_env=False) as brought,
            AsyncClient(KEY, base_url=server.url, http_client=brought) as client,
        ):
            await client.request(**REQUESTS[name])

    ours, theirs = map(parts_of, server.received)
    assert ours == theirs


URL_CHARACTERS = "abcXYZ019-._~%:/?#[]@!$&'()*+,;= é|\"<>^`{}\\"


@given(st.text(URL_CHARACTERS, max_size=30))
def test_a_path_in_the_characters_of_urls_is_sent_as_it_is_written_and_any_other_is_one(path: str) -> None:
    client = DirectClient(lambda: pytest.fail("no certificates are needed"))
    request = client.build_request("GET", f"http://host/{path}", content=None, headers={}, extensions={})
    sent = request.url.target.decode("ascii")
    plain = path.partition("#")[0]

    assert not set(sent) & set(' "<>^`{}\\|#')
    if not set(plain) & set(' é|"<>^`{}\\[]'):
        assert sent == f"/{plain}"


@pytest.mark.parametrize("url", ["ftp://host/x", "host/x", "http:///x", "http://host:port/x", "http://[::1/x", ""])
def test_a_url_that_leads_nowhere_is_refused(url: str) -> None:
    client = DirectClient(lambda: pytest.fail("no certificates are needed"))
    with pytest.raises((httpx.UnsupportedProtocol, httpx.InvalidURL)):
        client.build_request("GET", url, content=None, headers={}, extensions={})


async def test_a_header_that_cannot_be_sent_is_none_that_was() -> None:
    with raw_server(lambda _: BALANCE) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            for value in ("é", "a\r\nb: c"):
                with pytest.raises(TransportError) as caught:
                    await client.request("GET", "/x", headers={"x-own": value})
                assert not caught.value.sent
                assert value not in str(caught.value)

    assert server.received == []


async def test_headers_of_one_name_are_one_and_any_bytes_are_text() -> None:
    head = b"HTTP/1.1 200 OK\r\nX-Two: a\r\nx-two: b\r\nx-utf: \xc3\xa9\r\nx-latin: \xe9\r\n"
    with raw_server(lambda _: answer(b"{}", head)) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            headers = (await client.request("GET", "/x")).headers

    assert {name: headers[name] for name in ("x-two", "x-utf", "x-latin")} == {
        "x-two": "a, b",
        "x-utf": "é",
        "x-latin": "é",
    }


async def test_every_cookie_is_kept_and_sent_to_its_own_host_only() -> None:
    head = b"HTTP/1.1 200 OK\r\nset-cookie: a=1; path=/\r\nset-cookie: b=2; path=/\r\n"
    with raw_server(lambda _: answer(b"{}", head)) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            for _ in range(2):
                await client.request("GET", "/x")

    assert b"cookie: a=1; b=2\r\n" in server.received[1].lower()


async def test_a_request_is_logged_as_httpx_logs_it(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with raw_server(lambda _: answer(b"{}", b"HTTP/1.1 404 Not Found\r\n")) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            await client.request("GET", "/x")
        async with httpx.AsyncClient(trust_env=False) as other:
            await other.get(f"{server.url}/x")

    ours, theirs = (record.getMessage() for record in caplog.records if record.name == "httpx")
    assert ours == theirs


# --- connections ------------------------------------------------------------------------------------------------------


async def test_a_connection_that_the_server_closed_meanwhile_carries_no_request() -> None:
    """Without a word: the next request, which is paid and so is not repeated, must not be sent into it."""
    closed = threading.Event()

    def reply(_: bytes) -> Iterator[bytes]:
        yield from BALANCE
        if len(server.received) == 1:
            closed.set()
            raise OSError  # the server hangs up

    with raw_server(reply) as server:
        async with AsyncClient(KEY, base_url=server.url, retries=0) as client:
            await client.send(CheckBalance())
            await anyio.to_thread.run_sync(closed.wait)
            connection = direct(client)
            with anyio.fail_after(20):
                while not connection.has_expired():  # noqa: ASYNC110 (nobody says so)
                    await anyio.sleep(0.01)
            await client.send(CheckBalance())

    assert (len(server.received), server.connections) == (2, 2)


async def test_a_cookie_of_the_caller_goes_before_one_that_was_set() -> None:
    head = b"HTTP/1.1 200 OK\r\nset-cookie: a=1; path=/\r\ncontent-length: 2\r\n\r\n{}"
    with raw_server(lambda _: [head]) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            for headers in ({}, {"Cookie": "mine=1"}):
                await client.request("GET", "/x", headers=headers)

    assert b"cookie: mine=1\r\n" in server.received[1].lower()
    assert b"a=1" not in server.received[1]


def direct(client: AsyncClient) -> Any:
    """Return the one connection that a client has open, which is idle."""
    transport: Any = pipeline_of(client).transport
    connections: Any = transport._client._direct._connections
    [idle] = connections._idle.values()
    return idle[0][1]


@pytest.mark.parametrize("start", [0, 3_000_000])
async def test_an_answer_that_ceases_is_given_up_however_much_of_it_has_come(start: int) -> None:
    """Three megabytes earn it a minute and a half, in which something must come."""

    def reply(_: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\ncontent-length: 9000000\r\n\r\n" + b" " * start
        server.stopping.wait()

    with raw_server(reply) as server:
        async with AsyncClient(KEY, base_url=server.url, retries=0).with_options(timeout=0.5) as client:
            with anyio.fail_after(30), pytest.raises(RequestTimeoutError):
                await client.send(CheckBalance())


@pytest.mark.parametrize("part", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"])
async def test_an_answer_that_breaks_off_is_no_answer_and_its_connection_none_for_the_next(part: bytes) -> None:
    with raw_server(lambda _: broken(server, part)) as server:
        async with AsyncClient(KEY, base_url=server.url, retries=0) as client:
            with pytest.raises(TransportError) as caught:
                await client.send(FindEmail(lead={"name": "Ada"}))
            assert caught.value.sent
            await client.send(CheckBalance())

    assert server.connections == 2


def broken(server: RawServer, part: bytes) -> Iterator[bytes]:
    if len(server.received) > 1:
        yield from BALANCE
        return
    yield part
    raise OSError


async def test_tls_that_the_server_does_not_speak_is_no_connection() -> None:
    async def serve(stream: SocketStream) -> None:
        async with stream:
            await stream.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        port = listener.extra(SocketAttribute.local_port)  # noqa: S610 (no Django)
        async with AsyncClient(KEY, base_url=f"https://127.0.0.1:{port}", retries=0) as client:
            with pytest.raises(ConnectError) as caught:
                await client.send(FindEmail(lead={"name": "Ada"}))
        assert not caught.value.sent
        tasks.cancel_scope.cancel()


async def test_a_request_leaves_no_garbage_that_only_the_collector_finds() -> None:
    with raw_server(lambda _: BALANCE) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            await client.send(CheckBalance())
            gc.collect()
            gc.set_debug(gc.DEBUG_SAVEALL)
            try:
                for _ in range(3):
                    await client.send(CheckBalance())
                gc.collect()
                left = [one for one in gc.garbage if isinstance(one, Sending | DirectResponse)]
            finally:
                gc.set_debug(0)
                gc.garbage.clear()

    assert left == []
