"""A web application that enriches one lead a request: one runner for the application, answers by webhook.

SIXTYFOUR_API_KEY=… SIXTYFOUR_WEBHOOK_SECRET=… PUBLIC_URL=… uvicorn fastapi_app:app --timeout-graceful-shutdown 3
"""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Response

from sixtyfour_async import AsyncClient, JobRunner, PeopleIntelligence

client = AsyncClient()
runner = JobRunner(client, journal="app.db", webhook_url=f"{os.environ['PUBLIC_URL']}/sixtyfour/")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncGenerator[None]:
    async with client, runner:  # on the way out: submits get 5 s for their ids; what runs is polled by the next start
        yield


app = FastAPI(lifespan=lifespan)
app.mount("/sixtyfour", runner.webhooks())


@app.post("/enrich")
async def enrich(lead: dict[str, Any]) -> dict[str, Any]:
    outcome = await runner.run(PeopleIntelligence(lead_info=lead, struct={"title": "Current job title"}, tier="low"))
    if outcome.value is None:  # the job goes on in the journal; the same question, asked again, is not paid again
        raise HTTPException(502, str(outcome.error))
    return dict(outcome.value.structured_data)


@app.get("/health")
async def health() -> Response:
    stats = runner.stats()
    return Response(stats.to_json(), 200 if stats.ready else 503, media_type="application/json")
