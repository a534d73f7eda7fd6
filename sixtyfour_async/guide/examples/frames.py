"""Answers beside the rows of a pandas or polars frame: the same kind of frame comes back, with columns added.

Run it without a key and it is a rehearsal: on the built-in simulator, in virtual time. Needs the extra `simulator`.
"""

import os

import anyio
import pandas as pd
import polars as pl

from sixtyfour_async import AsyncClient, JobRunner, Question
from sixtyfour_async.testing import VirtualTimeLoop, simulated

COMPANIES = {"company_name": ["3M", "Adesso SE"], "note": ["ours", "ours, too"]}
QUESTION = Question("company-intelligence", fields={"headquarters": "City of the head office"}, options={"tier": "low"})


async def main(client: AsyncClient, journal: str | None) -> None:
    async with JobRunner(client, journal=journal, max_cost_cents=100, max_row_cents=25) as runner:
        found = await runner.enrich(pd.DataFrame(COMPANIES), QUESTION)  # `note` is no name of the service's: not sent
        print(found[["company_name", "note", "headquarters", "status"]])

        again = await runner.enrich(pl.DataFrame(COMPANIES), QUESTION)  # the journal knows the answers: not paid again
        print(again.select("company_name", "headquarters", "cost_cents"))
        print(runner.stats().cost_cents, "cents")


async def live() -> None:
    async with AsyncClient() as client:
        await main(client, "frames.db")


async def rehearse() -> None:
    async with simulated() as (client, _):
        await main(client, None)  # in memory: what is invented here must not be taken for an answer later


if __name__ == "__main__":
    if "SIXTYFOUR_API_KEY" in os.environ:
        anyio.run(live)
    else:
        anyio.run(rehearse, backend_options={"loop_factory": VirtualTimeLoop})
