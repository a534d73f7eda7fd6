"""Text → lists and objects: JSON, Python's notation as the notebooks have it, lines, bullets, separators."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from sixtyfour_async._values import is_nested_too_deeply
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.structs.text import UNREAD, Unread

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
_BULLET = re.compile(r"^\s*(?:[-*•·▪‣\u2013\u2014]|\(?\d{1,3}[.)])\s+")
_BRACKETS: Mapping[str, str] = {"(": ")", "[": "]", "{": "}"}


def read_notation(text: str) -> Any:
    """Return the list or object that a text holds as JSON, or as Python writes it; `UNREAD` for any other text."""
    fenced = _FENCE.fullmatch(text.strip())
    bare = fenced[1] if fenced else text.strip()
    if bare[:1] not in _BRACKETS or bare[-1:] != _BRACKETS[bare[0]]:
        return UNREAD
    for written in (bare, _PYTHON.sub(_json_token, bare), f"[{_PYTHON.sub(_json_token, bare)[1:-1]}]"):
        with suppress(ValueError, RecursionError):
            found = json.loads(written, parse_constant=_no_number)
            return UNREAD if is_nested_too_deeply(found) else found
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
    return chr(min(int(code, 16), sys.maxunicode))


def read_list(text: str, *, numbers: bool = False) -> list[Any] | Unread:
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


def _read_numbers(text: str) -> list[Any] | Unread:
    """Split a text of numbers; a comma before exactly three digits may be part of one, which is not certain."""
    if re.search(r"\n|;|,\s", text):
        parts = [part.strip() for part in re.split(r"\n|;|,\s+", text) if part.strip()]
        return [_BULLET.sub("", part) for part in parts]
    return UNREAD if re.search(r"\d,\d{3}(?!\d)", text) else _split(text)


def _split_outside(text: str, separator: str) -> list[Any]:
    """Split a text where the separator stands outside brackets and double quotes."""
    cuts, depth, quoted = [-1], 0, False
    for place, character in enumerate(text):
        quoted ^= character == '"'
        depth += (character in _BRACKETS) - (character in _BRACKETS.values())
        if character == separator and depth <= 0 and not quoted:
            cuts.append(place)
    if depth > 0 or quoted:
        parts = text.split(separator)
    else:
        parts = [text[start + 1 : end] for start, end in pairwise([*cuts, len(text)])]
    return [bare for part in parts if (bare := _unquoted(part.strip()))]


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
