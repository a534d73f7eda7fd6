"""Read the cells of a worksheet as they stand in its XML, a row at a time and in constant memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Final
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

from sixtyfour_async.tables.xlsx_package import unescaped

CHUNK: Final = 2**16
MAX_CHARACTERS: Final = 2**20
"""Characters of a cell; a spreadsheet program writes 32,767 at most."""

REFERENCE: Final = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as it is written.

    Attributes:
        column: Its column, from 0.
        kind: Its type: ``n`` for a number, ``s`` for a shared text, ``inlineStr``, ``str``, ``b``, ``e``, ``d``.
        style: Its style.
        text: Its value; None when it has none.
        formula: Whether it holds a formula.
    """

    column: int
    kind: str
    style: int
    text: str | None
    formula: bool


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row with cells: its number from 1, whether it is hidden, and the cells that are written."""

    number: int
    hidden: bool
    cells: list[RawCell]


def column_letters(column: int) -> str:
    """Return the letters of a column, counted from 0: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def rows_of(file: IO[bytes]) -> Iterator[RawRow]:
    """Yield the rows of a worksheet that have cells with a value or a formula.

    Args:
        file: The worksheet's part; it is closed.

    Raises:
        ParseError: It is not well-formed.
    """
    with file:
        sheet = _Sheet()
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = sheet.start
        parser.EndElementHandler = sheet.end
        parser.CharacterDataHandler = sheet.data
        try:
            while chunk := file.read(CHUNK):
                parser.Parse(chunk, False)
                yield from sheet.take()
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise ParseError(str(error)) from error
        yield from sheet.take()


@dataclass(slots=True)
class _Sheet:
    """Collects rows from the events of the parser."""

    done: list[RawRow] = field(default_factory=list[RawRow])
    number: int = 0
    hidden: bool = False
    cells: list[RawCell] = field(default_factory=list[RawCell])
    column: int = -1
    kind: str = "n"
    style: int = 0
    formula: bool = False
    text: list[str] | None = None
    length: int = 0
    depth_of_phonetic: int = 0
    collecting: bool = False

    def take(self) -> list[RawRow]:
        """Hand over the rows that are complete."""
        done, self.done = self.done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins. Some writers give every name a prefix, some leave the references out."""
        tag = name.rpartition(":")[2]
        if tag == "c":
            match = REFERENCE.fullmatch(attributes.get("r", ""))
            self.column = _column_number(match[1]) if match else self.column + 1
            self.kind, self.style = attributes.get("t", "n"), int(attributes.get("s", "0"))
            self.formula, self.text, self.length = False, None, 0
        elif tag == "f":
            self.formula = True
        elif tag in {"v", "t"}:
            self.collecting = not self.depth_of_phonetic
            self.text = self.text or []
        elif tag == "rPh":
            self.depth_of_phonetic += 1
        elif tag == "row":
            self.number = int(attributes.get("r", self.number + 1))
            self.hidden = attributes.get("hidden") in {"1", "true"}
            self.cells, self.column = [], -1

    def data(self, text: str) -> None:
        """Characters within an element."""
        if self.collecting and self.text is not None:
            self.text.append(text)
            self.length += len(text)
            if self.length > MAX_CHARACTERS:
                raise ParseError(f"row {self.number} has a cell of more than {MAX_CHARACTERS:,} characters")

    def end(self, name: str) -> None:
        """An element ends."""
        tag = name.rpartition(":")[2]
        if tag in {"v", "t"}:
            self.collecting = False
        elif tag == "c":
            if self.text is not None or self.formula:
                text = None if self.text is None else "".join(self.text)
                if text and self.kind in {"inlineStr", "str"}:
                    text = unescaped(text)
                self.cells.append(RawCell(self.column, self.kind, self.style, text, self.formula))
        elif tag == "rPh":
            self.depth_of_phonetic -= 1
        elif tag == "row" and self.cells:
            self.done.append(RawRow(self.number, self.hidden, self.cells))
