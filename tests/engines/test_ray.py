"""Ray Data: workers die, tasks are repeated, and no row is paid twice."""

from __future__ import annotations

import os
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Service
from tests.engines.conftest import killing, processes
from tests.engines.questions import check_paid_once, columns, enrich_on, submits

ray: Any = import_module("ray")
pyarrow: Any = import_module("pyarrow")


@pytest.fixture(scope="module")
def cluster(running_service: Service) -> Generator[None, None, None]:
    variables = {**running_service.exports, "PYTHONPATH": ROOT}
    os.environ["RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO"] = "0"
    ray.init(num_cpus=4, include_dashboard=False, log_to_driver=False, runtime_env={"env_vars": variables})
    yield
    ray.shutdown()


@pytest.mark.usefixtures("cluster")
def test_killed_workers_cost_nothing(service: Service, journal: str) -> None:
    rows = columns(100, 60)
    table = ray.data.from_arrow(pyarrow.table(rows)).repartition(12)

    def is_time() -> bool:
        return 0 < sum(submits(service, rows["company_name"])) < 60

    with killing(lambda: processes("ray::Map"), is_time, most=3) as killed:
        found = table.map_batches(enrich_on(journal), batch_format="pyarrow", batch_size=5).to_pandas()

    assert killed
    check_paid_once(service, found)
    assert sorted(found["company_name"]) == sorted(rows["company_name"])
    assert set(found["status"]) <= {"completed", "unknown"}


@pytest.mark.usefixtures("cluster")
def test_a_second_pass_over_the_same_lazy_frame_submits_nothing(service: Service, journal: str) -> None:
    rows = columns(200, 10)
    lazy = ray.data.from_arrow(pyarrow.table(rows)).map_batches(enrich_on(journal), batch_format="pyarrow")

    assert lazy.count() == 10
    found = lazy.to_pandas()

    assert set(found["status"]) == {"completed"}
    assert submits(service, rows["company_name"]) == [1] * 10
