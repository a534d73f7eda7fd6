"""Serve a simulator over HTTP with uvicorn, extended to reset connections."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
import socket
import struct
from collections.abc import AsyncGenerator, Callable, Generator
from typing import TYPE_CHECKING, Any

import anyio

from sixtyfour_async.simulator.base.disconnect import CONNECTION_EXTENSION
from sixtyfour_async.simulator.serving.simulator import Simulator, missing_extra

if TYPE_CHECKING:
    import uvicorn


def _reset(transport: asyncio.Transport) -> None:
    """Close a connection with RST instead of FIN."""
    sock = transport.get_extra_info("socket")
    if sock is not None:
        # With SO_LINGER on and a timeout of zero, close() discards unsent data and sends RST.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def listening_socket(host: str, port: int) -> socket.socket:
    """Open a listening socket.

    Raises:
        OSError: The address is unavailable.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(
        family, socket.SOCK_STREAM, socket.IPPROTO_TCP
    )  # asyncio sets TCP_NODELAY only if the protocol is named
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(2048)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise OSError(error.errno, f"cannot serve the simulator on {host}:{port}: {error.strerror}") from error
    return sock


@functools.cache
def _classes() -> tuple[type[uvicorn.Server], type[Any]]:
    """Return subclasses of uvicorn's server and protocol; made on demand, because uvicorn is an optional extra."""
    try:
        import uvicorn  # noqa: PLC0415 -- needs the extra
        from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 -- needs the extra
    except ModuleNotFoundError as error:
        raise missing_extra(error) from error

    class BreakableProtocol(H11Protocol):
        """Offers the application the extension that breaks the connection."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            application = self.app

            async def with_connection_hooks(scope: Any, receive: Any, send: Any) -> None:
                hooks = {"reset": lambda: _reset(self.transport), "close": self.transport.close}
                scope.setdefault("extensions", {})[CONNECTION_EXTENSION] = hooks
                await application(scope, receive, send)

            self.app = with_connection_hooks

    class EmbeddedServer(uvicorn.Server):
        """Leaves signals to the embedding program and signals when it is ready."""

        def __init__(self, config: uvicorn.Config) -> None:
            super().__init__(config)
            self.ready = asyncio.Event()

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.ready.set()

    return EmbeddedServer, BreakableProtocol


@contextlib.asynccontextmanager
async def serve(simulator: Simulator, *, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str]:
    """Serve in the running asyncio loop and yield the base URL.

    On exit, open connections are aborted; accepted work stays accepted.

    Raises:
        OSError: The address is unavailable, e.g. the port is in use.
        ModuleNotFoundError: Starlette or uvicorn is missing.
    """
    server_class, protocol = _classes()
    application: Any = simulator.app
    import uvicorn  # noqa: PLC0415 -- needs the extra

    config = uvicorn.Config(
        application,
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
    )
    with listening_socket(host, port) as sock:
        address = f"[{host}]" if ":" in host else host
        url = f"http://{address}:{sock.getsockname()[1]}"
        server: Any = server_class(config)
        serving = asyncio.create_task(server.serve(sockets=[sock]))
        ready = asyncio.create_task(server.ready.wait())
        delivering = asyncio.create_task(simulator.deliver_webhooks(base_url=url))
        try:
            await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
            if serving.done():
                serving.result()
            yield url
        finally:
            ready.cancel()
            delivering.cancel()
            with anyio.CancelScope(shield=True):
                await _stop(server, serving)
                with contextlib.suppress(asyncio.CancelledError):
                    await delivering


async def _stop(server: Any, serving: asyncio.Task[None]) -> None:
    server.should_exit = server.force_exit = True
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    tasks: list[asyncio.Task[None]] = list(server.server_state.tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await serving


async def serve_until(
    simulator: Simulator, host: str, port: int, on_ready: Callable[[str], None], stop: asyncio.Event
) -> None:
    """Serve until *stop* is set."""
    async with serve(simulator, host=host, port=port) as url:
        on_ready(url)
        await stop.wait()


def run(simulator: Simulator, host: str, port: int, on_ready: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM, then shut down.

    Args:
        simulator: The simulator to serve.
        host: Address to listen on.
        port: Port to listen on; 0 for any free port.
        on_ready: Called once with the base URL.

    Raises:
        OSError: The address is unavailable.
        ModuleNotFoundError: Starlette or uvicorn is missing.
    """

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt stops the loop instead
                loop.add_signal_handler(number, stop.set)
        await serve_until(simulator, host, port, on_ready, stop)

    asyncio.run(main())
