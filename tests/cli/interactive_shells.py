"""Interactive shells on a terminal of their own: a line is typed, with Tab, and the shell runs what it made of it."""

from __future__ import annotations

import os
import pty
import select
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.conftest import ENVIRONMENT

COMMANDS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}
SET_UP = {
    "bash": 'eval "$(sixtyfour completion bash)"',
    "zsh": 'autoload -Uz compinit; compinit -D -u; eval "$(sixtyfour completion zsh)"',
    "fish": "function fish_prompt; echo -n 'PROMPT> '; end; sixtyfour completion fish | source",
}
PATIENCE_SECONDS = 60.0
PROMPT = b"PROMPT> "
WITH_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
PROGRAM = """#!/bin/sh
if [ -n "$_SIXTYFOUR_COMPLETE" ]; then
    exec {python} -m sixtyfour_async "$@" 2>>{folder}/stderr
fi
case "$1" in
    completion) exec {python} -m sixtyfour_async "$@" ;;
    *) printf '%s\\0' "$@" >{folder}/typed.new; mv {folder}/typed.new {folder}/typed ;;
esac
"""


def write_program(folder: Path) -> None:
    """Write a ``sixtyfour`` that completes, and that otherwise records its arguments."""
    program = folder / "sixtyfour"
    text = PROGRAM.format(python=shlex.quote(sys.executable), folder=shlex.quote(str(folder)))
    program.write_text(text, encoding="utf-8")
    program.chmod(0o755)


@dataclass(slots=True)
class InteractiveShell:
    """A shell that completes ``sixtyfour``, and a folder that it is in."""

    terminal: int
    child: subprocess.Popen[bytes]
    result: Path

    def type(self, line: str) -> list[str]:
        """Type a line, and return the arguments that ``sixtyfour`` was given in the end."""
        self.result.unlink(missing_ok=True)
        os.write(self.terminal, f"sixtyfour {line}\n".encode())
        self.show_until(lambda seen: self.result.exists() and PROMPT in seen)
        return self.result.read_text(encoding="utf-8").split("\0")[:-1]

    def said(self) -> str:
        """Return what completion wrote to stderr so far."""
        path = self.result.with_name("stderr")
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def show_until(self, is_done: Callable[[bytes], bool]) -> None:
        """Read what the shell shows, so that it never waits for us, until a condition holds."""
        seen, until = b"", time.monotonic() + PATIENCE_SECONDS
        while not is_done(seen):
            assert time.monotonic() < until, f"the shell did not answer; it shows {seen!r}"
            assert self.child.poll() is None, f"the shell has ended; it shows {seen!r}"
            if select.select([self.terminal], [], [], 0.05)[0]:
                seen += os.read(self.terminal, 65_536)


@contextmanager
def interactive(shell: str, *, folder: Path, program: Path) -> Generator[InteractiveShell]:
    """Start a shell in a folder, with the program of another, and load its completion."""
    ours, theirs = pty.openpty()
    environment = {
        **ENVIRONMENT,
        "PATH": f"{program}:{os.environ['PATH']}",
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "HOME": str(program),
        "XDG_DATA_HOME": str(program),
        "PS1": PROMPT.decode(),
    }
    child = subprocess.Popen(
        [sys.executable, "-c", WITH_TERMINAL, *COMMANDS[shell]],
        cwd=folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        started = InteractiveShell(ours, child, program / "typed")
        os.write(ours, f"{SET_UP[shell]}; echo rea''dy\n".encode())
        started.show_until(lambda seen: PROMPT in seen.partition(b"ready\r")[2])
        yield started
    finally:
        child.kill()
        child.wait()
        os.close(ours)
