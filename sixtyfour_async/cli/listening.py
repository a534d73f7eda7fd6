"""Receive webhook deliveries on the command line: a receiver, served by uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import AsyncGenerator, Generator
from typing import TYPE_CHECKING, Any

import anyio

from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async.errors import ConfigurationError, InputError
from sixtyfour_async.webhooks.receiver import WebhookReceiver

if TYPE_CHECKING:
    import uvicorn

SHUTDOWN_SECONDS = 2.0
"""Real seconds that deliveries in hand get at the end."""

HEAD_SECONDS = 10.0
"""Real seconds in which the head of a request must have arrived, from the opening of the connection or the end of the
request before it. A body has a time of its own, see `WebhookReceiver`."""


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``; an IPv6 address stands in brackets.

    Raises:
        InputError: The text is no such pair.
    """
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:  # noqa: PLR2004 (the largest port)
        raise InputError(f"--listen {text} is not HOST:PORT", remedy="use one such as 0.0.0.0:8080")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 (the caller says where to listen)


@contextlib.asynccontextmanager
async def receiving(runner: JobRunner, address: str | None) -> AsyncGenerator[None]:
    """Serve a runner's receiver until the end of the context; without an address do nothing. See `listening`."""
    if address is None:
        yield
        return
    async with listening(runner.webhooks(), address):
        yield


@contextlib.asynccontextmanager
async def listening(receiver: WebhookReceiver, address: str) -> AsyncGenerator[str]:
    """Serve a receiver until the end of the context, at any path, and yield the URL.

    Raises:
        ConfigurationError: uvicorn is not installed.
        InputError: The address cannot be listened on.
    """
    server_class, protocol = _classes()
    host, port = parse_address(address)
    with _bound(host, port) as listener:
        server: Any = server_class(_config(receiver, protocol))
        # No task group: it would wrap an error of the caller's in a group.
        serving = asyncio.create_task(server.serve([listener]))
        try:
            await server.ready.wait()
            yield f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            with anyio.CancelScope(shield=True):
                await serving


def _config(receiver: WebhookReceiver, protocol: type[Any]) -> uvicorn.Config:
    import uvicorn  # noqa: PLC0415 (an optional extra)

    return uvicorn.Config(
        receiver,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=int(HEAD_SECONDS),
        timeout_graceful_shutdown=int(SHUTDOWN_SECONDS),
    )


@functools.cache
def _classes() -> tuple[type[uvicorn.Server], type[Any]]:
    """Return subclasses of uvicorn's server and protocol; made on demand, because uvicorn is an optional extra."""
    try:
        import uvicorn  # noqa: PLC0415 (an optional extra)
        from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 (an optional extra)
    except ModuleNotFoundError as error:
        raise ConfigurationError('--listen needs uvicorn: pip install "sixtyfour_async[webhooks]"') from error

    class Server(uvicorn.Server):
        """A server that leaves signals to the command, and says when it is ready."""

        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            self.ready = anyio.Event()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.ready.set()

    class ImpatientProtocol(H11Protocol):
        """Closes connections on which no request comes: uvicorn would keep them, and their files, for ever."""

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.loop.call_later(HEAD_SECONDS, self._close_unless_after, None)

        def on_response_complete(self) -> None:
            answered = self.cycle
            super().on_response_complete()  # which may begin with the next request
            self.loop.call_later(HEAD_SECONDS, self._close_unless_after, answered)

        def _close_unless_after(self, cycle: Any) -> None:
            if self.cycle is cycle and not self.transport.is_closing():
                self.transport.close()

    return Server, ImpatientProtocol


@contextlib.contextmanager
def _bound(host: str, port: int) -> Generator[socket.socket]:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
            listener.setblocking(False)
        except OSError as error:
            text = f"--listen {host}:{port}: {error.strerror or error}"
            raise InputError(text, remedy="choose another port") from error
        yield listener
