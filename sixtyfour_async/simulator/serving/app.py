"""The ASGI application: the gate every request passes, and the routes behind it.

The gate authenticates, counts, lets faults strike, waits for synchronous work and writes headers; what is answered
is decided by the route functions, which never wait.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from sixtyfour_async.simulator.base.chance import pick
from sixtyfour_async.simulator.base.clock import Clock, http_date
from sixtyfour_async.simulator.base.refusal import Group, Refused, detail, general
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.oauth import holder
from sixtyfour_async.simulator.routes.routing import Route, Routing
from sixtyfour_async.simulator.routes.signed import signed_file
from sixtyfour_async.simulator.serving.wire import Reset, Stalled, Truncated
from sixtyfour_async.simulator.state.books import Books, RequestEntry
from sixtyfour_async.simulator.state.faults import STALL, Faults
from sixtyfour_async.simulator.state.limits import Limiter, Verdict, limiter
from sixtyfour_async.simulator.state.work import Fate
from sixtyfour_async.simulator.state.world import World

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_ERRORS: Mapping[int, str] = {
    500: "An unexpected error occurred",
    502: "NL upstream transport error: connection reset by peer",
    503: "Company search backend endpoint is not configured",
    504: "Field values request timed out",
}
"""Texts of docs.sixtyfour.ai, api-reference/search/search-endpoints."""
_PROXY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


SIGNED = "/signed/"
"""Where the storage host begins, which in reality is another one."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A request on its way through the gate."""

    request: Request
    by_method: Mapping[str, Route]
    params: Mapping[str, str]
    key: str
    now: float

    @property
    def route(self) -> Route:
        """Give the route that is asked.

        Raises:
            Refused: 404, there is no such path; 405, it takes other methods.
        """
        if not self.by_method:
            raise detail(404, "Not Found")
        route = self.by_method.get(self.request.method)
        if route is None:
            raise detail(405, "Method Not Allowed")
        return route


@dataclass(slots=True)
class Gate:
    """Everything around the route functions."""

    clock: Clock
    world: World
    books: Books
    faults: Faults
    limiters: dict[str, Limiter] = field(default_factory=dict[str, Limiter])

    async def answer(self, request: Request, by_method: Mapping[str, Route], params: Mapping[str, str]) -> Response:
        """Answer one request to the API, to a path with the routes *by_method*."""
        now = self.clock.now()
        key = self._key_of(request, now)
        place = self.books.arrive(now, request.method, request.url.path, key)
        verdict = self._count(now, key)
        visit = Visit(request, by_method, params, key, now)
        response = await self._answer(visit, verdict)
        if not isinstance(response, Reset):
            self.books.answer(place, response.status_code)
        if verdict is not None and response.media_type != "text/html":
            response.headers["x-ratelimit-limit"] = str(verdict.limit)
            response.headers["x-ratelimit-remaining"] = str(verdict.remaining)
            response.headers["x-ratelimit-reset"] = str(math.ceil(verdict.reset_at))
        response.headers["date"] = http_date(self.clock.now())
        return response

    def _key_of(self, request: Request, now: float) -> str:
        """Name the accepted key or client of a request; "" when there is none, or both headers at once."""
        sent = request.headers.get("x-api-key")
        bearer = request.headers.get("authorization")
        if (sent is None) == (bearer is None):
            return ""
        if sent is None:
            scheme, _, sent = (bearer or "").partition(" ")
            sent = sent.strip() if scheme.lower() == "bearer" else ""
        keys = self.world.settings.keys
        if sent in keys:
            return f"key-{keys.index(sent) + 1}"
        return "" if bearer is None else holder(self.world, sent, now)

    def _count(self, now: float, key: str) -> Verdict | None:
        if not key:
            return None
        window = self.limiters.get(key) or limiter(self.world.settings)
        self.limiters[key], verdict = window.take(now)
        return verdict

    async def _answer(self, visit: Visit, verdict: Verdict | None) -> Response:
        path = visit.request.url.path
        if (broken := self._before(path)) is not None:
            return broken
        try:
            route = visit.route
            if verdict is None and not route.public:
                raise detail(401, "Invalid API key")
            if verdict is not None and (not verdict.allowed or self.faults.strike("throttled", path)):
                self.books.rejected += 1
                return self._too_many(route.group, verdict, visit.now)
            reply = await self._work(visit, route)
        except Refused as refusal:
            return _json(refusal.body, refusal.status)
        return self._after(path, _response(reply))

    def _before(self, path: str) -> Response | None:
        """Let the faults strike that come before any work."""
        if self.faults.strike("reset", path):
            return Reset(worked=False)
        if self.faults.strike("html", path):
            return Response(_PROXY_PAGE, 502, media_type="text/html")
        if (fault := self.faults.strike("server_error", path)) is not None:
            struck = self.faults.struck["server_error"]
            status = fault.status or pick(tuple(_ERRORS), self.world.settings.seed, "status", struck)
            return _json({"detail": _ERRORS.get(status, "Internal server error")}, status)
        return None

    def _after(self, path: str, whole: Response) -> Response:
        """Let the faults strike that spoil a finished answer."""
        if self.faults.strike("lost_answer", path):
            return Reset(worked=True)
        if self.faults.strike("truncated", path):
            return Truncated(whole)
        if self.faults.strike("slow_body", path):
            return Stalled(whole, lambda: self.clock.wait_until(self.clock.now() + STALL))
        return whole

    async def _work(self, visit: Visit, route: Route) -> Reply:
        request, path = visit.request, visit.request.url.path
        content = b"" if request.method == "GET" else await request.body()
        call = Call(
            now=visit.now,
            path=path,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            params=visit.params,
            query=request.query_params.multi_items(),
            headers=request.headers,
            content=content,
            key=visit.key,
            fate=lambda: self._fate(path),
            drifted=lambda: self.faults.strike("drift", path) is not None,
        )
        self.world.settle(visit.now)
        reply = route.handler(self.world, call)
        if reply.wait_until is not None and reply.finish is not None:
            await self.clock.wait_until(reply.wait_until)
            self.world.settle(max(self.clock.now(), reply.wait_until))
            return reply.finish(reply.wait_until)
        return reply

    def _fate(self, path: str) -> Fate:
        failed = self.faults.strike("job_failed", path) is not None
        return Fate(failed, self.faults.strike("not_found_after_submit", path) is not None)

    def _too_many(self, group: Group, verdict: Verdict, now: float) -> Response:
        refusal = general(429, "Too Many Requests", "Rate limit exceeded", group)
        response = _json(refusal.body, 429)
        wait = max(1, math.ceil(verdict.free_at - now))
        if self.world.settings.retry_after == "seconds":
            response.headers["retry-after"] = str(wait)
        elif self.world.settings.retry_after == "date":
            response.headers["retry-after"] = http_date(int(now) + wait)
        return response

    async def storage(self, request: Request, token: str) -> Response:
        """Answer as the storage host: no key, no limit, no API headers."""
        now = self.clock.now()
        path = request.url.path
        if "x-api-key" in request.headers or "authorization" in request.headers:
            self.books.leaked_keys.append(path)
        response = self._before("/signed")
        if response is None:
            response = self._after("/signed", _response(signed_file(self.world, token, now)))
        status = 0 if isinstance(response, Reset) else response.status_code
        self.books.downloads.append(RequestEntry(now, request.method, path, status, ""))
        response.headers["date"] = http_date(now)
        return response


def _json(body: Any, status: int) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, media_type="application/json")


def _response(reply: Reply) -> Response:
    if reply.status == 204:  # noqa: PLR2004 -- an HTTP status
        return Response(status_code=204)
    if reply.content is not None:
        return Response(reply.content, reply.status, media_type=reply.media_type)
    return _json(reply.body, reply.status)


class Application:
    """The ASGI application of a simulator."""

    def __init__(self, gate: Gate, routing: Routing) -> None:
        self._gate = gate
        self._routing = routing

    async def _response(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith(SIGNED) and request.method == "GET":
            return await self._gate.storage(request, path.removeprefix(SIGNED))
        by_method, params = self._routing.find(path)
        return await self._gate.answer(request, by_method, params)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; there is nothing to start up or shut down."""
        if scope["type"] == "http":
            response = await self._response(Request(scope, receive, send))
            await response(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
