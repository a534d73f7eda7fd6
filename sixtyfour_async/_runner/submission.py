"""Rows under way, and the submits that carry them: one row each, or many in one."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._scheduling.batches import RowAnswer, split_answer, split_file
from sixtyfour_async._scheduling.row_states import IN_DOUBT, State
from sixtyfour_async.errors import SixtyfourError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.operations import JobOperation

if TYPE_CHECKING:
    from sixtyfour_async._runner.outcome_stream import OutcomeStream

ENDED: dict[JobState, State] = {JobState.COMPLETED: "completed", JobState.CANCELLED: "cancelled"}
"""The state of a row whose job ended like this; every other end is a failure."""


@dataclass(slots=True, eq=False)
class Row:
    """A row as the runner knows it.

    Attributes:
        entry: Its line in the journal.
        operation: The question as the caller asked it.
        waiting: Who waits for it, at which index; nobody, when an earlier run sent it along with others.
        urgent: Does a caller wait for just this one?
        withdrawn: Why nobody wants it any more, if so.
        gives_up: Cents at stake in an earlier submit of it that is given up when this one leaves, if there is one.
    """

    entry: Entry
    operation: JobOperation[Any]
    waiting: list[tuple[OutcomeStream[Any], int]]
    urgent: bool = False
    withdrawn: SixtyfourError | None = None
    gives_up: float | None = None


@dataclass(slots=True, eq=False)
class Submission:
    """One submit, and the rows it carries.

    Attributes:
        id: The runner's number for it.
        rows: One, or those that share it.
        asked: The question as it is sent: for all rows, and with the key by which the service knows it again.
        in_doubt: Was it perhaps taken by an attempt that brought no id?
        batch: What rows that share it are known by in the journal; None for a single row.
        body: The last look's raw answer.
    """

    id: int
    rows: list[Row]
    asked: JobOperation[Any]
    in_doubt: bool = False
    batch: str | None = None
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, number: int, rows: list[Row], batch: str | None = None) -> Submission:
        """Let rows that have something in common share a submit, a new one unless it is named."""
        batch = batch or str(uuid4())
        first, *others = (row.operation for row in rows)
        return cls(number, rows, first.batch_with(others, batch), rows[0].entry.state in IN_DOUBT, batch)

    @property
    def first(self) -> Entry:
        """The journal's line of its first row: what is the same for all of them is read from it."""
        return self.rows[0].entry

    @property
    def text(self) -> str:
        """The last look's raw answer as text."""
        return self.body.decode("utf-8", "replace")

    def drop(self, rows: Iterable[Row]) -> None:
        """Leave rows out that are no longer wanted; there are others."""
        left_out = set(rows)
        self.rows = [row for row in self.rows if row not in left_out]
        if self.batch is not None and left_out:
            first, *others = (row.operation for row in self.rows)
            self.asked = first.batch_with(others, self.batch)

    def advance(self, state: State, reserved: float | None = None, **changes: Any) -> list[Entry]:
        """Bring every row's line to a state; *reserved* cents are set aside for all of them together."""
        for number, row in enumerate(self.rows):
            mine = row.entry.reserved_cents if reserved is None else reserved / len(self.rows)
            place = None if self.batch is None else number
            row.entry = replace(row.entry, state=state, reserved_cents=mine, batch=self.batch, place=place, **changes)
        return [row.entry for row in self.rows]

    def finish(self, report: Report) -> Entry:
        """Bring the line of the only row to its end."""
        [row] = self.rows
        row.entry = ended(row.entry, report, self.text)
        return row.entry

    @property
    def filed(self) -> bool:
        """Do the rows travel as a file?"""
        return self.batch is not None and self.asked.endpoint.takes_file

    def keep_file(self, text: str) -> None:
        """Put the file that a look's answer leads to in the place of its links, which expire."""
        whole = json_object(json.loads(self.body)) or {}
        self.body = json.dumps(whole | {"results": None, "result": text}, ensure_ascii=False).encode()

    def _shares(self, report: Report) -> list[RowAnswer]:
        subject = self.rows[0].operation.endpoint.subject
        asked = [row.operation.payload() for row in self.rows]
        if self.filed:
            fields = json_object(asked[0].get("struct")) or {}
            return split_file(len(asked), str(report.result or ""), fields, report.cost_cents)
        return split_answer([json_object(one[subject]) or {} for one in asked], report.result, report.cost_cents)

    def settle(self, report: Report) -> list[Entry]:
        """Give every row its own part of the answer, in the form of an answer to a job of its own."""
        shares = self._shares(report)
        for row, share in zip(self.rows, shares, strict=True):
            failed = report.state is JobState.COMPLETED and share.error is not None
            state = JobState.FAILED if failed else report.state
            error = share.error if failed else report.error
            told = {"status": str(state), "result": share.answer, "error": error, "charge_amount": share.cost_cents}
            own = replace(report, state=state, error=error, cost_cents=share.cost_cents)
            row.entry = ended(row.entry, own, json.dumps(told, ensure_ascii=False))
        return [row.entry for row in self.rows]


def ended(entry: Entry, report: Report, answer: str) -> Entry:
    """Write down how a job ended, with its raw answer."""
    state = ENDED.get(report.state, "failed")
    counted = state == "completed" and report.cost_cents is None
    return replace(
        entry,
        state=state,
        answer=answer,
        error=report.error,
        cost_cents=report.cost_cents,
        reserved_cents=entry.reserved_cents if counted else 0.0,
    )
