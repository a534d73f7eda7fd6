"""The fields of an answer to a poll, and the documented form of one that spells or nests them otherwise."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.models.spelling import respell
from sixtyfour_async.models.status_words import JobState, has_content, read_state

WORD_FIELDS = ("overall_status", "status", "state", "job_status", "task_status")
"""Where the status word is, in order. Source: the vendor's specification for the first two; the others are assumed."""

ERROR_FIELDS = ("error", "error_message", "errors", "failure_reason")
TEXT_FIELDS = ("detail", "message", "status_reason")
"""Fields that explain a failure, but say anything else beside a running or a completed job."""

CLOSE_FIELDS = ("close_time", "completed_at", "end_time", "ended_at", "finished_at", "closed_at")

CONTACT_FIELDS = ("email", "phone")

RESULT_FIELDS = ("result", "results", "structured_data", *CONTACT_FIELDS)
"""Fields that show a result. Source: docs.sixtyfour.ai; the last three beside the status are of older pages."""

_TIME_FIELDS = ("start_time", "started_at", "created_at", "updated_at", "queued_at", "submitted_at", *CLOSE_FIELDS)
_PROGRESS_FIELDS = ("progress", "progress_message", "current_phase", "current_step", "eta", "queue_position")

JOB_FIELDS = frozenset(
    ("id", "job_id", "run_id", "request_id", "task_type", "success", *_TIME_FIELDS, *_PROGRESS_FIELDS)
)
"""Fields that speak of the job and never belong to its result."""

LATE_RESULT_FIELDS = ("data", "output", "outputs", "response", "answer", "resource_handle_id", "search_id")
"""Fields that show a result once the job has ended; before, they may hold its progress or its input."""

DONE_FLAGS = ("done", "is_done", "completed", "is_completed", "complete", "is_complete", "finished", "is_finished")
"""Fields that are true once the job has ended. Assumed."""

_ENVELOPES = ("data", "job", "task", "jobs", "tasks", "items", "response", "payload", "body", "attributes", "result")
"""Fields that a whole status may be inside, alone in a list perhaps. Assumed."""

MAX_ENVELOPES = 3

_SPELLED = frozenset((*ERROR_FIELDS, *TEXT_FIELDS, *RESULT_FIELDS, *LATE_RESULT_FIELDS, *DONE_FLAGS, *_ENVELOPES))


def sole_object(value: object) -> dict[str, Any] | None:
    """Return an object, or the one that is alone in a list; None for anything else."""
    items = json_array(value)
    return json_object(items[0] if items is not None and len(items) == 1 else value)


def documented_form(answer: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return a status with its keys in the documented spelling, from inside what it is wrapped in.

    ``{"Data": {"jobStatus": "completed", "Result": {…}}}`` becomes ``{"job_status": "completed", "result": {…}}``.
    ``results`` other than a list become the result.

    Args:
        answer: The answer to a poll.
        fields: The documented fields of its class.
    """
    answer = _unwrapped(_spelled(answer, fields), fields, MAX_ENVELOPES)
    results = answer.get("results")
    if answer.get("result") is None and json_array(results) is None and has_content(results):
        answer = answer | {"result": results, "results": None}
    return answer


def _spelled(answer: dict[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return a status with its keys in the documented spelling, and its word as text."""
    # A ``State`` beside the status is no word, and may be one of the fields that were asked for.
    words = () if any(isinstance(answer.get(name), str) for name in fields if name in WORD_FIELDS) else WORD_FIELDS
    spelled: dict[str, Any] = respell(answer, _names(frozenset(fields), words))
    for name in WORD_FIELDS:  # ``{"status": {"state": "completed"}}``
        inner = json_object(spelled.get(name))
        if inner is None:
            continue
        word = next(
            (inner[key] for key in (*WORD_FIELDS, "phase", "name", "value") if isinstance(inner.get(key), str)), None
        )
        if word is not None:
            spelled = spelled | {name: word}
    return spelled


@lru_cache(maxsize=64)  # one for each class of a status
def _names(fields: frozenset[str], words: tuple[str, ...]) -> frozenset[str]:
    return frozenset((*fields, *JOB_FIELDS, *_SPELLED, *words))


def _unwrapped(answer: dict[str, Any], fields: Collection[str], depth: int) -> dict[str, Any]:
    """Return a status from inside what it is wrapped in, with what stands beside it; else the answer itself.

    An outer word that does not say that the job has ended gives way to an inner one that does, beside its result.
    """
    outer = _word_of(answer)
    if not depth or (outer is not None and read_state(outer) is not JobState.RUNNING):
        return answer
    for name in _ENVELOPES:
        inner = sole_object(answer.get(name))
        status = {} if inner is None else _unwrapped(_spelled(inner, fields), fields, depth - 1)
        word = _word_of(status)
        if word is None or ((outer is not None or name == "result") and not _is_status(status, word)):
            continue
        if outer is None or read_state(word) is JobState.COMPLETED:
            return {key: value for key, value in answer.items() if key != name} | status
    return answer


def _is_status(found: dict[str, Any], word: str) -> bool:
    """Return whether what may be a result is a status with the result inside; a result may have a word of its own."""
    if any(has_content(found.get(name)) for name in ("result", "results", "structured_data")):
        return True
    facts = found.keys() - JOB_FIELDS - {*WORD_FIELDS, *TEXT_FIELDS, "task_id", "progress", "result", "results"}
    return read_state(word) is JobState.RUNNING and not facts


def _word_of(answer: dict[str, Any]) -> str | None:
    return next((word for name in WORD_FIELDS if isinstance(word := answer.get(name), str)), None)
