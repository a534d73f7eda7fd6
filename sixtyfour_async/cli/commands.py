"""The group of commands that click sees. Each command imports what it needs when it runs: ``--help`` stays fast."""

from __future__ import annotations

import logging

import click

from sixtyfour_async.cli.call_command import call, operations
from sixtyfour_async.cli.command_group import NamingGroup
from sixtyfour_async.cli.completion_command import completion
from sixtyfour_async.cli.environment import load_environment
from sixtyfour_async.cli.guide_command import guide
from sixtyfour_async.cli.journal_commands import export, forget, status
from sixtyfour_async.cli.journal_group import journal_group
from sixtyfour_async.cli.listen_command import listen
from sixtyfour_async.cli.report_command import report
from sixtyfour_async.cli.run_command import run
from sixtyfour_async.cli.service_commands import balance, download, jobs, search, upload, workflow
from sixtyfour_async.cli.settings_command import settings
from sixtyfour_async.cli.settings_table import assign_variables
from sixtyfour_async.cli.simulator_commands import demo, simulate


@click.group(cls=NamingGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="sixtyfour_async")
@click.pass_context
def cli(context: click.Context) -> None:
    """Enrich tables of people and companies with the Sixtyfour API: one budget, one journal, no row paid twice.

    Every flag can be set in the environment, or in a .env file of the current folder: see `sixtyfour guide settings`.
    """
    context.obj = load_environment()
    # Without a handler, Python prints warnings of the library to stderr, beside the one line that reports an error.
    logging.getLogger().addHandler(logging.NullHandler())


COMMANDS = (run, call, search, workflow, upload, download, balance, jobs, operations, listen, demo, simulate, status)
for command in (*COMMANDS, export, report, forget, journal_group, settings, completion, guide):
    cli.add_command(command)
assign_variables(cli)
