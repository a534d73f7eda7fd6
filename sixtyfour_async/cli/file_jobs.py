"""Jobs that write a file at the service, and the file as a table of ours."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import anyio

from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async.cli.asking import Asking, exit_code_for, outcome_as_json, print_json, report
from sixtyfour_async.cli.calling import asking
from sixtyfour_async.cli.exit_codes import ExitCode, exit_with
from sixtyfour_async.cli.formatting import row_count, say
from sixtyfour_async.cli.table_files import STANDARD, Output, read_table
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.operations import (
    DeepSearch,
    DownloadSearch,
    GetDownloadLinks,
    JobOperation,
    Operation,
    RunWorkflow,
)
from sixtyfour_async.tables import open_table

OWNER_ONLY: Final = 0o600


def save_search(query: str, out: Path, options: Mapping[str, Any]) -> None:
    """Search, write the file of what was found, and exit with the code for how the search ended."""
    chosen = {name: options[name] for name in ("mode", "max_results") if options[name] is not None}
    operation = DeepSearch(query=query, **chosen)
    _ask_and_save(operation, out, options)


def save_workflow_run(workflow_id: str, table: Path, out: Path, options: Mapping[str, Any]) -> None:
    """Run a workflow on the rows of a table, write its file, and exit with the code for how it ended."""
    rows = read_table(table, dict(options))
    if table != STANDARD and out.resolve() == table.resolve():
        raise InputError(f"the table and --out are the same file, {out}", remedy="choose another name")
    for note in rows.notes:
        say(f"  {note}", err=True)
    payload = [{name: _text(cell) for name, cell in zip(rows.columns, row.cells, strict=True)} for row in rows]
    say(f"{table}: {row_count(len(payload))}; all columns are sent: {', '.join(rows.columns)}", err=True)
    operation = RunWorkflow(workflow_id=workflow_id, webhook_payload=payload)
    _ask_and_save(operation, out, options, table_on_stdin=table == STANDARD)


def save_file(kind: str, name: str, out: Path, options: Mapping[str, Any]) -> None:
    """Write the file of a search or a workflow run that has ended."""
    output = _output(out, options)
    source: Operation[Any] = (
        DownloadSearch(resource_handle_id=name) if kind == "search" else GetDownloadLinks(run_id=name)
    )
    with asking(options, is_job=False) as asked:
        _save(asked, source, output, options)


def _ask_and_save(
    operation: JobOperation[Any], out: Path, options: Mapping[str, Any], *, table_on_stdin: bool = False
) -> None:
    output = _output(out, options)
    with asking(options, is_job=True, table_on_stdin=table_on_stdin) as asked:
        outcome = asked.ask(operation)
        report(outcome, asked.notes)
        if outcome.status == "completed":
            _save_paid(asked, outcome, output, options)
        elif options["as_json"]:
            print_json(outcome_as_json(outcome))
        sys.exit(exit_code_for(outcome))


def _save_paid(asked: Asking, outcome: Outcome[Any], output: Output, options: Mapping[str, Any]) -> None:
    """Write the file of a job that was paid for; whatever prevents it, the person learns how to get it."""
    source = outcome.input.poll(outcome.job_id or "")
    try:
        _save(asked, source, output, options, job=_job(outcome))
    except (SixtyfourError, OSError) as error:
        exit_with(f"{error}; {asked.notes.path} has the job: the same command fetches its file", ExitCode.UNWRITTEN)


def _job(outcome: Outcome[Any]) -> dict[str, Any]:
    """Return an outcome without its answer, which says no more than that there is a file."""
    return {name: value for name, value in outcome_as_json(outcome).items() if name != "answer"}


def _output(out: Path, options: Mapping[str, Any]) -> Output:
    """Check that the output can be written, before anything is paid for."""
    output = Output.of(out)
    if output.is_standard:
        raise InputError("--out - is not offered here", remedy="name a file")
    if out.exists() and not options["overwrite"]:
        raise InputError(f"{out} exists already", remedy="choose another --out, or add --overwrite")
    output.check(columns=1, rows=1)
    return output


def _save(
    asked: Asking,
    source: Operation[Any],
    output: Output,
    options: Mapping[str, Any],
    job: Mapping[str, Any] | None = None,
) -> None:
    """Download a file and write it as a table in the format of the output."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "found.csv"
        anyio.run(_download, asked, source, path)
        table = open_table(path, format="csv")
        written = output.write(table.columns, (row.cells for row in table), mode=OWNER_ONLY)
    for note in (*table.notes, *written.notes):
        say(f"  {note}", err=True)
    if options["as_json"]:
        print_json({"file": str(output.path), "rows": written.rows, "job": job})
    else:
        say(f"{row_count(written.rows)} written to {output.path}")


async def _download(asked: Asking, source: Operation[Any], path: Path) -> None:
    async with asked.client() as client:
        answer = await client.send(source)
        is_link = isinstance(source, DownloadSearch | GetDownloadLinks)
        await client.save(source if is_link else answer, path)


def _text(cell: Any) -> Any:
    """Return a cell as JSON."""
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
