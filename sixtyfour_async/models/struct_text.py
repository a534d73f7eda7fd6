"""Text as the service's agents write it → values: numbers, truths, dates, lists, objects, choices.

Each reader returns the value when the text can mean only one, else `UNREAD`. What is certain:

- a number: one number, grouped in threes by comma, space or apostrophe, with an optional sign, currency, K/M/B or
  "million", and a word for "about" (``1,200``, ``~500``, ``$1.2M``). Not: a range, a bound (``500+``, ``over 500``), a
  percentage, a comma as decimal point, any other word.
- a truth: yes, no, true or false, alone or before a comma, full stop or dash (``Yes, since 2019``).
- a date: year, month and day, where no other order of them makes a date (``31.05.2024``, not ``03.05.2024``).

Source: values that the vendor's notebooks recorded; the rest is assumed.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, Final

from sixtyfour_async.models._base import json_array, json_object


class _Unread(Enum):
    UNREAD = "unread"


UNREAD: Final = _Unread.UNREAD
"""Returned for text that cannot be read, or not with certainty."""

# --- not found ----------------------------------------------------------------------------------------------------

_NOT_FOUND = frozenset(
    {"", "na", "n a", "none", "null", "nil", "nan", "nat", "unknown", "unclear", "undetermined", "unavailable", "missing"}
    | {"tbd", "tba", "to be determined", "to be announced", "unable to determine", "unable to find", "private information"}
)
_NOT_FOUND_PHRASE = re.compile(
    r"(?:(?:the )?(?:information|info|data|details?|value|figure|number)s? )?(?:is |was |are |were )?"
    r"(?:(?:not|un|could not be|cannot be|can not be|couldn t be)(?: ?(?:yet|been|currently|publicly|explicitly|specifically))* ?)"
    r"(?:disclosed|available|found|known|provided|specified|stated|reported|listed|mentioned|determined|published"
    r"|confirmed|verified|applicable|given|shared|identified|public)"
    r"(?: (?:publicly|online|yet|anywhere))?"
    r"|no (?:public(?:ly available)? )?(?:data|information|info|results?|records?|details?|evidence|answer|match)"
    r"(?: (?:was |is |were |are )?(?:publicly )?(?:available|found|disclosed|provided|known))?"
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


def says_not_found(text: str) -> bool:
    """Return whether a text says that there is no answer, such as ``N/A`` or ``Not publicly disclosed``."""
    bare = _REMARK.sub("", text) or text.strip("()[] ")
    words = " ".join(re.sub(r"[^\w]+", " ", bare.casefold()).replace("_", " ").split())
    return words in _NOT_FOUND or _NOT_FOUND_PHRASE.fullmatch(words) is not None


# --- numbers ------------------------------------------------------------------------------------------------------

_CURRENCY = r"(?:(?:US|A|C|NZ|HK|S)?\$|[€£¥₹]|USD|EUR|GBP|CHF|JPY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CNY|SGD)"
_ABOUT = re.compile(r"^(?:[~≈∼]|about\b|around\b|roughly\b|approximately\b|approx\b\.?|circa\b|ca\b\.?)\s*", re.IGNORECASE)
_ESTIMATED = re.compile(r"\s*\((?:est\.?|estimate|estimated|approx\.?|approximate|approximately)\)$", re.IGNORECASE)
_PEOPLE = re.compile(r"\s*\b(?:employees|people|persons|staff|headcount)$", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?P<sign>[-+]?)(?:{_CURRENCY}\s*)?(?P<minus>-?)"
    r"(?P<whole>[1-9]\d{0,2}(?P<group>[, '’])\d{3}(?:(?P=group)\d{3})*|\d+)(?P<fraction>\.\d+)?(?P<exponent>[eE][-+]?\d{1,3})?"
    rf"\s*(?P<scale>K|k|M|B|[Tt]housand|[Mm]illion|[Mm]io|[Mm]n|[Bb]illion|[Bb]n|[Tt]rillion)?(?:\s*{_CURRENCY})?"
)
_SCALES: Mapping[str, int] = {
    "k": 10**3,
    "thousand": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mio": 10**6,
    "million": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "billion": 10**9,
    "trillion": 10**12,
}
MAX_NUMBER_CHARACTERS = 100


def read_number(text: str) -> Decimal | _Unread:
    """Return the one number that a text names."""
    bare = unicodedata.normalize("NFKC", text.strip()).replace("−", "-")
    if len(bare) > MAX_NUMBER_CHARACTERS:
        return UNREAD
    bare = _PEOPLE.sub("", _ESTIMATED.sub("", _ABOUT.sub("", bare)))
    match = _NUMBER.fullmatch(bare)
    if match is None or (match["sign"] and match["minus"]):
        return UNREAD
    whole = re.sub(r"\D", "", match["whole"])
    try:
        number = Decimal(f"{match['sign'] or match['minus']}{whole}{match['fraction'] or ''}{match['exponent'] or ''}")
    except InvalidOperation:
        return UNREAD
    return number * _SCALES.get((match["scale"] or "").lower(), 1)


def read_whole_number(text: str) -> int | _Unread:
    """Return the one whole number that a text names."""
    number = read_number(text)
    if number is UNREAD or number.adjusted() > MAX_NUMBER_CHARACTERS or number != number.to_integral_value():
        return UNREAD
    return int(number)


# --- truths and choices -------------------------------------------------------------------------------------------

_TRUTHS: Mapping[str, bool] = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}
_TRUTH = re.compile(r"[\"'*]*(yes|no|true|false|y|n)[\"'*]*(?:$|\s*[.,;:!(\n–—]|\s+-\s).*", re.IGNORECASE | re.DOTALL)


def read_truth(text: str) -> bool | _Unread:
    """Return the truth that a text begins with, as in ``Yes, since 2019``."""
    match = _TRUTH.fullmatch(text.strip())
    return UNREAD if match is None else _TRUTHS[match[1].lower()]


def read_choice(answer: object, choices: Iterable[object]) -> Any:
    """Return the one choice that an answer equals as text, ignoring case and, between letters, spaces, ``-`` and ``_``."""
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        return UNREAD
    known = list(choices)
    for fold in (str, _fold_case, _fold_word):
        found = [choice for choice in known if fold(_as_text(choice)) == fold(_as_text(answer))]
        if found:
            return found[0] if len(found) == 1 else UNREAD
    return UNREAD


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _fold_case(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().strip(" .\"'").split())


def _fold_word(text: str) -> str:
    """Fold spelling; between two digits, a ``-`` may be a range and is kept."""
    return re.sub(r"(?<=[^\W\d_])[\s_-]+(?=\w)|(?<=\w)[\s_-]+(?=[^\W\d_])", "", _fold_case(text))


# --- dates and times ----------------------------------------------------------------------------------------------

_MONTHS = ("january february march april may june july august september october november december").split()
_NAMED_MONTH = re.compile(
    r"(?:[a-z]{3,9},? )?(?:(?P<first>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ -](?P<month>[a-z]{3,9})\.?,?[ -](?P<year>\d{4})"
    r"|(?P<name>[a-z]{3,9})\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<in_year>\d{4}))"
)
_YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})|(\d{4})()(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})(?::(\d{2}))?(?::(\d{2}))? ?([ap])\.?m\.?", re.IGNORECASE)


def read_date(text: str) -> date | _Unread:
    """Return the day that a text names in one way only; of an ISO date and time, its day."""
    bare = " ".join(text.strip().split())
    with suppress(ValueError):
        return datetime.fromisoformat(bare).date() if "T" in bare or ":" in bare else date.fromisoformat(bare)
    for days in (_named_days(bare.lower()), _numbered_days(bare)):
        if len(days) == 1:
            return days.pop()
    return UNREAD


def _named_days(text: str) -> set[date]:
    match = _NAMED_MONTH.fullmatch(text)
    if match is None:
        return set()
    name = match["month"] or match["name"]
    months = [n for n, month in enumerate(_MONTHS, 1) if name in (month, month[:3]) or (name == "sept" and n == 9)]
    return {
        day for n in months for day in _days(match["year"] or match["in_year"], n, match["first"] or match["day"])
    }


def _numbered_days(text: str) -> set[date]:
    """Return every day that the numbers of a text can mean."""
    first, last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    if first is not None:
        year, month, day = [part for part in (first[1], first[3], first[4], first[5], first[7], first[8]) if part]
        return _days(year, month, day)
    return set() if last is None else _days(last[4], last[1], last[3]) | _days(last[4], last[3], last[1])


def _days(year: object, month: object, day: object) -> set[date]:
    try:
        return {date(int(str(year)), int(str(month)), int(str(day)))}
    except ValueError:
        return set()


def read_datetime(text: str) -> datetime | _Unread:
    """Return the instant that a text names in one way only; of a day alone, its midnight."""
    bare = re.sub(r"\s*\b(?:UTC|GMT)$", "Z", " ".join(text.strip().split()))
    with suppress(ValueError):
        return datetime.fromisoformat(bare)
    with suppress(ValueError, TypeError, IndexError):
        return parsedate_to_datetime(text)
    day = read_date(text)
    return UNREAD if day is UNREAD else datetime.combine(day, time())


def read_time(text: str) -> time | _Unread:
    """Return the time of day of a twelve-hour clock, such as ``10:30 pm``."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or not 1 <= int(match[1]) <= 12:
        return UNREAD
    hour = int(match[1]) % 12 + (12 if match[4].lower() == "p" else 0)
    try:
        return time(hour, int(match[2] or 0), int(match[3] or 0))
    except ValueError:
        return UNREAD


# --- lists and objects --------------------------------------------------------------------------------------------

_FENCE = re.compile(r"```\w*\s*(.*?)\s*```", re.DOTALL)
_PYTHON = re.compile(
    r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|\b(?:None|True|False|nan)\b|[()]|,(?=\s*[\])}])", re.DOTALL
)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_AS_JSON: Mapping[str, str] = {
    "None": "null",
    "nan": "null",
    "True": "true",
    "False": "false",
    "(": "[",
    ")": "]",
    ",": "",
}
_CONTROL: Mapping[str, str] = {"n": "\n", "t": "\t", "r": "\r", "\n": ""}
_BULLET = re.compile(r"^\s*(?:[-*•·▪‣–—]|\(?\d{1,3}[.)])\s+")  # noqa: RUF001 (dashes as bullets)
_BRACKETS: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}


def read_notation(text: str) -> Any:
    """Return the list or object that a text holds as JSON, or as Python writes it; `UNREAD` for any other text."""
    fenced = _FENCE.fullmatch(text.strip())
    bare = fenced[1] if fenced else text.strip()
    if bare[:1] not in _BRACKETS or bare[-1:] != _BRACKETS[bare[0]]:
        return UNREAD
    for written in (bare, _PYTHON.sub(_json_token, bare), f"[{_PYTHON.sub(_json_token, bare)[1:-1]}]"):
        with suppress(ValueError, RecursionError):
            return json.loads(written, parse_constant=_no_number)
    return UNREAD


def _no_number(_: str) -> None:
    """NaN and the infinities are no numbers of JSON."""


def _json_token(match: re.Match[str]) -> str:
    """Return a token of Python's notation in JSON's."""
    token = match[0]
    if token[0] not in "'\"":
        return _AS_JSON[token]
    return json.dumps(_ESCAPE.sub(_escaped, token[1:-1]))


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    if code is None:
        return _CONTROL.get(match[4], match[4])
    return chr(int(code, 16)) if int(code, 16) <= 0x10FFFF else "�"


def read_list(text: str, *, numbers: bool = False) -> list[Any] | _Unread:
    """Return the items of a text: JSON, Python's notation, lines, bullets, or separated by semicolons or commas.

    Args:
        text: The text.
        numbers: Whether the items are numbers, whose own commas are then told from those between them.
    """
    found = read_notation(text)
    if found is not UNREAD and (found == [] or json_object(found) is None):
        return json_array(found) or []
    if found is not UNREAD:
        return [found]
    bare = text.strip()
    if bare[:1] == "[" and bare[-1:] == "]":
        bare = bare[1:-1]
    return _read_numbers(bare) if numbers else _split(bare)


def _split(text: str) -> list[Any]:
    """Split a text by the strongest separator that it has."""
    lines = [_BULLET.sub("", line).strip() for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        ends = {line[-1:] for line in lines[:-1]}
        return [line.rstrip(",;").strip() for line in lines] if ends <= {",", ";"} else lines
    line = _BULLET.sub("", text).strip()
    parts = _split_outside(line, ";")
    return parts if len(parts) > 1 else _split_outside(line.rstrip(";"), ",")


def _read_numbers(text: str) -> list[Any] | _Unread:
    """Split a text of numbers; a comma before exactly three digits may be part of one, which is not certain."""
    if re.search(r"\n|;|,\s", text):
        parts = [part.strip() for part in re.split(r"\n|;|,\s+", text) if part.strip()]
        return [_BULLET.sub("", part) for part in parts]
    return UNREAD if re.search(r"\d,\d{3}(?!\d)", text) else _split(text)


def _split_outside(text: str, separator: str) -> list[Any]:
    """Split a text where the separator stands outside brackets and double quotes."""
    parts, depth, quoted = [""], 0, False
    for character in text:
        quoted ^= character == '"'
        depth += (character in _BRACKETS) - (character in _BRACKETS.values())
        if character == separator and depth <= 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += character
    if depth > 0 or quoted:
        parts = text.split(separator)
    return [bare for part in parts if (bare := _unquoted(part.strip()))]


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


# --- names --------------------------------------------------------------------------------------------------------


def fold_name(name: str) -> str:
    """Return a name without case, spaces and signs, so that ``HQ City``, ``hq_city`` and ``hqCity`` are equal."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def match_names(wanted: Mapping[str, Sequence[str]], given: Iterable[str]) -> dict[str, str]:
    """Match the keys of an answer to fields: equal ones first, then those that are equal when folded, if one only.

    Args:
        wanted: For each field, by its key in requests, every name that it may have.
        given: The keys of the answer.

    Returns:
        Key of the answer → key of the field.
    """
    keys = list(given)
    matched: dict[str, str] = {}
    for fold in (str, fold_name):
        left = {field: names for field, names in wanted.items() if field not in matched.values()}
        claims = {key: _claims(key, left, fold) for key in keys if key not in matched}
        claimed = [fields[0] for fields in claims.values() if len(fields) == 1]
        for key, fields in claims.items():
            if len(fields) == 1 and (fold is str or claimed.count(fields[0]) == 1) and fields[0] not in matched.values():
                matched[key] = fields[0]
    return matched


def _claims(key: str, wanted: Mapping[str, Sequence[str]], fold: Any) -> list[str]:
    return [field for field, names in wanted.items() if fold(key) in {fold(name) for name in names}]
