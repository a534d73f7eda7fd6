"""Log lines that a stranger can cause as often as they like, written once a minute."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import anyio

INTERVAL_SECONDS = 60.0


@dataclass(slots=True)
class OccasionalLog:
    """Writes one line of each kind a minute, with the number of those left out since the last."""

    logger: logging.Logger
    _written_once: set[str] = field(default_factory=set[str])
    _written_at: dict[str, float] = field(default_factory=dict[str, float])
    _left_out: dict[str, int] = field(default_factory=dict[str, int])

    def once(self, text: str) -> None:
        """Write a line the first time."""
        if text not in self._written_once:
            self._written_once.add(text)
            self.logger.warning("%s", text)

    def warning(self, kind: str, text: str) -> None:
        """Write a line, unless one of its kind was written in the last minute."""
        now = anyio.current_time()
        if now - self._written_at.get(kind, -INTERVAL_SECONDS) < INTERVAL_SECONDS:
            self._left_out[kind] = self._left_out.get(kind, 0) + 1
            return
        self._written_at[kind] = now
        left_out = self._left_out.pop(kind, 0)
        self.logger.warning("%s%s", text, f" ({left_out} more since the last such line)" if left_out else "")
