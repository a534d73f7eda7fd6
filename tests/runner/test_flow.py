"""Rows in, outcomes out: who waits for whom, and how a run is left."""

from __future__ import annotations

import gc
import itertools
from collections.abc import AsyncGenerator, Iterator

import anyio
import pytest

from sixtyfour_async import JobOperation, JobRunner, MemoryJournal, Outcome, RunStoppedError
from sixtyfour_async.simulator import Simulator, SimulatorSettings, companies
from sixtyfour_async.testing import simulated
from tests.runner.questions import Question, question, questions

pytestmark = pytest.mark.anyio


class Endless:
    """An input without an end that counts how far it was read."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[Question]:
        while True:
            self.read += 1
            yield question(self.read - 1)


def running(simulator: Simulator) -> int:
    return sum(work.ends_at > simulator.clock.now() for work in simulator.books.jobs)


async def test_an_endless_input_is_read_no_further_than_the_rows_in_flight() -> None:
    """Memory is constant: at most ``max_in_flight`` rows are read ahead of the consumer."""
    rows, taken = Endless(), 0
    async with simulated() as (client, _), JobRunner(client, max_in_flight=25) as runner:
        async for _outcome in runner.map(rows):
            taken += 1
            assert rows.read <= taken + 25
            if taken == 60:
                break

    assert 60 <= rows.read <= 85


async def test_a_slow_consumer_holds_the_reading_back() -> None:
    """Whoever looks at each outcome for an hour gets no pile of finished rows behind it."""
    rows, taken = Endless(), 0
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=10) as runner:
        async for _ in runner.map(rows):
            taken += 1
            await anyio.sleep(3600)
            assert rows.read <= taken + 10
            assert len(simulator.books.jobs) <= taken + 10
            if taken == 5:
                break

    assert len(simulator.books.jobs) <= 15


async def test_no_more_jobs_run_than_allowed() -> None:
    """``max_in_flight`` is a promise about the service's side too."""
    most = 0
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_in_flight=7) as runner:
            async for _ in runner.map(questions(40)):
                most = max(most, running(simulator))
        starts = sorted((work.submitted_at, work.ends_at) for work in simulator.books.jobs)

    overlap = max(sum(other[0] <= start < other[1] for other in starts) for start, _ in starts)
    assert 2 <= overlap <= 7
    assert most <= 7


async def test_leaving_the_loop_early_withdraws_what_was_not_sent() -> None:
    """``break`` stops the spending; what had been sent is watched on and stays in the journal."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator), JobRunner(client, journal=journal) as runner:
        stream = runner.map(questions(400))
        async for _ in stream:
            break
        await stream.aclose()
        sent = len(simulator.books.jobs)
        await anyio.sleep(3600)
        stats = runner.stats()

    assert 1 <= sent < 400
    assert sent - 1 <= len(simulator.books.jobs) <= sent + 1, "at most the submit that was on its way"
    assert (stats.waiting, stats.in_flight) == (0, 0)
    answered = [entry.job_id for entry in journal.rows.values() if entry.state == "completed"]
    assert sorted(work.id for work in simulator.books.jobs) == sorted(str(job_id) for job_id in answered)


async def test_a_row_wanted_by_two_is_not_withdrawn_by_one() -> None:
    """The question that another call still waits for stays."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes: list[Outcome[object]] = []

        async def patient() -> None:
            async for outcome in runner.map(questions(400)[300:]):
                outcomes.append(outcome)  # noqa: PERF401 (read by whoever waits outside)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(patient)
            hasty = runner.map(questions(400))
            async for _ in hasty:
                break
            await hasty.aclose()

    assert [outcome.status for outcome in outcomes] == ["completed"] * 100
    assert simulator.books.repeated == {}
    assert 100 <= len(simulator.books.jobs) < 400


async def test_several_calls_share_one_runner() -> None:
    """A nightly list and a web handler ask at the same time, under one budget."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        got: dict[str, list[int]] = {"first": [], "second": []}

        async def over(name: str, asked: list[Question]) -> None:
            async for outcome in runner.map(asked):
                assert outcome.ok
                assert asked[outcome.index] == outcome.input
                got[name].append(outcome.index)

        async def handler() -> None:
            assert (await runner.run(question(200))).ok
            got["handler"] = [200]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(over, "first", questions(60))
            tasks.start_soon(over, "second", questions(90)[30:])
            tasks.start_soon(handler)

    assert got.pop("handler") == [200]
    assert {"first": list(range(60)), "second": list(range(60))} == {name: sorted(done) for name, done in got.items()}
    assert (len(simulator.books.jobs), simulator.books.repeated) == (91, {})


class BrokenInputError(Exception):
    """What a user's own generator may raise."""


async def consume(
    runner: JobRunner, asked: Iterator[Question] | AsyncGenerator[Question, None], seen: list[int]
) -> None:
    async for outcome in runner.map(asked):
        assert outcome.ok
        seen.append(outcome.index)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["plain", "asynchronous"])
async def test_an_input_that_raises_is_heard_after_the_outcomes_owed(asynchronous: bool) -> None:
    """What was paid for is delivered first; the exception is the caller's own, unchanged."""
    mine = BrokenInputError("row 6 is torn")

    def plainly() -> Iterator[Question]:
        yield from questions(5)
        raise mine

    async def slowly() -> AsyncGenerator[Question, None]:
        for asked in questions(5):
            yield asked
        raise mine

    seen: list[int] = []
    async with simulated() as (client, _), JobRunner(client) as runner:
        with pytest.raises(BrokenInputError) as caught:
            await consume(runner, slowly() if asynchronous else plainly(), seen)
        later = await runner.run(question(9))

    assert caught.value is mine
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert later.ok, "the runner itself is well"


async def test_a_key_function_that_raises_is_heard_in_the_same_way() -> None:
    """It is the caller's code too."""
    mine = BrokenInputError("no id column")

    def key(asked: JobOperation[object]) -> str:
        if asked == question(3):
            raise mine
        return asked.fingerprint()

    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(BrokenInputError) as caught:
            [outcome async for outcome in runner.map(questions(5), key=key)]

    assert caught.value is mine
    assert len(simulator.books.jobs) == 3


async def test_an_error_in_the_block_arrives_as_it_was_raised() -> None:
    """No ExceptionGroup around it: ``except MyError`` goes on working inside ``async with JobRunner``."""
    mine = BrokenInputError("mine")
    async with simulated() as (client, simulator):
        runner = JobRunner(client)

        async def block() -> None:
            async with runner:
                async for _ in runner.map(questions(50)):
                    raise mine

        with pytest.raises(BrokenInputError) as caught:
            await block()

    assert caught.value is mine
    assert runner.left_running
    assert {left.job_id for left in runner.left_running} < {work.id for work in simulator.books.jobs}


async def test_a_run_that_is_left_early_leaves_nothing_open() -> None:
    """No ResourceWarning later, out of nowhere, in the caller's own program."""
    async with simulated() as (client, _):
        async with JobRunner(client) as runner:
            async for _outcome in runner.map(questions(30)):
                break
        assert runner.left_running
    del runner
    gc.collect()


async def test_what_still_runs_is_handed_back_with_its_ids() -> None:
    """A runner that is left tells every id that is billed and was not answered."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async for _ in runner.map(questions(20)):
                break
        answered = {entry.job_id for entry in journal.rows.values() if entry.state == "completed"}
        left = {unfinished.job_id for unfinished in runner.left_running}
        assert {work.id for work in simulator.books.jobs} == left | answered
        assert not left & answered
        assert all(unfinished.operation.fingerprint() == unfinished.key for unfinished in runner.left_running)

        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(questions(20))]

    assert sum(outcome.ok for outcome in outcomes) == 20
    assert (len(simulator.books.jobs), simulator.books.repeated) == (20, {})


async def test_stop_sends_no_more_and_watches_what_runs() -> None:
    """The first Ctrl-C: every row that was read has an outcome, and every accepted job its answer."""
    outcomes: list[Outcome[object]] = []
    sent = 0
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_in_flight=30) as runner:
            async for outcome in runner.map(questions(200)):
                outcomes.append(outcome)
                if len(outcomes) == 5:
                    runner.stop()
                    sent = len(simulator.books.jobs)
            stats = runner.stats()
        assert runner.left_running == ()

    withdrawn = [outcome for outcome in outcomes if isinstance(outcome.error, RunStoppedError)]
    answered = [outcome for outcome in outcomes if outcome.ok]
    assert len(outcomes) == len(withdrawn) + len(answered) < 200
    assert sorted(work.id for work in simulator.books.jobs) == sorted(str(outcome.job_id) for outcome in answered)
    assert sent == len(simulator.books.jobs) == stats.ended["completed"]
    assert (len(withdrawn), 0, 0) == (stats.withdrawn, stats.in_flight, stats.waiting)
    assert all(outcome.status == "rejected" and outcome.job_id is None for outcome in withdrawn)


async def test_after_stop_nothing_is_read_and_the_next_map_is_another_run() -> None:
    """``stop`` concerns the calls under way."""
    rows = Endless()
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=10) as runner:
        async for _ in runner.map(rows):
            runner.stop()
        read = rows.read
        assert read <= 11 + 1
        again = [outcome async for outcome in runner.map(questions(3))]

    assert read == rows.read
    assert all(outcome.ok for outcome in again)
    assert simulator.books.repeated == {}


async def test_a_cancelled_run_call_leaves_its_job_to_the_runner() -> None:
    """A web handler whose client hung up: the job stays journalled and its answer is there for the next one."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with anyio.move_on_after(5) as scope:
            await runner.run(question(0))
        await anyio.sleep(600)
        outcome = await runner.run(question(0))

    assert scope.cancelled_caught
    assert (outcome.ok, outcome.replayed) == (True, True)
    assert len(simulator.books.jobs) == 1


async def test_a_job_deadline_hands_the_row_back_and_the_next_run_goes_on() -> None:
    """``unfinished`` is an outcome with an id; nothing is asked again for it."""
    journal = MemoryJournal()
    async with simulated(SimulatorSettings(runtimes="measured")) as (client, simulator):
        async with JobRunner(client, journal=journal, job_deadline=20) as runner:
            early = [outcome async for outcome in runner.map(questions(10))]
        async with JobRunner(client, journal=journal) as runner:
            late = [outcome async for outcome in runner.map(questions(10))]

    unfinished = [outcome for outcome in early if outcome.status == "unfinished"]
    assert unfinished
    assert all(outcome.job_id and str(outcome.job_id) in str(outcome.error) for outcome in unfinished)
    assert sum(outcome.ok for outcome in late) == 10
    assert len(simulator.books.jobs) == 10


async def test_a_caller_in_the_foreground_need_not_wait_for_the_crowd() -> None:
    """While a thousand rows wait, one awaited call goes first."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        stream = runner.map(question(number) for number in itertools.islice(range(len(companies())), 1000))
        waits: list[float] = []
        async with anyio.create_task_group() as tasks:

            async def consume() -> None:
                async for _ in stream:
                    pass

            tasks.start_soon(consume)
            for _ in range(20):
                await anyio.sleep(3)
                begun = anyio.current_time()
                await client.account.check_balance()
                waits.append(anyio.current_time() - begun)
            assert runner.stats().waiting > 0
            tasks.cancel_scope.cancel()

    assert max(waits) < 1
    assert simulator.books.peak() <= 500


async def test_outcomes_come_in_input_order_when_asked_to() -> None:
    """A slow first row holds the others back; what is skipped or answered from the journal leaves no gap."""
    journal = MemoryJournal()
    rows = [question(0, tier="medium"), *questions(30)[1:]]
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            for number in (3, 4, 7, 29):
                await runner.ack(await runner.run(rows[number]))
        async with JobRunner(client, journal=journal, max_in_flight=8) as runner:
            once = [outcome.index async for outcome in runner.map(rows, deliver="once", ordered=True)]
        async with JobRunner(client, journal=journal, max_in_flight=8) as runner:
            every = [outcome.index async for outcome in runner.map(rows, ordered=True)]

    ends = {work.subject: work.ends_at for work in simulator.books.jobs}
    assert len({*ends.values()}) == 30
    assert once == [number for number in range(30) if number not in {3, 4, 7, 29}]
    assert every == list(range(30))
