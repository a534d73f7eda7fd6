"""What a service or a file says reaches the terminal as text only."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import APIError, CompanyIntelligence, InputError, JobFailedError, JobRunner, ServerError
from sixtyfour_async.cli import formatting
from sixtyfour_async.cli.exit_codes import ExitCode, exit_with
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.journal_commands import export
from sixtyfour_async.errors.printable import printable
from tests.cli.terminals import on_a_terminal
from tests.client.network import scripted

ATTACKS = {
    "colour": "\x1b[31mred",
    "title": "\x1b]0;owned\x07",
    "link": "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "clipboard": "\x1b]52;c;cm0gLXJmIH4=\x07",
    "a C1 introducer": "\x9b31mred",
    "overwriting": "answered\rfailed  ",
    "backspaces": "paid\b\b\b\bfree",
    "another direction": "\u202egnp.exe",
    "isolates": "\u2066abc\u2069",
    "bell": "\x07",
    "delete": "a\x7f",
    "a lone surrogate": "\ud83d",
    "a separator": "one\u2028two",
}


def is_harmless(text: str) -> bool:
    return all(character.isprintable() or character in "\n\t" for character in text)


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_everything_that_is_printed_is_text(attack: str, capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a row: {attack}")
    with pytest.raises(SystemExit):
        exit_with(attack, ExitCode.REFUSED)
    out, err = capsys.readouterr()

    assert is_harmless(out)
    assert is_harmless(err)
    assert out.startswith("a row: ")


def test_nothing_is_printed_past_the_one_function() -> None:
    folder = Path(formatting.__file__).parent
    past = {path.name for path in folder.glob("*.py") if "click.echo(" in path.read_text("utf-8")}

    assert past == {"formatting.py"}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_errors_are_text_wherever_they_are_shown(attack: str) -> None:
    """The message itself keeps what came."""
    errors = [
        APIError(attack, status=400, errors=[(attack, attack)], request_id=attack, operation=attack),
        ServerError(attack, status=500),
        InputError(attack, remedy=attack),
        JobFailedError(attack, job_id=attack),
    ]

    assert all(is_harmless(str(error)) for error in errors)
    assert [error.message for error in errors] == [attack] * len(errors)


@pytest.mark.parametrize("text", ["Zürich, 東京, 🧑‍🚀, naïve", "line\n\tindented", "C:\\x1b", "שלום"])
def test_ordinary_text_is_printed_as_it_is(text: str) -> None:
    assert printable(text) == text


@given(st.text())
def test_json_stays_json_of_the_same_value(text: str) -> None:
    dumped = json.dumps({"why": text.replace("\ud800", "")}, ensure_ascii=False)

    assert json.loads(printable(dumped.encode("utf-8", "replace").decode())) == json.loads(
        dumped.encode("utf-8", "replace").decode()
    )


@pytest.mark.anyio
async def test_a_log_shows_an_error_of_the_service_as_text(caplog: pytest.LogCaptureFixture) -> None:
    import httpx  # noqa: PLC0415 (only here)

    caplog.set_level(logging.DEBUG)
    async with scripted(lambda _: httpx.Response(500, json={"detail": "\x1b]0;owned\x07"}), retries=1) as (client, _):
        with pytest.raises(ServerError):
            await client.account.check_balance()

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("sixtyfour_async")]
    assert any("owned" in text for text in ours)
    assert all(is_harmless(text) for text in ours)


@pytest.mark.anyio
async def test_a_table_on_the_terminal_is_text_and_elsewhere_as_it_came(tmp_path: Path) -> None:
    """What an answer says reaches a file byte for byte."""
    import httpx  # noqa: PLC0415 (only here)

    found = {"status": "completed", "result": {"structured_data": {"hq": "".join(ATTACKS.values())}}}

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=json.dumps({"task_id": "j1"} if request.method == "POST" else found))

    async with scripted(reply) as (client, _), JobRunner(client, journal=tmp_path / "run.db") as runner:
        await runner.run(CompanyIntelligence(target_company={"company_name": "Acme"}, struct={"hq": "Head office"}))
    with on_a_terminal(["export", "run.db", "--out", "-"], tmp_path, {}) as terminal:
        code, screen = terminal.finish()
    piped = CliRunner().invoke(export, [str(tmp_path / "run.db"), "--out", "-"])

    assert (code, piped.exit_code) == (0, 0), screen
    assert is_harmless(screen.replace("\r\n", "\n"))
    assert r"\u001b]0;owned\u0007" in screen
    assert "\x1b]0;owned\x07" in piped.stdout
