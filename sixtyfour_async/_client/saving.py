"""From a finished job, its answer or a question about it to a link that can be asked for again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sixtyfour_async._client.download import Link
from sixtyfour_async._client.job import Job, OperationSender
from sixtyfour_async._wire.links import HasFile, link_in, question_for
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models import DownloadLink, JobStatus, LiveStatus, ResultFile, SearchStatus
from sixtyfour_async.operations import Operation

Source: TypeAlias = HasFile | Job[Any] | Operation[Any] | DownloadLink | Sequence[ResultFile]
"""Whatever leads to a file: a job or what it answered, the question for a link, or its answer."""


async def link_to(client: OperationSender, source: Source) -> Link:
    """Find the link to a file, as a function that asks for a fresh one wherever there is a question to ask.

    Raises:
        ConfigurationError: This leads to no file.
    """
    if isinstance(source, Job):
        source = await client.send(source.operation.poll(source.id))
    if isinstance(source, DownloadLink) or (isinstance(source, Sequence) and not isinstance(source, str)):
        return link_in(source)
    if isinstance(source, SearchStatus | LiveStatus | JobStatus):
        source = question_for(source)
    if not isinstance(source, Operation):
        raise ConfigurationError(f"{type(source).__name__} leads to no file")
    question = source

    async def ask() -> str:
        return link_in(await client.send(question))

    return ask
