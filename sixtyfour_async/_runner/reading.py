"""From the raw answers of the journal to typed outcomes. Reading costs nothing and may be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import BaseModel, JsonValue

from sixtyfour_async._client.answers import read_answer
from sixtyfour_async._journal.base import CRASHED, Entry
from sixtyfour_async._runner.outcomes import Outcome, Status
from sixtyfour_async._scheduling.row_states import ENDED, State
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async._wire.envelopes import MAX_BODY_EXCERPT
from sixtyfour_async._wire.json_body import parse_json
from sixtyfour_async.errors import JobTimeoutError, JobUnknownError, JournalError, ResponseError, SixtyfourError
from sixtyfour_async.models.jobs import Report
from sixtyfour_async.operations import REGISTRY, JobOperation, Request

R = TypeVar("R")

STATUSES: Mapping[State, Status] = {
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
    "accepted": "unfinished",
    "intended": "unknown",
    "unknown": "unknown",
    "released": "rejected",
}
"""A row's state in the journal → the status of its outcome."""


class _End(NamedTuple):
    """How a row ended: an answer, why there is none, or an answer that does not fit."""

    value: Any = None
    raw: JsonValue = None
    error: SixtyfourError | None = None


def read_outcome(operation: JobOperation[R], entry: Entry, *, index: int = 0, replayed: bool = False) -> Outcome[R]:
    """Return how a row ended, its raw answer read as the class asked for.

    An answer that does not fit is an outcome too, with the raw answer in it.
    """
    end = _read_end(operation, entry) if entry.state in ENDED else _End(error=_why_open(entry))
    return Outcome(
        entry.key,
        index,
        operation,
        STATUSES[entry.state],
        value=end.value,
        error=end.error,
        raw=end.raw,
        job_id=entry.job_id,
        cost_cents=entry.cost_cents,
        replayed=replayed,
    )


def _why_open(entry: Entry) -> SixtyfourError | None:
    """Return why a row that has not ended has no answer."""
    if entry.state == "accepted":
        return JobTimeoutError("was still running when last polled", job_id=entry.job_id)
    return None if entry.state == "released" else JobUnknownError(entry.error or CRASHED, job_id=entry.job_id)


def _read_end(operation: JobOperation[Any], entry: Entry) -> _End:
    """Read the answer to the last poll, as the journal keeps it."""
    raw: JsonValue = None
    try:
        report = _read_report(operation, entry)
        raw = report.result
        failure = report.failure(entry.job_id or "")
        if failure is not None:
            return _End(None, raw, failure)
        answer = read_answer(operation, raw, operation.endpoint.name)
        return _End(answer.value, raw, answer.error)
    except SixtyfourError as misfit:
        return _End(None, raw, misfit)
    except Exception as broken:  # noqa: BLE001 (a validator of the caller's own class; the paid answer must survive it)
        error = ResponseError(f"the answer could not be read: {broken!r}", operation=operation.endpoint.name)
        error.__cause__ = broken
        return _End(None, raw, error)


def _read_report(operation: JobOperation[Any], entry: Entry) -> Report:
    question, label, text = operation.poll(entry.job_id or "-"), operation.endpoint.name, entry.answer or "null"
    try:
        value = parse_json(text)
    except ValueError as error:
        why = "the answer is not JSON"
        raise ResponseError(why, operation=label, expected="JSON", body=text[:MAX_BODY_EXCERPT]) from error
    report: Report = decode_answer(question.answer_type(), value, operation=label).report()
    return report


def restore(entry: Entry, *, struct: type[BaseModel] | None = None) -> JobOperation[Any]:
    """Return the operation of a journal's row.

    Args:
        entry: The row.
        struct: The class to read its answer as, for operations that take one.

    Raises:
        JournalError: This version does not know the operation.
    """
    made = REGISTRY.get(entry.operation)
    if made is None or not issubclass(made, JobOperation) or not issubclass(made, Request):
        raise JournalError(f"row {entry.key!r}: this version knows no operation {entry.operation!r}")
    sent: dict[str, Any] = json.loads(entry.request)
    own = {name: value for name, value in sent.items() if name in made.model_fields}
    if struct is not None and "struct" in own:
        own["struct"] = struct
    extra = {name: value for name, value in sent.items() if name not in own}
    return made(**own, **({"extra": extra} if extra else {}))
