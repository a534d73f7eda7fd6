"""Requests and replies as plain values, so that route functions need not await."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import Kind, Lead
from sixtyfour_async.simulator.base.error_responses import validation_error
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.validation import Field, missing, problem, validate
from sixtyfour_async.simulator.state.work import Work, WorkFaults


@dataclass(frozen=True, slots=True)
class Call:
    """An authenticated request. ``now``: simulated Unix seconds; ``key``: the name of its key in the books."""

    now: float
    path: str
    base_url: str
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    content: bytes
    key: str = ""
    draw_faults: Callable[[], WorkFaults] = WorkFaults
    """Called when work is accepted, and only then."""
    draw_drift: Callable[[], bool] = bool
    """Called when a status is about to be answered: whether to answer `UNKNOWN_STATUS` instead."""

    def body(self, fields: Sequence[Field], *, optional: bool = False) -> dict[str, Any]:
        """Return the validated JSON body; a missing *optional* body is empty.

        Raises:
            ErrorResponse: 422 if it is invalid.
        """
        plain = self.json()
        if plain is None and optional:
            plain = {}
        if plain is None:
            raise validation_error([missing(("body",), None)])
        body = as_object(plain)
        if body is None:
            text = "Input should be a valid dictionary or object to extract fields from"
            raise validation_error([problem("model_attributes_type", ("body",), text, plain)])
        values, problems = validate(fields, body)
        if problems:
            raise validation_error(problems)
        return values

    def json(self) -> Any:
        """Return the decoded JSON body, or None if it is empty.

        Raises:
            ErrorResponse: 422 if it is not JSON.
        """
        if not self.content.strip():
            return None
        try:
            return json.loads(self.content)
        except ValueError as error:
            at = getattr(error, "pos", 0)
            item = problem("json_invalid", ("body", at), "JSON decode error", {}, error=str(error))
            raise validation_error([item]) from error

    def query_values(self, fields: Sequence[Field]) -> dict[str, Any]:
        """Return the validated query parameters; the last of a repeated parameter wins.

        Raises:
            ErrorResponse: 422 if one is invalid.
        """
        values, problems = validate(fields, dict(self.query), ("query",))
        if problems:
            raise validation_error(problems)
        return values


@dataclass(frozen=True, slots=True)
class RowsOf:
    """The leads of an answer with one row for each, in the order they were asked.

    ``answer_to`` returns the row for any lead. ``file``: rows and format, if they are written to a file.
    """

    leads: Sequence[Lead]
    answer_to: Callable[[Lead], Any]
    file: tuple[Sequence[Mapping[str, Any]], str] | None = None


@dataclass(frozen=True, slots=True)
class About:
    """The work that a reply is about: what a dialect must know of it."""

    kind: Kind
    work: Work
    rows: RowsOf | None = None
    """The rows of the result, if it has several."""
    finished: Callable[[], Any] | None = None
    """Returns the result of work accepted a moment ago, if it could be answered at once."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A response. With ``wait_until``, the response is what ``finish`` returns at that simulated instant."""

    body: Any = None
    status: int = 200
    content: bytes | None = None
    media_type: str = "application/json"
    wait_until: float | None = None
    finish: Callable[[float], Reply] | None = None
    about: About | None = None
    """The work, if the reply starts, reports or completes any."""
