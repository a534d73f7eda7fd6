"""Text as the service's agents write it → values: numbers, truths, choices, and "not found".

Each reader returns the value when the text can mean only one, else `UNREAD`. What is certain:

- a number: one number, grouped in threes by comma, space or apostrophe, with an optional sign, currency, K/M/B or
  "million", and a word for "about" (``1,200``, ``~500``, ``$1.2M``). Not: a range, a bound (``500+``, ``over 500``), a
  percentage, a comma as decimal point, any other word.
- a truth: yes, no, true or false, alone or before a comma, full stop or dash (``Yes, since 2019``).

Source: values that the vendor's notebooks recorded; the rest is assumed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Final


class Unread(Enum):
    """The type of `UNREAD`."""

    UNREAD = "unread"


UNREAD: Final = Unread.UNREAD
"""Returned for text that cannot be read, or not with certainty."""

# --- not found ----------------------------------------------------------------------------------------------------

_NOT_FOUND = frozenset(
    [
        *("", "na", "n a", "none", "null", "nil", "nan", "nat", "unknown", "unclear", "undetermined", "unavailable"),
        *("missing", "tbd", "tba", "to be determined", "to be announced", "unable to determine", "unable to find"),
    ]
)
_NOT_FOUND_PHRASE = re.compile(
    r"(?:(?:the )?(?:information|info|data|details?|value|figure|number)s? )?(?:is |was |are |were )?"
    r"(?:not|un|could not be|cannot be|can not be|couldn t be)"
    r"(?: ?(?:yet|been|currently|publicly|explicitly|specifically))* ?"
    r"(?:disclosed|available|found|known|provided|specified|stated|reported|listed|mentioned|determined|published"
    r"|confirmed|verified|applicable|given|shared|identified|public)"
    r"(?: (?:publicly|online|yet|anywhere))?"
    r"|no (?:public(?:ly available)? )?(?:data|information|info|results?|records?|details?|evidence|answer|match)"
    r"(?: (?:was |is |were |are )?(?:publicly )?(?:available|found|disclosed|provided|known))?"
)
_REMARK = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")


MAX_NOT_FOUND_CHARACTERS = 200
"""A longer text says more than that."""


def says_not_found(text: str) -> bool:
    """Return whether a text says that there is no answer, such as ``N/A`` or ``Not publicly disclosed``."""
    if len(text) > MAX_NOT_FOUND_CHARACTERS:
        return False
    bare = _REMARK.sub("", text) or text.strip("()[] ")
    words = " ".join(re.sub(r"[^\w]+", " ", bare.casefold()).replace("_", " ").split())
    return words in _NOT_FOUND or _NOT_FOUND_PHRASE.fullmatch(words) is not None


# --- numbers ------------------------------------------------------------------------------------------------------

_CURRENCY = r"(?:(?:US|A|C|NZ|HK|S)?\$|[€£¥₹]|USD|EUR|GBP|CHF|JPY|INR|CAD|AUD|SEK|NOK|DKK|PLN|CNY|SGD)"
_ABOUT = re.compile(
    r"^(?:[~\u2248]|(?:about|around|roughly|approximately|circa)\b|(?:approx|ca)\b\.?)\s*", re.IGNORECASE
)
_ESTIMATED = re.compile(r"\s*\((?:est\.?|estimate|estimated|approx\.?|approximate|approximately)\)$", re.IGNORECASE)
_PEOPLE = re.compile(r"\s*\b(?:employees|people|persons|staff|headcount)$", re.IGNORECASE)
_NUMBER = re.compile(
    rf"(?P<sign>[-+]?)(?:{_CURRENCY}\s*)?(?P<minus>-?)"
    r"(?P<whole>[1-9]\d{0,2}(?P<group>[, '])\d{3}(?:(?P=group)\d{3})*|\d+)"
    r"(?P<fraction>\.\d+)?(?P<exponent>[eE][-+]?\d{1,3})?"
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

_PLAIN_SIGNS = {0x2212: "-", 0x2019: "'"}
"""The minus sign, and the apostrophe of print that groups digits."""


def read_number(text: str) -> Decimal | Unread:
    """Return the one number that a text names."""
    bare = unicodedata.normalize("NFKC", text.strip()).translate(_PLAIN_SIGNS)
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


def read_whole_number(text: str) -> int | Unread:
    """Return the one whole number that a text names."""
    number = read_number(text)
    if number is UNREAD or number.adjusted() > MAX_NUMBER_CHARACTERS or number != number.to_integral_value():
        return UNREAD
    return int(number)


# --- truths and choices -------------------------------------------------------------------------------------------

_TRUTHS: Mapping[str, bool] = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}
_TRUTH = re.compile(
    r"[\"'*]*(yes|no|true|false|y|n)[\"'*]*(?:$|\s*[.,;:!(\n\u2013\u2014]|\s+-\s).*", re.IGNORECASE | re.DOTALL
)


def read_truth(text: str) -> bool | Unread:
    """Return the truth that a text begins with, as in ``Yes, since 2019``."""
    match = _TRUTH.fullmatch(text.strip())
    return UNREAD if match is None else _TRUTHS[match[1].lower()]


def read_choice(answer: object, choices: Sequence[object]) -> int | Unread:
    """Return the place of the one choice that an answer equals as text.

    Case does not count, nor do spaces, ``-`` and ``_``, but for those between two digits.
    """
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        return UNREAD
    for fold in (str.strip, _fold_case, _fold_word):
        found = [place for place, choice in enumerate(choices) if fold(_as_text(choice)) == fold(_as_text(answer))]
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
