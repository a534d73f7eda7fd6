"""Random histories of a journal's files: runs, kills, copies, cuts, moves and lost parts, in any order.

Whatever happens to the files, by the service's books no row is paid twice; and as long as no file is lost, copied back
or cut, no run is refused.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.journal.journal_files import copy_files, delete, files, move_files
from tests.journal.kill_campaign import Scenario, shared_forks

ROWS = 30
PLACES = ("run.db", "a/run.db", "b/other.db")
PARTS = ("-wal", "-mark", "-shm", "")


class FileHistories(RuleBasedStateMachine):
    """One journal at three places of a folder, and the snapshots that were taken of it."""

    def __init__(self) -> None:
        super().__init__()
        self.cleanup = ExitStack()
        folder = Path(self.cleanup.enter_context(tempfile.TemporaryDirectory()))
        for name in ("a", "b", "snapshots"):
            (folder / name).mkdir()
        self.places = [folder / name for name in PLACES]
        self.current = self.places[0]
        self.snapshots: list[Path] = []
        self.folder = folder
        self.intact = True
        self.scenario = self.cleanup.enter_context(Scenario.create(folder, ROWS, "plain"))
        self.forks = shared_forks()

    def run(self, **changes: Any) -> int:
        before = len(self.scenario.consumed())
        code = self.forks.run(replace(self.scenario.spec, journal=str(self.current), **changes))
        statuses = {line["status"] for line in self.scenario.consumed()[before:]}
        if self.intact:
            assert code in {0, -signal.SIGKILL}
            assert statuses <= {"completed", "unknown"}, "it cried wolf"
        return code

    def existing_snapshots(self) -> list[Path]:
        """Return the snapshots that were not moved since: where there is nothing a new journal begins."""
        return [path for path in self.snapshots if path.exists()]

    @rule(rows=st.integers(1, ROWS))
    def run_and_close(self, rows: int) -> None:
        self.run(rows=rows)

    @rule(leave_after=st.integers(1, 6))
    def run_and_leave(self, leave_after: int) -> None:
        self.run(leave_after=leave_after)

    @rule(times=st.integers(1, 5), point=st.sampled_from(["submit sent", "before accepted", "after completed"]))
    def run_and_kill(self, times: int, point: str) -> None:
        self.run(point=point, times=times)

    @rule(place=st.sampled_from(range(len(PLACES))))
    def move(self, place: int) -> None:
        if self.current != self.places[place]:
            delete(self.places[place], *PARTS, "-journal")
            self.current = move_files(self.current, self.places[place])

    @precondition(lambda self: self.current.exists())
    @rule()
    def take_a_snapshot(self) -> None:
        name = self.folder / "snapshots" / f"{len(self.snapshots)}.db"
        self.snapshots.append(copy_files(self.current, name))

    @precondition(lambda self: self.existing_snapshots())
    @rule(data=st.data(), keep=st.sets(st.sampled_from(PARTS)))
    def restore(self, data: st.DataObject, keep: set[str]) -> None:
        """Put parts of a snapshot over the files as they are now."""
        self.intact = False
        snapshot = data.draw(st.sampled_from(self.existing_snapshots()))
        delete(self.current, *keep)
        if keep:
            copy_files(snapshot, self.current, *keep)

    @precondition(lambda self: self.existing_snapshots())
    @rule(data=st.data())
    def go_on_from_a_snapshot(self, data: st.DataObject) -> None:
        self.intact = False
        self.current = data.draw(st.sampled_from(self.existing_snapshots()))

    def is_seen_without(self, part: str) -> bool:
        """Return whether anything tells of the journal when a part is gone; else a new one begins, unseen."""
        whole = {name for name, file in files(self.current).items() if file.stat().st_size}
        return bool(whole - {part, "-shm"})

    @rule(part=st.sampled_from(PARTS))
    def lose(self, part: str) -> None:
        if part in files(self.current) and self.is_seen_without(part):
            self.intact = self.intact and part == "-shm"
            delete(self.current, part)

    @rule(part=st.sampled_from(("-wal", "-mark")), share=st.floats(0, 0.99))
    def cut(self, part: str, share: float) -> None:
        file = files(self.current).get(part)
        if file is not None and self.is_seen_without(part):
            self.intact = False
            os.truncate(file, int(file.stat().st_size * share))

    @invariant()
    def nothing_is_paid_twice(self) -> None:
        paid = Counter(str(work["subject"]) for work in self.scenario.accepted_work())
        assert {subject: count for subject, count in paid.items() if count > 1} == {}

    def teardown(self) -> None:
        self.cleanup.close()
        shutil.rmtree(self.folder, ignore_errors=True)


TestFileHistories = pytest.mark.timeout(240)(FileHistories.TestCase)
TestFileHistories.settings = settings(max_examples=6, stateful_step_count=12, deadline=None)


class LongFileHistories(FileHistories):
    """The same, more and longer."""


TestLongFileHistories = pytest.mark.soak(pytest.mark.timeout(900)(LongFileHistories.TestCase))
TestLongFileHistories.settings = settings(max_examples=20, stateful_step_count=15, deadline=None)
