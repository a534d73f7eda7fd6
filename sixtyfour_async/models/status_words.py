"""What a status word means, and how a poll whose word nobody knows is judged by the rest of its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sixtyfour_async.models._base import json_array, json_object


class JobState(StrEnum):
    """What a status word means for a caller who waits for the result."""

    RUNNING = "running"
    """Not finished: queued or running."""
    COMPLETED = "completed"
    """Finished with a result."""
    FAILED = "failed"
    """Ended without a result: failed, terminated or timed out at the service."""
    CANCELLED = "cancelled"
    """Cancelled at the service."""


STATUS_WORDS: Mapping[str, JobState] = {
    "running": JobState.RUNNING,
    "pending": JobState.RUNNING,
    "queued": JobState.RUNNING,
    "processing": JobState.RUNNING,
    "materializing": JobState.RUNNING,
    "active": JobState.RUNNING,
    "continued_as_new": JobState.RUNNING,
    "completed": JobState.COMPLETED,
    "ready": JobState.COMPLETED,
    "failed": JobState.FAILED,
    "terminated": JobState.FAILED,
    "timed_out": JobState.FAILED,
    "timeout": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
"""Every status word in the vendor's specification and pages, in lower case.

Source: docs.sixtyfour.ai, job status, search and workflow pages. Assumed: a ``continued_as_new`` job is still running.
"""

OTHER_WORDS: Mapping[JobState, str] = {
    JobState.COMPLETED: """
        complete completion done finished finalized finalised success successful succeeded ok okay passed fulfilled
        resolved delivered available processed solved no_result no_results no_match no_matches no_data
    """,
    JobState.FAILED: """
        fail failure error errored exception expired aborted abort rejected refused denied declined invalid
        deadline_exceeded crashed crash dead died lost broken faulted unsuccessful not_completed skipped dropped
        discarded abandoned out_of_memory internal_error system_error
    """,
    JobState.CANCELLED: """
        cancel cancellation cancelled_by_user canceled_by_user user_cancelled user_canceled stopped killed revoked
        withdrawn interrupted deleted removed
    """,
    JobState.RUNNING: """
        run in_progress progress progressing in_process process in_queue queue queueing queuing enqueued requeued
        working ongoing wip start started starting not_started unstarted scheduled rescheduled retry retrying
        restarting restarted resuming resumed accepted received submitted created new open initial init initiated
        initializing initialising initialized initialised preparing prepared provisioning warming_up booting launching
        launched loading assigned claimed leased dispatched executing waiting wait awaiting on_hold held paused
        pausing suspended delayed deferred throttled rate_limited backoff blocked idle busy not_ready not_finished
        not_complete computing calculating building generating searching crawling scraping fetching collecting
        enriching researching thinking analyzing analysing verifying validating streaming exporting saving uploading
        writing merging finishing completing finalizing finalising cancelling canceling cancel_requested stopping
        terminating aborting
    """,
}
"""Words that this service does not document and others of the field use, among them Celery, Temporal and OpenAI."""

OPEN_ENDS = """
    partial partially partially_completed partially_complete partially_succeeded partially_done partial_success
    partial_failure partially_failed completed_with_errors complete_with_errors completed_with_error
    completed_with_warnings completed_with_failures completed_with_issues succeeded_with_errors succeeded_with_warnings
    succeeded_with_issues success_with_errors success_with_warnings finished_with_errors finished_with_warnings
    done_with_errors ended_with_errors incomplete ended exited closed
"""
"""Words for an end that may be good or bad: completed with a result, failed without one."""


@lru_cache(maxsize=256)
def _plain(word: str) -> str:
    """Return a word as it is compared: without case, spaces, hyphens, underscores, and an enum's own name before it."""
    member = word.strip().rpartition(".")[2]
    plain = re.sub(r"[\s_-]+", "", member).casefold()
    return re.sub(r"^(?:workflowexecution|workflow|execution|task|job|run)?(?:status|state)(?=.)", "", plain)


_DOCUMENTED = {_plain(word): state for word, state in STATUS_WORDS.items()}
_STATES = {_plain(word): state for state, words in OTHER_WORDS.items() for word in words.split()} | _DOCUMENTED
_OPEN_ENDS = frozenset(_plain(word) for word in OPEN_ENDS.split())


class Judgement(NamedTuple):
    """The state that a poll reports, and what that was concluded from.

    Attributes:
        state: The state.
        basis: What decided, as text: the meaning of the word, or what stands beside it.
    """

    state: JobState
    basis: str

    @property
    def is_documented(self) -> bool:
        """Whether the service documents the word."""
        return self.basis == DOCUMENTED

    @property
    def by_word(self) -> bool:
        """Whether the word settled the state by itself."""
        return self.basis in {DOCUMENTED, USUAL}


DOCUMENTED = "its documented meaning"
USUAL = "its usual meaning"


def judge(word: str, *, has_result: bool, has_error: bool, closed: bool, charged: bool = False) -> Judgement:
    """Return the state of a job from its status word and, where the word does not settle it, from its company.

    A word that means "not yet" is believed beside a partial result, which does not end a job, and beside an error of
    one attempt, which does not fail it. Beside a result and a close time or a charge it is not, documented or not: a
    job that runs has no end, and is charged once, at its end. Whoever set the end and forgot the word would have us
    poll for hours what is there. A good and a bad end are believed always. Only a word that is missing, unknown or open
    (``partial``) is judged by the rest. A result comes before an error, since it is what was paid for; a job that is
    closed with neither has failed, since waiting cannot change that any more.

    Args:
        word: The service's status word; "" when there is none.
        has_result: Whether the answer contains a result that is not empty.
        has_error: Whether it contains the text of an error.
        closed: Whether it names the time at which the job ended, or says ``"done": true``.
        charged: Whether it names a charge, or full progress.
    """
    plain = _plain(word)
    if has_result and (closed or charged) and _STATES.get(plain) is JobState.RUNNING:
        return Judgement(
            JobState.COMPLETED, f"its {'close time' if closed else 'charge or full progress'} and the result beside it"
        )
    if plain in _DOCUMENTED:
        return Judgement(_DOCUMENTED[plain], DOCUMENTED)
    if plain in _STATES:
        return Judgement(_STATES[plain], USUAL)
    company = [
        (has_result, JobState.COMPLETED, "the result beside it"),
        (has_error, JobState.FAILED, "the error beside it"),
        (closed, JobState.FAILED, "a close time without a result"),
        (plain in _OPEN_ENDS, JobState.FAILED, "the missing result"),
        (True, JobState.RUNNING, "nothing that says it has ended"),
    ]
    return next(Judgement(state, basis) for applies, state, basis in company if applies)


def read_state(word: str) -> JobState:
    """Return the state that a status word means by itself; a word that is unknown or open counts as still running."""
    return _STATES.get(_plain(word), JobState.RUNNING)


def is_open_end(word: str) -> bool:
    """Return whether a word says that a job has ended, but not whether well or badly."""
    return _plain(word) in _OPEN_ENDS


def has_content(value: object) -> bool:
    """Return whether a result holds anything: text that is not blank, or a list or object with a value in it.

    A skeleton whose values are all null or empty holds nothing. A number or a boolean is a value inside a result,
    such as ``{"is_remote": false}``, and no result by itself.
    """
    if isinstance(value, str):
        return bool(value.strip())
    if value is None or isinstance(value, bool | int | float):
        return False
    if not isinstance(value, dict | list):
        return True
    left: list[dict[str, Any] | list[Any]] = [cast("Any", value)]
    # A loop rather than a recursion: an answer may be nested as deep as the JSON parser allows.
    while left:
        one = left.pop()
        for inner in one.values() if isinstance(one, dict) else one:
            if isinstance(inner, dict | list):
                left.append(cast("Any", inner))
            elif inner is not None and not (isinstance(inner, str) and not inner.strip()):
                return True
    return False


def _leaves(value: object) -> Iterator[object]:
    """Yield every value inside a value that is no list or object, and not null, in no order."""
    # A loop rather than a recursion: an answer may be nested as deep as the JSON parser allows.
    left = [value]
    while left:
        one = left.pop()
        if (values := json_array(one)) is not None:
            left.extend(values)
        elif (members := json_object(one)) is not None:
            left.extend(members.values())
        elif one is not None:
            yield one


def is_closed(at: object) -> bool:
    """Return whether a value is the time at which something ended; year 1 and 1970 are how servers write "not set"."""
    if isinstance(at, str):
        return bool(at.strip())
    return isinstance(at, datetime) and at.year > 1970  # noqa: PLR2004 (the epoch)


_SAYS_NOTHING = frozenset({"", "none", "null", "nil", "undefined", "nan"})
"""Texts that a program made of a value that is missing."""


def error_text(value: object) -> str | None:
    """Return the text of an error: a string, the message inside an object, or those of a list; None for no error.

    ``true`` is an error without a text, and gives None, as does an object without any text or number in it.
    """
    if isinstance(value, str):
        return None if value.strip().casefold() in _SAYS_NOTHING else value
    if not value or value is True:
        return None
    if (errors := json_array(value)) is not None:
        texts = [_as_json(one) if json_array(one) else error_text(one) for one in errors]
        return "; ".join(text for text in texts if text) or None
    inside = json_object(value)
    if inside is None:
        return str(value)
    messages = (inside.get(key) for key in ("message", "error", "detail", "msg"))
    return next((text for text in messages if isinstance(text, str) and error_text(text)), _as_json(inside))


def _as_json(value: Any) -> str | None:
    """Return a list or an object as JSON text, without the members of an object that say nothing; None without any."""
    if (members := json_object(value)) is not None:
        value = {key: one for key, one in members.items() if _says_something(one)}
    elif not _says_something(value):
        return None
    return json.dumps(value, ensure_ascii=False) if value else None


def _says_something(value: object) -> bool:
    """Return whether there is a number, a boolean or a text in a value, other than one made of a missing value."""
    return any(not isinstance(one, str) or one.strip().casefold() not in _SAYS_NOTHING for one in _leaves(value))
