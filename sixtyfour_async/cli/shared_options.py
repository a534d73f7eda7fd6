"""Options that several commands have: the journal, the money, the simulator, and how a run ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import click

from sixtyfour_async.cli.journal_place import journal_place
from sixtyfour_async.errors import InputError

Command = TypeVar("Command", bound=Callable[..., Any])

CENTS: Final = click.FloatRange(min=0, min_open=True)
CAPS: Final = ("max_cost_cents", "max_cost_cents_per_run", "max_cost_cents_per_day", "max_cost_cents_per_month")
RUNNER_OPTIONS: Final = (*CAPS, "max_row_cents", "retry_failed", "on_unknown")
"""Options that the runner takes under the same name."""

DEFAULT_SPEED: Final = 60.0
"""Multiple of real time of a simulator, when none is chosen."""

MONEY: Final = (
    click.option("--max-cost-cents", type=CENTS, metavar="CENTS", help="Spending cap, over all runs on the journal."),
    click.option("--max-cost-cents-per-run", type=CENTS, metavar="CENTS", help="Cap on this run, resumed or not."),
    click.option("--max-cost-cents-per-day", type=CENTS, metavar="CENTS", help="Cap on each day, UTC."),
    click.option("--max-cost-cents-per-month", type=CENTS, metavar="CENTS", help="Cap on each month, UTC."),
    click.option(
        "--max-row-cents",
        type=CENTS,
        metavar="CENTS",
        help="With a cap: the most that a row of unknown price may cost.",
    ),
    click.option(
        "--price",
        "prices",
        multiple=True,
        metavar="OPERATION[/TIER]=CENTS",
        help="The price of an answer, where you know it; repeatable.",
    ),
    click.option("--retry-failed", is_flag=True, help="Resubmit rows that failed at the service in an earlier run."),
    click.option(
        "--on-unknown",
        type=click.Choice(["park", "resubmit"]),
        default="park",
        show_default=True,
        help="Rows that an earlier run left unknown: park leaves them alone, resubmit sends them again and may pay "
        "twice.",
    ),
)
DRAIN: Final = click.option(
    "--drain",
    type=click.FloatRange(min=0),
    metavar="SECONDS",
    help="After Ctrl-C, SIGTERM or SIGHUP (which Windows does not have): poll what runs for this long, then leave it "
    "running  [default: until it ends]",
)
SIMULATOR: Final = (
    click.option("--simulate", is_flag=True, help="Use the built-in simulator: no key, no cost."),
    click.option(
        "--speed",
        type=click.FloatRange(min=0, min_open=True),
        metavar="FACTOR",
        help="With --simulate: multiple of real time  [default: 60]",
    ),
    click.option(
        "--fault",
        "faults",
        multiple=True,
        metavar="NAME=PROBABILITY",
        help="With --simulate: inject a fault, such as lost_answer=0.05; repeatable.",
    ),
)
JOURNAL: Final = click.option(
    "--journal",
    type=journal_place,
    help="The journal, which keeps what was paid for: a file, or postgresql://HOST/DATABASE for several machines  "
    "[default: calls.journal.db; with --simulate, calls.simulated.journal.db]",
)
YES: Final = click.option("--yes", is_flag=True, help="Agree to what a live call may cost without being asked.")
AGAIN: Final = click.option(
    "--again", is_flag=True, help="Ask, and pay, again, although the journal has the answer already."
)
OVERWRITE: Final = click.option("--overwrite", is_flag=True, help="Replace an existing file.")
JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


def with_options(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Return a decorator that adds options, the first one first in the help."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def check_simulator_options(options: Mapping[str, Any]) -> None:
    """Check that options for the simulator come with it.

    Raises:
        InputError: They do not.
    """
    for option, flag in (("speed", "--speed"), ("faults", "--fault")):
        if options[option] and not options["simulate"]:
            raise InputError(f"{flag} is for the simulator", remedy="add --simulate, or leave it out")
