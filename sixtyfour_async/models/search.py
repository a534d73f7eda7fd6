"""Answers of the search routes."""

from __future__ import annotations

from pydantic import JsonValue

from sixtyfour_async.models._base import Instant, Model
from sixtyfour_async.models.jobs import JobState, Report, first_text, read_state, seconds_between


class SearchStatus(Model):
    """A deep search, running or ended.

    Once completed, ``resource_handle_id`` leads to the file through ``client.search.download`` (``output_mode="csv"``)
    and ``search_id`` to the rows. Source: docs.sixtyfour.ai, api-reference/search/deep-search-status.
    """

    task_id: str
    status: str
    start_time: Instant = None
    close_time: Instant = None
    current_phase: int | None = None
    progress_message: str | None = None
    resource_handle_id: str | None = None
    search_id: str | None = None
    total_results: int | None = None
    exported_count: int | None = None
    iterations: list[JsonValue] | None = None
    error: JsonValue = None

    def report(self) -> Report:
        """Bring it into the form the runner reads; the status itself is the answer."""
        state = read_state(self.status)
        return Report(
            state=state,
            word=self.status,
            result=self.model_dump(mode="json") if state is JobState.COMPLETED else None,
            error=first_text(self, "error", "detail", "message"),
            progress=self.progress_message,
            run_time=seconds_between(self.start_time, self.close_time),
        )


class DownloadLink(Model):
    """A signed link to a file on another host; it lives 15 minutes and must not be sent the key."""

    url: str
    bucket: str | None = None
    path: str | None = None
