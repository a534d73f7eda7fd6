"""The requests of a runner: submit, poll, poll many. The scheduler has spent the budget for each of them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import anyio

from sixtyfour_async._client.client import SUBMIT_TIMEOUT_SECONDS, AsyncClient, pipeline_of
from sixtyfour_async._runner.submission import Submission
from sixtyfour_async._wire.codec import answer_route, decode_answer, decode_json, encode, job_route
from sixtyfour_async._wire.job_ids import read_job_id
from sixtyfour_async._wire.json_body import decode_body
from sixtyfour_async.errors import ProtocolError, SixtyfourError
from sixtyfour_async.models.jobs import JobState, JobStatus, Report
from sixtyfour_async.operations import JobOperation, Operation

logger = logging.getLogger("sixtyfour_async.runner")


class _Answer(NamedTuple):
    """The decoded answer to a poll, and its bytes."""

    value: Any
    body: bytes


class Exchange:
    """Sends the requests of one runner through its client's pipeline, each exactly once.

    Every method raises what went wrong as a `SixtyfourError`; whether to try again is the scheduler's decision.
    """

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._pipeline = pipeline_of(client)

    async def submit(self, operation: JobOperation[Any]) -> str:
        """Submit an operation and return the service's id for the job."""
        request = encode(operation, job_route(operation), timeout=SUBMIT_TIMEOUT_SECONDS)
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation, job_limit=operation.endpoint.job_limit)
        return read_job_id(operation, value, request.operation)

    async def poll(self, submission: Submission, job_id: str) -> Report:
        """Poll a job and return its report; the raw answer is kept on the submission."""
        answer = await self._ask(submission.operation.poll(job_id))
        submission.body = answer.body
        report: Report = answer.value.report()
        if submission.in_file and report.state is JobState.COMPLETED:
            submission.embed_file(await self._download(answer.value))
            report = replace(report, result=JobStatus.model_validate(decode_body(submission.body)).result)
        return report

    async def poll_many(self, listing: Operation[Any]) -> Mapping[str, Report]:
        """Poll a list endpoint and return the reports of the jobs on it, by the service's ids."""
        answer = await self._ask(listing)
        return {item.job_id: item.report() for item in answer.value}

    async def _download(self, answer: Any) -> str:
        """Download the file that an answer links to."""
        async with anyio.TemporaryDirectory() as folder:
            path = Path(folder) / "answer.csv"
            await self._client.save(answer, path)
            return await anyio.Path(path).read_text("utf-8", errors="replace")

    async def _ask(self, operation: Operation[Any]) -> _Answer:
        request = encode(operation, answer_route(operation))
        response = await self._pipeline.exchange(request)
        value = decode_json(response, operation=request.operation)
        return _Answer(decode_answer(operation.answer_type(), value, operation=request.operation), response.body)


def contained(error: Exception) -> SixtyfourError:
    """Return an exception as a failure of the one request that it came from, so that it ends nothing else.

    What is not ours comes from a hook of the caller's HTTP client, a journal of the caller's, or a bug of ours. Whether
    the request had been sent by then is not known, so a submit counts as uncertain.
    """
    if isinstance(error, SixtyfourError):
        return error
    logger.error("an exception that is not ours ended a request", exc_info=error)
    text = f"{type(error).__name__}: {error}".encode("utf-8", "replace").decode()  # it goes into the journal
    failure = ProtocolError(text)
    failure.__cause__ = error
    return failure
