"""One question, and a service that answers it by a script."""

from __future__ import annotations

from typing import Any

import anyio
import httpx

from sixtyfour_async import CompanyIntelligence, JobRunner, MemoryJournal, Outcome
from tests.client.network import ScriptedTransport, scripted

QUESTION = CompanyIntelligence(target_company={"company_name": "Acme"}, struct={"hq": "Head office"})
RESULT = {"structured_data": {"hq": "Berlin"}, "notes": "", "references": {}}
STARTED = {"task_id": "j1", "status": "RUNNING"}
DONE = {"status": "completed", "result": RESULT, "charge_amount": 10}


class Service:
    """Answers a submit with *started*, and each poll with the next of *polls*, the last one for ever."""

    def __init__(self, *polls: Any, started: Any = STARTED) -> None:
        self.started = started
        self.polls = list(polls)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json=self.started)
        return httpx.Response(200, json=self.polls.pop(0) if len(self.polls) > 1 else self.polls[0])


async def run(service: Service, **runner: Any) -> tuple[Outcome[Any], float, ScriptedTransport]:
    """Run the question; return its outcome, the seconds it took and the requests."""
    async with scripted(service) as (client, network), JobRunner(client, journal=MemoryJournal(), **runner) as jobs:
        begun = anyio.current_time()
        [outcome] = [outcome async for outcome in jobs.map([QUESTION])]
    return outcome, anyio.current_time() - begun, network
