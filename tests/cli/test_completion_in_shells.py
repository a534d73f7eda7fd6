"""Completion as a person meets it: typed into bash, zsh and fish, each on a terminal; values are inserted whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from sixtyfour_async.cli.completion_scripts import VARIABLE
from tests.cli.conftest import ENVIRONMENT
from tests.cli.interactive_shells import COMMANDS, InteractiveShell, interactive, write_program

SHELLS = [
    pytest.param(shell, marks=pytest.mark.skipif(shutil.which(shell) is None, reason=f"{shell} is not installed"))
    for shell in COMMANDS
]
RUN = "run company-intelligence 'in put.csv'"

TYPED = [
    ("ca\tfind-emai\t --mo\tPROF\t", ["call", "find-email", "--mode", "PROFESSIONAL"]),
    ("cal\tpeople-i\t--tier me\t", ["call", "people-intelligence", "--tier", "medium"]),
    ("run company-\t", ["run", "company-intelligence"]),
    (f"{RUN} --tie\tlo\t", ["run", "company-intelligence", "in put.csv", "--tier", "low"]),
    (f"{RUN} --skip Comp\t", ["run", "company-intelligence", "in put.csv", "--skip", "Company: name"]),
    (f"{RUN} --skip Company:\\ n\t", ["run", "company-intelligence", "in put.csv", "--skip", "Company: name"]),
    (f"{RUN} --skip 'Company: \t", ["run", "company-intelligence", "in put.csv", "--skip", "Company: name"]),
    (f'{RUN} --skip "Company: na\t', ["run", "company-intelligence", "in put.csv", "--skip", "Company: name"]),
    (f"{RUN} --skip=Comp\t", ["run", "company-intelligence", "in put.csv", "--skip=Company: name"]),
    (f"{RUN} --send it\t", ["run", "company-intelligence", "in put.csv", "--send", 'it\'s $5 "net"']),
    (f"{RUN} --send a\t", ["run", "company-intelligence", "in put.csv", "--send", "a=b;c"]),
    (f"{RUN} --map Z\twhere", ["run", "company-intelligence", "in put.csv", "--map", "Zürich (ZH)=where"]),
    ("run company-intelligence in\t", ["run", "company-intelligence", "in put.csv"]),
    ("upload in\t", ["upload", "in put.csv"]),
    ("status my\t", ["status", "my run.db"]),
    ("export --out x.csv my\t", ["export", "--out", "x.csv", "my run.db"]),
    ("journ\tche\tmy\t", ["journal", "check", "my run.db"]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, a journal, and a ``.env`` that cannot be read."""
    found = tmp_path_factory.mktemp("work")
    header = 'Company: name,"it\'s $5 ""net""",a=b;c,Zürich (ZH)\n3M,x,y,z\n'
    (found / "in put.csv").write_text(header, encoding="utf-8")
    (found / ".env").write_bytes(b'SIXTYFOUR_TIER="open\xff\0\n')
    (found / "my run.db").write_bytes(b"SQLite format 3\0" + bytes(84))
    (found / "my notes.txt").write_text("no journal", encoding="utf-8")
    return found


@pytest.fixture(scope="module", params=SHELLS)
def shell(
    request: pytest.FixtureRequest, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Generator[InteractiveShell]:
    program = tmp_path_factory.mktemp("bin")
    write_program(program)
    with interactive(request.param, folder=folder, program=program) as started:
        yield started


@pytest.mark.parametrize(("line", "arguments"), TYPED, ids=[line for line, _ in TYPED])
def test_a_shell_inserts_whole_values(shell: InteractiveShell, line: str, arguments: list[str], folder: Path) -> None:
    """With a colon, space, quotes, equals sign; without a key, beside a broken .env; nothing is said or written."""
    before = {path.name for path in folder.iterdir()}

    assert shell.type(line) == arguments
    assert shell.said() == ""
    assert {path.name for path in folder.iterdir()} == before


LINES = ("", "run comp", "call find-email --mode ", "run company-intelligence --price ", "guide ", "journal check ")


@pytest.mark.parametrize("line", LINES)
def test_a_tab_is_answered_without_what_takes_long_to_import(folder: Path, line: str) -> None:
    """A person waits for it, with every key."""
    program = "import sys; from sixtyfour_async.__main__ import main; main(); print(*sys.modules)"
    variables = {VARIABLE: "bash", "COMP_LINE": f"sixtyfour {line}"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=ENVIRONMENT | variables,
        capture_output=True,
        text=True,
        check=True,
    )
    *offered, modules = done.stdout.splitlines()

    assert offered
    slow = {"anyio", "httpx", "importlib.resources", "pickle", "pydantic", "pydantic_core", "rich", "sqlite3"}
    assert slow.isdisjoint(modules.split())
    assert not any(name.startswith("sixtyfour_async.operations") for name in modules.split())
