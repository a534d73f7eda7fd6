"""``sixtyfour run``: its options, and what is checked before anything is sent."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sixtyfour_async.cli.credentials import credentials
from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.formatting import row_count, say
from sixtyfour_async.cli.journal_place import journal_place
from sixtyfour_async.cli.service import check_key, connect
from sixtyfour_async.cli.shared_options import (
    DEFAULT_SPEED,
    DRAIN,
    MONEY,
    RUNNER_OPTIONS,
    SIMULATOR,
    check_simulator_options,
    with_options,
)
from sixtyfour_async.errors import InputError

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place
    from sixtyfour_async.cli.enrichment import Enrichment
    from sixtyfour_async.cli.journal_notes import JournalNotes
    from sixtyfour_async.cli.table_files import Output
    from sixtyfour_async.questions.question import Question

MAX_PROBLEMS_SHOWN = 5
"""Rows that cannot be sent and are shown with their problem."""

EXAMPLE = """\b
Example:
  sixtyfour run company-intelligence companies.csv --tier low --limit 50 \\
      --field "headquarters=City of the head office" --field "employees:int=Head count"
"""


@click.command(epilog=EXAMPLE)
@click.argument("operation")
@click.argument("table", type=FilePath())
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
    type=FilePath(),
    help="The output, in the format of its extension; - for standard output  [default: TABLE.enriched.csv]",
)
@click.option(
    "--journal",
    type=journal_place,
    help="The journal: a file, or postgresql://HOST/DATABASE for several machines  [default: beside the output]",
)
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Send the first N rows only.")
@click.option("--map", "renames", multiple=True, metavar="COLUMN=KEY", help="Send a column under this key; repeatable.")
@click.option("--skip", "skips", multiple=True, metavar="COLUMN", help="Do not send a column; repeatable.")
@click.option(
    "--send",
    "sends",
    multiple=True,
    metavar="COLUMN",
    help="Send a column that the service has no name for; repeatable.",
)
@click.option("--send-all", is_flag=True, help="Send all such columns, but those that an earlier output added.")
@click.option("--only-empty", metavar="COLUMN", help="Leave out rows that have a value in this column already.")
@click.option("--skip-bad-rows", is_flag=True, help="Continue without rows that cannot be sent; the output says why.")
@with_options(*MONEY)
@click.option(
    "--batching",
    type=click.Choice(["auto", "single", "file"]),
    default="auto",
    show_default=True,
    help="auto lets find and reverse rows share submits, file sends research rows in files as well, single sends each "
    "row by itself.",
)
@DRAIN
@click.option("--webhook-url", metavar="URL", help="Public URL at which answers are received instead of polled for.")
@click.option("--listen", metavar="HOST:PORT", help="With --webhook-url: where to receive them, for the whole run.")
@click.option("--dry-run", is_flag=True, help="Show the plan of a run, and send nothing; needs no key.")
@click.option("--yes", is_flag=True, help="Agree to the plan of a live run without being asked, as scripts have to.")
@click.option(
    "--sample",
    type=click.IntRange(min=1),
    metavar="N",
    help="Ask the first N rows that have no answer yet, show the plan for the rest, and stop there without --yes.",
)
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
@with_options(*SIMULATOR)
@credentials
@one_line_errors
def run(operation: str, table: Path, **options: Any) -> None:
    """Run OPERATION on every row of TABLE.

    TABLE is CSV, TSV, NDJSON, JSON (a list of objects), Excel (.xlsx) or Parquet; text also with .gz; - is standard
    input. OPERATION is one of company-intelligence, people-intelligence, find-email, find-phone, reverse-email,
    reverse-phone, qa-agent, research-agent. Columns that the service has names for are sent, others when --send names
    them; for qa-agent and research-agent all are. The mapping is printed first, then the plan of a live run, which
    needs a yes, once. The output keeps every input row and column, and adds the answer, status, error, cost_cents,
    confidence and matched_by. Run the same command again to resume, or when the table has changed: what was answered is
    never sent again, and a --field that was added is asked by itself.
    """
    from sixtyfour_async.cli.draining import Draining
    from sixtyfour_async.cli.journal_notes import JournalNotes
    from sixtyfour_async.cli.option_values import parse_prices
    from sixtyfour_async.cli.run_steps import Run
    from sixtyfour_async.cli.table_files import STANDARD, Output, default_journal, default_output

    out: Path = options["out"] or default_output(table)
    journal: Place = options["journal"] or default_journal(out)
    check_simulator_options(options)
    check_webhooks(options["webhook_url"], options["listen"])
    question = read_question(operation, options)
    prices = parse_prices(options["prices"])
    notes = JournalNotes.read(journal)
    enrichment = read_enrichment(question, table, notes, options)
    output = Output.of(out, format=options["out_format"], dialect=options["out_dialect"], source=enrichment.table)
    draining = Draining.of(options["drain"], to_stdout=output.is_standard)
    check_files(table, output, journal, overwrite=options["overwrite"])
    output.check(columns=len(enrichment.columns), rows=enrichment.table.rows)
    check_rows(enrichment, skip_bad_rows=options["skip_bad_rows"])
    settings = {name: options[name] for name in (*RUNNER_OPTIONS, "batching", "webhook_url")}
    settings["prices"] = prices
    if not (options["simulate"] or options["dry_run"]):
        check_key()  # what was typed is checked first
    speed, faults = options["speed"] or DEFAULT_SPEED, options["faults"]
    with connect(simulate=options["simulate"], speed=speed, journal=journal, faults=faults) as service:
        reads_stdin, listen = table == STANDARD, options["listen"]
        run = Run(enrichment, service, notes, output, settings, draining, table_on_stdin=reads_stdin, listen=listen)
        if options["dry_run"]:
            run.show_plan()
        else:
            asks = not options["simulate"] and not options["yes"]
            run.start(asks=asks, sample=options["sample"], stops_after_sample=not options["yes"])


def check_webhooks(url: str | None, listen: str | None) -> None:
    """Check the options for webhooks before anything is sent.

    Raises:
        InputError: One is given without the other, or is malformed.
    """
    from sixtyfour_async.cli.listening import parse_address
    from sixtyfour_async.errors import ConfigurationError
    from sixtyfour_async.webhooks.urls import delivery_url

    if bool(url) != bool(listen):
        raise InputError(
            "--webhook-url and --listen belong together",
            remedy="say where answers are sent and where they are received",
        )
    if url and listen:
        parse_address(listen)
        try:
            delivery_url(url)
        except ConfigurationError as error:
            raise InputError(f"--webhook-url: {str(error).removeprefix('webhook_url ')}") from error


def read_enrichment(question: Question, path: Path, notes: JournalNotes, options: dict[str, Any]) -> Enrichment:
    """Read the table, and print which column is sent under which key.

    Raises:
        InputError: The table, an option or their combination is wrong.
    """
    from sixtyfour_async.cli.enrichment import Enrichment
    from sixtyfour_async.cli.option_values import by_name, parse_pair
    from sixtyfour_async.cli.table_files import STANDARD, read_table

    table = read_table(path, options)
    enrichment = Enrichment.of(
        table,
        question,
        limit=options["limit"],
        only_empty=options["only_empty"],
        rename=by_name("--map", (parse_pair("--map", text) for text in options["renames"])),
        skip=options["skips"],
        send=options["sends"],
        send_all=options["send_all"],
        kept=notes.columns,
    )
    name = "standard input" if path == STANDARD else path
    say(f"{name}: {row_count(table.rows)}; running {question.kind} on {enrichment.rows:,}", err=True)
    for line in (*table.notes, *kept_columns(enrichment, notes), *enrichment.mapping.lines()):
        say(f"  {line}", err=True)
    for line in enrichment.renamed_columns():
        say(f"  {line}", err=True)
    return enrichment


def read_question(operation: str, options: dict[str, Any]) -> Question:
    """Build the question from the options.

    Raises:
        InputError: They do not fit each other or the operation.
    """
    from sixtyfour_async.cli.enrichment import FLAGS
    from sixtyfour_async.cli.option_values import by_name, parse_field, parse_pair
    from sixtyfour_async.questions.question import Question, check_parts

    fields = by_name("--field", (parse_field("--field", text) for text in options["fields"]))
    criteria = by_name("--criterion", (parse_pair("--criterion", text) for text in options["criteria"]))
    chosen = {name: options[name] for name in FLAGS.options if options.get(name)}
    check_parts(operation, fields, criteria, chosen, FLAGS)
    try:
        return Question(operation, fields, criteria=criteria, options=chosen)
    except InputError as error:
        raise InputError(f"{FLAGS.name_of(error.field)} {error.reason}", remedy=error.remedy) from error


def kept_columns(enrichment: Enrichment, notes: JournalNotes) -> list[str]:
    """Return a line when the columns of a journal of version 0.1 are kept, and one when some of them are gone."""
    lines: list[str] = []
    if notes.began_before:
        lines.append(f"{notes.path} is of version 0.1, which sent all columns: they are still sent, and nothing anew")
    sent, before = enrichment.mapping.sent, notes.columns or {}
    gone = [column for column, key in before.items() if key not in sent.values()]
    if gone:
        rows = "rows that had a value in it are new questions"
        lines.append(f"sent when {notes.path} was last asked, and not now: {', '.join(gone)}; {rows}")
    return lines


def check_files(table: Path, output: Output, journal: Place, *, overwrite: bool) -> None:
    """Check that no file is overwritten by accident.

    An output beside its journal may be replaced: the journal has all of it.

    Raises:
        InputError: A file exists already, or is named twice.
    """
    from sixtyfour_async._journal.places import exists
    from sixtyfour_async.cli.table_files import STANDARD

    out = output.path
    named = {"the table": table, "--out": out, "--journal": journal}
    files = {name: file for name, file in named.items() if isinstance(file, Path) and file != STANDARD}
    for name, file in files.items():
        same = [other for other, path in files.items() if other != name and _is_same_file(path, file)]
        if same:
            raise InputError(f"{name} and {same[0]} are the same file, {file}", remedy="choose another name")
    if not output.is_standard and out.exists() and not exists(journal) and not overwrite:
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
    problems = list(enrichment.problems())
    if not problems:
        return
    for problem in problems[:MAX_PROBLEMS_SHOWN]:
        say(f"  {problem}", err=True)
    rest = f"; the first {MAX_PROBLEMS_SHOWN} are above" if len(problems) > MAX_PROBLEMS_SHOWN else ""
    text = f"{len(problems):,} of {row_count(enrichment.rows)} cannot be sent{rest}"
    if len(problems) == enrichment.rows:
        raise InputError(f"{text}; nothing was sent")
    if not skip_bad_rows:
        remedy = "correct them, or add --skip-bad-rows to continue without them"
        raise InputError(f"{text}; nothing was sent", remedy=remedy)
    say(f"  {text}; continuing without them", err=True)
