"""A page of the guide followed to the letter: its files are saved and its commands run, in order, in one folder.

Blocks with a title are files of that name. Other blocks of `sh` and `python` are run, and must succeed, or end with
the code that they name (``# exit 3``). A block of `text` right below one that runs is what it prints. With the title
`NUMBERS_VARY`, any number may stand where the page has one, and any amount of space around it; a line that is only
``…`` stands for any lines. A block of `console` holds commands after ``$ ``, each with its output below it; one that
prints something there may fail.
"""

from __future__ import annotations

import ast
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sixtyfour_async.simulator import DEFAULT_KEY
from tests.guide.pages import ROOT, Block, Page, dialogue

NUMBERS_VARY = "numbers vary"
RUN_BY_CI = "python3 -m venv"
"""The two commands that set up an environment: `.ci/run` runs them."""
COMMANDS: Mapping[str, list[str]] = {
    "sh": ["bash", "-o", "pipefail", "-c"],
    "python": [sys.executable, "-W", "error", "-c"],
    "cell": [sys.executable, "-W", "error", "-m", "tests.guide.cell"],
}
PORTS = ("6464", "8000", "8080")
"""Ports that pages name; each session has free ones instead, since pages are tested side by side."""
TIMEOUT_SECONDS = 150


class PageError(AssertionError):
    """A block that failed, or printed something else than the page shows."""


@dataclass(slots=True)
class Session:
    """One reader at one page.

    Attributes:
        folder: Where files are saved and commands run.
        environment: What commands see besides the usual.
    """

    folder: Path
    environment: dict[str, str]
    _ports: dict[str, str] = field(default_factory=lambda: {port: _free_port() for port in PORTS})
    _groups: list[int] = field(default_factory=list[int])

    def follow(self, page: Page) -> Generator[tuple[Block, str], None, None]:
        """Save and run the blocks of a page; yield each block of output with what was printed.

        Raises:
            PageError: A block failed.
        """
        printed = ""
        for block in page.blocks:
            if block.language == "text":
                yield block, printed
            elif block.language == "console":
                for command, output in dialogue(block):
                    yield output, self._run(command, page, may_fail=bool(output.text))
            elif block.title:
                self._save(block)
            elif block.language in COMMANDS and not block.text.startswith(RUN_BY_CI):
                printed = self._run(block, page)

    def _save(self, block: Block) -> None:
        path = self.folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._own_ports(block.text), "utf-8")

    def _run(self, block: Block, page: Page, *, may_fail: bool = False) -> str:
        output = self.folder / ".printed"
        with output.open("wb") as file:
            child = subprocess.Popen(
                [*COMMANDS["cell" if is_cell(block) else block.language], self._own_ports(block.text)],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self._groups.append(child.pid)
            code = child.wait(TIMEOUT_SECONDS)
        printed = self._ports_of_page(output.read_text("utf-8"))
        if code != expected_code(block) and not may_fail:
            raise PageError(f"{page.path.name}, line {block.line}: exit code {code}\n{block.text}\n{printed}")
        return printed

    def close(self) -> None:
        """Stop what was left running in the background."""
        for group in self._groups:
            with suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)

    def _own_ports(self, text: str) -> str:
        return re.sub(r"\b(?:6464|80[08]0)\b", lambda found: self._ports[found[0]], text)

    def _ports_of_page(self, text: str) -> str:
        for named, own in self._ports.items():
            text = text.replace(own, named)
        return text


@contextmanager
def session(folder: Path, url: str) -> Generator[Session, None, None]:
    """Yield a reader who has a key for the simulator at a URL, and is sent to that one."""
    usual = {name: value for name, value in os.environ.items() if not name.startswith("SIXTYFOUR_")}
    path = os.pathsep.join((str(Path(sys.executable).parent), usual["PATH"]))
    settings = {"SIXTYFOUR_API_KEY": DEFAULT_KEY, "SIXTYFOUR_API_ENDPOINT": url}
    terminal = {"NO_COLOR": "1", "COLUMNS": "110", "PYTHONPATH": str(ROOT), "PATH": path}
    reader = Session(folder, usual | settings | terminal)
    try:
        yield reader
    finally:
        reader.close()


def expected_code(block: Block) -> int:
    """Return the exit code that a block says: ``# exit 3`` behind its last command; 0 where it says nothing."""
    found = re.search(r"# exit (\d+)\s*\Z", block.text)
    return int(found[1]) if found else 0


def is_cell(block: Block) -> bool:
    """Return whether a block of Python is for a notebook: it awaits outside of any function."""
    if block.language != "python":
        return False
    tree = ast.parse(block.text)
    return any(isinstance(node, ast.AsyncWith | ast.AsyncFor) or _awaits(node) for node in tree.body)


def _awaits(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return False
    return any(isinstance(node, ast.Await) for node in ast.walk(statement))


def _free_port() -> str:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return str(server.getsockname()[1])


def agrees(block: Block, printed: str) -> bool:
    """Return whether a block of output is what was printed."""
    shown, real = _lines(block.text), _lines(printed)
    if block.title == NUMBERS_VARY:
        shown, real = [_blurred(line) for line in shown], [_blurred(line) for line in real]
    pattern = "\n".join(r"(?:.*\n)*?.*" if line.strip() == "…" else re.escape(line) for line in shown)
    return re.fullmatch(pattern, "\n".join(real)) is not None


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").split("\n")]


def _blurred(line: str) -> str:
    """Return a line with ``#`` for each number and the space around it."""
    return re.sub(r"\s*\d[\d,.:]*\s*", " # ", line)
