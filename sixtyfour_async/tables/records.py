"""Records as they stand in a file, before it is known which of them are data. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sixtyfour_async.tables.base import Cell, Flaw
from sixtyfour_async.tables.cells import is_blank, text_of

MAX_QUOTED: Final = 3
MAX_CHARACTERS: Final = 60
"""How many records a sentence quotes, and how much of each."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the file.

    Attributes:
        place: Number of its line or row in the file, from 1.
        cells: As many cells as the record has.
        gap: Blank rows between it and the record before.
        flaws: What is wrong with its cells.
    """

    place: int
    cells: Sequence[Cell]
    gap: int = 0
    flaws: tuple[Flaw, ...] = ()

    def is_blank(self) -> bool:
        """Return whether no cell holds anything, nor should."""
        return not self.flaws and all(map(is_blank, self.cells))

    def filled(self) -> list[int]:
        """Return the indexes of the cells that hold something, or should."""
        filled = [index for index, cell in enumerate(self.cells) if not is_blank(cell)]
        if self.flaws:
            return sorted({*filled, *(flaw.column for flaw in self.flaws if flaw.column is not None)})
        return filled

    def first_shown(self) -> str:
        """Return its first filled cell as text."""
        return next((text_of(self.cells[index]).strip() for index in self.filled()), "")

    def first_text(self) -> str:
        """Return its first filled cell, if that is text; else nothing."""
        first = next((cell for cell in self.cells if not is_blank(cell)), None)
        return first.strip() if isinstance(first, str) else ""


def without_blank(records: Iterable[Record]) -> Iterator[Record]:
    """Leave out records all of whose cells are blank; the next record's gap counts them."""
    gap = 0
    for record in records:
        if not record.is_blank():
            yield Record(record.place, record.cells, record.gap + gap, record.flaws) if gap else record
            gap = 0
        else:
            gap += record.gap + 1


def left_out(records: Sequence[Record], unit: str, what: str) -> list[str]:
    """Return a sentence that names records that are not read; none for no records."""
    if not records:
        return []
    first, last = records[0].place, records[-1].place
    places = f"{unit} {first} is" if first == last else f"{unit}s {first} to {last} are"
    quotes = ", ".join(repr(shortened(record.first_shown())) for record in records[:MAX_QUOTED])
    return [f"{places} {what}: {quotes}{' and more' if len(records) > MAX_QUOTED else ''}"]


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, such as ``1 row`` or ``1,510 rows``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def shortened(text: str) -> str:
    """Return text on one line, cut to what a message can show."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"
