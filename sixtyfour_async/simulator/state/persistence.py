"""Memory over a restart: one JSON line per accepted piece of work, flushed as it is written.

A real service does not forget when a client dies; with a state file neither does the simulator.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def append_event(path: Path, event: Mapping[str, Any]) -> None:
    """Append an event; it is in the file when this returns."""
    line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
    with path.open("a", encoding="utf-8", newline="\n") as out:
        out.write(line)


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """Give the events in the order they were written; cuts off a last line that was torn by a crash.

    Raises:
        ValueError: A line before the last is not an event.
    """
    if not path.exists():
        return
    raw = path.read_bytes()
    whole = raw[: raw.rfind(b"\n") + 1]
    if len(whole) < len(raw):
        with path.open("r+b") as out:
            out.truncate(len(whole))
    for number, line in enumerate(whole.splitlines(), 1):
        try:
            event = json.loads(line)
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: not an event of a simulator") from error
        if not isinstance(event, dict) or "event" not in event or "at" not in event:
            raise ValueError(f"{path}, line {number}: not an event of a simulator")
        yield event
