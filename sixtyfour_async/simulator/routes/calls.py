"""A request and a reply as plain values, so that routes decide without awaiting."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.refusal import unprocessable
from sixtyfour_async.simulator.base.validation import Field, check, missing, problem
from sixtyfour_async.simulator.state.work import Fate


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
    fate: Callable[[], Fate] = Fate
    """Asked when new work is accepted."""
    drifted: Callable[[], bool] = bool
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
            raise unprocessable([missing(("body",), None)])
        body = as_object(plain)
        if body is None:
            text = "Input should be a valid dictionary or object to extract fields from"
            raise unprocessable([problem("model_attributes_type", ("body",), text, plain)])
        values, problems = check(fields, body)
        if problems:
            raise unprocessable(problems)
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
            raise unprocessable([item]) from error

    def queried(self, fields: Sequence[Field]) -> dict[str, Any]:
        """Read the query string by *fields*; of a repeated key the last one counts.

        Raises:
            Refused: 422, as FastAPI says it.
        """
        values, problems = check(fields, dict(self.query), ("query",))
        if problems:
            raise unprocessable(problems)
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
