"""How long jobs run, learned per kind and tier while they run.

Time is cut into bins that grow with age, since nobody cares about a second in an hour. Each bin holds how many jobs
were seen to reach it and how many of these ended in it: their quotient is the hazard, and all bins together give the
distribution (the life table of Kaplan and Meier, 1958). A job that still runs counts in every bin it has outlived, so
the jobs that end first do not make the whole kind look fast. Each bin forgets as newer jobs reach it, so a service that
becomes slower is believed after a few dozen jobs, whichever bins they come through.

Where all jobs run for nearly the same time, a bin is wide: 8 s at 2 minutes. So each bin also holds where in it jobs
end, as mean and mean square; and it is smoothed over its neighbours only as far as these are needed to hold a good part
of all jobs (a nearest-neighbour estimate: Loftsgaarden and Quesenberry, 1965): not at all where one bin does.

A bin that no job has reached keeps its prior, taken from the vendor's pages and widely spread.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

BIN_RATIO = 1.07
"""Width of each bin, relative to the one before."""

LONGEST_SECONDS = 6 * 3600.0
"""Whatever runs longer falls into the last bin."""

EDGES: tuple[float, ...] = (
    0.0,
    *(BIN_RATIO**power for power in range(math.ceil(math.log(LONGEST_SECONDS, BIN_RATIO)) + 1)),
)
"""Where bins begin, seconds; the last edge ends the last bin."""

BINS = len(EDGES) - 1
"""Number of bins."""

MIDDLES: tuple[float, ...] = tuple((low + high) / 2 for low, high in pairwise(EDGES))
"""The middle of each bin, seconds."""

EFFECTIVE_SAMPLES = 50.0
"""Jobs that a bin remembers: each new one takes a fiftieth off the weight of all before it."""

PRIOR_WEIGHT = 2.0
"""Number of jobs that the prior counts as."""

_NEIGHBOURHOOD_MASS = 0.25
"""Part of all jobs in a bin and its neighbours from which on the bin is not smoothed any further."""

_OVER_ONE, _OVER_THREE, _OVER_FIVE = (1.0, 0.0, 0.0), (2 / 4, 1 / 4, 0.0), (3 / 9, 2 / 9, 1 / 9)
"""By how many bins one is spread over: the part that it keeps, and that each bin gets which is one, and two, away."""

_UNIFORM_MEAN, _UNIFORM_SQUARE = 1 / 2, 1 / 3
"""Mean place of ends that are spread evenly over a bin, as a part of its width, and the mean of its square."""

_PLACE_PRIOR_WEIGHT = 3.0
"""Number of ends, evenly spread over its bin, that a bin's places start from."""

_NARROW_VARIANCE = 1 / 49
"""Variance of the place below which a bin's ends lie close together: a quarter of that of an even spread."""

_PLACE_DEVIATIONS = 2.5
"""Standard deviations behind their mean place after which ends that lie close together are over."""

PRIORS: Mapping[str, tuple[float, float]] = {
    "find-email": (5, 0.7),
    "find-phone": (5, 0.7),
    "reverse-email": (5, 0.7),
    "reverse-phone": (5, 0.7),
    "find-email-bulk": (30, 1.0),
    "find-phone-bulk": (30, 1.0),
    "reverse-email-bulk": (30, 1.0),
    "reverse-phone-bulk": (30, 1.0),
    "people-intelligence/micro": (75, 1.2),
    "company-intelligence/micro": (75, 1.2),
    "people-intelligence/low": (75, 1.2),
    "company-intelligence/low": (75, 1.2),
    "people-intelligence": (130, 1.0),
    "company-intelligence": (130, 1.0),
    "people-intelligence/high": (459, 0.8),
    "company-intelligence/high": (459, 0.8),
    "qa-agent": (75, 0.8),
    "research-agent": (75, 1.0),
    "deep-search": (90, 0.8),
    "workflow-run": (200, 1.2),
}
"""Variant, or its operation → median seconds and spread (standard deviation of the logarithm) before anything is seen.

Source: the vendor's published skill (finders 2 to 10 s, low 10 to 60 s, medium and qa 30 to 180 s, deep search 30 to
120 s), its benchmark of June 2026 (medians 230, 223 and 459 s for low, medium and high) and docs.sixtyfour.ai (a deep
search of 4.5 minutes). Where two disagree, the median lies between them and the spread covers both.
"""

DEFAULT_PRIOR = (60.0, 1.3)
"""The same for a kind whose run time no page gives."""

_LOG_BIN_RATIO = math.log(BIN_RATIO)


def bin_of(age: float) -> int:
    """Return the bin that an age, in seconds, lies in."""
    return 0 if age < 1.0 else min(BINS - 1, 1 + int(math.log(age) / _LOG_BIN_RATIO))


@dataclass(slots=True)
class Learned:
    """The learned run times of one variant.

    Attributes:
        reached: Jobs seen to reach each bin, older ones counting less.
        ended: How many of them ended in it.
        evidence: Polls that taught something so far; tells whether a schedule is out of date.
        place: Mean place of the ends in each bin, 0 to 1 from edge to edge.
        place_square: Mean of its square.
        ends: Jobs seen to end so far; of an earlier run, as many as the bins still hold.
    """

    reached: list[float]
    ended: list[float]
    evidence: int = 0
    place: list[float] = field(default_factory=lambda: [_UNIFORM_MEAN] * BINS)
    place_square: list[float] = field(default_factory=lambda: [_UNIFORM_SQUARE] * BINS)
    ends: int = field(default=0, kw_only=True)

    @classmethod
    def from_prior(cls, median: float, spread: float) -> Learned:
        """Start from a log-normal distribution."""
        alive = [1.0] + [0.5 * math.erfc(math.log(edge / median) / spread / math.sqrt(2)) for edge in EDGES[1:]]
        ended = [max(before - after, 1e-12) for before, after in pairwise(alive)]
        return cls([max(PRIOR_WEIGHT * one, 1e-9) for one in alive[:-1]], [PRIOR_WEIGHT * one for one in ended])

    def still_running(self, since: float, age: float) -> None:
        """Learn that a job seen running at age *since* was still running at *age*, both in seconds."""
        first, last = bin_of(since), bin_of(age)
        if last > first:
            self._outlived(first, last)
        self.evidence += 1

    def ended_between(self, since: float, age: float, run_time: float | None) -> None:
        """Learn that a job seen running at age *since* had ended by *age*.

        When in between is not known: its end is shared out among the bins by their posterior, so a rare poll teaches
        as much about the mass as a frequent one, only less about its place.

        Args:
            since: Its age at the poll before, seconds.
            age: Its age at this poll, seconds.
            run_time: Its run time by the service's clock, seconds; believed as far as the two polls bear it out.
        """
        self.evidence += 1
        self.ends += 1
        first, last = bin_of(since), bin_of(age)
        if run_time is not None:
            first = _clamp(bin_of(run_time), first, last)
            self._outlived(bin_of(since), first)
            last = first
        parts = self.posterior(first, last)
        left = 1.0  # part of this job that is still running at the beginning of the bin
        for bin_, part in enumerate(parts, start=first):
            kept = 1.0 - left / EFFECTIVE_SAMPLES
            self.reached[bin_] = self.reached[bin_] * kept + left
            self.ended[bin_] = self.ended[bin_] * kept + part
            self._learn_place(bin_, part, run_time)
            left -= part

    def _learn_place(self, bin_: int, part: float, run_time: float | None) -> None:
        """Learn where in a bin jobs end; one whose run time was not reported may have ended anywhere in it."""
        low, high = EDGES[bin_], EDGES[bin_ + 1]
        place, square = _UNIFORM_MEAN, _UNIFORM_SQUARE
        if run_time is not None:
            place = max(0.0, min(1.0, (run_time - low) / (high - low)))
            square = place * place
        weight = part / (self.ended[bin_] + _PLACE_PRIOR_WEIGHT)
        self.place[bin_] += (place - self.place[bin_]) * weight
        self.place_square[bin_] += (square - self.place_square[bin_]) * weight

    def columns(self) -> tuple[list[float], ...]:
        """Return what is kept for a later run: the number of each bin, one list for each kind of number."""
        return self.reached, self.ended, self.place, self.place_square

    def posterior(self, first: int, last: int) -> list[float]:
        """Return the probability of each of these bins to hold the end of a job that ended in one of them."""
        if first == last:
            return [1.0]
        alive, parts = 1.0, list[float]()
        for place in range(first, last + 1):
            parts.append(alive * self.ended[place] / self.reached[place])
            alive -= parts[-1]
        total = sum(parts)
        return [part / total for part in parts]

    def pmf(self) -> list[float]:
        """Return the part of all jobs that ends in each bin, smoothed over neighbouring bins."""
        alive, raw = 1.0, list[float]()
        for reached, ended in zip(self.reached, self.ended, strict=True):
            raw.append(alive * min(1.0, ended / reached))
            alive -= raw[-1]
        raw[-1] += alive
        return _smooth(raw)

    def last_ends(self) -> list[float]:
        """Return, for each edge, the age by which hardly any job of the bin before it still runs: the edge, or less."""
        return [0.0, *map(_last_end, self.place, self.place_square, EDGES, EDGES[1:])]

    def _outlived(self, first: int, last: int) -> None:
        kept = 1.0 - 1.0 / EFFECTIVE_SAMPLES
        self.reached[first:last] = [one * kept + 1.0 for one in self.reached[first:last]]
        self.ended[first:last] = [one * kept for one in self.ended[first:last]]


def _last_end(mean: float, square: float, low: float, high: float) -> float:
    """Return the age at which the ends in a bin are over: its upper edge, unless their places lie close together."""
    variance = square - mean * mean
    if variance >= _NARROW_VARIANCE:
        return high
    last = min(1.0, mean + _PLACE_DEVIATIONS * math.sqrt(max(0.0, variance)))
    return high - (1.0 - last) * (high - low)


def _floats(written: Sequence[float]) -> list[float]:
    return [float(one) for one in written]


def _places(written: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return places within bins as they were written; nothing when they were not, as by earlier versions."""
    match written:
        case [place, square] if all(len(one) == BINS and min(one) >= 0 and max(one) <= 1 for one in written):
            return [_floats(place), _floats(square)]
        case _:
            return []


def _ends_in(ended: Sequence[float]) -> int:
    """Return how many ends the bins still hold, beside those of the prior."""
    return max(0, round(sum(ended) - PRIOR_WEIGHT))


def _clamp(value: int, least: int, most: int) -> int:
    return max(least, min(most, value))


def _smooth(pmf: Sequence[float]) -> list[float]:
    """Spread each bin over its neighbours, as far as they are needed to hold `_NEIGHBOURHOOD_MASS`."""
    total = [0.0, *accumulate(pmf, initial=0.0)]  # the mass before each bin, the first one given twice
    total.append(total[-1])
    kept, near, far = list[float](), [0.0], [0.0, 0.0]  # what each bin keeps, and gives one and two bins away
    for part, before, low, high, after in zip(pmf, total, total[1:], total[2:], total[3:], strict=False):
        weights = _OVER_FIVE
        if high - low >= _NEIGHBOURHOOD_MASS:
            weights = _OVER_ONE
        elif after - before >= _NEIGHBOURHOOD_MASS:
            weights = _OVER_THREE
        kept.append(part * weights[0])
        near.append(part * weights[1])
        far.append(part * weights[2])
    near.append(0.0)
    far += [0.0, 0.0]
    return [a + b + c + d + e for a, b, c, d, e in zip(far, near, kept, near[2:], far[4:], strict=False)]


def mean_of(pmf: Sequence[float]) -> float:
    """Return the mean run time, seconds."""
    return sum(part * middle for part, middle in zip(pmf, MIDDLES, strict=True))


def age_at(pmf: Sequence[float], quantile: float) -> float:
    """Return the age, seconds, by which this part of all jobs has ended."""
    ended = 0.0
    for part, edge in zip(pmf, EDGES[1:], strict=True):
        ended += part
        if ended >= quantile:
            return edge
    return LONGEST_SECONDS


@dataclass(slots=True)
class Runtimes:
    """The learned run times of every variant met so far."""

    known: dict[str, Learned] = field(default_factory=dict[str, Learned])

    def of(self, variant: str) -> Learned:
        """Return what is known of one variant: at first, its prior."""
        learned = self.known.get(variant)
        if learned is None:
            prior = PRIORS.get(variant) or PRIORS.get(variant.partition("/")[0]) or DEFAULT_PRIOR
            learned = self.known[variant] = Learned.from_prior(*prior)
        return learned

    def to_json(self) -> str:
        """Serialize what was learned, for a later run."""
        return json.dumps(
            {
                name: [[float(f"{one:.4g}") for one in numbers] for numbers in learned.columns()]
                for name, learned in self.known.items()
                if learned.evidence
            }
        )

    def read_json(self, text: str) -> None:
        """Load what `to_json` wrote; text that is not JSON, or has other bins, is ignored."""
        try:
            written: dict[str, list[list[float]]] = json.loads(text)
            for name, (reached, ended, *places) in written.items():
                if len(reached) == len(ended) == BINS and min(reached) > 0 <= min(ended):
                    self.known[name] = Learned(
                        _floats(reached), _floats(ended), 1, *_places(places), ends=_ends_in(ended)
                    )
        except (ValueError, TypeError, AttributeError):
            return
