"""What two journals know of the same rows: by their keys, which are the fingerprints of what was sent."""

from __future__ import annotations

from dataclasses import dataclass, field

from sixtyfour_async._journal.base import Entry, JournalReader
from sixtyfour_async._journal.places import Place, reading
from sixtyfour_async._scheduling.row_states import ENDED

MAX_DIFFERENCES = 10
"""Rows that differ and are kept; all are counted."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that both journals have, and not alike.

    Attributes:
        key: The row's key.
        first: Its state in the first journal.
        second: Its state in the second.
    """

    key: str
    first: str
    second: str


@dataclass(slots=True)
class Comparison:
    """Two journals, row by row.

    Attributes:
        only_first: Rows that only the first has.
        only_second: Rows that only the second has.
        alike: Rows that both have, in the same state and with the same answer.
        different: Rows that both have, in another state or with another answer.
        paid_twice: Rows for which both were charged.
        paid_twice_cents: What the cheaper of the two charges come to, US cents: what one journal would have saved.
        examples: The first rows that differ.
    """

    only_first: int = 0
    only_second: int = 0
    alike: int = 0
    different: int = 0
    paid_twice: int = 0
    paid_twice_cents: float = 0.0
    examples: list[Difference] = field(default_factory=list[Difference])

    def add(self, first: Entry, second: Entry) -> None:
        """Count a row that both journals have."""
        if first.cost_cents and second.cost_cents and first.job_id != second.job_id:
            self.paid_twice += 1
            self.paid_twice_cents += min(first.cost_cents, second.cost_cents)
        if _is_alike(first, second):
            self.alike += 1
            return
        self.different += 1
        if len(self.examples) < MAX_DIFFERENCES:
            self.examples.append(Difference(first.key, first.state, second.state))


def compare(first: Place, second: Place) -> Comparison:
    """Compare two journals; both may be in use, and neither is changed.

    Raises:
        JournalError: One of them does not exist, is not a journal, or was written by a newer version.
    """
    with reading(first) as one, reading(second) as other:
        return compare_readers(one, other)


def compare_readers(first: JournalReader, second: JournalReader) -> Comparison:
    """Compare two journals that are open for reading; a row at a time is in memory."""
    found = Comparison()
    for entry in first.entries():
        twin = second.find(entry.key)
        if twin is None:
            found.only_first += 1
        else:
            found.add(entry, twin)
    found.only_second = sum(first.find(entry.key) is None for entry in second.entries())
    return found


def _is_alike(first: Entry, second: Entry) -> bool:
    if first.state != second.state:
        return False
    return first.state not in ENDED or _content(first) == _content(second)


def _content(entry: Entry) -> bytes | None:
    return None if entry.answer is None else entry.answer.content
