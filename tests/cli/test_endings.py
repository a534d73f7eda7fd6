"""How a run ends when its terminal, its reader or its disk is gone, or somebody wants it to stop."""

from __future__ import annotations

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress

import pytest

from tests.cli.conftest import COMMAND, ENVIRONMENT, HEADQUARTERS, CommandResult, Shell, await_submits
from tests.journal.test_full_disk import mounts_allowed, with_mount

ROWS = 150
"""Enough that a signal arrives before the last submit, also on a busy machine."""

SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]

SIGNALS_OF_OTHERS = [pytest.param(*SIGNALS[0], marks=pytest.mark.soak), *SIGNALS[1:]]
"""Of Ctrl-C, the short run has `tests.cli.test_interruptions`."""

JOURNAL = "in.enriched.journal.db"
EXPORT = f"`sixtyfour export {JOURNAL} --out FILE` or the same command again writes it"

MORE_THAN_A_PIPE_HOLDS = 100_000

NOHUP = """
import os, signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])
"""

TERMINAL_OWNER = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


def run(speed: int, *options: str) -> tuple[str, ...]:
    return ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--speed", str(speed), *options)


def sh(script: str, *arguments: str) -> list[str]:
    """Return a shell script in which ``sixtyfour`` stands for the command with these arguments."""
    return ["sh", "-c", script.replace("sixtyfour", shlex.join([*COMMAND, *arguments]))]


def in_shell(shell: Shell, command: Sequence[str], unbuffered: str = "") -> CommandResult:
    environment = {**ENVIRONMENT, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(
        command, cwd=shell.folder, env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    return CommandResult.checked(done.returncode, done.stdout, done.stderr)


def check_submitted_once(shell: Shell) -> None:
    assert {1} == set(shell.submits().values())


def leave_after_drain_began(child: subprocess.Popen[str], number: int) -> str:
    """Send a signal, wait until it is acted on, send it again; return the rest of stderr."""
    assert child.stderr is not None
    child.send_signal(number)
    while "stopping" not in child.stderr.readline():
        assert child.poll() is None
    child.send_signal(number)
    return child.communicate(timeout=50)[1]


# --- signals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), SIGNALS_OF_OTHERS)
def test_a_signal_drains_and_the_exit_code_names_it(shell: Shell, number: signal.Signals, code: int) -> None:
    """What was sent is answered and written; nothing is sent any more; the output has every row."""
    shell.table(rows=ROWS)
    with shell.start(*run(20)) as child:
        await_submits(shell, child, 12)
        child.send_signal(number)
        out, err = child.communicate(timeout=50)
    CommandResult.checked(child.returncode, out, err)
    submitted = shell.submits().total()
    answered = [row for row in shell.rows() if row["status"] == "completed"]

    assert (child.returncode, len(shell.rows())) == (code, ROWS)
    assert 12 <= submitted == len(answered) < ROWS
    assert "to resume, run the same command again:\n  sixtyfour run company-intelligence" in err
    check_submitted_once(shell)


@pytest.mark.parametrize(("number", "code"), SIGNALS_OF_OTHERS)
def test_a_second_signal_leaves_and_names_the_journal(shell: Shell, number: signal.Signals, code: int) -> None:
    """Jobs that take minutes are not waited for; what still bills, the journal and the way to go on are printed."""
    shell.table(rows=ROWS)
    with shell.start(*run(1)) as child:
        await_submits(shell, child, 15)
        err = leave_after_drain_began(child, number)
    CommandResult.checked(child.returncode, "", err)

    assert child.returncode == code
    assert f"left at once; no output was written; {JOURNAL} holds everything: {EXPORT}" in err
    assert re.search(r"\d+ jobs are still running at the service and will be billed: [0-9a-f-]{36}, ", err)
    assert "to resume, run the same command again:\n  sixtyfour run" in err
    assert "in.enriched.csv" not in shell.names()


def test_a_bounded_drain_leaves_jobs_running_and_writes_what_is_there(shell: Shell) -> None:
    """--drain 1: then the jobs are listed, the output has them as unfinished, and the same command answers them."""
    shell.table(rows=ROWS)
    with shell.start(*run(1, "--drain", "1")) as child:
        await_submits(shell, child, 12)
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=50)
    CommandResult.checked(child.returncode, out, err)
    submitted, statuses = shell.submits().total(), [row["status"] for row in shell.rows()]
    again = shell.run(*run(600))

    assert child.returncode == 143
    assert "until they end, for at most 1 s" in err
    assert f"{statuses.count('unfinished')} jobs are still running at the service" in err
    assert 12 <= submitted < ROWS == len(statuses)
    assert again.code == 0, again.err
    check_submitted_once(shell)


def test_a_drain_of_no_seconds_detaches_on_the_first_signal(shell: Shell) -> None:
    shell.table(rows=ROWS)
    with shell.start(*run(1, "--drain", "0")) as child:
        await_submits(shell, child, 3)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=50)

    assert child.returncode == 130
    assert "still running at the service and will be billed" in err


@pytest.mark.parametrize("seconds", ["nan", "-1", "soon"])
def test_a_drain_that_is_no_time_is_refused(shell: Shell, seconds: str) -> None:
    shell.table()
    result = shell.run(*run(600, "--drain", seconds))

    assert (result.code, shell.submits()) == (2, {})
    assert "--drain" in result.err


def test_a_hangup_that_was_ignored_stays_ignored(shell: Shell) -> None:
    """As under nohup: the run goes on and finishes."""
    rows = 60
    shell.table(rows=rows)
    ignoring = (sys.executable, "-c", NOHUP, *COMMAND)
    with shell.start(*run(60), command=ignoring) as child:
        await_submits(shell, child, 5)
        child.send_signal(signal.SIGHUP)
        _, err = child.communicate(timeout=100)

    assert (child.returncode, shell.submits().total()) == (0, rows), err


def test_a_closed_terminal_drains(shell: Shell) -> None:
    """Kernel and shell both send SIGHUP then: the two count as one. Nothing can be printed, and the output is there."""
    shell.table(rows=ROWS)
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", TERMINAL_OWNER, *COMMAND, *run(20)],
        cwd=shell.folder,
        env=ENVIRONMENT,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    try:
        os.close(slave)
        while shell.submits().total() < 12:
            os.read(master, 65536)  # a terminal that is not read makes the run wait
        os.close(master)
        child.send_signal(signal.SIGHUP)
        child.wait(timeout=50)
    finally:
        child.kill()
    answered = sum(row["status"] == "completed" for row in shell.rows())

    assert child.returncode == 129
    assert 12 <= answered == shell.submits().total() < ROWS


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_before_the_run_sends_nothing(shell: Shell, number: signal.Signals, code: int) -> None:
    """While the table is still being read: one line, and no file."""
    command = [*COMMAND, "run", "find-email", "-", "--out", "o.csv", "--simulate"]
    with subprocess.Popen(
        command, cwd=shell.folder, env=ENVIRONMENT, stdin=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as child:
        assert child.stdin is not None
        child.stdin.write(b"name,company\n" * MORE_THAN_A_PIPE_HOLDS)  # returns once the command reads
        child.send_signal(number)
        with suppress(BrokenPipeError):
            child.stdin.write(b"\n")  # Python acts on a signal that came just before a read when the read returns
        assert child.stderr is not None
        err = child.stderr.read()

    assert (child.wait(timeout=50), err) == (code, b"sixtyfour: interrupted\n")
    assert shell.names() == set()


# --- readers that leave ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_run_survives_that_nobody_reads_its_text(shell: Shell, unbuffered: str) -> None:
    """2>&1 | head -3: the output is written, every row is paid once, and the exit code is that of the run."""
    shell.table(rows=40)
    result = in_shell(shell, sh("{ sixtyfour 2>&1; echo $? > code; } | head -3", *run(600)), unbuffered)

    assert len(result.out.splitlines()) == 3
    assert (shell.folder / "code").read_text() == "0\n"
    assert [row["status"] for row in shell.rows()] == ["completed"] * 40
    check_submitted_once(shell)


@pytest.mark.parametrize(
    "streams",
    [
        *("2>&-", "<&- >&- 2>&-", ">/dev/full 2>&1"),
        *(pytest.param(streams, marks=pytest.mark.soak) for streams in (">&-", ">&- 2>&-", "2>/dev/full")),
    ],
)
def test_a_run_needs_no_standard_streams(shell: Shell, streams: str) -> None:
    """Closed from the start, or full: no file of the run takes the place of a closed one."""
    shell.table(rows=5)
    result = in_shell(shell, sh(f"sixtyfour {streams}", *run(600)))

    assert result.code == 0, result.err
    assert [row["status"] for row in shell.rows()] == ["completed"] * 5
    assert shell.run("status", JOURNAL).code == 0


def test_nothing_more_is_sent_for_an_output_that_nobody_will_read(shell: Shell) -> None:
    """--out - whose reader leaves in mid-run: drained, code 4, and the journal has the answers."""
    shell.table(rows=ROWS)
    with shell.start(*run(20, "--out", "-", "--journal", JOURNAL)) as child:
        await_submits(shell, child, 12)
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        err = child.stderr.read()
        code = child.wait(timeout=50)
    CommandResult.checked(code, "", err)
    submitted = shell.submits().total()

    assert code == 4
    assert "stopping because nobody reads standard output any more: no more rows are sent" in err
    assert f"standard output was closed before it was written; {JOURNAL} holds everything: {EXPORT}" in err
    assert 12 <= submitted < ROWS
    check_submitted_once(shell)


def test_a_reader_that_leaves_while_the_output_is_written(shell: Shell) -> None:
    """Code 4; the same command again writes it, and sends nothing."""
    text = "company_name,notes\n" + "".join(f"company {row},{'x' * 20_000}\n" for row in range(20))
    shell.table(text=text)
    command = run(600, "--skip", "notes", "--out", "-", "--journal", JOURNAL)
    result = in_shell(shell, sh("{ sixtyfour; echo $? > code; } | head -c 100", *command))
    again = shell.run(*command)

    assert (shell.folder / "code").read_text() == "4\n"
    assert f"{JOURNAL} holds everything: {EXPORT}" in result.err
    assert again.code in {0, 3}
    assert again.out.count("\n") == 21
    check_submitted_once(shell)


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        (("status", JOURNAL), ""),
        pytest.param(("status", JOURNAL), "1", marks=pytest.mark.soak),
        (("status", JOURNAL, "--json"), "1"),
        pytest.param(("status", JOURNAL, "--json"), "", marks=pytest.mark.soak),
        (run(600, "--dry-run"), ""),
        pytest.param(run(600, "--dry-run"), "1", marks=pytest.mark.soak),
    ],
)
def test_a_report_that_could_not_be_printed_is_no_success(
    shell: Shell, arguments: tuple[str, ...], unbuffered: str
) -> None:
    """Code 1; without a word when the reader left on purpose."""
    shell.table()
    shell.run(*run(600))
    full = in_shell(shell, sh("sixtyfour >/dev/full", *arguments), unbuffered)
    closed = in_shell(shell, sh("{ sleep 0.1; sixtyfour; echo $? > code; } | true", *arguments), unbuffered)

    assert (full.code, full.last) == (1, "sixtyfour: cannot write standard output: No space left on device")
    assert (shell.folder / "code").read_text() == "1\n"
    assert "standard output" not in closed.err


# --- outputs that cannot be written ---------------------------------------------------------------------------------


def test_a_full_disk_after_paying_is_not_a_wrong_input(shell: Shell) -> None:
    """Code 4 and the journal's name; the command that the message names writes the answers."""
    shell.table(text="company_name,notes\n" + "".join(f"company {row},{'x' * 9000}\n" for row in range(20)))
    disk = shell.folder / "disk"
    disk.mkdir()
    command = [*COMMAND, *run(600, "--skip", "notes", "--out", "disk/out.csv", "--journal", JOURNAL)]
    if not mounts_allowed(disk):
        pytest.fail("this test needs a file system of its own")
    result = in_shell(shell, with_mount(disk, "size=64k", *command))
    exported = shell.run("export", JOURNAL, "--out", "out.csv")

    assert result.code == 4
    assert "out.csv: No space left on device" in result.last
    assert result.last.endswith(f"{JOURNAL} holds everything: {EXPORT}")
    assert exported.code == 0
    assert len(shell.rows("out.csv")) == 20 == shell.submits().total()


@pytest.mark.parametrize("lost", ["folder", "table"])
def test_whatever_prevents_the_output_after_paying_ends_in_the_same_code(shell: Shell, lost: str) -> None:
    """The output's folder is gone, or the table, which the output repeats, has changed."""
    folder = shell.folder / "to"
    folder.mkdir()
    shell.table(rows=ROWS)
    with shell.start(*run(20, "--out", "to/out.csv", "--journal", JOURNAL)) as child:
        await_submits(shell, child, 3)
        if lost == "folder":
            folder.rmdir()
        else:
            shell.table(rows=2)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=50)
    result = CommandResult.checked(child.returncode, out, err)

    assert result.code == 4
    assert result.last.endswith(f"{JOURNAL} holds everything: {EXPORT}")


def test_a_journal_that_was_moved_during_the_run_is_to_be_put_back(shell: Shell) -> None:
    """Without it the same command would pay for every row again."""
    shell.table(rows=ROWS)
    moved = shell.folder / "moved"
    moved.mkdir()
    with shell.start(*run(20, "--journal", JOURNAL)) as child:
        await_submits(shell, child, 3)
        for one in shell.folder.glob(f"{JOURNAL}*"):
            one.rename(moved / one.name)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=50)
    result = CommandResult.checked(child.returncode, out, err)

    assert result.code == 4
    assert f"{JOURNAL} was moved or deleted during the run: put it back" in result.last
    assert "same command again writes" not in err


def test_a_full_standard_output_after_paying(shell: Shell) -> None:
    shell.table()
    result = in_shell(shell, sh("sixtyfour >/dev/full", *run(600, "--out", "-", "--journal", JOURNAL)))

    assert result.code == 4
    assert "cannot write standard output: No space left on device" in result.last


def test_an_output_that_cannot_be_written_before_paying_sends_nothing(shell: Shell) -> None:
    shell.table()
    result = shell.run(*run(600, "--out", "missing/out.csv", "--journal", JOURNAL))

    assert (result.code, shell.submits()) == (2, {})
