"""The word that stands before the cursor of a shell, and how a value is written in its place; pure.

bash and fish hand over words as they were typed, with quotes that may be open. bash replaces no whole words: only what
follows the last of its break characters, such as a colon, or an open quote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BREAKS: Final = frozenset("\"'><=;|&(:@ \t\n")
"""bash's default COMP_WORDBREAKS, as far as they may stand in a word."""

_UNSAFE: Final = re.compile(r"[^\w@%+=:,./\-]")
_IN_DOUBLE: Final = re.compile(r'["\\$`]')


@dataclass(frozen=True, slots=True)
class Typed:
    """A word as it was typed up to the cursor.

    Attributes:
        text: What it means.
        quote: The quote that is open at its end; "" for none.
        kept: What of the text stands before the part that bash replaces.
    """

    text: str
    quote: str = ""
    kept: str = ""


def split_line(line: str) -> list[Typed]:
    """Return the words of a command line; the last one, which may be empty, is the one at the cursor."""
    words: list[Typed] = []
    reader = _Reader(line)
    while reader.position < len(line):
        if line[reader.position].isspace():
            reader.position += 1
            continue
        word = reader.word()
        words.append(word)
        if reader.position >= len(line):
            return words
    return [*words, Typed("")]


def unquoted(raw: str) -> str:
    """Return what a word means that was typed, with a quote that may be open."""
    return split_line(raw)[0].text


@dataclass(slots=True)
class _Reader:
    line: str
    position: int = 0

    def word(self) -> Typed:
        """Read up to the next space that is not quoted."""
        text, quote, kept = "", "", ""
        for letter, kind in self._letters():
            if kind == "open":
                quote, kept = letter, text
            elif kind == "close":
                quote, kept = "", text
            else:
                text += letter
                if kind == "bare" and letter in BREAKS:
                    kept = text
        return Typed(text, quote, kept)

    def _letters(self) -> Iterator[tuple[str, str]]:
        quote = ""
        while self.position < len(self.line):
            letter = self.line[self.position]
            following = self.line[self.position + 1 : self.position + 2]
            if not quote and letter.isspace():
                return
            self.position += 1
            if letter == "\\" and quote != "'" and following and (not quote or following in '"\\$`'):
                self.position += 1
                yield following, "escaped"
            elif letter == "\\" and not quote and not following:
                continue
            elif letter in "\"'" and quote in {"", letter}:
                quote = "" if quote else letter
                yield letter, "open" if quote else "close"
            else:
                yield letter, "quoted" if quote else "bare"


def as_bash_inserts(value: str, typed: Typed) -> str:
    """Return what bash has to put in place of the end of a typed word, so that the word means the value."""
    rest = value.removeprefix(typed.kept)
    if typed.quote == "'":
        return rest.replace("'", "'\\''")
    if typed.quote == '"':
        return _IN_DOUBLE.sub(r"\\\g<0>", rest)
    return _UNSAFE.sub(r"\\\g<0>", rest)
