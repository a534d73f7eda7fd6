"""Read a journal while a run writes it, take it over as its owner closes it, and erase rows without a trace."""

from __future__ import annotations

import csv
import functools
import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from click.testing import CliRunner

from sixtyfour_async import JobRunner, SqliteJournal
from sixtyfour_async._journal.base import Entry
from sixtyfour_async.cli.journal_commands import export, status
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.runner.questions import fact, questions

pytestmark = pytest.mark.anyio

SPEED = 600.0
ENTRY = Entry("row 1", "find-email", "f" * 32, "{}", "intended", variant="find-email")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def at_statement(monkeypatch: pytest.MonkeyPatch, statement: str, act: Callable[[], None]) -> None:
    """Call *act* once, just before the next statement that starts with *statement* on a new connection."""

    class InterceptingConnection(sqlite3.Connection):
        def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
            if sql.startswith(statement):
                monkeypatch.undo()
                if acts:
                    acts.pop()()
            return super().execute(sql, parameters)

    acts = [act]
    monkeypatch.setattr(sqlite3, "connect", functools.partial(sqlite3.connect, factory=InterceptingConnection))


async def test_status_and_export_read_what_is_committed_while_a_run_writes(tmp_path: Path) -> None:
    """Both show every outcome that was delivered, and the run is not disturbed."""
    path, out = tmp_path / "run.db", tmp_path / "out.csv"
    seen: list[str] = []
    rows: dict[str, dict[str, str]] = {}

    def invoke(command: Any, *arguments: str) -> str:
        result = CliRunner().invoke(command, [str(path), *arguments])
        assert result.exit_code == 0, result.output
        return result.output

    async with simulated(SimulatorSettings(speed=SPEED)) as (client, simulator), JobRunner(client, journal=path) as run:
        async for outcome in run.map(questions(60)):
            seen.append(outcome.key)
            if len(seen) % 15 == 0:
                report = json.loads(await anyio.to_thread.run_sync(invoke, status, "--json"))
                await anyio.to_thread.run_sync(invoke, export, "--out", str(out), "--overwrite")
                rows = {row["key"]: row for row in csv.DictReader(out.read_text(encoding="utf-8").splitlines())}
                answered = sum(line["rows"] for line in report["lines"] if line["state"] == "completed")
                assert len(seen) <= answered <= 60
                assert report["total"]["charged_cents"] == answered * 10
                assert all(rows[key]["status"] == "completed" for key in seen)

    places = {fact(number) for number in range(60)}
    assert len(set(seen)) == len(simulator.books.jobs) == 60
    assert {row["headquarters"] for row in rows.values()} <= places
    assert simulator.books.repeated == {}


async def test_an_erased_row_leaves_no_bytes_even_when_the_erasure_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between DELETE and VACUUM: after one open and close no byte of the row is left."""
    path, copy = tmp_path / "run.db", tmp_path / "copy"
    secret = "Ada-Lovelace-" * 900

    def copy_as_if_killed() -> None:
        copy.mkdir()
        for file in tmp_path.glob("run.db*"):
            if not file.name.endswith(".lock"):
                shutil.copy(file, copy / file.name)

    at_statement(monkeypatch, "VACUUM", copy_as_if_killed)
    journal = SqliteJournal(path)
    await journal.open()
    for number in range(20):
        await journal.put(replace(ENTRY, key=f"row {number}", request=secret if number == 7 else "{}"))
    assert await journal.forget("row 7")
    await journal.close()
    after = SqliteJournal(copy / "run.db")
    await after.open()
    assert await after.find("row 7") is None
    await after.close()

    for folder in (tmp_path, copy):
        files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
        assert "run.db" in files
        assert not any(b"Ada-Lovelace" in content for content in files.values()), folder
