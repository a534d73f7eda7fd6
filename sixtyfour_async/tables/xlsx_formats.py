"""What a number in a workbook means: its format decides whether it is a date, or shows zeros that it does not hold.

Pure. Source: ECMA-376 part 1, 18.8.30 (number formats), 18.17.4 (dates).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

from sixtyfour_async.tables.base import Cell

MAX_DIGITS: Final = 15
"""Digits of a number that Excel keeps; it writes zeros for the others."""

BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
BUILT_IN_TIMES: Final = frozenset((18, 19, 20, 21, 45, 46, 47, *range(32, 34), *range(55, 57)))
BUILT_IN_ELAPSED: Final = 46

LITERALS: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')
BRACKETS: Final = re.compile(r"\[[^\]]*\]")
ELAPSED: Final = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
PREFIX: Final = re.compile(r'^(?:"[^"]*[\w+][^"]*"|\\[\w+]|\+)+[0#]+$')
"""A format that shows letters or a plus before the digits: the cell means more than it holds."""

Kind = Literal["number", "date", "time", "datetime", "elapsed", "padded", "partial"]


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """What a number format makes of a number.

    Attributes:
        kind: ``padded`` shows leading zeros, ``partial`` shows zeros or marks amid others.
        zeros: How many digits it shows at least.
        code: The format as it stands in the workbook.
    """

    kind: Kind = "number"
    zeros: int = 0
    code: str = "General"

    @classmethod
    def of(cls, number: int, code: str | None) -> NumberFormat:
        """Return the format with an id, and its code if it is not built in."""
        if code is None:
            if number not in BUILT_IN_DATES:
                return cls()
            if number in BUILT_IN_TIMES:
                return cls("elapsed" if number == BUILT_IN_ELAPSED else "time")
            return cls("datetime" if number == 22 else "date")  # noqa: PLR2004 (m/d/yy h:mm)
        first = code.split(";", 1)[0]
        plain = BRACKETS.sub("", LITERALS.sub("", first)).lower()
        if ELAPSED.search(LITERALS.sub("", first)):
            return cls("elapsed", code=code)
        if "general" not in plain and re.search("[ymdhs]", plain):
            days, clock = (
                bool(re.search("[yd]", plain)) or ("h" not in plain and "s" not in plain),
                re.search("[hs]", plain),
            )
            return cls("datetime" if days and clock else "date" if days else "time", code=code)
        return cls._of_digits(first, BRACKETS.sub("", first).strip(), code)

    @classmethod
    def _of_digits(cls, first: str, shown: str, code: str) -> NumberFormat:
        zeros = LITERALS.sub("", shown).partition(".")[0].count("0")
        if PREFIX.match(shown):
            return cls("partial", code=code)
        if zeros > 1 and "%" not in first:
            return cls("padded" if shown == "0" * zeros else "partial", zeros, code)
        return cls()


GENERAL: Final = NumberFormat()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number was read as.

    Attributes:
        value: The cell.
        repaired: How it was changed, to complete ``3 cells …``; "" when it was not.
        problem: Why it cannot be trusted; "" when it can.
    """

    value: Cell
    repaired: str = ""
    problem: str = ""


def read_number(text: str, form: NumberFormat, *, from_1904: bool) -> Reading:
    """Read a number as it stands in a sheet.

    Raises:
        ValueError: It is no number.
    """
    number = float(text)
    if form.kind in {"date", "time", "datetime", "elapsed"}:
        return _read_date(number, text, form.kind, from_1904=from_1904)
    if not number.is_integer():
        return Reading(number)
    whole = int(Decimal(text)) if abs(number) < 10**400 else int(number)
    digits = len(str(abs(whole)))
    if digits > MAX_DIGITS:
        return Reading(whole, problem=f"a number of {digits} digits, of which a workbook keeps {MAX_DIGITS}")
    if form.kind == "partial" and digits < max(form.zeros, 1 if form.zeros else 99):
        return Reading(whole, problem=f"{whole}, which the format {form.code} shows in another way")
    if form.kind == "padded" and digits < form.zeros:
        sign = "-" if whole < 0 else ""
        padded = sign + str(abs(whole)).zfill(form.zeros)
        return Reading(padded, repaired="padded with the zeros that they show")
    return Reading(whole)


def _read_date(number: float, text: str, kind: Kind, *, from_1904: bool) -> Reading:
    milliseconds = round(number * 86_400_000)
    if kind == "elapsed":
        return Reading(_clock(milliseconds), repaired="with a duration read as hours, minutes and seconds")
    days, rest = divmod(milliseconds, 86_400_000)
    if days == 0 and kind == "time":
        return Reading(_clock(rest), repaired="with a time read as ISO 8601")
    if days < (0 if from_1904 else 1) or (days == 60 and not from_1904) or days > 2_958_465:  # noqa: PLR2004
        return Reading(text, problem=f"{text} where there should be a date")
    start = date(1904, 1, 1) if from_1904 else date(1899, 12, 30 if days > 60 else 31)  # noqa: PLR2004
    day = datetime(start.year, start.month, start.day) + timedelta(days=days, milliseconds=rest)  # noqa: DTZ001
    value = day.date().isoformat() if kind == "date" and not rest else day.isoformat()
    return Reading(value, repaired="with a date read as ISO 8601")


def _clock(milliseconds: int) -> str:
    sign, (seconds, rest) = "-" if milliseconds < 0 else "", divmod(abs(milliseconds), 1000)
    fraction = f".{rest:03}" if rest else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{fraction}"
