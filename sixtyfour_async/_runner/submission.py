"""Rows under way, and the submits that carry them: one row each, or many in one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from pydantic import JsonValue

from sixtyfour_async._journal.base import Entry, changed
from sixtyfour_async._runner.outcome_stream import OutcomeStream
from sixtyfour_async._scheduling.attribution import match_rows, texts_of
from sixtyfour_async._scheduling.batches import RowAnswer, no_parts, split_answer, split_file
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.messages import Submit
from sixtyfour_async._scheduling.row_names import rows_under_names
from sixtyfour_async._scheduling.row_states import IN_DOUBT, OPEN, PAID, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.results import ResultReading, read_result
from sixtyfour_async._wire.unwrapping import objects_in, reason_in, rows_in, rows_in_parts
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation


def wall_clock() -> str:
    """Return the time by this machine's clock: ISO text, UTC, so that texts compare like times."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Seen(NamedTuple):
    """What an answer that ended a row was found to say.

    Attributes:
        report: Its report.
        reading: What the result in it was read as; None when its job has none.
    """

    report: Report
    reading: ResultReading | None


@dataclass(slots=True, eq=False)
class Row:
    """A row under way.

    Attributes:
        entry: Its line in the journal, as last written.
        operation: The question as the caller put it.
        waiting: The consumers that wait for it, each with the row's index there; none when an earlier run submitted it
            in a batch with others.
        urgent: Does a caller wait for just this one?
        withdrawn: Why nobody wants it any more; None while somebody does.
        job: The number of the submission that it was part of last; 0 before the first.
        carried: What a hook had kept with its job by an earlier run.
        run_time: Seconds that its job ran, once that is known.
        lag: Seconds that the end of its job lay unseen, once that is known.
        seen: What the answer on its line says, once it has ended by an answer of its own.
        replaced: Its line of an earlier submit, whose money is counted apart when this one leaves; None when there is
            none.
    """

    entry: Entry
    operation: JobOperation[Any]
    waiting: list[tuple[OutcomeStream[Any], int]]
    urgent: bool = False
    replaced: Entry | None = None
    withdrawn: SixtyfourError | None = None
    job: int = 0
    carried: str | None = None
    run_time: float | None = None
    lag: float | None = None
    seen: Seen | None = None

    @property
    def index(self) -> int:
        """Its place in the input of whoever waits for it first."""
        return self.waiting[0][1] if self.waiting else 0

    def log_fields(self) -> dict[str, str | None]:
        """Return what log records about it hold as ``extra``; `OfJob.log_fields` has the same."""
        entry = self.entry
        tier = entry.variant.partition("/")[2]
        return {"row_key": entry.key, "job_id": entry.job_id, "operation": entry.operation, "tier": tier}


@dataclass(slots=True, eq=False)
class Submission:
    """One submit, and the rows that it carries.

    Attributes:
        id: The runner's number for it.
        rows: One, or those that share it.
        operation: What is sent: for all of its rows, and with the key by which the service recognises a second submit.
        batch: The name of the batch in the journal; None for a single row.
        body: The answer that ended it, as it came.
        held: Has this runner claimed its rows, as far as is known?
        ended: Has it been answered for good, by a poll or a delivery?
        rivals: Other questions whose submits were answered with the same job id.
        waits_since: When it was queued, or sent last.
        withheld: Why the file that the answer links to was not downloaded; "" if it was, or there is none.
    """

    id: int
    rows: list[Row]
    operation: JobOperation[Any]
    batch: str | None = None
    body: Body = field(default=Body(b""), repr=False)
    held: bool = False
    ended: bool = False
    waits_since: float = 0.0
    withheld: str = ""
    rivals: list[JobOperation[Any]] = field(default_factory=list[JobOperation[Any]])

    @classmethod
    def batch_of(cls, number: int, rows: list[Row], batch: str | None = None) -> Submission:
        """Combine rows of one batch key into one submit, a new batch unless it is named."""
        batch = batch or str(uuid4())
        first, *others = (row.operation for row in rows)
        return cls(number, rows, first.batch_with(others, batch), batch)

    @property
    def first(self) -> Entry:
        """The journal's line of its first row: what is the same for all of them is read from it."""
        return self.rows[0].entry

    def as_job(self, *, pushed: bool) -> ScheduledJob:
        """Return what the scheduler needs to know of it; *pushed*: are the ends of such jobs delivered to us?"""
        operation, listing = self.operation, self.operation.poll_many()
        return ScheduledJob(
            self.id,
            operation.variant(),
            operation.endpoint.job_limit,
            operation.is_retry_safe(),
            priced_as=self.rows[0].operation.variant(),
            rows=len(self.rows),
            urgent=any(row.urgent for row in self.rows),
            list_endpoint="" if listing is None else listing.endpoint.name,
            booked_at=self.first.sent_at or "" if self.first.state in OPEN else None,
            in_doubt=self.first.state in IN_DOUBT,
            pushed=pushed and not self.first.job_id,
            reports_charge=operation.endpoint.reports_charge,
        )

    def claim_end(self, body: Body) -> bool:
        """Take an answer as the one that ends it, if it is the first: a poll and a delivery may bring one each."""
        if self.ended:
            return False
        self.ended, self.body = True, body
        return True

    def show_progress(self, report: Report) -> None:
        """Show a report to the callers that want to see the progress of its rows."""
        for row in self.rows:
            for stream, _ in row.waiting:
                stream.show_progress(report)

    @property
    def in_file(self) -> bool:
        """Are the rows sent as a file?"""
        return self.batch is not None and self.operation.endpoint.takes_file

    def lacks_file(self, report: Report) -> bool:
        """Does the answer hold links to the finished file, and not the file itself?"""
        return self.in_file and report.state is JobState.COMPLETED and not isinstance(report.result, str)

    # --- the journal's lines ------------------------------------------------------------------------------------

    def intend(self, command: Submit) -> list[Entry]:
        """Return the rows' lines with the intent to send them, as it must be on the disk before they leave."""
        # A repeated submit keeps the time of the first attempt: that is when the service may have accepted it.
        first_attempt = self.first.sent_at if command.in_doubt else None
        sent_at = first_attempt or command.sent_at or wall_clock()
        return self.advance("intended", command.reserved_cents, error=None, sent_at=sent_at, receipt=None)

    def advance(self, state: State, reserved_cents: float | None = None, **changes: Any) -> list[Entry]:
        """Return the rows' lines in another state; *reserved_cents* are shared out among them."""
        for number, row in enumerate(self.rows):
            own = row.entry.reserved_cents if reserved_cents is None else reserved_cents / len(self.rows)
            place = None if self.batch is None else number
            row.entry = changed(row.entry, state=state, reserved_cents=own, batch=self.batch, place=place, **changes)
        return [row.entry for row in self.rows]

    def rows_without(self, keys: Collection[str]) -> list[Row]:
        """Return its rows but for some, by key."""
        return [row for row in self.rows if row.entry.key not in keys]

    def drop(self, keys: Collection[str]) -> list[Row]:
        """Leave rows out, by key, and return them; others remain."""
        dropped = [row for row in self.rows if row.entry.key in keys]
        self.rows = self.rows_without(keys)
        if self.batch is not None:
            first, *others = (row.operation for row in self.rows)
            self.operation = first.batch_with(others, self.batch)
        return dropped

    # --- ends ---------------------------------------------------------------------------------------------------

    def finish(self, report: Report) -> Entry:
        """Return the line of its only row at its end."""
        [row] = self.rows
        row.entry, reading = _ended(row, report, self.body)
        row.seen = Seen(report, reading)
        if self.rivals and report.state is JobState.COMPLETED:
            self._doubt(row, report)
        return row.entry

    def _doubt(self, row: Row, report: Report) -> None:
        """Leave a row its answer only if that repeats the row's own values: the service gave its job to others, too."""
        leads = [lead_of(operation) for operation in (row.operation, *self.rivals)]
        own, *others = match_rows(leads, [report.result], row.operation.endpoint.name, by_position=False)
        if own.row is not None:
            row.entry = replace(row.entry, matched_by=own.matched_by)
            return
        is_anothers = any(other.row is not None for other in others)
        share = None if report.cost_cents is None else 0.0 if is_anothers else report.cost_cents / len(leads)
        row.entry = replace(row.entry, state="unmatched", cost_cents=share, error=self._why_doubted(is_anothers))

    def _why_doubted(self, is_anothers: bool) -> str:
        shown = "its answer is another's" if is_anothers else "nothing in its answer shows whose it is"
        return f"the service gave {len(self.rivals) + 1} submits the same job id, and {shown}"

    def settle(self, report: Report) -> list[Entry]:
        """Return the lines of a batch's rows at its end, each with its own part of the answer.

        A part has the form of an answer to a job of its own, so that it is read like one.
        """
        for row, part in zip(self.rows, self._parts(report), strict=True):
            own = replace(report, result=part.answer, error=part.error or report.error, cost_cents=part.cost_cents)
            entry, _ = _ended(row, own, _as_poll(own))
            row.entry = replace(entry, matched_by=part.matched_by)
            if part.answer is None and part.is_ambiguous and report.state is JobState.COMPLETED:
                row.entry = replace(row.entry, state="unmatched", answer=self.body, error=part.error)
        return [row.entry for row in self.rows]

    def _parts(self, report: Report) -> list[RowAnswer]:
        endpoint = self.rows[0].operation.endpoint
        questions = [row.operation.payload() for row in self.rows]
        leads = [json_object(question[endpoint.subject]) or {} for question in questions]
        withheld = self.withheld or (self._why_doubted(False) if self.rivals and self.in_file else "")
        if withheld:
            each = None if report.cost_cents is None else report.cost_cents / len(leads)
            return [RowAnswer(None, each, withheld)] * len(leads)
        if self.in_file:
            fields = json_object(questions[0].get("struct")) or {}
            return split_file(leads, str(report.result or ""), fields, report.cost_cents)
        named = rows_under_names(objects_in(report.result), [texts_of(lead) for lead in leads])
        if named is not None:
            return split_answer(leads, list(named.values()), report.cost_cents, endpoint.name, names=list(named))
        rows, in_order = rows_in(report.result) or [], not self.rivals
        if len(rows) < len(leads) and len(parts := rows_in_parts(report.result)) > len(rows):
            rows, in_order = parts, False
        rows = rows or self._lone_row(report.result)
        if not rows:
            return no_parts(len(leads), report.cost_cents, report.result, reason_in(report.result))
        return split_answer(leads, rows, report.cost_cents, endpoint.name, by_position=in_order)

    def _lone_row(self, result: JsonValue) -> list[JsonValue]:
        """Return the one row that an answer without a list consists of; nothing when it is no answer at all."""
        alone = json_object(result) is not None and read_result(self.rows[0].operation, result).no_answer is None
        return [result] if alone else []


def lead_of(operation: JobOperation[Any]) -> dict[str, JsonValue]:
    """Return what a question is about: its lead or company, else all of its fields."""
    question = operation.payload()
    return json_object(question.get(operation.endpoint.subject)) or question


def _as_poll(report: Report) -> Body:
    """Return a row's part of a shared answer in the form of an answer to a poll, so that it is read like one."""
    own = {"status": str(report.state), "result": report.result, "error": report.error}
    return Body.of(own | {"charge_amount": report.cost_cents})


def _ended(row: Row, report: Report, answer: Body) -> tuple[Entry, ResultReading | None]:
    """Return a row's line with the end of its job and the answer as it came, and what the result was read as."""
    state, error, reading = _end_of(row.operation, report)
    # Where the service reports no charge, what was reserved counts as spent and stays on the line.
    keeps_reserve = state in PAID and report.cost_cents is None
    entry = changed(
        row.entry,
        state=state,
        answer=answer,
        error=error,
        cost_cents=report.cost_cents,
        reserved_cents=row.entry.reserved_cents if keeps_reserve else 0.0,
    )
    return entry, reading


def _end_of(operation: JobOperation[Any], report: Report) -> tuple[State, str | None, ResultReading | None]:
    """Return the state of a row whose job ended like this, why there is no answer, and what its result was read as."""
    if report.state is JobState.CANCELLED:
        return "cancelled", report.error, None
    if report.state is not JobState.COMPLETED:
        return "failed", report.error, None
    reading = read_result(operation, report.result)
    if reading.no_answer is None:
        return "completed", report.error, reading
    return "no_answer", report.error or reading.no_answer, reading
