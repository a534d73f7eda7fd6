"""``sixtyfour journal``: what a person does to a journal besides running it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sixtyfour_async.cli.exit_codes import ExitCode, exit_with, one_line_errors
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.formatting import dollars, say
from sixtyfour_async.cli.journal_place import journal_place

if TYPE_CHECKING:
    from sixtyfour_async._journal.comparison import Comparison
    from sixtyfour_async._journal.maintenance import Adoption, Health
    from sixtyfour_async._journal.places import Place
    from sixtyfour_async._journal.postgres_upkeep import DatabaseHealth

file_argument = click.argument("journal", type=FilePath())
journal_argument = click.argument("journal", type=journal_place)


def read_ids(_context: click.Context, _parameter: click.Parameter, pairs: tuple[str, ...]) -> dict[str, str]:
    """Read ``KEY=JOB_ID`` pairs; a key may have a ``=`` of its own, an id has none."""
    ids: dict[str, str] = {}
    for pair in pairs:
        key, _, job_id = pair.rpartition("=")
        if not key or not job_id.strip():
            raise click.BadParameter(f"{pair!r} is not KEY=JOB_ID")
        if ids.setdefault(key, job_id) != job_id:
            raise click.BadParameter(f"two ids for {key!r}")
    return ids


@click.group("journal")
def journal_group() -> None:
    """Copy a journal, check it, compare two, or decide about one that is in doubt.

    A journal that was closed is one file: copy, rename or restore it as you like. While a run uses it, and after a run
    was killed, RUN.DB, RUN.DB-wal and RUN.DB-mark belong together: move all of them, or use `sixtyfour journal backup`.

    A journal of which a part is missing, or that is an older copy, is in doubt: a run then submits nothing, and polls
    the jobs that it knows of. Put back what is missing; or, when it is gone for good, `sixtyfour journal adopt`.
    """


@journal_group.command()
@file_argument
@click.argument("copy", type=FilePath())
@one_line_errors
def backup(journal: Path, copy: Path) -> None:
    """Copy JOURNAL into the new file COPY, also while a run uses it.

    A copy of a journal in use is in doubt from the start, since the run goes on to send rows.
    """
    from sixtyfour_async._journal.maintenance import backup

    verdict = backup(journal, copy)
    say(f"{journal} copied to {copy}")
    if verdict.kind != "whole":
        say(f"the copy {verdict.reason}; a run on it submits nothing before `sixtyfour journal adopt {copy}`")


@journal_group.command()
@click.argument("journal", metavar="URL", type=journal_place)
@click.option("--grant", "role", metavar="ROLE", help="Let this role use the journal: read and write its tables.")
@one_line_errors
def init(journal: Place, role: str | None) -> None:
    """Create the tables of a journal in the database at URL; those that are there stay as they are.

    A run does so itself, if its role may create tables. Where it may not, run this once as one that may.
    """
    if isinstance(journal, Path):
        exit_with("a journal in a file needs no init; this is for postgresql://HOST/DATABASE", ExitCode.USAGE)
    from sixtyfour_async._client.budget_postgres import create_accounts
    from sixtyfour_async._journal.postgres_upkeep import create

    before = create(journal, role=role)
    create_accounts(journal, role)
    say(f"{journal} {'was there already' if before else 'created'}" + (f"; {role} may use it" if role else ""))


@journal_group.command()
@journal_argument
@click.argument("target", type=journal_place)
@one_line_errors
def copy(journal: Place, target: Place) -> None:
    """Copy the run in JOURNAL to TARGET, between a file and a database: all of it. Nothing is sent.

    No process may have either of them open. Go on with one of the two only: a row that one of them sends, the other one
    does not know of.
    """
    from sixtyfour_async._journal.copying import copy
    from sixtyfour_async.cli.formatting import row_count

    say(f"{row_count(copy(journal, target))} copied from {journal} to {target}; go on with {target} only")


@journal_group.command()
@journal_argument
@one_line_errors
def check(journal: Place) -> None:
    """Check whether JOURNAL is sound and whole: exit code 0, or 1 with what was found.

    It can be used while a run writes the journal, and changes nothing. All of a file is read, which takes a while. Of a
    database, what lies between is looked at as well: poolers, clocks, privileges, and whether commits are durable.
    """
    from sixtyfour_async._journal import maintenance

    if isinstance(journal, Path):
        health: Health | DatabaseHealth = maintenance.check(journal)
    else:
        from sixtyfour_async._journal import postgres_upkeep

        health = postgres_upkeep.check(journal)
    say("\n".join(health_lines(journal, health)))
    if not health.good:
        exit_with(f"{journal} is not in order; see above", ExitCode.REFUSED)


@journal_group.command()
@journal_argument
@one_line_errors
def adopt(journal: Place) -> None:
    """Go on with JOURNAL although a part of it may be missing.

    `sixtyfour journal check` shows what is known before you decide. Adopting is recorded in the journal. Rows that it
    knows and that may have been sent since become unknown: they are parked, and never resubmitted automatically. Rows
    that it does not know are submitted by the next run, and paid again if they were among those lost. To rule that out,
    leave out of your input what may have been sent in the time shown, or compare with the service's own list of jobs.
    """
    from sixtyfour_async._journal import maintenance

    if isinstance(journal, Path):
        adoption = maintenance.adopt(journal)
    else:
        from sixtyfour_async._journal import postgres_upkeep

        adoption = postgres_upkeep.adopt(journal)
    if adoption is None:
        say(f"{journal} is whole; there is nothing to decide")
        return
    say("\n".join([f"{journal} adopted", *adoption_lines(adoption)]))


@journal_group.command()
@journal_argument
@click.argument("ids", metavar="KEY=JOB_ID...", nargs=-1, required=True, callback=read_ids)
@one_line_errors
def record(journal: Place, ids: Mapping[str, str]) -> None:
    """Record in JOURNAL the job ids of rows that are parked as unknown; the next run polls them, at no cost.

    A run whose journal could not be written (a full disk) prints this command with the ids that it learned. A KEY is
    the row's in `sixtyfour status`. Rows that were sent together share a job, and get the id of any one of them.
    """
    import anyio

    from sixtyfour_async._journal.job_ids import record_job_ids
    from sixtyfour_async._journal.places import reading

    with reading(journal):
        pass  # opening it would create it
    rows = anyio.run(record_job_ids, journal, ids)
    say(f"{journal}: {rows:,} {'row has' if rows == 1 else 'rows have'} a job id now; the next run polls")


@journal_group.command()
@journal_argument
@click.argument("other", type=journal_place)
@one_line_errors
def compare(journal: Place, other: Place) -> None:
    """Compare JOURNAL with OTHER: rows that only one of them has, other answers, and rows that were paid in both.

    A row is known by what was sent about it. Both may be in use, and neither is changed.
    """
    from sixtyfour_async._journal.comparison import compare

    say("\n".join(comparison_lines(journal, other, compare(journal, other))))


@journal_group.command()
@journal_argument
@one_line_errors
def deliveries(journal: Place) -> None:
    """Print the webhook deliveries in JOURNAL that are for no row of it, one JSON object a line.

    `sixtyfour listen` keeps them: for jobs that were submitted elsewhere, and of workflows. It can be used meanwhile.
    """
    from sixtyfour_async._journal.places import reading
    from sixtyfour_async._runner.kept_deliveries import PREFIX, read_event

    with reading(journal) as reader:
        for name, body in reader.answers(PREFIX):
            event = read_event(name, body)
            if event is not None:
                say(json.dumps({"job_id": event.job_id, "event_id": event.event_id, "payload": body.value()}))


def comparison_lines(journal: Place, other: Place, found: Comparison) -> list[str]:
    """Format a comparison."""
    return [
        f"  {'only in ' + str(journal):<42}{found.only_first:>8,}",
        f"  {'only in ' + str(other):<42}{found.only_second:>8,}",
        f"  {'in both, with the same answer':<42}{found.alike:>8,}",
        f"  {'in both, with another answer or state':<42}{found.different:>8,}",
        f"  {'paid in both':<42}{found.paid_twice:>8,}   {dollars(found.paid_twice_cents)} more than once",
        *(f"    {one.key}  {one.first} in the first, {one.second} in the second" for one in found.examples),
    ]


def health_lines(journal: Place, health: Health | DatabaseHealth) -> list[str]:
    """Format how a journal stands, and what adopting it would do."""
    from sixtyfour_async._journal.maintenance import Health
    from sixtyfour_async._journal.refusals import REMEDIES

    verdict = health.verdict
    total = sum(health.rows.values())
    states = ", ".join(f"{number:,} {state}" for state, number in health.rows.items())
    lines = [
        f"{journal}: " + (_file_line(health) if isinstance(health, Health) else _database_line(health)),
        f"  rows       {total:,}" + (f": {states}" if states else ""),
        f"  integrity  {'; '.join(health.problems[:3]) or 'ok'}",
        f"  whole      {'yes' if verdict.kind == 'whole' else f'no: it {verdict.reason}'}",
    ]
    if not isinstance(health, Health):
        lines += [f"  notice     {notice}" for notice in health.notices]
    for adoption in health.adoptions:
        lines += [f"  adopted    {adoption.adopted_at}", *adoption_lines(adoption)]
    if verdict.kind == "damaged" or health.problems:
        return [*lines, f"  remedy     {REMEDIES['damaged']}"]
    if verdict.kind == "whole":
        return lines
    since, until = verdict.since or "its beginning", verdict.until or "now"
    return [
        *lines,
        f"  known      everything until {since}",
        f"  missing    {_missing(verdict.rows)} between {since} and {until}",
        "  remedy     put back what is missing; or `sixtyfour journal adopt`: a row that is not in the journal is then",
        "             submitted, and paid again if it was sent in that time; a row in it that may have been sent is",
        "             parked as unknown",
    ]


def _file_line(health: Health) -> str:
    return f"schema {health.schema}, {health.bytes:,} bytes" + ("; a process uses it" if health.in_use else "")


def _database_line(health: DatabaseHealth) -> str:
    users = f"; {health.runners} in use" if health.runners else ""
    return f"schema {health.schema}, PostgreSQL {health.server}{users}"


def adoption_lines(adoption: Adoption) -> list[str]:
    """Format what was decided."""
    parked, since = adoption.rows_parked, adoption.since or "its beginning"
    return [
        f"  found      it {adoption.reason}",
        f"  missing    {_missing(adoption.rows_missing)} between {since} and {adoption.until}",
        f"  parked     {parked:,} {'row' if parked == 1 else 'rows'} as unknown: they may have been sent in that time",
    ]


def _missing(rows: int | None) -> str:
    number = "an unknown number of rows" if rows is None else f"{rows:,} {'row' if rows == 1 else 'rows'}"
    return f"{number} that may have been sent and paid"
