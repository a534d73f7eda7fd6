"""Network streams for httpcore, over anyio.

httpcore's own set a timer around each read and write, and build the list of a socket's attributes to learn whether the
server has closed it. With a time for the request as a whole, and with the socket at hand, neither is needed.
"""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import anyio
import httpcore
from anyio.abc import ByteStream, SocketAttribute
from anyio.streams.tls import TLSAttribute, TLSStream

_BROKEN = (anyio.BrokenResourceError, anyio.ClosedResourceError, OSError)
_UNTIMED: AbstractContextManager[object] = nullcontext()


class Network(httpcore.AsyncNetworkBackend):
    """Connects to hosts."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature, here and below)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002 (none are asked for)
    ) -> NetworkStream:
        """Connect to a host.

        Raises:
            httpcore.ConnectTimeout, httpcore.ConnectError: There is no connection.
        """
        try:
            with anyio.fail_after(timeout):
                return NetworkStream(await anyio.connect_tcp(host, port, local_host=local_address))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except _BROKEN as error:
            raise httpcore.ConnectError(str(error)) from error

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await anyio.sleep(seconds)


class NetworkStream(httpcore.AsyncNetworkStream):
    """A connection to a host, encrypted or not."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream = stream
        self._socket: Any = stream.extra(SocketAttribute.raw_socket)  # noqa: S610 (no Django)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return what has arrived, once there is something; nothing at the end.

        Raises:
            httpcore.ReadTimeout, httpcore.ReadError: Nothing arrived in time, or the connection broke.
        """
        try:
            with _timed(timeout):
                return await self._stream.receive(max_bytes)
        except anyio.EndOfStream:
            return b""
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except _BROKEN as error:
            raise httpcore.ReadError(str(error)) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        """Send bytes.

        Raises:
            httpcore.WriteTimeout, httpcore.WriteError: They did not leave in time, or the connection broke.
        """
        if not buffer:
            return
        try:
            with _timed(timeout):
                await self._stream.send(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except _BROKEN as error:
            raise httpcore.WriteError(str(error)) from error

    async def aclose(self) -> None:
        """Close it."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> NetworkStream:
        """Return the connection, encrypted from now on.

        Raises:
            httpcore.ConnectTimeout, httpcore.ConnectError: It cannot be, or the host is not who it should be.
        """
        try:
            with anyio.fail_after(timeout):
                encrypted = await TLSStream.wrap(
                    self._stream, hostname=server_hostname, ssl_context=ssl_context, standard_compatible=False
                )
        except BaseException as error:
            with anyio.CancelScope(shield=True):
                await self.aclose()
            if isinstance(error, TimeoutError):
                raise httpcore.ConnectTimeout(str(error)) from error
            if isinstance(error, (*_BROKEN, anyio.EndOfStream)):  # an SSLError is an OSError
                raise httpcore.ConnectError(str(error)) from error
            raise
        return NetworkStream(encrypted)

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore, or whoever follows its steps, wants to know."""
        match info:
            case "is_readable":
                return _is_readable(self._socket)
            case "ssl_object":
                return self._stream.extra(TLSAttribute.ssl_object, None)  # noqa: S610
            case "server_addr":
                return self._stream.extra(SocketAttribute.remote_address, None)  # noqa: S610
            case _:
                return None


def _timed(timeout: float | None) -> AbstractContextManager[object]:
    return _UNTIMED if timeout is None else anyio.fail_after(timeout)


def _is_readable(sock: socket.socket) -> bool:
    """Return whether there is something to read, if only the end: of an idle connection, that it is closed."""
    number = sock.fileno()
    if number < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))
