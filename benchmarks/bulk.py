"""What does a list of research jobs take over real HTTP, and what do faults cost? Ours beside its rivals.

A simulator in this process; each program in a process of its own (`benchmarks.rivals`), one after the other, in turns
whose order is reversed every other round. The rows and their run times are the same for all. The service keeps its
limit of 500 requests in every window of 60 s and answers what exceeds it with 429. Everything is counted here, in the
simulator's books, but four numbers: the instants at which a program had its answers in hand, the rows that it reports
to be in doubt, its processor time and its memory.

Beside the programs stand two bounds, computed from the run times: nobody who submits the rows in their order, at the
pace of the budget, ends sooner with one request a row (a synchronous call), or with two (a submit, and the poll that
sees its end). A short list is as long as its last jobs run, so that the two are one there.

Then the same with faults: 2 % of all requests fail, in five ways alike, two of them after the work was accepted. A row
that was accepted twice has been charged twice; one that was charged and has no answer at the end is lost. Who sends a
paid request again after a broken connection has the first kind of damage, who does not has the second.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import anyio

from benchmarks.results import Cell, Chart, Column, Dot, Dots, Report, Spread, Table
from benchmarks.rivals import LIMIT, Task, most_per_minute, person
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve

ROWS, QUICK_ROWS = 1000, 250
SPEEDS, QUICK_SPEEDS = (8.0, 20.0), (12.0, 24.0)
WARM_UP_ROWS, WARM_UP_SPEED = 3, 100.0
FAULTS: Mapping[str, float] = dict.fromkeys(("lost_answer", "truncated", "reset", "server_error", "html"), 0.004)
"""See `sixtyfour_async.simulator.state.faults`; the first two strike after the work was accepted."""
NO_FAULTS: Mapping[str, float] = {}
PATIENCE_SECONDS = 3600.0
"""Real seconds after which a program is given up."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of those compared: a module of `benchmarks.rivals`, its options, and the packages that it needs."""

    module: str
    options: Mapping[str, Any]
    needs: Sequence[str] = ()


OURS = "JobRunner"
PROGRAMS: Mapping[str, Program] = {
    OURS: Program("ours", {}),
    "JobRunner, journal on disk": Program("ours", {"journal": True}),
    "vendor's loop, 10 in flight": Program("documented", {"in_flight": 10}),
    "vendor's loop, 100 in flight": Program("documented", {"in_flight": 100}),
    "requests loop, 60 threads": Program("requests_threads", {"in_flight": 60}, ("requests",)),
    "gather, aiolimiter, 100, 10 s": Program("gather_limiter", {"in_flight": 100, "every": 10.0}, ("aiolimiter",)),
    "gather, aiolimiter, 200, 30 s": Program("gather_limiter", {"in_flight": 200, "every": 30.0}, ("aiolimiter",)),
    "gather, aiolimiter, all, 10 s": Program("gather_limiter", {"in_flight": 10**6, "every": 10.0}, ("aiolimiter",)),
    "aiometer, 100": Program("aiometer_rows", {"in_flight": 100, "requests_per_row": 4.2}, ("aiometer",)),
    "create, then wait": Program("create_then_wait", {}, ("aiolimiter",)),
    "accrue 1.5, 60 workers": Program("accrue_step", {"in_flight": 60}, ("accrue",)),
    "databar 2.8, 60 threads": Program("databar_client", {"in_flight": 60, "every": 10.0}, ("databar",)),
    "Curator's pool, synchronous": Program("curator_pool", {"in_flight": 500}, ("aiohttp",)),
}
"""Name → program. ``60`` are as many as keep the limit with a poll every 10 s: a row takes 33 s and 4.2 requests."""

PARTS = tuple(PROGRAMS)
QUICK_PARTS = (
    OURS,
    "vendor's loop, 100 in flight",
    "gather, aiolimiter, 200, 30 s",
    "Curator's pool, synchronous",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One run of a program.

    Attributes:
        rows: Rows of the list.
        answered: Rows with an answer.
        minutes: Minutes of the service from the program's first request to its end.
        requests: Requests to the service.
        throttled: Answers with status 429.
        lags: Seconds of the service between the end of each job and its answer in the program's hands, in order.
        cpu: Seconds of processor time.
        memory: Most memory held, MiB.
        paid_twice: Charges for rows beyond the first.
        lost: Rows that were charged and have no answer.
        unsaid: Those of them that the program does not report as perhaps paid.
        in_doubt: Rows that the program itself reports as perhaps paid.
        run_times: Seconds that each row ran, in their order.
    """

    rows: int
    answered: int
    minutes: float
    requests: int
    throttled: int
    lags: Sequence[float]
    cpu: float
    memory: float
    paid_twice: int
    lost: int
    unsaid: int
    in_doubt: int
    run_times: Sequence[float]

    @property
    def per_minute(self) -> float:
        """Answers a minute over the whole run."""
        return self.answered / self.minutes

    @property
    def mean_lag(self) -> float:
        """Mean lag, seconds."""
        return sum(self.lags) / max(1, len(self.lags))


async def measure(program: Program, rows: int, speed: float, seed: int, faults: Mapping[str, float]) -> Measured:
    """Run a program against a new simulator.

    Raises:
        RuntimeError: The program failed; the last line of its errors.
    """
    simulator = Simulator(SimulatorSettings(speed=speed, seed=seed, limit=LIMIT, window="sliding", faults=dict(faults)))
    async with serve(simulator) as url:
        task = Task(url, DEFAULT_KEY, rows, speed, program.options)
        found = await run_process(program.module, task)
        # A job that a program has not waited for ends all the same, and is charged.
        last = max([job.ends_at for job in simulator.books.jobs], default=0.0)
        await anyio.sleep(max(0.0, last - simulator.clock.now()) / speed)
    return conclude(simulator, found, rows)


async def run_process(module: str, task: Task) -> dict[str, Any]:
    """Run a program in a process of its own; return what it prints."""
    command = (sys.executable, "-m", "benchmarks.rivals", module, json.dumps(asdict(task)))
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        with anyio.fail_after(PATIENCE_SECONDS):
            out, errors = await process.communicate()
    except TimeoutError:
        raise RuntimeError(f"{module}: not done after {PATIENCE_SECONDS:g} s") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"{module}: {(errors.decode().strip().splitlines() or ['no output'])[-1]}")
    found: dict[str, Any] = json.loads(out.decode().splitlines()[-1])
    return found


def conclude(simulator: Simulator, found: Mapping[str, Any], rows: int) -> Measured:
    """Hold what a program reports against the simulator's books."""
    books, clock = simulator.books, simulator.clock

    def instant_of(read: float) -> float:  # both processes read the same monotonic clock of the machine
        return clock.start + (read - clock.origin) * clock.speed

    ends = {job.id: job.ends_at for job in books.jobs}
    # A synchronous call has no id; should its row have been accepted more than once, its last job answered it.
    ends_by_row = {job.body["lead_info"]["name"]: job.ends_at for job in books.jobs}
    run_times = {job.body["lead_info"]["name"]: job.ends_at - job.submitted_at for job in books.jobs}
    answers = [(row, ends.get(job_id) or ends_by_row[person(row)], at) for row, job_id, at in found["answers"]]
    answered = {person(row) for row, _, _ in answers}
    paid = {job.body["lead_info"]["name"] for job in books.jobs if job.charge}
    in_doubt = set(map(person, found["in_doubt"]))
    return Measured(
        rows,
        len(answered),
        (instant_of(found["ended"]) - books.requests[0].at) / 60,
        len(books.requests),
        books.throttled,
        sorted(instant_of(at) - end for _, end, at in answers),
        found["cpu"],
        found["memory"],
        sum(times - 1 for times in books.repeated.values()),
        len(paid - answered),
        len(paid - answered - in_doubt),
        len(in_doubt),
        [run_times.get(person(row), 0.0) for row in range(rows)],
    )


async def available(chosen: Sequence[str], notes: list[str], warm_up_rows: int) -> dict[str, Program]:
    """Return the programs that can be run, each tried on a few rows to warm up; note why others cannot."""
    found = dict[str, Program]()
    for name in chosen:
        program = PROGRAMS[name]
        missing = [package for package in program.needs if importlib.util.find_spec(package) is None]
        if missing:
            notes.append(f"Not measured: {name}, which needs {' and '.join(missing)} (dependency group peers).")
            continue
        try:
            if warm_up_rows:
                await measure(program, warm_up_rows, WARM_UP_SPEED, 1, NO_FAULTS)
        except RuntimeError as error:
            if name == OURS:
                raise
            notes.append(f"Not measured: {name}, which failed: {error}")
        else:
            found[name] = program
    return found


Runs = Mapping[str, Sequence[Measured]]
"""Name of a program → its runs, one for each round."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Under which all programs run."""

    rows: int
    speed: float
    faults: Mapping[str, float]


async def rounds(programs: Mapping[str, Program], under: Circumstances, seeds: Sequence[int], notes: list[str]) -> Runs:
    """Run every program in turns, a round for each seed; one that fails is left out, and noted."""
    found: dict[str, list[Measured]] = {name: [] for name in programs}
    for at, seed in enumerate(seeds):
        for name in list(found) if at % 2 == 0 else list(reversed(found)):
            try:
                run = await measure(programs[name], under.rows, under.speed, seed, under.faults)
            except RuntimeError as error:
                if name == OURS:
                    raise
                notes.append(f"Left out at {under.speed:g} times real speed: {name}, which failed: {error}")
                del found[name]
            else:
                found[name].append(run)
    return found


# --- tables and charts ----------------------------------------------------------------------------------------------

PACE_COLUMNS = (
    Column("program"),
    Column("jobs/min", ".0f"),
    Column("of ours", ".2f", range=True, meaning="as a multiple of JobRunner's, round by round"),
    Column("p50", meaning="lag: seconds of the service from a job's end to its answer in the program's hands"),
    Column("p95"),
    Column("mean"),
    Column("req/job", ".2f"),
    Column("429s", ".0f"),
    Column("CPU ms/job", ".1f"),
    Column("MiB", ".0f"),
)
FAULT_COLUMNS = (
    Column("with faults"),
    Column("paid twice", ".1f", range=True, meaning="charges for a row beyond its first, for each 1,000 rows"),
    Column("lost", ".1f", range=True, meaning="rows that were charged and have no answer, for each 1,000"),
    Column("unsaid", ".1f", meaning="those of them that the program does not report as perhaps paid"),
    Column("in doubt", ".1f", meaning="rows that it reports so, charged or not, for each 1,000"),
    Column("no answer", ".1f", meaning="rows without an answer, charged or not, for each 1,000"),
    Column("jobs/min", ".0f"),
)


def pace_table(title: str, found: Runs) -> Table:
    """Return what a list took."""
    ours = Spread.over(found[OURS], lambda one: one.per_minute)
    rows = list[list[Cell]]()
    for name, runs in found.items():
        pace = Spread.over(runs, lambda one: one.per_minute)
        lags = [Spread.of_quantiles([one.lags for one in runs], part) for part in (0.5, 0.95)]
        rows.append(
            [
                name,
                pace,
                pace.over_each(ours),
                *lags,
                Spread.over(runs, lambda one: one.mean_lag),
                Spread.over(runs, lambda one: one.requests / max(1, one.answered)),
                Spread.over(runs, lambda one: one.throttled),
                Spread.over(runs, lambda one: 1000 * one.cpu / max(1, one.answered)),
                Spread.over(runs, lambda one: one.memory),
            ]
        )
    for name, pace in bounds(found).items():
        rows.append([name, pace, pace.over_each(ours), *[None] * (len(PACE_COLUMNS) - 3)])
    return Table(title, PACE_COLUMNS, rows)


def bounds(found: Runs) -> dict[str, Spread]:
    """Return the jobs a minute that nobody exceeds, round by round."""
    run_times = [one.run_times for one in found[OURS]]
    return {
        "bound: one request a row": Spread(tuple(most_per_minute(times, 1) for times in run_times)),
        "bound: submit and poll": Spread(tuple(most_per_minute(times, 2) for times in run_times)),
    }


def fault_table(title: str, found: Runs) -> Table:
    """Return what faults cost."""
    rows: list[list[Cell]] = [
        [
            name,
            Spread.over(runs, lambda one: 1000 * one.paid_twice / one.rows),
            Spread.over(runs, lambda one: 1000 * one.lost / one.rows),
            Spread.over(runs, lambda one: 1000 * one.unsaid / one.rows),
            Spread.over(runs, lambda one: 1000 * one.in_doubt / one.rows),
            Spread.over(runs, lambda one: 1000 * (one.rows - one.answered) / one.rows),
            Spread.over(runs, lambda one: one.per_minute),
        ]
        for name, runs in found.items()
    ]
    return Table(title, FAULT_COLUMNS, rows)


def _in_all(found: Mapping[float, Runs]) -> list[str]:
    """Return the programs that ran at every speed."""
    first, *others = found.values()
    return [name for name in first if all(name in runs for runs in others)]


def pace_chart(found: Mapping[float, Runs]) -> Dots:
    """Return jobs a minute at each speed."""
    rows = list[tuple[str, list[Dot]]]()
    for name in _in_all(found):
        paces = {speed: Spread.over(runs[name], lambda one: one.per_minute) for speed, runs in found.items()}
        rows.append((name, [Dot(f"{speed:g} x real", it.median, it.low, it.high) for speed, it in paces.items()]))
    for name, it in bounds(next(iter(found.values()))).items():
        rows.append((name, [Dot("bound", it.median, it.low, it.high)]))
    return Dots("Jobs a minute over real HTTP", "jobs a minute of the service", rows)


def lag_chart(found: Mapping[float, Runs]) -> Dots:
    """Return lags at each speed."""
    rows = list[tuple[str, list[Dot]]]()
    for name in _in_all(found):
        dots = list[Dot]()
        for speed, runs in found.items():
            parts = [Spread.of_quantiles([one.lags for one in runs[name]], part).median for part in (0.05, 0.5, 0.95)]
            dots.append(Dot(f"{speed:g} x real", parts[1], parts[0], parts[2]))
        rows.append((name, dots))
    return Dots("Lag of each job", "seconds of the service", rows, range="5th to 95th percentile")


def fault_chart(found: Runs) -> Dots:
    """Return the damage of faults."""
    rows = list[tuple[str, list[Dot]]]()
    for name, runs in found.items():
        twice = Spread.over(runs, lambda one: 1000 * one.paid_twice / one.rows)
        lost = Spread.over(runs, lambda one: 1000 * one.lost / one.rows)
        dots = [Dot(what, it.median, it.low, it.high) for what, it in (("paid twice", twice), ("lost", lost))]
        rows.append((name, dots))
    return Dots("Damage when 2 % of all requests fail", "for each 1,000 rows", rows)


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    only: Sequence[str] = (),
    rows: int = 0,
    speeds: Sequence[float] = (),
    warm_up_rows: int = WARM_UP_ROWS,
) -> Report:
    """Compare all programs, or ours and those of *only*, a round for each seed."""
    rows, speeds = rows or (QUICK_ROWS if quick else ROWS), speeds or (QUICK_SPEEDS if quick else SPEEDS)
    chosen = list(dict.fromkeys([OURS, *(only or (QUICK_PARTS if quick else PARTS))]))
    notes = [*NOTES, *[f"Left out of this run: {name}." for name in PARTS if name not in chosen]]
    programs = anyio.run(available, chosen, notes, warm_up_rows)
    found = {
        speed: anyio.run(rounds, programs, Circumstances(rows, speed, NO_FAULTS), seeds, notes) for speed in speeds
    }
    faulty = anyio.run(rounds, programs, Circumstances(rows, speeds[-1], FAULTS), seeds, notes)
    tables = [pace_table(f"{rows:,} rows at {speed:g} times real speed", runs) for speed, runs in found.items()]
    tables.append(fault_table(f"{rows:,} rows at {speeds[-1]:g} times, 2 % of all requests fail", faulty))
    charts: dict[str, Chart] = {"": pace_chart(found), "lag": lag_chart(found), "faults": fault_chart(faulty)}
    return Report({"rows": rows, "requests a minute": LIMIT}, tables, charts, notes)


NOTES: Sequence[str] = (
    "Jobs a minute are those of the whole list, from the program's first request to its end, with its slow last rows.",
    "Before that, imports and the like take real seconds, which are no faster with the service: see benchmarks.start.",
    "Bounds: with one request a row (a synchronous call), and with two, at the budget's pace, rows in their order.",
    "CPU and memory are the process's, imports included; the simulator has a process of its own, on the same cores.",
    "databar's CPU includes the transport that gives it this service in its words.",
    "On a busy machine, the more so the higher the speed, the pace is the machine's: see the load.",
    "A longer interval of polls buys jobs a minute with lag; benchmarks.frontier tunes both with hindsight.",
    "Curator's pool holds a connection for each job until it ends; nothing on the way may cut it (see its module).",
    "A 429 costs JobRunner some 80 s: a pause as long as the service names, then half the pace. Others just try again.",
    "JobRunner reports a row in doubt instead of paying again; whether to ask again is its user's decision.",
)
