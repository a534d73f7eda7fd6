"""Text of others as it may be printed: on one's terminal it is only text."""

from __future__ import annotations

import re

# C0 and C1 controls but newline and tab, line and paragraph separators, and what changes the direction of text. A
# terminal acts on the first (colours, titles, links, the clipboard); the last show a text as another one.
_ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def printable(text: str) -> str:
    r"""Return a text in which nothing acts on a terminal: control characters are spelled out, as in ``\u001b[31m``.

    The text of a JSON value stays one, with the same value.
    """
    return _LONE_SURROGATE.sub("\ufffd", _ACTIVE.sub(_spelled, text))


def _spelled(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
