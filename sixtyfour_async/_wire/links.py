"""Where the file of a finished job is: the question whose answer holds the link, and the link in that answer."""

from __future__ import annotations

from typing import Any, TypeAlias

from sixtyfour_async.errors import ConfigurationError, ResponseError
from sixtyfour_async.models import DownloadLink, JobStatus, LiveStatus, ResultFile, SearchStatus, final_file
from sixtyfour_async.models._base import Model, json_array
from sixtyfour_async.operations._base import REGISTRY, Operation

HasFile: TypeAlias = SearchStatus | LiveStatus | JobStatus
"""An answer that leads to a file, in one request more."""


def question_for(source: HasFile) -> Operation[Any]:
    """Make the question for a fresh link.

    Raises:
        ConfigurationError: This search wrote no file, or has not ended.
    """
    if isinstance(source, SearchStatus):
        if not source.resource_handle_id:
            raise ConfigurationError(
                f"search {source.task_id} has no file: it is {source.status!r}, or was asked for with "
                "output_mode='query_only' (its rows are then asked for by search_id)"
            )
        return _ask("search-download", resource_handle_id=source.resource_handle_id)
    if isinstance(source, LiveStatus):
        return _ask("workflow-download-links", run_id=source.run_id)
    job_id = source.id or source.task_id
    if not job_id:
        raise ConfigurationError("this job status has no id to ask again by")
    return _ask("job-status", job_id=job_id)


def _ask(name: str, **fields: str) -> Operation[Any]:
    return REGISTRY[name](**fields)


def link_in(answer: object) -> str:
    """Find the link to the finished file; of several files it is the one of the highest block.

    Raises:
        ResponseError: There is none, or none yet.
    """
    if isinstance(answer, DownloadLink):
        return _signed(answer.url, answer.path)
    listed: Any = answer.results if isinstance(answer, JobStatus) else answer
    files = [ResultFile.model_validate(_plain(item)) for item in json_array(listed) or [] if item]
    final = final_file(files)
    if final is None:
        raise ResponseError(
            "no file yet, or none at all", operation="download", expected="a list of files with download_url"
        )
    return _signed(final.download_url, final.filename)


def _signed(url: str | None, name: str | None) -> str:
    if not url:
        raise ResponseError(
            f"the service could not sign a link to {name or 'the file'}: ask again", operation="download"
        )
    return url


def _plain(item: object) -> object:
    return item.model_dump() if isinstance(item, Model) else item
