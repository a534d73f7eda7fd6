"""``sixtyfour status``, ``sixtyfour export``, ``sixtyfour forget``: what a journal holds, without asking anything."""

from __future__ import annotations

import json
from pathlib import Path

import click

from sixtyfour_async.cli.exit_codes import WRONG, leave, one_line_errors

UNKNOWN_SHOWN = 10

journal_argument = click.argument("journal", type=click.Path(path_type=Path))


@click.command()
@journal_argument
@click.option("--json", "as_json", is_flag=True, help="All of it, for programs.")
@one_line_errors
def status(journal: Path, *, as_json: bool) -> None:
    """Say where the run of JOURNAL stands: rows, money, and what may have been paid and brought no answer.

    Works beside a run that is under way, and changes nothing.
    """
    from sixtyfour_async._journal.schema import reading
    from sixtyfour_async.cli.status_report import Statement

    with reading(journal) as reader:
        statement = Statement.read(reader)
    if as_json:
        click.echo(json.dumps({"journal": str(journal), **statement.as_json()}, ensure_ascii=False, indent=2))
        return
    click.echo("\n".join([str(journal), *statement.lines(UNKNOWN_SHOWN)]))


@click.command()
@journal_argument
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The CSV file to write.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@one_line_errors
def export(journal: Path, out: Path, *, overwrite: bool) -> None:
    """Write every row of JOURNAL as CSV: what was asked, what came back, how it ended, what it cost. Asks nothing.

    ``sixtyfour run`` writes its output from the input and the journal; this one needs the journal only, so it serves
    when the input is gone, and for journals that a program of yours has written.
    """
    from sixtyfour_async._journal.schema import reading
    from sixtyfour_async.cli.journal_export import Columns, written
    from sixtyfour_async.cli.summary import rows
    from sixtyfour_async.tables import check_writable, write_table

    if out.resolve() == journal.resolve():
        leave("--out and the journal are the same file; choose another name", WRONG)
    if out.exists() and not overwrite:
        leave(f"{out} exists already; choose another --out, or add --overwrite", WRONG)
    check_writable(out)
    with reading(journal) as reader:
        columns = Columns.of(reader.entries())
        count = write_table(out, columns.header, (written(entry, columns) for entry in reader.entries()))
    click.echo(f"{rows(count)} in {out}")


@click.command()
@journal_argument
@click.option("--key", "keys", multiple=True, required=True, help="The row to erase; repeatable. `export` lists keys.")
@one_line_errors
def forget(journal: Path, keys: tuple[str, ...]) -> None:
    """Erase rows from JOURNAL: what was asked about somebody, and what was found.

    Nothing of them stays in the file but their cost, as a sum. A row that is still in your input is asked, and paid,
    again by the next run: take it out there, too. Files that were written from the journal are not touched.
    """
    import anyio

    from sixtyfour_async._journal.schema import reading
    from sixtyfour_async._journal.sqlite import SqliteJournal

    async def erase() -> list[str]:
        opened = SqliteJournal(journal)
        await opened.open()
        try:
            return [key for key in keys if not await opened.forget(key)]
        finally:
            await opened.close()

    with reading(journal):
        pass  # a path with a typo must not become a new journal
    missing = anyio.run(erase)
    click.echo(f"{len(keys) - len(missing)} erased from {journal}")
    if missing:
        leave(f"no row has the key {', '.join(map(repr, missing))}; `sixtyfour export` lists the keys", WRONG)
