"""The engine programs of the guide, run as they stand, over HTTP."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sixtyfour_async
from tests.cli.conftest import ROOT, Service

EXAMPLES = Path(sixtyfour_async.__file__).parent / "guide" / "examples"


def test_a_ray_dataset_is_enriched(running_service: Service, tmp_path: Path) -> None:
    environment = os.environ | running_service.exports | {"PYTHONPATH": ROOT, "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    done = subprocess.run(
        [sys.executable, EXAMPLES / "ray_dataset.py"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.count(" | ") == 2]
    assert sorted(name for name, _, _ in rows) == ["1&1", "3M", "3i", "Adesso SE"]
    assert {status for _, status, _ in rows} <= {"completed", "no_answer"}
