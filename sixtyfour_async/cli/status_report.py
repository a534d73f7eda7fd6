"""A journal's rows and money, per operation and tier, for people and for programs; US cents, dollars in print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.schema import Reader
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import IN_DOUBT
from sixtyfour_async.cli.summary import dollars

MEANINGS: Mapping[str, str] = {
    "completed": "answered",
    "failed": "failed over there",
    "cancelled": "cancelled over there",
    "accepted": "running when last seen",
    "unknown": "unknown",
    "intended": "being sent",
    "released": "not taken",
    "duplicate": "asked twice in a run, paid once",
    "reused": "answered from the journal",
    "resubmitted": "given up as unknown, sent anew",
    "forgotten": "erased",
}
"""How a line's state is said, in the order of print."""


@dataclass(frozen=True, slots=True)
class Money:
    """Sums, US cents.

    Attributes:
        charged_cents: Spent, as the service told it; what was set aside counts where it tells nothing.
        exposed_cents: Set aside for rows whose end is not known: they may have been paid, or still will be.
        saved_cents: What duplicates and rows answered from the journal would have cost.
    """

    charged_cents: float = 0.0
    exposed_cents: float = 0.0
    saved_cents: float = 0.0

    def plus(self, line: Line) -> Money:
        """Add a line."""
        return Money(
            self.charged_cents + line.spent_cents,
            self.exposed_cents + line.exposed_cents,
            self.saved_cents + line.saved_cents,
        )

    def cells(self) -> str:
        """Write the three sums as columns; nothing where there is none."""
        amounts = (getattr(self, field.name) for field in fields(self))
        return "".join(f"{dollars(cents) if cents else '':>13}" for cents in amounts)


@dataclass(frozen=True, slots=True)
class Statement:
    """Where a journal stands.

    Attributes:
        purpose: What the journal is for, in the words of the run that began it.
        sums: One line for each operation, tier and state.
        unknown: The rows that may have been taken, and brought no id.
    """

    purpose: Mapping[str, str]
    sums: tuple[Line, ...]
    unknown: tuple[Entry, ...]

    @classmethod
    def read(cls, reader: Reader) -> Statement:
        """Read it from a journal."""
        return cls(reader.purpose(), reader.lines(), tuple(reader.entries(IN_DOUBT)))

    def as_json(self) -> dict[str, Any]:
        """Give all of it as what JSON can hold."""
        return {
            "purpose": dict(self.purpose),
            "lines": [
                {"variant": line.variant, "state": line.state, "rows": line.rows, **asdict(Money().plus(line))}
                for line in self._ordered()
            ],
            "total": asdict(self._total()),
            "unknown": [
                {
                    "key": entry.key,
                    "operation": entry.operation,
                    "request": entry.request,
                    "sent_at": entry.sent_at,
                    "exposed_cents": entry.reserved_cents,
                    "why": entry.error,
                }
                for entry in self.unknown
            ],
        }

    def lines(self, unknown_shown: int) -> list[str]:
        """Write it for people."""
        told = [f"  {name:<10} {value}" for name, value in self.purpose.items() if name in {"input", "service"}]
        told += ["", f"{'':<44}{'rows':>8}{'charged':>13}{'at stake':>13}{'saved':>13}"]
        variant = ""
        for line in self._ordered():
            if line.variant != variant:
                variant = line.variant
                told.append(variant)
            told.append(f"  {MEANINGS[line.state]:<42}{line.rows:>8,}{Money().plus(line).cells()}".rstrip())
        told.append(f"{'in all':<52}{self._total().cells()}".rstrip())
        return [*told, *self._told_of_unknown(unknown_shown)]

    def _told_of_unknown(self, shown: int) -> list[str]:
        if not self.unknown:
            return []
        told = ["", "unknown rows may have been taken and billed; they are parked, and never sent again by themselves:"]
        told += [
            f"  {entry.key}  sent {entry.sent_at or 'at an unknown time'}: {entry.error or MEANINGS['intended']}"
            for entry in self.unknown[:shown]
        ]
        rest = len(self.unknown) - shown
        return [*told, *([f"  and {rest:,} more; --json lists all"] if rest > 0 else [])]

    def _ordered(self) -> list[Line]:
        order = list(MEANINGS)
        return sorted(self.sums, key=lambda line: (line.variant, order.index(line.state)))

    def _total(self) -> Money:
        total = Money()
        for line in self.sums:
            total = total.plus(line)
        return total
