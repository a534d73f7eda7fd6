"""The receiver behind uvicorn, reached by senders that keep to no rule."""

from __future__ import annotations

import contextlib
import tracemalloc
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from anyio.abc import SocketStream
from fastapi import FastAPI

from sixtyfour_async import WebhookReceiver
from tests.webhooks.deliveries import FINISHED, OTHER, SECRET, Kept, body_of, signed

BODY = body_of(FINISHED)
MEBIBYTE = 1024 * 1024


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def served(app: Any, **config: Any) -> AsyncGenerator[int]:
    """Serve an application on a free port, and yield the port."""

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Any:
            yield

    server = Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, http="h11", ws="none", **config))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve)
        while not server.started:  # noqa: ASYNC110 (uvicorn tells nobody)
            await anyio.sleep(0.01)
        try:
            yield server.servers[0].sockets[0].getsockname()[1]
        finally:
            server.should_exit = server.force_exit = True


def mounted(**settings: Any) -> tuple[FastAPI, WebhookReceiver, Kept]:
    kept = Kept()
    receiver = WebhookReceiver(kept, secrets=SECRET, **settings)
    app = FastAPI()
    receiver.mount_on(app, "/sixtyfour")
    return app, receiver, kept


def head_of(*headers: str, path: str = "/sixtyfour") -> bytes:
    return "\r\n".join([f"POST {path} HTTP/1.1", "Host: web", *headers, "", ""]).encode()


async def answer_to(port: int, *pieces: bytes) -> str:
    """Return the first line of the answer to raw bytes."""
    async with await anyio.connect_tcp("127.0.0.1", port) as stream:
        for piece in pieces:
            await stream.send(piece)
        return await status_line(stream)


async def status_line(stream: SocketStream) -> str:
    received = b""
    with contextlib.suppress(anyio.EndOfStream):
        while b"\r\n" not in received:
            received += await stream.receive()
    return received.partition(b"\r\n")[0].decode()


async def test_deliveries_to_a_fastapi_application() -> None:
    app, receiver, kept = mounted()

    async with served(app) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        good = [await client.post(path, content=BODY, headers=signed(BODY)) for path in ("/sixtyfour", "/sixtyfour/")]
        forged = await client.post("/sixtyfour", content=BODY, headers=signed(BODY, OTHER))
        got = await client.get("/sixtyfour")

    assert [answer.status_code for answer in (*good, forged, got)] == [204, 204, 401, 405]
    assert kept.job_ids == ["job_1", "job_1"]
    assert receiver.answers == {204: 2, 401: 1, 405: 1}


@pytest.mark.parametrize("path", ["/sixtyfour", "/sixtyfour/", "/api/sixtyfour"])
async def test_a_root_path_of_the_server(path: str) -> None:
    """uvicorn puts its root path before what arrives; a proxy that keeps the prefix makes it stand there twice."""
    app, _, kept = mounted()
    if path.startswith("/api"):
        outer = FastAPI()
        outer.mount("/api", app)
        app = outer

    async with served(app, root_path="/api") as port, httpx.AsyncClient() as client:
        answer = await client.post(f"http://127.0.0.1:{port}{path}", content=BODY, headers=signed(BODY))

    assert answer.status_code == 204
    assert kept.job_ids == ["job_1"]


async def test_it_can_be_served_by_itself() -> None:
    kept = Kept()
    async with (
        served(WebhookReceiver(kept, secrets=SECRET), lifespan="on") as port,
        httpx.AsyncClient() as client,
    ):
        assert (await client.post(f"http://127.0.0.1:{port}", content=BODY, headers=signed(BODY))).status_code == 204
    assert kept.job_ids == ["job_1"]


async def test_a_declared_length_over_the_limit_is_refused_before_the_body() -> None:
    app, _, _ = mounted()

    async with served(app) as port:
        for length in (str(2**40), "9" * 18):
            assert "413" in await answer_to(port, head_of(f"Content-Length: {length}"))


async def test_an_endless_body_is_refused_in_flat_memory() -> None:
    app, _, kept = mounted(max_body_bytes=MEBIBYTE)
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65536
            yield bytes(65536)

    async with served(app) as port, httpx.AsyncClient() as client:
        tracemalloc.start()
        try:
            for _ in range(5):
                with contextlib.suppress(httpx.TransportError):  # the connection is closed on a sender that goes on
                    answer = await client.post(f"http://127.0.0.1:{port}/sixtyfour", content=endless())
                    assert answer.status_code == 413
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert sent < 5 * 16 * MEBIBYTE
    assert peak < 16 * MEBIBYTE
    assert kept.events == []


async def test_a_chunked_body_just_past_the_limit_gets_its_413() -> None:
    app, receiver, _ = mounted(max_body_bytes=1000)

    async with served(app) as port:
        for size, status in ((1000, "401"), (1001, "413")):
            chunks = [b"1\r\nx\r\n"] * size
            head = head_of("Transfer-Encoding: chunked", "Sixtyfour-Signature: t=1,v1=00")
            assert status in await answer_to(port, head, b"".join(chunks), b"0\r\n\r\n" if size == 1000 else b"")
    assert receiver.answers == {401: 1, 413: 1}


async def test_a_slow_body_is_given_up() -> None:
    app, receiver, _ = mounted(read_timeout=0.2)

    async with served(app) as port, await anyio.connect_tcp("127.0.0.1", port) as stream:
        await stream.send(head_of("Content-Length: 1000"))
        async with anyio.create_task_group() as tasks:

            async def drip() -> None:
                with contextlib.suppress(anyio.BrokenResourceError):
                    for _ in range(1000):
                        await stream.send(b"x")
                        await anyio.sleep(0.05)

            tasks.start_soon(drip)
            assert "408" in await status_line(stream)
            tasks.cancel_scope.cancel()
    assert receiver.answers == {408: 1}


async def test_a_length_below_the_body_does_not_make_the_rest_a_delivery() -> None:
    """What is beyond the declared length is another request to any server; here it is not one at all."""
    app, _, kept = mounted()
    headers = [f"{name}: {value}" for name, value in signed(BODY).items()]

    async with served(app) as port:
        line = await answer_to(port, head_of(f"Content-Length: {len(BODY) - 5}", *headers), BODY)

    assert "401" in line
    assert kept.events == []


async def test_a_body_that_stops_short_is_not_a_delivery() -> None:
    app, receiver, kept = mounted()
    headers = [f"{name}: {value}" for name, value in signed(BODY).items()]

    async with served(app) as port:
        async with await anyio.connect_tcp("127.0.0.1", port) as stream:
            await stream.send(head_of(f"Content-Length: {len(BODY)}", *headers) + BODY[:-5])
            await anyio.sleep(0.05)
        async with httpx.AsyncClient() as client:
            again = await client.post(f"http://127.0.0.1:{port}/sixtyfour", content=BODY, headers=signed(BODY))

    assert again.status_code == 204
    assert kept.job_ids == ["job_1"]
    assert receiver.answers == {204: 1}


@pytest.mark.parametrize("value", [b"t=1,v1=\xe9", b"", b"t=abc", b"\xff" * 50, b"t=1,v1=" + b"0" * 20_000])
async def test_header_bytes_of_a_stranger_are_refused_and_break_nothing(value: bytes) -> None:
    app, _, _ = mounted()
    request = head_of(f"Content-Length: {len(BODY)}", "Sixtyfour-Signature: \x00")[: -len(b"\x00\r\n\r\n")]

    async with served(app) as port:
        assert "401" in await answer_to(port, request + value + b"\r\n\r\n" + BODY)


async def test_many_forgers_at_once_leave_room_for_the_service() -> None:
    app, receiver, kept = mounted()

    async with (
        served(app) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client,
    ):

        async def post(headers: dict[str, str], answers: list[int]) -> None:
            answers.append((await client.post("/sixtyfour", content=BODY, headers=headers)).status_code)

        forged: list[int] = []
        good: list[int] = []
        async with anyio.create_task_group() as tasks:
            for _ in range(40):
                for _ in range(4):
                    tasks.start_soon(post, signed(BODY, OTHER), forged)
                tasks.start_soon(post, signed(BODY), good)

    assert (set(forged), set(good)) == ({401}, {204})
    assert len(kept.events) == 40
    assert receiver.answers == {401: 160, 204: 40}
