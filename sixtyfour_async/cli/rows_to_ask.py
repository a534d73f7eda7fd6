"""The rows of a table as operations for a runner: of each row, the parts of the question that are still to be asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from typing import Any

from sixtyfour_async._journal.base import Entry, Journal
from sixtyfour_async._scheduling.row_states import PAID, POLLABLE
from sixtyfour_async.cli.enrichment import Enrichment
from sixtyfour_async.cli.journal_notes import FIELD_SETS
from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.parts import AskedBefore, FieldSet, Part, changed_fields, changed_options
from sixtyfour_async.tables import Row


def is_asked(entry: Entry | None) -> bool:
    """Return whether a question was put to the service, or may have been."""
    return entry is not None and entry.state != "released"


class RowsToAsk:
    """Yields operations, and counts what is asked about how many rows.

    Args:
        enrichment: The table and the question.
        field_sets: What the journal was asked so far.
        journal: The journal, open.
        keeps: Whether to keep new field sets in the journal, before the first row is asked for one.
        sample: How many rows to yield that have no answer yet; None for all rows, answered or not.

    Attributes:
        missing: Fields asked in one job → rows that they are asked about; of divided questions only. These and
            *changed* are counted for a plan, and rows that say the same count once.
        changed: Field → rows that were asked for it under another description, and are asked again.
        changed_options: Options that differ from all that was asked before.
        bad: Rows that cannot be sent.
        filled: Rows that have a value already in the column of ``--only-empty``.
    """

    def __init__(
        self,
        enrichment: Enrichment,
        field_sets: Iterable[FieldSet],
        journal: Journal,
        *,
        keeps: bool,
        sample: int | None = None,
    ) -> None:
        self._enrichment = enrichment
        self._asked = AskedBefore(enrichment.question, field_sets)
        self._journal = journal
        self._keeps = keeps
        self._sample = sample
        self._sampled: set[str] = set()
        self._counted: set[str] = set()
        self._changed = {} if keeps else changed_fields(enrichment.question, self._asked.field_sets)
        self.missing = Counter[tuple[str, ...]]()
        self.changed = dict.fromkeys(self._changed, 0)
        self.changed_options = changed_options(enrichment.question, self._asked.field_sets)
        self.bad = self.filled = 0

    async def operations(self) -> AsyncGenerator[JobOperation[Any], None]:
        """Yield the operations of each row, in order; the table is read lazily.

        What was answered is left out when something else of its row is yielded; else the runner gets it, and answers it
        from the journal. What failed, is parked or still runs is up to the runner's settings.
        """
        for row in self._enrichment.table:
            if row.number > self._enrichment.rows or self._sample == len(self._sampled):
                return
            if self._enrichment.is_filled(row):
                self.filled += 1
                continue
            for operation in await self._of_row(row):
                yield operation

    async def _of_row(self, row: Row) -> list[JobOperation[Any]]:
        subject = self._enrichment.subject(row)
        if isinstance(subject, InputError):
            self.bad += 1
            return []
        try:
            return await self._open_parts(subject)
        except InputError:
            self.bad += 1
            return []

    async def _open_parts(self, subject: dict[str, Any]) -> list[JobOperation[Any]]:
        known = self._asked.lookups(subject) if self._asked.is_divided else {}
        entries = {key: await self._journal.find(key) for key in known}
        parts = self._asked.divide(subject, [question for key, question in known.items() if is_asked(entries[key])])
        if not self._keeps and (self._asked.is_divided or self._changed):
            await self._count(parts, subject)
        if self._sample is not None:
            return await self._sample_of(parts)
        settled = [part for part in parts if await self._is_answered(part[1], entries)] if len(parts) > 1 else []
        left = [part for part in parts if part not in settled] or parts[:1]
        return [await self._about_to_ask(part, operation) for part, operation in left]

    async def _is_answered(self, operation: JobOperation[Any], entries: dict[str, Entry | None]) -> bool:
        key = operation.fingerprint()
        entry = entries[key] if key in entries else await self._journal.find(key)
        return entry is not None and entry.state in PAID

    async def _about_to_ask(self, part: Part, operation: JobOperation[Any]) -> JobOperation[Any]:
        """Keep a field set that is new; a row asked for one that is not kept would not be found tomorrow."""
        if part.is_new and self._asked.add(part.question) and self._keeps:
            sets = [one.as_json() for one in self._asked.field_sets]
            await self._journal.set_meta(FIELD_SETS, json.dumps(sets, ensure_ascii=False))
        return operation

    async def _sample_of(self, parts: list[tuple[Part, JobOperation[Any]]]) -> list[JobOperation[Any]]:
        """Return the parts of a row that were not asked or still run, and count it as one row of the sample."""
        entries = [await self._journal.find(operation.fingerprint()) for _, operation in parts]
        left = [
            part
            for part, entry in zip(parts, entries, strict=True)
            if entry is None or entry.state in POLLABLE | {"released"}
        ]
        keys = "/".join(operation.fingerprint() for _, operation in left)
        if not left or keys in self._sampled:
            return []
        self._sampled.add(keys)
        return [await self._about_to_ask(part, operation) for part, operation in left]

    async def _count(self, parts: list[tuple[Part, JobOperation[Any]]], subject: dict[str, Any]) -> None:
        """Count what is asked; rows that ask the same share one question, and count once."""
        for part, operation in parts:
            key = operation.fingerprint()
            if key in self._counted:
                continue
            self._counted.add(key)
            if part.is_new:
                self.missing[part.fields] += 1
            for name in part.fields if part.is_new else ():
                before = self._changed.get(name)
                if before is not None:
                    earlier = before.operation_for(subject).fingerprint()
                    self.changed[name] += is_asked(await self._journal.find(earlier))
