"""The transport over httpx and httpx2, and over real connections."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import anyio.abc
import httpx
import httpx2
import pytest

from sixtyfour_async import (
    AsyncClient,
    ConnectError,
    NotFoundError,
    ProtocolError,
    RequestTimeoutError,
    TransportError,
    Upload,
)
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._wire.codec import HTTPRequest
from sixtyfour_async.operations import CheckBalance
from tests.client.network import KEY
from tests.client.raw_server import answer, raw_server
from tests.client.sample_operations import PostFile, StreamTokens

pytestmark = pytest.mark.anyio

STOPPED = "this process stood still"


@pytest.fixture
def anyio_backend() -> str:
    """Run on the real clock."""
    return "asyncio"


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def family(request: pytest.FixtureRequest) -> ModuleType:
    """The library that the client's connections are made with."""
    module: ModuleType = request.param
    return module


PLENTY: dict[str, Any] = {"requests_per_minute": 100_000}


def client_of(family: Any, answer: Callable[[Any], Any], **more: Any) -> tuple[AsyncClient, Any]:
    http_client = family.AsyncClient(transport=family.MockTransport(answer))
    return AsyncClient(KEY, base_url="http://service", http_client=http_client, **more), http_client


async def test_requests_uploads_events_and_downloads_work_over_both_libraries(family: Any, tmp_path: Path) -> None:
    async def answer(request: Any) -> Any:
        body = await request.aread()
        if request.url.host == "storage":
            return family.Response(200, content=b"a,b")
        if request.url.path == "/talk":
            return family.Response(
                200, headers={"content-type": "text/event-stream"}, content=b'data: {"text":"x"}\n\n'
            )
        if request.url.path == "/files":
            return family.Response(200, json=body.count(b"Ada"))
        return family.Response(200, json={"credits": 7})

    client, http_client = client_of(family, answer, requests_per_minute=10_000)
    async with http_client, client:
        balance = await client.send(CheckBalance())
        sent = await client.send(PostFile(file=Upload(b"Ada\n" * 5)))
        texts = [token.text async for token in client.events(StreamTokens(message="hi"))]
        size = await client.download("http://storage/x", tmp_path / "x.csv")

    assert (balance.credits, sent, texts, size) == (7, 5, ["x"], 3)


@pytest.mark.parametrize(
    ("name", "error_class", "sent"),
    [
        ("ConnectError", ConnectError, False),
        ("ConnectTimeout", ConnectError, False),
        ("PoolTimeout", ConnectError, False),
        ("ProxyError", ConnectError, False),
        ("LocalProtocolError", ConnectError, False),
        ("ReadTimeout", RequestTimeoutError, True),
        ("WriteTimeout", RequestTimeoutError, True),
        ("ReadError", ProtocolError, True),
        ("RemoteProtocolError", ProtocolError, True),
        ("DecodingError", ProtocolError, True),
    ],
)
async def test_exceptions_of_both_libraries_become_transport_errors(
    family: Any, name: str, error_class: type[TransportError], sent: bool
) -> None:
    def fail(_request: Any) -> Any:
        raise getattr(family, name)("it broke")

    client, http_client = client_of(family, fail, retries=0)
    async with http_client, client:
        with pytest.raises(error_class, match=r"it broke on GET /check-balance") as caught:
            await client.send(CheckBalance())

    assert caught.value.sent is sent
    assert isinstance(caught.value.__cause__, getattr(family, name))


async def test_error_statuses_raise_the_same_over_both_libraries(family: Any) -> None:
    client, http_client = client_of(family, lambda _: family.Response(404, json={"detail": "no such thing"}))
    async with http_client, client:
        with pytest.raises(NotFoundError, match="no such thing"):
            await client.send(CheckBalance())


def test_the_package_does_not_import_httpx2() -> None:
    program = "import sys, sixtyfour_async; AC = sixtyfour_async.AsyncClient; AC('k'); print('httpx2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def port_of(listener: anyio.abc.Listener[Any]) -> int:
    port: int = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 (anyio's, not Django's)
    return port


async def test_no_request_waits_in_the_connection_pool() -> None:
    """The server answers none of 150 requests before it has received all of them."""
    concurrent = 150
    arrived = 0
    all_arrived = anyio.Event()

    async def serve(stream: anyio.abc.ByteStream) -> None:
        nonlocal arrived
        async with stream:
            await stream.receive()
            arrived += 1
            if arrived == concurrent:
                all_arrived.set()
            await all_arrived.wait()
            await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        async with anyio.create_task_group() as server, AsyncClient(KEY, base_url=url, **PLENTY) as client:
            server.start_soon(listener.serve, serve)
            with anyio.fail_after(20):
                async with anyio.create_task_group() as callers:
                    for _ in range(concurrent):
                        callers.start_soon(client.request, "GET", "/check-balance")
            server.cancel_scope.cancel()

    assert arrived == concurrent


def dechunk(body: bytes) -> bytes:
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        content, body = content + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return content


@pytest.mark.parametrize("source", ["path", "stream"])
async def test_an_upload_has_an_exact_content_length_or_is_chunked(tmp_path: Path, source: str) -> None:
    """A file has a known length; a stream does not."""
    content = b"name\n" + b"Ada\n" * 100_000
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    received = b""

    async def chunks() -> AsyncIterator[bytes]:
        yield content[:7]
        yield content[7:]

    async def serve(stream: anyio.abc.ByteStream) -> None:
        nonlocal received
        async with stream:
            while not received.endswith(b"--\r\n" if source == "path" else b"\r\n0\r\n\r\n"):
                received += await stream.receive()
            await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        async with anyio.create_task_group() as server, AsyncClient(KEY, base_url=url) as client:
            server.start_soon(listener.serve, serve)
            with anyio.fail_after(20):
                await client.send(PostFile(file=Upload(path if source == "path" else chunks())))
            server.cancel_scope.cancel()

    head, _, body = received.partition(b"\r\n\r\n")
    if source == "path":
        assert f"content-length: {len(body)}".encode() in head.lower()
    else:
        assert b"transfer-encoding: chunked" in head.lower()
        body = dechunk(body)
    assert content in body


@pytest.mark.parametrize("objections", [[STOPPED], [None, STOPPED]], ids=["before it connects", "while it connects"])
async def test_a_request_to_which_there_is_an_objection_at_the_last_instant_does_not_leave(
    family: ModuleType, objections: list[str | None]
) -> None:
    """To connect takes its time: a process may be stopped meanwhile, and go on when others have taken its place."""
    asked = iter(objections)
    request = HTTPRequest("POST", "/find-email-async", body=b"{}").unless(lambda: next(asked))
    with raw_server(lambda _: answer(b"{}")) as server:
        async with (
            family.AsyncClient() as connections,
            AsyncClient(KEY, base_url=server.url, http_client=connections) as client,
        ):
            pipeline = pipeline_of(client)
            ticket = await pipeline.acquire()
            with pytest.raises(ConnectError, match=STOPPED) as caught:
                await pipeline.exchange(request, ticket)

    assert not caught.value.sent
    assert server.received == []


async def test_a_refused_connection_means_the_request_was_not_sent(unused_port: int) -> None:
    async with AsyncClient(KEY, base_url=f"http://127.0.0.1:{unused_port}", retries=0) as client:
        with pytest.raises(ConnectError) as caught:
            await client.send(CheckBalance())

    assert not caught.value.sent


@pytest.fixture
async def unused_port() -> int:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        return port_of(listener)


async def test_a_cookie_that_the_service_sets_is_sent_with_the_next_request() -> None:
    heads = [b"HTTP/1.1 200 OK\r\nset-cookie: node=7; path=/\r\n", b"HTTP/1.1 200 OK\r\n"]
    with raw_server(lambda _: answer(b'{"credits": 5}', heads.pop(0))) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            await client.send(CheckBalance())
            await client.send(CheckBalance())

    assert [b"cookie: node=7" in request.lower() for request in server.received] == [False, True]


class TracingTransport(httpx.AsyncHTTPTransport):
    """Follows the steps of httpcore, besides or instead of whoever did so before."""

    def __init__(self, *, replaces: bool) -> None:
        super().__init__(verify=False)
        self.steps: list[str] = []
        self._replaces = replaces

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        before = request.extensions["trace"]

        async def trace(step: str, info: Any) -> None:
            self.steps.append(step)
            if not self._replaces:
                await before(step, info)

        request.extensions["trace"] = trace
        return await super().handle_async_request(request)


@pytest.mark.parametrize("replaces", [False, True])
async def test_whoever_else_follows_a_request_sees_all_of_its_steps(replaces: bool) -> None:
    transport = TracingTransport(replaces=replaces)
    with raw_server(lambda _: answer(b'{"credits": 5}')) as server:
        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncClient(KEY, base_url=server.url, http_client=http) as client,
        ):
            await client.send(CheckBalance())

    assert transport.steps[-1] == "http11.response_closed.complete"
