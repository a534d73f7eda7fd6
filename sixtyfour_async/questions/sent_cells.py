"""What a cell says to the service: its text as it is sent, and whether there is anything to go by. No I/O."""

from __future__ import annotations

import math
import re
import string
from typing import Final

from sixtyfour_async.tables import Cell, text_of

PLACEHOLDERS: Final = frozenset((
    *("n/a", "n.a.", "n. a.", "n.a", "n/a.", "not available", "not applicable", "not known", "unknown", "undefined"),
    *("no data", "tbd", "tba", "to be determined", "to be defined", "nan", "null", "none", "<na>", "<null>", "<none>"),
    *("(none)", "(null)", "(blank)", "(empty)", "k.a.", "k. a.", "keine angabe", "unbekannt", "nicht bekannt"),
    *("inconnu", "inconnue", "desconocido", "sconosciuto", "#n/a", "#na", "#ref!", "#value!", "#name?", "#null!"),
    *("#num!", "#div/0!", "#error!", "#spill!", "#calc!"),
))  # fmt: skip
"""Cells that people, spreadsheets and data frames write for a missing value; ``NA`` counts in capitals only: Na is a
name."""

INDEX: Final = re.compile(r"|Unnamed: \d+|__index_level_\d+__")
"""Names of the columns that data frames write for their index: nothing, or what they call nothing when it is read."""

AROUND: Final = (
    string.whitespace
    + "\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff"
    + "".join(
        map(chr, (*range(0x2000, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A)))
    )
)
"""White space and invisible marks, such as those for the direction of text that address books put around numbers."""


def sent_text(cell: Cell) -> str:
    """Return a cell as it is sent; a number that is none, as data frames write a missing one, is nothing."""
    return "" if isinstance(cell, float) and math.isnan(cell) else text_of(cell).strip(AROUND)


def is_meaningful(text: str) -> bool:
    """Return whether text says anything: more than punctuation, and no word for a missing value."""
    return any(map(str.isalnum, text)) and text != "NA" and text.casefold() not in PLACEHOLDERS


def is_index(column: str) -> bool:
    """Return whether a column has a name that data frames give to their index."""
    return bool(INDEX.fullmatch(column.strip()))
