"""The transport over either family of clients, httpx and httpx2, and over real connections."""

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
from sixtyfour_async.operations import CheckBalance
from tests.client.network import KEY
from tests.client.questions import PostFile, Talk

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """On the real clock."""
    return "asyncio"


@pytest.fixture(params=[httpx, httpx2], ids=["httpx", "httpx2"])
def family(request: pytest.FixtureRequest) -> ModuleType:
    module: ModuleType = request.param
    return module


PLENTY: dict[str, Any] = {"requests_per_minute": 100_000}


def client_of(family: Any, answer: Callable[[Any], Any], **more: Any) -> tuple[AsyncClient, Any]:
    http_client = family.AsyncClient(transport=family.MockTransport(answer))
    return AsyncClient(KEY, base_url="http://service", http_client=http_client, **more), http_client


async def test_either_family_carries_requests(family: Any, tmp_path: Path) -> None:
    """Questions, files, events and downloads."""

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
        told = [token.text async for token in client.events(Talk(message="hi"))]
        size = await client.download("http://storage/x", tmp_path / "x.csv")

    assert (balance.credits, sent, told, size) == (7, 5, ["x"], 3)


@pytest.mark.parametrize(
    ("name", "ours", "sent"),
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
async def test_what_goes_wrong_in_either_family_is_told_in_our_words(
    family: Any, name: str, ours: type[TransportError], sent: bool
) -> None:
    def fail(_request: Any) -> Any:
        raise getattr(family, name)("it broke")

    client, http_client = client_of(family, fail, retries=0)
    async with http_client, client:
        with pytest.raises(ours, match=r"it broke on GET /check-balance") as caught:
            await client.send(CheckBalance())

    assert caught.value.sent is sent
    assert isinstance(caught.value.__cause__, getattr(family, name))


async def test_errors_of_the_service_are_the_same_in_either_family(family: Any) -> None:
    client, http_client = client_of(family, lambda _: family.Response(404, json={"detail": "no such thing"}))
    async with http_client, client:
        with pytest.raises(NotFoundError, match="no such thing"):
            await client.send(CheckBalance())


def test_httpx2_is_not_loaded_by_us() -> None:
    program = "import sys, sixtyfour_async; AC = sixtyfour_async.AsyncClient; AC('k'); print('httpx2' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def port_of(listener: anyio.abc.Listener[Any]) -> int:
    port: int = listener.extra(anyio.abc.SocketAttribute.local_port)  # noqa: S610 (anyio's, not Django's)
    return port


async def test_no_request_waits_in_the_pool() -> None:
    """A service that answers none of 150 requests before it has all of them."""
    together = 150
    arrived = 0
    all_here = anyio.Event()

    async def serve(stream: anyio.abc.ByteStream) -> None:
        nonlocal arrived
        async with stream:
            await stream.receive()
            arrived += 1
            if arrived == together:
                all_here.set()
            await all_here.wait()
            await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        async with anyio.create_task_group() as server, AsyncClient(KEY, base_url=url, **PLENTY) as client:
            server.start_soon(listener.serve, serve)
            with anyio.fail_after(20):
                async with anyio.create_task_group() as callers:
                    for _ in range(together):
                        callers.start_soon(client.request, "GET", "/check-balance")
            server.cancel_scope.cancel()

    assert arrived == together


def unchunked(body: bytes) -> bytes:
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        whole, body = whole + body[: int(size, 16)], body[int(size, 16) + 2 :]
    return whole


@pytest.mark.parametrize("kind", ["path", "stream"])
async def test_a_file_is_framed_as_http_wants_it(tmp_path: Path, kind: str) -> None:
    """Over a real connection: a length that is right to the byte, or chunks."""
    content = b"name\n" + b"Ada\n" * 100_000
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    received = b""

    async def pieces() -> AsyncIterator[bytes]:
        yield content[:7]
        yield content[7:]

    async def serve(stream: anyio.abc.ByteStream) -> None:
        nonlocal received
        async with stream:
            while not received.endswith(b"--\r\n" if kind == "path" else b"\r\n0\r\n\r\n"):
                received += await stream.receive()
            await stream.send(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")

    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        url = f"http://127.0.0.1:{port_of(listener)}"
        async with anyio.create_task_group() as server, AsyncClient(KEY, base_url=url) as client:
            server.start_soon(listener.serve, serve)
            with anyio.fail_after(20):
                await client.send(PostFile(file=Upload(path if kind == "path" else pieces())))
            server.cancel_scope.cancel()

    head, _, body = received.partition(b"\r\n\r\n")
    if kind == "path":
        assert f"content-length: {len(body)}".encode() in head.lower()
    else:
        assert b"transfer-encoding: chunked" in head.lower()
        body = unchunked(body)
    assert content in body


async def test_a_request_that_no_server_takes_was_not_sent(unused_port: int) -> None:
    async with AsyncClient(KEY, base_url=f"http://127.0.0.1:{unused_port}", retries=0) as client:
        with pytest.raises(ConnectError) as caught:
            await client.send(CheckBalance())

    assert not caught.value.sent


@pytest.fixture
async def unused_port() -> int:
    async with await anyio.create_tcp_listener(local_host="127.0.0.1") as listener:
        return port_of(listener)
