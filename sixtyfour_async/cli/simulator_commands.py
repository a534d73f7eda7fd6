"""``sixtyfour demo`` and ``sixtyfour simulate``: the commands that need the simulator."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from sixtyfour_async.cli.exit_codes import ExitCode, exit_with, one_line_errors, unusable_file
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.run_command import check_files
from sixtyfour_async.cli.service import connect, simulator_settings
from sixtyfour_async.errors import InputError

DEMO_SPEED = 8.0
"""Simulated seconds per real second at which the demo takes about a minute."""


@click.command()
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=DEMO_SPEED,
    show_default=True,
    metavar="FACTOR",
    help="Multiple of real time.",
)
@click.option("--fresh", is_flag=True, help="Delete an earlier demo in this folder and start again.")
@one_line_errors
def demo(speed: float, *, fresh: bool) -> None:
    """Enrich 1,510 real companies on the built-in simulator: no key, no cost, about a minute.

    Writes companies.enriched.csv, its journal and the simulator's state to the current folder. To resume after Ctrl-C
    or a kill, run the command again.
    """
    from sixtyfour_async.cli.demo import compare_with_facts, demo_enrichment
    from sixtyfour_async.cli.journal_notes import JournalNotes
    from sixtyfour_async.cli.run_steps import Run
    from sixtyfour_async.cli.table_files import Output

    out, journal = Path("companies.enriched.csv"), Path("companies.enriched.journal.db")
    if fresh:
        for path in (out, journal, *Path().glob(f"{journal.name}[-.]*")):
            path.unlink(missing_ok=True)
    elif journal.exists():
        say("resuming the demo in this folder (--fresh starts again)", err=True)
    with demo_enrichment() as enrichment, connect(simulate=True, speed=speed, journal=journal) as service:
        output = Output.of(out)
        check_files(enrichment.table.path, output, journal, overwrite=False)
        output.check(columns=len(enrichment.columns), rows=enrichment.rows)
        say(
            f"company-intelligence (tier low) on {enrichment.rows:,} listed companies, "
            f"simulated at {speed:g} times real speed",
            err=True,
        )
        Run(enrichment, service, JournalNotes.read(journal), output, compare=compare_with_facts).start(asks=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=6464,
    show_default=True,
    metavar="PORT",
    help="Port to listen on; 0 for a free one.",
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="FACTOR",
    help="Multiple of real time.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Seed of run times, invented people and random faults."
)
@click.option(
    "--window",
    type=click.Choice(["fixed", "sliding", "bucket"]),
    default="fixed",
    show_default=True,
    help="How the minute of the rate limit is counted.",
)
@click.option(
    "--retry-after",
    type=click.Choice(["none", "seconds", "date"]),
    default="none",
    show_default=True,
    help="Form of the Retry-After header of a 429.",
)
@click.option(
    "--runtimes",
    type=click.Choice(["documented", "measured"]),
    default="documented",
    show_default=True,
    help="Distribution of the run times of jobs.",
)
@click.option(
    "--balance",
    "balance_credits",
    type=float,
    default=1_000_000.0,
    show_default=True,
    metavar="CREDITS",
    help="Balance at the start.",
)
@click.option(
    "--limit", type=click.IntRange(min=1), default=500, show_default=True, metavar="N", help="Requests a minute."
)
@click.option("--enable-tier", "tiers", multiple=True, metavar="TIER", help="Enable a tier, such as high; repeatable.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME=PROBABILITY",
    help="Inject a fault, such as reset=0.01; repeatable. `pydoc sixtyfour_async.simulator.state.faults` lists them.",
)
@click.option("--state", type=FilePath(), help="File in which jobs survive a restart.")
@one_line_errors
def simulate(host: str, port: int, tiers: tuple[str, ...], faults: tuple[str, ...], **settings: Any) -> None:
    """Serve the simulator on a local port, for other clients, the vendor's scripts and tests.

    All its times are scaled: at --speed 60, a job of one minute takes a second, and the minute of the rate limit lasts
    a second, too.
    """
    from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
    from sixtyfour_async.simulator.serving.server import run as serve

    def announce(url: str) -> None:
        say(f"export SIXTYFOUR_API_ENDPOINT={url}\nexport SIXTYFOUR_API_KEY={DEFAULT_KEY}")
        say(f"simulating at {settings['speed']:g} times real speed; press Ctrl-C to stop", err=True)

    enabled = tuple(dict.fromkeys((*SimulatorSettings().enabled_tiers, *tiers)))
    chosen = simulator_settings(faults, **settings, enabled_tiers=enabled)
    try:
        serve(Simulator(chosen), host, port, announce)
    except ValueError as error:
        raise InputError(str(error)) from error
    except OSError as error:
        exit_with(unusable_file(error), ExitCode.USAGE)
