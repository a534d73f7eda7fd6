"""What a journal tells about its runs, as one value: made from a stream of entries in constant memory. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Self

from sixtyfour_async._journal.base import Entry, JournalReader
from sixtyfour_async._scheduling.budget import Budget
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import ENDED, OPEN, PAID, State
from sixtyfour_async.questions.stored_questions import subject_of
from sixtyfour_async.report.causes import MAX_SAMPLES, Cause, Causes, Sample
from sixtyfour_async.report.coverage import Coverage, FieldCoverage
from sixtyfour_async.report.labels import STATE_LABELS
from sixtyfour_async.report.row_facts import facts_of
from sixtyfour_async.report.timeline import Sitting, Timeline, instant, quantile, total

REQUESTS_PER_MINUTE: Final = Budget().limit
"""What a key may make unless its headers say otherwise; the journal does not keep what they said."""

MAX_KEY, MAX_SUBJECT, MAX_ERROR = 100, 120, 240
"""Characters shown of a row's key, of what it was about, and of why it has no answer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The money of one operation and tier, US cents.

    Attributes:
        variant: ``operation`` or ``operation/tier``.
        rows: Rows in the journal.
        answered: Those with an answer.
        charged_cents: Charged, as the service stated it.
        unstated_cents: Counted as spent because the service did not state a charge.
        exposed_cents: For rows that may have been, or may still be, billed.
        saved_cents: Avoided by duplicates and by rows answered from the journal.
        dearest_cents: The highest single charge.
    """

    variant: str
    rows: int
    answered: int
    charged_cents: float
    unstated_cents: float
    exposed_cents: float
    saved_cents: float
    dearest_cents: float

    @property
    def spent_cents(self) -> float:
        """What these rows count as spent."""
        return self.charged_cents + self.unstated_cents

    @classmethod
    def of(cls, variant: str, lines: Iterable[Line]) -> Self:
        """Sum up the lines of one variant."""
        own = [line for line in lines if line.variant == variant]
        return cls(
            variant,
            sum(line.rows for line in own if line.state in ROW_STATES),
            sum(line.rows for line in own if line.state == "completed"),
            sum(line.spent_cents - line.unstated_cents for line in own),
            sum(line.unstated_cents for line in own),
            sum(line.exposed_cents for line in own),
            sum(line.saved_cents for line in own),
            max(line.dearest_cents for line in own),
        )


ROW_STATES: Final = frozenset[str]({*ENDED, *OPEN, "released"})
"""States of a row; a line of any other is a tally."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a journal tells.

    Attributes:
        purpose: What it is for: ``operation``, ``service``.
        lines: The journal's sums, in the order of `STATE_LABELS`.
        kinds: Money by operation and tier.
        fields: Coverage of the fields that were asked for.
        fields_left_out: Values of fields that are not among these, because there are too many.
        causes: Why rows have no answer, the most frequent first.
        timeline: What happened when.
        first_sent: When the first row was sent, ISO text.
        last_changed: When the last line was written, ISO text.
        doubt: Why the journal itself is in doubt; "" when it is whole.
        deliveries: Webhook deliveries that are for no row.
    """

    purpose: Mapping[str, str]
    lines: tuple[Line, ...]
    kinds: tuple[Kind, ...]
    fields: tuple[FieldCoverage, ...]
    fields_left_out: int
    causes: tuple[Cause, ...]
    timeline: Timeline
    first_sent: str | None
    last_changed: str | None
    doubt: str = ""
    deliveries: int = 0

    @classmethod
    def read(cls, reader: JournalReader, *, doubt: str = "", deliveries: int = 0) -> Self:
        """Sum up a journal, reading its rows once."""
        collector = Collector()
        for entry in reader.entries():
            collector.add(entry)
        lines = sorted(
            [*collector.lines(), *reader.tallies()],
            key=lambda line: (line.variant, list(STATE_LABELS).index(line.state)),
        )
        return cls(
            purpose=reader.purpose(),
            lines=tuple(lines),
            kinds=tuple(Kind.of(variant, lines) for variant in dict.fromkeys(line.variant for line in lines)),
            fields=tuple(collector.coverage.fields()),
            fields_left_out=collector.coverage.left_out,
            causes=tuple(collector.causes.all()),
            timeline=collector.timeline,
            first_sent=collector.first_sent,
            last_changed=collector.last_changed,
            doubt=doubt,
            deliveries=deliveries,
        )

    def rows_in(self, *states: str) -> int:
        """Return how many rows stand in these states; of all of them without any."""
        return sum(line.rows for line in self.lines if line.state in (states or ROW_STATES))

    @property
    def states(self) -> dict[str, int]:
        """State or tally → rows, in the order of `STATE_LABELS`."""
        counted = Counter[str]()
        for line in self.lines:
            counted[line.state] += line.rows
        return {state: counted[state] for state in STATE_LABELS if counted[state]}

    @property
    def spent_cents(self) -> float:
        """What all of it counts as spent, US cents."""
        return sum(kind.spent_cents for kind in self.kinds)

    @property
    def exposed_cents(self) -> float:
        """What may have been, or may still be, billed besides, US cents."""
        return sum(kind.exposed_cents for kind in self.kinds)

    def as_json(self) -> dict[str, Any]:
        """Return all of it as a JSON object; durations in seconds, money in US cents."""
        whole = total(moment for sitting in self.timeline.sittings() for moment in sitting.moments)
        return {
            "purpose": dict(self.purpose),
            "doubt": self.doubt or None,
            "deliveries": self.deliveries,
            "first_sent": self.first_sent,
            "last_changed": self.last_changed,
            "rows": self.rows_in(),
            "states": self.states,
            "spent_cents": self.spent_cents,
            "exposed_cents": self.exposed_cents,
            "kinds": [asdict(kind) for kind in self.kinds],
            "fields": [asdict(field) for field in self.fields],
            "causes": [_cause_as_json(cause) for cause in self.causes],
            "sittings": [_sitting_as_json(sitting) for sitting in self.timeline.sittings()],
            "seconds_to_answer": _quantiles(whole.waits),
            "seconds_not_running": _quantiles(whole.idle) if self.timeline.clocks_agree else None,
            "requests": {
                "submits": whole.submits,
                "submits_in_busiest_minute": self.timeline.busiest_minute(),
                "limit_per_minute": REQUESTS_PER_MINUTE,
                "polls": None,
            },
        }


@dataclass(slots=True)
class _Sum:
    rows: int = 0
    charged_cents: float = 0.0
    reserved_cents: float = 0.0
    dearest_cents: float = 0.0

    def add(self, entry: Entry) -> None:
        cost = entry.cost_cents or 0.0
        self.rows += 1
        self.charged_cents += cost
        self.reserved_cents += entry.reserved_cents
        self.dearest_cents = max(self.dearest_cents, cost)

    def as_line(self, variant: str, state: State) -> Line:
        return Line(variant, state, self.rows, self.charged_cents, self.reserved_cents, self.dearest_cents)


class Collector:
    """Takes in a journal's rows one by one."""

    def __init__(self) -> None:
        self.coverage = Coverage()
        self.causes = Causes()
        self.timeline = Timeline()
        self.first_sent: str | None = None
        self.last_changed: str | None = None
        self._sums: dict[tuple[str, State], _Sum] = {}

    def add(self, entry: Entry) -> None:
        """Count a row."""
        facts = facts_of(entry)
        self._sum_of(entry.variant, entry.state).add(entry)
        if entry.state in {"completed", "no_answer"}:
            self.coverage.add(entry.operation, entry.sent(), facts.raw if entry.state == "completed" else None)
        if entry.state != "completed":
            self._count_cause(entry, facts.error)
        self._place(entry, facts.run_seconds)

    def _sum_of(self, variant: str, state: State) -> _Sum:
        found = self._sums.get((variant, state))
        if found is None:
            found = self._sums[variant, state] = _Sum()
        return found

    def lines(self) -> list[Line]:
        """Return the sums over the rows, as `Journal.lines` does."""
        return [sums.as_line(*kind) for kind, sums in self._sums.items()]

    def _count_cause(self, entry: Entry, error: str) -> None:
        cause = self.causes.cause_of(entry.state, error or STATE_LABELS[entry.state])
        cause.rows += 1
        if entry.state in ENDED:
            cause.spent_cents += (entry.cost_cents or 0.0) + entry.reserved_cents
        if entry.state in OPEN:
            cause.exposed_cents += entry.reserved_cents
        if len(cause.samples) < MAX_SAMPLES:
            cause.samples.append(_sample(entry, error))

    def _place(self, entry: Entry, run_seconds: float | None) -> None:
        """Note when the row was sent and ended."""
        sent, ended = instant(entry.sent_at), instant(entry.changed_at)
        if sent is not None:
            # The rows of a batch share a submit, which counts with the first of them.
            self.timeline.sent(sent, submits=entry.place in {None, 0} and entry.state != "released")
            self.first_sent = min(self.first_sent or entry.sent_at or "", entry.sent_at or "")
        if ended is not None:
            self.last_changed = max(self.last_changed or "", entry.changed_at or "")
        if ended is not None and entry.state in ENDED:
            waited = ended - sent if sent is not None and entry.state in PAID else None
            self.timeline.ended(ended, waited, run_seconds)


def _sample(entry: Entry, error: str) -> Sample:
    subject = subject_of(entry.operation, entry.sent())
    about = ", ".join(f"{name}={value}" for name, value in subject.items())
    return Sample(cut(entry.key, MAX_KEY), cut(about, MAX_SUBJECT), cut(error, MAX_ERROR), entry.job_id, entry.sent_at)


def cut(text: str, most: int) -> str:
    """Return a text of *most* characters at most, and how many were left out."""
    return text if len(text) <= most else f"{text[:most]}… ({len(text) - most:,} more characters)"


def _cause_as_json(cause: Cause) -> dict[str, Any]:
    own = asdict(cause)
    del own["words"]
    return {"cause": cause.text, **own}


def _sitting_as_json(sitting: Sitting) -> dict[str, Any]:
    whole = total(sitting.moments)
    return {
        "start": sitting.start,
        "seconds": sitting.seconds,
        "sent": whole.sent,
        "submits": whole.submits,
        "ended": whole.ended,
        "seconds_to_answer": _quantiles(whole.waits),
        "seconds_not_running": _quantiles(whole.idle),
    }


def _quantiles(durations: Mapping[int, int]) -> dict[str, float | None]:
    return {"median": quantile(durations, 0.5), "p90": quantile(durations, 0.9)}


__all__ = ["Kind", "State", "Summary", "cut"]
