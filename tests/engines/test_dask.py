"""Dask: workers die, partitions are computed again, and no row is paid twice."""

from __future__ import annotations

import os
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Service
from tests.engines.conftest import killing
from tests.engines.questions import check_paid_once, columns, enrich_on, submits

distributed: Any = import_module("distributed")
dataframe: Any = import_module("dask.dataframe")
pandas: Any = import_module("pandas")


@pytest.fixture(scope="module")
def cluster(running_service: Service) -> Generator[Any, None, None]:
    os.environ.update(running_service.exports, PYTHONPATH=ROOT)
    made = distributed.LocalCluster(n_workers=3, threads_per_worker=2, dashboard_address=None)
    with made as cluster, distributed.Client(cluster):
        yield cluster


def test_killed_workers_cost_nothing(service: Service, cluster: Any, journal: str) -> None:
    rows = columns(300, 60)
    enrich = enrich_on(journal)
    frame = dataframe.from_pandas(pandas.DataFrame(rows), npartitions=12)

    def is_time() -> bool:
        return 0 < sum(submits(service, rows["company_name"])) < 60

    def workers() -> list[int]:
        return [worker.pid for worker in cluster.workers.values() if worker.status.name == "running"]

    with killing(workers, is_time, most=2) as killed:
        found = frame.map_partitions(enrich, meta=enrich(frame._meta)).compute()

    assert killed
    check_paid_once(service, found)
    assert sorted(found["company_name"]) == sorted(rows["company_name"])
    assert set(found["status"]) <= {"completed", "unknown"}
