r"""Single cells: their text, the forms that spreadsheets give them, and formulas.

A spreadsheet that opens CSV runs what looks like a formula. Such text is therefore written with an apostrophe before
it, as spreadsheets themselves mark text: ``=SUM(A1)`` becomes ``'=SUM(A1)``, and text that has that form already gets
one more. Reading takes one apostrophe away. So what is read is what was written, whatever it is, and a spreadsheet runs
none of it. Numbers and phone numbers, which begin with ``+`` or ``-`` as well, are left alone. No I/O.
"""

from __future__ import annotations

import base64
import json
import math
import re
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Final, Self, cast

from sixtyfour_async._values import iso_text
from sixtyfour_async.tables.base import Cell, Flaw

HEADS_OF_FORMULAS: Final = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
"""First characters of what a spreadsheet may take for a formula, the full-width ones of East Asian input among them.

Source: owasp.org, CSV Injection.
"""
MARKED: Final = re.compile(rf"'+(?:[{re.escape(HEADS_OF_FORMULAS)}]|[\d(][\d ().,/-]{{3,}}$)")
"""Text that a spreadsheet's apostrophe marks as text: what looks like a formula, or digits such as ``'0049 30 12``."""
NUMBER_OR_PHONE: Final = re.compile(
    r"[+\-\uff0b\uff0d](?=\D*\d)[\d ().,/'\u2019\u00a0\u202f\u2010-\u2015-]+"
    r"(?:[eE][+-]?\d+|(?:x|#|ext\.?) ?\d+|%)?|[+\-@=\uff1d\uff0b\uff0d\uff20]+"
)
"""Digits with the punctuation of numbers and phone numbers, and lone signs: nothing that could call a function."""
CONSTANT: Final = re.compile(r'="((?:[^"]|"")*)"')
"""A formula that is nothing but text, which exports use to keep a spreadsheet from reading it as a number."""
RUNS: Final = re.compile(
    r"\s*[=\uff1d]|[\s+\-@\uff0b\uff0d\uff20].*(?:\w\(|[^\W\d][\w.]*\s+\(|[|!]|'\s*#|#\$)", re.DOTALL
)
"""A formula that computes or fetches something; other text with the head of a formula only looks odd.

It calls a function, also with white space before the parenthesis, or names another program, sheet or file; LibreOffice
writes the last as ``'file:///x.ods'#$Sheet1.A1``.
"""
ROUNDED: Final = re.compile(r"[+-]?\d(?:[.,](\d+)[eE]\+?|[eE]\+)(\d{1,3})")
SHORT_EXPONENT: Final = 5

LOST_DIGITS: Final = "format the column as a number without decimals (or as text) and export it again, or skip it"


class Protected(str):
    """Text that a spreadsheet, or a writer of CSV, wrote in another form, such as ``="+49…"``.

    The str itself is the text. A CSV file gets it back in the form in which it was; other formats get the text.

    Attributes:
        written: The cell as it stands in the file.
    """

    __slots__ = ("written",)
    written: str

    def __new__(cls, text: str, written: str) -> Self:
        """Return text, and how it is written."""
        made = super().__new__(cls, text)
        made.written = written
        return made

    def __reduce__(self) -> tuple[type[Protected], tuple[str, str]]:
        return Protected, (str(self), self.written)


class Binary(str):
    """Bytes that are no text.

    The str itself is their base64, as which they are written; a column of bytes gets them back as they were.

    Attributes:
        raw: The bytes.
    """

    __slots__ = ("raw",)
    raw: bytes

    def __new__(cls, raw: bytes) -> Self:
        """Return the base64 of bytes."""
        made = super().__new__(cls, base64.b64encode(raw).decode("ascii"))
        made.raw = raw
        return made

    def __reduce__(self) -> tuple[type[Binary], tuple[bytes]]:
        return Binary, (self.raw,)


def decoded(value: bytes) -> str:
    """Return the text that bytes are in UTF-8, or a `Binary` when they are none."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return Binary(value)


def text_of(value: object) -> str:
    """Format a value as text: text as is, None as nothing, whole numbers without a point, the rest as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal):
        return str(value)
    return json_text(value)


def json_text(value: object) -> str:
    """Format a value as JSON on one line, a Decimal as a number with all its digits.

    A number that JSON has no word for, such as infinity, becomes text: what was paid for must be written.
    """
    if isinstance(value, Decimal):
        return str(value) if value.is_finite() else f'"{value}"'
    if isinstance(value, float) and not math.isfinite(value):
        return f'"{value}"'
    if isinstance(value, dict):
        items = cast("dict[object, object]", value).items()
        return "{" + ", ".join(f"{json_text(str(key))}: {json_text(one)}" for key, one in items) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(json_text(one) for one in cast("list[object]", value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def plain(value: object) -> Cell:
    """Return any Python value as a cell: dates and times as ISO 8601 text, tuples as lists, the unknown as its text."""
    if value is None or isinstance(value, str | bool | int | float | Decimal):
        return value
    if isinstance(value, date | time | timedelta):
        return iso_text(value)
    if isinstance(value, bytes | bytearray):
        return decoded(bytes(value))
    if isinstance(value, dict):
        return {text_of(plain(key)): plain(one) for key, one in cast("dict[object, object]", value).items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in cast("list[object]", value)]
    return str(value)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell holds nothing, or white space only."""
    return cell is None or cell == "" or (isinstance(cell, str) and cell.isspace())


def from_csv(cell: str) -> str:
    """Return the text that a cell of a CSV file stands for, which is the cell itself unless a spreadsheet marked it."""
    if cell.startswith("'") and MARKED.match(cell):
        return Protected(cell[1:], cell)
    if cell.startswith('="') and (constant := CONSTANT.fullmatch(cell)):
        return Protected(constant[1].replace('""', '"'), cell)
    # What stood in the file and runs nothing, such as "@acme" or "- one", is written again without an apostrophe.
    return Protected(cell, cell) if _looks_like_formula(cell) and not RUNS.match(cell) else cell


def for_csv(cell: Cell) -> str:
    """Return a cell as it is written to CSV, so that no spreadsheet runs it."""
    if isinstance(cell, Protected):
        return cell.written
    text = text_of(cell)
    return f"'{text}" if isinstance(cell, str) and (_looks_like_formula(text) or MARKED.match(text)) else text


def _looks_like_formula(text: str) -> bool:
    if text[:1] not in HEADS_OF_FORMULAS or not text:
        return False
    return not NUMBER_OR_PHONE.fullmatch(text)


def rounded(cell: str, column: int, place: str) -> Flaw | None:
    """Return what is wrong with a number whose digits a spreadsheet has dropped, or None.

    ``4.93012E+11`` is a number of 12 digits, six of which are lost. ``1.5E+1`` has lost none.
    """
    if not ("E" in cell or "e" in cell) or not (number := ROUNDED.fullmatch(cell.strip())):
        return None
    if int(number[2]) < SHORT_EXPONENT or int(number[2]) <= len(number[1] or ""):
        return None
    return Flaw(column, f"{cell.strip()!r} has lost digits in a spreadsheet{place}", LOST_DIGITS)


def formula(cell: str, column: int, place: str) -> Flaw | None:
    """Return what is wrong with a cell of a CSV file that holds a formula, or None."""
    if not cell.startswith("=") or isinstance(cell, Protected) or not _looks_like_formula(cell):
        return None
    return Flaw(column, f"a formula stands here instead of its value{place}", "export the values, or skip the column")
