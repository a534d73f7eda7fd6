"""Files of a journal are lost, cut, copied and moved: no row is paid twice unless a person decided that it may be.

Runs are killed and started again in processes of their own; the files are what they leave.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sixtyfour_async._journal.schema import reading
from sixtyfour_async.cli.commands import cli
from tests.journal.kill_campaign import RunForkServer, Scenario

ROWS = 24
LOG, MARK = "-wal", "-mark"
SUFFIXES = ("", "-wal", "-shm", "-mark", "-journal")


@pytest.fixture
def scenario(tmp_path: Path) -> Generator[Scenario, None, None]:
    (tmp_path / "other").mkdir()
    with Scenario.create(tmp_path, ROWS, "plain") as made:
        yield made


@pytest.fixture
def journal(scenario: Scenario) -> Path:
    return Path(scenario.spec.journal)


def files(path: Path) -> dict[str, Path]:
    return {suffix: file for suffix in SUFFIXES if (file := path.with_name(path.name + suffix)).exists()}


def copy_files(path: Path, to: Path, *suffixes: str) -> Path:
    """Copy files of a journal, all of them unless some are named."""
    for suffix, file in files(path).items():
        if not suffixes or suffix in suffixes:
            shutil.copyfile(file, to.with_name(to.name + suffix))
    return to


def move_files(path: Path, to: Path) -> Path:
    for suffix, file in files(path).items():
        file.rename(to.with_name(to.name + suffix))
    return to


def delete(path: Path, *suffixes: str) -> None:
    for suffix, file in files(path).items():
        if suffix in suffixes:
            file.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def kill_run(scenario: Scenario, forks: RunForkServer, journal: Path, *, completed: int = 9) -> None:
    """Run until some rows have been answered, and kill that process."""
    spec = replace(scenario.spec, journal=str(journal), point="before completed", times=completed)
    assert forks.run(spec) == -signal.SIGKILL


def run(scenario: Scenario, forks: RunForkServer, journal: Path) -> Counter[str]:
    """Run all rows and return how many outcomes had each status; ``error`` when the journal could not be opened."""
    before = len(scenario.consumed())
    code = forks.run(replace(scenario.spec, journal=str(journal)))
    return Counter(line["status"] for line in scenario.consumed()[before:]) if code == 0 else Counter(error=1)


def paid_twice(scenario: Scenario) -> int:
    return sum(count > 1 for count in Counter(str(work["subject"]) for work in scenario.accepted_work()).values())


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


def elsewhere(path: Path) -> Path:
    return path.parent / "other" / path.name


# --- what is noticed --------------------------------------------------------------------------------------------------


def copied_without_its_log(path: Path) -> Path:
    return copy_files(path, elsewhere(path), "")


def moved_without_its_log(path: Path) -> Path:
    return path.rename(elsewhere(path))


def moved_with_its_mark_only(path: Path) -> Path:
    delete(path, LOG)
    return move_files(path, elsewhere(path))


def log_deleted(path: Path) -> Path:
    delete(path, LOG)
    return path


def log_cut(path: Path) -> Path:
    cut(files(path)[LOG])
    return path


def log_and_mark_deleted(path: Path) -> Path:
    delete(path, LOG, MARK)
    return path


def mark_deleted(path: Path) -> Path:
    delete(path, MARK)
    return path


def mark_cut(path: Path) -> Path:
    cut(files(path)[MARK])
    return path


def copied_beside_the_original(path: Path) -> Path:
    return copy_files(path, elsewhere(path))


def another_name_by_a_hard_link(path: Path) -> Path:
    os.link(path, elsewhere(path))
    return elsewhere(path)


IN_DOUBT = [
    copied_without_its_log,
    moved_without_its_log,
    moved_with_its_mark_only,
    log_deleted,
    log_cut,
    log_and_mark_deleted,
    mark_deleted,
    mark_cut,
    copied_beside_the_original,
    another_name_by_a_hard_link,
]


@pytest.mark.parametrize("damage", IN_DOUBT, ids=lambda damage: damage.__name__)
def test_a_journal_in_doubt_submits_nothing_until_it_is_adopted(
    scenario: Scenario, journal: Path, forks: RunForkServer, damage: Callable[[Path], Path]
) -> None:
    """However often it is opened; ``status`` and ``check`` say why; adopting it is written down."""
    kill_run(scenario, forks, journal)
    accepted = len(scenario.accepted_work())
    path = damage(journal)
    for _ in range(2):
        assert set(run(scenario, forks, path)) <= {"rejected", "completed", "unknown"}
        assert len(scenario.accepted_work()) == accepted
    check, status = invoke("journal", "check", path), invoke("status", path)
    assert check.exit_code == 1
    assert "whole      no: it " in check.output
    assert status.exit_code == 0
    assert "see `sixtyfour journal check" in status.output

    adopted = invoke("journal", "adopt", path)
    assert adopted.exit_code == 0, adopted.output
    assert "rows that may have been sent and paid between" in adopted.output
    assert invoke("journal", "check", path).exit_code == 0
    assert set(run(scenario, forks, path)) <= {"completed", "unknown"}
    assert "adopted" in invoke("journal", "check", path).output
    assert "nothing to decide" in invoke("journal", "adopt", path).output


def test_what_was_missing_can_be_put_back(scenario: Scenario, journal: Path, forks: RunForkServer) -> None:
    """A run on the main file alone has polled and written meanwhile; the main file is as it was found."""
    first = replace(scenario.spec, leave_after=4)
    assert forks.run(first) == 0
    kill_run(scenario, forks, journal, completed=4)
    before = journal.read_bytes()
    saved = copy_files(journal, journal.with_name("saved.db"), LOG, MARK)
    delete(journal, LOG)
    assert run(scenario, forks, journal)["rejected"] > 0
    assert journal.read_bytes() == before

    delete(journal, LOG, "-shm")
    copy_files(saved, journal)
    assert set(run(scenario, forks, journal)) <= {"completed", "unknown"}
    assert paid_twice(scenario) == 0


def test_rows_that_a_journal_in_doubt_knows_are_polled_to_their_end(
    scenario: Scenario, journal: Path, forks: RunForkServer
) -> None:
    """They were accepted in an earlier session, which was closed; a later one has lost its log."""
    assert forks.run(replace(scenario.spec, leave_after=2)) == 0
    with reading(journal) as reader:
        running = {entry.key for entry in reader.entries({"accepted"})}
    assert forks.run(replace(scenario.spec, point="before completed", times=1)) == -signal.SIGKILL
    delete(journal, LOG)
    statuses = run(scenario, forks, journal)
    with reading(journal) as reader:
        answered = {entry.key for entry in reader.entries({"completed"})}

    assert running
    assert running <= answered
    assert statuses["rejected"] > 0
    assert paid_twice(scenario) == 0


def older_copy_in_place(path: Path, older: Path) -> Path:
    path.unlink()
    return copy_files(older, path)


def older_copy_beside(path: Path, older: Path) -> Path:
    return copy_files(older, path.with_name("beside.db"))


def older_copy_where_the_newer_is_gone(path: Path, older: Path) -> Path:
    delete(path, *SUFFIXES)
    return older


@pytest.mark.parametrize("restore", [older_copy_in_place, older_copy_beside, older_copy_where_the_newer_is_gone])
@pytest.mark.parametrize("ending", ["closed", "killed"])
def test_an_older_copy_pays_nothing(
    scenario: Scenario,
    journal: Path,
    forks: RunForkServer,
    restore: Callable[[Path, Path], Path],
    ending: str,
) -> None:
    """Closed when it was copied, while the original went on."""
    assert forks.run(replace(scenario.spec, rows=4)) == 0
    older = copy_files(journal, elsewhere(journal))
    if ending == "closed":
        assert forks.run(replace(scenario.spec, leave_after=8)) == 0
    else:
        kill_run(scenario, forks, journal, completed=4)
    accepted = len(scenario.accepted_work())
    path = restore(journal, older)
    statuses = run(scenario, forks, path)

    assert statuses["rejected"] > 0 or statuses["error"] == 1
    assert len(scenario.accepted_work()) == accepted
    assert invoke("journal", "check", path).exit_code == 1
    assert invoke("status", path).exit_code == 0
    assert invoke("journal", "adopt", path).exit_code == 0
    assert set(run(scenario, forks, path)) <= {"completed", "unknown"}


def main_cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2 // 4096 * 4096)


def main_emptied(path: Path) -> None:
    os.truncate(path, 0)


def main_deleted(path: Path) -> None:
    path.unlink()


def main_of_another_journal(path: Path) -> None:
    for suffix in ("-mark", "-shm"):
        delete(path, suffix)
    path.unlink()
    with closing(sqlite3.connect(path)):
        pass


@pytest.mark.parametrize("damage", [main_cut, main_emptied, main_deleted, main_of_another_journal])
def test_a_main_file_that_is_cut_or_gone_is_refused_and_left_alone(
    scenario: Scenario, journal: Path, forks: RunForkServer, damage: Callable[[Path], None]
) -> None:
    kill_run(scenario, forks, journal)
    accepted = len(scenario.accepted_work())
    damage(journal)
    log = files(journal)[LOG].read_bytes()
    assert run(scenario, forks, journal) == {"error": 1}
    assert files(journal)[LOG].read_bytes() == log
    assert len(scenario.accepted_work()) == accepted


# --- what is no reason for alarm --------------------------------------------------------------------------------------


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
