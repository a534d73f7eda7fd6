"""What a journal can be asked to write. Each change is written as a whole, or not at all; several share a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.sharing import Limits
from sixtyfour_async._scheduling.ledger import Tally
from sixtyfour_async._scheduling.row_states import SHARED
from sixtyfour_async._wire.body import Body


@dataclass(frozen=True, slots=True)
class Put:
    """Lines of rows: all of them, or none when one of them is fenced.

    Attributes:
        entries: The lines.
        settles: The name of the batch whose answer they are parts of, which is deleted unless a row needs the whole.
    """

    entries: tuple[Entry, ...]
    settles: str | None = None

    @property
    def drops_answer(self) -> bool:
        """Whether the answer to the batch is not needed any more."""
        return self.settles is not None and not any(entry.state in SHARED for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Take:
    """Lines of rows that the runner wants to hold; see `SharedJournal.claim`."""

    entries: tuple[Entry, ...]
    limits: Limits
    replaced: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Deliver:
    """A row's outcome was acknowledged."""

    key: str


@dataclass(frozen=True, slots=True)
class SetMeta:
    """A text under a name.

    Attributes:
        name: The name.
        text: The text.
        once: Does one that is there already stay?
    """

    name: str
    text: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class HandBack:
    """Accepted rows that the runner polls no more; see `SharedJournal.hand_back`."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaveAnswer:
    """The answer to a batch as it came."""

    batch: str
    body: Body


@dataclass(frozen=True, slots=True)
class Count:
    """Rows to add to a tally: those of a variant, under a name, that were sent at a time, or "" for any."""

    variant: str
    name: Tally
    sent_at: str
    rows: int
    cents: float


Change: TypeAlias = Put | Take | HandBack | Deliver | SetMeta | SaveAnswer | Count
