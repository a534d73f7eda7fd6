"""The steps of a run, in order: a plan, a yes to it, the run itself, its output and its report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import anyio

from sixtyfour_async._client.client import AsyncClient
from sixtyfour_async._journal.places import exists, verdict_on
from sixtyfour_async._journal.refusals import refusal
from sixtyfour_async._journal.wholeness import Verdict
from sixtyfour_async._runner.outcomes import RunPlan
from sixtyfour_async.cli import execution
from sixtyfour_async.cli.draining import Draining
from sixtyfour_async.cli.enrichment import Enrichment
from sixtyfour_async.cli.execution import Following, RunResult, purpose
from sixtyfour_async.cli.exit_codes import ExitCode, exit_with
from sixtyfour_async.cli.formatting import dollars, row_count, say
from sixtyfour_async.cli.journal_notes import JournalNotes
from sixtyfour_async.cli.journal_place import without_secrets
from sixtyfour_async.cli.paid_output import where_it_is, write_paid_output
from sixtyfour_async.cli.plan_report import plan_lines
from sixtyfour_async.cli.progress import Progress
from sixtyfour_async.cli.rows_to_ask import RowsToAsk
from sixtyfour_async.cli.service import Service, check_access
from sixtyfour_async.cli.signals import Interrupted, exit_code_of
from sixtyfour_async.cli.summary import resume_lines, summary_lines
from sixtyfour_async.cli.table_files import Output
from sixtyfour_async.cli.terminal import confirmed
from sixtyfour_async.cli.unrecorded import unrecorded_note
from sixtyfour_async.questions.agreement import Agreement

OK = 0


def _no_comparison(_out: Path) -> list[str]:
    return []


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command.

    Attributes:
        enrichment: What to ask about each row.
        service: The service to ask.
        notes: The journal, and what is known of it.
        output: Where the output goes.
        settings: Passed to `JobRunner`, with ``batching``.
        draining: When to end early, and for how long to drain.
        table_on_stdin: Whether standard input is the table, and no keyboard.
        listen: Where to receive webhook deliveries, ``HOST:PORT``; None receives none.
        compare: Returns further lines for the summary, given the output's path.
    """

    enrichment: Enrichment
    service: Service
    notes: JournalNotes
    output: Output
    settings: Mapping[str, Any] = field(default_factory=lambda: {"batching": "auto"})
    draining: Draining = field(default_factory=Draining)
    table_on_stdin: bool = False
    listen: str | None = None
    compare: Callable[[Path], list[str]] = _no_comparison

    def show_plan(self) -> None:
        """Print what a run would take; only the journal is read, and it is not created.

        Raises:
            JournalError: The journal cannot be used for this run.
        """
        self._check_purpose()
        doubt = self._doubt()
        if doubt:
            say(doubt, err=True)
        plan, rows = anyio.run(self._plan)
        say("\n".join([*self._plan_lines(plan, rows), "nothing was sent"]))

    def start(self, *, asks: bool, sample: int | None = None, stops_after_sample: bool = True) -> None:
        """Run with live progress, write the output, and exit with the code for the run's end.

        Args:
            asks: Whether the plan needs a yes on the terminal.
            sample: How many rows to ask first; asking for a sample is its own yes.
            stops_after_sample: Whether to stop there, with the plan for the rest.

        Raises:
            JournalError: The journal cannot be used for this run.
        """
        self._check_purpose()
        if self.service.is_live:
            anyio.run(self._check_access)
        if sample is not None:
            self._take_sample(sample)
            replace(self, notes=JournalNotes.read(self.notes.path)).go_on_after_sample(stops=stops_after_sample)
        agreement = None
        if self.service.is_live and not self._doubt():  # in doubt, nothing is submitted that would need a yes
            plan, rows = anyio.run(self._plan)
            agreement = self._agreed(plan, rows, asks=asks)
        self._run_whole(agreement)

    def go_on_after_sample(self, *, stops: bool) -> NoReturn:
        """Print the plan for the rest, by what the sample took, and stop or ask the rest."""
        plan, rows = anyio.run(self._plan)
        say("\n".join(["", "the rest:", *self._plan_lines(plan, rows)]), err=self.output.is_standard)
        if not stops:
            self._run_whole(self._agreement(plan))
        if plan.to_submit:
            say(
                "stopped after the sample; the same command without --sample asks the rest", err=self.output.is_standard
            )
        sys.exit(OK)

    def _run_whole(self, agreement: Agreement | None) -> NoReturn:
        sys.exit(self._finish(self._execute(agreement=agreement)))

    # --- the plan, and the yes to it ------------------------------------------------------------------------------

    def _check_purpose(self) -> None:
        self.notes.check_purpose(purpose(self.enrichment.question.kind, self.service.name))

    def _doubt(self) -> str:
        """Return why nothing is submitted on the word of this journal; "" when it is whole, or new."""
        path = self.notes.path
        verdict = verdict_on(path) if exists(path) else Verdict()
        return refusal(path, verdict) if verdict.kind == "doubt" else ""

    async def _check_access(self) -> None:
        async with AsyncClient(**self.service.client_options) as client:
            await check_access(client)

    async def _plan(self) -> tuple[RunPlan, RowsToAsk]:
        async with AsyncClient(**self.service.client_options) as client:
            return await execution.plan(self.enrichment, client, notes=self.notes, **self.settings)

    def _plan_lines(self, plan: RunPlan, rows: RowsToAsk) -> list[str]:
        return plan_lines(plan, rows, self.enrichment, self.notes)

    def _agreement(self, plan: RunPlan) -> Agreement:
        """Return the terms of a plan."""
        cents = None if plan.unpriced else self.notes.spent_cents + plan.cost_cents
        jobs, columns = self.notes.jobs + plan.to_submit, self.enrichment.mapping.sent
        return Agreement.of(self.enrichment.question, columns, jobs=jobs, cost_cents=cents)

    def _agreed(self, plan: RunPlan, rows: RowsToAsk, *, asks: bool) -> Agreement | None:
        """Return the terms of a new yes; None when none is needed. Without the yes it needs, the command ends here."""
        if not plan.to_submit:
            return None
        agreement, before = self._agreement(plan), self.notes.agreement
        if before is not None and before.covers(agreement):
            say(f"{row_count(plan.to_submit)} to send, as agreed to before", err=True)
            return None
        say("\n".join(self._plan_lines(plan, rows)), err=True)
        if not asks:
            return agreement
        price = f"about {dollars(plan.cost_cents)}" if not plan.unpriced else "at a price that is not known"
        question = f"send {row_count(plan.to_submit)}, {price}? [y/N] "
        try:
            answer = confirmed(question, table_on_stdin=self.table_on_stdin)
        except Interrupted as error:
            exit_with("interrupted; nothing was sent", error.exit_code)
        if answer is None:
            reason = "a live run needs a yes to its plan, and there is no terminal to ask on"
            exit_with(f"{reason}; nothing was sent: add --yes", ExitCode.USAGE)
        if not answer:
            exit_with("no yes was given; nothing was sent", ExitCode.USAGE)
        return agreement

    # --- the run ----------------------------------------------------------------------------------------------------

    def _take_sample(self, rows: int) -> None:
        """Ask the first rows without an answer; exit unless the run went through."""
        result = self._execute(sample=rows)
        code = self._finish(result)
        if result.ending != "finished" or code not in {OK, ExitCode.INCOMPLETE}:
            sys.exit(code)

    def _execute(self, *, agreement: Agreement | None = None, sample: int | None = None) -> RunResult:
        async def connect_and_execute(progress: Progress) -> RunResult:
            async with AsyncClient(**self.service.client_options) as client:
                return await execution.execute(
                    self.enrichment,
                    client,
                    notes=self.notes,
                    service=self.service.name,
                    agreement=agreement,
                    sample=sample,
                    following=Following(self.draining, progress.show, progress.print, self.listen),
                    **self.settings,
                )

        rows = self.enrichment.rows
        with Progress(rows if sample is None else min(rows, sample), speed=self.service.speed) as progress:
            return anyio.run(connect_and_execute, progress)

    def _finish(self, result: RunResult) -> int:
        """Write the output, print the summary, and return the exit code for the run's end."""
        # --fresh would delete what there is to resume.
        words = [word for word in without_secrets(sys.argv[1:]) if word != "--fresh"]
        command = shlex.join(["sixtyfour", *words])
        unrecorded = unrecorded_note(result.left_running, self.notes.path)
        if unrecorded:  # first, whatever becomes of the output
            say(unrecorded, err=True)
        if result.ending == "detached" and result.signal is not None:
            left = f"left at once; no output was written; {where_it_is(self.notes.path)}"
            say("\n".join([left, *resume_lines(result, command)]), err=True)
            return exit_code_of(result.signal)
        if result.error is not None and result.nothing_accepted:
            exit_with(f"{result.error}; nothing was accepted or billed, no output was written", ExitCode.REFUSED)
        counts = write_paid_output(self.enrichment, result, output=self.output, journal=self.notes.path)
        out, journal, speed = self.output.path, self.notes.path, self.service.speed
        lines = summary_lines(result, counts, out=out, journal=journal, speed=speed, comparison=self.compare(out))
        say("\n".join(lines), err=self.output.is_standard)
        if result.ending != "finished":
            say("\n" + "\n".join(resume_lines(result, command)), err=True)
        if result.error is not None:
            exit_with(str(result.error), ExitCode.REFUSED)
        if result.signal is not None:
            return exit_code_of(result.signal)
        is_complete = counts.statuses.get("completed", 0) >= self.enrichment.rows - counts.filled
        return OK if is_complete else ExitCode.INCOMPLETE
