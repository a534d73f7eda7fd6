"""Answers that go wrong on the way: resets, half bodies, stalls.

A server that can break a connection says so in the ASGI scope; without one, as in-process under
`httpx.ASGITransport`, `SimulatedDisconnect` is raised instead.
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
    while (await receive())["type"] != "http.disconnect":
        pass


class ResetResponse(Response):
    """No answer: the connection is reset."""

    def __init__(self, *, worked: bool) -> None:
        super().__init__()
        self.worked = worked

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Break the connection."""
        del send
        await _break_connection(scope, receive, "reset", worked=self.worked)


class TruncatedResponse(Response):
    """Half of another answer's body, then the end of the connection."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the first half and hang up."""
        await _send_first_half(self, send)
        await _break_connection(scope, receive, "close", worked=True)


class StalledResponse(Response):
    """Another answer, with a pause in the middle of its body."""

    def __init__(self, whole: Response, pause: Callable[[], Awaitable[None]]) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self.pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send one half, wait, send the other."""
        del scope, receive
        await _send_first_half(self, send)
        await self.pause()
        await send({"type": "http.response.body", "body": self.body[len(self.body) // 2 :]})


async def _send_first_half(whole: Response, send: Send) -> None:
    await send({"type": "http.response.start", "status": whole.status_code, "headers": whole.raw_headers})
    half = bytes(whole.body[: len(whole.body) // 2])
    await send({"type": "http.response.body", "body": half, "more_body": True})
