"""Deliveries to a runner under trio."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from trio.testing import MockClock

from sixtyfour_async.testing import VirtualTimeLoop
from tests.runner.pushing import pushed
from tests.runner.questions import fact, questions

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """In virtual time, since deliveries race with polls."""
    if request.param == "trio":
        return "trio", {"clock": MockClock(autojump_threshold=0)}
    return "asyncio", {"loop_factory": VirtualTimeLoop}


async def test_answers_are_delivered() -> None:
    async with pushed() as whole:
        with anyio.fail_after(600.0):
            outcomes = [outcome async for outcome in whole.runner.map(questions(20))]

    found = {outcome.index: outcome.result().structured_data["headquarters"] for outcome in outcomes}
    assert found == {number: fact(number) for number in range(20)}
    assert whole.runner.stats().delivered > 0
    assert set(whole.answers) == {204}
