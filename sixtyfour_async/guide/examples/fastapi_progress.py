"""A page that enriches a list and shows each answer as it comes, by webhook: `fastapi_progress.html`.

SIXTYFOUR_API_KEY=… SIXTYFOUR_WEBHOOK_SECRET=… PUBLIC_URL=… uvicorn fastapi_progress:app --timeout-graceful-shutdown 3
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.sse import EventSourceResponse

from sixtyfour_async import AsyncClient, CompanyIntelligence, JobRunner

client = AsyncClient()
runner = JobRunner(client, journal="progress.db", webhook_url=f"{os.environ['PUBLIC_URL']}/sixtyfour/")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    async with client, runner:
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/sixtyfour", runner.webhooks())
app.add_api_route("/", lambda: FileResponse(Path(__file__).with_suffix(".html")), response_model=None)


@app.get("/enrich", response_class=EventSourceResponse)
async def enrich(companies: str) -> AsyncGenerator[dict[str, str]]:  # a reader that comes again is not paid for again
    names = companies.splitlines()
    struct = {"city": "City of the head office"}
    questions = (CompanyIntelligence(target_company={"company_name": name}, struct=struct) for name in names)
    async for outcome in runner.map(questions):
        answer = outcome.value.structured_data["city"] if outcome.value else outcome.error
        yield {"name": names[outcome.index], "status": outcome.status, "answer": str(answer)}
