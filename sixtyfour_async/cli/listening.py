"""Receive webhook deliveries while a run lasts: the receiver of its runner, served by uvicorn."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import AsyncGenerator, Generator

import anyio

from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async.errors import ConfigurationError, InputError

SHUTDOWN_SECONDS = 2.0
"""Real seconds that deliveries in hand get at the end."""


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
async def listening(runner: JobRunner, address: str | None) -> AsyncGenerator[None]:
    """Serve a runner's receiver until the end of the context, at any path; without an address do nothing.

    Raises:
        ConfigurationError: uvicorn is not installed.
        InputError: The address cannot be listened on.
    """
    if address is None:
        yield
        return
    try:
        import uvicorn  # noqa: PLC0415 (an optional extra)
    except ModuleNotFoundError as error:
        raise ConfigurationError('--listen needs uvicorn: pip install "sixtyfour_async[webhooks]"') from error

    class Server(uvicorn.Server):
        """A server that leaves signals to the run."""

        @contextlib.contextmanager
        def capture_signals(self) -> Generator[None]:
            yield

    listener = _bound(*parse_address(address))
    config = uvicorn.Config(
        runner.webhooks(), log_config=None, access_log=False, timeout_graceful_shutdown=int(SHUTDOWN_SECONDS)
    )
    server = Server(config)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listener])
        try:
            yield
        finally:
            server.should_exit = True


def _bound(host: str, port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise InputError(f"--listen {host}:{port}: {error.strerror or error}", remedy="choose another port") from error
    return listener
