"""From the raw answers of the journal to typed outcomes. Reading costs nothing and may be repeated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import JsonValue

from sixtyfour_async._client.answers import read_answer
from sixtyfour_async._journal.base import CRASHED, Entry
from sixtyfour_async._runner.late_fields import put_off
from sixtyfour_async._runner.outcomes import Outcome, Status
from sixtyfour_async._runner.submission import Seen
from sixtyfour_async._scheduling.row_states import ENDED, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async._wire.missing_job import check_job
from sixtyfour_async._wire.results import holds_what_was_asked
from sixtyfour_async._wire.unwrapping import decode_text_value
from sixtyfour_async.errors import (
    InputError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
    JournalError,
    NoAnswerError,
    ResponseError,
    SixtyfourError,
    UnmatchedError,
    UnreadableError,
)
from sixtyfour_async.errors.foreign import FOREIGN
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.models.status_words import has_content, read_state
from sixtyfour_async.operations import REGISTRY, JobOperation, Request

R = TypeVar("R")

STATUSES: Mapping[State, Status] = {
    "completed": "completed",
    "no_answer": "no_answer",
    "unmatched": "unmatched",
    "unreadable": "unreadable",
    "failed": "failed",
    "cancelled": "cancelled",
    "accepted": "unfinished",
    "intended": "unknown",
    "unknown": "unknown",
    "lost": "lost",
    "released": "rejected",
}
"""A row's state in the journal → the status of its outcome."""


class _End(NamedTuple):
    """How a row ended: an answer, why there is none, or an answer that does not fit. Fields of an `Outcome`."""

    value: Any = None
    error: SixtyfourError | None = None
    raw: JsonValue = None


def read_outcome(
    operation: JobOperation[R], entry: Entry, *, index: int = 0, replayed: bool = False, seen: Seen | None = None
) -> Outcome[R]:
    """Return how a row ended, its raw answer read as the class asked for, when it is first looked at.

    An answer that does not fit is an outcome too, with the raw answer in it.

    Args:
        operation: The question.
        entry: The row's line in the journal.
        index: The row's place in the input.
        replayed: Whether the answer was there already.
        seen: What the line's answer says, where that was read before.
    """
    outcome: Outcome[R] = Outcome(
        entry.key,
        index,
        operation,
        STATUSES[entry.state],
        job_id=entry.job_id,
        cost_cents=entry.cost_cents,
        replayed=replayed,
        body=entry.answer or entry.receipt,
        matched_by=entry.matched_by,
    )
    put_off(outcome, *_End._fields, work_out=lambda: _read_end(operation, entry, seen)._asdict())
    return outcome


def without_answer(row_operation: JobOperation[R], entry: Entry, status: Status, error: SixtyfourError) -> Outcome[R]:
    """Return the outcome of a row that this run gives up on, with whatever was received for it."""
    return Outcome(
        entry.key,
        0,
        row_operation,
        status,
        error=error,
        raw=_json(entry),
        job_id=entry.job_id,
        body=entry.answer or entry.receipt,
    )


def handed_back(operation: JobOperation[R], entry: Entry, error: SixtyfourError) -> Outcome[R]:
    """Return the outcome of a row whose journal broke: as it stands, with the service's id if there is one."""
    unsent: Status = "rejected" if entry.state == "released" else "unknown"
    return without_answer(operation, entry, unsent if entry.job_id is None else "unfinished", error)


def _json(entry: Entry) -> JsonValue:
    """Return what was received last, as JSON; None when nothing was, or when it is not JSON."""
    body = entry.answer or entry.receipt
    try:
        return None if body is None else body.value()
    except ValueError:
        return None


def _why_open(entry: Entry) -> SixtyfourError | None:
    """Return why a row that has not ended has no answer."""
    if entry.state == "accepted":
        return JobTimeoutError("was still running when last polled", job_id=entry.job_id)
    if entry.state == "lost":
        return JobLostError(entry.error or "the service no longer knows this job", job_id=entry.job_id)
    return None if entry.state == "released" else JobUnknownError(entry.error or CRASHED, job_id=entry.job_id)


def _read_end(operation: JobOperation[Any], entry: Entry, seen: Seen | None) -> _End:
    """Read the answer to the last poll, as the journal keeps it."""
    raw: JsonValue = None
    if entry.state not in ENDED:
        return _End(error=_why_open(entry), raw=_json(entry))
    if entry.state == "unreadable":
        return _End(error=UnreadableError(entry.error or "the answer could not be read", job_id=entry.job_id))
    try:
        report = _read_report(operation, entry) if seen is None else seen.report
        raw = report.result
        failure = report.failure(entry.job_id or "") or _why_not_completed(entry)
        if failure is not None:
            return _End(None, failure, raw)
        reading = None if seen is None else seen.reading
        answer = read_answer(operation, raw, operation.endpoint.name, reading=reading)
        return _End(answer.value, answer.error, raw)
    except SixtyfourError as misfit:
        return _End(None, misfit, raw)
    except FOREIGN as broken:  # a validator of the caller's own class; the paid answer must survive it
        error = ResponseError(f"the answer could not be read: {broken!r}", operation=operation.endpoint.name)
        error.__cause__ = broken
        return _End(None, error, raw)


def _read_report(operation: JobOperation[Any], entry: Entry) -> Report:
    return read_report(operation, entry.answer or Body(b"null"))


def readable_report(operation: JobOperation[Any], job_id: str, answer: Body) -> Report | None:
    """Return the report of an answer to a poll that has just come; None where `polled_report` raises."""
    try:
        return polled_report(operation, job_id, answer)
    except FOREIGN:  # whatever it is, the answer is kept before it is read in earnest
        return None


def running_report(operation: JobOperation[Any], job_id: str, answer: Body) -> Report | None:
    """Return the report of an answer to a poll that plainly says that the job still runs; None for any other answer.

    Nothing was paid for such an answer, so that it need not be kept. In doubt it is not plain.
    """
    report = readable_report(operation, job_id, answer)
    return report if report is not None and report.state is JobState.RUNNING else None


def delivered_end(operation: JobOperation[Any], answer: Body) -> Report | None:
    """Return the report of a delivered end; None for what a poll must confirm: unreadable, empty, or still running."""
    try:
        report = read_report(operation, answer)
    except FOREIGN:  # the answer to the poll shows what this is
        return None
    is_empty = report.state is JobState.COMPLETED and not has_content(report.result)
    is_open = is_empty or report.no_such_job or report.state is JobState.RUNNING
    return None if is_open else report


def _why_not_completed(entry: Entry) -> SixtyfourError | None:
    """Return why a row has no answer although its job completed."""
    if entry.state == "unmatched":
        return UnmatchedError(entry.error or "the answer could not be matched", job_id=entry.job_id)
    if entry.state == "no_answer":
        return NoAnswerError(entry.error or "nothing asked for came back", job_id=entry.job_id)
    return None


def read_report(operation: JobOperation[Any], answer: Body) -> Report:
    """Return the report in the answer to a poll.

    Raises:
        ResponseError: The answer is not JSON, or has the form of no status.
    """
    return _report(operation, answer, _read_status(operation, answer))


def _read_status(operation: JobOperation[Any], answer: Body) -> Any:
    """Return the answer to a poll as its class."""
    label = operation.endpoint.name
    value = decode_text_value(answer.decode(operation=label))  # a status may come as the text of a JSON value
    if value is None:
        raise ResponseError("an answer without content", operation=label, expected="a status")
    return decode_answer(operation.poll_answer_type(), value, operation=label)


def _report(operation: JobOperation[Any], answer: Body, status: Any) -> Report:
    """Return the report of a status; one without a word may be nothing but the fields that were asked for."""
    report: Report = status.report()
    if report.word or report.state is not JobState.RUNNING:
        return report
    value = answer.value()
    return Report(JobState.COMPLETED, "", result=value) if holds_what_was_asked(operation, value) else report


def polled_report(operation: JobOperation[Any], job_id: str | None, answer: Body) -> Report:
    """Return the report in the answer to a poll; without a *job_id*, the job is not checked.

    Raises:
        NotFoundError: It says that there is no such job, which other services say with status 404.
        ResponseError: The answer is not JSON, has the form of no status, or is about another job.
    """
    status = _read_status(operation, answer)
    report = _report(operation, answer, status)
    if job_id is not None:
        check_job(status, report, job_id, answer, operation.endpoint.poll)
    return report


def holds_result(operation: JobOperation[Any], answer: Body) -> bool:
    """Return whether an answer to a poll, whatever its HTTP status, says that the job completed and has the result."""
    try:
        report = read_report(operation, answer)
    except FOREIGN:
        return False
    return read_state(report.word) is JobState.COMPLETED and has_content(report.result)


def restore(entry: Entry, *, struct: type[Any] | None = None) -> JobOperation[Any]:
    """Return the operation of a journal's row.

    Args:
        entry: The row.
        struct: The class to read its answer as, for operations that take one.

    Raises:
        JournalError: This version does not know the operation, or the row is damaged.
    """
    made = REGISTRY.get(entry.operation)
    if made is None or not issubclass(made, JobOperation) or not issubclass(made, Request):
        raise JournalError(f"row {entry.key!r}: this version knows no operation {entry.operation!r}")
    sent = entry.sent()
    own = {name: value for name, value in sent.items() if name in made.model_fields}
    if struct is not None and "struct" in own:
        own["struct"] = struct
    extra = {name: value for name, value in sent.items() if name not in own}
    arguments = own | ({"extra": extra} if extra else {})
    try:
        return made(**arguments)
    except InputError:  # a version that was less strict sent it: its answer is paid for, and is read all the same
        return made.model_construct(set(arguments), **arguments)
