"""Changes as the functions of the database read them, and rows as it returns them. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import singledispatchmethod
from typing import Any, TypeAlias

from sixtyfour_async._journal.base import READ_ONLY, Entry, tally_of_replaced
from sixtyfour_async._journal.changes import Change, Count, Deliver, HandBack, Put, SaveAnswer, SetMeta, Take
from sixtyfour_async._journal.fencing import WRITTEN, follows
from sixtyfour_async._journal.sharing import Cap, Claim, Room
from sixtyfour_async._scheduling.ledger import TOLERANCE_CENTS
from sixtyfour_async._scheduling.row_states import SHARED
from sixtyfour_async._wire.body import Body

MICRO = 1_000_000
"""Parts of a cent in which the database sums money up."""

BODIES = ("answer", "receipt")
"""Fields of an entry that are a `Body`: two columns each, the bytes and the content type."""

COLUMNS = tuple(
    column
    for one in fields(Entry)
    if one.name not in READ_ONLY
    for column in ((one.name, f"{one.name}_type") if one.name in BODIES else (one.name,))
)
"""The columns of an entry."""

_WHOLE = (
    "(SELECT {} FROM sixtyfour_answers AS whole WHERE whole.batch = job.batch"
    " AND job.state IN ('unmatched', 'unreadable'))"
)
_HELD_BY = "(SELECT number FROM sixtyfour_runners WHERE number = job.owner AND number <> %s)"
SELECTED = ", ".join(
    [
        *(
            {
                "answer": f"coalesce(job.answer, {_WHOLE.format('body')})",
                "answer_type": f"coalesce(job.answer_type, {_WHOLE.format('body_type')})",
            }.get(column, f"job.{column}")
            for column in COLUMNS
        ),
        _HELD_BY,
        "job.changed_at",
    ]
)
"""What is selected from ``sixtyfour_jobs AS job``; its one parameter is the number of the reading runner."""

Json: TypeAlias = dict[str, Any]

_NUL, _ESCAPED_NUL, _MARK, _ESCAPED_MARK = "\x00", "\x01\x03", "\x01", "\x01\x02"


def as_text(text: str) -> str:
    """Return a text without the character NUL, which PostgreSQL does not take; `text_of` undoes it."""
    return text.replace(_MARK, _ESCAPED_MARK).replace(_NUL, _ESCAPED_NUL)


def text_of(text: str) -> str:
    """Return a text as it was before `as_text`."""
    return text.replace(_ESCAPED_NUL, _NUL).replace(_ESCAPED_MARK, _MARK)


def id_of(key: str) -> bytes:
    """Return what a row is found by: keys may be longer than what an index takes."""
    return hashlib.sha256(key.encode("utf-8")).digest()


def entry_of(row: Sequence[Any]) -> Entry:
    """Return the entry of a row of `SELECTED`."""
    values: Json = dict(zip((*COLUMNS, *READ_ONLY), row, strict=True))
    for name in BODIES:
        content, content_type = values[name], values.pop(f"{name}_type")
        values[name] = None if content is None else Body(bytes(content), text_of(content_type))
    values |= {name: text_of(value) for name, value in values.items() if isinstance(value, str)}
    return Entry(**values)


@dataclass(slots=True)
class Message:
    """The changes of one commit.

    Attributes:
        changes: What is to be done, in order.
        bodies: Bytes that it refers to by their place, from 1.
        lines: Number of lines in it.
    """

    changes: list[Json] = field(default_factory=list[Json])
    bodies: list[bytes] = field(default_factory=list[bytes])
    lines: int = 0

    @classmethod
    def of(cls, changes: Sequence[Change]) -> Message:
        """Encode changes."""
        message = cls()
        for change in changes:
            message.changes.append(message.encode(change))
        return message

    @property
    def text(self) -> str:
        """The changes as JSON text."""
        return json.dumps(self.changes, ensure_ascii=False)

    @singledispatchmethod
    def encode(self, change: Change) -> Json:
        """Return a change as the database reads it."""
        raise NotImplementedError(change)

    @encode.register
    def _(self, change: Put) -> Json:
        settles = as_text(change.settles) if change.settles is not None and change.drops_answer else None
        return {"do": "put", "lines": self._chained(change.entries), "settles": settles}

    @encode.register
    def _(self, change: Take) -> Json:
        caps = [{"since": cap.since, "most": (cap.cents + TOLERANCE_CENTS) * MICRO} for cap in change.limits.caps]
        rooms = [
            {"operations": sorted(room.operations), "most": room.most, "variant": room.variant}
            for room in change.limits.rooms
        ]
        former = [_former(entry) for entry in change.replaced]
        lines = self._chained(change.entries)
        return {"do": "take", "lines": lines, "caps": caps, "rooms": rooms, "replaced": former}

    @encode.register
    def _(self, change: Deliver) -> Json:
        return {"do": "deliver", "id": id_of(change.key).hex()}

    @encode.register
    def _(self, change: SetMeta) -> Json:
        return {"do": "meta", "name": as_text(f"note:{change.name}"), "text": as_text(change.text), "once": change.once}

    @encode.register
    def _(self, change: HandBack) -> Json:
        return {"do": "hand back", "ids": [id_of(key).hex() for key in change.keys]}

    @encode.register
    def _(self, change: SaveAnswer) -> Json:
        place, content_type = self._body(change.body)
        return {"do": "answer", "batch": as_text(change.batch), "body": place, "type": content_type}

    @encode.register
    def _(self, change: Count) -> Json:
        counted = {"variant": change.variant, "name": change.name, "sent_at": change.sent_at}
        return counted | {"do": "count", "rows": change.rows, "cents": _number(change.cents)}

    def _chained(self, entries: Sequence[Entry]) -> list[Json]:
        """Return one line for each key: the last, to follow what the first one follows."""
        lines: dict[str, Json] = {}
        versions: dict[str, int] = {}
        for entry in entries:
            former, line = lines.get(entry.key), self.line(entry)
            if former is not None:
                line["after"] = former["after"] if follows(entry.version, versions[entry.key]) else -1
            lines[entry.key], versions[entry.key] = line, entry.version
        return list(lines.values())

    def line(self, entry: Entry) -> Json:
        """Return the line of a row."""
        if entry.state in SHARED and entry.batch is not None:
            entry = replace(entry, answer=None)  # it is stored once for all rows that share it
        values: Json = {one.name: getattr(entry, one.name) for one in fields(Entry) if one.name not in READ_ONLY}
        for name in BODIES:
            values[name], values[f"{name}_type"] = self._body(values[name])
        line = {name: _plain(value) for name, value in values.items()}
        self.lines += 1
        return line | {
            "id": id_of(entry.key).hex(),
            "nth": self.lines,
            "after": max(0, entry.version - 1),
        }

    def _body(self, body: Body | None) -> tuple[int | None, str | None]:
        if body is None:
            return None, None
        self.bodies.append(body.content)
        return len(self.bodies), as_text(body.content_type)


def _former(entry: Entry) -> Json:
    name, cents = tally_of_replaced(entry)
    counted = {"id": id_of(entry.key).hex(), "variant": entry.variant, "name": name}
    return counted | {"sent_at": entry.sent_at or "", "cents": _number(cents)}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return as_text(value)
    return _number(value) if isinstance(value, float) else value


def _number(value: float) -> str:
    """Return a number as text, since JSON has no infinite ones."""
    return repr(float(value))


def result_of(change: Change, result: Mapping[str, Any]) -> Claim:
    """Return what became of a change, from what the database said."""
    if isinstance(change, Take) and "exceeded" in result:
        limits: list[Cap | Room] = [*change.limits.caps, *change.limits.rooms]
        return Claim(exceeded=limits[int(result["exceeded"])])
    refused = set(result.get("refused", ()))
    if not refused or not isinstance(change, Put | Take):
        return WRITTEN
    return Claim(frozenset(entry.key for entry in change.entries if id_of(entry.key).hex() in refused))


def not_written(changes: Sequence[Change], written: Sequence[Change]) -> list[Change]:
    """Return what is left to be done of changes of which some were written before; sums may have grown since."""
    done = [change for change in written if not isinstance(change, Count)]
    counted = {(one.variant, one.name, one.sent_at): one for one in written if isinstance(one, Count)}
    left: list[Change] = []
    for change in changes:
        if isinstance(change, Count):
            before = counted.get((change.variant, change.name, change.sent_at))
            rest = change if before is None else _minus(change, before)
            left += [rest] if rest.rows else []
        elif not any(change is one for one in done):
            left.append(change)
    return left


def _minus(change: Count, before: Count) -> Count:
    return replace(change, rows=change.rows - before.rows, cents=change.cents - before.cents)
