"""What a journal records, per operation and tier: rows, and money in US cents; as text (in dollars) and as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from sixtyfour_async._journal.base import Entry, JournalReader
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import IN_DOUBT
from sixtyfour_async.cli.formatting import dollars
from sixtyfour_async.report.labels import STATE_LABELS

UNKNOWN_NOTE = "unknown rows may have been accepted and billed; they are parked, and never resubmitted automatically"


@dataclass(frozen=True, slots=True)
class Money:
    """Sums, US cents.

    Attributes:
        charged_cents: Charged, as the service reported it; the amount reserved where it reports nothing.
        exposed_cents: Reserved for rows that are running or unknown: they may have been, or may still be, billed.
        saved_cents: Cost avoided by duplicates and by rows answered from the journal.
    """

    charged_cents: float = 0.0
    exposed_cents: float = 0.0
    saved_cents: float = 0.0

    def plus(self, line: Line) -> Money:
        """Return the sums with a line added."""
        return Money(
            self.charged_cents + line.spent_cents,
            self.exposed_cents + line.exposed_cents,
            self.saved_cents + line.saved_cents,
        )

    def cells(self) -> str:
        """Format the three sums as columns; a sum of zero is left blank."""
        amounts = (getattr(self, field.name) for field in fields(self))
        return "".join(f"{dollars(cents) if cents else '':>13}" for cents in amounts)


@dataclass(frozen=True, slots=True)
class StatusReport:
    """The contents of a journal, summed up.

    Attributes:
        purpose: What the journal is for, as the first run stored it.
        sums: One line for each operation, tier and state.
        unknown: The rows that may have been accepted, and have no job id.
    """

    purpose: Mapping[str, str]
    sums: tuple[Line, ...]
    unknown: tuple[Entry, ...]

    @classmethod
    def read(cls, reader: JournalReader) -> StatusReport:
        """Sum up a journal."""
        return cls(reader.purpose(), reader.lines(), tuple(reader.entries(IN_DOUBT)))

    def as_json(self) -> dict[str, Any]:
        """Return the whole report as a JSON object."""
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
        """Format the report as text, with the first *unknown_shown* unknown rows."""
        text = [f"  {name:<10} {value}" for name, value in self.purpose.items() if name in {"operation", "service"}]
        text += ["", f"{'':<44}{'rows':>8}{'charged':>13}{'exposed':>13}{'saved':>13}"]
        variant = ""
        for line in self._ordered():
            if line.variant != variant:
                variant = line.variant
                text.append(variant)
            text.append(f"  {STATE_LABELS[line.state]:<42}{line.rows:>8,}{Money().plus(line).cells()}".rstrip())
        text.append(f"{'total':<52}{self._total().cells()}".rstrip())
        return [*text, *self._unknown_lines(unknown_shown)]

    def _unknown_lines(self, shown: int) -> list[str]:
        if not self.unknown:
            return []
        text = ["", f"{UNKNOWN_NOTE}:"]
        text += [
            f"  {entry.key}  sent {entry.sent_at or 'at an unknown time'}: {entry.error or STATE_LABELS['intended']}"
            for entry in self.unknown[:shown]
        ]
        rest = len(self.unknown) - shown
        return [*text, *([f"  and {rest:,} more; --json lists all"] if rest > 0 else [])]

    def _ordered(self) -> list[Line]:
        order = list(STATE_LABELS)
        return sorted(self.sums, key=lambda line: (line.variant, order.index(line.state)))

    def _total(self) -> Money:
        total = Money()
        for line in self.sums:
            total = total.plus(line)
        return total
