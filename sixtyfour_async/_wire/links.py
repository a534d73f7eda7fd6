"""Result files: which operation returns the signed link to one, and where in its answer the link is.

Source: docs.sixtyfour.ai, search-endpoints (a search's file by its ``resource_handle_id``) and api-reference (download
links of a workflow run, ``results`` of a bulk job).
"""

from __future__ import annotations

from typing import Any, TypeAlias

from sixtyfour_async.errors import ConfigurationError, ResponseError
from sixtyfour_async.models import DownloadLink, JobStatus, LiveStatus, ResultFile, SearchStatus, final_file
from sixtyfour_async.models._base import Model, json_array
from sixtyfour_async.operations._base import Operation, make_operation

HasFile: TypeAlias = SearchStatus | LiveStatus | JobStatus
"""A status from which a link can be requested."""


def link_operation(source: HasFile) -> Operation[Any]:
    """Return the operation that requests a fresh link to the file of a job.

    Raises:
        ConfigurationError: The search wrote no file, or has not finished.
    """
    if isinstance(source, SearchStatus):
        if not source.resource_handle_id:
            raise ConfigurationError(
                f"search {source.task_id} has no file: its status is {source.status!r}, or it was submitted with "
                "output_mode='query_only' (then page through its rows by search_id)"
            )
        return make_operation("search-download", resource_handle_id=source.resource_handle_id)
    if isinstance(source, LiveStatus):
        return make_operation("workflow-download-links", run_id=source.run_id)
    job_id = source.id or source.task_id
    if not job_id:
        raise ConfigurationError("the job status contains no job id, so no link can be requested")
    return make_operation("job-status", job_id=job_id)


def extract_link(answer: object) -> str:
    """Return the signed link in an answer; of several files, that of the highest block, which holds the final rows.

    Raises:
        ResponseError: There is no file (yet), or the service could not sign a link to it.
    """
    if isinstance(answer, DownloadLink):
        return _signed(answer.url, answer.path)
    listed: Any = answer.results if isinstance(answer, JobStatus) else answer
    files = [ResultFile.model_validate(_plain(item)) for item in json_array(listed) or [] if item]
    final = final_file(files)
    if final is None:
        raise ResponseError(
            "the answer lists no finished file", operation="download", expected="a list of files with download_url"
        )
    return _signed(final.download_url, final.filename)


def _signed(url: str | None, name: str | None) -> str:
    if not url:
        raise ResponseError(
            f"the service could not sign a link to {name or 'the file'}: try again", operation="download"
        )
    return url


def _plain(item: object) -> object:
    return item.model_dump() if isinstance(item, Model) else item
