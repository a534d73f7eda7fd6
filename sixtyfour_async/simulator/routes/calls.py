"""A request and a reply as plain values, so that routes decide without awaiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.error_responses import validation_error
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.validation import Field, missing, problem, validate
from sixtyfour_async.simulator.state.work import WorkFaults


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the gate. ``now``: simulated Unix seconds; ``key``: the name of its key in the books."""

    now: float
    path: str
    base_url: str
    params: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    content: bytes
    key: str = ""
    draw_faults: Callable[[], WorkFaults] = WorkFaults
    """Asked when new work is accepted."""
    draw_drift: Callable[[], bool] = bool
    """Asked when the status of work is about to be told."""

    def body(self, fields: Sequence[Field], *, optional: bool = False) -> dict[str, Any]:
        """Read the JSON body by *fields*; without one, an *optional* body is empty.

        Raises:
            Refused: 422, as FastAPI says it.
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
        """Decode the body; None when there is none.

        Raises:
            Refused: 422, it is not JSON.
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
        """Read the query string by *fields*; of a repeated key the last one counts.

        Raises:
            Refused: 422, as FastAPI says it.
        """
        values, problems = validate(fields, dict(self.query), ("query",))
        if problems:
            raise validation_error(problems)
        return values


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer; with ``wait_until`` the answer is what ``finish`` gives at that instant."""

    body: Any = None
    status: int = 200
    content: bytes | None = None
    media_type: str = "application/json"
    wait_until: float | None = None
    finish: Callable[[float], Reply] | None = None
