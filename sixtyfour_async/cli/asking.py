"""One operation, asked for by a command: as a job through a `JobRunner` with a journal, or in one request.

A live call that may cost something, or that changes something each time it is sent, needs a yes. Nothing is sent while
nobody reads the answer.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final, NoReturn, cast

import anyio
from pydantic_core import to_jsonable_python

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async._journal.places import as_named, exists
from sixtyfour_async._runner.outcomes import Outcome, RunPlan
from sixtyfour_async._runner.runner import JobRunner
from sixtyfour_async.cli.console import lost_output, output_is_closed
from sixtyfour_async.cli.draining import Draining
from sixtyfour_async.cli.execution import Following, RunResult, follow
from sixtyfour_async.cli.exit_codes import ExitCode, exit_with, with_flags
from sixtyfour_async.cli.formatting import dollars, say
from sixtyfour_async.cli.journal_notes import JournalNotes
from sixtyfour_async.cli.progress import Progress
from sixtyfour_async.cli.service import Service, check_access
from sixtyfour_async.cli.signals import Interrupted, exit_code_of
from sixtyfour_async.cli.terminal import confirmed
from sixtyfour_async.cli.unrecorded import unrecorded_note
from sixtyfour_async.operations import JobOperation, Operation, PagedOperation

AT_ONCE: Final = timedelta(0)
"""The age at which an answer in the journal is too old, for a question that is to be asked again."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How operations are asked.

    Attributes:
        service: The service to ask.
        notes: The journal of jobs, and what is known of it.
        asks: Whether a live call needs a yes on the terminal.
        settings: Passed to `JobRunner`.
        draining: When to end early, and for how long to drain.
        again: Whether a job is asked, and paid, again although the journal has its answer.
        table_on_stdin: Whether standard input is data, and no keyboard.
    """

    service: Service
    notes: JournalNotes
    asks: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    draining: Draining = field(default_factory=Draining)
    again: bool = False
    table_on_stdin: bool = False

    def client(self) -> AsyncClient:
        """Return a client of the service."""
        return AsyncClient(**self.service.client_options)

    # --- in one request ---------------------------------------------------------------------------------------------

    def send(self, operation: Operation[Any]) -> Any:
        """Send an operation and return its answer as JSON."""
        self._agree_to_request(operation)
        return anyio.run(self._send, operation)

    def stream(self, operation: Operation[Any]) -> None:
        """Print what arrives bit by bit, one JSON value a line: the events of a stream, or the rows of all pages.

        The command ends here, with exit code 1, when nobody reads on: no further page is requested.
        """
        self._agree_to_request(operation)
        anyio.run(self._stream, operation)

    async def _send(self, operation: Operation[Any]) -> Any:
        async with self.client() as client:
            answer = await client.send_with_raw(operation)
            return answer.raw if answer.error is None or answer.raw is not None else answer.result()

    async def _stream(self, operation: Operation[Any]) -> None:
        async with self.client() as client, aclosing(_values(client, operation)) as values:
            async for value in values:
                say(json.dumps(to_jsonable_python(value), ensure_ascii=False))
                if output_is_closed():
                    sys.exit(ExitCode.REFUSED)

    def _agree_to_request(self, operation: Operation[Any]) -> None:
        _check_read()
        if self.service.is_live and operation.endpoint.retry_safe != "always":
            name = operation.endpoint.name
            self._agree(f"{name} may cost credits or change something at the service, each time it is sent", name)

    # --- as a job ---------------------------------------------------------------------------------------------------

    def ask(self, operation: JobOperation[Any]) -> Outcome[Any]:
        """Submit an operation as a job, poll it until it ends, and return its outcome; or exit, if there is none.

        Raises:
            JournalError: The journal cannot be used; nothing was sent.
        """
        _check_read()
        self.notes.check_purpose(self._purpose)
        if self.service.is_live:
            anyio.run(self._check_access)
            plan: RunPlan = anyio.run(self._plan, operation)
            if plan.to_submit:
                cents = None if plan.unpriced else plan.cost_cents
                price = "at a price that is not known" if cents is None else f"about {dollars(cents)}"
                self._agree(f"1 job of {operation.variant()}, {price}", operation.endpoint.name)
        ended: list[Outcome[Any]] = []
        with Progress(1, speed=self.service.speed) as progress:
            result = anyio.run(self._follow, operation, progress, ended.append)
        unrecorded = unrecorded_note(result.left_running, self.notes.path)
        if unrecorded:
            say(unrecorded, err=True)
        return ended[0] if ended else _exit_without(result, self.notes)

    @property
    def _purpose(self) -> dict[str, str]:
        """What the journal is bound to: the service alone, for it may hold operations of any kind."""
        return {"service": self.service.name}

    async def _check_access(self) -> None:
        async with self.client() as client:
            await check_access(client)

    async def _plan(self, operation: JobOperation[Any]) -> RunPlan:
        existing = as_named(self.notes.path) if exists(self.notes.path) else None
        async with self.client() as client, self._runner(client, existing) as runner:
            return await runner.plan([operation])

    def _runner(self, client: AsyncClient, journal: Any) -> JobRunner:
        reuse = AT_ONCE if self.again else None
        return JobRunner(client, journal=journal, reuse=reuse, **self.settings)

    async def _follow(self, operation: JobOperation[Any], progress: Progress, take: Any) -> RunResult:
        async with self.client() as client:
            runner = self._runner(client, as_named(self.notes.path))

            async def begin() -> None:
                await runner.journal.bind(self._purpose)

            following = Following(self.draining, progress.show, progress.print)
            return await follow(runner, begin, runner.map([operation], batching="single"), following, take)

    # --- the yes ----------------------------------------------------------------------------------------------------

    def _agree(self, what: str, name: str) -> None:
        """Ask for a yes, or exit."""
        if not self.asks:
            say(what, err=True)
            return
        try:
            answer = confirmed(f"{what}; send it? [y/N] ", table_on_stdin=self.table_on_stdin)
        except Interrupted as error:
            exit_with("interrupted; nothing was sent", error.exit_code)
        if answer is None:
            reason = f"{name} needs a yes ({what}), and there is no terminal to ask on"
            exit_with(f"{reason}; nothing was sent: add --yes", ExitCode.USAGE)
        if not answer:
            exit_with("no yes was given; nothing was sent", ExitCode.USAGE)


def _values(client: AsyncClient, operation: Operation[Any]) -> AsyncGenerator[Any, None]:
    """Return the rows of all pages of an operation, or the events of its stream."""
    if isinstance(operation, PagedOperation):
        return client.rows(cast("Any", operation))
    return client.events(operation)


def _check_read() -> None:
    """Exit if nobody would read the answer, before it is paid for."""
    if output_is_closed():
        exit_with("standard output is closed; nothing was sent", ExitCode.REFUSED)


def _exit_without(result: RunResult, notes: JournalNotes) -> NoReturn:
    """Exit after a job without an outcome: it was refused, or still runs."""
    if result.left_running:
        job = result.left_running[0]
        say(f"job {job.job_id} is still running at the service and will be billed", err=True)
        say(f"the same command fetches its answer later: {notes.path} has its id", err=True)
    if result.signal is not None:
        sys.exit(exit_code_of(result.signal))
    exit_with(f"{result.error or 'the run was stopped'}; there is no answer", ExitCode.REFUSED)


def answer_of(outcome: Outcome[Any]) -> Any:
    """Return the service's answer as JSON, as it came; None when there is none."""
    return to_jsonable_python(outcome.value) if outcome.raw is None else outcome.raw


def outcome_as_json(outcome: Outcome[Any]) -> dict[str, Any]:
    """Return an outcome as a JSON object."""
    return {
        "status": outcome.status,
        "operation": outcome.input.endpoint.name,
        "answer": answer_of(outcome),
        "error": None if outcome.error is None else str(outcome.error),
        "job_id": outcome.job_id,
        "cost_cents": outcome.cost_cents,
        "from_journal": outcome.replayed,
        "key": outcome.key,
    }


def report(outcome: Outcome[Any], notes: JournalNotes) -> None:
    """Report on stderr how a job ended and what it cost."""
    cost = "not stated" if outcome.cost_cents is None else dollars(outcome.cost_cents)
    paid = "answered earlier, from the journal: not sent again" if outcome.replayed else f"charge {cost}"
    say(f"{outcome.input.variant()}: {outcome.status}, {paid}; journal {notes.path}", err=True)
    if outcome.error is not None:
        say(f"sixtyfour: {with_flags(str(outcome.error))}", err=True)


def print_json(value: Any, *, held_by: str = "") -> None:
    """Print a value as JSON; exit with a code of its own when it was paid for and nobody has read it.

    Args:
        value: The value.
        held_by: Where else it is, for an answer that was paid for; "" for nowhere.
    """
    say(json.dumps(value, ensure_ascii=False, indent=2))
    lost = lost_output()
    if lost is not None:
        where = f"{held_by} holds the answer: the same command prints it again" if held_by else "the answer is lost"
        exit_with(f"cannot write standard output: {lost.strerror}; {where}", ExitCode.UNWRITTEN)


def exit_code_for(outcome: Outcome[Any]) -> int:
    """Return 0 for an answer, else `ExitCode.INCOMPLETE`."""
    return 0 if outcome.status == "completed" else ExitCode.INCOMPLETE
