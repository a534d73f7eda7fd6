"""What a journal says about the questions that it was asked: which columns were sent, which fields, what was agreed to.

A journal belongs to questions about rows, not to a file. A row is known in it by the fingerprint of what is sent about
it, so the same table can come back with rows appended, sorted or deleted. That holds as long as the same columns are
sent, which is why the journal keeps the ones that it began with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import JsonValue

from sixtyfour_async._journal.base import JournalReader, merge_purpose
from sixtyfour_async._journal.places import Place, has_begun, reading
from sixtyfour_async._scheduling.ledger import NO_JOB
from sixtyfour_async.errors import JournalError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.questions.agreement import Agreement
from sixtyfour_async.questions.parts import FieldSet, read_field_sets

COLUMNS, FIELD_SETS, AGREEMENT = "columns", "field_sets", "agreement"
"""Names of the notes."""


@dataclass(frozen=True, slots=True)
class JournalNotes:
    """What was known before a command began.

    Attributes:
        path: Where the journal is.
        purpose: What it is bound to.
        columns: Column → key, as the rows in it were sent; None when there are none.
        field_sets: What it was asked so far, the oldest first.
        agreement: The terms of the last yes, or None.
        jobs: Jobs that it has submitted.
        spent_cents: What they cost, and may still cost, US cents.
        learned: What an answer cost at most, by operation and tier, US cents.
        began_before: Whether version 0.1 began it.
    """

    path: Place
    purpose: Mapping[str, str] = field(default_factory=dict[str, str])
    columns: Mapping[str, str] | None = None
    field_sets: tuple[FieldSet, ...] = ()
    agreement: Agreement | None = None
    jobs: int = 0
    spent_cents: float = 0.0
    learned: Mapping[str, float] = field(default_factory=dict[str, float])
    began_before: bool = False

    @classmethod
    def read(cls, path: Place) -> JournalNotes:
        """Read a journal's notes; one that does not exist, or has not begun, has none.

        Raises:
            JournalError: It is not a journal, cannot be read, or was written by a newer version.
        """
        if not has_begun(path):
            return cls(path)
        with reading(path) as reader:
            try:
                return cls._of(path, reader)
            except ValueError as error:
                raise JournalError(f"the notes of {path} cannot be read: {error}") from error

    @classmethod
    def _of(cls, path: Place, reader: JournalReader) -> JournalNotes:
        lines, purpose = reader.lines(), reader.purpose()
        jobs = sum(line.rows for line in lines if line.state not in NO_JOB)
        columns, asked, agreed = (_parsed(reader.note(name)) for name in (COLUMNS, FIELD_SETS, AGREEMENT))
        # Version 0.1 kept the whole question as what the journal is for.
        before: JsonValue = json_object(_parsed(purpose.get("question")))
        began_before = columns is None and before is not None and jobs > 0
        if isinstance(before, dict):
            columns = before.get("columns") if columns is None else columns
            first: list[JsonValue] = [before]
            asked = first if asked is None else asked
        sent = {column: str(key) for column, key in (json_object(columns) or {}).items()}
        return cls(
            path,
            purpose if jobs else {},
            sent if jobs and sent else None,
            tuple(read_field_sets(asked)) if asked else (),
            Agreement.from_json(agreed) if agreed else None,
            jobs,
            sum(line.spent_cents + line.exposed_cents for line in lines),
            {line.variant: line.dearest_cents for line in lines if line.dearest_cents},
            began_before=began_before,
        )

    def check_purpose(self, purpose: Mapping[str, str]) -> None:
        """Check that the journal may be used for this, as binding it would.

        Raises:
            JournalError: It is for something else.
        """
        merge_purpose(self.purpose, purpose, f"journal {self.path}")


def _parsed(text: str | None) -> JsonValue:
    parsed: JsonValue = None if text is None else json.loads(text)
    return parsed
