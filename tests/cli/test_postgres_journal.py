"""``--journal postgresql://…``: every command that takes a journal takes one in a database."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import psycopg
import pytest

from tests.cli.conftest import HEADQUARTERS, CommandResult, Shell
from tests.cli.test_listen import ANY_PORT, listening, post, stopped
from tests.postgres_server import Server
from tests.webhooks.deliveries import FINISHED, SECRET

PASSWORD = "p@ss:/?#%25 é"
ROWS = 6


def said(result: CommandResult) -> str:
    return result.out + result.err


def run(url: str, *options: str) -> tuple[str, ...]:
    question = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--journal", url)
    return (*question, "--simulate", "--speed", "600", *options)


def test_a_run_is_resumed_exported_and_copied_by_its_url(shell: Shell, postgres_url: str) -> None:
    """As with a file; what is copied to a file and back is not sent again."""
    shell.table(rows=ROWS)
    first = shell.run(*run(postgres_url, "--limit", "4"))
    rest = shell.run(*run(postgres_url))
    copied = shell.run("journal", "copy", postgres_url, "copy.db")
    compared = shell.run("journal", "compare", postgres_url, "copy.db")
    refused = shell.run("journal", "copy", postgres_url, "copy.db")
    reports = [json.loads(shell.run("report", place, "--json").out) for place in (postgres_url, "copy.db")]
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DELETE FROM sixtyfour_jobs")
    back = shell.run("journal", "copy", "copy.db", postgres_url)
    again = shell.run(*run(postgres_url, "--dry-run"))
    status = shell.run("status", postgres_url)
    exported = shell.run("export", postgres_url, "--out", "export.csv")

    assert (first.code, rest.code, copied.code, back.code, again.code, status.code, exported.code) == (0,) * 7
    assert len(shell.rows()) == ROWS
    assert f"{ROWS} rows copied from {postgres_url} to copy.db; go on with copy.db only" in copied.out
    assert f"in both, with the same answer{ROWS:>21}" in compared.out
    assert "copy.db exists already" in refused.err
    assert f"{ROWS} rows: 0 to send; {ROWS} answered" in again.out
    assert "service    simulator" in status.out
    assert [report["states"] for report in reports] == [{"completed": ROWS, "reused": 4}] * 2
    assert reports[0] | {"journal": "copy.db"} == reports[1]
    assert [row["status"] for row in shell.rows("export.csv")] == ["completed"] * ROWS


def test_deliveries_are_received_into_a_database(shell: Shell, postgres_url: str) -> None:
    signed = shell.with_environment(SIXTYFOUR_WEBHOOK_SECRET=SECRET)
    with listening(signed, "--listen", ANY_PORT, journal=postgres_url) as (address, child):
        answer = post(address, FINISHED)
        _, last = stopped(child)
    kept = shell.run("journal", "deliveries", postgres_url)

    assert answer == 204
    assert "0 rows ended, 1 kept" in last
    assert "job_1" in kept.out


def test_rows_are_forgotten_by_their_key(shell: Shell, postgres_url: str) -> None:
    """The question and the answer go, and the cost stays."""
    shell.table(rows=2)
    shell.run(*run(postgres_url))
    shell.run("export", postgres_url, "--out", "export.csv")
    key = shell.rows("export.csv")[0]["key"]

    forgotten, missing = (shell.run("forget", postgres_url, "--key", key) for _ in range(2))

    assert f"1 row erased from {postgres_url}" in forgotten.out
    assert f"no row has the key '{key}'" in missing.err
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM sixtyfour_jobs").fetchall() == [(1,)]


def test_a_database_is_made_ready_and_checked(shell: Shell, postgres_server: Server) -> None:
    """``init`` twice does no harm; ``check`` before it says that there is none."""
    name = postgres_server.create_database()
    url = postgres_server.url(name)
    none, created, there, checked = (
        shell.run("journal", *words) for words in (("check", url), ("init", url), ("init", url), ("check", url))
    )
    adopted = shell.run("journal", "adopt", url)
    postgres_server.drop_database(name)

    assert (none.code, created.code, there.code, checked.code) == (1, 0, 0, 0)
    assert f"there is no journal {url}" in none.err
    assert f"{url} created" in created.out
    assert "was there already" in there.out
    assert f"{url}: schema 2, PostgreSQL 18" in checked.out
    assert "whole      yes" in checked.out
    assert "there is nothing to decide" in adopted.out


def test_a_run_says_that_it_waits_for_rows_of_a_process_that_is_not_heard_of(shell: Shell, postgres_url: str) -> None:
    """It goes on with them when that one has lost them."""
    shell.table(rows=2)
    shell.run(*run(postgres_url))
    with psycopg.connect(postgres_url) as connection:
        connection.execute("INSERT INTO sixtyfour_runners VALUES (9999, clock_timestamp() + interval '10 seconds')")
        connection.execute("UPDATE sixtyfour_jobs SET state = 'accepted', answer = NULL, owner = 9999")
    with shell.start(*run(postgres_url)) as child:
        assert child.stderr is not None
        line = next(line for line in child.stderr if "waiting" in line)
        with psycopg.connect(postgres_url) as connection:
            connection.execute("DELETE FROM sixtyfour_runners WHERE number = 9999")
            connection.execute("UPDATE sixtyfour_jobs SET owner = NULL, version = version + 1 WHERE owner = 9999")
        child.communicate(timeout=50)

    assert re.fullmatch(
        r"waiting for [12] rows? under way in another process, last heard of at ..:..:..; "
        r"if it is not heard of again, this one goes on with them soon after ..:..:..\n",
        line,
    )
    assert child.returncode == 0
    assert [row["status"] for row in shell.rows()] == ["completed"] * 2


def test_a_journal_in_doubt_is_shown_and_adopted(shell: Shell, postgres_url: str) -> None:
    """A run on it submits nothing."""
    shell.table(rows=2)
    shell.run(*run(postgres_url, "--limit", "1"))
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE sixtyfour_journal SET commits = 1, intents = 0")
    checked, refused, status = (
        shell.run(*words) for words in (("journal", "check", postgres_url), run(postgres_url), ("status", postgres_url))
    )
    adopted, after = shell.run("journal", "adopt", postgres_url), shell.run(*run(postgres_url))

    assert (checked.code, refused.code, status.code, adopted.code, after.code) == (1, 1, 0, 0, 0)
    assert "no: it is older than it was" in checked.out
    assert "1 row that may have been sent and paid between" in checked.out
    assert f"sixtyfour journal adopt {postgres_url}" in refused.err
    assert "this journal is older than it was" in status.out
    assert f"{postgres_url} adopted" in adopted.out


def test_a_password_on_the_command_line_is_warned_of_once_and_never_repeated(
    shell: Shell, postgres_server: Server
) -> None:
    """In the environment it works without a word."""
    name = postgres_server.create_database()
    role = f"clerk_of_{name}"
    postgres_server.run(
        f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}' IN ROLE with_password",
        f"ALTER DATABASE {name} OWNER TO {role}",
    )
    plain = postgres_server.url(name, user=role)
    url = plain.replace(role + "@", f"{role}:{quote(PASSWORD, safe='')}@")
    shell.table(rows=2)
    warned = [
        shell.run(*words)
        for words in (
            run(url),
            run(url, "--dry-run"),
            ("status", url),
            ("status", url, "--json"),
            ("journal", "check", url),
            ("journal", "init", url),
            ("export", url, "--out", "-"),
            ("status", url + "x"),
        )
    ]
    quiet = shell.with_environment(PGPASSWORD=PASSWORD).run("status", plain)
    wrong = shell.run("status", plain)
    raw = shell.run("status", plain.replace(role + "@", f"{role}:{PASSWORD}@"))
    postgres_server.drop_database(name)
    postgres_server.run(f"DROP ROLE {role}")

    assert [result.code for result in warned] == [0] * 7 + [1]
    for result in warned:
        assert result.err.count("the password in the journal's URL can be read by everybody on this machine") == 1
    for result in (*warned, quiet, wrong, raw):
        assert not any(PASSWORD[at : at + 4] in said(result) for at in range(len(PASSWORD) - 3))
        assert quote(PASSWORD, safe="")[:6] not in said(result)
    assert (quiet.code, quiet.err) == (0, "")
    assert wrong.err.startswith(f"sixtyfour: journal {plain}: ")
    assert wrong.err.count("\n") == 1
    assert raw.code == 2
    assert "percent-encode what is special in its password" in raw.err


@pytest.mark.parametrize("words", [("journal", "backup"), ("journal", "init")])
def test_commands_for_the_other_kind_say_so(shell: Shell, postgres_url: str, words: tuple[str, ...]) -> None:
    """``backup`` is for files, ``init`` for databases."""
    given = (postgres_url, "copy.db") if "backup" in words else ("run.db",)

    assert shell.run(*words, *given).code in {1, 2}


def test_a_command_to_go_on_has_no_password(shell: Shell, postgres_url: str) -> None:
    """The command that is printed to resume an interrupted run is the one that was given, without it."""
    url = postgres_url.replace("postgres@", "postgres:secret-word@")
    shell.table(rows=40)
    result = shell.run(*run(url, "--drain", "0"))

    assert "secret-word" not in said(result)
