"""Networks that fail between a client and PostgreSQL: connections that are cut or swallowed, and a pooler."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

CHUNK = 65536


_WORDS = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
_STARTING = b"E" + struct.pack("!i", len(_WORDS) + 4) + _WORDS


class Proxy:
    """Forwards connections to a port of this machine, and can fail as networks do.

    Attributes:
        port: Where it listens.
        refuses: Whether new connections are closed at once.
        swallows: Whether nothing is forwarded any more, with all connections open.
        swallows_answers: Whether only what the server says is not.
        is_starting: How many more connections are told that the server is starting up.
        cut_after: Returns after how many bytes, in either direction, the next connection is cut; None for never.
    """

    def __init__(self, port: int) -> None:
        self._target = port
        self.refuses = False
        self.swallows = False
        self.swallows_answers = False
        self.is_starting = 0
        self.cut_after: Callable[[], int | None] = lambda: None
        self.cuts = 0
        self._sockets: set[socket.socket] = set()
        self._swallowed: set[socket.socket] = set()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes whoever accepts
        self._listening.close()
        self.cut()

    def cut(self) -> None:
        """Close every connection."""
        for one in list(self._sockets):
            _close(one)

    def swallow(self) -> None:
        """Forward nothing more of the connections that there are, and leave them open; new ones are as good as ever."""
        self._swallowed |= self._sockets

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.refuses:
                    _close(client)
                elif self.is_starting:
                    self.is_starting -= 1
                    _tell_of_start(client)
                else:
                    self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._target))
        except OSError:  # it is away
            _close(client)
            return
        self._sockets |= {client, server}
        left = [self.cut_after()]
        for source, target in ((client, server), (server, client)):
            threading.Thread(target=self._forward, args=(source, target, left, source is client), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, left: list[int | None], to_server: bool) -> None:
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if self.swallows or source in self._swallowed or (self.swallows_answers and not to_server):
                    continue
                if left[0] is not None and len(data) >= left[0]:
                    target.sendall(data[: left[0]])
                    self.cuts += 1
                    break
                if left[0] is not None:
                    left[0] -= len(data)
                target.sendall(data)
        for one in (source, target):
            _close(one)
            self._sockets.discard(one)


def _tell_of_start(client: socket.socket) -> None:
    """Answer as a server does that is starting up."""
    client.recv(CHUNK)
    client.sendall(b"N")  # no encryption
    client.recv(CHUNK)
    client.sendall(_STARTING)
    _close(client)


def _close(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


class Pooler:
    """A pooler in transaction mode: each transaction of a client goes to another of a few connections.

    Like pgbouncer's, its connections are logged in by itself, and what they send outside of a transaction, such as
    notifications, is for nobody.
    """

    def __init__(self, port: int, database: str, connections: int = 3) -> None:
        self._backends = [_Backend(port, database) for _ in range(connections)]
        self._free = list(self._backends)
        self._choice = random.Random(64)  # noqa: S311 (to be repeated)
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.transactions = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for backend in self._backends:
            _close(backend.socket)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with suppress(OSError, EOFError):
            while True:
                (length,) = struct.unpack("!i", _exactly(client, 4))
                (code,) = struct.unpack("!i", _exactly(client, length - 4)[:4])
                if code == 196608:  # a startup message; anything before asks for encryption
                    break
                client.sendall(b"N")
            client.sendall(self._backends[0].greeting)
            while True:
                self._transact(client)
        _close(client)

    def _transact(self, client: socket.socket) -> None:
        """Pass one transaction through, from its first message to where the server is idle again."""
        message = _message(client)
        if message[:1] == b"X":
            raise EOFError
        with self._lock:
            self._choice.shuffle(self._free)
            backend = self._free.pop()
            self.transactions += 1
        try:
            backend.forget_notifications()
            while True:
                backend.socket.sendall(message)
                if message[:1] in b"SQ":
                    answer = backend.answer()
                    client.sendall(answer)
                    if answer[-1:] == b"I":
                        return
                message = _message(client)
        finally:
            with self._lock:
                self._free.append(backend)


class _Backend:
    """One connection of a pooler."""

    def __init__(self, port: int, database: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        words = f"user\0postgres\0database\0{database}\0client_encoding\0UTF8\0\0".encode()
        self.socket.sendall(struct.pack("!ii", len(words) + 8, 196608) + words)
        self.greeting = self.answer()

    def answer(self) -> bytes:
        """Return everything up to where the server waits for the client."""
        said = b""
        while True:
            message = _message(self.socket)
            said += message
            if message[:1] == b"Z":
                return said

    def forget_notifications(self) -> None:
        """Take in what came while nobody used the connection."""
        self.socket.setblocking(False)
        with suppress(BlockingIOError):
            while self.socket.recv(CHUNK):
                pass
        self.socket.setblocking(True)


def _message(source: socket.socket) -> bytes:
    head = _exactly(source, 5)
    (length,) = struct.unpack("!i", head[1:])
    return head + _exactly(source, length - 4)


def _exactly(source: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = source.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data
