"""The fork server that killed runs come from."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.journal.kill_campaign import RunForkServer


@pytest.fixture(scope="module")
def forks() -> Generator[RunForkServer, None, None]:
    server = RunForkServer()
    yield server
    server.close()
