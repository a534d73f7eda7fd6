"""Lazy reading, back-pressure, concurrent calls, and how a run is stopped or left."""

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


class EndlessInput:
    """An infinite input that counts the rows read from it."""

    def __init__(self) -> None:
        self.rows_read = 0

    def __iter__(self) -> Iterator[Question]:
        while True:
            self.rows_read += 1
            yield question(self.rows_read - 1)


def running_jobs(simulator: Simulator) -> int:
    return sum(work.ends_at > simulator.clock.now() for work in simulator.books.jobs)


async def test_an_endless_input_is_read_no_further_than_the_rows_in_flight() -> None:
    """At most ``max_in_flight`` rows are read ahead of the consumer, so memory is constant."""
    rows, consumed = EndlessInput(), 0
    async with simulated() as (client, _), JobRunner(client, max_in_flight=25) as runner:
        async for _outcome in runner.map(rows):
            consumed += 1
            assert rows.rows_read <= consumed + 25
            if consumed == 60:
                break

    assert 60 <= rows.rows_read <= 85


async def test_a_slow_consumer_stops_the_reading() -> None:
    """Finished rows do not pile up behind a consumer that takes an hour for each outcome."""
    rows, consumed = EndlessInput(), 0
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=10) as runner:
        async for _ in runner.map(rows):
            consumed += 1
            await anyio.sleep(3600)
            assert rows.rows_read <= consumed + 10
            assert len(simulator.books.jobs) <= consumed + 10
            if consumed == 5:
                break

    assert len(simulator.books.jobs) <= 15


async def test_at_most_max_in_flight_jobs_run_at_the_service() -> None:
    """Checked against the service's own books."""
    peak = 0
    async with simulated() as (client, simulator):
        async with JobRunner(client, max_in_flight=7) as runner:
            async for _ in runner.map(questions(40)):
                peak = max(peak, running_jobs(simulator))
        starts = sorted((work.submitted_at, work.ends_at) for work in simulator.books.jobs)

    overlap = max(sum(other[0] <= start < other[1] for other in starts) for start, _ in starts)
    assert 2 <= overlap <= 7
    assert peak <= 7


async def test_leaving_the_loop_early_withdraws_unsent_rows() -> None:
    """``break`` stops spending; submitted jobs are polled to their end and journaled."""
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
    assert sent - 1 <= len(simulator.books.jobs) <= sent + 1, "at most the submit in progress"
    assert (stats.waiting, stats.in_flight) == (0, 0)
    answered = [entry.job_id for entry in journal.rows.values() if entry.state == "completed"]
    assert sorted(work.id for work in simulator.books.jobs) == sorted(str(job_id) for job_id in answered)


async def test_a_row_shared_by_two_calls_is_not_withdrawn_by_one() -> None:
    """The other call still receives its outcome."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        outcomes: list[Outcome[object]] = []

        async def consume_all() -> None:
            async for outcome in runner.map(questions(400)[300:]):
                outcomes.append(outcome)  # noqa: PERF401 (read outside the task)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(consume_all)
            abandoned = runner.map(questions(400))
            async for _ in abandoned:
                break
            await abandoned.aclose()

    assert [outcome.status for outcome in outcomes] == ["completed"] * 100
    assert simulator.books.repeated == {}
    assert 100 <= len(simulator.books.jobs) < 400


async def test_concurrent_calls_share_one_runner() -> None:
    """Two lists and a web handler at the same time, under one budget."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        received: dict[str, list[int]] = {"first": [], "second": []}

        async def consume_list(name: str, operations: list[Question]) -> None:
            async for outcome in runner.map(operations):
                assert outcome.ok
                assert operations[outcome.index] == outcome.input
                received[name].append(outcome.index)

        async def handler() -> None:
            assert (await runner.run(question(200))).ok
            received["handler"] = [200]

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(consume_list, "first", questions(60))
            tasks.start_soon(consume_list, "second", questions(90)[30:])
            tasks.start_soon(handler)

    assert received.pop("handler") == [200]
    assert {"first": list(range(60)), "second": list(range(60))} == {
        name: sorted(done) for name, done in received.items()
    }
    assert (len(simulator.books.jobs), simulator.books.repeated) == (91, {})


class BrokenInputError(Exception):
    """An exception of the caller's own generator."""


async def consume(
    runner: JobRunner, operations: Iterator[Question] | AsyncGenerator[Question, None], seen: list[int]
) -> None:
    async for outcome in runner.map(operations):
        assert outcome.ok
        seen.append(outcome.index)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["plain", "asynchronous"])
async def test_an_exception_of_the_input_is_raised_after_the_pending_outcomes(asynchronous: bool) -> None:
    """Paid rows are delivered first; the exception is raised unchanged."""
    error = BrokenInputError("row 6 is torn")

    def sync_rows() -> Iterator[Question]:
        yield from questions(5)
        raise error

    async def async_rows() -> AsyncGenerator[Question, None]:
        for operation in questions(5):
            yield operation
        raise error

    seen: list[int] = []
    async with simulated() as (client, _), JobRunner(client) as runner:
        with pytest.raises(BrokenInputError) as caught:
            await consume(runner, async_rows() if asynchronous else sync_rows(), seen)
        later = await runner.run(question(9))

    assert caught.value is error
    assert sorted(seen) == [0, 1, 2, 3, 4]
    assert later.ok, "the runner is still usable"


async def test_an_exception_of_the_key_function_is_raised_unchanged() -> None:
    """Rows read before it are submitted."""
    error = BrokenInputError("no id column")

    def key(operation: JobOperation[object]) -> str:
        if operation == question(3):
            raise error
        return operation.fingerprint()

    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(BrokenInputError) as caught:
            [outcome async for outcome in runner.map(questions(5), key=key)]

    assert caught.value is error
    assert len(simulator.books.jobs) == 3


async def test_an_exception_in_the_block_is_not_wrapped() -> None:
    """No ExceptionGroup: ``except MyError`` works around ``async with JobRunner``."""
    error = BrokenInputError("in the block")
    async with simulated() as (client, simulator):
        runner = JobRunner(client)

        async def block() -> None:
            async with runner:
                async for _ in runner.map(questions(50)):
                    raise error

        with pytest.raises(BrokenInputError) as caught:
            await block()

    assert caught.value is error
    assert runner.left_running
    assert {job.job_id for job in runner.left_running} < {work.id for work in simulator.books.jobs}


async def test_leaving_a_run_early_leaves_no_resource_open() -> None:
    """No ResourceWarning is issued later in the caller's program."""
    async with simulated() as (client, _):
        async with JobRunner(client) as runner:
            async for _outcome in runner.map(questions(30)):
                break
        assert runner.left_running
    del runner
    gc.collect()


async def test_jobs_still_running_on_exit_are_listed_with_their_ids() -> None:
    """``left_running`` lists every job that is billed and not answered."""
    journal = MemoryJournal()
    async with simulated() as (client, simulator):
        async with JobRunner(client, journal=journal) as runner:
            async for _ in runner.map(questions(20)):
                break
        answered = {entry.job_id for entry in journal.rows.values() if entry.state == "completed"}
        left = {job.job_id for job in runner.left_running}
        assert {work.id for work in simulator.books.jobs} == left | answered
        assert not left & answered
        assert all(job.operation.fingerprint() == job.key for job in runner.left_running)

        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(questions(20))]

    assert sum(outcome.ok for outcome in outcomes) == 20
    assert (len(simulator.books.jobs), simulator.books.repeated) == (20, {})


async def test_stop_submits_nothing_more_and_drains_running_jobs() -> None:
    """As after a first Ctrl-C: every row read has an outcome and every accepted job its answer."""
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


async def test_stop_ends_the_current_map_and_not_the_next_one() -> None:
    """No row is read after ``stop``."""
    rows = EndlessInput()
    async with simulated() as (client, simulator), JobRunner(client, max_in_flight=10) as runner:
        async for _ in runner.map(rows):
            runner.stop()
        read = rows.rows_read
        assert read <= 11 + 1
        again = [outcome async for outcome in runner.map(questions(3))]

    assert read == rows.rows_read
    assert all(outcome.ok for outcome in again)
    assert simulator.books.repeated == {}


async def test_a_cancelled_run_call_leaves_its_job_running() -> None:
    """A web handler whose client hung up: the answer is journaled and replayed for the next call."""
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with anyio.move_on_after(5) as scope:
            await runner.run(question(0))
        await anyio.sleep(600)
        outcome = await runner.run(question(0))

    assert scope.cancelled_caught
    assert (outcome.ok, outcome.replayed) == (True, True)
    assert len(simulator.books.jobs) == 1


async def test_a_job_deadline_detaches_the_row_and_the_next_run_resumes_it() -> None:
    """``unfinished`` is an outcome with a job id; the row is not resubmitted."""
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


async def test_a_foreground_call_goes_before_waiting_rows() -> None:
    """It waits less than a second while a thousand rows are queued."""
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
                started = anyio.current_time()
                await client.account.check_balance()
                waits.append(anyio.current_time() - started)
            assert runner.stats().waiting > 0
            tasks.cancel_scope.cancel()

    assert max(waits) < 1
    assert simulator.books.peak() <= 500


async def test_ordered_outcomes_come_in_input_order() -> None:
    """A slow first row holds the others back; skipped and replayed rows leave no gap."""
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
