"""A cap is a cap: unproven prices, charges above their reservation, odd charges, and caps on runs, days and months."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, tzinfo
from itertools import count
from pathlib import Path
from typing import Any, Self

import anyio
import httpx
import pytest

from sixtyfour_async import (
    AsyncClient,
    ConfigurationError,
    CostCapError,
    JobRunner,
    MemoryJournal,
    SqliteJournal,
)
from sixtyfour_async._journal.schema import reading
from sixtyfour_async._runner import submission
from sixtyfour_async.cli.status_report import StatusReport
from sixtyfour_async.models import _base
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport, simulated
from tests.client.network import scripted
from tests.journal.test_own_journal import DictJournal
from tests.runner.questions import find_email, questions

pytestmark = pytest.mark.anyio

OVERCHARGED = SimulatorSettings(faults={"overcharged": 1.0})
PRICE, TRUE_PRICE = 5, 50


async def run(
    client: AsyncClient,
    rows: int,
    *,
    batching: Any = "single",
    first: int = 0,
    on_completed: Callable[[int], None] = lambda _number: None,
    **caps: Any,
) -> Counter[str]:
    """Run rows to their end, and return their statuses, with the error that ended the run under its own text."""
    seen = Counter[str]()
    async with JobRunner(client, **caps) as runner:
        try:
            async for outcome in runner.map(map(find_email, range(first, first + rows)), batching=batching):
                seen[outcome.status] += 1
                on_completed(seen["completed"])
        except CostCapError as error:
            seen[str(error)] += 1
    return seen


def most_rows_at_once(simulator: Simulator, until: float) -> int:
    """Return how many rows were running at the service at one time, counting those submitted up to an instant."""
    jobs = [work for work in simulator.books.jobs if work.submitted_at <= until]
    return max(
        sum(len(one.subjects) for one in jobs if one.submitted_at <= at.submitted_at < one.ends_at) for at in jobs
    )


# --- a price that nobody was charged yet ------------------------------------------------------------------------


@pytest.mark.parametrize("batching", ["single", "auto"])
async def test_at_most_three_rows_are_in_flight_until_one_charge_is_known(batching: str) -> None:
    """A bulk submit counts its rows; afterwards, and in the next run on the journal, nothing waits."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        statuses = await run(client, 120, batching=batching, journal=journal, max_cost_cents=10_000)
        first_end = min(work.ends_at for work in simulator.books.jobs)
        before, jobs = most_rows_at_once(simulator, first_end), len(simulator.books.jobs)
        await run(client, 120, first=120, batching="auto", journal=journal, max_cost_cents=10_000)

    assert statuses == {"completed": 120}
    assert before == 3
    assert max(len(work.subjects) for work in simulator.books.jobs[jobs:]) == 100


async def test_a_file_counts_its_rows_too() -> None:
    async with simulated() as (client, simulator), JobRunner(client, max_cost_cents=1e4, max_row_cents=20) as runner:
        statuses = Counter([outcome.status async for outcome in runner.map(questions(30), batching="file")])

    assert statuses == {"completed": 30}
    assert [len(work.subjects) for work in simulator.books.jobs] == [3, 27]


EXACT_CAPS = [(0.1, 0.3, 3), (0.1, 0.7, 7), (0.7, 2.1, 3), (1.1, 3.3, 3), (0.07, 0.21, 3), (5, 14.99, 2)]


@pytest.mark.parametrize(("price", "cap", "rows"), EXACT_CAPS)
async def test_a_cap_has_room_for_as_many_rows_as_its_decimals_say(price: float, cap: float, rows: int) -> None:
    """To a computer three times 0.1 are more than 0.3."""
    done = {"status": "completed", "result": {"email": [["a@x.example", "OK", "COMPANY"]]}, "charge_amount": price}
    ids = (f"j{number}" for number in count())

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"task_id": next(ids)} if request.method == "POST" else done)

    async with scripted(reply) as (client, network):
        seen = await run(client, 10, journal=MemoryJournal(), max_cost_cents=cap, prices={"find-email": price})

    assert seen["completed"] == rows
    assert sum(request.method == "POST" for request in network.seen) == rows


async def test_without_a_cap_nothing_waits() -> None:
    async with simulated() as (client, simulator):
        await run(client, 100, batching="auto")

    assert [len(work.subjects) for work in simulator.books.jobs] == [100]


# --- a charge above its reservation -----------------------------------------------------------------------------


@pytest.mark.parametrize("batching", ["single", "auto"])
async def test_a_service_that_charges_ten_times_the_price_is_paid_for_three_rows(batching: str) -> None:
    """Both numbers are shown; a later run believes the higher charge, and keeps the cap."""
    journal = MemoryJournal()
    async with simulated(OVERCHARGED) as (client, simulator):
        first = await run(client, 200, batching=batching, journal=journal, max_cost_cents=500)
        charged = simulator.books.charged_cents
        second = await run(client, 200, batching=batching, journal=journal, max_cost_cents=500)

    [message] = [text for text in first if "cents" in text]
    assert "find-email was charged 50 cents a row, 5 were reserved" in message
    assert "pass prices={'find-email': 50} or max_row_cents=50 to go on" in message
    assert (first["completed"], charged) == (3, 3 * TRUE_PRICE)
    assert (second["completed"], simulator.books.charged_cents) == (10, 500)


async def test_a_price_that_rises_in_mid_run_costs_no_more_than_what_was_in_flight() -> None:
    journal = MemoryJournal()
    async with simulated() as (client, simulator):

        def rise(completed: int) -> None:
            if completed == 20:
                simulator.faults.script("overcharged", times=1000)

        caps: dict[str, Any] = {"journal": journal, "max_cost_cents": 400, "max_in_flight": 10}
        statuses = await run(client, 200, on_completed=rise, **caps)
        async with JobRunner(client, journal=journal) as runner:
            stats = runner.stats()

    assert any("charged 50 cents a row, 5 were reserved" in text for text in statuses)
    assert 20 < statuses["completed"] <= 40
    assert simulator.books.charged_cents <= 400 + 10 * (TRUE_PRICE - PRICE)
    assert (stats.cost_cents, stats.exposed_cents) == (simulator.books.charged_cents, 0)


async def test_without_a_cap_a_charge_above_the_price_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "sixtyfour_async.runner"):
        async with simulated(OVERCHARGED) as (client, _):
            statuses = await run(client, 20)

    assert statuses == {"completed": 20}
    assert [record.getMessage() for record in caplog.records] == [
        "find-email was charged 50 cents a row, 5 were reserved"
    ]


# --- odd charges ------------------------------------------------------------------------------------------------


@asynccontextmanager
async def charging(text: str) -> AsyncGenerator[AsyncClient]:
    """Yield a client of a service that says, whatever it charged, that it was *text*."""
    simulator = Simulator(SimulatorSettings(), now=anyio.current_time)

    class Transport(SimulatedTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            response = await super().handle_async_request(request)
            body = re.sub(rb'"(charge_amount|cost_cents)":\s*[\d.]+', rb'"\1":' + text.encode(), await response.aread())
            headers = {"content-type": response.headers.get("content-type", "")}
            return httpx.Response(response.status_code, headers=headers, content=body)

    async with (
        httpx.AsyncClient(transport=Transport(simulator)) as http_client,
        AsyncClient(api_key=DEFAULT_KEY, base_url="http://simulator", http_client=http_client) as client,
    ):
        yield client


ODD_CHARGES = [
    "-50",
    "-0.001",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "1e300",
    "true",
    '"ten"',
    '"-5"',
    "[5]",
    "null",
]


@pytest.mark.parametrize(
    ("batching", "text"),
    [
        pytest.param(batching, text, marks=[] if (number % 2 == 0) == (batching == "auto") else pytest.mark.soak)
        for batching in ("single", "auto")
        for number, text in enumerate(ODD_CHARGES)
    ],
)
async def test_what_is_no_charge_counts_as_not_reported(
    text: str, batching: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reservation stands, in this run and the next; it is said once; every number is one that JSON can hold."""
    monkeypatch.setattr(_base, "_warned_charges", set[str]())
    journal = tmp_path / "run.db"
    with caplog.at_level(logging.WARNING):
        async with charging(text) as client:
            first = await run(client, 30, batching=batching, journal=journal, max_cost_cents=100)
            second = await run(client, 30, batching=batching, journal=journal, max_cost_cents=100)

    message = "max_cost_cents=100 leaves 0 cents, too little for this row"
    assert (first["completed"], first[message]) == (20, 1)
    assert (second["completed"], second[message]) == (20, 1)
    told = [record.getMessage() for record in caplog.records if "charge" in record.getMessage()]
    assert 1 <= len(told) <= 3
    assert any("no charge is reported for find-email: the 5 cents reserved" in line for line in told)
    with reading(journal) as reader:
        report = json.dumps(StatusReport.read(reader).as_json(), allow_nan=False)
    assert json.loads(report)["total"]["charged_cents"] == 100


@pytest.mark.parametrize(
    ("value", "cents"),
    [(5, 5.0), (0, 0.0), (2.5, 2.5), ("10", 10.0), (None, None), ("$0.10", None), (float("nan"), None), (True, None)],
)
def test_one_reader_reads_every_charge(value: object, cents: float | None) -> None:
    assert _base.read_cents(value) == cents


@pytest.mark.parametrize("wrong", [0, -1, float("nan"), float("inf"), "500", True])
@pytest.mark.parametrize(
    "name",
    [
        "max_cost_cents",
        "max_cost_cents_per_run",
        "max_cost_cents_per_day",
        "max_cost_cents_per_month",
        "max_row_cents",
        "max_jobs",
        "max_rows",
    ],
)
async def test_a_cap_that_is_no_amount_is_refused(name: str, wrong: Any) -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match=f"{name}=.* must be a number above 0"):
            JobRunner(client, **{name: wrong})


@pytest.mark.parametrize("wrong", [-1, float("nan"), float("inf"), "5", None, True])
async def test_a_price_that_is_no_amount_is_refused(wrong: Any) -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match=r"prices=\{'find-email': .*\} must be a number of cents"):
            JobRunner(client, prices={"find-email": wrong})


# --- a run, a day, a month --------------------------------------------------------------------------------------


class Calendar(datetime):
    """A wall clock that a test sets."""

    instant = datetime.fromisoformat("2026-11-30T12:00:00+00:00")

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return cls.fromtimestamp(cls.instant.timestamp(), tz)


@pytest.fixture
def calendar(monkeypatch: pytest.MonkeyPatch) -> type[Calendar]:
    monkeypatch.setattr(submission, "datetime", Calendar)
    monkeypatch.setattr(Calendar, "instant", Calendar.instant)
    return Calendar


@pytest.fixture(params=["memory", "sqlite"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MemoryJournal() if request.param == "memory" else SqliteJournal(tmp_path / "run.db")


async def test_a_cap_per_run_begins_anew_with_a_new_run_only(journal: Any, calendar: type[Calendar]) -> None:
    """A process that opens the journal again goes on with its run; the cap on the journal holds beside it."""
    caps: dict[str, Any] = {"journal": journal, "max_cost_cents_per_run": 25, "max_cost_cents": 60}
    seen: list[Counter[str]] = []
    async with simulated() as (client, simulator):
        for new_run in (False, False, True, False, True):
            calendar.instant += timedelta(minutes=1)
            seen.append(await run(client, 20, new_run=new_run, **caps))

    assert [statuses["completed"] for statuses in seen] == [5, 5, 10, 10, 12]
    assert [max(text for text in statuses if "leaves" in text)[:30] for statuses in seen] == [
        *["max_cost_cents_per_run=25 leav"] * 4,
        "max_cost_cents=60 leaves 0 cen",
    ]
    assert simulator.books.charged_cents == 60


@pytest.mark.parametrize(
    ("cap", "length", "words"),
    [
        ("max_cost_cents_per_day", timedelta(days=1), "leaves 0 cents today (UTC), too little"),
        ("max_cost_cents_per_month", timedelta(days=31), "leaves 0 cents this month (UTC), too little"),
    ],
)
async def test_a_cap_per_day_or_month_counts_what_was_sent_in_it(
    journal: Any, calendar: type[Calendar], cap: str, length: timedelta, words: str
) -> None:
    """Over all processes, by UTC, from the journal; what does not fit is rejected and waits for no tomorrow."""
    seen: list[Counter[str]] = []
    async with simulated() as (client, _):
        for elapsed in (timedelta(), timedelta(hours=1), length, timedelta(hours=-1)):
            calendar.instant += elapsed
            seen.append(await run(client, 20, journal=journal, **dict[str, Any]({cap: 25})))

    assert [statuses["completed"] for statuses in seen] == [5, 5, 10, 10]
    assert all(any(f"{cap}=25 {words}" in text for text in statuses) for statuses in seen)


async def test_a_day_that_begins_in_mid_run_has_an_allowance_of_its_own(calendar: type[Calendar]) -> None:
    """What was sent before midnight stays the old day's, although it is charged on the new one."""
    calendar.instant = datetime.fromisoformat("2026-11-30T23:59:00+00:00")
    journal = MemoryJournal()

    def midnight(_completed: int) -> None:
        calendar.instant = datetime.fromisoformat("2026-12-01T00:00:01+00:00")

    async with simulated() as (client, _):
        statuses = await run(client, 20, on_completed=midnight, journal=journal, max_cost_cents_per_day=25)
    days = Counter((entry.sent_at or "")[:10] for entry in journal.rows.values() if entry.state == "completed")

    assert days["2026-11-30"] >= 3
    assert days["2026-12-01"] == 5
    assert statuses["completed"] == sum(days.values())
    assert any("max_cost_cents_per_day=25 leaves 0 cents today" in text for text in statuses)


async def test_money_in_doubt_counts_in_the_period_in_which_it_was_sent(journal: Any, calendar: type[Calendar]) -> None:
    """Also after its row was sent again on purpose: what the first submit may have cost is not forgotten."""
    caps: dict[str, Any] = {"journal": journal, "max_cost_cents_per_day": 25, "on_unknown": "resubmit"}
    async with simulated() as (client, simulator):
        simulator.faults.script("lost_answer", route="/find-email-async", times=2)
        first = await run(client, 2, **caps)
        second = await run(client, 4, **caps)
        calendar.instant += timedelta(days=1)
        third = await run(client, 6, **caps)

    assert first["unknown"] == 2
    assert (second["completed"], third["completed"]) == (3, 6)


async def test_the_charge_of_an_answer_that_is_replaced_stays_in_the_total(journal: Any) -> None:
    async with simulated() as (client, simulator):
        for _ in range(3):
            await run(client, 2, journal=journal, reuse=timedelta(days=-1))
        async with JobRunner(client, journal=journal) as runner:
            spent = runner.stats().cost_cents

    assert spent == simulator.books.charged_cents == 30


async def test_a_journal_without_sums_by_time_is_refused_only_where_they_are_needed() -> None:
    async with simulated() as (client, _):
        with pytest.raises(ConfigurationError, match=r"max_cost_cents_per_day needs a journal with lines_since\(\)"):
            JobRunner(client, journal=DictJournal(), max_cost_cents_per_day=5)
        statuses = await run(client, 5, journal=DictJournal(), max_cost_cents=25)

    assert statuses == {"completed": 5}
