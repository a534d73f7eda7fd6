"""Responses that fail in transit: resets, truncated bodies, stalls.

ASGI has no way to break a connection. `serving.server` adds one as an extension in the scope. Without it, as in-process
under `httpx.ASGITransport`, `SimulatedDisconnect` is raised instead.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.responses import Response

from sixtyfour_async.simulator.base.disconnect import CONNECTION_EXTENSION, SimulatedDisconnect

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


async def _break_connection(scope: Scope, receive: Receive, how: str, *, worked: bool) -> None:
    connection = scope.get("extensions", {}).get(CONNECTION_EXTENSION)
    if connection is None:
        raise SimulatedDisconnect(worked=worked)
    connection[how]()
    # Returning before the disconnect would make the server send an error response of its own.
    while (await receive())["type"] != "http.disconnect":
        pass


class ResetResponse(Response):
    """No response: the connection is reset. ``worked``: whether the work was done before."""

    def __init__(self, *, worked: bool) -> None:
        super().__init__()
        self.worked = worked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Reset the connection."""
        del send
        await _break_connection(scope, receive, "reset", worked=self.worked)


class TruncatedResponse(Response):
    """The first half of another response's body; then the connection is closed."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the first half and close the connection."""
        await _send_first_half(self, send)
        await _break_connection(scope, receive, "close", worked=True)


class StalledResponse(Response):
    """Another response with a pause in the middle of its body."""

    def __init__(self, whole: Response, pause: Callable[[], Awaitable[None]]) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the first half, wait, and send the rest."""
        del scope, receive
        await _send_first_half(self, send)
        await self.pause()
        await send({"type": "http.response.body", "body": self.body[len(self.body) // 2 :]})


async def _send_first_half(whole: Response, send: Send) -> None:
    await send({"type": "http.response.start", "status": whole.status_code, "headers": whole.raw_headers})
    half = bytes(whole.body[: len(whole.body) // 2])
    await send({"type": "http.response.body", "body": half, "more_body": True})
