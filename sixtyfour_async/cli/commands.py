"""``sixtyfour demo``, ``sixtyfour run``, ``sixtyfour simulate``; what is done with a journal is in `journals`."""

from __future__ import annotations

import logging
import os
import shlex
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sixtyfour_async.cli import journal_commands
from sixtyfour_async.cli.exit_codes import INCOMPLETE, INTERRUPTED, REFUSED, WRONG, leave, one_line_errors
from sixtyfour_async.errors import ConfigurationError, InputError, SixtyfourError

if TYPE_CHECKING:
    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async.cli.enrichment import Sheet

BAD_ROWS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Service:
    """Whom to ask: arguments of `AsyncClient`, and what a journal is bound to."""

    client: dict[str, Any]
    name: str
    speed: float = 1.0


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sixtyfour_async")
def cli() -> None:
    """Research people and companies in bulk: one budget, one journal, no row paid twice."""
    logging.getLogger().addHandler(logging.NullHandler())  # what matters is said in one line, not logged as well


for command in (journal_commands.status, journal_commands.export, journal_commands.forget):
    cli.add_command(command)


# --- run ------------------------------------------------------------------------------------------------------------


EXAMPLE = """\b
Example:
  sixtyfour run company-intelligence companies.csv --tier low --limit 50 \\
      --field "headquarters=City of the head office" --field "employees:int=Head count"
"""


@cli.command(epilog=EXAMPLE)
@click.argument("operation")
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--field", "fields", multiple=True, metavar="NAME[:TYPE]=TEXT", help="A field to find out; repeatable.")
@click.option("--criterion", "criteria", multiple=True, metavar="NAME=TEXT", help="qa-agent: what to judge by.")
@click.option("--tier", help="micro, low (the service's default), medium, high: how deep to dig.")
@click.option("--mode", type=click.Choice(["PROFESSIONAL", "PERSONAL"]), help="find-email: which address to find.")
@click.option("--plan", "research_plan", help="Guidance on how to research.")
@click.option("--out", type=click.Path(path_type=Path), help="The output [default: TABLE.enriched.csv].")
@click.option("--journal", type=click.Path(path_type=Path), help="The journal [default: beside the output].")
@click.option("--limit", type=click.IntRange(min=1), help="Ask about the first rows only.")
@click.option("--map", "renames", multiple=True, metavar="COLUMN=KEY", help="Send a column under this key.")
@click.option("--skip", "skips", multiple=True, metavar="COLUMN", help="Do not send a column.")
@click.option("--skip-bad-rows", is_flag=True, help="Go on without rows that cannot be asked; the output names them.")
@click.option("--max-cost-cents", type=click.FloatRange(min=0, min_open=True), help="The most this may cost, ever.")
@click.option("--max-row-cents", type=click.FloatRange(min=0, min_open=True), help="What an unknown price counts as.")
@click.option(
    "--price", "prices", multiple=True, metavar="OPERATION[/TIER]=CENTS", help="A price you know; repeatable."
)
@click.option("--retry-failed", is_flag=True, help="Ask again what failed over there in an earlier run.")
@click.option(
    "--on-unknown",
    type=click.Choice(["park", "resubmit"]),
    default="park",
    show_default=True,
    help="Rows an earlier run left unknown: leave them alone, or ask again and perhaps pay twice.",
)
@click.option(
    "--batching",
    type=click.Choice(["auto", "single", "file"]),
    default="auto",
    show_default=True,
    help="How rows travel: leads share submits; each row alone; research in files, too.",
)
@click.option("--dry-run", is_flag=True, help="Say what this would take, and send nothing.")
@click.option("--overwrite", is_flag=True, help="Replace an output that no journal accounts for.")
@click.option("--encoding", help="The table's encoding [default: UTF-8].")
@click.option("--delimiter", help="The table's delimiter [default: found out].")
@click.option("--simulate", is_flag=True, help="Ask the simulator: no key, no cost.")
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), help="With --simulate: times real [default: 60].")
@one_line_errors
def run(operation: str, table: Path, **options: Any) -> None:
    """Ask OPERATION about every row of TABLE, a CSV file.

    OPERATION is one of company-intelligence, people-intelligence, find-email, find-phone, reverse-email,
    reverse-phone, qa-agent, research-agent. Columns become the subject's keys; how is shown first. The output has
    every input row and column, plus the answer, status, error, cost_cents and confidence. Run the same command again
    to resume: what is answered is never asked again.
    """
    out: Path = options["out"] or table.with_name(f"{table.stem}.enriched.csv")
    journal: Path = options["journal"] or out.with_name(f"{out.stem}.journal.db")
    if options["speed"] and not options["simulate"]:
        raise InputError("--speed is for the simulator", remedy="add --simulate, or leave it out")
    if not options["simulate"]:
        check_key()
    sheet = plan_sheet(operation, table, options)
    check_places(table, out, journal, overwrite=options["overwrite"])
    check_rows(sheet, skip_bad_rows=options["skip_bad_rows"])
    settings = {
        name: options[name] for name in ("max_cost_cents", "max_row_cents", "retry_failed", "on_unknown", "batching")
    }
    settings["prices"] = dict(parse_number("--price", text) for text in options["prices"])
    with service(simulate=options["simulate"], speed=options["speed"] or 60.0, journal=journal) as whom:
        if options["dry_run"]:
            foresee(sheet, whom, journal=journal, **settings)
        else:
            carry_out(sheet, whom, out=out, journal=journal, **settings)


def foresee(sheet: Sheet, whom: Service, *, journal: Path, **settings: Any) -> None:
    """Print what a run would take."""
    import anyio

    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async.cli import execution
    from sixtyfour_async.cli.summary import foreseen

    kept = journal if journal.exists() else None

    async def ask() -> list[str]:
        async with AsyncClient(**whom.client) as client:
            return foreseen(await execution.foresee(sheet, client, journal=kept, **settings))

    click.echo("\n".join(anyio.run(ask)))


def check_key() -> None:
    """Say what is missing for the live service."""
    if not os.environ.get("SIXTYFOUR_API_KEY", "").strip():
        raise ConfigurationError(
            "no API key: set SIXTYFOUR_API_KEY (keys are issued at app.sixtyfour.ai/keys), or add --simulate, which "
            "needs none"
        )


def plan_sheet(operation: str, path: Path, options: dict[str, Any]) -> Sheet:
    """Read the table and the question, and show which column is sent as what."""
    from sixtyfour_async.cli.enrichment import KINDS, Question, Sheet, parse_field, parse_pair
    from sixtyfour_async.cli.summary import rows
    from sixtyfour_async.tables import Table

    if operation not in KINDS:
        raise InputError(f"unknown operation {operation!r}", remedy=f"one of {', '.join(KINDS)}")
    chosen = {name: options[name] for name in ("tier", "mode", "research_plan") if options.get(name)}
    question = Question(
        operation,
        dict(parse_field(text) for text in options["fields"]),
        dict(parse_pair("--criterion", text) for text in options["criteria"]),
        chosen,
    )
    question.check()
    table = Table.open(path, encoding=options["encoding"], delimiter=options["delimiter"])
    sheet = Sheet.plan(
        table,
        question,
        skip=options["skips"],
        rename=dict(parse_pair("--map", text) for text in options["renames"]),
        limit=options["limit"],
    )
    click.echo(f"{path}: {rows(table.rows)}, asking {operation} about {sheet.rows:,}", err=True)
    for line in sheet.subjects.lines():
        click.echo(f"  {line}", err=True)
    renamed = [
        f"{wanted} goes to column {added}"
        for wanted, added in zip(sheet.question.added_columns, sheet.added, strict=True)
        if wanted != added
    ]
    for line in renamed:
        click.echo(f"  {line}: the input has one of that name", err=True)
    return sheet


def check_places(table: Path, out: Path, journal: Path, *, overwrite: bool) -> None:
    """Make sure that what is about to be paid for can be written, and that nothing is written over."""
    from sixtyfour_async.tables import check_writable

    places = {"the table": table, "--out": out, "--journal": journal}
    for name, place in places.items():
        twins = [other for other, path in places.items() if other != name and path.resolve() == place.resolve()]
        if twins:
            raise InputError(f"{name} and {twins[0]} are the same file, {place}", remedy="choose another name")
    check_writable(out)
    if out.exists() and not journal.exists() and not overwrite:
        raise InputError(
            f"{out} exists already, and there is no journal {journal} that accounts for it",
            remedy="choose another --out, name its --journal, or add --overwrite",
        )


def check_rows(sheet: Sheet, *, skip_bad_rows: bool) -> None:
    """Name the rows that cannot be asked, before anything is sent."""
    from sixtyfour_async.cli.summary import rows

    bad = list(sheet.problems())
    if not bad:
        return
    for problem in bad[:BAD_ROWS_SHOWN]:
        click.echo(f"  {problem}", err=True)
    rest = f"; the first {BAD_ROWS_SHOWN} are above" if len(bad) > BAD_ROWS_SHOWN else ""
    text = f"{len(bad):,} of {rows(sheet.rows)} cannot be asked{rest}"
    if len(bad) == sheet.rows:
        raise InputError(f"{text}; nothing was sent")
    if not skip_bad_rows:
        raise InputError(f"{text}; nothing was sent", remedy="mend them, or add --skip-bad-rows to go on without them")
    click.echo(f"  {text}; going on without them", err=True)


@contextmanager
def service(*, simulate: bool, speed: float, journal: Path) -> Generator[Service]:
    """Reach the live service, or start a simulator that remembers its jobs beside the journal."""
    if not simulate:
        from sixtyfour_async._client.client import AsyncClient

        yield Service({}, AsyncClient().base_url)
        return
    from sixtyfour_async.simulator import DEFAULT_KEY, SimulatorSettings
    from sixtyfour_async.simulator.serving.process import simulator_process

    state = journal.with_name(f"{journal.name}.simulated.jsonl")
    if not journal.exists():
        state.unlink(missing_ok=True)
    try:
        with simulator_process(SimulatorSettings(speed=speed, state=state)) as url:
            yield Service({"api_key": DEFAULT_KEY, "base_url": url, "speed": speed}, "simulator", speed)
    except RuntimeError as error:
        leave(str(error), WRONG)


async def check_service(client: AsyncClient) -> None:
    """Ask for the balance, which is free: a wrong key or no connection shows before anything is sent.

    Whatever else this route answers is no reason not to try.
    """
    from sixtyfour_async.errors import AuthenticationError, ConnectError

    try:
        await client.account.check_balance()
    except (AuthenticationError, ConnectError):
        raise
    except SixtyfourError:
        return


def carry_out(
    sheet: Sheet,
    whom: Service,
    *,
    out: Path,
    journal: Path,
    proof: Callable[[Path], list[str]] = lambda _out: [],
    **settings: Any,
) -> None:
    """Ask about every row with live progress, write the output, print the summary, and exit with the right code."""
    import anyio

    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async.cli.execution import Run, enrich, write_output
    from sixtyfour_async.cli.progress import Progress
    from sixtyfour_async.cli.summary import how_to_go_on, summary

    async def ask(progress: Progress) -> Run:
        async with AsyncClient(**whom.client) as client:
            await check_service(client)
            return await enrich(
                sheet,
                client,
                journal=journal,
                service=whom.name,
                watch=progress.show,
                say=progress.say,
                **settings,
            )

    with Progress(sheet.rows, speed=whom.speed) as progress:
        done = anyio.run(ask, progress)
    command = shlex.join(["sixtyfour", *(word for word in sys.argv[1:] if word != "--fresh")])
    if done.ending == "left":
        click.echo("\n".join(["left at once; no output was written", *how_to_go_on(done, command)]), err=True)
        sys.exit(INTERRUPTED)
    if done.error is not None and done.took_nothing:
        leave(f"{done.error}; nothing was asked or paid, no output was written", REFUSED)
    counts = write_output(sheet, journal, out)
    told = summary(done, counts, out=out, journal=journal, speed=whom.speed, proof=proof(out))
    click.echo("\n".join(told))
    if done.ending != "finished":
        click.echo("\n" + "\n".join(how_to_go_on(done, command)), err=True)
    if done.error is not None:
        leave(str(done.error), REFUSED)
    if done.ending == "drained":
        sys.exit(INTERRUPTED)
    if counts.statuses.get("completed", 0) < sheet.rows:
        sys.exit(INCOMPLETE)


# --- demo -----------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=8.0, show_default=True)
@click.option("--fresh", is_flag=True, help="Forget an earlier demo in this folder and start again.")
@one_line_errors
def demo(speed: float, *, fresh: bool) -> None:
    """Enrich 1,510 real companies on the built-in simulator: no key, no cost, about a minute.

    Writes companies.enriched.csv, its journal and the simulator's memory into this folder. Stop it with Ctrl-C, or
    kill it, and run it again: it goes on where it was.
    """
    from sixtyfour_async.cli.demo import compare, packaged_sheet

    out, journal = Path("companies.enriched.csv"), Path("companies.enriched.journal.db")
    if fresh:
        for path in (out, journal, *Path().glob(f"{journal.name}[-.]*")):
            path.unlink(missing_ok=True)
    elif journal.exists():
        click.echo("going on with the demo of this folder (--fresh starts again)", err=True)
    with packaged_sheet() as sheet, service(simulate=True, speed=speed, journal=journal) as whom:
        check_places(sheet.table.path, out, journal, overwrite=False)
        click.echo(
            f"asking company-intelligence (tier low) about {sheet.rows:,} listed companies on a simulated service, "
            f"{speed:g} times faster than real time",
            err=True,
        )
        carry_out(sheet, whom, out=out, journal=journal, proof=compare)


# --- simulate -------------------------------------------------------------------------------------------------------


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=6464, show_default=True)
@click.option("--speed", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--window", type=click.Choice(["fixed", "sliding", "bucket"]), default="fixed", show_default=True)
@click.option("--retry-after", type=click.Choice(["none", "seconds", "date"]), default="none", show_default=True)
@click.option("--runtimes", type=click.Choice(["documented", "measured"]), default="documented", show_default=True)
@click.option("--balance", "balance_credits", type=float, default=1_000_000.0, show_default=True, help="In credits.")
@click.option("--limit", type=click.IntRange(min=1), default=500, show_default=True, help="Requests a minute.")
@click.option("--enable-tier", "tiers", multiple=True, help="Another tier to allow, such as high; repeatable.")
@click.option("--fault", "faults", multiple=True, metavar="NAME=CHANCE", help="Such as reset=0.01; repeatable.")
@click.option("--state", type=click.Path(path_type=Path), help="Remember jobs in this file over a restart.")
@one_line_errors
def simulate(host: str, port: int, tiers: tuple[str, ...], faults: tuple[str, ...], **settings: Any) -> None:
    """Serve the simulator alone, for the vendor's scripts, other clients, and tests.

    Every time it speaks of is simulated: at --speed 60 a job of a minute takes a second, and so does the minute of the
    rate limit.
    """
    from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
    from sixtyfour_async.simulator.serving.server import run as serve

    def announce(url: str) -> None:
        click.echo(f"export SIXTYFOUR_API_ENDPOINT={url}\nexport SIXTYFOUR_API_KEY={DEFAULT_KEY}")
        click.echo(f"simulating at {settings['speed']:g} times real speed; Ctrl-C ends it", err=True)

    try:
        chances = dict(parse_number("--fault", text) for text in faults)
        enabled = tuple(dict.fromkeys((*SimulatorSettings().enabled_tiers, *tiers)))
        chosen = SimulatorSettings(**settings, faults=chances, enabled_tiers=enabled)
        serve(Simulator(chosen), host, port, announce)
    except ValueError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        leave(error.strerror or str(error), WRONG)


def parse_number(option: str, text: str) -> tuple[str, float]:
    """Read ``name=0.01`` of an option such as ``--fault``."""
    from sixtyfour_async.cli.enrichment import parse_pair

    name, number = parse_pair(option, text)
    try:
        return name, float(number)
    except ValueError as error:
        raise InputError(f"{option} {text!r}: {number!r} is not a number") from error
