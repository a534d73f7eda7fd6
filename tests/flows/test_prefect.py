"""The flow of the guide, on a server of Prefect's own."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.cli.conftest import Service
from tests.engines.examples import run

COMPANIES = ["3M", "3i"]


def test_a_prefect_flow_enriches_a_table(running_service: Service, tmp_path: Path) -> None:
    (tmp_path / "companies.csv").write_text("\n".join(["company_name", *COMPANIES]), encoding="utf-8")
    settings = {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    }

    run(running_service, tmp_path, "prefect_flow.py", "companies.csv", **settings)

    with (tmp_path / "companies.csv.enriched.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["company_name"], row["status"]) for row in rows] == [(name, "completed") for name in COMPANIES]
