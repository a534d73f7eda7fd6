r"""The syntax of a ``.env`` file, as docker, python-dotenv and shells agree on it; nothing in it is expanded or run.

``NAME=value``, perhaps after ``export``. A value is bare, up to a ``#`` after a space; or in single quotes, as it
stands; or in double quotes, where ``\n``, ``\t``, ``\"`` and ``\\`` are what they are in JSON. Quoted values may span
lines. Of a name that comes twice, the last one holds.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

PREFIX: Final = "SIXTYFOUR_"
"""How the names begin that concern this package; the file may hold those of other programs, in their syntax."""

_LINE: Final = re.compile(
    r"""[^\S\n]*(?:export[^\S\n]+)?(?P<name>[A-Za-z_][\w.-]*)[^\S\n]*=[^\S\n]*
    (?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)"|(?P<bare>[^'"\n][^\n]*|(?=\n|\Z)))
    (?P<rest>[^\n]*)(?:\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT: Final = re.compile(r"(?:^|\s)#.*")
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r"}
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class EnvFile:
    """What a file sets.

    Attributes:
        values: Name → value, of all names.
        problems: What cannot be read of the names that begin with `PREFIX`, a sentence each.
    """

    values: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: tuple[str, ...] = ()


def parse_env_file(content: bytes) -> EnvFile:
    """Parse a file's bytes; of Windows, too: UTF-16, a byte order mark, CRLF."""
    values: dict[str, str] = {}
    problems: list[str] = []
    for line, name, value, problem in _assignments(_decoded(content)):
        if problem and name.startswith(PREFIX):
            problems.append(f"line {line}: {name} {problem}")
        elif not problem:
            values[name] = value
    return EnvFile(values, tuple(problems))


def _decoded(content: bytes) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            text = content.removeprefix(mark).decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")
            break
    else:
        text = content.decode("utf-8", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _assignments(text: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield line number, name, value and what is wrong, for each line that names something."""
    position = 0
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        found = _LINE.match(text, position)
        if found is None:
            end = text.find("\n", position)
            end = len(text) if end < 0 else end
            name = re.match(r"\s*(?:export\s+)?([\w.-]*)", text[position:end])
            if name and name[1]:
                yield line, name[1], "", "is not NAME=value, or its quote is not closed"
            position = end + 1
        else:
            value = _value(found)
            yield line, found["name"], value, _problem(found, value)
            position = max(found.end(), position + 1)


def _value(found: re.Match[str]) -> str:
    if found["single"] is not None:
        return found["single"]
    if found["double"] is not None:
        return _ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), found["double"])
    return _COMMENT.sub("", found["bare"]).strip()


def _problem(found: re.Match[str], value: str) -> str:
    if found["bare"] is None and _COMMENT.sub("", found["rest"]).strip():
        return "has text after its closing quote"
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        return "is not text in UTF-8"
    return ""
