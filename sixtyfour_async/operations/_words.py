"""Words of an open set: any is sent, but one that looks like a slip for a documented word is asked back first."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import AfterValidator

SHORT_WORD_CHARACTERS = 4
"""A documented word up to this length is taken for meant at one slip, a longer one at two."""


def open_words(*known: str) -> AfterValidator:
    """Return a validator that refuses a word close to a known one; the request costs money, and a slip is not sent.

    Args:
        known: Every word that is known to be taken, documented or not.
    """

    def check(word: str) -> str:
        meant = near_word(word, known)
        if meant is not None:
            raise ValueError(f"is {word!r}; did you mean {meant!r}?")
        return word

    return AfterValidator(check)


def near_word(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that a word is a slip for; None for a known word, and for one that is like none."""
    words = list(known)
    if not words or word in words:
        return None
    bare = word.strip().casefold()
    slips, meant = min((_slips(bare, each.casefold()), each) for each in words)
    return meant if slips <= (1 if len(meant) <= SHORT_WORD_CHARACTERS else 2) else None


def _slips(one: str, other: str) -> int:
    """Count the letters to insert, drop, replace or swap with their neighbour that make one word the other."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return rows[-1][-1]
