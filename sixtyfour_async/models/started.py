"""The answer to the submit of a job."""

from __future__ import annotations

from sixtyfour_async.models._base import Model


class Started(Model):
    """Answer to the submit of a job. Source: docs.sixtyfour.ai, the page of each operation."""

    task_id: str
    """Id of the job, to poll it with."""
    status: str | None = None
    """First status word, which differs from route to route: ``RUNNING``, ``pending``, ``queued``."""
    message: str | None = None
    """A text for people, on search routes."""
