"""``sixtyfour run``: its options, what is checked before anything is sent, and how the run is reported."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sixtyfour_async.cli.exit_codes import ExitCode, exit_with, one_line_errors
from sixtyfour_async.cli.service import Service, check_access, check_key, connect
from sixtyfour_async.errors import InputError

if TYPE_CHECKING:
    from sixtyfour_async.cli.enrichment import Enrichment
    from sixtyfour_async.cli.execution import RunResult
    from sixtyfour_async.cli.table_files import Output

MAX_PROBLEMS_SHOWN = 5
"""Rows that cannot be sent and are shown with their problem."""

RUNNER_OPTIONS = (
    "max_cost_cents",
    "max_cost_cents_per_run",
    "max_cost_cents_per_day",
    "max_cost_cents_per_month",
    "max_row_cents",
    "retry_failed",
    "on_unknown",
    "batching",
)
"""Options that the runner takes under the same name."""

CENTS = click.FloatRange(min=0, min_open=True)

EXAMPLE = """\b
Example:
  sixtyfour run company-intelligence companies.csv --tier low --limit 50 \\
      --field "headquarters=City of the head office" --field "employees:int=Head count"
"""


@click.command(epilog=EXAMPLE)
@click.argument("operation")
@click.argument("table", type=click.Path(path_type=Path))
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME[:TYPE]=TEXT",
    help="A field to find out, and its description; repeatable.",
)
@click.option(
    "--criterion", "criteria", multiple=True, metavar="NAME=TEXT", help="qa-agent: a criterion to judge by; repeatable."
)
@click.option("--tier", help="Depth of the research: micro, low (the service's default), medium or high.")
@click.option(
    "--mode", type=click.Choice(["PROFESSIONAL", "PERSONAL"]), help="find-email: the kind of address to find."
)
@click.option("--plan", "research_plan", help="Guidance for the research.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The output, in the format of its extension; - for standard output  [default: TABLE.enriched.csv]",
)
@click.option("--journal", type=click.Path(path_type=Path), help="The journal  [default: beside the output]")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Send the first N rows only.")
@click.option("--map", "renames", multiple=True, metavar="COLUMN=KEY", help="Send a column under this key; repeatable.")
@click.option("--skip", "skips", multiple=True, metavar="COLUMN", help="Do not send a column; repeatable.")
@click.option("--skip-bad-rows", is_flag=True, help="Continue without rows that cannot be sent; the output says why.")
@click.option(
    "--max-cost-cents",
    type=CENTS,
    metavar="CENTS",
    help="Spending cap, over all runs on the journal.",
)
@click.option("--max-cost-cents-per-run", type=CENTS, metavar="CENTS", help="Cap on this run, resumed or not.")
@click.option("--max-cost-cents-per-day", type=CENTS, metavar="CENTS", help="Cap on each day, UTC.")
@click.option("--max-cost-cents-per-month", type=CENTS, metavar="CENTS", help="Cap on each month, UTC.")
@click.option(
    "--max-row-cents",
    type=CENTS,
    metavar="CENTS",
    help="With a cap: the most that a row of unknown price may cost.",
)
@click.option(
    "--price",
    "prices",
    multiple=True,
    metavar="OPERATION[/TIER]=CENTS",
    help="The price of an answer, where you know it; repeatable.",
)
@click.option("--retry-failed", is_flag=True, help="Resubmit rows that failed at the service in an earlier run.")
@click.option(
    "--on-unknown",
    type=click.Choice(["park", "resubmit"]),
    default="park",
    show_default=True,
    help="Rows that an earlier run left unknown: park leaves them alone, resubmit sends them again and may pay twice.",
)
@click.option(
    "--batching",
    type=click.Choice(["auto", "single", "file"]),
    default="auto",
    show_default=True,
    help="auto lets find and reverse rows share submits, file sends research rows in files as well, single sends each "
    "row by itself.",
)
@click.option("--dry-run", is_flag=True, help="Forecast requests, duration and cost; send nothing.")
@click.option("--overwrite", is_flag=True, help="Replace an existing output that has no journal.")
@click.option("--format", metavar="FORMAT", help="Format of the table  [default: by its extension]")
@click.option("--sheet", metavar="SHEET", help="Excel: the sheet, by name or number  [default: the only one]")
@click.option("--encoding", help="CSV: encoding of the table  [default: UTF-8, or by its byte order mark]")
@click.option("--delimiter", help="CSV: delimiter of the table, a character or tab  [default: detected]")
@click.option("--out-format", metavar="FORMAT", help="Format of the output  [default: by its extension]")
@click.option(
    "--out-dialect",
    metavar="DIALECT",
    help="CSV: plain, excel, excel-semicolon, tab, or a delimiter  [default: the table's]",
)
@click.option("--simulate", is_flag=True, help="Use the built-in simulator: no key, no cost.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    metavar="FACTOR",
    help="With --simulate: multiple of real time  [default: 60]",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=PROBABILITY",
    help="With --simulate: inject a fault, such as lost_answer=0.05; repeatable.",
)
@one_line_errors
def run(operation: str, table: Path, **options: Any) -> None:
    """Run OPERATION on every row of TABLE.

    TABLE is CSV, TSV, NDJSON, JSON (a list of objects), Excel (.xlsx) or Parquet; text also with .gz; - is standard
    input. OPERATION is one of company-intelligence, people-intelligence, find-email, find-phone, reverse-email,
    reverse-phone, qa-agent, research-agent. Columns are sent under the keys that the service knows; the mapping is
    printed first. The output keeps every input row and column, and adds the answer, status, error, cost_cents,
    confidence and matched_by. To resume, run the same command again: answered rows are never sent again.
    """
    from sixtyfour_async.cli.enrichment import by_name, parse_number
    from sixtyfour_async.cli.table_files import Output, default_journal, default_output

    out: Path = options["out"] or default_output(table)
    journal: Path = options["journal"] or default_journal(out)
    if options["speed"] and not options["simulate"]:
        raise InputError("--speed is for the simulator", remedy="add --simulate, or leave it out")
    if options["faults"] and not options["simulate"]:
        raise InputError("--fault is for the simulator", remedy="add --simulate, or leave it out")
    if not options["simulate"]:
        check_key()
    enrichment = read_enrichment(operation, table, options)
    output = Output.of(out, format=options["out_format"], dialect=options["out_dialect"], source=enrichment.table)
    check_files(table, output, journal, overwrite=options["overwrite"])
    output.check(columns=len(enrichment.columns), rows=enrichment.table.rows)
    check_rows(enrichment, skip_bad_rows=options["skip_bad_rows"])
    settings = {name: options[name] for name in RUNNER_OPTIONS}
    settings["prices"] = by_name("--price", (parse_number("--price", text) for text in options["prices"]))
    speed, faults = options["speed"] or 60.0, options["faults"]
    with connect(simulate=options["simulate"], speed=speed, journal=journal, faults=faults) as service:
        if options["dry_run"]:
            print_plan(enrichment, service, journal=journal, **settings)
        else:
            run_enrichment(enrichment, service, output=output, journal=journal, **settings)


def read_enrichment(operation: str, path: Path, options: dict[str, Any]) -> Enrichment:
    """Read the table, build the question, and print which column is sent under which key.

    Raises:
        InputError: The table, an option or their combination is wrong.
    """
    from sixtyfour_async.cli.enrichment import TABLE_OPERATIONS, Enrichment, Question, by_name, parse_field, parse_pair
    from sixtyfour_async.cli.formatting import row_count
    from sixtyfour_async.cli.table_files import STANDARD, read_table

    if operation not in TABLE_OPERATIONS:
        raise InputError(f"unknown operation {operation!r}", remedy=f"use one of {', '.join(TABLE_OPERATIONS)}")
    question = Question(
        operation,
        by_name("--field", (parse_field(text) for text in options["fields"])),
        by_name("--criterion", (parse_pair("--criterion", text) for text in options["criteria"])),
        {name: options[name] for name in ("tier", "mode", "research_plan") if options.get(name)},
    )
    question.check()
    table = read_table(path, options)
    enrichment = Enrichment.of(
        table,
        question,
        skip=options["skips"],
        rename=by_name("--map", (parse_pair("--map", text) for text in options["renames"])),
        limit=options["limit"],
    )
    name = "standard input" if path == STANDARD else path
    click.echo(f"{name}: {row_count(table.rows)}; running {operation} on {enrichment.rows:,}", err=True)
    for note in table.notes:
        click.echo(f"  {note}", err=True)
    for line in enrichment.mapping.lines():
        click.echo(f"  {line}", err=True)
    for line in enrichment.renamed_columns():
        click.echo(f"  {line}", err=True)
    return enrichment


def check_files(table: Path, output: Output, journal: Path, *, overwrite: bool) -> None:
    """Check that no file is overwritten by accident.

    An output beside its journal may be replaced: the journal has all of it.

    Raises:
        InputError: A file exists already, or is named twice.
    """
    from sixtyfour_async.cli.table_files import STANDARD

    out = output.path
    named = {"the table": table, "--out": out, "--journal": journal}
    files = {name: file for name, file in named.items() if file != STANDARD}
    for name, file in files.items():
        same = [other for other, path in files.items() if other != name and _is_same_file(path, file)]
        if same:
            raise InputError(f"{name} and {same[0]} are the same file, {file}", remedy="choose another name")
    if not output.is_standard and out.exists() and not journal.exists() and not overwrite:
        raise InputError(
            f"{out} exists already, and there is no journal {journal} to rebuild it from",
            remedy="choose another --out, name its --journal, or add --overwrite",
        )


def _is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths lead to one file, by symbolic or hard links as well."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


def check_rows(enrichment: Enrichment, *, skip_bad_rows: bool) -> None:
    """Print the rows that cannot be sent, before any row is sent.

    Raises:
        InputError: There are such rows, and they are not to be skipped; or there are no others.
    """
    from sixtyfour_async.cli.formatting import row_count

    problems = list(enrichment.problems())
    if not problems:
        return
    for problem in problems[:MAX_PROBLEMS_SHOWN]:
        click.echo(f"  {problem}", err=True)
    rest = f"; the first {MAX_PROBLEMS_SHOWN} are above" if len(problems) > MAX_PROBLEMS_SHOWN else ""
    text = f"{len(problems):,} of {row_count(enrichment.rows)} cannot be sent{rest}"
    if len(problems) == enrichment.rows:
        raise InputError(f"{text}; nothing was sent")
    if not skip_bad_rows:
        remedy = "correct them, or add --skip-bad-rows to continue without them"
        raise InputError(f"{text}; nothing was sent", remedy=remedy)
    click.echo(f"  {text}; continuing without them", err=True)


def print_plan(enrichment: Enrichment, service: Service, *, journal: Path, **settings: Any) -> None:
    """Print what a run would take; only the journal is read, and it is not created."""
    import anyio

    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async._journal.journal_file import refusal
    from sixtyfour_async._journal.maintenance import verdict_on
    from sixtyfour_async._journal.wholeness import Verdict
    from sixtyfour_async.cli import execution
    from sixtyfour_async.cli.summary import plan_lines

    existing = journal if journal.exists() else None

    async def forecast() -> list[str]:
        async with AsyncClient(**service.client_options) as client:
            return plan_lines(await execution.plan(enrichment, client, journal=existing, **settings))

    verdict = Verdict() if existing is None else verdict_on(existing)
    if verdict.kind == "doubt":
        click.echo(refusal(journal, verdict), err=True)
    click.echo("\n".join(anyio.run(forecast)))


def run_enrichment(
    enrichment: Enrichment,
    service: Service,
    *,
    output: Output,
    journal: Path,
    compare: Callable[[Path], list[str]] = lambda _out: [],
    **settings: Any,
) -> None:
    """Run an enrichment with live progress, write its output, and exit with the code for its end.

    Args:
        enrichment: What to ask about each row.
        service: The service to ask.
        output: Where the output goes.
        journal: The journal's path.
        compare: Returns further lines for the summary, given the output's path.
        settings: Passed to `JobRunner`.
    """
    import anyio

    from sixtyfour_async._client.client import AsyncClient
    from sixtyfour_async.cli.execution import execute
    from sixtyfour_async.cli.progress import Progress

    async def connect_and_execute(progress: Progress) -> RunResult:
        async with AsyncClient(**service.client_options) as client:
            await check_access(client)
            return await execute(
                enrichment,
                client,
                journal=journal,
                service=service.name,
                on_progress=progress.show,
                on_message=progress.print,
                **settings,
            )

    with Progress(enrichment.rows, speed=service.speed) as progress:
        result = anyio.run(connect_and_execute, progress)
    finish(enrichment, result, output=output, journal=journal, speed=service.speed, compare=compare)


def finish(
    enrichment: Enrichment,
    result: RunResult,
    *,
    output: Output,
    journal: Path,
    speed: float,
    compare: Callable[[Path], list[str]],
) -> None:
    """Write the output, print the summary, and exit with the code for the run's end."""
    from sixtyfour_async.cli.execution import write_output
    from sixtyfour_async.cli.summary import resume_lines, summary_lines

    # --fresh would delete what there is to resume.
    command = shlex.join(["sixtyfour", *(word for word in sys.argv[1:] if word != "--fresh")])
    if result.ending == "detached":
        click.echo("\n".join(["left at once; no output was written", *resume_lines(result, command)]), err=True)
        sys.exit(ExitCode.INTERRUPTED)
    if result.error is not None and result.nothing_accepted:
        exit_with(f"{result.error}; nothing was accepted or billed, no output was written", ExitCode.REFUSED)
    try:
        counts = write_output(enrichment, journal, output)
    except BrokenPipeError:
        exit_with(f"standard output was closed before it was written; {journal} has the answers", ExitCode.REFUSED)
    lines = summary_lines(
        result, counts, out=output.path, journal=journal, speed=speed, comparison=compare(output.path)
    )
    click.echo("\n".join(lines), err=output.is_standard)
    if result.ending != "finished":
        click.echo("\n" + "\n".join(resume_lines(result, command)), err=True)
    if result.error is not None:
        exit_with(str(result.error), ExitCode.REFUSED)
    if result.ending == "drained":
        sys.exit(ExitCode.INTERRUPTED)
    if counts.statuses.get("completed", 0) < enrichment.rows:
        sys.exit(ExitCode.INCOMPLETE)
