"""Files of a journal are lost, cut, copied and moved: no row is paid twice unless a person decided that it may be.

Runs are killed and started again in processes of their own; the files are what they leave.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sixtyfour_async._journal.schema import has_begun, reading
from tests.journal.journal_files import (
    LOG,
    MARK,
    SUFFIXES,
    copy_files,
    cut,
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


def copied_without_its_log(path: Path) -> Path:
    return copy_files(path, elsewhere(path), "")


def untouched(path: Path) -> Path:
    return path


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


def with_an_older_main_file(path: Path) -> Path:
    shutil.copyfile(path.with_name("older.db"), path)
    return path


def status(path: Path) -> None:
    assert invoke("status", path).exit_code == 0


def export(path: Path) -> None:
    assert invoke("export", path, "--out", path.with_name("out.csv"), "--overwrite").exit_code == 0


def check(path: Path) -> None:
    assert invoke("journal", "check", path).exit_code in {0, 1}


def ask_whether_it_has_begun(path: Path) -> None:
    assert has_begun(path)


READERS = [status, export, check, ask_whether_it_has_begun]


@pytest.mark.parametrize("damage", [untouched, log_cut, mark_deleted, with_an_older_main_file])
def test_whoever_reads_a_journal_that_was_killed_leaves_its_files_as_they_are(
    scenario: Scenario, journal: Path, forks: RunForkServer, damage: Callable[[Path], Path]
) -> None:
    """Above all, nobody moves a log into a main file that may not be its own."""
    assert forks.run(replace(scenario.spec, leave_after=2)) == 0
    shutil.copyfile(journal, journal.with_name("older.db"))
    kill_run(scenario, forks, journal, completed=4)
    path = damage(journal)
    before = {suffix: file.read_bytes() for suffix, file in files(path).items() if suffix != "-shm"}
    for read in READERS:
        read(path)
        assert {suffix: file.read_bytes() for suffix, file in files(path).items() if suffix != "-shm"} == before, read


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
    log, left = files(journal)[LOG].read_bytes(), sorted(journal.parent.iterdir())
    assert run(scenario, forks, journal) == {"error": 1}
    assert files(journal)[LOG].read_bytes() == log
    assert sorted(journal.parent.iterdir()) == left, "an opening that was refused leaves no empty file behind"
    assert len(scenario.accepted_work()) == accepted
