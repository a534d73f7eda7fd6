"""Dialects of the status of work: other words, or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import JSON, Answer, Dialect, Draw, Kind
from sixtyfour_async.simulator.base.json_values import as_object

GOOD_WORDS = ("success", "COMPLETE", "done", "succeeded", "finished")
BAD_WORDS = ("error", "expired", "aborted", "rejected")
UNKNOWN_WORDS = ("crunching", "warming_up")
UNKNOWN_ENDED_WORDS = ("ripe", *UNKNOWN_WORDS)
ERROR = "no such company"
"""Text beside a bad word."""
SPELL_SECONDS = 60.0
"""Simulated seconds; see ``not_found_spell``."""

_POLL: frozenset[Kind] = frozenset({"poll"})
_STATUS_KEYS = ("overall_status", "status")
"""Keys of the status, that of workflow runs first."""
_ONLY_COMPLETED = ("result", "charge", "close_time", "task_type")
"""Starts of the keys that failed work lacks."""
_ENDED = frozenset({"completed", "failed"})
_OPEN = frozenset({"pending", "queued", "running"})


def _status_key(value: JSON) -> str | None:
    return next((key for key in _STATUS_KEYS if key in value), None)


def _of_status(doc: str, words: frozenset[str], change: Callable[[JSON, str, Draw], Any], **more: Any) -> Dialect:
    """Return a dialect of polls whose status is one of *words*; *change* is given the body and the status's key."""

    def rewrite(answer: Answer, draw: Draw) -> Answer | None:
        value = as_object(answer.value) or {}
        key = _status_key(value)
        return answer.with_value(change(value, key, draw)) if key is not None and value[key] in words else None

    return Dialect(doc, _POLL, rewrite, **more)


def _worded(forms: tuple[str, ...]) -> Callable[[JSON, str, Draw], JSON]:
    return lambda value, key, draw: {**value, key: draw.one_of(forms)}


def _failed(value: JSON, key: str, draw: Draw) -> JSON:
    """Return a body without a result and its charge, with a bad word and a reason."""
    left = {name: item for name, item in value.items() if not name.startswith(_ONLY_COMPLETED)}
    return {**left, key: draw.one_of(BAD_WORDS), "error": ERROR}


def _with_errors(value: JSON, key: str, _: Draw) -> JSON:
    return {**value, key: "completed_with_errors", "errors": ["one source timed out"]}


def _without(value: JSON, key: str, _: Draw) -> JSON:
    return {name: item for name, item in value.items() if name != key}


def _not_found(answer: Answer, _: Draw) -> Answer:
    return Answer(answer.kind, {"detail": "Job not found"}, 404)


_COMPLETED = frozenset({"completed"})
STATUSES: Mapping[str, Dialect] = {
    "completed_with_errors": _of_status("completed work has this word, and `errors`", _COMPLETED, _with_errors),
    "status_good_word": _of_status(
        "completed work has another word, such as success or done", _COMPLETED, _worded(GOOD_WORDS), forms=GOOD_WORDS
    ),
    "status_missing": _of_status("completed work has no status, only its result", _COMPLETED, _without),
    "status_unknown_ended": _of_status(
        "completed work has a word nobody knows, beside its result",
        _COMPLETED,
        _worded(UNKNOWN_ENDED_WORDS),
        forms=UNKNOWN_ENDED_WORDS,
    ),
    "status_unknown_word": _of_status(
        "running work has a word nobody knows", _OPEN, _worded(UNKNOWN_WORDS), forms=UNKNOWN_WORDS
    ),
    "status_bad_word": _of_status(
        "the work fails, with a word such as error or expired", _ENDED, _failed, forms=BAD_WORDS, ends="failed"
    ),
    "error_without_status": _of_status(
        'the work fails, told as `{"error": "Job expired"}` alone',
        _ENDED,
        lambda _value, _key, _draw: {"error": "Job expired"},
        ends="failed",
    ),
    "not_found_spell": Dialect(
        "polls of every job answer 404 for `SPELL_SECONDS`", _POLL, _not_found, lasts_seconds=SPELL_SECONDS
    ),
}
