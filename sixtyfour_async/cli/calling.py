"""What ``call``, ``search``, ``workflow``, ``upload`` and the like do once their options are parsed."""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sixtyfour_async._journal.places import Place, exists
from sixtyfour_async.cli.asking import Asking, answer_of, exit_code_for, outcome_as_json, print_json, report
from sixtyfour_async.cli.draining import Draining
from sixtyfour_async.cli.journal_notes import JournalNotes
from sixtyfour_async.cli.operation_fields import Field
from sixtyfour_async.cli.operation_values import make_operation
from sixtyfour_async.cli.option_values import parse_prices
from sixtyfour_async.cli.service import check_key, connect
from sixtyfour_async.cli.shared_options import DEFAULT_SPEED, RUNNER_OPTIONS, check_simulator_options
from sixtyfour_async.operations import JobOperation

CALLS: Final = Path("calls.journal.db")
SIMULATED_CALLS: Final = Path("calls.simulated.journal.db")
"""Journals of the current folder when none is named: no simulated answer must pass for a real one."""


def call_operation(name: str, fields: Sequence[Field], options: Mapping[str, Any]) -> None:
    """Send an operation, print its answer, and exit with the code for how it ended."""
    operation = make_operation(name, fields, options)
    with asking(options, is_job=isinstance(operation, JobOperation)) as asked:
        if isinstance(operation, JobOperation):
            outcome = asked.ask(operation)
            report(outcome, asked.notes)
            value = outcome_as_json(outcome) if options["as_json"] else answer_of(outcome)
            print_json(value, held_by=str(asked.notes.path))
            sys.exit(exit_code_for(outcome))
        if operation.endpoint.events or options.get("all_pages"):
            asked.stream(operation)
        else:
            print_json(asked.send(operation))


@contextmanager
def asking(
    options: Mapping[str, Any], *, is_job: bool, keeps_state: bool = False, table_on_stdin: bool = False
) -> Generator[Asking, None, None]:
    """Connect to the service that the options name.

    Args:
        options: The options of the command.
        is_job: Whether a journal is used.
        keeps_state: Whether a simulator must remember what was sent, though there is no journal.
        table_on_stdin: Whether standard input is data, and no keyboard.

    Raises:
        InputError: An option is wrong.
        JournalError: The journal cannot be read.
        ConfigurationError: There is no key.
    """
    check_simulator_options(options)
    simulate = options["simulate"]
    default = SIMULATED_CALLS if simulate else CALLS
    journal: Place = options.get("journal") or default
    settings = {name: options[name] for name in RUNNER_OPTIONS if name in options}
    settings["prices"] = parse_prices(options.get("prices", ()))
    draining = Draining.of(options.get("drain"), to_stdout=False)
    # What is no job leaves nothing behind, but finds the jobs, files and runs that earlier simulated calls have left.
    state = journal if is_job or keeps_state or exists(journal) else None
    speed = options["speed"] or DEFAULT_SPEED
    notes = JournalNotes.read(journal) if is_job else JournalNotes(journal)
    if not simulate:
        check_key()  # what was typed is checked first
    with connect(simulate=simulate, speed=speed, journal=state, faults=options["faults"]) as service:
        yield Asking(
            service,
            notes,
            asks=not options.get("yes", True),
            settings=settings,
            draining=draining,
            again=options.get("again", False),
            table_on_stdin=table_on_stdin,
        )
