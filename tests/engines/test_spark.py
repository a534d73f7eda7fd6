"""Spark: the same lazy frame is computed twice, and paid once."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from tests.cli.conftest import ROOT, Service
from tests.engines.questions import columns, enrich_on, submits

pandas: Any = import_module("pandas")
pyarrow: Any = import_module("pyarrow")

pytestmark = pytest.mark.skipif(shutil.which("java") is None, reason="Spark runs on Java, and there is none")


@pytest.fixture(scope="module")
def session(running_service: Service) -> Generator[Any, None, None]:
    os.environ.update(running_service.exports, PYTHONPATH=ROOT)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = import_module("pyspark.sql").SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    made = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "5").getOrCreate()
    yield made
    made.stop()


def test_counting_and_then_collecting_submits_each_row_once(service: Service, session: Any, journal: str) -> None:
    rows, enrich = columns(400, 20), enrich_on(journal)
    types = import_module("pyspark.sql.pandas.types")
    frame = session.createDataFrame(pandas.DataFrame(rows)).repartition(4)
    schema = types.from_arrow_schema(enrich.schema(types.to_arrow_schema(frame.schema)))

    lazy = frame.mapInArrow(enrich.batches, schema)
    assert lazy.count() == 20
    found = lazy.collect()

    assert {row["status"] for row in found} == {"completed"}
    assert sorted(row["company_name"] for row in found) == sorted(rows["company_name"])
    assert submits(service, rows["company_name"]) == [1] * 20
