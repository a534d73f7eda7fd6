"""A service that workers in other threads and processes reach, as an engine's workers do."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.cli.conftest import SERVICE_SPEED, ForkedCommands, Service, Shell, serving


@pytest.fixture(scope="session")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Generator[Service, None, None]:
    forks = ForkedCommands(tmp_path_factory.mktemp("output"))
    shell = Shell(tmp_path_factory.mktemp("service"), forks)
    try:
        with serving(shell, "--speed", str(SERVICE_SPEED), "--state", "state.jsonl") as exports:
            yield Service(exports, shell)
    finally:
        forks.close()


@pytest.fixture
def service(running_service: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service, with its variables in the environment of this process."""
    for name, value in running_service.exports.items():
        monkeypatch.setenv(name, value)
    return running_service


@pytest.fixture
def journal(tmp_path: Path) -> str:
    return str(tmp_path / "run.db")
