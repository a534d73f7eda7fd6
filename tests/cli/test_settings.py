"""Settings: a flag goes before the environment, that before ``.env``; what is shown is what is used."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click
import pytest

import sixtyfour_async
from sixtyfour_async.cli.commands import cli
from sixtyfour_async.cli.settings_table import APART, flags_of, settings_of, variable_of
from tests.cli.conftest import SERVICE_SPEED, Service, Shell
from tests.cli.settings_page import page
from tests.cli.terminals import on_a_terminal
from tests.runner.questions import KNOWN

RUN = ("run", "company-intelligence", "in.csv", "--field", "a=b")


def shown(shell: Shell, *command: str, **variables: str) -> dict[str, tuple[str, str]]:
    """Return setting → value and source, as ``settings --json`` lists them."""
    result = shell.with_environment(**variables).run("settings", "--json", *command)
    assert result.code == 0, result.err
    found: list[dict[str, Any]] = json.loads(result.out)["settings"]
    return {each["setting"]: (each["value"], each["source"]) for each in found}


def write(shell: Shell, text: str | bytes, name: str = ".env") -> None:
    (shell.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())


# --- where a value comes from ---------------------------------------------------------------------------------------


def test_a_flag_goes_before_the_environment_and_that_before_the_file(shell: Shell) -> None:
    write(shell, "SIXTYFOUR_TIER=low\nSIXTYFOUR_LIMIT=3\nSIXTYFOUR_DRAIN=4\n")
    found = shown(shell, *RUN, "--tier", "high", SIXTYFOUR_TIER="medium", SIXTYFOUR_LIMIT="5")

    assert found["--tier"] == ("high", "flag")
    assert found["--limit"] == ("5", "environment")
    assert found["--drain"] == ("4.0", ".env")


def test_a_flag_that_equals_the_default_wins(shell: Shell) -> None:
    found = shown(shell, *RUN, "--batching", "auto", SIXTYFOUR_BATCHING="single")

    assert found["--batching"] == ("auto", "flag")


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_blank_variable_is_not_set(shell: Shell, blank: str) -> None:
    write(shell, "SIXTYFOUR_TIER=low\nSIXTYFOUR_LIMIT=\n")

    assert shown(shell, *RUN, SIXTYFOUR_TIER=blank)["--tier"] == ("low", ".env")
    assert "--limit" not in shown(shell, *RUN, SIXTYFOUR_LIMIT=blank)


def test_folders_above_are_not_searched(shell: Shell) -> None:
    write(shell, "SIXTYFOUR_TIER=low\n")
    below = Shell(shell.folder / "below", shell.forks)
    below.folder.mkdir()

    assert shown(below) == {}


def test_several_values_stand_on_lines_of_their_own(shell: Shell) -> None:
    write(shell, b'SIXTYFOUR_SKIP="Company: name\r\nno, really"\r\n')
    found = shown(shell, "run", "company-intelligence", "in.csv", SIXTYFOUR_FIELD="a=b c\nd=e,f")

    assert found["--skip"] == ("Company: name, no, really", ".env")
    assert found["--field"] == ("a=b c, d=e,f", "environment")


def test_the_value_that_is_shown_is_the_value_that_is_used(shell: Shell) -> None:
    shell.table(rows=2)
    field = "headquarters=Where the head office is"
    write(shell, f"\ufeffexport SIXTYFOUR_FIELD='{field}' # the city\r\nSIXTYFOUR_LIMIT=1\r\n")
    result = shell.run("run", "company-intelligence", "in.csv", "--simulate", "--speed", "600")

    assert result.code == 0, result.err
    assert shown(shell)["--field"] == (field, ".env")
    assert shell.rows()[0]["headquarters"] == KNOWN[0].headquarters
    assert shell.submits().total() == 1


def test_a_key_of_the_file_is_used(shell: Shell, exports: dict[str, str]) -> None:
    """A byte order mark does not cost the first name."""
    write(shell, b"\xef\xbb\xbf" + "\r\n".join(f'{name}="{value}"' for name, value in exports.items()).encode())
    result = shell.run("balance", speed=SERVICE_SPEED)

    assert result.code == 0, result.err
    assert result.out.endswith(" credits\n")


def test_a_line_that_cannot_be_read_stops_before_anything_is_sent(shell: Shell) -> None:
    write(shell, "A=b\nSIXTYFOUR_TIER='low\n")
    result = shell.run("balance", "--simulate")

    assert (result.code, result.out) == (2, "")
    assert result.last.startswith("sixtyfour: .env line 2: SIXTYFOUR_TIER is not NAME=value")
    assert shell.run("run", "--help").code == 0


def test_a_yes_is_not_taken_from_a_file(shell: Shell, exports: dict[str, str]) -> None:
    write(shell, "SIXTYFOUR_YES=1\nSIXTYFOUR_PRICE=0.01\nSIXTYFOUR_OVERWRITE=1\nHTTPS_PROXY=http://evil.example\n")
    live = shell.with_environment(**exports)
    result = live.run("call", "struct-builder", "--description", "a company", speed=SERVICE_SPEED)
    said = live.run("settings")

    assert result.code == 2
    assert "no terminal to ask on" in result.last
    for name in ("SIXTYFOUR_YES", "SIXTYFOUR_PRICE"):
        assert f"{name} is not read: a yes, and the price in a plan, are given by a flag or by the environ" in said.err
    assert "HTTPS_PROXY is not read" in said.err


def test_a_misspelt_variable_is_named(shell: Shell) -> None:
    result = shell.with_environment(SIXTYFOUR_TEIR="low").run("settings")

    assert "SIXTYFOUR_TEIR is not read: did you mean SIXTYFOUR_TIER?" in result.err


# --- secrets --------------------------------------------------------------------------------------------------------


def test_a_key_as_an_argument_works_with_one_warning(shell: Shell, exports: dict[str, str]) -> None:
    endpoint = {"SIXTYFOUR_API_ENDPOINT": exports["SIXTYFOUR_API_ENDPOINT"]}
    result = shell.with_environment(**endpoint).run("balance", "--api-key", exports["SIXTYFOUR_API_KEY"])

    assert result.code == 0, result.err
    assert result.err.count("can be read by everybody") == 1
    assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("source", ["file", "environment", "beside"])
def test_a_key_from_a_file_works_without_a_warning(shell: Shell, exports: dict[str, str], source: str) -> None:
    """Named by a flag it goes before the environment, named by the environment behind it."""
    write(shell, f"\ufeff{exports['SIXTYFOUR_API_KEY']}\r\n", "key.txt")
    endpoint = {"SIXTYFOUR_API_ENDPOINT": exports["SIXTYFOUR_API_ENDPOINT"]}
    variables, flags = {
        "file": ({"SIXTYFOUR_API_KEY": "sk_wrong"}, ("--api-key-file", "key.txt")),
        "environment": ({"SIXTYFOUR_API_KEY_FILE": "key.txt"}, ()),
        "beside": ({"SIXTYFOUR_API_KEY_FILE": "none", "SIXTYFOUR_API_KEY": exports["SIXTYFOUR_API_KEY"]}, ()),
    }[source]
    result = shell.with_environment(**endpoint, **variables).run("balance", *flags)

    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("where", ["flag", "equals", "environment", "file"])
@pytest.mark.parametrize("command", [("settings",), ("settings", "run"), ("settings", "--json", "balance")])
def test_no_secret_is_shown(shell: Shell, command: tuple[str, ...], where: str) -> None:
    password, key = "p4ssw0rd", "sk_very_secret"
    url = f"postgresql://me:{password}@db.example/jobs"
    variables = {"SIXTYFOUR_API_KEY": key, "SIXTYFOUR_JOURNAL": url} if where == "environment" else {}
    if where == "file":
        write(shell, f"SIXTYFOUR_API_KEY={key}\nSIXTYFOUR_JOURNAL={url}\n")
    flags = {"flag": ("--api-key", key), "equals": (f"--api-key={key}",)}.get(where, ()) if len(command) > 1 else ()
    result = shell.with_environment(**variables).run(*command, *flags)

    assert result.code == 0, result.err
    assert key not in result.out + result.err
    assert password not in result.out + result.err
    assert "--api-key" in result.out or where in {"flag", "equals"}


def test_no_help_shows_a_value_of_the_environment(shell: Shell) -> None:
    live = shell.with_environment(SIXTYFOUR_API_KEY="sk_very_secret", SIXTYFOUR_JOURNAL="postgresql://u:pw1234@h/d")
    for command in ("run", "search", "balance"):
        printed = live.run(command, "--help").out

        assert "sk_very_secret" not in printed
        assert "pw1234" not in printed


# --- addresses that a folder names ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "flag"),
    [
        ("SIXTYFOUR_API_ENDPOINT={url}", "--api-endpoint"),
        ("SIXTYFOUR_WEBHOOK_URL=https://evil.example/x\nSIXTYFOUR_LISTEN=127.0.0.1:0", "--webhook-url"),
        ("SIXTYFOUR_JOURNAL=postgresql://evil.example/jobs", "--journal"),
    ],
)
@pytest.mark.parametrize("more", [(), ("--yes",)])
def test_an_address_of_the_folder_stops_a_script(
    shell: Shell, service: Service, setting: str, flag: str, more: tuple[str, ...]
) -> None:
    """The key is the person's own: nothing is sent where a stranger's file says, whatever --yes agrees to."""
    shell.table()
    write(shell, setting.format(url=service.exports["SIXTYFOUR_API_ENDPOINT"]))
    before = service.submits()
    live = shell.with_environment(SIXTYFOUR_API_KEY=service.exports["SIXTYFOUR_API_KEY"])
    result = live.run(*RUN, *more, speed=SERVICE_SPEED)

    assert (result.code, result.out) == (2, "")
    assert f".env in this folder sets {flag} " in result.last
    assert "nothing was sent" in result.last
    assert service.submits() == before
    assert shell.names() == {".env", "in.csv"}


def test_a_key_file_that_the_folder_names_is_no_key_of_the_folder(shell: Shell, service: Service) -> None:
    """Or a stranger could have any file of the person sent to any address."""
    write(shell, "the person's own", "id_rsa")
    write(shell, f"SIXTYFOUR_API_KEY_FILE=id_rsa\nSIXTYFOUR_API_ENDPOINT={service.exports['SIXTYFOUR_API_ENDPOINT']}\n")

    assert shell.run("balance").code == 2
    assert "nothing was sent" in shell.run("balance").last


def test_a_key_of_the_folder_does_not_cover_the_person_s_own(shell: Shell, exports: dict[str, str]) -> None:
    """A file with both would have the key of a flag sent to its address."""
    write(shell, f"SIXTYFOUR_API_KEY=sk_theirs\nSIXTYFOUR_API_ENDPOINT={exports['SIXTYFOUR_API_ENDPOINT']}\n")
    write(shell, "sk_own", "key.txt")
    for flags in (("--api-key", "sk_own"), ("--api-key-file", "key.txt")):
        result = shell.run("balance", *flags)

        assert (result.code, result.out) == (2, "")
        assert "the key is not from there; nothing was sent" in result.last


@pytest.mark.parametrize("agreed", ["flag", "environment", "same file", "vendor", "simulate"])
def test_an_address_that_the_person_names_is_not_asked_about(
    shell: Shell, exports: dict[str, str], agreed: str
) -> None:
    url, key = exports["SIXTYFOUR_API_ENDPOINT"], exports["SIXTYFOUR_API_KEY"]
    own_key = {"SIXTYFOUR_API_KEY": key}
    text, variables, flags = {
        "flag": (f"SIXTYFOUR_API_ENDPOINT={url}", own_key, ("--api-endpoint", url)),
        "environment": ("SIXTYFOUR_API_ENDPOINT=http://evil.example", {**own_key, "SIXTYFOUR_API_ENDPOINT": url}, ()),
        "same file": (f"SIXTYFOUR_API_KEY={key}\nSIXTYFOUR_API_ENDPOINT={url}", {}, ()),
        "vendor": ("SIXTYFOUR_API_ENDPOINT=https://api.sixtyfour.ai", own_key, ("--api-endpoint", url)),
        "simulate": ("SIXTYFOUR_API_ENDPOINT=http://evil.example", own_key, ("--simulate",)),
    }[agreed]
    write(shell, text)
    result = shell.with_environment(**variables).run("balance", *flags)

    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_a_person_is_asked(shell: Shell, exports: dict[str, str], answer: str, code: int) -> None:
    write(shell, f"SIXTYFOUR_API_ENDPOINT={exports['SIXTYFOUR_API_ENDPOINT']}\n")
    variables = {"SIXTYFOUR_API_KEY": exports["SIXTYFOUR_API_KEY"]}
    with on_a_terminal(["balance"], shell.folder, variables) as terminal:
        terminal.read_until("use it? [y/N] ")
        os.write(terminal.main, f"{answer}\n".encode())
        ended, screen = terminal.finish()

    assert ended == code
    assert exports["SIXTYFOUR_API_ENDPOINT"] in screen
    assert ("credits" in screen) == (code == 0)


# --- the table ------------------------------------------------------------------------------------------------------


def values_of(option: click.Option) -> str:
    """Return what an option takes."""
    return repr(option.type) if isinstance(option.type, click.Choice) else type(option.type).__name__


def test_every_flag_has_a_variable_of_one_meaning() -> None:
    """Flags that share a variable take the same values, so that it can be set for all of them at once."""
    kinds: dict[str, set[tuple[str, bool]]] = {}
    for path, option in flags_of(cli):
        assert option.envvar == variable_of(path, option)
        kinds.setdefault(variable_of(path, option), set()).add((values_of(option), option.is_flag))
    several = {variable: found for variable, found in kinds.items() if len(found) > 1}

    assert several == {}
    assert all(isinstance(command, click.Command) for command in cli.commands.values())
    assert set(cli.commands) >= APART - {"report", "guide"}


def test_the_guide_lists_every_setting() -> None:
    path = Path(sixtyfour_async.__file__).parent / "guide" / "settings.md"

    assert path.read_text("utf-8") == page(), "python -m tests.cli.settings_page writes it"
    assert all(f"`{setting.variable}`" in page() for setting in settings_of(cli))
