"""Wrong input and wrong options are reported in one line, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.cli.conftest import HEADQUARTERS, Shell

Prepare = Callable[[Shell], object]
KEY = {"SIXTYFOUR_API_KEY": "sk_never_used", "SIXTYFOUR_API_ENDPOINT": "http://127.0.0.1:9"}
GOOD = "company_name,website\n3M,www.3m.com\n"
COMPANY = ("run", "company-intelligence", "in.csv", *HEADQUARTERS)


@dataclass(frozen=True, slots=True)
class Case:
    """A table, a command, and what its last line contains."""

    message: tuple[str, ...]
    table: str | bytes = GOOD
    command: tuple[str, ...] = COMPANY
    prepare: Prepare = lambda _: None
    key: bool = True
    leaves: tuple[str, ...] = ("in.csv",)


def field(text: str) -> tuple[str, ...]:
    return ("run", "company-intelligence", "in.csv", "--field", text)


CASES: dict[str, Case] = {
    "no key": Case(("no API key", "SIXTYFOUR_API_KEY", "--simulate"), key=False),
    "no file": Case(("cannot read", "missing.csv", "No such file"), command=("run", "find-email", "missing.csv")),
    "empty file": Case(("in.csv is empty", "header"), table=""),
    "header only": Case(("has a header and no rows",), table="company_name,website\n"),
    "duplicate headers": Case(("columns 1 and 2", "'website'", "rename"), table="website,website\na,b\n"),
    "no subject column": Case(("no column identifies the company", "'colour'", "--map"), table="colour\nred\n"),
    "unusable row": Case(
        ("1 of 2 rows cannot be sent", "nothing was sent", "--skip-bad-rows"), table="company_name,x\n3M,1\n,2\n"
    ),
    "only unusable rows": Case(("2 of 2 rows cannot be sent",), table="company_name,x\n-,1\nn/a,2\n"),
    "too many cells": Case(("row 1", "3 cells where the header has 2", "line 2"), table="company_name,x\n3M,1,2\n"),
    "latin-1": Case(
        ("row 2, column 'company_name'", "0xE4", "--encoding"),
        table="company_name,x\n3M,1\nBäcker,2\n".encode("latin-1"),
    ),
    "a workbook": Case(("not CSV but an Excel workbook", "save or export it as CSV"), table=b"PK\x03\x04" + b"x" * 99),
    "out not writable": Case(("missing does not exist", "create it"), command=(*COMPANY, "--out", "missing/out.csv")),
    "out is a folder": Case(
        ("out.csv",),
        command=(*COMPANY, "--out", "out.csv"),
        prepare=lambda shell: (shell.folder / "out.csv").mkdir(),
        leaves=("in.csv", "out.csv"),
    ),
    "out is the input": Case(
        ("the table and --out are the same file", "another"), command=(*COMPANY, "--out", "in.csv")
    ),
    "out is the journal": Case(("same file",), command=(*COMPANY, "--out", "o.csv", "--journal", "./o.csv")),
    "out exists": Case(
        ("in.enriched.csv exists already", "no journal", "--overwrite"),
        prepare=lambda shell: shell.table("in.enriched.csv", text="precious\n1\n"),
        leaves=("in.csv", "in.enriched.csv"),
    ),
    "unknown operation": Case(("unknown operation 'find-mail'", "find-email"), command=("run", "find-mail", "in.csv")),
    "unknown type": Case(("unknown type 'date'", "one of", "int"), command=field("founded:date=Year")),
    "field without text": Case(("'founded' is not name=description", "employees:int"), command=field("founded")),
    "missing field": Case(("company-intelligence needs a field to find out", "--field"), command=COMPANY[:3]),
    "missing criterion": Case(
        ("qa-agent needs a criterion to judge by", "--criterion"), command=("run", "qa-agent", "in.csv")
    ),
    "mode elsewhere": Case(("company-intelligence takes no --mode",), command=(*COMPANY, "--mode", "PERSONAL")),
    "criterion elsewhere": Case(("takes no --criterion",), command=(*COMPANY, "--criterion", "a=b")),
    "field elsewhere": Case(
        ("find-email takes no --field",), command=("run", "find-email", "in.csv", "--field", "a=b")
    ),
    "tier slip": Case(("--tier is 'lwo'; did you mean 'low'?",), command=(*COMPANY, "--tier", "lwo")),
    "tier elsewhere": Case(
        ("qa-agent has no tiers",), command=("run", "qa-agent", "in.csv", "--criterion", "a=b", "--tier", "low")
    ),
    "unknown column": Case(("column 'sites'", "no such column", "'website'"), command=(*COMPANY, "--skip", "sites")),
    "speed without simulate": Case(("--speed is for the simulator",), command=(*COMPANY, "--speed", "9")),
    "fault without simulate": Case(("--fault is for the simulator",), command=(*COMPANY, "--fault", "reset=1")),
    "unknown fault": Case(
        ("--fault must be one of lost_answer",), command=(*COMPANY, "--simulate", "--fault", "earthquake=1")
    ),
    "unknown encoding": Case(("no text encoding is called 'utf-9'",), command=(*COMPANY, "--encoding", "utf-9")),
    "bad delimiter": Case(("cannot be a delimiter",), command=(*COMPANY, "--delimiter", "ab")),
}


@pytest.mark.parametrize("name", CASES)
def test_an_error_is_one_line_with_its_remedy(shell: Shell, name: str) -> None:
    """Exit code 2, the reason on the last line, nothing written, and no request made: the endpoint is a closed port."""
    case = CASES[name]
    shell.table(text=case.table)
    case.prepare(shell)
    before = {path.name: path.read_bytes() for path in shell.folder.iterdir() if path.is_file()}
    result = shell.with_environment(**(KEY if case.key else {})).run(*case.command)

    assert (result.code, result.out) == (2, ""), result.err
    assert result.last.startswith("sixtyfour: ")
    for part in case.message:
        assert part in result.last
    assert set(case.leaves) == shell.names()
    assert before == {path.name: path.read_bytes() for path in shell.folder.iterdir() if path.is_file()}
    assert KEY["SIXTYFOUR_API_KEY"] not in result.err


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.key])
def test_without_a_key_the_error_is_still_what_was_typed(shell: Shell, name: str) -> None:
    """The person corrects the command first, and then looks for the key."""
    case = CASES[name]
    shell.table(text=case.table)
    case.prepare(shell)
    result = shell.run(*case.command)

    assert result.code == 2
    for part in case.message:
        assert part in result.last


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("run company-intelligence in.csv --field a=b --price x", "--price 'x'"),
        ("run company-intelligence in.csv --field a=b --journal in.csv.db", "in.csv.db is not a journal"),
        ("run company-intelligence in.csv --field a=b --drain 1:2:3", "--drain"),
        ("call find-email", "--lead is missing"),
        ("call find-email --lead name=Ada --price x", "--price 'x'"),
        ("call find-email --lead name=Ada --journal in.csv.db", "in.csv.db is not a journal"),
        ("call find-email --lead name=Ada --speed 5", "--speed is for the simulator"),
        ("search anyone --out in.csv", "in.csv exists already"),
        ("search anyone --out new.csv --journal in.csv.db", "in.csv.db is not a journal"),
        ("workflow run wf missing.csv --out new.csv", "cannot read missing.csv"),
        ("upload missing.csv", "missing.csv: file not found"),
        ("download search x --out in.csv", "in.csv exists already"),
        ("jobs wait x --operation find-mail", "did you mean 'find-email'?"),
        ("listen --journal in.csv.db", "in.csv.db is not a journal"),
        ("listen --journal new.db --listen here", "--listen here is not HOST:PORT"),
    ],
)
def test_what_was_typed_comes_before_what_the_environment_lacks(shell: Shell, command: str, message: str) -> None:
    """Neither a key nor a signing secret is set; nothing is written."""
    shell.table()
    shell.table("in.csv.db", text="company\n" * 900)
    before = shell.names()
    result = shell.run(*command.split())

    assert result.code in {1, 2}
    assert message in result.last
    assert shell.names() == before


def test_the_first_unusable_rows_are_shown_before_the_last_line(shell: Shell) -> None:
    """Each with row, column and remedy; five at most."""
    shell.table(text="company_name,x\n3M,1\n" + ",2\n" * 7)
    result = shell.with_environment(**KEY).run(*COMPANY)

    assert "  row 2, column 'company_name': nothing identifies the company" in result.err
    assert "row 6" in result.err
    assert "row 7" not in result.err
    assert "7 of 8 rows cannot be sent; the first 5 are above" in result.last


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--speed", "x"), "'x' is not a valid float range"),
        (("--limit", "0"), "0 is not in the range"),
        (("--colour",), "No such option"),
    ],
    ids=["speed", "limit", "unknown"],
)
def test_a_malformed_option_is_a_usage_error(shell: Shell, options: tuple[str, ...], message: str) -> None:
    """The same exit code, with the usage above it."""
    result = shell.run("run", "find-email", "in.csv", *options)

    assert result.code == 2
    assert message in result.last


UNUSABLE: tuple[tuple[str, ...], ...] = (
    ("run", "find-email", "/"),
    ("run", "find-email", "in.csv", "--out", ""),
    ("run", "find-email", "in.csv", "--out", "."),
    ("run", "find-email", "in.csv", "--out", "loop"),
    ("run", "find-email", "in.csv", "--out", "x" * 300),
    ("run", "find-email", "in.csv", "--journal", "/"),
    ("status", "x" * 300),
    ("export", "run.db", "--out", "/"),
    ("journal", "backup", "run.db", "loop"),
    ("call", "find-email", "--journal", ""),
)


@pytest.mark.parametrize("command", UNUSABLE, ids=lambda words: " ".join(words)[:50])
def test_a_path_that_no_file_can_have_is_a_usage_error(shell: Shell, command: tuple[str, ...]) -> None:
    shell.table(text=GOOD)
    (shell.folder / "loop").symlink_to("loop")
    result = shell.run(*command)

    assert result.code == 2
    assert "names no file" in result.last
    assert shell.names() == {"in.csv", "loop"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("in.csv", "--journal", "in.csv/run.db"), "Not a directory"),
        (("x" * 240 + ".csv",), "File name too long"),
    ],
    ids=["a journal below a file", "a name that leaves no room for the journal's"],
)
def test_a_file_that_cannot_be_used_is_one_line(shell: Shell, options: tuple[str, ...], message: str) -> None:
    shell.table(text=GOOD)
    shell.table("x" * 240 + ".csv", text=GOOD)
    result = shell.run("run", "find-email", *options, "--simulate", "--map", "company_name=name")

    assert result.code in {1, 2}
    assert message in result.last
    assert "check the path" in result.last or "choose" in result.last


@pytest.mark.parametrize("state", ["folder", "missing/state.jsonl"])
def test_a_state_that_cannot_be_used_is_named(shell: Shell, state: str) -> None:
    (shell.folder / "folder").mkdir()
    result = shell.run("simulate", "--port", "0", "--state", state)

    assert result.code == 2
    assert result.last.startswith(f"sixtyfour: cannot use {state}: ")
