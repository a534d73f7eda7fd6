"""An ASGI application that receives deliveries and hands them to one handler.

It assumes a stranger on the other side: it bounds the size of a body, the time to read it, the deliveries in hand and
their memory, and says nothing in a response. And a sender who waits 10 seconds and repeats what was not answered with
2xx: a delivery is only answered so once the handler has kept it, and with 503 when it cannot be kept now.
Source of the 10 seconds and of the repetition: docs.sixtyfour.ai, guides/using-webhooks.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import anyio

from sixtyfour_async._wire.signatures import SIGNATURE_HEADER
from sixtyfour_async.errors import ConfigurationError, WebhookError
from sixtyfour_async.errors.foreign import stray_cancellation_contained
from sixtyfour_async.webhooks.asgi import (
    NO_CONTENT,
    RawHeaders,
    Receive,
    Scope,
    Send,
    TakesRoutes,
    acknowledge_lifespan,
    closing,
    respond,
)
from sixtyfour_async.webhooks.bodies import Bodies, Hold, Refusal, SenderGoneError
from sixtyfour_async.webhooks.events import JobEvent, WorkflowEvent, parse
from sixtyfour_async.webhooks.headers import header_values
from sixtyfour_async.webhooks.occasional_log import OccasionalLog
from sixtyfour_async.webhooks.secret_source import SecretsFrom, secret_source
from sixtyfour_async.webhooks.verification import verify_and_parse

logger = logging.getLogger("sixtyfour_async.webhooks")

Handler: TypeAlias = Callable[[JobEvent | WorkflowEvent], Awaitable[object]]
"""Keeps a delivery, durably. Returning means that it is kept; raising, or returning False, that it is not."""

SENDER_TIMEOUT_SECONDS = 10.0
"""How long the service waits for an answer. Source: docs.sixtyfour.ai, guides/using-webhooks."""

MEBIBYTE = 1024 * 1024


class WebhookReceiver:
    """ASGI application that verifies deliveries and hands them to a handler; runs under asyncio and trio.

    ::

        receiver = WebhookReceiver(handler, secrets="sk_whsec_…")
        receiver.mount_on(app, "/sixtyfour")        # FastAPI, Starlette; or app.mount(), for "/sixtyfour/" only

    It needs no lifespan and reads no path: whatever reaches it by POST is a delivery. The answers, all without a body:

    ===  =======================================================================================
    204  the handler has kept the delivery
    400  what it holds is no event
    401  it is not signed, or not validly; only the log says why, one line a minute
    405  the method is not POST
    408  the body did not arrive within ``read_timeout``
    413  the body is larger than ``max_body_bytes``
    503  it cannot be kept now: no handler, a handler that failed or is slow, too many deliveries
    ===  =======================================================================================

    Args:
        handler: Called with each event, several at a time; see `Handler`. None answers 503 until `handler` is set.
        secrets: The signing secret, several while it is rolled, or a function, also asynchronous, that returns them and
            is called for each delivery, so that a roll is followed without a restart. None reads
            ``SIXTYFOUR_WEBHOOK_SECRET``, secrets separated by commas, for each delivery. Without any secret an event
            is handed over with ``trusted=False``: poll what it says.
        allow_unsigned: Hand over unsigned deliveries, with ``trusted=False``, although there is a secret. An invalid
            signature is refused all the same.
        max_body_bytes: The largest body.
        max_memory_bytes: The largest sum of all bodies in hand.
        max_deliveries: The largest number of deliveries in hand.
        read_timeout: Seconds in which a body must arrive.
        answer_timeout: Seconds in which a delivery is answered, whatever the handler does; below 10.
        now: The time in Unix seconds, to judge signatures by.

    Raises:
        ConfigurationError: A secret or a limit is invalid.

    Attributes:
        handler: The handler, which can be set and removed at any time.
        answers: Number of answers by HTTP status.
    """

    def __init__(
        self,
        handler: Handler | None = None,
        *,
        secrets: SecretsFrom = None,
        allow_unsigned: bool = False,
        max_body_bytes: int = 8 * MEBIBYTE,
        max_memory_bytes: int = 64 * MEBIBYTE,
        max_deliveries: int = 500,
        read_timeout: float = 4.0,
        answer_timeout: float = 8.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        if not 0 < read_timeout <= answer_timeout < SENDER_TIMEOUT_SECONDS:
            raise ConfigurationError("read_timeout must be above 0, and answer_timeout not below it and under 10")
        if not (0 < max_body_bytes <= max_memory_bytes and max_deliveries > 0):
            raise ConfigurationError("max_body_bytes must be from 1 to max_memory_bytes, and max_deliveries from 1")
        self.handler = handler
        self.answers: Counter[int] = Counter()
        self._secrets = secret_source(secrets)
        self._allow_unsigned = allow_unsigned
        self._bodies = Bodies(max_body_bytes, max_memory_bytes, max_deliveries)
        self._read_timeout = read_timeout
        self._answer_timeout = answer_timeout
        self._now = now
        self._log = OccasionalLog(logger)

    def mount_on(self, app: TakesRoutes, path: str) -> None:
        """Add the receiver to a Starlette or FastAPI application, or router, at a path with and without a slash.

        ``app.mount(path, receiver)`` takes the path with a slash only, and redirects the other, which senders do not
        follow.
        """
        bare = path.rstrip("/")
        for each in dict.fromkeys((bare or "/", f"{bare}/")):
            app.add_route(each, self, include_in_schema=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        match scope["type"]:
            case "http":
                await self._answer(scope, receive, send)
            case "lifespan":
                await acknowledge_lifespan(receive, send)
            case _:
                await send({"type": "websocket.close", "code": 1000})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = anyio.current_time() + self._answer_timeout
        if scope["method"] != "POST":
            return await self._respond(send, 405, (b"allow", b"POST"))
        try:
            with self._bodies.hold() as hold:
                handler = self._live_handler()
                body = await self._read(hold, scope, receive)
                await self._answer_by(deadline, lambda: self._hand_over(handler, scope["headers"], body), send)
        except Refusal as refusal:
            # Not all of the body was read, so that the connection cannot be used for another request.
            await self._refuse(send, refusal, *closing(scope))
        except SenderGoneError:
            pass

    def _live_handler(self) -> Handler:
        if self.handler is None:
            raise Refusal(503, "no handler is set, as when its runner is not entered or was left", kind="no handler")
        return self.handler

    async def _read(self, hold: Hold, scope: Scope, receive: Receive) -> bytes:
        try:
            with anyio.fail_after(self._read_timeout):
                return await hold.read(scope["headers"], receive)
        except TimeoutError:
            raise Refusal(408, f"its body did not arrive within {self._read_timeout:g} s") from None

    async def _answer_by(self, deadline: float, hand_over: Callable[[], Awaitable[Refusal | None]], send: Send) -> None:
        """Hand over a delivery, and answer it at *deadline* if that takes longer.

        The answer does not wait for a slow handler to be cancelled, because one that is at work in a thread cannot be.
        The delivery counts as in hand until then.
        """
        ended = anyio.Event()
        verdicts: list[Refusal | None] = []

        async def work() -> None:
            try:
                verdicts.append(await hand_over())
            finally:
                ended.set()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            with anyio.CancelScope(deadline=deadline):
                await ended.wait()
            refusal = verdicts[0] if verdicts else Refusal(503, "the handler did not finish in time", kind="not kept")
            if refusal is None:
                await self._respond(send, NO_CONTENT)
            else:
                await self._refuse(send, refusal)
            tasks.cancel_scope.cancel()

    async def _hand_over(self, handler: Handler, headers: RawHeaders, body: bytes) -> Refusal | None:
        """Return None once the event is kept, or why it is not."""
        try:
            with stray_cancellation_contained():
                event = await self._event(headers, body)
        except WebhookError as error:
            return Refusal(400 if error.reason == "payload" else 401, str(error))
        except Exception as error:  # noqa: BLE001 (a secret store may raise anything)
            return Refusal(503, f"its secrets cannot be read: {error!r}", kind="no secret")
        try:
            with stray_cancellation_contained():
                kept = await handler(event)
        except Exception as error:  # noqa: BLE001 (whatever it is, the service must send the delivery again)
            return Refusal(503, f"the handler raised {error!r}", kind="not kept")
        return Refusal(503, "the handler did not keep it", kind="not kept") if kept is False else None

    async def _event(self, headers: RawHeaders, body: bytes) -> JobEvent | WorkflowEvent:
        secrets = await self._secrets()
        is_signed = bool(header_values(headers, SIGNATURE_HEADER))
        if not secrets:
            self._log.once("no signing secret is set, so that webhook deliveries only trigger polls; see `secrets`")
        if not secrets or (self._allow_unsigned and not is_signed):
            return parse(body, headers)
        return verify_and_parse(body, headers, secrets, self._now())

    async def _refuse(self, send: Send, refusal: Refusal, *headers: tuple[bytes, bytes]) -> None:
        self._log.warning(refusal.kind, f"a webhook delivery is answered with {refusal.status}: {refusal}")
        await self._respond(send, refusal.status, *headers)

    async def _respond(self, send: Send, status: int, *headers: tuple[bytes, bytes]) -> None:
        self.answers[status] += 1
        await respond(send, status, *headers)
