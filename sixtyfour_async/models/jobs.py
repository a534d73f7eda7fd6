"""Job status: one report for every kind of job, judged from the answer to a poll."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from pydantic import Field, JsonValue, ModelWrapValidatorHandler, model_validator

from sixtyfour_async.errors import JobCancelledError, JobError, JobFailedError
from sixtyfour_async.models._base import Cents, Instant, Json, Model, json_array, json_object, read_cents
from sixtyfour_async.models.missing_jobs import says_no_such_job
from sixtyfour_async.models.poll_fields import (
    CLOSE_FIELDS,
    CONTACT_FIELDS,
    DONE_FLAGS,
    ERROR_FIELDS,
    LATE_RESULT_FIELDS,
    RESULT_FIELDS,
    TEXT_FIELDS,
    WORD_FIELDS,
    documented_form,
    sole_object,
)
from sixtyfour_async.models.started import Started
from sixtyfour_async.models.status_words import (
    JobState,
    Judgement,
    error_text,
    has_content,
    is_closed,
    is_open_end,
    judge,
)

__all__ = ["JobState", "JobStatus", "Report", "Started", "StatusAnswer", "WrappedStatus"]

logger = logging.getLogger("sixtyfour_async.jobs")

MAX_WARNED_WORDS = 100
"""Number of words that are warned about in one process, lest a status such as ``12 %`` fill the log."""

_warned: set[str] = set()
"""The words that were warned about."""

_CHARGE_FIELDS = ("charge_amount", "charge_credits")
_JOB_ONLY_FIELDS = ("task_type", "run_id", "start_time", "started_at", "created_at", "progress")
_ID_FIELDS = ("task_id", "job_id", "id")
_CODE_FIELDS = ("code", "error_code", "status_code", "title", "reason")


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one poll, in the same form for every kind of job.

    Attributes:
        state: The meaning of the status word.
        word: The service's own status word.
        result: The raw result as JSON once the job has completed, else None.
        error: The service's error text; beside a result, what went wrong on the way to it.
        cost_cents: The charge in US cents; None when the service did not report it.
        progress: Progress as text for people, such as ``"120 of 500"``; None when the service did not report it.
        run_time: Seconds from start to end by the service's clock; None when the service did not report both.
        no_such_job: Whether the answer says that there is no such job, in place of status 404, and nothing else of it.
    """

    state: JobState
    word: str
    result: JsonValue = None
    error: str | None = None
    cost_cents: float | None = None
    progress: str | None = None
    run_time: float | None = None
    no_such_job: bool = False

    def failure(self, job_id: str) -> JobError | None:
        """Return why the job has no answer; None when it completed."""
        if self.state is JobState.COMPLETED:
            return None
        if self.state is JobState.CANCELLED:
            return JobCancelledError("was cancelled", job_id=job_id, state=self.word)
        return JobFailedError(self.error or f"ended as {self.word!r}", job_id=job_id, state=self.word)


class WrappedStatus(Model):
    """The answer to a poll, bare or inside ``data``, ``job``, ``task`` or a list of one."""

    @model_validator(mode="wrap")
    @classmethod
    def _unwrap(cls, value: Any, validate: ModelWrapValidatorHandler[Self]) -> Self:
        answer = sole_object(value)
        return validate(value if answer is None else documented_form(answer, cls.model_fields))


class StatusAnswer(WrappedStatus):
    """A status that becomes the result itself once the job has completed."""

    status: str = ""
    """The service's status word; see `STATUS_WORDS`."""

    def report(self) -> Report:
        """Return the status as a `Report`, whose result is the whole status once the job has completed."""
        handle = bool(getattr(self, "resource_handle_id", None))
        report = judged_report(self, has_result=handle, progress=first_text(self, "progress_message"))
        return replace(report, result=self.model_dump(mode="json") if report.state is JobState.COMPLETED else None)


class JobStatus(WrappedStatus):
    """Answer of `GetJobStatus`: one poll of a job. Source: docs.sixtyfour.ai, api-reference, job status."""

    status: str = ""
    """The service's status word, such as ``running`` or ``completed``; see `STATUS_WORDS`."""
    id: str | None = None
    """Id of the job; older answers use ``task_id``."""
    task_id: str | None = None
    """Id of the job in older answers."""
    run_id: str | None = None
    """The service's internal execution id, which is not a workflow run id."""
    task_type: str | None = None
    """Kind of the job, such as ``lead_enrichment``."""
    start_time: Instant = None
    """When the job started."""
    close_time: Instant = None
    """When the job ended; None while it runs."""
    result: Json = None
    """The raw result of a completed job: an object, a list of objects for several rows, or None."""
    results: list[Json] | None = Field(default=None, repr=False)
    """The result files of a completed bulk job, each with ``filename``, ``download_url`` and ``block_number``."""
    progress: Json = None
    """Rows done of a running bulk job, as ``{"completed": 120, "total": 500}``."""
    charge_amount: Cents = None
    """The charge in whole US cents; None with ``cost_units="credits"``."""
    charge_credits: float | None = None
    """The charge in credits; only with ``cost_units="credits"``."""
    error: Json = None
    """Why the job failed; usually text."""

    def report(self) -> Report:
        """Return the status as a `Report`."""
        report = judged_report(self, progress=_format_progress(self.progress))
        result = self.result if self.result is not None else self._fallback_result()
        cost = self.charge_amount if self.charge_amount is not None else _cost_in(result)
        return replace(report, result=result, cost_cents=cost)

    def _fallback_result(self) -> JsonValue:
        """Return the result from where older pages show it: in ``results``, or as unknown keys beside the status."""
        if self.results is not None:
            return list(self.results)
        return answer_fields(self) or None


def judged_report(
    answer: Model, *, has_result: bool = False, block_error: str | None = None, progress: str | None = None
) -> Report:
    """Return the report of a poll, without its result, and warn once about an undocumented status word.

    Args:
        answer: The answer to the poll.
        has_result: Whether *answer* shows a result in other fields than those that all kinds of jobs share.
        block_error: The error of a part of the job, which does not fail all of it.
        progress: Progress as text for people.
    """
    word, closed, error = status_word(answer), _is_closed(answer), first_error(answer, *ERROR_FIELDS)
    judgement = judge(
        word,
        has_result=has_result or _shows_result(answer, ended=closed or is_open_end(word)),
        has_error=error is not None or any(_member(answer, name) is True for name in ERROR_FIELDS),
        closed=closed,
        charged=_is_charged(answer),
    )
    _warn_once(word, judgement)
    state, error = judgement.state, error or block_error
    if error is None and state in {JobState.FAILED, JobState.CANCELLED}:
        error = first_error(answer, *TEXT_FIELDS)
    if error is None and state is JobState.FAILED and not judgement.by_word:
        error = f"ended as {word!r} without a result" if word else "ended without a status, a result or an error"
    end = next((at for name in CLOSE_FIELDS if (at := _member(answer, name)) is not None), None)
    start = _member(answer, "start_time") or _member(answer, "started_at")
    no_such_job = state in {JobState.RUNNING, JobState.FAILED} and _denies_the_job(answer, word)
    run_time = seconds_between(start, end)
    return Report(state, word, error=error, progress=progress, run_time=run_time, no_such_job=no_such_job)


def status_word(answer: Model) -> str:
    """Return the service's status word; "" when the answer has none, or ``"null"``."""
    words = (first_text(answer, name) for name in WORD_FIELDS)
    return next((word for word in words if word and error_text(word)), "")


def has_ended(answer: Model) -> bool:
    """Return whether a close time, or a word for an end that may be good or bad, shows that the job has ended."""
    return _is_closed(answer) or is_open_end(status_word(answer))


def answer_fields(answer: Model) -> dict[str, JsonValue]:
    """Return the undeclared fields of a status that may belong to the result: all but words, errors and messages."""
    named = {*WORD_FIELDS, *ERROR_FIELDS, *TEXT_FIELDS}
    return {name: value for name, value in (answer.model_extra or {}).items() if name not in named}


def _member(answer: Model, name: str) -> Any:
    """Return a field, or a further key, of an answer; None where it has none, for which ``getattr`` takes long."""
    fields = answer.__dict__
    return fields[name] if name in fields else (answer.__pydantic_extra__ or {}).get(name)


def _is_closed(answer: Model) -> bool:
    closed = any(is_closed(_member(answer, name)) for name in CLOSE_FIELDS)
    return closed or any(_member(answer, name) is True for name in DONE_FLAGS)


def _is_charged(answer: Model) -> bool:
    """Return whether an answer names a charge, or says that all of the work is done."""
    charged = any(isinstance(one := _member(answer, name), float | int) and one > 0 for name in _CHARGE_FIELDS)
    progress = _member(answer, "progress")
    counts = json_object(progress) or {}
    return (
        charged
        or str(progress).strip(" %") in {"100", "100.0"}
        or 0 < _count(counts, "total") <= _count(counts, "completed")
    )


def _count(counts: dict[str, Any], name: str) -> float:
    number = counts.get(name)
    return number if isinstance(number, int | float) else 0


def _denies_the_job(answer: Model, word: str) -> bool:
    """Return whether an answer says that there is no such job, and shows nothing that only a job has."""
    shown = (*RESULT_FIELDS, *LATE_RESULT_FIELDS, *_CHARGE_FIELDS, *_JOB_ONLY_FIELDS, *CLOSE_FIELDS)
    if any(_member(answer, name) not in (None, "", [], {}, False) for name in shown):
        return False
    errors = [_member(answer, name) for name in ERROR_FIELDS]
    codes = [(json_object(error) or {}).get("code") for error in errors]
    texts = [word, *map(error_text, errors), *codes]
    texts += [_member(answer, name) for name in (*TEXT_FIELDS, *_CODE_FIELDS)]
    return any(says_no_such_job(str(text)) for text in texts if isinstance(text, str | int))


def _shows_result(answer: Model, *, ended: bool) -> bool:
    for name in RESULT_FIELDS:
        value = _member(answer, name)
        # An address or number as plain text is as likely the echo of what was asked.
        if has_content(value) and not (name in CONTACT_FIELDS and isinstance(value, str)):
            return True
    late = [_member(answer, name) for name in LATE_RESULT_FIELDS]
    return any(has_content(value) for value in late) if ended else any(map(_holds_result, late))


def _holds_result(value: object) -> bool:
    """Return whether what may be a job's progress or input is its result, by the keys in it."""
    inside = json_object(value) or {}
    return any(has_content(inside.get(name)) for name in ("structured_data", "result", "results"))


def _warn_once(word: str, judgement: Judgement) -> None:
    expected = judgement.is_documented or (not word and judgement.state is JobState.COMPLETED)
    if expected or word in _warned or len(_warned) >= MAX_WARNED_WORDS:
        return
    _warned.add(word)
    shown = f"status word {word[:100]!r} is not documented" if word else "a status without a word"
    logger.warning("%s: taken as %s, from %s", shown, judgement.state, judgement.basis)


def other_job(answer: Model, job_id: str) -> str | None:
    """Return the id of the job that a status is about when that is not *job_id*; None when it is, or does not say.

    A cache may answer a poll with what it answered to another. An ``id`` of another form is no job's: that of a record.
    """
    named = {name: str(one).strip() for name in _ID_FIELDS if isinstance(one := _member(answer, name), str | int)}
    if "id" in named and _form_of(named["id"]) != _form_of(job_id):
        del named["id"]
    if any(_plain_id(one) == _plain_id(job_id) for one in named.values()):
        return None
    return next(filter(None, named.values()), None)


def _plain_id(job_id: str) -> str:
    return job_id.replace("-", "").casefold()


def _form_of(job_id: str) -> str:
    """Return what ids of one kind have in common: all but their digits, hexadecimal ones included."""
    return re.sub("[0-9a-f]+", "0", job_id.casefold())


def seconds_between(start: Instant, end: Instant) -> float | None:
    """Return the seconds from start to end, at least 0; None unless both are comparable points in time."""
    if (
        not isinstance(start, datetime)
        or not isinstance(end, datetime)
        or (start.tzinfo is None) != (end.tzinfo is None)
    ):
        return None
    return max(0.0, (end - start).total_seconds())


def first_text(model: Model, *names: str) -> str | None:
    """Return the first of the named fields that is not empty, as text; None when all are."""
    for name in names:
        value = _member(model, name)
        if value:
            return value if isinstance(value, str) else str(value)
    return None


def first_error(model: Model, *names: str) -> str | None:
    """Return the text of the first of the named fields that holds an error; None when none does."""
    return next((text for name in names if (text := error_text(_member(model, name)))), None)


def _cost_in(result: JsonValue) -> float | None:
    """Return what a result says that it cost, as finders do; None unless all of its rows say so."""
    rows = [json_object(row) for row in json_array(result) or [result]]
    costs = [
        read_cents(row.get("cost_cents")) if row is not None and "structured_data" not in row else None for row in rows
    ]
    return None if None in costs else sum(cost or 0.0 for cost in costs)


def _format_progress(progress: object) -> str | None:
    counts = json_object(progress)
    if counts is None or "completed" not in counts:
        return None
    return f"{counts['completed']} of {counts.get('total', '?')}"
