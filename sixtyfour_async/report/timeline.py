"""What happened when, in constant memory: a histogram over time whose buckets double when there are too many.

The journal has three instants of each row: when it was sent and when its last line was written, by our clock, and,
in its answer, how long it ran at the service by the service's own clock. From them follow the pace, the time to an
answer, and the part of it in which the row did not run: it was on its way, it waited to start, or it was finished and
nobody had looked. That part is at least the lag.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeAlias

MAX_BUCKETS: Final = 4000
"""Buckets in which anything happened."""

STEP: Final = math.log(1.1)
"""Durations are kept to a tenth of their size."""

PAUSE_SECONDS: Final = 30 * 60
"""A time without any event that separates two sittings."""

MINUTE_SECONDS: Final = 60


Durations: TypeAlias = dict[int, int]
"""Duration → rows, by logarithm; see `step_of`. A plain dict: a journal may have two of them for each second."""


@dataclass(slots=True)
class Moment:
    """What happened in one bucket.

    Attributes:
        sent: Rows that were sent.
        submits: Requests that sent them.
        ended: Rows whose last line, an end, was written.
        waits: Time to the answer → rows, by logarithm.
        idle: The part of it in which they did not run → rows, by logarithm.
    """

    sent: int = 0
    submits: int = 0
    ended: int = 0
    waits: Durations = field(default_factory=Durations)
    idle: Durations = field(default_factory=Durations)

    def add(self, other: Moment) -> None:
        """Add what happened in another bucket."""
        self.sent += other.sent
        self.submits += other.submits
        self.ended += other.ended
        for own, others in ((self.waits, other.waits), (self.idle, other.idle)):
            for step, rows in others.items():
                own[step] = own.get(step, 0) + rows


def total(moments: Iterable[Moment]) -> Moment:
    """Return what happened in several buckets."""
    whole = Moment()
    for moment in moments:
        whole.add(moment)
    return whole


def quantile(durations: Mapping[int, int], share: float) -> float | None:
    """Return the duration, seconds, below which this share of them lies; None when there is none."""
    left = share * sum(durations.values())
    for step in sorted(durations):
        left -= durations[step]
        if left <= 0:
            return math.exp((step + 0.5) * STEP)
    return None


def step_of(seconds: float) -> int:
    """Return where a duration belongs; what is shorter than a tenth of a second counts as that."""
    return math.floor(math.log(max(seconds, 0.1)) / STEP)


def instant(text: str | None) -> float | None:
    """Return an ISO text as seconds since 1970; None for what is none."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


@dataclass(frozen=True, slots=True)
class Sitting:
    """A stretch of time without a long pause.

    Attributes:
        start: Its first second, since 1970.
        width: Seconds of a bucket.
        moments: Its buckets from the first to the last; empty ones as well.
    """

    start: float
    width: float
    moments: tuple[Moment, ...]

    @property
    def seconds(self) -> float:
        """How long it took."""
        return len(self.moments) * self.width

    def columns(self, most: int) -> Sitting:
        """Return the same with *most* buckets at most."""
        each = max(1, math.ceil(len(self.moments) / most))
        merged = tuple(total(self.moments[first : first + each]) for first in range(0, len(self.moments), each))
        return Sitting(self.start, self.width * each, merged)


class Timeline:
    """Collects what happened when."""

    def __init__(self) -> None:
        self.width = 1
        self._moments: dict[int, Moment] = {}
        self.disagreeing = 0
        """Rows that ran for longer, by the service's clock, than passed by ours: as on a simulator that runs fast."""
        self.agreeing = 0

    def sent(self, at: float, submits: int) -> None:
        """Count a row that was sent."""
        moment = self._at(at)
        moment.sent += 1
        moment.submits += submits

    def ended(self, at: float, waited: float | None, ran: float | None) -> None:
        """Count a row that ended; *waited* and *ran* are seconds, None where they are not known."""
        moment = self._at(at)
        moment.ended += 1
        if waited is None or waited < 0:
            return
        step = step_of(waited)
        moment.waits[step] = moment.waits.get(step, 0) + 1
        if ran is not None:
            self.agreeing += ran <= waited
            self.disagreeing += ran > waited
            step = step_of(waited - ran)
            moment.idle[step] = moment.idle.get(step, 0) + 1

    @property
    def clocks_agree(self) -> bool:
        """Whether the service's clock can be compared with ours."""
        return self.agreeing > 9 * self.disagreeing

    @property
    def runs_fast(self) -> bool:
        """Whether the service's clock runs faster than ours, as a simulator's may: a minute there is none here."""
        return self.disagreeing > self.agreeing

    def _at(self, at: float) -> Moment:
        found = self._moments.get(int(at) // self.width)
        if found is not None:
            return found
        while len(self._moments) >= MAX_BUCKETS:
            self._double()
        return self._moments.setdefault(int(at) // self.width, Moment())

    def _double(self) -> None:
        self.width *= 2
        fine, self._moments = self._moments, {}
        for place, moment in fine.items():
            self._moments.setdefault(place // 2, Moment()).add(moment)

    def busiest_minute(self) -> int | None:
        """Return the most submits in any 60 seconds; None when the buckets have become too wide to tell."""
        if self.width > MINUTE_SECONDS:
            return None
        window, most, inside, first = math.ceil(MINUTE_SECONDS / self.width), 0, 0, 0
        places = sorted(self._moments)
        for place in places:
            inside += self._moments[place].submits
            while place - places[first] >= window:
                inside -= self._moments[places[first]].submits
                first += 1
            most = max(most, inside)
        return most

    def sittings(self) -> Iterator[Sitting]:
        """Yield the stretches of time in which something happened, the oldest first."""
        places = sorted(self._moments)
        begin = 0
        for number, place in enumerate(places):
            is_last = number + 1 == len(places)
            if is_last or (places[number + 1] - place) * self.width > PAUSE_SECONDS:
                yield self._sitting(places[begin : number + 1])
                begin = number + 1

    def _sitting(self, places: Sequence[int]) -> Sitting:
        nothing = Moment()
        span = range(places[0], places[-1] + 1)
        return Sitting(places[0] * self.width, self.width, tuple(self._moments.get(place, nothing) for place in span))
