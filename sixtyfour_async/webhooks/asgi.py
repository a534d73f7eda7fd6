"""The little of ASGI that the receiver needs. Source: asgi.readthedocs.io, HTTP and lifespan specifications."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
RawHeaders: TypeAlias = Iterable[tuple[bytes, bytes]]

NO_CONTENT = 204


class TakesRoutes(Protocol):
    """A Starlette or FastAPI application or router."""

    def add_route(self, path: str, route: Any, /, *, include_in_schema: bool) -> Any:
        """Add an ASGI application at one path."""


async def respond(send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
    """Send a response without a body; a sender that has gone is not told."""
    # A 204 must not state a length (RFC 9110, section 8.6).
    length = () if status == NO_CONTENT else ((b"content-length", b"0"),)
    with suppress(OSError):
        await send({"type": "http.response.start", "status": status, "headers": [*length, *headers]})
        await send({"type": "http.response.body", "body": b""})


def closing(scope: Scope) -> tuple[tuple[bytes, bytes], ...]:
    """Return the header that ends a connection of which not all was read; HTTP/2 has no such header."""
    return ((b"connection", b"close"),) if str(scope.get("http_version", "1.1")).startswith("1") else ()


async def acknowledge_lifespan(receive: Receive, send: Send) -> None:
    """Answer startup and shutdown, when the receiver is served by itself."""
    while (kind := (await receive())["type"]) != "lifespan.shutdown":
        await send({"type": f"{kind}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
