"""The engine programs of the guide."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Service
from tests.engines.examples import run


def test_a_ray_dataset_is_enriched(running_service: Service, tmp_path: Path) -> None:
    printed = run(running_service, tmp_path, "ray_dataset.py", RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO="0")

    rows = [line.split(" | ") for line in printed.splitlines() if line.count(" | ") == 2]
    assert sorted(name for name, _, _ in rows) == ["1&1", "3M", "3i", "Adesso SE"]
    assert {status for _, status, _ in rows} <= {"completed", "no_answer"}
