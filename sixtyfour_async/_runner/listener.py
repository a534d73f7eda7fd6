"""Receive deliveries into a journal without running jobs: for jobs that another process has submitted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.places import journal_of
from sixtyfour_async._runner.claims import Claims
from sixtyfour_async._runner.foreign_deliveries import ForeignDeliveries
from sixtyfour_async._runner.host import Host
from sixtyfour_async._runner.parked_rows import ParkedRows
from sixtyfour_async._runner.receivers import OnEvent, Receivers
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.webhooks.receiver import WebhookReceiver
from sixtyfour_async.webhooks.secret_source import ENVIRONMENT_VARIABLE, SecretsFrom, secret_source


@dataclass(frozen=True, slots=True)
class ListenerStats:
    """What a listener has received.

    Attributes:
        rows_ended: Deliveries whose row in the journal has its end.
        handed_over: Deliveries for which ``on_event`` has returned.
        kept: Deliveries in the journal that are for no row of it, earlier ones included.
        answers: Number of answers by HTTP status.
    """

    rows_ended: int
    handed_over: int
    kept: int
    answers: Mapping[int, int]


class WebhookListener:
    """Receives deliveries into a journal, and submits and polls nothing; it needs no API key.

    ::

        listener = WebhookListener("run.db", secrets="sk_whsec_…", on_event=handle)
        app.mount("/sixtyfour", listener.receiver)      # also before it is entered, and in every ASGI application
        async with listener: ...

    A delivery is answered with 2xx once its raw body is in the journal. One for a row of the journal ends it, as a poll
    would have, and the next `JobRunner` on the journal replays the answer. Any other one, and each event of a workflow,
    goes to *on_event*, or, without one, stays in the journal (``sixtyfour journal deliveries``). Duplicates change
    nothing. While it is not entered the answer is 503, so that the service sends it again.

    Args:
        journal: A path, a PostgreSQL URL, or a journal of your own. Runners of the same journal, in this process or in
            others, take what is received for their jobs.
        secrets: The signing secret, several, or a function that returns them; None reads
            ``SIXTYFOUR_WEBHOOK_SECRET``. There must be one: what a stranger says cannot be kept.
        on_event: Called in the background, under asyncio or trio. An event stays in the journal until it has returned,
            and is handed over again by the next listener or runner if it has not: at least once, and once as a rule.

    Attributes:
        journal: The journal.
        receiver: The ASGI application.
    """

    def __init__(
        self, journal: str | Path | Journal, *, secrets: SecretsFrom = None, on_event: OnEvent | None = None
    ) -> None:
        self.journal = journal_of(journal)
        self._secrets = secret_source(secrets)
        self.receiver = WebhookReceiver(secrets=self._secrets)
        self._receivers = Receivers()
        self._receivers.add(self.receiver, on_event)
        self._foreign = self._build()
        self._host: Host | None = None

    def _build(self) -> ForeignDeliveries:
        parked = ParkedRows(self.journal, Claims(self.journal, None), is_under_way=lambda _key: False)
        return ForeignDeliveries(self.journal, parked, self._receivers, keeps=True)

    async def __aenter__(self) -> Self:
        """Open the journal.

        Raises:
            ConfigurationError: There is no secret, or one that cannot be one; or it is open already.
            JournalError: The journal cannot be used.
        """
        if not await self._secrets():
            raise ConfigurationError(
                f"no signing secret: set {ENVIRONMENT_VARIABLE}, or give secrets=; a listener keeps nothing that a "
                "stranger may have sent"
            )
        if self._host is not None:
            if self._host.is_alive:
                raise ConfigurationError("this WebhookListener is open already")
            self._foreign = self._build()
        self._host = Host(self._live)
        await self._host.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Refuse deliveries from now on, and release the journal."""
        if self._host is not None:
            await self._host.stop()
            if self._host.error is not None and error is None:
                raise self._host.error

    def stats(self) -> ListenerStats:
        """Return a snapshot of the listener's counters."""
        foreign = self._foreign
        return ListenerStats(foreign.rows_ended, foreign.handed_over, len(foreign.kept), dict(self.receiver.answers))

    async def _live(self, host: Host) -> None:
        try:
            await self.journal.open()
            await self._foreign.kept.open()
            async with anyio.create_task_group() as tasks:
                self._foreign.open(tasks)
                self._receivers.connect(self._foreign.take)
                host.ready.set()
                await host.leave.wait()
                self._receivers.connect(None)
                tasks.cancel_scope.cancel()
        finally:
            self._receivers.connect(None)
            self._foreign.close()
            await self.journal.close()
