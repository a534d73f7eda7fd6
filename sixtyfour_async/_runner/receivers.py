"""The webhook receivers of a runner: made once, and connected each time that the runner is entered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from sixtyfour_async.webhooks.events import JobEvent, WorkflowEvent
from sixtyfour_async.webhooks.receiver import Handler, WebhookReceiver
from sixtyfour_async.webhooks.secret_source import SecretsFrom

OnEvent: TypeAlias = Callable[[JobEvent | WorkflowEvent], Awaitable[object]]
"""Takes the deliveries that are for none of the runner's own jobs, and those of workflows."""


class Receivers:
    """Receivers, and where they hand deliveries to: nowhere while the runner is not entered.

    Attributes:
        url: The public URL that leads to them; None when the runner gives none to the service.
        on_event: The caller's function; None when there is none.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self.on_event: OnEvent | None = None
        self._receivers: list[WebhookReceiver] = []
        self._handler: Handler | None = None

    def __bool__(self) -> bool:
        return bool(self._receivers)

    def add(self, receiver: WebhookReceiver, on_event: OnEvent | None) -> None:
        """Add a receiver; the last function that was given is called."""
        self.on_event = on_event or self.on_event
        self._receivers.append(receiver)
        receiver.handler = self._handler

    def connect(self, handler: Handler | None) -> None:
        """Hand deliveries to a handler, or to none: they are then refused, so that they are sent again."""
        self._handler = handler
        for receiver in self._receivers:
            receiver.handler = handler


class ReceivesWebhooks:
    """The part of `JobRunner` that receives webhooks."""

    _receivers: Receivers

    def webhooks(
        self, *, secrets: SecretsFrom = None, on_event: OnEvent | None = None, allow_unsigned: bool = False
    ) -> WebhookReceiver:
        """Return an ASGI application that receives this runner's deliveries; it may be mounted before it is entered.

        ::

            runner = JobRunner(client, webhook_url="https://example.com/sixtyfour")
            app.mount("/sixtyfour", runner.webhooks())     # or receiver.mount_on(app, "/sixtyfour")

        A signed delivery ends its job; the charge that it does not state is in ``stats().unstated_cents``. While the
        runner is not entered the answer is 503, so that the service sends it again.

        Args:
            secrets: The signing secret, several, or a function that returns them; None reads
                ``SIXTYFOUR_WEBHOOK_SECRET``. Without any secret, a delivery only makes us poll.
            on_event: Called, in the background, with deliveries for jobs that this runner does not know, and with those
                of workflows, once each.
            allow_unsigned: Take unsigned deliveries, although there is a secret, as hints to poll.

        Raises:
            ConfigurationError: A secret is invalid.
        """
        receiver = WebhookReceiver(secrets=secrets, allow_unsigned=allow_unsigned)
        self._receivers.add(receiver, on_event)
        return receiver
