"""A server on loopback, in its own process, that gives canned answers: the least a server costs."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

ANSWER = json.dumps({"email": [["ada@example.com", "OK", "COMPANY"]], "cost_cents": 5, "filler": "x" * 400}).encode()


def answer_all(listener: socket.socket, answer: Callable[[bytes], bytes]) -> None:
    """Answer whatever is asked; *answer* gives the body for a request's head."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while header := await reader.readuntil(b"\r\n\r\n"):
                length = int(header.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
                await reader.readexactly(length)
                body = answer(header)
                writer.write(HEAD % len(body) + body)
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(converse, sock=listener)
        await server.serve_forever()

    asyncio.run(main())


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


@contextmanager
def canned_server(answer: Callable[[bytes], bytes] = lambda _: ANSWER) -> Generator[str]:
    """Run `answer_all` in a process of its own; yield its URL."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        process = multiprocessing.get_context("fork").Process(target=answer_all, args=(listener, answer), daemon=True)
        process.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            process.terminate()
            process.join()
