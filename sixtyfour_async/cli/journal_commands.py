"""``sixtyfour status``, ``sixtyfour export`` and ``sixtyfour forget``: work on a journal, without the service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sixtyfour_async.cli.exit_codes import ExitCode, exit_with, one_line_errors
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.journal_place import journal_place

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place

MAX_UNKNOWN_SHOWN = 10
"""Unknown rows that ``status`` lists; ``--json`` lists all."""

journal_argument = click.argument("journal", type=journal_place)


@click.command()
@journal_argument
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@one_line_errors
def status(journal: Place, *, as_json: bool) -> None:
    """Show the rows and the money recorded in JOURNAL, and the rows whose outcome is unknown.

    An unknown row may have been accepted and billed, but brought no answer. The command can be used while a run is
    writing the journal, and changes nothing.
    """
    from sixtyfour_async._journal.places import reading, verdict_on
    from sixtyfour_async._runner.kept_deliveries import PREFIX
    from sixtyfour_async.cli.status_report import StatusReport

    with reading(journal) as reader:
        report = StatusReport.read(reader)
        deliveries = len(reader.answer_names(PREFIX))
    verdict = verdict_on(journal)
    if as_json:
        told = {"doubt": verdict.reason or None, "deliveries": deliveries}
        as_object = {"journal": str(journal), **told, **report.as_json()}
        say(json.dumps(as_object, ensure_ascii=False, indent=2))
        return
    say("\n".join([str(journal), *report.lines(MAX_UNKNOWN_SHOWN)]))
    if deliveries:
        say(f"\n{deliveries:,} deliveries are for no row; see `sixtyfour journal deliveries {journal}`")
    if verdict.kind != "whole":
        say(f"\nthis journal {verdict.reason}; see `sixtyfour journal check {journal}`")


@click.command()
@journal_argument
@click.option(
    "--out",
    type=FilePath(),
    required=True,
    help="The file to write, in the format of its extension (.csv, .tsv, .ndjson, .json, .xlsx, .parquet); - for "
    "standard output.",
)
@click.option(
    "--out-format", "--format", "out_format", metavar="FORMAT", help="Format of the output  [default: by its extension]"
)
@click.option(
    "--out-dialect", metavar="DIALECT", help="CSV: plain, excel, excel-semicolon, tab, or a delimiter  [default: plain]"
)
@click.option(
    "--bodies",
    type=click.Path(path_type=Path, file_okay=False),
    help="A folder for what the service sent, byte for byte, one file a row; a column names it.",
)
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@one_line_errors
def export(
    journal: Place,
    out: Path,
    bodies: Path | None,
    *,
    out_format: str | None,
    out_dialect: str | None,
    overwrite: bool,
) -> None:
    """Write every row of JOURNAL to a table: the question, the answer, the status and the cost.

    `sixtyfour run` needs the input table to write its output; this command needs the journal only. Use it when the
    input is gone, or for a journal written by a Python program. Nothing is sent to the service.
    """
    from sixtyfour_async._journal.places import mode_of, reading
    from sixtyfour_async.cli.formatting import row_count
    from sixtyfour_async.cli.journal_bodies import write_bodies
    from sixtyfour_async.cli.journal_export import Columns, export_row
    from sixtyfour_async.cli.table_files import Output

    output = Output.of(out, format=out_format, dialect=out_dialect)
    if isinstance(journal, Path) and out.resolve() == journal.resolve():
        exit_with("--out and the journal are the same file; choose another name", ExitCode.USAGE)
    if not output.is_standard and out.exists() and not overwrite:
        exit_with(f"{out} exists already; choose another --out, or add --overwrite", ExitCode.USAGE)
    with reading(journal) as reader:
        columns = Columns.of(reader.entries(), with_bodies=bodies is not None)
        output.check(columns=len(columns.header), rows=sum(1 for _ in reader.entries()))
        rows = (export_row(entry, columns) for entry in reader.entries())
        try:
            written = output.write(columns.header, rows, mode=mode_of(journal))
        except BrokenPipeError:
            exit_with("standard output was closed before it was written", ExitCode.REFUSED)
        except OSError as error:
            exit_with(f"cannot write {out}: {error.strerror or error}", ExitCode.REFUSED)
        files = 0 if bodies is None else write_bodies(bodies, reader.entries())
    where = "standard output" if output.is_standard else out
    said = f"{row_count(written.rows)} written to {where}" + (f", {files:,} files to {bodies}" if bodies else "")
    say("\n".join([*written.notes, said]), err=output.is_standard)


@click.command()
@journal_argument
@click.option("--key", "keys", multiple=True, required=True, help="Key of a row, as `export` lists it; repeatable.")
@one_line_errors
def forget(journal: Place, keys: tuple[str, ...]) -> None:
    """Erase rows from JOURNAL: the question and everything found.

    Only the cost stays in the file, as part of a sum. Remove the row from your input as well, or the next run sends it
    again, at full cost. Files written from the journal earlier are not changed.
    """
    import anyio

    from sixtyfour_async._journal.places import as_named, journal_at, reading
    from sixtyfour_async.cli.formatting import row_count

    async def erase() -> list[str]:
        opened = journal_at(as_named(journal))
        await opened.open()
        try:
            return [key for key in keys if not await opened.forget(key)]
        finally:
            await opened.close()

    with reading(journal):
        pass  # it would be created: a mistyped path must not become a new journal
    missing = anyio.run(erase)
    say(f"{row_count(len(keys) - len(missing))} erased from {journal}")
    if missing:
        exit_with(
            f"no row has the key {', '.join(map(repr, missing))}; `sixtyfour export` lists the keys", ExitCode.USAGE
        )
