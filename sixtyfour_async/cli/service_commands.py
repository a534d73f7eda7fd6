"""``sixtyfour search``, ``workflow run``, ``upload``, ``download``, ``balance`` and ``jobs wait``.

Each is one or two operations with a file before or behind them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from sixtyfour_async.cli.command_group import NamingGroup
from sixtyfour_async.cli.credentials import credentials
from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.shared_options import (
    AGAIN,
    DRAIN,
    JOURNAL,
    JSON,
    MONEY,
    OVERWRITE,
    SIMULATOR,
    YES,
    with_options,
)

OUT: Final = click.option(
    "--out",
    type=FilePath(),
    required=True,
    help="The file to write, in the format of its extension (.csv, .tsv, .ndjson, .json, .xlsx, .parquet).",
)
AS_JOB: Final = (AGAIN, JOURNAL, *MONEY, DRAIN, YES)
MAX_RESULTS: Final = click.option(
    "--max-results", type=click.IntRange(min=1), metavar="N", help="The most results  [default: the service's, 1000]"
)


@click.command()
@click.argument("query")
@OUT
@click.option("--mode", type=click.Choice(["people", "company"]), help="What to find  [default: people]")
@MAX_RESULTS
@with_options(*AS_JOB, OVERWRITE, JSON, *SIMULATOR)
@credentials
@one_line_errors
def search(query: str, out: Path, **options: Any) -> None:
    """Search people or companies by QUERY, a description in plain words, and write what is found to a table.

    A deep search is a job of some minutes, kept in a journal: the same command again fetches the same file, and pays
    nothing. `sixtyfour call deep-search --help` has all parameters, `call search-query` pages through the results.
    """
    from sixtyfour_async.cli.file_jobs import save_search

    save_search(query, out, options)


@click.group(cls=NamingGroup)
def workflow() -> None:
    """Run workflows that were made at app.sixtyfour.ai. `sixtyfour call workflows` lists them."""


@workflow.command("run")
@click.argument("workflow_id")
@click.argument("table", type=FilePath())
@OUT
@click.option("--format", metavar="FORMAT", help="Format of the table  [default: by its extension]")
@click.option("--sheet", metavar="SHEET", help="Excel: the sheet, by name or number  [default: the only one]")
@click.option("--encoding", help="CSV: encoding of the table  [default: UTF-8, or by its byte order mark]")
@click.option("--delimiter", help="CSV: delimiter of the table, a character or tab  [default: detected]")
@with_options(*AS_JOB, OVERWRITE, JSON, *SIMULATOR)
@credentials
@one_line_errors
def run_workflow(workflow_id: str, table: Path, out: Path, **options: Any) -> None:
    """Run a workflow on the rows of TABLE and write the file of its last block.

    The workflow must begin with a webhook block, which is given the rows, every column of them. The run is a job, kept
    in a journal: the same command with the same rows fetches the same file, and starts no second run.
    """
    from sixtyfour_async.cli.file_jobs import save_workflow_run

    save_workflow_run(workflow_id, table, out, options)


@click.command()
@click.argument("file", type=FilePath())
@with_options(JSON, *SIMULATOR)
@credentials
@one_line_errors
def upload(file: Path, **options: Any) -> None:
    """Upload a CSV file, and print the handle by which workflows and searches read it, as JSON; - is standard input."""
    from sixtyfour_async.cli.asking import print_json
    from sixtyfour_async.cli.calling import asking
    from sixtyfour_async.cli.operation_fields import fields_of
    from sixtyfour_async.cli.operation_values import make_operation
    from sixtyfour_async.operations import UploadCSV

    operation = make_operation("storage-csv-upload", fields_of(UploadCSV), {"file": str(file)})
    with asking(options, is_job=False, keeps_state=True) as asked:
        print_json(asked.send(operation))


@click.command()
@click.argument("kind", type=click.Choice(["search", "workflow"]))
@click.argument("id")
@OUT
@with_options(OVERWRITE, JSON, JOURNAL, *SIMULATOR)
@credentials
@one_line_errors
def download(kind: str, id: str, out: Path, **options: Any) -> None:  # noqa: A002 (the word that users know)
    """Write the file of a search or of a workflow run that has ended.

    ID is the resource_handle_id of a search, or the id of a run (`sixtyfour call workflow-runs` lists them).
    """
    from sixtyfour_async.cli.file_jobs import save_file

    save_file(kind, id, out, options)


@click.command()
@with_options(JSON, *SIMULATOR)
@credentials
@one_line_errors
def balance(*, as_json: bool, **options: Any) -> None:
    """Show the credits that remain."""
    from sixtyfour_async.cli.asking import print_json
    from sixtyfour_async.cli.calling import asking
    from sixtyfour_async.cli.formatting import say
    from sixtyfour_async.models._base import json_object
    from sixtyfour_async.operations import CheckBalance

    with asking(options, is_job=False) as asked:
        answer = asked.send(CheckBalance())
    credits_left = (json_object(answer) or {}).get("credits")
    if as_json or not isinstance(credits_left, int | float):
        print_json(answer)
    else:
        say(f"{credits_left:,.2f} credits")


@click.group(cls=NamingGroup)
def jobs() -> None:
    """Jobs of the service by their id, whoever submitted them."""


@jobs.command("wait")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--operation",
    metavar="OPERATION",
    default="people-intelligence",
    show_default=True,
    help="What the jobs are; searches, workflow runs and age verifications are polled at routes of their own.",
)
@click.option(
    "--deadline", type=click.FloatRange(min=0), metavar="SECONDS", help="How long to wait  [default: until they end]"
)
@with_options(JSON, JOURNAL, *SIMULATOR)
@credentials
@one_line_errors
def wait(ids: tuple[str, ...], operation: str, deadline: float | None, **options: Any) -> None:
    """Poll jobs until they have ended, and print their answers as JSON; of several, one a line, as they are named.

    Costs nothing. Exit code 3 when a job has no answer: it failed, was cancelled, or still runs at the deadline.
    """
    from sixtyfour_async.cli.job_waiting import wait_for_jobs

    wait_for_jobs(ids, operation, deadline, options)
