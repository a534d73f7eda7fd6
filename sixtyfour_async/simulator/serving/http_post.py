"""One POST over a connection of its own."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

import anyio
import h11
from anyio.abc import ByteStream

NO_ANSWER = 0
_PORTS = {"http": 80, "https": 443}
_READ_BYTES = 65536


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    """Return the status of the answer, redirects not followed; `NO_ANSWER` if there is none."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return NO_ANSWER
    try:
        async with await _connect(parts) as stream:
            return await _exchange(stream, _request(parts, headers, body), body)
    except (OSError, ValueError, h11.ProtocolError, anyio.EndOfStream, anyio.BrokenResourceError):
        return NO_ANSWER


async def _connect(parts: SplitResult) -> ByteStream:
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if parts.scheme == "https":
        return await anyio.connect_tcp(host, port, tls=True)
    return await anyio.connect_tcp(host, port)


def _request(parts: SplitResult, headers: Mapping[str, str], body: bytes) -> h11.Request:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    own = {"Host": parts.netloc.rpartition("@")[2], "Content-Length": str(len(body)), "Connection": "close"}
    return h11.Request(method="POST", target=target, headers=[*own.items(), *headers.items()])


async def _exchange(stream: ByteStream, request: h11.Request, body: bytes) -> int:
    """Send and receive at the same time: a receiver may answer, and close, before it has read all of a large body."""
    connection = h11.Connection(h11.CLIENT)
    head = connection.send(request) or b""
    status = NO_ANSWER

    async def send() -> None:
        with contextlib.suppress(anyio.BrokenResourceError):
            await stream.send(head + (connection.send(h11.Data(body)) or b""))

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(send)
        with contextlib.suppress(anyio.EndOfStream, anyio.BrokenResourceError):
            status = await _status(stream, connection)
        tasks.cancel_scope.cancel()
    return status


async def _status(stream: ByteStream, connection: h11.Connection) -> int:
    while True:
        match connection.next_event():
            case h11.Response(status_code=status):
                return status
            case h11.NEED_DATA:
                connection.receive_data(await stream.receive(_READ_BYTES))
            case _:  # an interim response, such as 100 Continue
                pass
