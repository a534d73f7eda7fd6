"""The state file: one JSON line per event, so that accepted work survives a restart of the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def append_event(path: Path, event: Mapping[str, Any]) -> None:
    """Append an event; it is written to the file on return."""
    line = json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n"
    with path.open("a", encoding="utf-8", newline="\n") as out:
        out.write(line)


def read_events(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the events in the order of writing; truncate an incomplete last line left by a crash.

    Raises:
        ValueError: A complete line is not an event.
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
            raise ValueError(f"{path}, line {number}: not a simulator event") from error
        if not isinstance(event, dict) or "event" not in event or "at" not in event:
            raise ValueError(f"{path}, line {number}: not a simulator event")
        yield event
