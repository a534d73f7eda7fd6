"""``call``: every operation of the API from the command line, as its signature says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.cli.call_command import make_command
from sixtyfour_async.cli.operation_fields import Field, fields_of
from sixtyfour_async.cli.operation_values import make_operation, value_of
from sixtyfour_async.operations import REGISTRY
from tests.cli import completion_words
from tests.cli.conftest import COMMAND, ENVIRONMENT, SERVICE_SPEED, Service, Shell
from tests.contract.examples import full, make
from tests.contract.test_requests import ENTRY

LEAD = ("--lead", "name=Ada Lovelace", "--lead", "company=Acme")
CALLS = "calls.simulated.journal.db"


# --- options from signatures ----------------------------------------------------------------------------------------


def flags_for(field: Field, value: Any, folder: Path) -> list[str]:
    """Write a value as a person would."""
    flag = field.flags[-1]
    if field.shape == "flag":
        return [flag if value else f"--no-{flag[2:]}"]
    if field.shape == "texts":
        return [word for text in value for word in (flag, text)]
    if field.shape == "text":
        return [flag, str(value)]
    if field.shape == "file":
        path = folder / value.name
        path.write_bytes(value.content)
        return [flag, str(path)]
    if field.shape == "object":
        return [word for name, each in value.items() for word in (flag, f"{name}:={json.dumps(each)}")]
    path = folder / f"{field.name}.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return [flag, f"@{path}"]


@pytest.mark.parametrize("name", REGISTRY)
def test_every_operation_can_be_written_as_flags(name: str, tmp_path: Path) -> None:
    """All its parameters, and nothing else; the operation that is made of them is the same."""
    fields, given = fields_of(REGISTRY[name]), full(ENTRY[name], name)
    written = [flags_for(field, given[field.name], tmp_path) for field in fields if field.name in given]
    parsed = make_command(name).make_context(name, [word for words in written for word in words]).params
    made, meant = make_operation(name, fields, parsed), make(name, given)

    assert {field.name for field in fields} >= set(given)
    assert {**made.payload(), "file": None} == {**meant.payload(), "file": None}


@pytest.mark.parametrize("name", REGISTRY)
def test_the_help_names_every_parameter_once(name: str) -> None:
    command = make_command(name)
    text = command.get_help(click.Context(command, info_name=name))
    flags = [flag for option in command.params for flag in (*option.opts, *option.secondary_opts)]

    assert len(flags) == len(set(flags)), "an operation's flag is one of call itself"
    assert all(field.flags[0] in text for field in fields_of(REGISTRY[name]))
    assert "TypedDict" not in text


def test_what_completion_knows_is_what_operations_say() -> None:
    assert completion_words.PATH.read_text("utf-8") == completion_words.text(), "python -m tests.cli.completion_words"


OBJECT = Field("lead", ("--lead",), "object", (), is_required=True, help="")


@given(st.dictionaries(st.text(min_size=1).filter(lambda name: "=" not in name and name[0] not in "@{: "), st.text()))
def test_any_text_is_kept_as_it_is(values: dict[str, str]) -> None:
    distinct = {name.casefold(): text for name, text in values.items() if not name.casefold().endswith(":")}
    distinct = {name: text for name, text in distinct.items() if not name.lstrip().startswith("{")}
    words = [f"{name}={text}" for name, text in distinct.items()]

    assert value_of(OBJECT, words) == distinct


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("find-email",), "--lead is missing"),
        (("find-email", "--lead", "Ada"), "--lead 'Ada' is not key=value"),
        (("find-email", "--lead", "{name: Ada}"), "--lead is not JSON"),
        (("find-email", "--lead", "[1]"), "--lead '[1]' is not key=value"),
        (("find-email", "--lead", "@none.json"), "--lead @none.json cannot be read: No such file"),
        (("find-email", "--lead", "age:=NaN"), "--lead is not JSON: NaN"),
        (("find-email", "--lead", "name=Ada", "--lead", "Name=B"), "--lead 'Name' is given twice"),
        (("find-email", "--lead", "name=Ada", "--mode", "PROFESIONAL"), "did you mean 'PROFESSIONAL'?"),
        (("find-email-bulk", "--leads", '{"a": 1}', "--leads", "name=Ada"), "--leads is not JSON"),
        (("people-intelligence", "--lead", "name=Ada", "--tier", "lwo"), "--tier is 'lwo'; did you mean 'low'?"),
        (("people-intelligence", "--lead", "a=b", "--struct", "x:year=When"), "--struct 'x:year=When': unknown type"),
        (("storage-csv-upload", "--file", "none.csv"), "--file none.csv: file not found"),
        (("search-query", "--cursor", "x", "--page-size", "3"), "cursor must be passed alone; remove --page-size"),
        (("search-query", "--page-size", "many"), "--page-size should be a valid integer"),
    ],
)
def test_what_is_wrong_is_said_with_its_flag(shell: Shell, flags: tuple[str, ...], message: str) -> None:
    result = shell.run("call", *flags, "--simulate")

    assert (result.code, result.out) == (2, "")
    assert message in result.last
    assert shell.names() == set()


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("call", "find-emial"), "did you mean 'find-email'?"),
        (("call", "find_email"), "did you mean 'find-email'?"),
        (("serach", "x"), "did you mean 'search'?"),
        (("workflow", "rnu"), "did you mean 'run'?"),
        (("call", "find-email", "--laed", "a=b"), "--lead"),
        (("run", "find-emial", "in.csv", "--simulate"), "did you mean 'find-email'?"),
        (("jobs", "wait", "x", "--operation", "find-emial", "--simulate"), "did you mean 'find-email'?"),
    ],
)
def test_the_nearest_name_is_said(shell: Shell, words: tuple[str, ...], near: str) -> None:
    shell.table()
    result = shell.run(*words)

    assert result.code == 2
    assert near in result.err


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_a_job_is_answered_once_and_kept(shell: Shell) -> None:
    """The second time the answer comes from the journal; ``--again`` pays again."""
    command = ("call", "find-email", *LEAD, "--simulate", "--speed", "600")
    first, second = shell.run(*command), shell.run(*command, "--json")
    again = shell.run(*command, "--again")
    submitted = shell.submits(f"{CALLS}.simulated.jsonl").total()
    outcome = json.loads(second.out)

    assert (first.code, second.code, again.code) == (0, 0, 0), first.err
    assert json.loads(first.out) == outcome["answer"]
    assert (outcome["status"], outcome["from_journal"], outcome["error"]) == ("completed", True, None)
    assert "find-email: completed, charge $0.05" in first.err
    assert "not sent again" in second.err
    assert submitted == 2


def test_a_job_without_an_answer_has_an_exit_code_of_its_own(shell: Shell) -> None:
    simulated = ("--simulate", "--speed", "600", "--fault", "job_failed=1")
    result = shell.run("call", "find-email", *LEAD, *simulated, "--json")

    assert result.code == 3, result.err
    assert json.loads(result.out)["status"] == "failed"


def test_a_cap_holds(shell: Shell) -> None:
    result = shell.run("call", "find-email", *LEAD, "--simulate", "--speed", "600", "--max-cost-cents", "1")

    assert result.code == 3, result.err
    assert "max-cost-cents" in result.err
    assert shell.submits(f"{CALLS}.simulated.jsonl").total() == 0


def test_a_live_call_that_may_cost_something_needs_a_yes(shell: Shell, service: Service) -> None:
    live, before = shell.with_environment(**service.exports), service.submits().total()
    job = live.run("call", "find-email", *LEAD, speed=SERVICE_SPEED)
    direct = live.run("call", "struct-builder", "--description", "a company", speed=SERVICE_SPEED)
    free = live.run("call", "check-balance", speed=SERVICE_SPEED)
    agreed = live.run("call", "find-email", *LEAD, "--yes", speed=SERVICE_SPEED)
    replayed = live.run("call", "find-email", *LEAD, speed=SERVICE_SPEED)

    assert [result.code for result in (job, direct, free, agreed, replayed)] == [2, 2, 0, 0, 0], agreed.err
    assert "1 job of find-email, about $0.05" in job.last
    assert "may cost credits" in direct.last
    assert service.submits().total() == before + 1
    assert agreed.out == replayed.out


def test_pages_are_printed_a_row_a_line(shell: Shell) -> None:
    filters = ("--simple-filters", 'country:={"$eq": "Germany"}')
    query = ("call", "search-query", *filters, "--mode", "company", "--page-size", "2")
    page = shell.run(*query, "--simulate")
    rows = shell.run(*query, "--all-pages", "--simulate")

    assert (page.code, rows.code) == (0, 0), rows.err
    assert len(json.loads(page.out)["results"]) == 2
    assert len([json.loads(line) for line in rows.out.splitlines()]) > 2
    assert shell.names() == set()


def test_operations_are_listed(shell: Shell) -> None:
    text, listed = shell.run("operations"), shell.run("operations", "--json")

    assert len(text.out.splitlines()) == len(REGISTRY)
    assert {each["operation"] for each in json.loads(listed.out)} == set(REGISTRY)


# --- a reader that leaves -------------------------------------------------------------------------------------------


CALL = "sixtyfour call find-email --lead name='Ada Lovelace' --lead company=Acme --simulate --speed 600"
PAGES = """--mode company --page-size 1 --simple-filters 'country:={"$eq": "Germany"}'"""


def piped(shell: Shell, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a pipeline; the exit code is that of its first command."""
    program = subprocess.list2cmdline(COMMAND)
    return subprocess.run(
        ["/bin/bash", "-c", command.replace("sixtyfour", program) + "; exit ${PIPESTATUS[0]}"],
        cwd=shell.folder,
        env={**ENVIRONMENT, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("command", "codes"),
    [
        (f"{CALL} --json | head -1", {0}),
        ("sixtyfour operations | head -1", {0, 1}),
        ("sixtyfour settings --all --json | head -1", {0, 1}),
        ("sixtyfour call find-email --help | head -1", {0, 1}),
        (f"sixtyfour call search-query {PAGES} --all-pages --simulate --speed 600 | head -1", {1}),
    ],
)
def test_a_reader_that_leaves_causes_no_traceback(shell: Shell, command: str, codes: set[int]) -> None:
    ended = piped(shell, command)

    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
    assert ended.returncode in codes, ended.stderr
    assert len(ended.stdout.splitlines()) == 1


def test_nothing_is_submitted_when_nobody_reads(shell: Shell, service: Service) -> None:
    """The reader has left before the command begins."""
    before = service.submits().total()
    leaves_first = "mkfifo gone; (: <gone) & exec 3>gone; wait; sixtyfour call find-email --lead name=Eve --yes >&3"
    ended = piped(shell, leaves_first, **service.exports)

    assert "standard output is closed; nothing was sent" in ended.stderr
    assert ended.returncode == 1
    assert service.submits().total() == before


def test_an_answer_that_cannot_be_printed_is_in_the_journal(shell: Shell) -> None:
    """``/dev/full`` takes nothing: exit code 4, and the same command prints the answer for nothing."""
    lost, found = piped(shell, f"{CALL} >/dev/full"), piped(shell, CALL)

    assert lost.returncode == 4, lost.stderr
    assert f"{CALLS} holds the answer: the same command prints it again" in lost.stderr
    assert found.returncode == 0
    assert "not sent again" in found.stderr
