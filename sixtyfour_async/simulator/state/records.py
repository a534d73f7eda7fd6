"""Records stored for users, such as workflows, schedules and uploads: JSON objects by kind and id.

Records are replaced, never modified in place. Each change is persisted like accepted work and survives a restart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sixtyfour_async.simulator.base.seeded_random import identifier

Record = Mapping[str, Any]


@dataclass(slots=True)
class Records:
    """All records.

    ``persist`` is called with each change before it takes effect. ``salt`` makes ids differ between simulators.
    """

    salt: str
    persist: Callable[[Mapping[str, Any]], None] | None = None
    _records: dict[str, dict[str, Record]] = field(default_factory=dict[str, dict[str, Record]])
    _changes: int = 0

    def new_id(self, kind: str) -> str:
        """Return an unused id."""
        return identifier(self.salt, kind, self._changes)

    def get(self, kind: str, id_: str) -> Record | None:
        """Return a record, or None."""
        return self._records.get(kind, {}).get(id_)

    def all(self, kind: str) -> list[Record]:
        """Return all records of a kind, oldest first."""
        return list(self._records.get(kind, {}).values())

    def put(self, kind: str, id_: str, record: Record, now: float) -> Record:
        """Store a record; one that it replaces keeps its position."""
        self._change(kind, id_, record, now)
        return record

    def delete(self, kind: str, id_: str, now: float) -> bool:
        """Delete a record; return whether it existed."""
        if self.get(kind, id_) is None:
            return False
        self._change(kind, id_, None, now)
        return True

    def _change(self, kind: str, id_: str, record: Record | None, now: float) -> None:
        event = {"event": "record", "at": now, "kind": kind, "id": id_, "record": record}
        if self.persist:
            self.persist(event)
        self.apply(event)

    def apply(self, event: Mapping[str, Any]) -> None:
        """Apply a change, made now or replayed from the state file."""
        self._changes += 1
        stored = self._records.setdefault(event["kind"], {})
        if event["record"] is None:
            stored.pop(event["id"], None)
        else:
            stored[event["id"]] = event["record"]
