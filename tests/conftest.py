"""Asynchronous tests run on a clock that jumps; the few that need the real one say so in their module."""

from __future__ import annotations

from typing import Any

import pytest

from sixtyfour_async.testing import VirtualTimeLoop


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "asyncio", {"loop_factory": VirtualTimeLoop}
