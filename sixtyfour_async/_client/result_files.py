"""From a finished job, its status or its answer to the signed link of the file it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sixtyfour_async._client.download import Link
from sixtyfour_async._client.job import Job, OperationSender
from sixtyfour_async._wire.links import HasFile, extract_link, link_operation
from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models import DownloadLink, JobStatus, LiveStatus, ResultFile, SearchStatus
from sixtyfour_async.operations import Operation

Source: TypeAlias = HasFile | Job[Any] | Operation[Any] | DownloadLink | Sequence[ResultFile]
"""Whatever leads to a result file: a job, its status, an operation that returns links, or that operation's answer."""


async def resolve_link(client: OperationSender, source: Source) -> Link:
    """Return the link to a result file: a function that requests a fresh link, wherever one can be requested.

    Raises:
        ConfigurationError: *source* leads to no file.
        ResponseError: *source* is a list of files without a finished one.
    """
    if isinstance(source, Job):
        source = await client.send(source.operation.poll(source.id))
    if isinstance(source, DownloadLink) or (isinstance(source, Sequence) and not isinstance(source, str)):
        return extract_link(source)
    if isinstance(source, SearchStatus | LiveStatus | JobStatus):
        source = link_operation(source)
    if not isinstance(source, Operation):
        raise ConfigurationError(
            f"{type(source).__name__} leads to no file: pass a job, its status, or an operation that returns links"
        )
    operation = source

    async def request_link() -> str:
        return extract_link(await client.send(operation))

    return request_link
