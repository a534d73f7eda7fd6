"""What a limit of requests a minute leaves: burst, margin and rate."""

from __future__ import annotations

MINUTE = 60.0
"""Seconds in the window of the limit."""

MIN_LIMIT = 3
"""The lowest limit, in requests a minute, that can be kept: one for the margin, one for the burst, one to refill."""

SHARE_SECONDS = 0.75
"""Life of a share. Longer: more of the capacity is in hands that have spent it. Shorter: it dies under way."""

MIN_RATE_FRACTION = 0.05
"""Part of the rate that we keep, however much other traffic there seems to be."""


def allotment(limit: int, burst: int | None = None, margin: int | None = None) -> tuple[int, int, float]:
    """Return burst, margin and rate, in requests a second, that keep a limit of requests a minute.

    Raises:
        ValueError: Burst and margin leave nothing of it.
    """
    least = 2 if limit >= 6 else 1  # noqa: PLR2004 (two tokens let one side leave one to the other)
    burst = max(least, min(10, limit // 50)) if burst is None else burst
    margin = max(1, limit // 125) if margin is None else margin
    rate = (limit - margin - burst) / MINUTE
    if rate <= 0 or burst < 1:
        raise ValueError(f"burst {burst} and margin {margin} leave nothing of a limit of {limit}")
    return burst, margin, rate
