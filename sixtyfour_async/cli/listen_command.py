"""``sixtyfour listen``: receive deliveries into a journal, for jobs that other processes have submitted."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.file_paths import FilePath
from sixtyfour_async.cli.formatting import row_count, say
from sixtyfour_async.cli.journal_place import journal_place

if TYPE_CHECKING:
    from sixtyfour_async._journal.places import Place
    from sixtyfour_async._runner.listener import ListenerStats, WebhookListener

DEFAULT_ADDRESS = "127.0.0.1:8080"


@click.command()
@click.option(
    "--journal",
    type=journal_place,
    required=True,
    help="The journal: a file, or postgresql://HOST/DATABASE; created when it is missing.",
)
@click.option(
    "--listen",
    "address",
    metavar="HOST:PORT",
    default=DEFAULT_ADDRESS,
    show_default=True,
    help="Where to receive deliveries; 0.0.0.0:8080 for every network.",
)
@click.option(
    "--secret-file",
    type=FilePath(dir_okay=False),
    help="A file with the signing secret, read for each delivery  [default: SIXTYFOUR_WEBHOOK_SECRET]",
)
@one_line_errors
def listen(journal: Place, address: str, secret_file: Path | None) -> None:
    """Receive webhook deliveries into a journal, until Ctrl-C or SIGTERM.

    For jobs that another process submitted with the public URL of this address as their webhook_url: a script that has
    ended, or a `sixtyfour run` that was stopped. Each delivery is verified, and on the disk before it is answered. One
    for a row of the journal ends it there, so that the next `sixtyfour run` on it neither polls nor pays for it; any
    other one is kept (`sixtyfour journal deliveries`). No API key is needed, but a signing secret is: in
    SIXTYFOUR_WEBHOOK_SECRET, two separated by a comma while it is rolled, or in --secret-file.

    A run may use the journal at the same time: it takes what is received here. A run that receives by itself, with
    --webhook-url and --listen, needs no second process. What comes while nobody listens is sent again by the service
    for about half a minute.

    Exit codes: 1 the journal cannot be used; 2 a setting is wrong, as no secret; 130, 143, 129 ended by a signal.
    """
    import anyio

    from sixtyfour_async._journal.places import as_named, has_begun
    from sixtyfour_async._runner.listener import WebhookListener
    from sixtyfour_async.cli.listening import parse_address
    from sixtyfour_async.errors import ConfigurationError
    from sixtyfour_async.webhooks.secret_source import ENVIRONMENT_VARIABLE

    parse_address(address)
    has_begun(journal)  # what was typed is checked first
    if secret_file is None and not os.environ.get(ENVIRONMENT_VARIABLE, "").strip(" ,"):
        reason = "what a stranger may have sent cannot be kept"
        raise ConfigurationError(f"no signing secret: set {ENVIRONMENT_VARIABLE}, or give --secret-file; {reason}")
    secrets = None if secret_file is None else lambda: read_secrets(secret_file)
    listener = WebhookListener(as_named(journal), secrets=secrets)
    raise SystemExit(anyio.run(receive_until_signal, listener, journal, address))


async def receive_until_signal(listener: WebhookListener, journal: Place, address: str) -> int:
    """Receive, and return the exit code for the signal that ended it."""
    from sixtyfour_async._journal.base import doubt_of
    from sixtyfour_async.cli.draining import next_signal
    from sixtyfour_async.cli.listening import listening
    from sixtyfour_async.cli.signals import exit_code_of, recorded

    logging.getLogger("sixtyfour_async").addHandler(Said(logging.WARNING))
    with recorded() as signals:
        async with listener, listening(listener.receiver, address) as url:
            if (doubt := doubt_of(listener.journal)) is not None:
                say(f"{doubt}; deliveries are received all the same", err=True)
            say(f"listening at {url} (any path) into {journal}; what is not signed is refused; Ctrl-C stops")
            number = await next_signal(signals)
    say(report_line(listener.stats()), err=True)
    return exit_code_of(number or 0)


def read_secrets(path: Path) -> list[str]:
    """Return the secrets in a file, separated by commas or lines; none when it holds none, which is an error there.

    Raises:
        ConfigurationError: It cannot be read.
    """
    from sixtyfour_async.errors import ConfigurationError

    try:
        return path.read_text("utf-8").replace(",", " ").split()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ConfigurationError(f"--secret-file {path}: {reason}") from error


def report_line(stats: ListenerStats) -> str:
    """Format what was received."""
    refused = sum(number for status, number in stats.answers.items() if status not in {204, 503})
    again = stats.answers.get(503, 0)
    received = f"stopped: {stats.answers.get(204, 0):,} deliveries received, {row_count(stats.rows_ended)} ended"
    return f"{received}, {stats.kept:,} kept that are for no row; {refused:,} refused, {again:,} to be sent again"


class Said(logging.Handler):
    """Prints what the library logs as lines of the command."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print a line."""
        say(f"sixtyfour: {record.getMessage()}", err=True)
