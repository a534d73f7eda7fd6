"""The clock of the machine: the same for all processes on it, and going on while one is frozen or all sleep."""

from __future__ import annotations

import sys
import time
from functools import cache
from pathlib import Path

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
