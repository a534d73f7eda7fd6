"""Whether webhook deliveries come, and when a job is polled whose delivery does not.

A delivery ends a job for one request instead of two or three. It may be lost, so every job has a *safety poll*. One
that comes too early costs a request and finds the job running; one that comes too late leaves a lost answer lying.

**When.** At the age by which a part *q* of the jobs of its kind has ended, and `RETRY_SPAN_SECONDS` more, in which the
service repeats a delivery. Each delivered job is polled with probability ``1 - q``, so *q* begins at .995. A lost
delivery is found ``T_q - t`` after its end, so *q* falls as losses are seen: with a part *l* lost, ``l`` polls a job
are needed anyway, and half as many more are spent on seeing them sooner. A job that a caller waits for has *q* = .9,
and so has one of a kind of which hardly any have run: the request is at hand, and the wait is felt.

**The run times** are estimated from a sample of the jobs, ended and silent ones (Kaplan and Meier, 1958): from the
ended ones alone, the first to end would make the whole kind look fast. A silent job runs, or its delivery was lost, and
the estimate takes a lost one for one that runs very long. The lost make a plateau of the curve, at the level that it
has at the greatest age. So *q* is counted from the top of the curve down to the plateau, not down to 0. At the
beginning of a run the plateau consists of the jobs that still run; then the age is a little beyond the greatest that
was seen, and moves on with it. It is estimated anew when a few percent more have ended, and jobs are planned again:
those whose poll is due too late at once, those whose poll is due too early when it comes up, without a request. Until
`MIN_ENDS` of a kind have ended, its prior, or what an earlier run learned, stands in.

**Trust.** Deliveries have stopped when the last `MISSES` jobs that ended undelivered all ended after the last one that
was delivered. (Some misses in a row is no such sign: with a fifth of all deliveries lost, four in a row are common
among safety polls, which find nothing but misses.) Then everything is polled in full, at once. They are trusted again
after `RETURNS` deliveries. The first jobs of a kind are probes, polled early on, so that silence is noticed from the
start. A job that a poll found ended counts as missed once the time for repeated deliveries is over.
"""

from __future__ import annotations

import math
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from sixtyfour_async._scheduling.job_states import ScheduledJob

RETRY_SPAN_SECONDS = 35.0
"""Seconds after a job's end within which a delivery comes, if it does. Source of the 31 s between the first attempt and
the fifth, and the wait behind it: docs.sixtyfour.ai, guides/using-webhooks; the rest is for the attempts themselves."""

MIN_ENDS = 20
"""Ends of a kind from which on its own run times are believed."""

MISSES = 4
"""Jobs that ended undelivered, with no delivery since, from which on deliveries are taken to have stopped."""

RETURNS = 4
"""Deliveries from which on they are trusted again."""

NEW_ENDS_FRACTION = 0.04
"""Ends since the last estimate, relative to those that it knew, from which on there is a new one; at most
`MAX_NEW_ENDS`. With a quarter, the age would lag behind the jobs while all that ran are of about one age."""

MAX_NEW_ENDS = 50.0
"""Ends since the last estimate from which on there is a new one in any case."""

CAREFUL_QUANTILE = 0.9
"""Part of the jobs that end before the safety poll of one that is waited for, or of which few have run."""

RARELY_POLLED = 0.005
"""Part of the delivered jobs that are polled while nothing is lost."""

FEW_JOBS = 20
"""Silent jobs of a kind up to which few have run, as long as fewer than `MIN_ENDS` of it have ended."""

ESTIMATE_MARGIN = 1.1
"""Factor on an estimated age: at the far end of the curve there are few jobs to estimate it from."""

MAX_SAMPLE = 2000
"""Jobs of a kind that are remembered."""

JOBS_PER_SAMPLED = 400
"""With this many more silent jobs, one job more is left out between two that are remembered: so the sample reaches five
times as far back as the jobs that run now, past the longest of them."""

LOSS_MEMORY = 100.0
"""Ends over which the part that is lost is averaged."""

PROBE_SECONDS = 30.0
"""Age at which a probe is polled first, although its delivery is expected."""

MIN_REPEAT_SECONDS = 15.0
"""Shortest time between two safety polls of a job."""

Quantile = Callable[[float], float]
"""Part of the jobs of a kind → the age, seconds, by which so many have ended, from what was known before."""


@dataclass(slots=True)
class Sample:
    """Run times of one kind: some of its jobs, in the order of their acceptance.

    Attributes:
        ends: How many of them have ended so far.
    """

    ends: int = 0
    _jobs: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    """Job → when it was accepted, and its run time once it has ended."""
    _accepted: int = 0
    _estimated_at: int = 0
    _curve: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def add(self, id_: int, now: float, silent: int) -> None:
        """Remember a job, or leave it out."""
        self._accepted += 1
        if self._accepted % (1 + silent // JOBS_PER_SAMPLED):
            return
        self._jobs[id_] = [now]
        if len(self._jobs) > MAX_SAMPLE:
            del self._jobs[next(iter(self._jobs))]

    def ended(self, id_: int, now: float) -> None:
        """Learn that a job has ended now."""
        job = self._jobs.get(id_)
        if job is not None and len(job) == 1:
            job.append(now - job[0])
            self.ends += 1

    def remove(self, id_: int) -> None:
        """Forget a job of which no more will be heard."""
        if len(self._jobs.get(id_, ())) == 1:
            del self._jobs[id_]

    def estimate(self, now: float) -> bool:
        """Draw the curve of survival anew if enough jobs have ended since; return whether it was."""
        new = self.ends - self._estimated_at
        if self.ends < MIN_ENDS or new < min(MAX_NEW_ENDS, NEW_ENDS_FRACTION * self._estimated_at):
            return False
        self._estimated_at = self.ends
        # Of equal ages an end comes first: a job that is silent at an age has outlived those that ended at it.
        ages = sorted((job[-1], 0) if len(job) > 1 else (now - job[0], 1) for job in self._jobs.values())
        alive, self._curve = 1.0, []
        for left, (age, silent) in zip(range(len(ages), 0, -1), ages, strict=True):
            alive *= 1.0 if silent else 1.0 - 1.0 / left
            self._curve.append((age, alive))
        return True

    def age_at(self, quantile: float) -> float | None:
        """Return the age by which this part of those that end has ended; None when it is not known."""
        if not self._curve:
            return None
        plateau = self._curve[-1][1]
        level = plateau + (1.0 - plateau) * (1.0 - quantile)
        return next((age for age, alive in self._curve if alive <= level), self._curve[-1][0])


@dataclass(slots=True)
class Push:
    """The deliveries of a runner's jobs.

    Attributes:
        is_trusted: Do deliveries come?
        delivered: Jobs whose end was delivered.
        missed: Jobs that ended undelivered.
        loss: Part of the deliveries that are lost, of late.
        silent: Jobs per kind that are to be delivered and have not ended.
    """

    is_trusted: bool = True
    delivered: int = 0
    missed: int = 0
    loss: float = 0.0
    silent: Counter[str] = field(default_factory=Counter[str])
    _samples: dict[str, Sample] = field(default_factory=dict[str, Sample])
    _late_ages: dict[tuple[str, float], float] = field(default_factory=dict[tuple[str, float], float])
    _awaited: dict[int, tuple[float, float]] = field(default_factory=dict[int, tuple[float, float]])
    """Job that a poll found ended → when its delivery is given up, and when it had ended."""
    _missed_ends: deque[float] = field(default_factory=lambda: deque[float](maxlen=MISSES))
    _last_delivered_end: float = -math.inf
    _returned: int = 0
    _is_revised: bool = False

    # --- what happened ------------------------------------------------------------------------------------------

    def start(self, job: ScheduledJob, now: float) -> None:
        """Expect a job's delivery."""
        self.silent[job.variant] += 1
        self._sample(job).add(job.id, now, self.silent[job.variant])

    def stop(self, job: ScheduledJob) -> None:
        """Expect it no longer: the job is not under way any more."""
        self.silent[job.variant] -= 1
        self._sample(job).remove(job.id)

    def heard(self, job: ScheduledJob, now: float) -> None:
        """Learn that a job was delivered that has just ended."""
        sample = self._sample(job)
        sample.ended(job.id, now)
        self._is_revised |= sample.estimate(now)
        self._delivered(now)

    def heard_after_end(self, id_: int, now: float) -> None:
        """Learn that a job was delivered which a poll had found ended before."""
        if self._awaited.pop(id_, None) is not None:
            self._delivered(now)

    def found_ended(self, job: ScheduledJob, end: float, now: float) -> None:
        """Learn that a poll found a job ended, at *end*, of which nothing was delivered yet."""
        give_up_at = end + RETRY_SPAN_SECONDS
        if give_up_at <= now:
            self._missed(end)
        else:
            self._awaited[job.id] = (give_up_at, end)

    def advance(self, now: float) -> None:
        """Count the deliveries as missed whose time is over."""
        over = [id_ for id_, (give_up_at, _) in self._awaited.items() if give_up_at <= now]
        for id_ in over:
            self._missed(self._awaited.pop(id_)[1])

    def next_at(self) -> float:
        """Return when `advance` is due; infinity when nothing is awaited."""
        return min((give_up_at for give_up_at, _ in self._awaited.values()), default=math.inf)

    def take_revision(self) -> bool:
        """Return whether polls must be planned again: more is known, or deliveries have stopped; asked once."""
        revised, self._is_revised = self._is_revised, False
        return revised

    def _delivered(self, now: float) -> None:
        self.delivered += 1
        self.loss -= self.loss / LOSS_MEMORY
        self._last_delivered_end = now
        self._returned += 1
        if not self.is_trusted and self._returned >= RETURNS:
            self.is_trusted = True
            self._missed_ends.clear()

    def _missed(self, end: float) -> None:
        self.missed += 1
        self.loss += (1.0 - self.loss) / LOSS_MEMORY
        self._returned = 0
        self._missed_ends.append(end)
        if self.is_trusted and len(self._missed_ends) == MISSES and min(self._missed_ends) > self._last_delivered_end:
            self.is_trusted = False
            self._is_revised = True

    # --- when to poll -------------------------------------------------------------------------------------------

    def covers(self, job: ScheduledJob) -> bool:
        """Return whether a delivery is relied on for this job."""
        return job.pushed and self.is_trusted

    def wait(self, job: ScheduledJob, age: float, known: Quantile) -> float:
        """Return the seconds until the safety poll of a job that was silent up to an age."""
        if job.is_probe:
            return max(PROBE_SECONDS - age, age)
        if job.polls:
            return max(MIN_REPEAT_SECONDS, age / 2)
        return self.safety_age(job, known) - age

    def safety_age(self, job: ScheduledJob, known: Quantile) -> float:
        """Return the age at which a silent job is polled first."""
        sample = self._sample(job)
        careful = job.urgent or (sample.ends < MIN_ENDS and self.silent[job.variant] <= FEW_JOBS)
        rarely = 1.0 - min(1.0 - CAREFUL_QUANTILE, max(RARELY_POLLED, self.loss / 2))
        quantile = CAREFUL_QUANTILE if careful else rarely
        age = sample.age_at(quantile)
        return RETRY_SPAN_SECONDS + (
            self._late_age(job.variant, quantile, known) if age is None else age * ESTIMATE_MARGIN
        )

    def _late_age(self, variant: str, quantile: float, known: Quantile) -> float:
        """Return the age from before anything ended; kept, because what comes in then is from the first to end."""
        rounded = round(quantile, 2)
        if (variant, rounded) not in self._late_ages:
            self._late_ages[variant, rounded] = known(quantile)
        return self._late_ages[variant, rounded]

    def _sample(self, job: ScheduledJob) -> Sample:
        return self._samples.setdefault(job.variant, Sample())
