"""Secrets in memory: keys, tokens and signed links, which nothing that prints values may show."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NoReturn

SHORTEST_REDACTED = 6
"""Characters below which a secret is not looked for in a text: every word might contain it."""

SHORTEST_REDACTED_ANYWHERE = 16
"""Characters from which a secret is looked for inside words, too: what precedes it may be an escape such as ``\\n``."""


class Secret:
    """A text that no repr, traceback with locals, log or pickle shows.

    Functions hold secrets only in this form; `reveal` is called inside the expression that hands the text on.

    Attributes:
        mark: What stands in its place where it is redacted.
    """

    __slots__ = ("_text", "mark")

    def __init__(self, text: str, mark: str = "[the key]") -> None:
        self._text = text
        self.mark = mark

    def reveal(self) -> str:
        """Return the text."""
        return self._text

    def __repr__(self) -> str:
        return self.mark

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret cannot be pickled")


def revealed(value: str | Secret) -> str:
    """Return a text that may be a secret."""
    return value.reveal() if isinstance(value, Secret) else value


def redact(secrets: Iterable[Secret], text: str) -> str:
    """Replace secrets in a text.

    A short one is replaced where it is a word of its own: a key ``internal`` must not garble ``internal_error``.
    """
    for secret in secrets:
        if secret.reveal() in text and (pattern := _pattern(secret)) is not None:
            text = pattern.sub(secret.mark, text)
    return text


def redact_bytes(secrets: Iterable[Secret], body: bytes) -> bytes:
    """Replace secrets in a body of an encoding in which ASCII stands for itself."""
    return redact(secrets, body.decode("latin-1")).encode("latin-1")


@lru_cache(maxsize=64)
def _pattern(secret: Secret) -> re.Pattern[str] | None:
    if len(secret.reveal()) < SHORTEST_REDACTED:
        return None
    if len(secret.reveal()) >= SHORTEST_REDACTED_ANYWHERE:
        return re.compile(re.escape(secret.reveal()))
    return re.compile(rf"(?<![A-Za-z0-9_]){re.escape(secret.reveal())}(?![A-Za-z0-9_])")
