"""How many jobs a minute at what lag? All polling policies on all workloads, in virtual time.

Lag buys throughput: a policy that polls rarely gets more jobs through one key and notices each end later. So rivals
are compared with `JobRunner` at equal lag: their numbers are tuned, with hindsight and for this very list, which
`JobRunner` has never seen. "Equal" is at most 1 % above ours, once by the mean and once by the median; and once the
other way round, at equal jobs a minute, for the least mean lag.

Two bounds: "one poll each, never early" is impossible, and with submits first no list ends sooner; and no policy,
whatever it knows of the distribution, takes fewer polls at our mean lag than `bound` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from statistics import fmean

from benchmarks.bound import bound_of
from benchmarks.policies import Result, backoff, fixed, never_early, optimum, run_at_most, run_intervals
from benchmarks.results import Cell, Chart, Column, Dot, Dots, Lines, Panel, Report, Series, Spread, Table
from benchmarks.scheduler_run import run_scheduler
from benchmarks.tuning import Candidate, Tuned, one_number, tune, two_numbers
from benchmarks.workloads import WORKLOADS, Job, jobs
from sixtyfour_async._scheduling.poll_cost import DEFAULT_PATIENCE_SECONDS

PARTS = tuple(WORKLOADS)
ROWS, QUICK_ROWS = 2000, 700
VENDOR_IN_FLIGHT = 10
ENDLESS_POLLS_PER_JOB = 300.0
"""A loop that takes more does not come to an end: jobs that never end have filled all its slots."""
EQUAL = 1.01
"""What counts as equal: a rival may have this much more lag, or as much less pace."""

OURS, BOUND, NEVER_EARLY = "JobRunner", "bound at our mean lag", "never early, submits first: impossible"
AT_MEAN, AT_MEDIAN, AT_PACE = "two numbers at our mean lag", "two numbers at our median lag", "two numbers at our pace"
ONE_AT_MEAN, ONE_AT_MEDIAN = "one number at our mean lag", "one number at our median lag"
PATIENCE_FACTORS = (0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Compared:
    """All policies on one list.

    Attributes:
        results: Policy → result; a rival that cannot be tuned to our lag is left out.
        chosen: Rival → the schedule it was tuned to.
        bound: Jobs a minute that no policy exceeds at our mean lag.
        candidates: The rivals with all their runs, those of one number first.
        simple: How many have one number.
    """

    results: dict[str, Result]
    chosen: dict[str, str]
    bound: float
    candidates: Sequence[Candidate]
    simple: int

    @property
    def ours(self) -> Result:
        """The result of `JobRunner`."""
        return self.results[OURS]


def compare(workload: str, rows: int, seed: int, patience: float = DEFAULT_PATIENCE_SECONDS) -> Compared:
    """Run every policy on one list."""
    work = jobs(workload, rows, seed)
    ours, known = run_scheduler(work, patience=patience), optimum(workload, patience)
    results = {name: result for name, result in _untuned(work) if result}
    simple, double = one_number(work, ours), two_numbers(work, ours)
    tuned = {
        ONE_AT_MEAN: tune(work, simple, _within(ours, _mean), _pace),
        AT_MEAN: tune(work, simple + double, _within(ours, _mean), _pace),
        ONE_AT_MEDIAN: tune(work, simple, _within(ours, _median), _pace),
        AT_MEDIAN: tune(work, simple + double, _within(ours, _median), _pace),
        AT_PACE: tune(work, simple + double, lambda it: _pace(it) * EQUAL >= _pace(ours), lambda it: -_mean(it)),
    }
    found: dict[str, Tuned] = {name: rival for name, rival in tuned.items() if rival}
    results |= {name: rival.result for name, rival in found.items()}
    results |= {
        "distribution known, same patience": run_intervals(work, known),
        NEVER_EARLY: run_intervals(work, never_early, order="submits first"),
        OURS: ours,
    }
    bound = min(bound_of(workload).per_minute(ours.rows, ours.mean_lag), results[NEVER_EARLY].per_minute)
    return Compared(results, {name: rival.name for name, rival in found.items()}, bound, simple + double, len(simple))


def _untuned(work: Sequence[Job]) -> Iterator[tuple[str, Result | None]]:
    """Yield schedules as people write them; None for one that does not come to an end."""
    vendors = run_at_most(work, fixed(10), ENDLESS_POLLS_PER_JOB, in_flight=VENDOR_IN_FLIGHT)
    yield "vendor's: 10 in flight, every 10 s", vendors
    yield "every 10 s, unlimited", run_at_most(work, fixed(10), ENDLESS_POLLS_PER_JOB)
    yield "every 30 s, unlimited", run_at_most(work, fixed(30), ENDLESS_POLLS_PER_JOB)
    yield "2 s, growing by half up to 30 s", run_at_most(work, backoff(2, 1.5, 30), ENDLESS_POLLS_PER_JOB)
    yield "everything at once, every 10 s", run_at_most(work, fixed(10), ENDLESS_POLLS_PER_JOB, order="submits first")


def _within(ours: Result, lag: Callable[[Result], float]) -> Callable[[Result], bool]:
    return lambda result: lag(result) <= lag(ours) * EQUAL


def _pace(result: Result) -> float:
    return result.per_minute


def _mean(result: Result) -> float:
    return result.mean_lag


def _median(result: Result) -> float:
    return result.lag


def _polls(result: Result) -> float:
    return result.polls


def _p95(result: Result) -> float:
    return result.p95


def _spread(lists: Sequence[Compared], policy: str, number: Callable[[Result], float]) -> Spread | None:
    """Return a number of a policy over all lists; None where it is missing from one of them."""
    if any(policy not in one.results for one in lists):
        return None
    return Spread.over(lists, lambda one: number(one.results[policy]))


def _ratio(lists: Sequence[Compared], policy: str, number: Callable[[Result], float] = _pace) -> Spread | None:
    """Return ours as a multiple of a policy's, list by list."""
    ours, theirs = _spread(lists, OURS, number), _spread(lists, policy, number)
    return None if ours is None or theirs is None else ours.over_each(theirs)


# --- tables ---------------------------------------------------------------------------------------------------------

_DETAIL = (
    Column("policy"),
    Column("jobs/min"),
    Column(
        "ours/it", ".2f", range=True, meaning="JobRunner's jobs a minute as a multiple; (least to greatest) over seeds"
    ),
    Column("p50", meaning="lag, seconds: median; then mean and 95th percentile"),
    Column("mean"),
    Column("p95"),
    Column("polls", ".2f", meaning="polls a job"),
)


def detail(workload: str, lists: Sequence[Compared]) -> Table:
    """Return the table of one workload: medians over the seeds."""
    rows = list[list[Cell]]()
    for policy in lists[0].results:
        numbers: list[Cell] = [_spread(lists, policy, number) for number in (_median, _mean, _p95, _polls)]
        rows.append([policy, _spread(lists, policy, _pace), _ratio(lists, policy), *numbers])
    bound = Spread.over(lists, lambda one: one.bound)
    ours = Spread.over(lists, lambda one: one.ours.per_minute)
    rows.append([BOUND, bound, ours.over_each(bound), None, None, None, None])
    return Table(workload, _DETAIL, rows)


def schedules(lists: Sequence[Compared]) -> Table:
    """Return the schedules that rivals were tuned to, for the first seed."""
    columns = (Column("rival"), Column("tuned to, with the first seed"))
    return Table("", columns, list(lists[0].chosen.items()))


def overview(compared: Mapping[str, Sequence[Compared]]) -> Table:
    """Return the absolute numbers of `JobRunner`, with the 95th percentile of the rival of equal median beside them."""
    columns = (
        Column("JobRunner"),
        Column("jobs/min"),
        Column("p50"),
        Column("mean"),
        Column("p95"),
        Column("rival's p95", meaning="of two numbers tuned to our median lag"),
        Column(
            "mean/rival's", ".2f", True, "our mean lag as a multiple of the least of two numbers at our jobs a minute"
        ),
        Column("polls", ".2f"),
    )
    rows = [
        [
            workload,
            *(_spread(lists, OURS, number) for number in (_pace, _median, _mean, _p95)),
            _spread(lists, AT_MEDIAN, _p95),
            _ratio(lists, AT_PACE, _mean),
            _spread(lists, OURS, _polls),
        ]
        for workload, lists in compared.items()
    ]
    return Table("JobRunner; lag in seconds; medians over the seeds", columns, rows)


def ratios(compared: Mapping[str, Sequence[Compared]]) -> Table:
    """Return jobs a minute as a multiple of the tuned rivals' and of the bound."""
    heads = ("1 no., mean", "2 no., mean", "2 no., median", "bound")
    lags = {
        "p95@mean": "our 95th percentile of lag as a multiple of that of two numbers at our mean lag",
        "mean@p50": "our mean lag as a multiple of that of two numbers at our median lag",
        "p95@p50": "our 95th percentile of lag as a multiple of the same",
    }
    columns = (
        Column("jobs/min of JobRunner /"),
        *(Column(head, ".2f", range=True) for head in heads),
        *(Column(head, ".2f", meaning=meaning) for head, meaning in lags.items()),
    )
    rows = [
        [
            workload,
            *(_ratio(lists, rival) for rival in (ONE_AT_MEAN, AT_MEAN, AT_MEDIAN)),
            _of_bound(lists),
            _ratio(lists, AT_MEAN, _p95),
            *(_ratio(lists, AT_MEDIAN, lag) for lag in (_mean, _p95)),
        ]
        for workload, lists in compared.items()
    ]
    return Table("Against the best schedule of one and of two numbers at our mean or median lag", columns, rows)


def _of_bound(lists: Sequence[Compared]) -> Spread:
    return Spread.over(lists, lambda one: one.ours.per_minute / one.bound)


def urgent(compared: Mapping[str, Sequence[Compared]]) -> list[Table]:
    """Return what urgent jobs waited, where there are any."""
    rows = list[list[Cell]]()
    for workload, lists in compared.items():
        for policy in (OURS, AT_MEAN, AT_MEDIAN):
            if all(policy in one.results and one.results[policy].urgent_lags for one in lists):
                lags = [one.results[policy].urgent_lags for one in lists]
                median, tail = (Spread.of_quantiles(lags, part) for part in (0.5, 0.95))
                mean = Spread.over(lags, fmean)
                rows.append([f"{workload}: {policy}", _spread(lists, policy, _pace), median, mean, tail])
    columns = (
        Column("urgent jobs"),
        Column("bulk/min"),
        Column("wait p50", range=True),
        Column("mean", range=True),
        Column("p95", range=True),
    )
    return [Table("Seconds from the end of an urgent job to the poll that saw it", columns, rows)] if rows else []


# --- charts ---------------------------------------------------------------------------------------------------------


def ratio_chart(compared: Mapping[str, Sequence[Compared]]) -> Dots:
    """Return the ratios of `ratios` as a chart."""
    rows = [
        (
            workload,
            [
                Dot(name, spread.median, spread.low, spread.high)
                for name, spread in (
                    ("/ two numbers, equal mean lag", _ratio(lists, AT_MEAN)),
                    ("/ two numbers, equal median lag", _ratio(lists, AT_MEDIAN)),
                    ("/ bound", _of_bound(lists)),
                )
                if spread
            ],
        )
        for workload, lists in compared.items()
    ]
    return Dots("Jobs a minute of JobRunner, as a multiple", "ratio; above 1 JobRunner is ahead", rows, reference=1.0)


def curves(workload: str, rows: int, seed: int, compared: Compared) -> Lines:
    """Return jobs a minute against lag: `JobRunner` at several values of patience, and all that rivals reached."""
    work = jobs(workload, rows, seed)
    ours = [run_scheduler(work, patience=DEFAULT_PATIENCE_SECONDS * factor) for factor in PATIENCE_FACTORS]
    runs = [
        [run for one in some for run in one.runs.values() if run]
        for some in (compared.candidates[: compared.simple], compared.candidates[compared.simple :])
    ]
    panels = [
        Panel(
            f"{name} lag, s",
            [
                Series("JobRunner, by patience", [(lag(run), run.per_minute) for run in ours]),
                *(
                    Series(
                        f"best of {numbers}", undominated([(lag(run), run.per_minute) for run in some]), marked=False
                    )
                    for numbers, some in zip(("one number", "two numbers"), runs, strict=True)
                ),
            ],
        )
        for name, lag in (("median", _median), ("mean", _mean), ("p95", _p95))
    ]
    return Lines(f"{workload}: jobs a minute at what lag", "jobs a minute", panels, log_x=True)


def undominated(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the points that no other has both less lag and more pace than."""
    kept = list[tuple[float, float]]()
    for lag, pace in sorted(points, key=lambda point: (point[0], -point[1])):
        if lag > 0 and (not kept or pace > kept[-1][1]):
            kept.append((lag, pace))
    return kept


def _on_all_processors(
    workloads: Sequence[str], rows: int, seeds: Sequence[int]
) -> tuple[dict[str, list[Compared]], dict[str, Lines]]:
    """Compare on each list, and draw the curves of the first seed: one process for each processor.

    Time is virtual, so that what another process does changes no number.
    """
    lists = [(workload, rows, seed) for workload in workloads for seed in seeds]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as processes:
        done = list(processes.map(_compare_and_draw, lists, [seed == seeds[0] for _, _, seed in lists]))
    compared = {workload: list[Compared]() for workload in workloads}
    for (workload, _, _), (one, _) in zip(lists, done, strict=True):
        compared[workload].append(one)
    return compared, {one[0]: plot for one, (_, plot) in zip(lists, done, strict=True) if plot}


def _compare_and_draw(one: tuple[str, int, int], draws: bool) -> tuple[Compared, Lines | None]:
    compared = compare(*one)
    plot = curves(*one, compared) if draws else None
    return replace(compared, candidates=()), plot  # their schedules are functions, and stay in this process


def answer(quick: bool, seeds: Sequence[int], *, only: Sequence[str] = (), rows: int = 0) -> Report:
    """Compare all policies on all workloads, or on those of *only*."""
    rows = rows or (QUICK_ROWS if quick else ROWS)
    compared, plots = _on_all_processors(only or PARTS, rows, seeds)
    charts: dict[str, Chart] = {"": ratio_chart(compared), **plots}
    details = [table for name, lists in compared.items() for table in (detail(name, lists), schedules(lists))]
    tables = [*details, *urgent(compared), overview(compared), ratios(compared)]
    return Report({"rows": rows, "requests a minute": 500, "patience": DEFAULT_PATIENCE_SECONDS}, tables, charts, NOTES)


NOTES = (
    "Virtual time: a request takes none, unless the list says so, and the service never fails.",
    "Rivals use the same budget as JobRunner.",
    "d of two numbers is the best of twelve quantiles of the run times of this very list, for each kind.",
    "Rivals order their requests polls first, submits first or alternating, whichever is better for them.",
    "The bound holds for who knows the distributions, and when they change, but not the single run times.",
    "In a trickle the arrivals bound the pace, so the lag is what to compare.",
    "Where jobs never end, a list is over once all others were seen. They fill the vendor's ten slots for good.",
    "Where all jobs run equally long, rivals know how long; JobRunner takes some 50 polls of five jobs to find out.",
    "Rivals poll urgent jobs before everything else, every 5 s from the shortest run time of the list on.",
)
