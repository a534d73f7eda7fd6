"""A Prefect flow over a table: Prefect repeats a task that failed, and the journal keeps rows from being paid twice.

SIXTYFOUR_API_KEY=… python prefect_flow.py companies.csv. Without a key: `sixtyfour simulate`, and the two variables
that it prints. Needs prefect and pandas.
"""

import asyncio
import sys

import pandas as pd
from prefect import flow, task

from sixtyfour_async import AsyncClient, JobRunner, Question

QUESTION = Question("company-intelligence", fields={"headquarters": "City of the head office"}, options={"tier": "low"})


@task(retries=3, retry_delay_seconds=60)
async def enrich(table: str, journal: str) -> str:
    async with AsyncClient() as client, JobRunner(client, journal=journal) as runner:
        found = await runner.enrich(pd.read_csv(table), QUESTION)
    out = f"{table}.enriched.csv"
    found.to_csv(out, index=False)
    if (found["status"] == "unfinished").any():  # the next attempt polls these, and pays nothing
        raise RuntimeError("some jobs still run")
    return out


@flow
async def companies(table: str) -> str:
    return await enrich(table, journal=f"{table}.journal.db")  # on several machines: postgresql://HOST/DATABASE


if __name__ == "__main__":
    print(asyncio.run(companies(sys.argv[1])))
