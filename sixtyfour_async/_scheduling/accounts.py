"""The money of one period, and the cap on it. US cents throughout.

Instants are ISO texts in UTC, as the journal keeps them: they compare like the instants that they stand for, also with
the beginning of one, so that ``2026-11`` is the start of a month.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sixtyfour_async._scheduling.row_states import ENDED, OPEN, State

Period: TypeAlias = Literal["journal", "run", "day", "month"]
"""What a cap covers: everything in the journal, one run, one day or one month (UTC)."""

CAP_NAMES: Mapping[Period, str] = {
    "journal": "max_cost_cents",
    "run": "max_cost_cents_per_run",
    "day": "max_cost_cents_per_day",
    "month": "max_cost_cents_per_month",
}
"""The parameter that sets the cap on each period."""

PERIODS_OF_THE_CALENDAR: Mapping[Period, int] = {"day": len("2026-11-26"), "month": len("2026-11")}
"""How much of an instant names the day, and the month."""

Tally: TypeAlias = Literal["duplicate", "reused", "forgotten", "resubmitted", "replaced"]
"""What the journal counts besides rows.

``duplicate``: a row that shared another's answer in the same run. ``reused``: a row answered from an earlier run.
``forgotten``: a row that was erased. ``resubmitted``: an unknown submit that was abandoned and sent again.
``replaced``: an end that was charged, of a row that was sent again.
"""

NO_JOB = frozenset({"released", "duplicate", "reused"})
"""States and tallies that stand for no submitted job."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sum over rows of one kind in one state.

    Attributes:
        variant: ``operation`` or ``operation/tier``.
        state: Where these rows stand, or what they were tallied as.
        rows: Number of rows.
        charged_cents: What the service charged for them.
        reserved_cents: What was reserved for those whose charge it did not report.
        dearest_cents: The highest single charge.
    """

    variant: str
    state: State | Tally
    rows: int
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    dearest_cents: float = 0.0

    @property
    def spent_cents(self) -> float:
        """What these rows count as spent: reported charges, and what was reserved where none was reported."""
        if self.state in {"forgotten", "replaced"}:
            return self.charged_cents
        return self.charged_cents + self.reserved_cents if self.state in ENDED else 0.0

    @property
    def unstated_cents(self) -> float:
        """The part of it that was only reserved, because the service did not state the charge."""
        return self.reserved_cents if self.state in ENDED else 0.0

    @property
    def exposed_cents(self) -> float:
        """What these rows may have cost, or still will."""
        return self.reserved_cents if self.state in OPEN or self.state == "resubmitted" else 0.0

    @property
    def saved_cents(self) -> float:
        """What these rows would have cost had they been submitted again."""
        return self.charged_cents if self.state in {"duplicate", "reused"} else 0.0


@dataclass(slots=True)
class Account:
    """The money of one period. One cent is in one of three places: *reserved*, *exposed* or *charged*.

    A job is booked where it belongs by the instant at which its intent was recorded, whenever it ends: what was sent
    yesterday and is charged today is yesterday's.

    Attributes:
        period: What the account covers.
        cap_cents: The most that may be spent in the period, or None.
        since: When the period began; "" for the beginning of the journal.
        charged_cents: Spent so far, as the service reported it.
        reserved_cents: Set aside for jobs under way.
        exposed_cents: Set aside for rows whose end is not known.
    """

    period: Period
    cap_cents: float | None = None
    since: str = ""
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    exposed_cents: float = 0.0

    def covers(self, at: str | None) -> bool:
        """Return whether a job whose intent was recorded at an instant, None for now, is booked here."""
        return at is None or at >= self.since

    def left_cents(self, already: float = 0.0) -> float:
        """Return what may still be reserved; infinite without a cap. *already* is exposed for the very job."""
        if self.cap_cents is None:
            return float("inf")
        return self.cap_cents - self.charged_cents - self.reserved_cents - self.exposed_cents + already

    def add(self, line: Line) -> None:
        """Add what earlier runs spent and exposed."""
        self.charged_cents += line.spent_cents
        self.exposed_cents += line.exposed_cents

    def recount(self, lines: Iterable[Line], own_cents: float) -> None:
        """Take the journal's sums for what was spent and is exposed; *own_cents* of it are reserved here."""
        counted = list(lines)
        self.charged_cents = sum(line.spent_cents for line in counted)
        self.exposed_cents = max(0.0, sum(line.exposed_cents for line in counted) - own_cents)

    def reserve(self, amount: float, *, already: float = 0.0) -> None:
        """Set an amount aside, in place of what is exposed for the same job."""
        self.exposed_cents = max(0.0, self.exposed_cents - already)
        self.reserved_cents += amount

    def release(self, amount: float, *, exposed: float = 0.0, charged: float = 0.0) -> None:
        """Release a reserved amount: it was not sold, or it is exposed or charged from now on."""
        self.reserved_cents = max(0.0, self.reserved_cents - amount)
        self.exposed_cents += exposed
        self.charged_cents += charged

    def advance(self, now: str) -> None:
        """Begin anew when a day or month of the calendar has begun; a clock that is set back begins nothing."""
        length = PERIODS_OF_THE_CALENDAR.get(self.period)
        if length is not None and now[:length] > self.since:
            self.since = now[:length]
            self.charged_cents = self.reserved_cents = self.exposed_cents = 0.0

    def refusal(self, already: float = 0.0) -> str:
        """Return why a row that finds too little money left here is not sent."""
        left = max(0.0, self.left_cents(already))
        during = {"day": " today (UTC)", "month": " this month (UTC)"}.get(self.period, "")
        exposed = f" ({self.exposed_cents:g} are exposed in rows whose end is not known)" if self.exposed_cents else ""
        return (
            f"{CAP_NAMES[self.period]}={self.cap_cents:g} leaves {left:g} cents{during}, too little for this row"
            f"{exposed}"
        )
