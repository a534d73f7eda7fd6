"""Deliveries to a runner under trio, in real time."""

from __future__ import annotations

import anyio
import pytest

from sixtyfour_async.simulator import SimulatorSettings
from tests.runner.pushing import pushed
from tests.runner.questions import fact, questions

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


async def test_answers_are_delivered() -> None:
    async with pushed(SimulatorSettings(speed=500.0)) as whole:
        with anyio.fail_after(30.0):
            outcomes = [outcome async for outcome in whole.runner.map(questions(20))]

    found = {outcome.index: outcome.result().structured_data["headquarters"] for outcome in outcomes}
    assert found == {number: fact(number) for number in range(20)}
    assert whole.runner.stats().delivered > 0
    assert set(whole.answers) == {204}
