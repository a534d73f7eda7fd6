"""How long does somebody wait for one answer beside a bulk run, and what does that cost the bulk run?

    python -m benchmarks.foreground [--quick]

Virtual time. A foreground job is submitted every `EVERY_SECONDS` beside a list of bulk rows. Three columns: every job
alike; foreground jobs submitted and polled first; and polled at a cost of their own besides, as `JobRunner.run` has it.
Waits are the seconds from the end of such a job to the poll that saw it.
"""

from __future__ import annotations

import argparse
from statistics import median, quantiles
from unittest.mock import patch

from benchmarks.policies import WORKLOADS, Job, SchedulerRun, jobs
from sixtyfour_async._scheduling import poller
from sixtyfour_async._scheduling.job_states import ScheduledJob

EVERY_SECONDS = 20.0

WAYS = {"like bulk": (False, 0.0), "first": (True, 0.0), "first, at its own cost": (True, poller.FOREGROUND_FRACTION)}
"""Name → whether the jobs are urgent, and the part of the budget for cheaper polls of theirs."""


class ForegroundRun(SchedulerRun):
    """A bulk run, and jobs of the same kinds that somebody waits for."""

    def __init__(self, bulk: list[Job], foreground: list[Job], *, urgent: bool) -> None:
        super().__init__(bulk, patience=poller.DEFAULT_PATIENCE_SECONDS, in_flight=4000)
        self._work = [*bulk, *foreground]
        self._bulk, self._urgent, self._next = len(bulk), urgent, len(bulk)

    def advance(self) -> bool:
        """Submit the foreground jobs whose time has come, and go on; return False once the last bulk row has ended."""
        while self._next < len(self._work) and self.now >= (self._next - self._bulk) * EVERY_SECONDS:
            job = ScheduledJob(self._next, self._work[self._next].variant, "", retry_safe=False, urgent=self._urgent)
            self.scheduler.add(job, self.now)
            self._next += 1
        self._read_bulk()
        super().advance()
        return len(self.bulk_seen) < self._bulk

    def _read_bulk(self) -> None:
        while self._read < self._bulk and len(self.scheduler.jobs) < self._read_ahead:
            self.scheduler.add(ScheduledJob(self._read, self._work[self._read].variant, "", retry_safe=False), self.now)
            self._read += 1
        if self._read == self._bulk:
            self._read = len(self._work)  # what is left is not the bulk run's to read

    @property
    def bulk_seen(self) -> list[tuple[float, float]]:
        """When each bulk row was seen ended, and how late."""
        return [seen for id_, seen in zip(self.seen_ids, self.seen, strict=True) if id_ < self._bulk]

    @property
    def waits(self) -> list[float]:
        """How late each foreground job was seen ended."""
        return [lag for id_, (_, lag) in zip(self.seen_ids, self.seen, strict=True) if id_ >= self._bulk]


def measure(workload: str, rows: int, seed: int, way: str) -> tuple[float, float, float]:
    """Return the median and the 95th percentile of the waits, seconds, and the bulk rows a minute."""
    urgent, fraction = WAYS[way]
    bulk = jobs(workload, rows, seed)
    with patch.object(poller, "FOREGROUND_FRACTION", fraction):
        run = ForegroundRun(bulk, jobs(workload, 2_000, seed + 1000), urgent=urgent)
        while run.advance():
            pass
    end = max(at for at, _ in run.bulk_seen)
    return median(run.waits), quantiles(run.waits, n=20)[-1], rows / end * 60


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="one seed and 1,500 rows instead of three and 5,000")
    quick = parser.parse_args().quick
    rows, seeds = (1_500, (1,)) if quick else (5_000, (1, 2, 3))
    print(f"{rows:,} bulk rows, a foreground job every {EVERY_SECONDS:g} s, medians over seeds {seeds}")
    print(f"{'workload':<22}{'way':<26}{'wait p50':>10}{'wait p95':>10}{'bulk/min':>10}{'of alike':>10}")
    for workload in WORKLOADS:
        alike = 0.0
        for way in WAYS:
            found = [measure(workload, rows, seed, way) for seed in seeds]
            wait, tail, pace = (median(one[column] for one in found) for column in range(3))
            alike = alike or pace
            print(f"{workload:<22}{way:<26}{wait:>9.1f}s{tail:>9.1f}s{pace:>10.0f}{pace / alike:>10.3f}")


if __name__ == "__main__":
    main()
