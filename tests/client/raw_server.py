"""A server on loopback that sends exact bytes, in threads of its own: any event loop, and none, may talk to it."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any

JSON = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"


def answer(body: bytes, head: bytes = JSON) -> list[bytes]:
    """Return a whole answer."""
    return [head + b"content-length: %d\r\n\r\n" % len(body) + body]


class RawServer:
    """Records each request and sends what *reply* returns for it, piece by piece; the connection is kept.

    Attributes:
        url: Where it listens.
        received: The requests, heads with bodies.
        connections: How many were accepted.
        stopping: Set when the server is closed: an endless reply ends then.
    """

    def __init__(self, reply: Callable[[bytes], Iterable[bytes]]) -> None:
        self.received: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self.reply = reply
        self.url = ""

    def serve(self, stream: Any) -> None:
        self.connections += 1
        with suppress(OSError):
            while head := read_head(stream):
                length = re.search(rb"content-length: (\d+)", head.lower())
                self.received.append(head + stream.rfile.read(int(length[1]) if length else 0))
                closes = False
                for piece in self.reply(self.received[-1]):
                    closes = closes or b"connection: close" in piece
                    stream.wfile.write(piece)
                    if self.stopping.is_set():
                        return
                if closes:
                    return


def read_head(stream: Any) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line: bytes = stream.rfile.readline()
        if not line:
            return b""
        head += line
    return head


@contextmanager
def raw_server(reply: Callable[[bytes], Iterable[bytes]], host: str = "127.0.0.1") -> Generator[RawServer]:
    made = RawServer(reply)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            made.serve(self)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

    with Server((host, 0), Handler) as server:
        made.url = f"http://{host}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.stopping.set()
            server.shutdown()
            thread.join()
