"""The engine of a runner: it carries out what the scheduler asks for, and keeps the journal one step ahead.

It awaits and decides nothing. One loop serves all jobs; a task lives as long as one request. What happened comes back
through an inbox, and the end of a row through a callback.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc

from sixtyfour_async._client import SUBMIT_TIMEOUT, AsyncClient
from sixtyfour_async._core.job import Ticket
from sixtyfour_async._core.messages import (
    Accepted,
    Command,
    Event,
    Finish,
    HandBack,
    Hold,
    Look,
    Looked,
    LookFailed,
    Release,
    Submit,
    SubmitFailed,
    Withdrawn,
)
from sixtyfour_async._core.retry import is_unclear
from sixtyfour_async._core.row import State
from sixtyfour_async._core.scheduler import Scheduler
from sixtyfour_async._core.wire import answer_route, decode_answer, decode_json, encode, job_route
from sixtyfour_async._job import read_job_id
from sixtyfour_async._journal import Entry, Journal
from sixtyfour_async._reading import read_outcome
from sixtyfour_async.errors import JournalError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.outcomes import Outcome, Status

if TYPE_CHECKING:
    from sixtyfour_async._feed import Feed

GRACE = 5.0
"""Real seconds that submits on their way get to come back with an id when the runner is left."""

logger = logging.getLogger("sixtyfour_async.runner")


@dataclass(slots=True)
class Row:
    """A job as the runner knows it.

    Attributes:
        entry: Its line in the journal.
        operation: The question as the caller asked it.
        asked: The question as it is sent: with the key by which the service knows it again, where it takes one.
        waiting: Who waits for it, at which index.
        in_doubt: Was it perhaps taken by a submit that brought no id?
        urgent: Does a caller wait for just this job?
        body: The last look's raw answer.
    """

    id: int
    entry: Entry
    operation: JobOperation[Any]
    asked: JobOperation[Any]
    waiting: list[tuple[Feed[Any], int]]
    in_doubt: bool = False
    urgent: bool = False
    body: bytes = b""


class _Inbox:
    """Events on their way to the engine. Posting never waits, and nothing is lost when waiting is cut short."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._news = anyio.Event()

    def post(self, event: Event | None = None) -> None:
        """Leave an event, or only wake the engine up."""
        if event is not None:
            self._events.append(event)
        self._news.set()

    async def wait(self) -> None:
        await self._news.wait()

    def drain(self) -> deque[Event]:
        events, self._events, self._news = self._events, deque(), anyio.Event()
        return events


class Engine:
    """Rows under way.

    Attributes:
        rows: Every row that was taken on and has not ended.
        broken: The journal's failure, once it failed: nothing is sent from then on.
    """

    def __init__(
        self,
        client: AsyncClient,
        journal: Journal,
        scheduler: Scheduler,
        *,
        on_end: Callable[[Row, Outcome[Any]], None],
    ) -> None:
        self.rows: dict[int, Row] = {}
        self.broken: JournalError | None = None
        self._client = client
        self._journal = journal
        self._scheduler = scheduler
        self._on_end = on_end
        self._inbox = _Inbox()
        self._submits: set[anyio.CancelScope] = set()
        self._leaving = False

    def add(self, row: Row) -> None:
        """Take a row on; one with an id already is only watched."""
        endpoint = row.operation.endpoint
        self.rows[row.id] = row
        if self.broken is not None:
            self._end_without(row, "rejected", self.broken)
            return
        ticket = Ticket(
            row.id,
            row.operation.variant(),
            endpoint.look_every,
            endpoint.gate,
            row.asked.may_repeat(),
            row.urgent,
            unclear=row.in_doubt,
        )
        self._scheduler.add(
            ticket, self._client.clock.now(), remote_id=row.entry.job_id, at_stake=row.entry.reserved_cents
        )
        self._inbox.post()

    def withdraw(self, row: Row, error: SixtyfourError) -> None:
        """Drop a row if it has not been sent."""
        self._inbox.post(Withdrawn(row.id, error))

    def hurry(self) -> None:
        """Send nothing more, and give submits on their way a last few seconds."""
        self._leaving = True
        for scope in self._submits:
            scope.deadline = anyio.current_time() + GRACE

    async def run(self, tasks: anyio.abc.TaskGroup) -> None:
        """Serve until cancelled."""
        clock, scheduler = self._client.clock, self._scheduler
        while True:
            commands = [command for event in self._inbox.drain() for command in scheduler.handle(event, clock.now())]
            if self.broken is None:
                commands += scheduler.due(clock.now())
            for command in commands:
                tasks.start_soon(self._carry_out, command)
            at = None if self.broken else scheduler.wake_at(clock.now())
            with anyio.CancelScope(deadline=float("inf") if at is None else clock.real(at)):
                await self._inbox.wait()

    async def _carry_out(self, command: Command) -> None:
        row = self.rows.get(command.id)
        if row is None:
            return
        try:
            match command:
                case Submit(reserved=reserved):
                    await self._submit(row, reserved)
                case Look(remote_id=remote_id):
                    await self._look(row, remote_id)
                case Finish(report=report):
                    await self._finish(row, report)
                case Release(error=error, again=again):
                    await self._release(row, error, again=again)
                case Hold(error=error):
                    await self._give_up(row, "unknown", error, "unknown")
                case HandBack(error=error):
                    await self._give_up(row, "unfinished", error, "accepted")
        except JournalError as error:
            self._break(error)

    async def _submit(self, row: Row, reserved: float) -> None:
        """Intent on disk, then the request, then the id on disk. Not cut short half-way: an id is worth the wait."""
        with anyio.CancelScope(shield=True) as scope:
            self._submits.add(scope)
            try:
                sent_at = row.entry.sent_at if row.in_doubt else datetime.now(UTC).isoformat(timespec="seconds")
                await self._journal_state(row, "intended", error=None, reserved_cents=reserved, sent_at=sent_at)
                if self._leaving:
                    left: State = "unknown" if row.in_doubt else "released"
                    await self._journal_state(row, left, error="the run was left before this was sent")
                    return
                job_id = await self._send_submit(row)
                await self._journal_state(row, "accepted", job_id=job_id)
                self._inbox.post(Accepted(row.id, job_id))
            except JournalError:
                raise
            except SixtyfourError as error:
                row.in_doubt = row.in_doubt or is_unclear(error)
                self._inbox.post(SubmitFailed(row.id, error))
            finally:
                self._submits.discard(scope)

    async def _send_submit(self, row: Row) -> str:
        request = encode(row.asked, job_route(row.asked), timeout=SUBMIT_TIMEOUT)
        response = await self._client.exchange(request)
        value = decode_json(response, operation=request.operation, gate=row.operation.endpoint.gate)
        return read_job_id(row.operation, value, request.operation)

    async def _journal_state(self, row: Row, state: State, **changes: Any) -> None:
        row.entry = replace(row.entry, state=state, **changes)
        await self._journal.put(row.entry)

    async def _look(self, row: Row, remote_id: str) -> None:
        question = row.operation.look(remote_id)
        request = encode(question, answer_route(question))
        try:
            response = await self._client.exchange(request)
            value = decode_json(response, operation=request.operation)
            seen = decode_answer(question.answer_type(), value, operation=request.operation)
        except SixtyfourError as error:
            logger.info("looking at %s: %s", remote_id, error)
            self._inbox.post(LookFailed(row.id, error))
            return
        row.body = response.body
        self._inbox.post(Looked(row.id, seen.report()))

    async def _finish(self, row: Row, report: Report) -> None:
        """Raw answer on disk, then parsed, then delivered."""
        states: dict[JobState, State] = {JobState.COMPLETED: "completed", JobState.CANCELLED: "cancelled"}
        state = states.get(report.state, "failed")
        told = report.cost_cents is not None or state != "completed"
        await self._journal_state(
            row,
            state,
            answer=row.body.decode("utf-8", "replace"),
            error=report.error,
            cost_cents=report.cost_cents,
            reserved_cents=0.0 if told else row.entry.reserved_cents,
        )
        self._end(row, read_outcome(row.operation, row.entry))

    async def _release(self, row: Row, error: SixtyfourError, *, again: bool) -> None:
        if row.entry.state != "released" and not (again and row.in_doubt):
            await self._journal_state(row, "released", error=str(error), reserved_cents=0.0)
        if not again:
            self._end_without(row, "rejected", error)

    async def _give_up(self, row: Row, status: Status, error: SixtyfourError, state: State) -> None:
        await self._journal_state(row, state, error=str(error))
        self._end_without(row, status, error)

    def _end_without(self, row: Row, status: Status, error: SixtyfourError) -> None:
        key, job_id = row.entry.key, row.entry.job_id
        self._end(row, Outcome(key, 0, row.operation, status, error=error, job_id=job_id))

    def _end(self, row: Row, outcome: Outcome[Any]) -> None:
        if self.rows.pop(row.id, None) is not None:
            self._on_end(row, outcome)

    def _break(self, error: JournalError) -> None:
        """Nothing more may be sent once it cannot be recorded. What runs is handed back with its id."""
        if self.broken is not None:
            return
        self.broken = error
        logger.error("%s; nothing more is sent", error)
        for row in list(self.rows.values()):
            sent: Status = "unfinished" if row.entry.job_id else "unknown"
            self._end_without(row, "rejected" if row.entry.state == "released" else sent, error)
