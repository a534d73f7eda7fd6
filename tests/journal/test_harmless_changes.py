"""What happens to the files of a journal without harm: it goes on without a word, and nothing is paid twice."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.journal.journal_files import (
    SUFFIXES,
    copy_files,
    delete,
    elsewhere,
    files,
    invoke,
    kill_run,
    move_files,
    paid_twice,
    run,
)
from tests.journal.kill_campaign import RunForkServer, Scenario


def untouched(path: Path) -> Path:
    return path


def moved(path: Path) -> Path:
    return move_files(path, elsewhere(path))


def renamed(path: Path) -> Path:
    return move_files(path, path.with_name("renamed.sqlite"))


def copied_and_original_deleted(path: Path) -> Path:
    copy_files(path, elsewhere(path))
    delete(path, *SUFFIXES)
    return elsewhere(path)


def moved_away_and_back(path: Path) -> Path:
    return move_files(move_files(path, elsewhere(path)), path)


def another_name_by_a_symbolic_link(path: Path) -> Path:
    elsewhere(path).symlink_to(path)
    return elsewhere(path)


def read_by_status_and_export(path: Path) -> Path:
    assert invoke("status", path).exit_code == 0
    assert invoke("export", path, "--out", path.with_name("out.csv"), "--overwrite").exit_code == 0
    assert invoke("journal", "check", path).exit_code == 0
    return path


def read_by_a_tool_that_moves_the_log_into_the_file(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("SELECT count(*) FROM jobs").fetchall()
    return path


def without_shared_memory_index(path: Path) -> Path:
    delete(path, "-shm")
    return path


HARMLESS = [
    untouched,
    moved,
    renamed,
    copied_and_original_deleted,
    moved_away_and_back,
    another_name_by_a_symbolic_link,
    read_by_status_and_export,
    read_by_a_tool_that_moves_the_log_into_the_file,
    without_shared_memory_index,
]


@pytest.mark.parametrize("ending", ["closed", "killed"])
@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.__name__)
def test_a_journal_with_all_its_files_goes_on(
    scenario: Scenario, journal: Path, forks: RunForkServer, change: Callable[[Path], Path], ending: str
) -> None:
    """It is finished, nothing is paid twice, and one file is left."""
    if ending == "closed":
        assert forks.run(replace(scenario.spec, leave_after=6)) == 0
        assert set(files(journal)) == {""}
    else:
        kill_run(scenario, forks, journal, completed=6)
    path = change(journal)
    statuses = run(scenario, forks, path)

    assert set(statuses) <= {"completed", "unknown"}
    assert paid_twice(scenario) == 0
    assert set(files(path.resolve())) == {""}
    assert invoke("journal", "check", path).exit_code == 0


def no_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("HOME", str(folder / "nonexistent"))
    monkeypatch.delenv("XDG_STATE_HOME")


def unwritable_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A file where the folder should be blocks a superuser too."""
    (folder / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "file"))


def empty_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(folder / "state"))


@pytest.mark.parametrize("home", [no_home, unwritable_home, empty_home])
def test_no_home_folder_is_needed(
    scenario: Scenario,
    journal: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    home: Callable[[pytest.MonkeyPatch, Path], None],
) -> None:
    """Killed and resumed, closed and resumed, as in a container whose home folder is new each time."""
    home(monkeypatch, tmp_path)
    monkeypatch.setattr("tests.journal.kill_campaign.ENVIRONMENT", {**os.environ})
    forks = RunForkServer()
    kill_run(scenario, forks, journal, completed=4)
    assert forks.run(replace(scenario.spec, leave_after=6)) == 0
    assert set(run(scenario, forks, moved(journal))) <= {"completed", "unknown"}
    forks.close()

    assert paid_twice(scenario) == 0
    assert not (tmp_path / "nonexistent").exists()


def test_a_closed_copy_opens_silently_and_so_does_its_original(
    scenario: Scenario, journal: Path, forks: RunForkServer
) -> None:
    """As long as nothing is sent from one of them."""
    assert forks.run(replace(scenario.spec, rows=4)) == 0
    copy = copy_files(journal, elsewhere(journal))
    for path in (copy, journal, copy):
        assert forks.run(replace(scenario.spec, rows=4, journal=str(path))) == 0
        assert invoke("journal", "check", path).exit_code == 0

    assert "rejected" not in {line["status"] for line in scenario.consumed()}
    assert paid_twice(scenario) == 0
