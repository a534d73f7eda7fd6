"""What one row of a journal says: its answer, why there is none, and how long it ran. Pure.

`_runner.reading` reads any answer, and takes its time. Nearly every answer has the documented form, in which the result
and the error lie open; that form is read here, and everything else there, with the same result.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from pydantic import JsonValue
from pydantic_core import from_json

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async._scheduling.row_states import ENDED
from sixtyfour_async.errors import JobError, SixtyfourError
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.status_words import error_text


class RowFacts(NamedTuple):
    """What a row says.

    Attributes:
        raw: The answer as JSON; None when there is none.
        error: Why there is no answer; "" when there is one.
        run_seconds: How long the job ran, by the service's clock; None when it does not say.
    """

    raw: JsonValue = None
    error: str = ""
    run_seconds: float | None = None


def facts_of(entry: Entry) -> RowFacts:
    """Return what a row says."""
    if entry.state not in {"completed", "failed"}:  # the journal says why, or the state does
        ran = _run_seconds(_status(entry)) if entry.state in ENDED else None
        return RowFacts(None, entry.error or "", ran)
    status = _status(entry)
    run_seconds = _run_seconds(status)
    if entry.state == "completed" and status.get("status") == "completed" and json_object(status.get("result")):
        return RowFacts(status["result"], "", run_seconds)
    if entry.state == "failed" and status.get("status") == "failed" and (error := error_text(status.get("error"))):
        return RowFacts(None, entry.error or error, run_seconds)
    return _read(entry)._replace(run_seconds=run_seconds)


def _read(entry: Entry) -> RowFacts:
    """Return what a row says, whatever the form of its answer."""
    try:
        outcome = read_outcome(restore(entry), entry)
    except SixtyfourError as unknown:  # a newer version's operation
        return RowFacts(error=entry.error or str(unknown))
    if entry.state == "completed":
        return RowFacts(outcome.raw)
    failure = outcome.error
    why = failure.message if isinstance(failure, JobError) else str(failure or "")
    return RowFacts(outcome.raw, entry.error or why)


def _status(entry: Entry) -> dict[str, Any]:
    """Return the answer to the last poll; empty when that is no JSON object."""
    if entry.answer is None:
        return {}
    try:
        # Four times as fast, and it refuses nearly all that `Body.value` normalises.
        return json_object(from_json(entry.answer.content)) or {}
    except ValueError:
        pass
    try:
        return json_object(entry.answer.value()) or {}
    except ValueError:
        return {}


def _run_seconds(status: dict[str, Any]) -> float | None:
    start, end = status.get("start_time"), status.get("close_time")
    if not (isinstance(start, str) and isinstance(end, str)):
        return None
    try:
        seconds = (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
    except (ValueError, TypeError):  # no instants, or one of them without its offset
        return None
    return seconds if seconds >= 0 else None
