"""The ASGI application: the gate every request passes, and the table of routes behind it.

The gate authenticates, counts, lets faults strike, waits for synchronous work and writes headers; what is answered
is decided by the route functions, which never wait.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import Response
from starlette.routing import Route, Router

from sixtyfour_async.simulator import job_routes, search_routes, workflow_routes
from sixtyfour_async.simulator.books import Books, RequestEntry
from sixtyfour_async.simulator.calls import Call, Reply
from sixtyfour_async.simulator.chance import pick
from sixtyfour_async.simulator.clock import Clock, http_date
from sixtyfour_async.simulator.faults import STALL, Faults
from sixtyfour_async.simulator.limits import Limiter, Verdict, limiter
from sixtyfour_async.simulator.operations import OPERATIONS
from sixtyfour_async.simulator.refusal import Group, Refused, detail, general
from sixtyfour_async.simulator.wire import Reset, Stalled, Truncated
from sixtyfour_async.simulator.world import Fate, World

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Handler = Callable[[World, Call], Reply]

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


@dataclass(slots=True)
class Gate:
    """Everything around the route functions."""

    clock: Clock
    world: World
    books: Books
    faults: Faults
    limiters: dict[str, Limiter] = field(default_factory=dict[str, Limiter])

    async def answer(self, request: Request, handler: Handler | None, group: Group) -> Response:
        """Answer one request to the API."""
        now = self.clock.now()
        key = self._key_of(request)
        place = self.books.arrive(now, request.method, request.url.path, key)
        verdict = self._count(now, key)
        response = await self._answer(request, handler, group, now, verdict)
        if not isinstance(response, Reset):
            self.books.answer(place, response.status_code)
        if verdict is not None and response.media_type != "text/html":
            response.headers["x-ratelimit-limit"] = str(verdict.limit)
            response.headers["x-ratelimit-remaining"] = str(verdict.remaining)
            response.headers["x-ratelimit-reset"] = str(math.ceil(verdict.reset_at))
        response.headers["date"] = http_date(self.clock.now())
        return response

    def _key_of(self, request: Request) -> str:
        """Name the accepted key a request carries; "" when there is none, or both headers at once."""
        sent = request.headers.get("x-api-key")
        bearer = request.headers.get("authorization")
        if (sent is None) == (bearer is None):
            return ""
        if sent is None:
            scheme, _, sent = (bearer or "").partition(" ")
            sent = sent.strip() if scheme.lower() == "bearer" else ""
        keys = self.world.settings.keys
        return f"key-{keys.index(sent) + 1}" if sent in keys else ""

    def _count(self, now: float, key: str) -> Verdict | None:
        if not key:
            return None
        window = self.limiters.get(key) or limiter(self.world.settings)
        self.limiters[key], verdict = window.take(now)
        return verdict

    async def _answer(
        self, request: Request, handler: Handler | None, group: Group, now: float, verdict: Verdict | None
    ) -> Response:
        path = request.url.path
        if (broken := self._before(path)) is not None:
            return broken
        try:
            if handler is None:
                raise detail(404, "Not Found")
            if verdict is None:
                raise detail(401, "Invalid API key")
            if not verdict.allowed or self.faults.strike("throttled", path):
                self.books.rejected += 1
                return self._too_many(group, verdict, now)
            reply = await self._work(request, handler, now)
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

    async def _work(self, request: Request, handler: Handler, now: float) -> Reply:
        path = request.url.path
        content = await request.body() if request.method == "POST" else b""
        call = Call(
            now=now,
            path=path,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            params=request.path_params,
            query=request.query_params.multi_items(),
            headers=request.headers,
            content=content,
            fate=lambda: self._fate(path),
            drifted=lambda: self.faults.strike("drift", path) is not None,
        )
        self.world.settle(now)
        reply = handler(self.world, call)
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

    async def storage(self, request: Request) -> Response:
        """Answer as the storage host: no key, no limit, no API headers."""
        now = self.clock.now()
        path = request.url.path
        if "x-api-key" in request.headers or "authorization" in request.headers:
            self.books.leaked_keys.append(path)
        response = self._before("/signed")
        if response is None:
            call = Call(now, path, "", request.path_params, (), request.headers, b"")
            response = self._after("/signed", _response(search_routes.signed_file(self.world, call)))
        status = 0 if isinstance(response, Reset) else response.status_code
        self.books.downloads.append(RequestEntry(now, request.method, path, status, ""))
        response.headers["date"] = http_date(now)
        return response


def _json(body: Any, status: int) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status, media_type="application/json")


def _response(reply: Reply) -> Response:
    if reply.content is not None:
        return Response(reply.content, reply.status, media_type=reply.media_type)
    return _json(reply.body, reply.status)


def _table() -> list[tuple[str, str, Handler, Group]]:
    """List method, path, function and group of every route of the API."""
    table: list[tuple[str, str, Handler, Group]] = []
    for operation in OPERATIONS:
        for path in operation.paths:
            start = functools.partial(job_routes.start, operation)
            table.append(("POST", f"/{path}-async", start, "enrichment"))
            table.append(("POST", f"/{path}", functools.partial(job_routes.run, operation), "enrichment"))
    return [
        ("GET", "/job-status/{job_id}", job_routes.job_status, "enrichment"),
        *table,
        ("GET", "/check-balance", job_routes.check_balance, "account"),
        ("POST", "/search/start-deep-search", search_routes.start, "search"),
        ("GET", "/search/status/{task_id}", search_routes.status, "search"),
        ("GET", "/search/deep-search-status/{task_id}", search_routes.status, "search"),
        ("GET", "/search/download", search_routes.download, "search"),
        ("GET", "/workflows", workflow_routes.workflows, "workflow"),
        ("POST", "/workflows/run", workflow_routes.run, "workflow"),
        ("GET", "/workflows/runs", workflow_routes.runs, "workflow"),
        ("GET", "/workflows/runs/{run_id}/live_status", workflow_routes.watch, "workflow"),
        ("GET", "/workflows/runs/{run_id}/results/download-links", workflow_routes.links, "workflow"),
        ("POST", "/workflows/cancel", workflow_routes.cancel, "workflow"),
    ]


class Application:
    """The ASGI application of a simulator."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        routes = [self._route(*line) for line in _table()]
        routes.append(Route("/signed/{token}", gate.storage, methods=["GET"]))
        self._router = Router(routes, redirect_slashes=False, default=self._unknown)

    def _route(self, method: str, path: str, handler: Handler, group: Group) -> Route:
        async def endpoint(request: Request) -> Response:
            good = request.method == method
            return await self._gate.answer(request, handler if good else None, group)

        return Route(path, endpoint, methods=_METHODS)

    async def _unknown(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.requests import Request  # noqa: PLC0415 -- only paths nobody has come here

        response = await self._gate.answer(Request(scope, receive, send), None, "account")
        await response(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; there is nothing to start up or shut down."""
        if scope["type"] == "http":
            await self._router(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
