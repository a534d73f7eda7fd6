"""Run a stored workflow over rows, and save the file that its last block wrote.

Run it without a key and it is a rehearsal: on the built-in simulator, in virtual time. Needs the extra `simulator`.
"""

import os

import anyio

from sixtyfour_async import AsyncClient, JobRunner, RunWorkflow
from sixtyfour_async.testing import VirtualTimeLoop, simulated

ROWS = [{"company_name": name} for name in ("3M", "3i", "Adesso SE")]


async def main(client: AsyncClient, journal: str | None) -> None:
    workflow = (await client.workflows.list())[0]
    async with JobRunner(client, journal=journal) as runner:
        outcome = await runner.run(RunWorkflow(workflow_id=workflow.id, webhook_payload=ROWS))
    print(workflow.name, outcome.status, outcome.job_id, sep=" | ")
    outcome.result()  # raises what went wrong, with the id of the run
    links = await client.workflows.download_links(run_id=outcome.job_id or "")
    size = await client.save(links, "workflow.csv")  # of several files, that of the highest block
    print(size, "bytes in workflow.csv")


async def live() -> None:
    async with AsyncClient() as client:
        await main(client, "workflow.db")


async def rehearse() -> None:
    async with simulated() as (client, _):
        await main(client, None)  # in memory: what is invented here must not be taken for an answer later


if __name__ == "__main__":
    if "SIXTYFOUR_API_KEY" in os.environ:
        anyio.run(live)
    else:
        anyio.run(rehearse, backend_options={"loop_factory": VirtualTimeLoop})
