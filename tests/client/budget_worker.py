"""One process of a fleet that shares a key: told what to do by a line of JSON, it works until it is ended.

python -m tests.client.budget_worker '{"url": …, "budget": …, "limit": 100, "speed": 10, "bulk": true, "seed": 1}'
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import anyio

from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence
from sixtyfour_async.operations import CheckBalance
from sixtyfour_async.simulator import DEFAULT_KEY


def questions(seed: int) -> Iterator[PeopleIntelligence[Any]]:
    for number in count():
        yield PeopleIntelligence(
            lead_info={"name": f"Person {number} of {seed}", "company": "Acme"}, struct={"age": "x"}
        )


async def work(order: dict[str, Any]) -> None:
    rng = random.Random(order["seed"])  # noqa: S311 (spreads calls)
    async with AsyncClient(
        DEFAULT_KEY,
        base_url=order["url"],
        budget=order["budget"],
        requests_per_minute=order["limit"],
        speed=order["speed"],
    ) as client:
        if order["bulk"]:
            async with JobRunner(client, max_in_flight=200) as runner:
                async for _ in runner.map(questions(order["seed"])):
                    pass
        while True:
            await client.send(CheckBalance())
            await anyio.sleep(rng.expovariate(1.0) * order["pause"])


if __name__ == "__main__":
    anyio.run(work, json.loads(sys.argv[1]))
