"""A live run begins with a plan and a yes to it, once; without a terminal, with ``--yes``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from sixtyfour_async._journal.schema import reading
from tests.cli.conftest import COMMAND, ENVIRONMENT, HEADQUARTERS, SERVICE_SPEED, Service, Shell
from tests.cli.terminals import SECONDS, Terminal, on_a_terminal
from tests.runner.questions import KNOWN

JOURNAL = "in.enriched.journal.db"
RUN = ("run", "company-intelligence", "in.csv", *HEADQUARTERS)
FOUNDED = ("--field", "founded:int=Year of founding")
PRICE = ("--price", "company-intelligence=10")


@dataclass(frozen=True, slots=True)
class Live:
    """Live runs in a folder, against the server that tests share."""

    shell: Shell
    service: Service

    def run(self, *options: str, code: int = 0) -> str:
        """Run without a terminal; return what was printed."""
        result = self.shell.with_environment(**self.service.exports).run(*RUN, *options, speed=SERVICE_SPEED)
        assert result.code == code, result.err
        return result.err + result.out

    @contextmanager
    def terminal(
        self, *options: str, stdin: int | None = None, stderr: int | None = None, command: tuple[str, ...] = RUN
    ) -> Generator[Terminal, None, None]:
        """Run on a terminal, but for the streams that are elsewhere."""
        with on_a_terminal([*command, *options], self.shell.folder, self.service.exports, stdin, stderr) as made:
            yield made

    def answered(self, text: str, *options: str) -> tuple[int, str]:
        """Run on a terminal, answer the question, and return exit code and screen."""
        with self.terminal(*options) as terminal:
            terminal.read_until("[y/N] ")
            os.write(terminal.main, text.encode())
            return terminal.finish()

    def table(self, *rows: int) -> None:
        lines = [f"{KNOWN[row].company_name},{KNOWN[row].website},9" for row in rows]
        (self.shell.folder / "in.csv").write_text("\n".join(["company_name,website,Salary", *lines]) + "\n", "utf-8")

    @property
    def jobs(self) -> int:
        return self.service.submits().total()


@pytest.fixture
def live(shell: Shell, service: Service) -> Live:
    made = Live(shell, service)
    made.table(0, 1, 2)
    return made


def test_without_a_terminal_and_without_yes_nothing_is_sent(live: Live) -> None:
    """The plan is shown, with what is sent, what is not, and what is not known; the last line says what to add."""
    before = live.jobs
    printed = live.run(code=2)

    assert "3 rows: 3 to send" in printed
    assert "sent               company_name, website" in printed
    assert "not sent           Salary   --send COLUMN sends one of them, --send-all all" in printed
    assert "price not known: company-intelligence (3 rows); give it with --price company-intelligence=CENTS" in printed
    assert printed.splitlines()[-1].endswith("no terminal to ask on; nothing was sent: add --yes")
    assert live.jobs == before
    assert live.shell.names() == {"in.csv"}


@pytest.mark.parametrize("text", ["n\n", "\n", "yes please\n", "\x04"])
def test_anything_but_a_yes_sends_nothing(live: Live, text: str) -> None:
    before = live.jobs
    code, screen = live.answered(text, *PRICE)

    assert code == 2
    assert "send 3 rows, about $0.30? [y/N]" in screen
    assert "no yes was given; nothing was sent" in screen
    assert live.jobs == before
    assert live.shell.names() == {"in.csv"}


def test_an_interrupt_at_the_question_sends_nothing(live: Live) -> None:
    before = live.jobs
    with live.terminal() as terminal:
        terminal.read_until("[y/N] ")
        terminal.child.send_signal(signal.SIGINT)
        code, screen = terminal.finish()

    assert (code, live.jobs) == (130, before)
    assert "interrupted; nothing was sent" in screen
    assert "Traceback" not in screen


def test_a_yes_is_kept_and_covers_no_more_than_it_was_given_for(live: Live) -> None:
    """Not asked again: to resume, for fewer rows, for a sorted table. Asked again: more rows, more fields, columns."""
    before = live.jobs
    code, screen = live.answered("y\n", *PRICE, "--limit", "3")
    assert (code, live.jobs - before) == (0, 3), screen
    for rows in ((2, 0, 1), (1,)):
        live.table(*rows)
        live.run(*PRICE)
    live.table(0, 1, 2, 3)
    assert "no terminal" in live.run(*PRICE, code=2)
    live.table(0, 1, 2)
    for more in (FOUNDED, ("--send", "Salary"), ("--tier", "medium")):
        assert "no terminal" in live.run(*PRICE, *more, code=2)
    assert live.jobs - before == 3
    live.table(0, 1, 2, 3)
    code, screen = live.answered("yes\n", *FOUNDED)
    assert (code, live.jobs - before) == (0, 7), screen
    assert "founded: 3 rows lack only this" in screen
    assert "headquarters, founded: 1 row\r\n" in screen
    assert "this journal was charged up to 10 cents a row" in screen


def test_a_run_that_is_resumed_is_not_asked_about_again(live: Live) -> None:
    """Killed after the yes, with rows to go."""
    live.table(*range(40))
    before = live.jobs
    with live.terminal(*PRICE) as terminal:
        terminal.read_until("[y/N] ")
        os.write(terminal.main, b"y\n")
        while live.jobs - before < 5:
            assert terminal.child.poll() is None
            time.sleep(0.01)
    resumed = live.shell.with_environment(**live.service.exports).run(*RUN, *PRICE, speed=SERVICE_SPEED)

    assert resumed.code in {0, 3}, "3 when the kill left a submit in transit, which parks a row"
    assert "a live run needs a yes" not in resumed.err
    assert live.jobs - before <= 40


def test_the_question_finds_the_terminal_when_the_screen_is_a_pipe(live: Live) -> None:
    """``sixtyfour run … 2>&1 | head -3``: the answer comes from the keyboard, the run outlives its reader."""
    before = live.jobs
    reader, writer = os.pipe()
    with live.terminal(*PRICE, stderr=writer) as terminal:
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            pipe.readline()
        terminal.read_until("[y/N] ")
        os.write(terminal.main, b"y\n")
        code, _ = terminal.finish()

    assert code == 0
    assert live.jobs - before == 3
    assert [row["status"] for row in live.shell.rows()] == ["completed"] * 3


def test_the_question_finds_the_keyboard_when_the_table_comes_from_standard_input(live: Live) -> None:
    before = live.jobs
    with (live.shell.folder / "in.csv").open("rb") as table:
        command = ("run", "company-intelligence", "-", *HEADQUARTERS, "--out", "o.csv")
        with live.terminal(*PRICE, stdin=table.fileno(), command=command) as terminal:
            terminal.read_until("[y/N] ")
            os.write(terminal.main, b"y\n")
            code, screen = terminal.finish()

    assert (code, live.jobs - before) == (0, 3), screen
    assert len(live.shell.rows("o.csv")) == 3


@pytest.mark.parametrize(
    "closed",
    [
        *("2>&1 | head -1", "0<&- >&- 2>&-"),
        *(pytest.param(closed, marks=pytest.mark.soak) for closed in (">&-", "2>&-")),
    ],
)
def test_a_run_outlives_those_who_read_it(shell: Shell, closed: str) -> None:
    """And its exit code is right: here 3, for a row that names nobody."""
    shell.table(text="company_name,website\n3M,www.3m.com\nn.a.,\n1&1,www.1und1.ag\n")
    command = "-m sixtyfour_async run company-intelligence in.csv --field hq='Head office' --simulate --speed 300"
    script = f"{{ {COMMAND[0]} {command} --skip-bad-rows; echo $? >code; }} {closed}"
    subprocess.run(["/bin/sh", "-c", script], cwd=shell.folder, env=ENVIRONMENT, check=False, capture_output=True)

    assert (shell.folder / "code").read_text("utf-8").strip() == "3"
    assert [row["status"] for row in shell.rows()] == ["completed", "rejected", "completed"]


def test_a_dry_run_needs_no_key_and_obeys_the_rules_of_the_run(shell: Shell) -> None:
    """It sends nothing, also not to ask whether the key is valid, and leaves no file."""
    shell.table(rows=2)
    unreachable = shell.with_environment(SIXTYFOUR_API_ENDPOINT="http://127.0.0.1:9")
    plan = unreachable.run(*RUN, "--dry-run")
    (shell.folder / "in.enriched.csv").write_text("precious", "utf-8")
    refused = unreachable.run(*RUN, "--dry-run")

    assert plan.code == 0, plan.err
    assert "2 rows: 2 to send" in plan.out
    assert plan.out.endswith("nothing was sent\n")
    assert (refused.code, "in.enriched.csv exists already" in refused.last) == (2, True)
    assert shell.names() == {"in.csv", "in.enriched.csv"}


def test_a_sample_is_its_own_yes_and_prices_the_rest(live: Live) -> None:
    """Its answers are kept; it stops after it, and the next sample takes the next rows."""
    live.table(*range(6))
    before = live.jobs
    printed = live.run("--sample", "2")
    assert live.jobs - before == 2
    assert "the rest:" in printed
    assert "6 rows: 4 to send; 2 answered or parked in the journal" in printed
    assert "cost                  $0.40   this journal was charged up to 10 cents a row" in printed
    assert [row["status"] for row in live.shell.rows()] == ["completed"] * 2 + ["not asked"] * 4
    live.run("--sample", "1")
    assert live.jobs - before == 3
    assert "no terminal" in live.run(code=2), "the rest was not agreed to"
    live.run("--sample", "1", "--yes")
    assert live.jobs - before == 6
    live.run()
    assert live.jobs - before == 6


def test_a_simulated_run_is_not_asked_about_and_samples_too(shell: Shell) -> None:
    shell.table(rows=4)
    command = (*RUN, "--simulate", "--speed", "600")
    sample = shell.run(*command, "--sample", "3")
    rest = shell.run(*command)

    assert (sample.code, rest.code) == (0, 0), sample.err + rest.err
    assert "4 rows: 1 to send; 3 answered or parked in the journal" in sample.out
    assert set(shell.submits().values()) == {1}


def test_an_output_that_cannot_be_written_after_all_has_a_code_of_its_own(shell: Shell) -> None:
    """The journal has everything, and the same command writes it."""
    shell.table(rows=30)
    command = (*RUN, "--simulate", "--speed", "60", "--out", "o/out.csv", "--journal", "j.db")
    folder = shell.folder / "o"
    folder.mkdir()
    with shell.start(*command) as child:
        while shell.submits("j.db.simulated.jsonl").total() < 1:
            assert child.poll() is None
        folder.rmdir()
        _, error = child.communicate(timeout=SECONDS)
    folder.mkdir()
    again = shell.run(*command)

    assert child.returncode == 4, error
    assert "j.db holds everything" in error.splitlines()[-1]
    assert again.code == 0, again.err
    assert set(shell.submits("j.db.simulated.jsonl").values()) == {1}
    assert len(shell.rows("o/out.csv")) == 30


def test_the_table_may_come_from_standard_input(shell: Shell, service: Service) -> None:
    """Then standard input is no keyboard; without a terminal the run stops."""
    done = subprocess.run(
        [*COMMAND, "run", "company-intelligence", "-", *HEADQUARTERS, "--out", "o.csv"],
        input=b"company_name\n3M\n",
        capture_output=True,
        cwd=shell.folder,
        env={**ENVIRONMENT, **service.exports},
        start_new_session=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert b"no terminal" in done.stderr
    assert not Path(shell.folder / "o.journal.db").exists()


def test_what_was_agreed_to_stands_in_the_journal(live: Live) -> None:
    live.run("--yes", *PRICE)
    with reading(live.shell.folder / JOURNAL) as reader:
        agreed = json.loads(reader.note("agreement") or "{}")

    assert agreed["columns"] == {"company_name": "company_name", "website": "website"}
    assert (agreed["jobs"], agreed["cost_cents"], list(agreed["fields"])) == (3, 30.0, ["headquarters"])


def test_a_new_yes_begins_a_new_run_for_the_cap_on_a_run(live: Live) -> None:
    """Under a cap of two rows a run: two, none more to resume it, and two more with another yes."""
    before = live.jobs
    cap = (*PRICE, "--max-cost-cents-per-run", "20", "--yes")
    live.run(*cap, code=1)
    assert live.jobs - before == 2
    live.run(*cap, code=1)
    assert live.jobs - before == 2
    live.table(0, 1, 2, 3, 4)
    live.run(*cap, code=1)
    assert live.jobs - before == 4


def test_a_journal_in_doubt_is_not_asked_about(live: Live) -> None:
    """Nothing is submitted on its word, so there is nothing to agree to: the doubt is what is reported."""
    before = live.jobs
    journal = live.shell.folder / JOURNAL
    live.run("--yes", *PRICE)
    older = journal.read_bytes()
    live.table(0, 1, 2, 3)
    live.run("--yes", *PRICE)
    journal.write_bytes(older)
    printed = live.run(code=1)
    plan = live.run("--dry-run")

    assert live.jobs - before == 4
    assert "needs a yes" not in printed
    assert "journal adopt" in printed
    assert "journal adopt" in plan
