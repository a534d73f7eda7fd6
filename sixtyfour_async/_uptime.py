"""The clock of the machine: the same for all processes on it, and going on while one is frozen or all sleep."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

if sys.platform == "linux":

    def uptime() -> float:
        """Return real seconds since the machine was booted."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

else:

    def uptime() -> float:
        """Return real seconds since the machine was booted; those in which it slept may be missing."""
        return time.monotonic()


@cache
def boot_id() -> str:
    """Return what tells one boot of the machine from another; "" where the system has no such thing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""


class MachineClock(NamedTuple):
    """A clock that goes on while a process is frozen.

    Attributes:
        name: What tells it from any other clock: its instants mean nothing to those.
        read: Return its instant, real seconds; may be called in any thread.
    """

    name: str
    read: Callable[[], float]


def machine_clock(loop: object) -> MachineClock:
    """Return the clock of the machine, or that of an event loop whose time is not real."""
    own: MachineClock | None = getattr(loop, "machine_clock", None)
    return MachineClock(boot_id(), uptime) if own is None else own
