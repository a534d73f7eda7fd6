"""``sixtyfour report``: a journal as one page to read, print or hand on."""

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


@click.command()
@click.argument("journal", type=journal_place)
@click.option("--out", type=FilePath(dir_okay=False), help="The page to write, such as run.html.")
@click.option("--json", "as_json", is_flag=True, help="Print the same numbers as JSON.")
@click.option("--overwrite", is_flag=True, help="Replace an existing file.")
@one_line_errors
def report(journal: Place, out: Path | None, *, as_json: bool, overwrite: bool) -> None:
    """Write JOURNAL as one HTML page: answers, cost, failures by cause, doubt, pace and requests.

    The page needs no network and no script, and stays below 500 kB however long the run was. It can be made while a run
    is writing the journal, and nothing is sent to the service. It shows rows without an answer: keep it as you keep the
    journal.
    """
    from sixtyfour_async._journal.places import mode_of, reading, verdict_on
    from sixtyfour_async._runner.kept_deliveries import PREFIX
    from sixtyfour_async.report.page import page
    from sixtyfour_async.report.summary import Summary
    from sixtyfour_async.tables import write_bytes

    if out is None and not as_json:
        exit_with("name the page, such as --out run.html, or add --json", ExitCode.USAGE)
    if out is not None and isinstance(journal, Path) and out.resolve() == journal.resolve():
        exit_with("--out and the journal are the same file; choose another name", ExitCode.USAGE)
    if out is not None and out.exists() and not overwrite:
        exit_with(f"{out} exists already; choose another --out, or add --overwrite", ExitCode.USAGE)
    verdict = verdict_on(journal)
    with reading(journal) as reader:
        deliveries = len(reader.answer_names(PREFIX))
        summary = Summary.read(reader, doubt=verdict.reason if verdict.kind != "whole" else "", deliveries=deliveries)
    if out is not None:
        write_bytes(out, page(summary, journal=str(journal)), mode=mode_of(journal))
    if as_json:
        say(json.dumps({"journal": str(journal), **summary.as_json()}, ensure_ascii=False, indent=2))
    else:
        say(f"{summary.rows_in():,} rows reported in {out}")
