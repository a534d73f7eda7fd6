"""The package under trio, in real time, over a TCP port."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import AsyncClient, JobRunner
from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.runner.questions import Question, fact, question, questions

pytestmark = pytest.mark.anyio

SPEED = 300.0


@pytest.fixture
def anyio_backend() -> str:
    return "trio"


async def one_by_one(rows: list[Question]) -> AsyncGenerator[Question, None]:
    for row in rows:
        yield row


async def test_client_runner_and_journal_work_under_trio(tmp_path: Path) -> None:
    """Including a second run on the same journal, from an asynchronous generator, and one that is cancelled."""
    with simulator_process(SimulatorSettings(speed=SPEED)) as url:
        async with AsyncClient(DEFAULT_KEY, base_url=url, speed=SPEED) as client:
            direct = await client.send(question(0))
            values: list[dict[int, object]] = []
            for rows in (questions(40), one_by_one(questions(40))):
                async with JobRunner(client, journal=tmp_path / "run.db") as runner:
                    outcomes = [outcome async for outcome in runner.map(rows)]
                    found = {outcome.index: outcome.result().structured_data for outcome in outcomes}
                    values.append({index: data["headquarters"] for index, data in found.items()})
            with anyio.move_on_after(0.05):
                async with JobRunner(client, journal=tmp_path / "run.db") as runner:
                    async for _outcome in runner.map(questions(400)[300:]):
                        pass
            charged = 1_000_000 - ((await client.account.check_balance()).credits or 0)

    assert direct.structured_data["headquarters"] == fact(0)
    assert {number: fact(number) for number in range(40)} == values[0] == values[1]
    assert charged >= 41


async def test_two_runners_share_a_journal_file_under_trio(tmp_path: Path) -> None:
    answered: list[set[str]] = []

    async def work() -> None:
        async with (
            AsyncClient(DEFAULT_KEY, base_url=url, speed=SPEED) as client,
            JobRunner(client, journal=tmp_path / "run.db") as runner,
        ):
            answered.append({outcome.status async for outcome in runner.map(questions(20))})

    with simulator_process(SimulatorSettings(speed=SPEED)) as url:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(work)
            tasks.start_soon(work)
        async with AsyncClient(DEFAULT_KEY, base_url=url, speed=SPEED) as client:
            charged = 1_000_000 - ((await client.account.check_balance()).credits or 0)

    assert answered == [{"completed"}] * 2
    assert charged == 20
