"""Which submits the service gave which job id: two that were given the same one cannot both own its answer."""

from __future__ import annotations

from collections import OrderedDict

from sixtyfour_async._runner.submission import Submission
from sixtyfour_async.operations import JobOperation

MAX_ENDED = 10_000
"""Ids that are remembered of jobs that have ended."""


class JobOwners:
    """The jobs of one runner by their ids, those that ended lately included."""

    def __init__(self) -> None:
        self._running: dict[str, list[Submission]] = {}
        self._ended: OrderedDict[str, JobOperation[object]] = OrderedDict()

    def claim(self, submission: Submission, job_id: str) -> None:
        """Know the id of a submit's job, and make rivals of those that have the same; the same question is no rival."""
        others = self._running.setdefault(job_id, [])
        if submission in others:
            return
        for other in others:
            _make_rivals(submission, other)
        ended = self._ended.get(job_id)
        if ended is not None and not _is_same(ended, submission.operation):
            submission.rivals.append(ended)
        others.append(submission)

    def release(self, submission: Submission) -> None:
        """Know that a job is under way no more."""
        job_id = submission.first.job_id
        others = self._running.get(job_id or "", [])
        if job_id is None or submission not in others:
            return
        others.remove(submission)
        if not others:
            del self._running[job_id]
        self._ended[job_id] = submission.operation
        if len(self._ended) > MAX_ENDED:
            self._ended.popitem(last=False)


def _make_rivals(one: Submission, other: Submission) -> None:
    if not _is_same(one.operation, other.operation):
        one.rivals.append(other.operation)
        other.rivals.append(one.operation)


def _is_same(one: JobOperation[object], other: JobOperation[object]) -> bool:
    return one.fingerprint() == other.fingerprint()
