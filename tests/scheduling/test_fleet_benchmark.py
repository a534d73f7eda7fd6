"""The benchmark of a shared key runs, and counts what the server saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import fleet


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # on the real clock


@pytest.mark.anyio
async def test_the_benchmark_counts_requests_and_visits(tmp_path: Path) -> None:
    line = await fleet.measure(2, fleet.Place("file", str(tmp_path / "run.db")), speed=10.0, seconds=20.0, warm_up=1.0)

    assert line.processes == 2
    assert line.pace > 0
    assert line.visits > 0
    assert line.busiest <= fleet.LIMIT
    assert line.refused == 0
