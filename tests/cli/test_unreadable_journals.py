"""Every command that takes a journal, on what is none: one line that says what it is and what to do, and no change."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import anyio
import pytest
from click.testing import CliRunner

from sixtyfour_async.cli.commands import cli
from tests.report.journals import row, write

COMMANDS = (
    "status BAD",
    "status BAD --json",
    "export BAD --out new.csv",
    "report BAD --out new.html",
    "report BAD --json",
    "forget BAD --key x",
    "journal backup BAD new.db",
    "journal check BAD",
    "journal adopt BAD",
    "journal record BAD x=1",
    "journal deliveries BAD",
    "journal compare BAD good.db",
    "journal compare good.db BAD",
    "run company-intelligence in.csv --field headquarters=Where --simulate --yes --journal BAD",
)

NO_JOURNAL = "is not a journal (file is not a database): choose another --journal"
DAMAGED = "put back a copy of it, or choose another --journal"


def with_sql(statement: str) -> Callable[[bytes, Path], None]:
    def make(good: bytes, path: Path) -> None:
        path.write_bytes(good)
        with closing(sqlite3.connect(path)) as database, database:
            database.execute(statement)

    return make


def with_bytes(change: Callable[[bytes], bytes]) -> Callable[[bytes, Path], None]:
    def make(good: bytes, path: Path) -> None:
        path.write_bytes(change(good))

    return make


def foreign(_: bytes, path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE jobs (key TEXT)")


@dataclass(frozen=True, slots=True)
class Kind:
    """A file that no command can read.

    Attributes:
        name: Its name.
        make: Creates it; it is given the bytes of a good journal.
        message: What is said of it.
        accepted_by: First words of commands that have nothing to say against it.
    """

    name: str
    make: Callable[[bytes, Path], None]
    message: str
    accepted_by: tuple[str, ...] = ()


KINDS = (
    Kind("missing", lambda _, __: None, "there is no journal BAD", ("run",)),
    Kind("folder", lambda _, path: path.mkdir(), "BAD is a folder: name a journal in it"),
    Kind("text", with_bytes(lambda _: b"company\n" * 900), NO_JOURNAL),
    Kind("short text", with_bytes(lambda _: b"hi"), NO_JOURNAL),
    Kind("picture", with_bytes(lambda _: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(9000)), NO_JOURNAL),
    Kind("foreign", foreign, "is another program's database: choose another --journal"),
    Kind("newer", with_sql("PRAGMA user_version = 99"), "by a newer version (schema 99, this one knows 7): upgrade"),
    Kind("cut in half", with_bytes(lambda good: good[: len(good) // 2]), DAMAGED),
    Kind("cut in its header", with_bytes(lambda good: good[:60]), DAMAGED),
    Kind("without a table", with_sql("DROP TABLE jobs"), DAMAGED),
    Kind(
        "empty",
        with_bytes(lambda _: b""),
        "BAD is empty: no run has begun in it",
        ("journal backup", "journal check", "journal adopt", "run"),
    ),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A journal of a few rows, closed."""
    path = tmp_path_factory.mktemp("journal") / "good.db"
    anyio.run(write, path, [row(number) for number in range(30)])
    return path.read_bytes()


@pytest.fixture
def folder(good: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.db").write_bytes(good)
    (tmp_path / "in.csv").write_text("company_name,website\nAcme,https://acme.example\n", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_what_is_no_journal_is_said_in_one_line_with_the_remedy_and_stays_as_it_is(
    kind: Kind, good: bytes, folder: Path
) -> None:
    kind.make(good, folder / "BAD")
    before = contents(folder)
    for command in COMMANDS:
        if command.startswith(kind.accepted_by):
            continue
        result = CliRunner().invoke(cli, command.split())
        assert result.exit_code == 1, (command, result.output)
        said = result.output.splitlines() if command.startswith("journal check") else result.stderr.splitlines()
        assert kind.message in "\n".join(said).replace("another journal", "another --journal"), command
        assert len(result.stderr.splitlines()) == 1, command
        assert contents(folder) == before, command


def test_of_two_journals_the_one_that_is_damaged_within_is_named(good: bytes, folder: Path) -> None:
    """Both are open when it shows."""
    size = int.from_bytes(good[16:18], "big")
    with closing(sqlite3.connect("good.db")) as database:
        root = int(database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'jobs'").fetchone()[0])
    spoilt = good[: (root - 1) * size] + b"\xff" * size + good[root * size :]
    (folder / "BAD").write_bytes(spoilt)
    for first, second in (("BAD", "good.db"), ("good.db", "BAD")):
        result = CliRunner().invoke(cli, ["journal", "compare", first, second])
        assert result.exit_code == 1
        assert result.stderr.startswith("sixtyfour: journal BAD is damaged (")
        assert DAMAGED in result.stderr


@pytest.mark.parametrize("command", ["export BAD --out new.csv", "report BAD --json"])
@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE jobs SET request = '{oops' WHERE key = 'row 7'", "row 'row 7' is damaged, its request is not"),
        ("UPDATE jobs SET request = '[]' WHERE key = 'row 7'", "row 'row 7' is damaged, its request is not"),
        ("UPDATE jobs SET error = CAST(x'ff' AS TEXT)", "journal BAD is damaged (Could not decode to UTF-8"),
    ],
)
def test_a_row_that_cannot_be_read_is_said_in_one_line(
    good: bytes, folder: Path, command: str, statement: str, message: str
) -> None:
    with_sql(statement)(good, folder / "BAD")
    result = CliRunner().invoke(cli, command.split())

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert message in result.stderr
    assert "put back a copy of" in result.stderr


@pytest.mark.parametrize("command", ["status BAD", "report BAD --json"])
def test_a_sum_of_an_unknown_kind_is_said_in_one_line(good: bytes, folder: Path, command: str) -> None:
    """A later version may count what this one has no word for."""
    with_sql("INSERT INTO tallies (variant, name, sent_at, rows, cents) VALUES ('x', 'gifts', '', 1, 2)")(
        good, folder / "BAD"
    )
    result = CliRunner().invoke(cli, command.split())

    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "counts 'gifts' rows, which this version does not know: upgrade sixtyfour_async" in result.stderr


def contents(folder: Path) -> Mapping[str, bytes | None]:
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}
