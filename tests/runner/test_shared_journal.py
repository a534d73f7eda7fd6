"""Several runners on one journal: a web app's workers, or a nightly job beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from sixtyfour_async import DeepSearch, JournalError, SqliteJournal
from tests.journal.test_own_journal import DictJournal
from tests.runner.fleet import LEASE_SECONDS, Fleet, Worker, fleet, in_file
from tests.runner.questions import find_emails, question, questions

pytestmark = pytest.mark.anyio


async def until(condition: Callable[[], Any], seconds: float = 600.0) -> None:
    """Wait, in virtual time, until something is so."""
    with anyio.fail_after(seconds):
        while not condition():  # noqa: ASYNC110 (whatever the test waits for)
            await anyio.sleep(0.05)


def statuses(worker: Worker) -> Counter[str]:
    return Counter(outcome.status for outcome in worker.outcomes)


def submits(made: Fleet) -> int:
    return len(made.simulator.books.jobs)


# --- the same rows, asked by all ----------------------------------------------------------------------------------


async def test_rows_that_all_workers_ask_for_are_paid_once_and_answered_everywhere() -> None:
    async with fleet() as made:
        for _ in range(4):
            made.start(questions(30))
        await made.done()
        answered = [statuses(worker) for worker in made.workers]

    assert answered == [{"completed": 30}] * 4
    assert (submits(made), made.simulator.books.repeated) == (30, {})
    assert sum(not outcome.replayed for worker in made.workers for outcome in worker.outcomes) == 30


async def test_of_a_batch_the_rows_that_another_worker_has_are_left_out() -> None:
    """Both collect for bulk submits; they overlap in half of their rows."""
    rows = find_emails(60)
    async with fleet() as made:
        made.start(rows[:40])
        made.start(rows[20:])
        await made.done()
        answered = [statuses(worker) for worker in made.workers]

    assert answered == [{"completed": 40}, {"completed": 40}]
    books = made.simulator.books
    assert (sum(len(entry.subjects) for entry in books.jobs), books.repeated) == (60, {})


async def test_a_single_call_waits_for_the_answer_that_a_map_in_another_worker_has_asked_for() -> None:
    async with fleet() as made:
        made.start(questions(3))
        await until(lambda: submits(made) == 3)
        async with made.worker().running() as runner:
            outcome = await runner.run(question(1))

    assert (outcome.status, outcome.replayed) == ("completed", True)
    assert submits(made) == 3


async def test_outcomes_are_in_order_while_another_worker_has_some_of_the_rows() -> None:
    async with fleet() as made:
        made.start(questions(20)[::2])
        made.start(questions(20), {"ordered": True})
        await made.done()

    assert [outcome.index for outcome in made.workers[1].outcomes] == list(range(20))
    assert submits(made) == 20


async def test_what_one_worker_has_acknowledged_is_left_out_of_the_others_that_asked_for_news_only() -> None:
    async with fleet() as made:
        for _ in range(2):
            made.start(questions(12), {"deliver": "once", "ordered": True})
        await made.done()
        delivered = [outcome.key for worker in made.workers for outcome in worker.outcomes]
        again = made.start(questions(12), {"deliver": "once"})
        await made.done()

    assert set(delivered) == {question(number).fingerprint() for number in range(12)}
    assert again.outcomes == []


async def test_the_idempotency_keys_of_all_workers_are_the_same() -> None:
    async with fleet() as made:
        for _ in range(4):
            made.start(questions(1))
        await made.done()
        name = await made.workers[0].journal.get_meta("id")

    assert len(name or "") == 36
    assert submits(made) == 1


# --- what is said of rows that another has ------------------------------------------------------------------------


async def test_a_followed_row_counts_as_neither_waiting_nor_in_flight() -> None:
    async with fleet() as made:
        made.start(questions(3))
        await until(lambda: submits(made) == 3)
        follower = made.start(questions(3))
        await until(lambda: follower.runner is not None and follower.runner.stats().followed == 3)
        assert follower.runner is not None
        stats, why = follower.runner.stats(), follower.runner.explain(question(1).fingerprint())
        await made.done()

    assert (stats.waiting, stats.in_flight, stats.followed) == (0, 0, 3)
    assert "waiting for process" in str(why)


# --- leaving ------------------------------------------------------------------------------------------------------


async def test_a_caller_who_is_cancelled_waits_no_longer_and_harms_nobody() -> None:
    async with fleet() as made:
        made.start(questions(2))
        await until(lambda: submits(made) == 2)
        async with made.worker().running() as runner:
            with anyio.move_on_after(0.5) as scope:
                await runner.run(question(0))
            left = runner.stats().followed
        await made.done()

    assert (scope.cancelled_caught, left) == (True, 0)
    assert statuses(made.workers[0]) == {"completed": 2}


async def test_a_runner_that_is_closed_leaves_what_others_run_to_them() -> None:
    async with fleet() as made:
        made.start(questions(4))
        await until(lambda: submits(made) == 4)
        async with made.worker().running() as runner:
            stream = runner.map(questions(4))
            with anyio.move_on_after(0.5):
                await anext(stream)
            await stream.aclose()
        await made.done()

    assert runner.left_running == ()
    assert (statuses(made.workers[0]), submits(made)) == ({"completed": 4}, 4)


async def test_after_stop_rows_of_others_are_waited_for_and_nothing_is_submitted() -> None:
    async with fleet() as made:
        made.start(questions(3))
        await until(lambda: submits(made) == 3)
        follower = made.start(questions(3))
        await until(lambda: follower.runner is not None and follower.runner.stats().followed == 3)
        assert follower.runner is not None
        follower.runner.stop()
        await made.done()

    assert statuses(follower) == {"completed": 3}
    assert submits(made) == 3


async def test_jobs_of_a_runner_that_was_closed_are_polled_on_by_the_one_that_follows() -> None:
    async with fleet() as made:
        leaver = follower = made.worker()
        async with leaver.running() as runner, anyio.create_task_group() as tasks:
            tasks.start_soon(leaver.ignore, runner, questions(5))
            await until(lambda: submits(made) == 5)
            follower = made.start(questions(5))
            await until(lambda: follower.runner is not None and follower.runner.stats().followed == 5)
            tasks.cancel_scope.cancel()
        leaver.done.set()
        await made.done()

    assert statuses(follower) == {"completed": 5}
    assert submits(made) == 5


async def test_a_job_that_one_worker_hands_back_unfinished_is_polled_on_by_another() -> None:
    async with fleet() as made:
        impatient = made.start(questions(2), job_deadline=1.0)
        await until(lambda: submits(made) == 2)
        patient = made.start(questions(2))
        await made.done()

    assert set(statuses(impatient)) <= {"unfinished", "completed"}
    assert (statuses(patient), submits(made)) == ({"completed": 2}, 2)


async def test_rows_of_a_worker_that_was_killed_are_taken_over_within_a_lease() -> None:
    async with fleet() as made:
        doomed = made.start(questions(10))
        await until(lambda: submits(made) == 10)
        await anyio.sleep(1)
        doomed.kill()
        killed_at = anyio.current_time()
        follower = made.start(questions(10))
        await made.done()
        took = anyio.current_time() - killed_at

    assert statuses(follower) == {"completed": 10}
    assert submits(made) == 10
    assert took < 2 * LEASE_SECONDS + 120  # the lease, and the jobs themselves


async def test_a_worker_that_stood_still_before_the_request_left_sends_nothing() -> None:
    """It is frozen after the commit of its intents, for three leases; the rows were not sent, and are no doubt."""
    async with fleet() as made:
        frozen = made.start(questions(3))
        await until(lambda: frozen.runner is not None)
        frozen.freeze_after("claim")
        await until(lambda: frozen.is_frozen)
        heir = made.start(questions(3), on_unknown="park")
        await anyio.sleep(3 * LEASE_SECONDS)
        frozen.thaw()
        await made.done()

    assert made.simulator.books.repeated == {}
    assert submits(made) == 3
    assert statuses(frozen) == {"completed": 3}
    assert sum(statuses(heir).values()) == 3


async def test_the_id_that_comes_to_a_worker_after_its_lease_is_kept_and_the_job_is_polled() -> None:
    async with fleet() as made:
        frozen = made.start(questions(3))
        await until(lambda: submits(made) == 3)  # accepted by the service, and nobody here knows it
        frozen.freeze()
        other = made.start(questions(3), {}, on_unknown="park")
        await anyio.sleep(3 * LEASE_SECONDS)
        frozen.thaw()
        await made.done()

    assert (submits(made), made.simulator.books.repeated) == (3, {})
    assert statuses(frozen) == {"completed": 3}
    assert sum(statuses(other).values()) == 3


# --- limits -------------------------------------------------------------------------------------------------------


async def test_five_deep_searches_run_at_once_in_all_workers_together() -> None:
    async with fleet() as made:
        for start in (0, 6):
            made.start([DeepSearch(query=f"makers of pumps, list {number}") for number in range(start, start + 6)])
        await made.done(24 * 3600)

    assert made.simulator.books.slots_refused == 0
    assert [statuses(worker) for worker in made.workers] == [{"completed": 6}] * 2


async def test_searches_of_a_run_that_ended_make_room_when_they_have_ended_though_nobody_asks_for_them() -> None:
    async with fleet() as made:
        doomed = made.start([DeepSearch(query=f"makers of pumps, list {number}") for number in range(5)])
        await until(lambda: submits(made) == 5)
        await anyio.sleep(1)
        doomed.kill()
        other = made.start([DeepSearch(query="makers of valves")])
        await made.done(24 * 3600)

    assert statuses(other) == {"completed": 1}
    assert made.simulator.books.slots_refused == 0


# --- what a person does meanwhile ---------------------------------------------------------------------------------


async def test_two_workers_that_resubmit_what_is_unknown_send_it_once() -> None:
    async with fleet() as made:
        made.simulator.faults.script("lost_answer", route="/company-intelligence-async", times=2)
        made.start(questions(2))
        await made.done()
        for _ in range(2):
            made.start(questions(2), on_unknown="resubmit")
        await made.done()

    assert submits(made) == 4  # each of the two rows once more, not twice
    assert [statuses(worker) for worker in made.workers[1:]] == [{"completed": 2}] * 2


async def test_a_row_that_a_worker_erases_while_it_is_under_way_is_not_paid_a_second_time(
    tmp_path: Path,
) -> None:
    async with fleet(in_file(tmp_path / "run.db")) as made:
        worker = made.start(questions(2))
        await until(lambda: submits(made) == 2)
        await anyio.sleep(1)
        assert isinstance(worker.journal, SqliteJournal)
        assert await worker.journal.forget(question(0).fingerprint())
        await made.done()

    assert submits(made) == 2
    assert statuses(worker) == {"completed": 1, "unfinished": 1}
    assert all(outcome.job_id for outcome in worker.outcomes)


async def test_a_journal_of_ones_own_that_cannot_be_shared_works_as_before() -> None:
    async with fleet() as made:
        worker = made.worker()
        worker.journal = DictJournal()  # type: ignore[assignment]
        async with worker.running() as runner:
            outcome = await runner.run(question(0))

    assert outcome.status == "completed"


# --- a journal that cannot be reached -----------------------------------------------------------------------------


async def test_heartbeats_that_fail_end_nothing_and_hold_submits_back(caplog: pytest.LogCaptureFixture) -> None:
    async with fleet() as made:
        worker, before = made.worker(), -1
        beat = worker.journal.beat

        async def failing() -> None:
            raise JournalError("the database is away")

        worker.journal.beat = failing  # type: ignore[method-assign]
        async with worker.running() as runner:
            await anyio.sleep(2 * LEASE_SECONDS)
            outcomes: list[Any] = []

            async def ask() -> None:
                outcomes.append(await runner.run(question(0)))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(ask)
                await anyio.sleep(60)
                before = submits(made)
                worker.journal.beat = beat  # type: ignore[method-assign]

    assert (before, submits(made)) == (0, 1)
    assert outcomes[0].status == "completed"
    assert [record.message for record in caplog.records if "database is away" in record.message] == [
        "the database is away; nothing is submitted until the journal can be reached again"
    ]


async def test_what_a_runner_with_a_broken_journal_polls_no_more_is_taken_over() -> None:
    async with fleet() as made:
        broken = made.start(questions(3))
        await until(lambda: submits(made) == 3)
        await anyio.sleep(1)
        other = made.start(questions(3))
        await until(lambda: other.runner is not None and other.runner.stats().followed == 3)

        async def full(*_: Any, **__: Any) -> None:
            raise JournalError("the disk is full")

        broken.journal.put = full  # type: ignore[method-assign]
        await made.done()

    assert submits(made) == 3
    assert statuses(broken) == {"unfinished": 3}
    assert statuses(other) == {"completed": 3}
