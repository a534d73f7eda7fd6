"""Where the account of a key is kept, and what a client does when it is there, gone, or another one."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import AsyncClient, ConfigurationError, JobRunner, JournalError, SqliteJournal
from sixtyfour_async._client import account_visits
from sixtyfour_async._client.budget_file import BudgetFile
from sixtyfour_async._client.budget_store import Visit, budget_path
from sixtyfour_async._client.client import pipeline_of
from sixtyfour_async._scheduling.visits import Call
from sixtyfour_async._uptime import machine_clock
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import question

pytestmark = pytest.mark.anyio


def visit(runner: str, *, leaving: bool = False, key: str = "k") -> Visit:
    return Visit(
        key, runner, 1.0, Call(500, (1, 0, 0), lease=0.0 if leaving else 1.0, leaving=leaving), machine_clock(None)
    )


async def test_the_key_is_not_in_the_file_and_nobody_else_may_read_it(tmp_path: Path) -> None:
    async with simulated(budget=tmp_path / "run.db") as (client, _):
        await client.send(CheckBalance())
        file = tmp_path / "run.db-budget"
        assert DEFAULT_KEY.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


async def test_the_last_client_to_leave_deletes_the_file(tmp_path: Path) -> None:
    async with simulated(budget=str(tmp_path / "run.db")) as (first, _):
        await first.send(CheckBalance())
        async with simulated(budget=str(tmp_path / "run.db")) as (second, _):
            await second.send(CheckBalance())
        assert (tmp_path / "run.db-budget").exists()

    assert os.listdir(tmp_path) == []  # noqa: PTH208 (short)


async def test_a_client_that_sends_nothing_makes_no_file(tmp_path: Path) -> None:
    async with simulated(budget=tmp_path / "run.db"):
        pass

    assert os.listdir(tmp_path) == []  # noqa: PTH208 (short)


async def test_two_clients_in_one_loop_share_the_limit(tmp_path: Path) -> None:
    settings = SimulatorSettings(speed=60.0, limit=60, window="sliding")
    async with (
        simulated(settings, requests_per_minute=60, budget=tmp_path / "run.db") as (first, simulator),
        AsyncClient(
            DEFAULT_KEY,
            base_url="http://simulator",
            http_client=first._pipeline.transport._client,  # pyright: ignore[reportPrivateUsage]
            requests_per_minute=60,
            budget=tmp_path / "run.db",
            speed=60.0,
        ) as second,
        anyio.create_task_group() as tasks,
    ):
        for client in (first, second):
            for _ in range(40):
                tasks.start_soon(client.send, CheckBalance())

    assert simulator.books.throttled == 0
    assert len(simulator.books.requests) == 80


@pytest.mark.parametrize("link", ["symlink", "relative"])
async def test_other_names_of_a_journal_lead_to_the_same_accounts(
    tmp_path: Path, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run.db").touch()
    (tmp_path / "other.db").symlink_to(tmp_path / "run.db")
    monkeypatch.chdir(tmp_path)

    assert budget_path("other.db" if link == "symlink" else "run.db") == tmp_path / "run.db-budget"


async def test_a_runner_takes_its_requests_from_the_budget_beside_its_journal(tmp_path: Path) -> None:
    async with simulated() as (client, _):
        budget = pipeline_of(client).budget
        async with JobRunner(client, journal=tmp_path / "run.db") as runner:
            await runner.run(question(0))
            assert budget.is_shared
            assert (tmp_path / "run.db-budget").exists()
        assert not budget.is_shared
        assert not (tmp_path / "run.db-budget").exists()
        await client.send(CheckBalance())  # out of a budget of its own


async def test_a_runner_without_a_file_leaves_the_budget_as_it_is(tmp_path: Path) -> None:
    async with simulated() as (client, _), JobRunner(client) as runner:
        await runner.run(question(0))
        assert not pipeline_of(client).budget.is_shared

    async with simulated(budget=tmp_path / "run.db") as (client, _), JobRunner(client) as runner:
        await runner.run(question(0))
        assert pipeline_of(client).budget.is_shared


async def test_a_journal_beside_another_explicit_budget_is_an_error_that_names_both(tmp_path: Path) -> None:
    async with simulated(budget=tmp_path / "one.db") as (client, _):
        with pytest.raises(ConfigurationError, match=r"one\.db.*two\.db"):
            JobRunner(client, journal=tmp_path / "two.db")
        JobRunner(client, journal=SqliteJournal(tmp_path / "one.db"))


@pytest.mark.parametrize(
    "budget",
    ["postgresql://me:s3cret@host", "postgresql://me:s3cret@host/runs", "postgresql://host/runs?password=s3cret"],
)
async def test_the_error_that_names_both_shows_no_password(budget: str, tmp_path: Path) -> None:
    client = AsyncClient(DEFAULT_KEY, budget=budget)
    with pytest.raises(ConfigurationError, match=r"postgresql://.*host/.*run\.db") as caught:
        JobRunner(client, journal=tmp_path / "run.db")

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("budget", ["", "mysql://host/db", "http://x"])
async def test_what_is_neither_a_path_nor_a_postgres_url_is_refused(budget: str) -> None:
    with pytest.raises(ConfigurationError, match="budget"):
        AsyncClient(DEFAULT_KEY, budget=budget)


async def test_a_budget_that_cannot_be_reached_sends_nothing_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with simulated(budget=tmp_path / "missing" / "run.db") as (client, simulator):
        with pytest.raises(JournalError, match=r"missing/run\.db-budget.*nothing is sent"):
            await client.with_options(timeout=0.4).send(CheckBalance())
        assert simulator.books.requests == []

        (tmp_path / "missing").mkdir()
        await client.send(CheckBalance())  # as soon as it is there

    monkeypatch.setattr(account_visits, "PATIENCE_SECONDS", 0.4)
    async with simulated(budget=tmp_path / "gone" / "run.db") as (client, simulator), JobRunner(client) as runner:
        outcome = await runner.run(question(0))
        assert (outcome.status, simulator.books.requests) == ("rejected", [])
        assert "nothing is sent without it" in str(outcome.error)
        with pytest.raises(JournalError, match="nothing is sent without it"):
            await runner.run(question(1))


async def test_a_locked_file_stops_everybody_and_lets_go_again(tmp_path: Path) -> None:
    store = BudgetFile(tmp_path / "run.db")
    store.visit(visit("a"))
    other = sqlite3.connect(tmp_path / "run.db-budget", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")

    with pytest.raises(JournalError, match="locked"):
        store.visit(visit("a"))

    other.execute("ROLLBACK")
    other.close()
    assert store.visit(visit("b")).again is not None
    store.close()


async def test_a_damaged_file_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "run.db-budget").write_bytes(b"no database" * 500)

    with pytest.raises(JournalError, match=r"run\.db-budget.*not a database") as caught:
        BudgetFile(tmp_path / "run.db").visit(visit("a"))

    assert "\n" not in str(caught.value)


async def test_a_file_that_was_deleted_under_a_process_is_not_used_on(tmp_path: Path) -> None:
    first, second = BudgetFile(tmp_path / "run.db"), BudgetFile(tmp_path / "run.db")
    first.visit(visit("a"))
    (tmp_path / "run.db-budget").unlink()
    second.visit(visit("b"))

    assert first.visit(visit("a")).lent is None  # it found the account that the second one was lent
    first.close()
    second.close()


async def test_the_file_stays_while_anybody_is_there_whatever_key_they_use(tmp_path: Path) -> None:
    first, second = BudgetFile(tmp_path / "run.db"), BudgetFile(tmp_path / "run.db")
    first.visit(visit("a"))
    second.visit(visit("b", key="another"))

    first.visit(visit("a", leaving=True))
    assert (tmp_path / "run.db-budget").exists()

    second.visit(visit("b", leaving=True, key="another"))
    assert not (tmp_path / "run.db-budget").exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
async def test_a_process_that_was_forked_opens_the_file_for_itself(tmp_path: Path) -> None:
    store = BudgetFile(tmp_path / "run.db")
    store.visit(visit("a"))

    child = os.fork()
    if not child:
        try:
            store.visit(visit("b"))
        except BaseException:  # noqa: BLE001 (a test must not go on in the child)
            os._exit(1)
        os._exit(0)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0  # noqa: ASYNC222 (it is no event loop's child)
    store.visit(visit("a"))
    store.close()
