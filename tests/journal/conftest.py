"""The fork server that killed runs come from."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.journal.kill_campaign import RunForkServer, Scenario, shared_forks


@pytest.fixture
def forks() -> RunForkServer:
    return shared_forks()


@pytest.fixture
def scenario(tmp_path: Path) -> Generator[Scenario, None, None]:
    (tmp_path / "other").mkdir()
    with Scenario.create(tmp_path, 24, "plain") as made:
        yield made


@pytest.fixture
def journal(scenario: Scenario) -> Path:
    return Path(scenario.spec.journal)
