"""Write the output of a run that was paid for; whatever prevents it, the person learns where the answers are."""

from __future__ import annotations

import shlex
from pathlib import Path

from sixtyfour_async._journal.places import Place
from sixtyfour_async.cli.enrichment import Enrichment
from sixtyfour_async.cli.execution import RunResult
from sixtyfour_async.cli.exit_codes import ExitCode, exit_with
from sixtyfour_async.cli.output_rows import OutputCounts, write_output
from sixtyfour_async.cli.signals import Interrupted, recorded
from sixtyfour_async.cli.table_files import Output
from sixtyfour_async.errors import SixtyfourError


def write_paid_output(enrichment: Enrichment, result: RunResult, *, output: Output, journal: Place) -> OutputCounts:
    """Write the output, or exit with the command that writes it from the journal.

    A first signal does not interrupt the writing; it is noted in *result*. A second one does.
    """
    try:
        with recorded(patience=1 if result.signal is None else 0) as signals:
            counts = write_output(enrichment, journal, output)
    except Interrupted as error:
        exit_with(f"left at once; no output was written; {where_it_is(journal)}", error.exit_code)
    except Exception as error:  # noqa: BLE001 (whatever it is, the answers are paid for, and are not lost)
        code = ExitCode.REFUSED if result.nothing_accepted else ExitCode.UNWRITTEN
        cause = "" if result.error is None else f"{result.error}; then "
        exit_with(f"{cause}{_reason(error, output)}; {where_it_is(journal)}", code)
    if result.signal is None:
        result.signal = signals.take()
    return counts


def where_it_is(journal: Place) -> str:
    """Return where the answers of a run without an output are, and the commands that write it."""
    if isinstance(journal, Path) and not journal.is_file():
        return f"{journal} was moved or deleted during the run: put it back first, or the same rows are paid for twice"
    export = shlex.join(["sixtyfour", "export", str(journal), "--out", "FILE"])
    return f"{journal} holds everything: `{export}` or the same command again writes it"


def _reason(error: Exception, output: Output) -> str:
    """Return why the output was not written."""
    if isinstance(error, SixtyfourError):
        return str(error)
    name = "standard output" if output.is_standard else output.path
    if isinstance(error, BrokenPipeError):
        return f"{name} was closed before it was written"
    reason = (isinstance(error, OSError) and error.strerror) or f"{type(error).__name__}: {error}"
    return f"cannot write {name}: {reason}"
