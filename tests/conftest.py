"""Asynchronous tests run on a clock that jumps; the few that need the real one say so in their module."""

from __future__ import annotations

import os
from typing import Any

import pytest

from sixtyfour_async.testing import VirtualTimeLoop

# Dozens of processes are started below, and each would compile the whole package for itself.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}
