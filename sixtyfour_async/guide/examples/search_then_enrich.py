"""Find companies by a description, then research each one; a crash in between loses and repeats nothing.

Run it without a key and it is a rehearsal: on the built-in simulator, in virtual time. Needs the extra `simulator`.
"""

import csv
import os
from pathlib import Path

import anyio

from sixtyfour_async import AsyncClient, CompanyIntelligence, DeepSearch, JobRunner
from sixtyfour_async.testing import VirtualTimeLoop, simulated

FOUND, STRUCT = Path("found.csv"), {"headquarters": "City of the head office"}


def companies() -> list[dict[str, str]]:
    with FOUND.open(encoding="utf-8-sig", newline="") as file:
        return [{"company_name": row["company_name"], "website": row["website"]} for row in csv.DictReader(file)]


async def main(client: AsyncClient, journal: str | None) -> None:
    search = DeepSearch(query="german telecommunications", mode="company", max_results=5, output_mode="csv")
    async with JobRunner(client, journal=journal) as runner:
        found = (await runner.run(search)).result()  # in the journal, too: the same search is not paid twice
        await client.save(found, FOUND)  # by a link that is renewed when it has expired
        rows = companies()
        questions = (CompanyIntelligence(target_company=row, struct=STRUCT, tier="low") for row in rows)
        async for outcome in runner.map(questions):  # in the order of the answers
            answer = outcome.value.structured_data["headquarters"] if outcome.value else outcome.error
            print(rows[outcome.index]["company_name"], outcome.status, answer, sep=" | ")


async def live() -> None:
    async with AsyncClient() as client:
        await main(client, "leads.db")


async def rehearse() -> None:
    async with simulated() as (client, _):
        await main(client, None)  # in memory: what is invented here must not be taken for an answer later


if __name__ == "__main__":
    if "SIXTYFOUR_API_KEY" in os.environ:
        anyio.run(live)
    else:
        anyio.run(rehearse, backend_options={"loop_factory": VirtualTimeLoop})
