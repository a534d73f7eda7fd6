"""The ASGI application: the pipeline that every request passes, and the routes behind it.

The pipeline authenticates, applies the rate limit, injects faults, waits for synchronous work and writes headers. Route
functions decide the answer and never await.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

from sixtyfour_async.simulator.base.clock import Clock, http_date
from sixtyfour_async.simulator.base.error_responses import ErrorResponse, RouteGroup, error_response, group_error
from sixtyfour_async.simulator.base.seeded_random import choice
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.oauth import client_of_token
from sixtyfour_async.simulator.routes.router import Route, Router
from sixtyfour_async.simulator.routes.storage_host import signed_file
from sixtyfour_async.simulator.serving.broken_responses import ResetResponse, StalledResponse, TruncatedResponse
from sixtyfour_async.simulator.serving.dialect_responses import DialectResponses, json_response
from sixtyfour_async.simulator.state.books import Books, RequestEntry
from sixtyfour_async.simulator.state.faults import STALL_SECONDS, Faults
from sixtyfour_async.simulator.state.limits import Limiter, Verdict, make_limiter
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import WorkFaults

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_ERRORS: Mapping[int, str] = {
    500: "An unexpected error occurred",
    502: "NL upstream transport error: connection reset by peer",
    503: "Company search backend endpoint is not configured",
    504: "Field values request timed out",
}
"""Source: docs.sixtyfour.ai, api-reference/search/search-endpoints."""
_PROXY_PAGE = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n"
    b"<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"
)


SIGNED_PREFIX = "/signed/"
"""Path prefix of the storage host, which is a separate host in reality."""


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A request on its way through the pipeline."""

    request: Request
    by_method: Mapping[str, Route]
    params: Mapping[str, str]
    key: str
    now: float

    @property
    def route(self) -> Route:
        """The requested route.

        Raises:
            ErrorResponse: 404 if the path is unknown, 405 if the method is.
        """
        if not self.by_method:
            raise error_response(404, "Not Found")
        route = self.by_method.get(self.request.method)
        if route is None:
            raise error_response(405, "Method Not Allowed")
        return route


@dataclass(slots=True)
class RequestPipeline:
    """Everything around the route functions.

    Order: books, rate limit (any request with a valid key counts, whatever its answer), faults before the work, path
    and method, authentication, rejection by the limit, work, faults after the work.
    """

    clock: Clock
    service: Service
    books: Books
    faults: Faults
    dialects: DialectResponses = field(init=False)
    limiters: dict[str, Limiter] = field(default_factory=dict[str, Limiter])

    def __post_init__(self) -> None:
        """Let the faults choose dialects, too."""
        self.dialects = DialectResponses(self.faults, self.service, self.books)

    async def answer(self, request: Request, by_method: Mapping[str, Route], params: Mapping[str, str]) -> Response:
        """Answer a request to the API; *by_method* holds the routes of its path."""
        now = self.clock.now()
        key = self._key_of(request, now)
        index = self.books.record_arrival(now, request.method, request.url.path, key)
        verdict = self._count(now, key)
        context = RequestContext(request, by_method, params, key, now)
        response = await self._answer(context, verdict)
        if not isinstance(response, ResetResponse):
            self.books.record_status(index, response.status_code)
        if verdict is not None and response.media_type != "text/html":
            response.headers["x-ratelimit-limit"] = str(verdict.limit)
            response.headers["x-ratelimit-remaining"] = str(verdict.remaining)
            response.headers["x-ratelimit-reset"] = str(math.ceil(verdict.reset_at))
        response.headers["date"] = http_date(self.clock.now())
        return response

    def _key_of(self, request: Request, now: float) -> str:
        """Return the name of the key or OAuth client, or "" if there is none or both headers were sent."""
        sent = request.headers.get("x-api-key")
        bearer = request.headers.get("authorization")
        if (sent is None) == (bearer is None):
            return ""
        if sent is None:
            scheme, _, sent = (bearer or "").partition(" ")
            sent = sent.strip() if scheme.lower() == "bearer" else ""
        keys = self.service.settings.keys
        if sent in keys:
            return f"key-{keys.index(sent) + 1}"
        return "" if bearer is None else client_of_token(self.service, sent, now)

    def _count(self, now: float, key: str) -> Verdict | None:
        if not key:
            return None
        window = self.limiters.get(key) or make_limiter(self.service.settings)
        self.limiters[key], verdict = window.take(now)
        return verdict

    async def _answer(self, context: RequestContext, verdict: Verdict | None) -> Response:
        path = context.request.url.path
        broken = self._fault_before_work(path) or self.dialects.before_work(context.request.method, path, context.now)
        if broken is not None:
            return broken
        try:
            route = context.route
            if verdict is None and not route.public:
                raise error_response(401, "Invalid API key")
            if verdict is not None and (not verdict.allowed or self.faults.trigger("throttled", path)):
                self.books.rejected += 1
                return self._rate_limited(route.group, verdict, context.now)
            reply = await self._work(context, route)
        except ErrorResponse as error:
            return json_response(error.body, error.status)
        return self._fault_after_work(path, self.dialects.response(reply, path, context.now))

    def _fault_before_work(self, path: str) -> Response | None:
        """Return the response of a fault that strikes before any work, or None."""
        if self.faults.trigger("reset", path):
            return ResetResponse(worked=False)
        if self.faults.trigger("html", path):
            return Response(_PROXY_PAGE, 502, media_type="text/html")
        if (fault := self.faults.trigger("server_error", path)) is not None:
            struck = self.faults.struck["server_error"]
            status = fault.status or choice(tuple(_ERRORS), self.service.settings.seed, "status", struck)
            return json_response({"detail": _ERRORS.get(status, "Internal server error")}, status)
        return None

    def _fault_after_work(self, path: str, whole: Response) -> Response:
        """Return the response, or a broken one if a fault strikes after the work."""
        if self.faults.trigger("lost_answer", path):
            return ResetResponse(worked=True)
        if self.faults.trigger("truncated", path):
            return TruncatedResponse(whole)
        if self.faults.trigger("slow_body", path):
            return StalledResponse(whole, lambda: self.clock.wait_until(self.clock.now() + STALL_SECONDS))
        return whole

    async def _work(self, context: RequestContext, route: Route) -> Reply:
        request, path = context.request, context.request.url.path
        content = b"" if request.method == "GET" else await request.body()
        call = Call(
            now=context.now,
            path=path,
            base_url=f"{request.url.scheme}://{request.url.netloc}",
            params=context.params,
            query=request.query_params.multi_items(),
            headers=request.headers,
            content=content,
            key=context.key,
            draw_faults=lambda: self._fate(path),
            draw_drift=lambda: self.faults.trigger("drift", path) is not None,
        )
        self.service.settle(context.now)
        reply = route.handler(self.service, call)
        if reply.wait_until is not None and reply.finish is not None:
            await self.clock.wait_until(reply.wait_until)
            self.service.settle(max(self.clock.now(), reply.wait_until))
            return reply.finish(reply.wait_until)
        return reply

    def _fate(self, path: str) -> WorkFaults:
        failed = self.faults.trigger("job_failed", path) is not None
        hidden = self.faults.trigger("not_found_after_submit", path) is not None
        return WorkFaults(failed, hidden, self.faults.trigger("overcharged", path) is not None)

    def _rate_limited(self, group: RouteGroup, verdict: Verdict, now: float) -> Response:
        error = group_error(429, "Too Many Requests", "Rate limit exceeded", group)
        response = json_response(error.body, 429)
        wait = max(1, math.ceil(verdict.next_allowed_at - now))
        if self.service.settings.retry_after == "seconds":
            response.headers["retry-after"] = str(wait)
        elif self.service.settings.retry_after == "date":
            response.headers["retry-after"] = http_date(int(now) + wait)
        return response

    async def storage(self, request: Request, token: str) -> Response:
        """Answer as the storage host: no authentication, no limit, no API headers."""
        now = self.clock.now()
        path = request.url.path
        if "x-api-key" in request.headers or "authorization" in request.headers:
            self.books.leaked_keys.append(path)
        response = self._fault_before_work("/signed")
        if response is None:
            response = self.dialects.response(signed_file(self.service, token, now), "/signed", now)
            response = self._fault_after_work("/signed", response)
        status = 0 if isinstance(response, ResetResponse) else response.status_code
        self.books.downloads.append(RequestEntry(now, request.method, path, status, ""))
        response.headers["date"] = http_date(now)
        return response


class Application:
    """The ASGI application of a simulator."""

    def __init__(self, pipeline: RequestPipeline, routing: Router) -> None:
        self._pipeline = pipeline
        self._routing = routing

    async def _response(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith(SIGNED_PREFIX) and request.method == "GET":
            return await self._pipeline.storage(request, path.removeprefix(SIGNED_PREFIX))
        by_method, params = self._routing.find(path)
        return await self._pipeline.answer(request, by_method, params)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; startup and shutdown are acknowledged without effect."""
        if scope["type"] == "http":
            response = await self._response(Request(scope, receive, send))
            await response(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] != "lifespan.shutdown":
            await send({"type": f"{message['type']}.complete"})
        await send({"type": "lifespan.shutdown.complete"})
