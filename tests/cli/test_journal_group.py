"""``sixtyfour journal`` and what a run says on a journal in doubt."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import HEADQUARTERS, Service, Shell, await_submits

ROWS = 150
JOURNAL = "in.enriched.journal.db"


def command(speed: int) -> tuple[str, ...]:
    return ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", str(speed))


@pytest.fixture
def killed(shell: Shell) -> Shell:
    """A folder in which a run was killed."""
    shell.table(rows=ROWS)
    with shell.start(*command(20)) as child:
        await_submits(shell, child, 20)
        child.kill()
    return shell


def test_a_run_on_a_journal_in_doubt_says_so_in_one_line_and_submits_nothing(killed: Shell) -> None:
    """Exit code 1. ``check`` shows what is known and what may be missing; after ``adopt`` the run goes on."""
    (killed.folder / f"{JOURNAL}-wal").unlink()
    accepted = killed.submits()
    planned = killed.run(*command(600), "--dry-run")
    refused = killed.run(*command(600))
    checked = killed.run("journal", "check", JOURNAL)
    exported = killed.run("export", JOURNAL, "--out", "export.csv")
    assert (planned.code, refused.code, checked.code, exported.code) == (0, 1, 1, 0)
    assert "has lost its log" in planned.err
    assert "has lost its log" in refused.last
    assert f"`sixtyfour journal adopt {JOURNAL}`" in refused.last
    assert killed.submits() == accepted
    for text in (
        "whole      no: it has lost its log",
        "integrity  ok",
        "known      everything until 20",
        "missing    ",
    ):
        assert text in checked.out

    adopted = killed.run("journal", "adopt", JOURNAL)
    assert adopted.code == 0
    assert "rows that may have been sent and paid between 20" in adopted.out
    assert killed.run("journal", "check", JOURNAL).code == 0
    assert killed.run(*command(600)).code in {0, 3}
    assert sum(row["status"] == "completed" for row in killed.rows()) >= ROWS - len(accepted)


def test_a_backup_of_a_run_that_is_alive_can_be_read_and_pays_nothing(shell: Shell) -> None:
    """The run is not disturbed. The copy is one file, for its owner only, and in doubt: the run went on."""
    shell.table(rows=ROWS)
    with shell.start(*command(500)) as child:
        await_submits(shell, child, 20)
        copied = shell.run("journal", "backup", JOURNAL, "copy.db")
        again = shell.run("journal", "backup", JOURNAL, "copy.db")
        alive = shell.run("journal", "check", JOURNAL)
        child.communicate(timeout=100)
    assert child.returncode in {0, 3}
    assert copied.code == alive.code == 0
    assert again.code == 1
    assert "a process uses it" in alive.out
    assert "while a process used that" in copied.out
    assert "copy.db exists already" in again.last
    assert {name for name in shell.names() if name.startswith("copy.db")} == {"copy.db"}
    assert stat.S_IMODE((shell.folder / "copy.db").stat().st_mode) == 0o600
    assert shell.run("status", "copy.db").code == 0
    refused = shell.run(*command(600), "--journal", "copy.db", "--overwrite")
    assert refused.code == 1
    assert not shell.submits("copy.db.simulated.jsonl")
    assert set(shell.submits().values()) == {1}


def test_a_backup_of_a_closed_journal_is_a_journal(shell: Shell, service: Service) -> None:
    """It takes the place of the original, which is lost, without a word."""
    shell = shell.with_environment(**service.exports)
    shell.table(rows=3)
    line = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--price", "company-intelligence=10", "--yes")
    assert shell.run(*line, speed=600).code == 0
    before = service.submits()
    assert shell.run("journal", "backup", JOURNAL, "copy.db").code == 0
    (shell.folder / JOURNAL).unlink()
    (shell.folder / "copy.db").rename(shell.folder / JOURNAL)
    assert shell.run(*line, speed=600).code == 0
    assert service.submits() == before


@pytest.mark.parametrize("name", ["backup", "check", "adopt"])
def test_a_missing_or_foreign_file_is_one_line_and_is_left_alone(shell: Shell, name: str) -> None:
    shell.table("text.db", text="company\n" * 900)
    more = ("copy.db",) if name == "backup" else ()
    before = contents(shell.folder)
    for path, message in (("missing.db", "there is no journal missing.db"), ("text.db", "not a ")):
        result = shell.run("journal", name, path, *more)
        assert result.code == 1
        assert message in result.out + result.err
        assert len(result.err.splitlines()) == 1
    assert contents(shell.folder) == before


def contents(folder: Path) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for path in folder.iterdir():
        with suppress(IsADirectoryError):
            found[path.name] = path.read_bytes()
    return found
