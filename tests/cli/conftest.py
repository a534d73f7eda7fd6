"""The command line as users run it: in a process and a folder of its own, without a key in the environment."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

import sixtyfour_async
from tests.forks import ForkServer
from tests.runner.questions import KNOWN

ROOT = str(Path(sixtyfour_async.__file__).parents[1])
ROOTS = [str(Path(__file__).parents[2]), ROOT]
COMMAND = (sys.executable, "-m", "sixtyfour_async")
KEYLESS = {name: value for name, value in os.environ.items() if not name.startswith("SIXTYFOUR_")}
ENVIRONMENT = {**KEYLESS, "PYTHONPATH": ROOT, "NO_COLOR": "1", "COLUMNS": "200", "PYTHONWARNINGS": "error"}
SERVICE_SPEED = 600.0
"""Simulated seconds per real second of the service that many tests share."""

STATE_FILE = "in.enriched.journal.db.simulated.jsonl"
"""Where the simulator of a run keeps its jobs."""

HEADQUARTERS = ("--field", "headquarters=Where the head office is")


class ForkedCommands(ForkServer):
    """The server process that commands are forked from."""

    def __init__(self, folder: Path) -> None:
        super().__init__(["-m", "tests.cli.forked_commands"], ENVIRONMENT | {"PYTHONPATH": os.pathsep.join(ROOTS)})
        self._folder = folder
        self._count = 0

    def run(self, shell: Shell, arguments: Sequence[str], speed: float) -> CommandResult:
        self._count += 1
        files = {name: self._folder / f"{self._count}.{name}" for name in ("out", "err")}
        order = {
            "folder": str(shell.folder),
            "environment": {**ENVIRONMENT, **shell.environment},
            "arguments": arguments,
            "speed": speed,
            **{name: str(path) for name, path in files.items()},
        }
        code = self.carry_out(order)
        return CommandResult.checked(code, *(path.read_text(encoding="utf-8") for path in files.values()))


@dataclass(frozen=True, slots=True)
class CommandResult:
    """Exit code and output of a command."""

    code: int
    out: str
    err: str

    @classmethod
    def checked(cls, code: int, out: str, err: str) -> CommandResult:
        assert "Traceback" not in err, err
        return cls(code, out, err)

    @property
    def last(self) -> str:
        return self.err.splitlines()[-1] if self.err else ""


@dataclass(frozen=True, slots=True)
class Shell:
    """A working folder; ``run`` forks a warm process, ``start`` and calling it go through ``python -m``."""

    folder: Path
    forks: ForkedCommands
    environment: dict[str, str] = field(default_factory=dict[str, str])

    @contextmanager
    def start(self, *arguments: str, command: Sequence[str] = COMMAND) -> Generator[subprocess.Popen[str], None, None]:
        """Start a command; leaving the context kills what still runs, so that a test that gave up waits for nothing."""
        with subprocess.Popen(
            [*command, *arguments],
            cwd=self.folder,
            env={**ENVIRONMENT, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        ) as child:
            try:
                yield child
            finally:
                child.kill()

    def run(self, *arguments: str, speed: float = 1.0) -> CommandResult:
        return self.forks.run(self, arguments, speed)

    def __call__(self, *arguments: str, command: Sequence[str] = COMMAND) -> CommandResult:
        with self.start(*arguments, command=command) as child:
            out, err = child.communicate(timeout=150)
        return CommandResult.checked(child.returncode, out, err)

    def table(self, name: str = "in.csv", *, rows: int = 3, text: str | bytes | None = None) -> Path:
        path = self.folder / name
        if text is not None:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        else:
            lines = [(company.company_name, company.website) for company in KNOWN[:rows]]
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([("company_name", "website"), *lines])
        return path

    def rows(self, name: str = "in.enriched.csv", *, delimiter: str = ",") -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file, delimiter=delimiter))

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def submits(self, name: str = STATE_FILE) -> Counter[str]:
        """Count how often each subject was accepted, by the simulator's own record."""
        path = self.folder / name
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return Counter(str(event["work"]["subject"]) for event in map(json.loads, lines) if event["event"] == "job")

    def with_environment(self, **environment: str) -> Shell:
        """Return a shell in the same folder with these variables in the environment."""
        return replace(self, environment=environment)


def await_submits(shell: Shell, child: subprocess.Popen[str], count: int, name: str = STATE_FILE) -> None:
    """Wait until *count* rows have been accepted."""
    while shell.submits(name).total() < count:
        assert child.poll() is None, "it ended too early"
        time.sleep(0.02)


@contextmanager
def serving(shell: Shell, *options: str) -> Generator[dict[str, str], None, None]:
    """Run ``sixtyfour simulate`` and yield the variables that it prints."""
    with shell.start("simulate", "--port", "0", *options) as server:
        assert server.stdout is not None
        lines = [server.stdout.readline() for _ in range(2)]
        try:
            yield dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
        finally:
            server.terminate()
            server.communicate(timeout=20)


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Generator[ForkedCommands, None, None]:
    made = ForkedCommands(tmp_path_factory.mktemp("output"))
    yield made
    made.close()


@dataclass(frozen=True, slots=True)
class Service:
    """A simulator shared by many tests, because each start takes a second."""

    exports: dict[str, str]
    shell: Shell

    def submits(self) -> Counter[str]:
        """Count how often each subject has been accepted so far."""
        return self.shell.submits("state.jsonl")


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, forks: ForkedCommands) -> Generator[Service, None, None]:
    shell = Shell(tmp_path_factory.mktemp("service"), forks)
    with serving(shell, "--speed", str(SERVICE_SPEED), "--state", "state.jsonl") as exports:
        yield Service(exports, shell)


@pytest.fixture
def exports(service: Service) -> dict[str, str]:
    """The variables that the running service prints."""
    return service.exports


@pytest.fixture
def shell(tmp_path: Path, forks: ForkedCommands) -> Shell:
    return Shell(tmp_path, forks)
