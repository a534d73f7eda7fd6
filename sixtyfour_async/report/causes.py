"""Failures grouped by cause: texts that differ only in ids, numbers, names and addresses are one cause.

A text is reduced to a pattern: what is certainly not part of the cause becomes ``…``. Patterns that then differ in few
words are one, with ``…`` where they differ, as in the log parser Drain (He, Zhu, Zheng and Lyu, 2017). An id without
a digit is no different from a word by itself; it shows in the company of other texts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import eq
from typing import Final

from sixtyfour_async._scheduling.row_states import State

MAX_PATTERN_CHARACTERS: Final = 400
"""Characters of a text that decide about its cause."""

MAX_GROUPS: Final = 300
"""Causes that are told apart; what comes later counts under `OTHER`."""

MAX_SAMPLES: Final = 25
"""Rows that are kept of each cause."""

MAX_MISSES: Final = 200
COMPARED_AFTER_THAT: Final = 5
"""Texts that are like none are compared with every cause of their length, until there were so many of them."""

OTHER: Final = "other causes"
CUT: Final = "…"

ALIKE: Final = 0.7
"""Share of equal words from which two patterns of equal length are one."""
ALIKE_IN_A_CROWD: Final = 0.4
"""The same, once so many patterns of equal length exist that most differ in an id only."""
CROWD: Final = 20

_QUOTED: Final = re.compile(r"""(?<!\w)'[^']*'(?!\w)|"[^"]*"|`[^`]*`|“[^”]*”""")
_NUMBER: Final = re.compile(r"\b(?=[\w-]*\d)[\w.,:+-]+")
"""A number, or an id with a digit in it."""

_DIGIT: Final = re.compile(r"\d")

_BEFORE_A_STATUS: Final = frozenset({"http", "status", "code"})
"""Words after which a number is the status of HTTP, which is a cause."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One row behind a cause, cut to what a page can show.

    Attributes:
        key: The row's key.
        subject: What it was about.
        error: Its own text.
        job_id: The service's id, if it has one.
        sent_at: When it was last sent, ISO text.
    """

    key: str
    subject: str
    error: str
    job_id: str | None
    sent_at: str | None


@dataclass(slots=True)
class Cause:
    """Rows in one state that have no answer for the same reason.

    Attributes:
        state: Where they stand.
        words: The pattern of their texts.
        rows: How many there are.
        spent_cents: What they count as spent, US cents.
        exposed_cents: What they may have cost, or may still cost, US cents.
        samples: The first of them.
    """

    state: State
    words: list[str]
    rows: int = 0
    spent_cents: float = 0.0
    exposed_cents: float = 0.0
    samples: list[Sample] = field(default_factory=list[Sample])

    @property
    def text(self) -> str:
        """The pattern as text."""
        return " ".join(self.words)

    def absorb(self, other: Cause) -> None:
        """Add another cause, whose pattern is as long, to this one."""
        self.words = _common(self.words, other.words)
        self.rows += other.rows
        self.spent_cents += other.spent_cents
        self.exposed_cents += other.exposed_cents
        self.samples = [*self.samples, *other.samples][:MAX_SAMPLES]


def pattern_of(text: str) -> str:
    """Return a text with ``…`` for numbers, ids, addresses and whatever is quoted; cut if it is long."""
    cut = _QUOTED.sub(CUT, text[:MAX_PATTERN_CHARACTERS])
    words = cut.split()
    # Most words are letters only; to find that out word by word is four times as fast as one expression for it all.
    for place, word in enumerate(words):
        if not word.isalpha():
            words[place] = _pattern_of_word(word, words[place - 1] if place else "")
    return " ".join([*words, CUT] if len(text) > MAX_PATTERN_CHARACTERS else words)


def _pattern_of_word(word: str, before: str) -> str:
    if "://" in word or "@" in word:
        return CUT
    return word if before.strip("(:=").casefold() in _BEFORE_A_STATUS else _NUMBER.sub(CUT, word)


class Causes:
    """Collects causes in constant memory."""

    def __init__(self) -> None:
        self._by_pattern: dict[tuple[State, str], Cause] = {}
        self._by_length: dict[tuple[State, int], list[Cause]] = {}
        self._others: dict[State, Cause] = {}
        self._misses = 0

    def cause_of(self, state: State, text: str) -> Cause:
        """Return the cause that a row with this text belongs to; it is the caller who counts the row."""
        pattern = pattern_of(text)
        known = self._by_pattern.get((state, pattern))
        if known is not None:
            return known
        words = pattern.split()
        alike = self._by_length.setdefault((state, len(words)), [])
        if self._misses >= MAX_MISSES:
            alike = alike[:COMPARED_AFTER_THAT]
        found = _most_alike(alike, words, ALIKE if len(alike) < CROWD else ALIKE_IN_A_CROWD)
        if found is not None:
            found.words = _common(found.words, words)
            return found
        return self._new(state, pattern, words, alike)

    def _new(self, state: State, pattern: str, words: list[str], alike: list[Cause]) -> Cause:
        if len(self._by_pattern) >= MAX_GROUPS:
            self._misses += 1
            return self._others.setdefault(state, Cause(state, [OTHER]))
        made = self._by_pattern[state, pattern] = Cause(state, words)
        alike.append(made)
        return made

    def all(self) -> list[Cause]:
        """Return the causes, the most frequent first."""
        found = [cause for alike in self._by_length.values() for cause in _merged(alike)]
        return sorted([*found, *self._others.values()], key=lambda cause: (-cause.rows, cause.text))


def _merged(alike: Sequence[Cause]) -> list[Cause]:
    """Return causes of equal length, of which those that turned out to be alike are one."""
    threshold = ALIKE if len(alike) < CROWD else ALIKE_IN_A_CROWD
    kept: list[Cause] = []
    for cause in alike:
        same = _most_alike(kept, cause.words, threshold)
        if same is None:
            kept.append(replace(cause))
        else:
            same.absorb(cause)
    return kept


def _most_alike(causes: Sequence[Cause], words: Sequence[str], threshold: float) -> Cause | None:
    best, best_share = None, threshold
    for cause in causes:
        most = sum(map(eq, cause.words, words)) + cause.words.count(CUT)  # a bound that costs little
        share = _likeness(cause.words, words) if most >= threshold * len(words) else 0.0
        if share >= best_share:
            best, best_share = cause, share
    return best


def _likeness(pattern: Sequence[str], words: Sequence[str]) -> float:
    """Return the share of words that are equal; 1 for patterns that are equal wherever the first one is not ``…``."""
    literal = [(own, other) for own, other in zip(pattern, words, strict=True) if own != CUT]
    equal = sum(own == other for own, other in literal)
    if not equal:
        return 0.0 if words else 1.0
    if any(own != other and (_DIGIT.search(own) or _DIGIT.search(other)) for own, other in literal):
        return 0.0  # a number that is still there is a status of HTTP
    if equal == len(literal):
        return 1.0
    return equal / len(pattern)


def _common(first: Sequence[str], second: Sequence[str]) -> list[str]:
    return [own if own == other else CUT for own, other in zip(first, second, strict=True)]
