"""Flows of Prefect for real. Its requirements go with no other's: ``.ci/prefect.txt`` has an environment of its own.

``pytest -m flows`` runs them, and only then are they imported.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fleet import conftest as fleet

running_service, service = fleet.running_service, fleet.service


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    return None if config.getoption("markexpr") == "flows" else True


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.flows)
            item.add_marker(pytest.mark.timeout(400))
            item.add_marker(pytest.mark.filterwarnings("default"))  # as in `tests.engines`
