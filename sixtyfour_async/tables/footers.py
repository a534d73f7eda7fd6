"""Tell the footer of an export from data: what stands at the end of a table and is no row of it. No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from sixtyfour_async.tables.base import Flaw
from sixtyfour_async.tables.detection import is_worded
from sixtyfour_async.tables.records import Record

MAX_FOOTER: Final = 50
"""A longer run of thin records at the end is data."""
WIDE_GAP: Final = 10
"""Blank rows after which a lone cell does not belong to the table."""

FOOTER: Final = re.compile(
    r"copyright\s*(?:\(c\)|©|\d{4})|^©|©\s*\d{4}|all rights reserved|do not distribute|alle rechte vorbehalten"
    r"|^(?:strictly |private (?:and|&) )?confidential\b[\s.:!-]*(?:information)?[\s.!]*$|^vertraulich[\s.:!]*$"
    r"|^(?:generated|exported|downloaded|printed|report (?:run|generated|created))\s+(?:by|on|at|from)\b"
    r"|^created (?:(?:on|at)\b|by:)|^(?:grand |sub)?totals?\s*[:(]"
    r"|^(?:grand totals?|total (?:rows|records|count|results))\b"
    r"|^\(?\d[\d,.]* (?:rows?|records?|results?|entries)\)?(?: (?:affected|selected|exported|in set))?\.?$"
    r"|^(?:sources?|(?:applied )?filters?|notes?|disclaimer|as of|number of (?:rows|records)|(?:row|record) count)\s*:"
    r"|^page \d+ (?:of|/)|^(?:gesamtsumme|erstellt (?:von|am)\b|quelle:|stand:)"
    r"|^[-=*_\s]*end of (?:report|file|export|data)",
    re.IGNORECASE,
)
"""How the footers of exports are worded: certain enough to leave such a record out when it stands at the end."""
SUM: Final = re.compile(r"(?:grand |sub)?totals?|sum|summe|gesamt|average|mean|median|count", re.IGNORECASE)
"""First cells of a row of sums, which could be a name as well."""
NUMBER: Final = re.compile(r"[^\w\s]*\s*[+-]?\d[\d.,' ]*\s*\W*")

REMARK: Final = re.compile(r"[^\w\s\"'@&+(]")
"""First characters of no name."""

REMEDY: Final = "remove it from the table, fill its other cells in, or go on without it"


@dataclass(slots=True)
class Tail:
    """The end of what has been seen: its thin records, of one cell where there are columns, or in a footer's words.

    Attributes:
        thin: The thin records at the end, `MAX_FOOTER` at most.
        length: How many they are.
        earlier: Thin records that were followed by data.
        rows: All records.
        width: Columns of the table.
        last: The last one.
    """

    thin: list[Record] = field(default_factory=list[Record])
    length: int = 0
    earlier: int = 0
    rows: int = 0
    width: int = 0
    last: Record | None = None

    def see(self, record: Record, filled: int, width: int) -> None:
        """Look at the next record, *filled* of whose cells hold something, in a table of *width* columns."""
        self.rows, self.last, self.width = self.rows + 1, record, width
        worded = is_worded_as_footer(record) and (filled < width or width == 1)
        if worded or (width > 1 and filled <= 1):
            self.length += 1
            self.thin += [record] if self.length <= MAX_FOOTER else []
        else:
            self.earlier += self.length
            self.thin, self.length = [], 0

    def split(self) -> tuple[list[Record], dict[int, Flaw]]:
        """Return the records at the end that certainly are no data, and the rows that may be none, by number."""
        if self.length > MAX_FOOTER:
            return [], {}
        certain = next(
            (i for i, one in enumerate(self.thin) if is_worded_as_footer(one) or one.gap >= WIDE_GAP), self.length
        )
        footer = self.thin[certain:]
        if not self._is_certain(footer):
            first = self.rows - self.length + 1
            rest = enumerate(footer, first + certain)
            return [], {number: Flaw(None, _doubt(one), REMEDY) for number, one in rest}
        gap = next((i for i, one in enumerate(self.thin[:certain]) if one.gap or _is_remark(one)), certain)
        # A list whose rows have one cell each here and there is a list; where all others have more, a lone cell that a
        # blank row sets apart is more likely a remark.
        doubtful = range(gap, certain) if not self.earlier and self.rows > self.length else range(0)
        first = self.rows - self.length + 1
        suspects = {first + i: Flaw(None, _doubt(self.thin[i]), REMEDY) for i in doubtful}
        if self.last is not None and not self.length and _is_sum(self.last):
            suspects[self.rows] = Flaw(None, f"may be a sum, not data: {self.last.first_text()!r}", REMEDY)
        return footer, suspects

    def _is_certain(self, footer: list[Record]) -> bool:
        """Return whether all of a footer is: what reads like one may be a name too, and data may follow it.

        In a table of one column every record is thin, so that a blank line must set the footer apart.
        """
        apart = self.width > 1 or any(one.gap for one in footer[:1])
        return apart and all(is_worded_as_footer(one) or one.gap for one in footer)


def _is_remark(record: Record) -> bool:
    """Return whether a lone cell reads like a remark: ``*** end of list ***``, ``Region: Europe`` or a sentence."""
    text = record.first_text()
    return bool(REMARK.match(text)) or ": " in text or (text.endswith((".", ":")) and is_worded(text))


def _doubt(record: Record) -> str:
    return f"may be a footer, not data: {record.first_text() or 'a lone cell'!r} stands alone at the end"


def is_worded_as_footer(record: Record) -> bool:
    """Return whether a record reads like the footer of an export."""
    return bool(FOOTER.search(record.first_text()))


def _is_sum(record: Record) -> bool:
    """Return whether a record reads ``Total`` and has nothing but numbers besides."""
    others = [record.cells[index] for index in record.filled()][1:]
    numbers = [isinstance(cell, int | float) or (isinstance(cell, str) and NUMBER.fullmatch(cell)) for cell in others]
    return bool(SUM.fullmatch(record.first_text().rstrip(":"))) and bool(numbers) and all(numbers)
