"""The fork server that killed runs come from, and runners that share a journal of each kind."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from sixtyfour_async._journal.sharing import SharedJournal
from tests.journal.kill_campaign import RunForkServer, Scenario, shared_forks
from tests.journal.sharing_fixtures import Fleet, PostgresFleet, close_all, memory_fleet, sqlite_fleet


@pytest.fixture
def forks() -> RunForkServer:
    return shared_forks()


@pytest.fixture
def scenario(tmp_path: Path) -> Generator[Scenario, None, None]:
    (tmp_path / "other").mkdir()
    with Scenario.create(tmp_path, 24, "plain") as made:
        yield made


@pytest.fixture
def journal(scenario: Scenario) -> Path:
    return Path(scenario.spec.journal)


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def fleet(request: pytest.FixtureRequest, tmp_path: Path) -> Fleet:
    if request.param == "postgres":
        return PostgresFleet(request.getfixturevalue("postgres_url"))
    return memory_fleet() if request.param == "memory" else sqlite_fleet(tmp_path / "run.db")


@pytest.fixture
async def one(fleet: Fleet) -> AsyncGenerator[SharedJournal, None]:
    runner = fleet.runner()
    await runner.open()
    yield runner
    await close_all(runner)


@pytest.fixture
async def other(fleet: Fleet, one: SharedJournal) -> AsyncGenerator[SharedJournal, None]:
    runner = fleet.runner()
    await runner.open()
    yield runner
    await close_all(runner, one)
