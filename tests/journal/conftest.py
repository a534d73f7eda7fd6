"""What runs are forked from."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.journal.kill_campaign import Forks


@pytest.fixture(scope="module")
def forks() -> Generator[Forks, None, None]:
    made = Forks()
    yield made
    made.close()
