"""The engine programs of the guide, run as they stand, over HTTP."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sixtyfour_async
from tests.cli.conftest import ROOT, Service

EXAMPLES = Path(sixtyfour_async.__file__).parent / "guide" / "examples"


SETTINGS = {
    "PYTHONPATH": ROOT,
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
}


def run(service: Service, folder: Path, name: str, *arguments: str) -> str:
    """Run an example as a program and return what it printed."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name, *arguments],
        cwd=folder,
        env=os.environ | service.exports | SETTINGS | {"PREFECT_HOME": str(folder / "prefect")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_ray_dataset_is_enriched(running_service: Service, tmp_path: Path) -> None:
    printed = run(running_service, tmp_path, "ray_dataset.py")

    rows = [line.split(" | ") for line in printed.splitlines() if line.count(" | ") == 2]
    assert sorted(name for name, _, _ in rows) == ["1&1", "3M", "3i", "Adesso SE"]
    assert {status for _, status, _ in rows} <= {"completed", "no_answer"}


def test_a_prefect_flow_enriches_a_table(running_service: Service, tmp_path: Path) -> None:
    pytest.importorskip("prefect")
    (tmp_path / "companies.csv").write_text("company_name\n3M\n3i\n", encoding="utf-8")
    run(running_service, tmp_path, "prefect_flow.py", "companies.csv")
    with (tmp_path / "companies.csv.enriched.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["company_name"], row["status"]) for row in rows] == [("3M", "completed"), ("3i", "completed")]
