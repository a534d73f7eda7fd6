"""An answer before it is written, and what a dialect is."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.seeded_random import choice

JSON = dict[str, Any]
Lead = Mapping[str, Any]
Kind = Literal["request", "submit", "poll", "direct", "file", "other"]
"""What is answered.

``request``: nothing yet, the request has only arrived; ``submit``: work was accepted; ``poll``: the status of work, and
its result once it has ended; ``direct``: the result of a synchronous call; ``file``: the rows of a result file;
``other``: anything else.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of an answer, and the lead it belongs to, number *at* (from 0) of those that were asked about."""

    values: Any
    lead: Lead
    at: int

    def echo(self) -> JSON:
        """Return what the row repeats of its lead."""
        values = as_object(self.values) or {}
        return {key: value for key, value in values.items() if key in self.lead and value == self.lead[key]}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 200 unless a dialect says otherwise. ``body``: its bytes, once they differ from `value`."""

    kind: Kind
    value: Any = None
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    method: str = ""
    path: str = ""
    rows: tuple[Row, ...] | None = None
    """The rows of the result, if it has one for each of several leads."""
    answer_to: Callable[[Lead], Any] | None = None
    """Returns the row for any lead, also for one that nobody asked about."""
    finished: Callable[[], Any] | None = None
    """Returns the result of work that was accepted a moment ago."""
    raw: tuple[tuple[str, bytes], ...] = ()
    """Placeholders in `value`, and the bytes that are sent in their place; see `with_raw`."""

    @property
    def result(self) -> Any:
        """The result, None without one."""
        if self.kind == "direct":
            return self.value
        return (as_object(self.value) or {}).get("result")

    def with_result(self, result: Any) -> Answer:
        """Return the answer with another result."""
        value = result if self.kind == "direct" else {**self.value, "result": result}
        return dataclasses.replace(self, value=value)

    def with_rows(self, rows: Iterable[Row]) -> Answer:
        """Return the answer with other rows."""
        changed = dataclasses.replace(self, rows=tuple(rows))
        return changed if self.kind == "file" else changed.with_result([row.values for row in changed.rows or ()])

    def with_value(self, value: Any) -> Answer:
        """Return the answer with another JSON value."""
        return dataclasses.replace(self, value=value)

    def with_body(self, body: bytes, content_type: str = "application/json") -> Answer:
        """Return the answer with these bytes."""
        return dataclasses.replace(self, body=body, content_type=content_type)

    def written(self) -> bytes:
        """Return the bytes of the body."""
        if self.body is not None:
            return self.body
        body = json.dumps(self.value, ensure_ascii=False, separators=(",", ":")).encode()
        for placeholder, content in self.raw:
            body = body.replace(placeholder.encode(), content)
        return body


@dataclass(frozen=True, slots=True)
class Draw:
    """Determines what a dialect leaves open.

    Attributes:
        parts: Keys of its draws.
        form: The form that a test asked for, None to draw one.
    """

    parts: tuple[object, ...] = ()
    form: str | None = None

    def one_of(self, forms: Sequence[str]) -> str:
        """Return the form to take."""
        return choice(forms, *self.parts) if self.form is None else self.form


Rewrite = Callable[[Answer, Draw], Answer | None]
"""Returns the answer in a dialect, or None if the dialect changes nothing in it."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """One way in which answers may differ from the documents."""

    doc: str
    """One line."""
    kinds: frozenset[Kind]
    rewrite: Rewrite
    forms: tuple[str, ...] = ()
    """The forms from which one is drawn; a test may script any text."""
    ends: Literal["completed", "failed"] | None = None
    """How the work ends by being answered so; a failed one is not charged."""
    lasts_seconds: float = 0.0
    """Simulated seconds for which every answer of the kind is changed once one was."""
    heals: bool = False
    """Whether each poll of a job is drawn for itself; otherwise all polls of a job are alike."""
