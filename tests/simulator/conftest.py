"""A fake clock, and simulators called in-process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import anyio.lowlevel
import httpx
import pytest

from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@dataclass(slots=True)
class FakeClock:
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await anyio.lowlevel.checkpoint()


@dataclass(slots=True)
class Harness:
    simulator: Simulator
    clock: FakeClock
    client: httpx.AsyncClient

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.client.get(path, params=params or None)

    async def post(self, path: str, body: Any = None, **params: Any) -> httpx.Response:
        return await self.client.post(path, json=body, params=params or None)

    async def submit(self, path: str, body: Any) -> str:
        answer = await self.post(path, body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["task_id"])

    async def finished(self, path: str, body: Any, **params: Any) -> dict[str, Any]:
        job = await self.submit(path, body)
        self.clock.seconds += 3600
        shown: dict[str, Any] = (await self.get(f"/job-status/{job}", **params)).json()
        return shown


Start = Callable[..., Harness]
Ask = Callable[[Harness], Awaitable[httpx.Response]]


@pytest.fixture
def start() -> Start:
    def make(*, key: str | None = DEFAULT_KEY, clock: FakeClock | None = None, **settings: Any) -> Harness:
        ticking = clock or FakeClock()
        simulator = Simulator(SimulatorSettings(**settings), now=ticking.now, sleep=ticking.sleep)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(simulator.app),
            base_url="http://sim",
            headers={"x-api-key": key} if key else {},
        )
        return Harness(simulator, ticking, client)

    return make


COMPANY = {
    "target_company": {"company_name": "1&1", "website": "www.1und1.ag"},
    "struct": {
        "headquarters": "City and country of the head office",
        "founded": {"description": "Year", "type": "int"},
    },
}
PERSON = {
    "lead_info": {"name": "Ada Example", "company": "3M"},
    "struct": {"title": "Job title", "hq": "Headquarters of the company"},
}
LEAD = {"lead": {"name": "Bo Example", "company": "Acme Corp"}}
QA = {
    "data": {"company_name": "3M"},
    "qualification_criteria": [
        {"criteria_name": "size", "description": "More than 1,000 staff", "weight": 3.0},
        {"criteria_name": "age", "description": "Founded before 1950"},
    ],
}
RESEARCH = {"input_data": {"company_name": "3M"}, "struct": {"industry": "Industry"}}
SEARCH = {"query": "German telecommunications companies", "mode": "company", "max_results": 3}
COMPANY_WORKFLOW = "7b0c6a52-3f0e-4d7c-9a51-0c1f7f1d0001"
