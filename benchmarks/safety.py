"""What is lost, paid twice or left in doubt when processes are killed and requests fail? Ours beside a careful loop.

*Kills.* Real processes over real HTTP. Each is killed (SIGKILL) at a random instant after a random number of requests
and started again, until the last one may finish: all are killed equally often, however long their list takes. Ours keep
a journal; the loop is the vendor's, with its 10 jobs in flight, and appends each answer to a file, whose rows it leaves
out when it is started again: what a careful script does. A more careful one appends each job's id besides, before it
waits for the job, and polls the jobs that it finds there.

*Faults.* In virtual time, each fault of the simulator by itself, at 5 % of all requests or jobs that it can strike.
`sixtyfour_async.simulator.state.faults` describes them. The loop is the vendor's, in the same time.

The score comes from the simulator's books: a row that was accepted twice has been paid twice; one that was charged and
has no answer in the end is lost, whether or not the program says that it is in doubt. Where the answer with the id is
lost on its way, somebody pays for nothing: who sends again has paid twice, who does not has lost. Ours says so, and
leaves the choice to its user.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, TextIO

import anyio
import httpx

from benchmarks.postgres import MISSING, new_schema, postgres_database, server_version
from benchmarks.results import Cell, Chart, Column, Dot, Dots, Report, Spread, Table
from benchmarks.rivals import Record, Task, person, question
from benchmarks.rivals.documented import client_for, research, submit, wait
from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence, PostgresJournal, SqliteJournal
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.base.settings import NETWORK_FAULTS
from sixtyfour_async.simulator.serving.server import serve
from sixtyfour_async.testing import SimulatedTransport, VirtualTimeLoop

ROWS, QUICK_ROWS = 400, 60
KILLS, QUICK_KILLS = 30, 4
SPEED = 20.0
MOST_REQUESTS_TO_A_KILL = 30
MOST_SECONDS_TO_A_KILL = 0.1
"""Real seconds after those requests; a list has more than twice as many requests as rows."""

FAULT_ROWS, QUICK_FAULT_ROWS = 1000, 120
PROBABILITY = 0.05
IN_FLIGHT = 10
"""Of the loop: the vendor's default. More in flight is more paid twice with each kill, and is answered with 429s."""
LEASE_SECONDS = 2.0
"""Real seconds: a killed process is succeeded that soon in a database."""

ANSWERED = frozenset({"completed", "no_answer"})


@dataclass(frozen=True, slots=True)
class Score:
    """What became of a list.

    Attributes:
        rows: Rows of the list.
        answered: Rows with an answer, if it says that nothing was found.
        paid_twice: Charges for rows beyond the first.
        lost: Rows that were charged and have no answer.
        unsaid: Those of them that the program does not report as perhaps paid.
        in_doubt: Rows that the program itself reports as perhaps paid.
        delivered_twice: Answers that came once more.
        kills: Processes killed.
    """

    rows: int
    answered: int
    paid_twice: int
    lost: int
    unsaid: int
    in_doubt: int
    delivered_twice: int = 0
    kills: int = 0


def score(
    simulator: Simulator, rows: int, lines: Sequence[tuple[int, str]], *, delivered_twice: int = 0, kills: int = 0
) -> Score:
    """Hold what a program reports, row and status, against the simulator's books."""
    answered = {row for row, status in lines if status in ANSWERED}
    in_doubt = {row for row, status in lines if status in {"unknown", "lost", "unfinished"}} - answered
    numbers = {person(row): row for row in range(rows)}
    # What is under way ends, and is charged, whether or not anybody waits for it; failed jobs are not charged.
    paid = {numbers[job.body["lead_info"]["name"]] for job in simulator.books.jobs if job.charge}
    twice = sum(times - 1 for times in simulator.books.repeated.values())
    lost = paid - answered
    return Score(rows, len(answered), twice, len(lost), len(lost - in_doubt), len(in_doubt), delivered_twice, kills)


# --- kills ----------------------------------------------------------------------------------------------------------


async def run_ours(task: Task, results: Path) -> None:
    """Run the list, or what is left of it, with a journal."""
    place = task.options["journal"]
    journal = PostgresJournal(place, lease_seconds=LEASE_SECONDS) if "://" in place else SqliteJournal(place)
    operations = (PeopleIntelligence(**question(row)) for row in range(task.rows))
    async with (
        AsyncClient(task.key, base_url=task.url, speed=task.speed) as client,
        JobRunner(client, journal=journal) as runner,
    ):
        with results.open("a") as file:
            async for outcome in runner.map(operations, deliver="once"):
                print(outcome.index, outcome.status, file=file, flush=True)


async def run_loop(task: Task, results: Path) -> None:
    """Run the vendor's loop over the rows that are not in the file yet; with ``ids``, keep those in another file."""
    slots, pace = asyncio.Semaphore(IN_FLIGHT), nullcontext()
    with results.open("a+") as file, results.with_suffix(".ids").open("a+") as ids:
        done, known = dict(read_back(file)), dict(read_back(ids))

        async def one(row: int) -> None:
            async with slots:
                job_id = known.get(row) or await submit(client, task, row, pace)
                if task.options["ids"]:
                    print(row, job_id, file=ids, flush=True)
                await wait(client, task, job_id, pace)
                print(row, "completed", file=file, flush=True)

        async with client_for(task, IN_FLIGHT) as client:
            await asyncio.gather(*(one(row) for row in range(task.rows) if row not in done))


def read_back(file: TextIO) -> Iterator[tuple[int, str]]:
    """Yield row and word of each line; a kill leaves no half of one, since each is one small write."""
    file.seek(0)
    for row, word in map(str.split, file):
        yield int(row), word


async def killed(rows: int, kills: int, seed: int, options: Mapping[str, Any]) -> Score:
    """Run a program until it has finished, killing it so many times."""
    simulator = Simulator(SimulatorSettings(speed=SPEED, seed=seed, window="sliding"))
    instants, number = Random(seed), 0
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        results = Path(folder) / "results.txt"
        chosen = {**options, "journal": options["journal"] or str(Path(folder) / "run.db")}
        async with serve(simulator) as url:
            order = json.dumps([url, DEFAULT_KEY, rows, SPEED, chosen, str(results)])
            while (code := await run_until(simulator, order, instants if number < kills else None)) is None:
                number += 1
        with results.open() as file:
            lines = list(read_back(file))
    if code:
        raise RuntimeError(f"benchmarks.safety: a process ended with code {code}")
    repeated = sum(times - 1 for times in Counter(row for row, status in lines if status in ANSWERED).values())
    return score(simulator, rows, lines, delivered_twice=repeated, kills=number)


async def run_until(simulator: Simulator, order: str, instants: Random | None) -> int | None:
    """Run a process to its end, or to a random instant; return its code, or None when it was killed."""
    before = len(simulator.books.requests)
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "benchmarks.safety", order)
    try:
        if instants is None:
            return await process.wait()
        until = before + instants.randint(1, MOST_REQUESTS_TO_A_KILL)
        while process.returncode is None and len(simulator.books.requests) < until:  # noqa: ASYNC110 (no event)
            await anyio.sleep(0.01)
        with anyio.move_on_after(instants.uniform(0.0, MOST_SECONDS_TO_A_KILL)):
            return await process.wait()
        return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def kill_programs(database: str | None, seed: int) -> dict[str, dict[str, Any]]:
    """Return those that are killed: name → options."""
    programs: dict[str, dict[str, Any]] = {"JobRunner, a file": {"program": "ours", "journal": ""}}
    if database is not None:
        place = new_schema(database, f"safety_{seed}")
        programs["JobRunner, PostgreSQL"] = {"program": "ours", "journal": place}
    loop = {"program": "loop", "journal": ""}
    return programs | {
        "loop, answers in a file": {**loop, "ids": False},
        "loop, ids and answers": {**loop, "ids": True},
    }


# --- faults ---------------------------------------------------------------------------------------------------------


async def faulty(program: str, fault: str, rows: int, seed: int) -> Score:
    """Run a program against a simulator with one fault, in this process."""
    simulator = Simulator(
        SimulatorSettings(seed=seed, window="sliding", faults={fault: PROBABILITY}), now=anyio.current_time
    )
    task = Task("http://simulator", DEFAULT_KEY, rows, 1.0, {})
    transport = SimulatedTransport(simulator)
    async with httpx.AsyncClient(transport=transport, base_url=task.url, headers=task.headers, timeout=60) as http:
        if program == OURS:
            lines = await _ours_with(http, task)
        else:
            lines = await _loop_with(http, task)
    last = max([job.ends_at for job in simulator.books.jobs], default=0.0)
    await anyio.sleep(max(0.0, last - simulator.clock.now()))
    return score(simulator, rows, lines)


async def _ours_with(http: httpx.AsyncClient, task: Task) -> list[tuple[int, str]]:
    operations = (PeopleIntelligence(**question(row)) for row in range(task.rows))
    async with AsyncClient(task.key, base_url=task.url, http_client=http) as client, JobRunner(client) as runner:
        return [(outcome.index, outcome.status) async for outcome in runner.map(operations)]


async def _loop_with(http: httpx.AsyncClient, task: Task) -> list[tuple[int, str]]:
    record, slots = Record(), asyncio.Semaphore(IN_FLIGHT)

    async def one(row: int) -> None:
        async with slots:
            await research(http, task, record, row)

    await asyncio.gather(*(one(row) for row in range(task.rows)))
    return [(row, "completed") for row, _, _ in record.answers]


# --- the scoreboard -------------------------------------------------------------------------------------------------

OURS, LOOP = "JobRunner", "vendor's loop"
SCORE_COLUMNS = (
    Column("rows", ",.0f"),
    Column("answered", ",.0f"),
    Column("paid twice", ".0f", range=True),
    Column("lost", ".0f", range=True, meaning="rows that were charged and have no answer"),
    Column("unsaid", ".0f", meaning="those of them that the program does not report as perhaps paid"),
    Column("in doubt", ".0f", meaning="rows that it reports so, charged or not"),
)
KILL_COLUMNS = (Column("program"), Column("kills", ".0f"), *SCORE_COLUMNS, Column("came again", ".0f"))
FAULT_COLUMNS = (Column("fault"), Column("program"), *SCORE_COLUMNS)


def _cells(scores: Sequence[Score]) -> list[Cell]:
    return [
        Spread.over(scores, lambda one: one.rows),
        Spread.over(scores, lambda one: one.answered),
        Spread.over(scores, lambda one: one.paid_twice),
        Spread.over(scores, lambda one: one.lost),
        Spread.over(scores, lambda one: one.unsaid),
        Spread.over(scores, lambda one: one.in_doubt),
    ]


def kill_table(found: Mapping[str, Sequence[Score]]) -> Table:
    """Return what kills did."""
    rows: list[list[Cell]] = [
        [
            name,
            Spread.over(scores, lambda one: one.kills),
            *_cells(scores),
            Spread.over(scores, lambda one: one.delivered_twice),
        ]
        for name, scores in found.items()
    ]
    return Table(f"Killed and started again, over HTTP at {SPEED:g} times real speed", KILL_COLUMNS, rows)


def chart_of(title: str, found: Mapping[str, Sequence[Score]]) -> Dots:
    """Return the damage, as rows of a thousand."""
    rows = list[tuple[str, list[Dot]]]()
    for name, scores in found.items():
        twice = Spread.over(scores, lambda one: 1000 * one.paid_twice / one.rows)
        lost = Spread.over(scores, lambda one: 1000 * one.lost / one.rows)
        unsaid = Spread.over(scores, lambda one: 1000 * one.unsaid / one.rows)
        named = (("paid twice", twice), ("lost", lost), ("lost and unsaid", unsaid))
        rows.append((name, [Dot(what, it.median, it.low, it.high) for what, it in named]))
    return Dots(title, "for each 1,000 rows", rows)


def answer(
    quick: bool,
    seeds: Sequence[int],
    *,
    rows: int = 0,
    kills: int | None = None,
    fault_rows: int = 0,
    faults: Sequence[str] = NETWORK_FAULTS,
    postgres: bool = True,
) -> Report:
    """Kill, and inject every fault, a round for each seed."""
    rows, fault_rows = (
        rows or (QUICK_ROWS if quick else ROWS),
        fault_rows or (QUICK_FAULT_ROWS if quick else FAULT_ROWS),
    )
    kills = kills if kills is not None else (QUICK_KILLS if quick else KILLS)
    notes, by_program = [*NOTES], dict[str, list[Score]]()
    with postgres_database() if postgres else nullcontext() as database:
        notes.append(server_version(database) if database else MISSING)
        for seed in seeds:
            for name, options in kill_programs(database, seed).items():
                by_program.setdefault(name, []).append(anyio.run(killed, rows, kills, seed, options))
    by_fault = {
        (fault, program): [_in_virtual_time(program, fault, fault_rows, seed) for seed in seeds]
        for fault in faults
        for program in (OURS, LOOP)
    }
    fault_cells: list[list[Cell]] = [
        [fault if program == OURS else "", program, *_cells(scores)] for (fault, program), scores in by_fault.items()
    ]
    title = f"{PROBABILITY:.0%} of what each fault can strike, in virtual time"
    charts: dict[str, Chart] = {"": chart_of("Damage by kills", by_program)}
    harmful = {fault for (fault, _), scores in by_fault.items() if any(one.paid_twice or one.lost for one in scores)}
    named = {f"{fault}: {program}": scores for (fault, program), scores in by_fault.items() if fault in harmful}
    if named:
        charts["faults"] = chart_of("Damage by those faults that did any, each by itself", named)
    tables = [kill_table(by_program), Table(title, FAULT_COLUMNS, fault_cells)]
    return Report({"rows": rows, "rows with a fault": fault_rows}, tables, charts, notes)


def _in_virtual_time(program: str, fault: str, rows: int, seed: int) -> Score:
    return anyio.run(faulty, program, fault, rows, seed, backend_options={"loop_factory": VirtualTimeLoop})


NOTES: Sequence[str] = (
    "Rows that failed at the service (job_failed) are neither answered nor charged.",
    "A row in doubt was sent, and no id came back, as after a reset that may have struck before or after the work.",
    "What is in transit at a kill is in doubt. Ours submits eight rows a second, the loop one in three seconds.",
    "At 20 times real speed, a request of 15 ms is in transit as long as one of 0.3 s in reality.",
    "A kill delivers at most one answer again, the one in the consumer's hands (deliver='once').",
)


async def _work(arguments: Sequence[Any]) -> None:
    task, results = Task(*arguments[:5]), Path(arguments[5])
    await (run_ours if task.options["program"] == "ours" else run_loop)(task, results)


if __name__ == "__main__":
    asyncio.run(_work(json.loads(sys.argv[1])))
