"""The requests of a runner: submit, poll, poll many. The scheduler has spent the budget for each of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

import anyio

from sixtyfour_async._client.client import SUBMIT_TIMEOUT_SECONDS, AsyncClient, pipeline_of
from sixtyfour_async._runner.reading import holds_result
from sixtyfour_async._scheduling.budget import Ticket
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.codec import (
    HTTPRequest,
    answer_route,
    decode_answer,
    encode,
    job_route,
    successful,
)
from sixtyfour_async._wire.job_ids import located_job
from sixtyfour_async.errors import ProtocolError, SixtyfourError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.jobs import JobStatus, Report
from sixtyfour_async.operations import CheckBalance, JobOperation, Operation

HEALTH_CHECK = CheckBalance()

MAX_FILE_ANSWER_BYTES = 512 * 1024 * 1024
"""Size of the file that answers at most 20,000 rows; it is held in memory."""

_LEADS_ON = range(HTTPStatus.MULTIPLE_CHOICES, HTTPStatus.BAD_REQUEST)
"""Statuses of an answer whose body is only for people."""

logger = logging.getLogger("sixtyfour_async.runner")


class Exchange:
    """Sends the requests of one runner through its client's pipeline, each exactly once.

    Args:
        client: Whose pipeline sends them.
        webhook_url: Where the ends of jobs are delivered, unless an operation says otherwise.

    Every method raises what went wrong as a `SixtyfourError`; whether to try again is the scheduler's decision.
    """

    def __init__(self, client: AsyncClient, webhook_url: str | None = None) -> None:
        self._client = client
        self._webhook_url = webhook_url
        self._pipeline = pipeline_of(client)

    async def submit(self, operation: JobOperation[Any], ticket: Ticket, objection: Callable[[], str | None]) -> Body:
        """Submit an operation and return the answer as it came; nothing leaves if there is an objection by then."""
        # Here and not sooner: where an answer is delivered is no part of a row's content and its fingerprint.
        if self._webhook_url is not None:
            operation = operation.with_webhook_url(self._webhook_url)
        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT_SECONDS).unless(objection)
        response = await self._pipeline.exchange(request, ticket)
        location = response.headers.get("location", "")
        leads_on = response.status in _LEADS_ON or response.body.strip() in {b"", b"{}"}
        if location and leads_on and response.status < HTTPStatus.BAD_REQUEST:
            job_id = located_job(answer_route(operation.poll("x")).path, location)
            if job_id is not None:
                return Body.of({operation.endpoint.id_field: job_id, "location": location})
        return successful(response, operation=request.operation, job_limit=operation.endpoint.job_limit).as_body()

    async def check_health(self, ticket: Ticket) -> None:
        """Request the balance, which is free: whatever the API answers shows that it is there."""
        request = encode(HEALTH_CHECK, answer_route(HEALTH_CHECK))
        (await self._send(request, ticket)).decode(operation=request.operation)

    def is_pushed(self, operation: JobOperation[Any]) -> bool:
        """Return whether an operation's end is delivered to our URL."""
        url = self._webhook_url
        return url is not None and getattr(operation.with_webhook_url(url), "webhook_url", None) == url

    async def poll(self, operation: JobOperation[Any], job_id: str, ticket: Ticket) -> Body:
        """Poll a job and return the answer as it came; one with the result in it is none the worse for its status."""
        poll = operation.poll(job_id)
        request = encode(poll, answer_route(poll))
        response = await self._pipeline.exchange(request, ticket)
        answer = response.as_body()
        if response.status >= HTTPStatus.BAD_REQUEST and holds_result(operation, answer):
            return answer
        return successful(response, operation=request.operation).as_body()

    async def poll_many(self, listing: Operation[Any], ticket: Ticket) -> Mapping[str, Report]:
        """Poll a list endpoint and return the reports of the jobs on it, by the service's ids."""
        request = encode(listing, answer_route(listing))
        value = (await self._send(request, ticket)).decode(operation=request.operation)
        answer = decode_answer(listing.answer_type(), value, operation=request.operation)
        return {item.job_id: item.report() for item in answer}

    async def embed_file(self, answer: Body) -> Body:
        """Download the file that a batch's answer links to, since links expire, and return the answer with it.

        Raises:
            LinkRefusedError: The link is not followed: it brings no file, however often it is asked for.
        """
        text = await self._download(decode_answer(JobStatus, answer.decode(operation=""), operation=""))
        return Body.of((json_object(answer.value()) or {}) | {"results": None, "result": text})

    async def _download(self, answer: Any) -> str:
        """Download the file that an answer links to."""
        async with anyio.TemporaryDirectory() as folder:
            path = Path(folder) / "answer.csv"
            await self._client.save(answer, path, max_bytes=MAX_FILE_ANSWER_BYTES)
            return await anyio.Path(path).read_text("utf-8", errors="replace")

    async def _send(self, request: HTTPRequest, ticket: Ticket) -> Body:
        response = await self._pipeline.exchange(request, ticket)
        return successful(response, operation=request.operation).as_body()


def contained(error: Exception, fields: Mapping[str, str | None] | None = None) -> SixtyfourError:
    """Return an exception as a failure of the one request that it came from, so that it ends nothing else.

    What is not ours comes from a hook of the caller's HTTP client, a journal of the caller's, or a bug of ours. Whether
    the request had been sent by then is not known, so a submit counts as uncertain. *fields* go with the log record.
    """
    if isinstance(error, SixtyfourError):
        return error
    logger.error("an exception that is not ours ended a request", exc_info=error, extra=fields)
    text = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode()  # it goes into the journal
    failure = ProtocolError(text)
    failure.__cause__ = error
    return failure
