"""Raw answers of the journal → typed outcomes. Reading costs nothing and may be done again."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, JsonValue

from sixtyfour_async._client.job import answer_of_report
from sixtyfour_async._journal.base import CRASHED, Entry
from sixtyfour_async._runner.outcomes import Outcome, Status
from sixtyfour_async._scheduling.row_states import IN_DOUBT
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.errors import (
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    JobUnknownError,
    JournalError,
    ResponseError,
    SixtyfourError,
)
from sixtyfour_async.models.jobs import Report
from sixtyfour_async.operations import REGISTRY, JobOperation, Request

R = TypeVar("R")


def read_outcome(operation: JobOperation[R], entry: Entry, *, index: int = 0, replayed: bool = False) -> Outcome[R]:
    """Tell how a settled row ended, its raw answer read as the class asked for.

    An answer that does not fit is an outcome too, with the raw answer inside.
    """
    raw: JsonValue = None
    value: R | None = None
    error: SixtyfourError | None = None
    status: Status = "completed"
    try:
        report = _read_report(operation, entry)
        raw = report.result
        value = answer_of_report(operation, entry.job_id or "", report).result()
    except JobUnknownError as parked:
        status, error = "unknown", parked
    except JobTimeoutError as running:
        status, error = "unfinished", running
    except JobCancelledError as ended:
        status, error = "cancelled", ended
    except JobFailedError as ended:
        status, error = "failed", ended
    except SixtyfourError as misfit:
        error = misfit
    except Exception as broken:  # noqa: BLE001 (a validator of the caller's own class; the paid answer must survive it)
        error = ResponseError(f"the answer could not be read: {broken!r}", operation=operation.endpoint.name)
        error.__cause__ = broken
    return Outcome(
        entry.key,
        index,
        operation,
        status,
        value=value,
        error=error,
        raw=raw,
        job_id=entry.job_id,
        cost_cents=entry.cost_cents,
        replayed=replayed,
    )


def restore(entry: Entry, *, struct: type[BaseModel] | None = None) -> JobOperation[Any]:
    """Make the question of a journal's row again.

    Args:
        entry: The row.
        struct: The class to read its answer as, for questions that take one.

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
    return made(**own, extra={name: value for name, value in sent.items() if name not in own})


def _read_report(operation: JobOperation[Any], entry: Entry) -> Report:
    """Read the last look that the journal kept."""
    if entry.state in IN_DOUBT:
        raise JobUnknownError(entry.error or CRASHED, job_id=entry.job_id)
    if entry.state == "accepted":
        raise JobTimeoutError("was still running when last looked at", job_id=entry.job_id)
    question = operation.poll(entry.job_id or "-")
    value = json.loads(entry.answer or "null")
    found: Report = decode_answer(question.answer_type(), value, operation=operation.endpoint.name).report()
    return found
