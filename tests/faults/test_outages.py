"""Outages in the middle of a run: few rows are in doubt afterwards, and all others are answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import AddressError, AsyncClient, BadRequestError, DeepSearch, FindEmail, JobRunner, Outcome
from tests.faults.network import Refuse, is_submit, networked
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

PAGE = "<!DOCTYPE html><html><head><title>Welcome to our network</title></head></html>"

FAULTS: dict[str, Callable[[httpx.Request], httpx.Response | Exception]] = {
    "502": lambda _: httpx.Response(502, html="<html><title>502 Bad Gateway</title></html>"),
    "500": lambda _: httpx.Response(500, json={"error": "internal_error", "message": "broke"}),
    "portal": lambda _: httpx.Response(200, html=PAGE),
    "redirect": lambda _: httpx.Response(302, headers={"location": "https://portal.example/login"}),
    "reset": lambda request: httpx.ReadError("reset", request=request),
    "truncated": lambda _: httpx.Response(200, content=b'{"task_id": "1'),
}
COSTS_NOTHING = {"portal", "redirect"}


@dataclass
class Failing:
    """Fail the requests of a time, and count the submits that nobody can answer for."""

    fault: str
    start: float
    seconds: float
    concerns: Callable[[httpx.Request], bool] = lambda _: True
    submits: int = 0
    others: int = 0

    @property
    def is_on(self) -> bool:
        return self.start <= anyio.current_time() < self.start + self.seconds

    def __call__(self, request: httpx.Request) -> httpx.Response | Exception | None:
        if not (self.is_on and self.concerns(request)):
            return None
        self.submits += is_submit(request)
        self.others += not is_submit(request)
        return FAULTS[self.fault](request)


async def collect(runner: JobRunner, operations: list[Any], outcomes: list[Outcome[Any]]) -> None:
    async for outcome in runner.map(operations):
        outcomes.append(outcome)  # noqa: PERF401 (outcomes before the error count)


async def run_all(client: AsyncClient, operations: list[Any], **settings: Any) -> list[Outcome[Any]]:
    async with JobRunner(client, **settings) as runner:
        return [outcome async for outcome in runner.map(operations)]


def statuses(outcomes: list[Outcome[Any]]) -> Counter[str]:
    return Counter(outcome.status for outcome in outcomes)


@pytest.mark.parametrize(
    ("seconds", "only_submits"),
    [
        pytest.param(25, True, id="short, submits fail"),
        pytest.param(300, False, id="long, everything fails"),
        pytest.param(25, False, id="short, everything fails", marks=pytest.mark.soak),
        pytest.param(300, True, id="long, submits fail", marks=pytest.mark.soak),
    ],
)
@pytest.mark.parametrize("fault", FAULTS)
async def test_an_outage_leaves_a_handful_of_rows_in_doubt_and_the_others_are_answered(
    fault: str, seconds: float, only_submits: bool
) -> None:
    failing = Failing(fault, 20.0, seconds, is_submit if only_submits else lambda _: True)
    async with networked(failing) as (client, simulator, _):
        outcomes = await run_all(client, list(questions(300)))

    counts = statuses(outcomes)
    assert counts["unknown"] <= (0 if fault in COSTS_NOTHING else 7)
    assert counts == {"completed": 300 - counts["unknown"], "unknown": counts["unknown"]} or not counts["unknown"]
    assert counts["completed"] == 300 - counts["unknown"]
    assert failing.submits <= 10
    assert failing.others <= 60, "polls are tried one at a time"
    assert simulator.books.repeated == {}


@pytest.mark.parametrize("seconds", [25, 300])
async def test_submits_that_are_not_answered_at_all_do_not_pile_up(seconds: float) -> None:
    """Each hangs until its time-out; no more follow than the pace needed before."""
    async with networked() as (client, simulator, network):
        inner, hung = network._inner.handle_async_request, 0  # pyright: ignore[reportPrivateUsage]

        async def hang(request: httpx.Request) -> httpx.Response:
            nonlocal hung
            if 20 <= anyio.current_time() < 20 + seconds:
                hung += is_submit(request)
                await anyio.sleep(min(60.0, 20 + seconds - anyio.current_time()))
                raise httpx.ReadTimeout("late", request=request)
            return await inner(request)

        network._inner.handle_async_request = hang  # type: ignore[method-assign]  # pyright: ignore[reportPrivateUsage]
        outcomes = await run_all(client, list(questions(300)))

    counts = statuses(outcomes)
    assert counts["unknown"] == hung <= 7
    assert counts["completed"] == 300 - hung
    assert simulator.books.repeated == {}


async def test_hours_of_an_outage_cost_no_more_than_minutes() -> None:
    failing = Failing("502", 20.0, 6 * 3600.0)
    async with networked(failing) as (client, _, _):
        outcomes = await run_all(client, list(questions(200)), job_deadline=24 * 3600.0)

    assert statuses(outcomes)["unknown"] <= 5
    assert statuses(outcomes)["completed"] >= 195
    assert failing.submits + failing.others <= 6 * 60 * 2 + 40


async def test_a_bulk_of_leads_is_not_the_first_to_be_sent_after_trouble() -> None:
    """One row is tried, then two, then four: no more of them are in doubt than were accepted before."""
    sizes: list[int] = []

    def watch(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/find-email") or request.method != "POST":
            return None
        in_outage = 1 <= anyio.current_time() < 60
        rows = request.content.count(b'"name"')
        sizes.append(rows if not in_outage else -rows)
        return httpx.Response(502) if in_outage else None

    leads = [FindEmail(lead={"name": f"Person {number}", "company": "Acme"}) for number in range(2500)]
    async with networked(watch) as (client, simulator, _):
        outcomes = await run_all(client, leads)

    failed = [-size for size in sizes if size < 0]
    after = sizes[len(sizes) - sizes[::-1].index(-failed[-1]) :]
    assert failed.count(100) <= 4, "those that were sent before the first failed"
    assert set(failed) == {1, 100}
    assert all(size <= 2**place for place, size in enumerate(after))
    assert max(after) == 100
    counts = statuses(outcomes)
    assert counts["unknown"] == sum(failed)
    assert counts["completed"] + counts["no_answer"] == 2500 - sum(failed), "not everybody is found"
    assert simulator.books.repeated == {}


async def test_what_can_be_repeated_is_tried_first_after_trouble() -> None:
    """Searches carry a key by which the service recognises a second submit."""
    tried: list[str] = []

    def watch(request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST" or not 10 <= anyio.current_time() < 100:
            return None
        tried.append(request.url.path)
        return httpx.Response(502)

    searches = [DeepSearch(query=f"shipyards {number}", max_results=5) for number in range(8)]
    async with networked(watch) as (client, _, _):
        outcomes = await run_all(client, [*questions(200), *searches], deep_searches=1)

    trials = tried[4:]
    assert trials
    assert {"/search/start-deep-search"} == set(trials)
    assert statuses(outcomes)["unknown"] <= 4


async def test_stats_and_the_log_tell_of_an_outage_once(caplog: pytest.LogCaptureFixture) -> None:
    bottlenecks: list[str] = []

    async def watch(runner: JobRunner) -> None:
        while True:
            bottlenecks.append(runner.stats().bottleneck)
            await anyio.sleep(1)

    async with (
        networked(Failing("502", 20.0, 100.0)) as (client, _, _),
        JobRunner(client) as runner,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(watch, runner)
        async for _ in runner.map(questions(300)):
            pass
        tasks.cancel_scope.cancel()

    lines = [record.getMessage() for record in caplog.records if record.name == "sixtyfour_async.runner"]
    told = [line for line in lines if "no submit is accepted" in line or "accepted again" in line]
    assert len(told) == 2
    assert "502 Bad Gateway" in told[0]
    assert "rows wait" in told[0]
    assert 60 <= bottlenecks.count("outage") <= 200
    assert bottlenecks[10] != "outage"


# --- a wrong address ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", sorted(COSTS_NOTHING))
async def test_an_address_that_never_was_the_apis_ends_the_map_and_parks_nothing(fault: str) -> None:
    failing = Failing(fault, 0.0, 1e9)
    got: list[Outcome[Any]] = []
    async with networked(failing) as (client, _, _), JobRunner(client, max_in_flight=50) as runner:
        with pytest.raises(AddressError, match="does not lead to the API"):
            await collect(runner, list(questions(300)), got)

    assert set(statuses(got)) == {"rejected"}
    assert len(got) <= 60
    assert failing.submits <= 5


@pytest.mark.parametrize("fault", sorted(COSTS_NOTHING))
async def test_a_portal_that_stays_ends_the_run_after_some_minutes_with_nothing_in_doubt(fault: str) -> None:
    """Jobs that run go on at the service: they are handed back with their ids at their deadline."""
    got: list[Outcome[Any]] = []
    async with networked(Failing(fault, 20.0, 1e9)) as (client, simulator, _):
        async with JobRunner(client, job_deadline=1800.0) as runner:
            with pytest.raises(AddressError, match="does not lead to the API"):
                await collect(runner, list(questions(300)), got)
        ended_at = anyio.current_time()

    counts = statuses(got)
    assert set(counts) <= {"completed", "unfinished", "rejected"}
    assert counts["completed"] + counts["unfinished"] == len(simulator.books.jobs)
    assert ended_at < 3600


# --- refusals -----------------------------------------------------------------------------------------------------


def refusing(start: float, seconds: float, response: Callable[[], httpx.Response]) -> Refuse:
    def refuse(request: httpx.Request) -> httpx.Response | None:
        on = start <= anyio.current_time() < start + seconds and is_submit(request)
        return response() if on else None

    return refuse


@pytest.mark.parametrize(
    "response",
    [
        lambda: httpx.Response(404, json={"detail": "Not Found"}),
        lambda: httpx.Response(409, json={"error": "conflict", "message": "workspace is being moved"}),
        lambda: httpx.Response(200, json={"error": "maintenance", "message": "try later", "status": 404}),
    ],
    ids=["no such route", "conflict", "an error in a 200"],
)
async def test_a_spell_of_equal_refusals_costs_a_few_rows(response: Callable[[], httpx.Response]) -> None:
    async with networked(refusing(20, 300, response)) as (client, _, _):
        outcomes = await run_all(client, list(questions(300)))

    counts = statuses(outcomes)
    assert 5 <= counts["rejected"] <= 20
    assert counts["completed"] == 300 - counts["rejected"]


async def test_rows_with_the_same_fault_do_not_stop_the_others() -> None:
    """A refusal that names a field is about the row, even if a hundred rows in a row have the same fault."""
    bad = {"detail": [{"loc": ["body", "target_company", "website"], "msg": "is no website"}]}
    seen = 0

    def refuse(request: httpx.Request) -> httpx.Response | None:
        nonlocal seen
        seen += is_submit(request)
        return httpx.Response(422, json=bad) if is_submit(request) and 50 < seen <= 150 else None

    started = anyio.current_time()
    async with networked(refuse) as (client, _, _):
        outcomes = await run_all(client, list(questions(300)))

    assert statuses(outcomes) == {"completed": 200, "rejected": 100}
    assert anyio.current_time() - started < 600


async def test_a_table_of_equally_wrong_rows_ends_the_map() -> None:
    refused = refusing(0, 1e9, lambda: httpx.Response(400, json={"error": "bad", "message": "unknown workspace"}))
    async with networked(refused) as (client, _, network), JobRunner(client) as runner:
        with pytest.raises(BadRequestError, match=r"unknown workspace .*refused alike"):
            await collect(runner, list(questions(500)), [])

    assert sum(map(is_submit, network.seen)) <= 15


# --- spells of failing polls --------------------------------------------------------------------------------------


@dataclass
class Spell:
    """Fail the polls of a time."""

    response: Callable[[], httpx.Response]
    start: float
    seconds: float
    polls: int = 0
    failed: list[float] = field(default_factory=list[float])

    def __call__(self, request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/job-status"):
            return None
        if not self.start <= anyio.current_time() < self.start + self.seconds:
            return None
        self.failed.append(anyio.current_time())
        return self.response()


SPELLS: dict[str, Callable[[], httpx.Response]] = {
    "no such job": lambda: httpx.Response(404, json={"detail": "Job not found"}),
    "no such route": lambda: httpx.Response(404, json={"detail": "Not Found"}),
    "a page of 404": lambda: httpx.Response(404, html="<html>not here</html>"),
    "not readable": lambda: httpx.Response(200, content=b'{"status": "comp'),
    "a portal": lambda: httpx.Response(200, html=PAGE),
    "502": lambda: httpx.Response(502),
}


@pytest.mark.parametrize(
    ("kind", "seconds"),
    [
        pytest.param(kind, seconds, marks=[] if (number % 2 == 0) == (seconds == 90) else pytest.mark.soak)
        for number, kind in enumerate(SPELLS)
        for seconds in (90, 1800)
    ],
)
async def test_a_spell_of_failing_polls_loses_no_job(kind: str, seconds: float) -> None:
    spell = Spell(SPELLS[kind], 60.0, seconds)
    async with networked(spell) as (client, simulator, _):
        outcomes = await run_all(client, list(questions(200)))

    assert statuses(outcomes) == {"completed": 200}
    assert len(spell.failed) <= 40 + seconds / 60
    assert simulator.books.repeated == {}


@pytest.mark.parametrize("kind", ["no such job", "no such route", "not readable"])
async def test_jobs_whose_route_stays_away_are_handed_back_unfinished_at_their_deadline(kind: str) -> None:
    async with networked(Spell(SPELLS[kind], 15.0, 1e9)) as (client, simulator, _):
        outcomes = await run_all(client, list(questions(100)), job_deadline=1200.0)
        ended_at = anyio.current_time()

    assert set(statuses(outcomes)) == {"unfinished"}
    assert {outcome.job_id for outcome in outcomes} == {work.id for work in simulator.books.jobs}
    assert ended_at < 1200 + 120


async def test_one_job_that_the_service_lost_is_lost_among_others_that_it_knows() -> None:
    """Also when its 404 does not name it: the route is there, since others are found on it."""
    gone: set[str] = set()

    def lose(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if path.startswith("/job-status") and (not gone or path in gone):
            gone.add(path)
            return httpx.Response(404, json={"detail": "Not Found"})
        return None

    async with networked(lose) as (client, _, _):
        outcomes = await run_all(client, list(questions(100)))

    assert statuses(outcomes) == {"completed": 99, "lost": 1}
