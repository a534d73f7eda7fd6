"""``sixtyfour call`` and ``sixtyfour operations``: every operation of the API, with options from its signature."""

from __future__ import annotations

import json
from textwrap import TextWrapper
from typing import TYPE_CHECKING, Any, Final

import click

from sixtyfour_async.cli.command_group import NamingGroup
from sixtyfour_async.cli.credentials import credentials
from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.settings_table import assign_variable
from sixtyfour_async.cli.shared_options import AGAIN, DRAIN, JOURNAL, JSON, MONEY, SIMULATOR, YES, with_options

if TYPE_CHECKING:
    from sixtyfour_async.cli.operation_fields import Field

STREAMED: Final = click.option("--all-pages", is_flag=True, help="Print the rows of all pages, one JSON value a line.")


class Operations(NamingGroup):
    """A group with one command for each operation, which is made when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (the name that click uses)
        """Return the names of all operations."""
        from sixtyfour_async.operations import REGISTRY

        return sorted(REGISTRY)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Make the command for an operation; None when there is none of this name."""
        from sixtyfour_async.operations import REGISTRY

        return make_command(cmd_name) if cmd_name in REGISTRY else None

    def shared_options(self) -> list[click.Option]:
        """Return the options that operations have besides their own parameters."""
        made = (option for is_job in (True, False) for option in shared_parameters(is_job=is_job, is_paged=not is_job))
        return list({option.name: option for option in made}.values())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the operations; `sixtyfour operations` says what they do."""
        with formatter.section("Operations"):
            # Not `write_text`, which would break names at their hyphens.
            wrapper = TextWrapper(formatter.width, "  ", "  ", break_on_hyphens=False)
            formatter.write(f"{wrapper.fill(', '.join(self.list_commands(ctx)))}\n")


EXAMPLES: Final = """\b
Examples:
  sixtyfour call find-email --lead name="Ada Lovelace" --lead company=Acme --simulate
  sixtyfour call people-intelligence --lead name=Ada --struct "title=Job title" --tier low --simulate
"""
"""Not in the docstring, which would have to be raw: click knows a block that must not be rewrapped by its ``\\b``."""


@click.command(cls=Operations, subcommand_metavar="OPERATION [OPTIONS]", epilog=EXAMPLES)
def call() -> None:
    """Send one operation of the API, and print its answer as JSON.

    Its options are its parameters: `sixtyfour call OPERATION --help` explains them, `sixtyfour operations` lists all
    operations. What runs as a job is submitted, polled and kept in a journal as `sixtyfour run` does: the same command
    again prints the same answer, and pays nothing. A live call that may cost something needs a yes, or --yes.

    Nested values are given as key=value, repeated; as JSON, or key:=JSON; or as @FILE.
    """


def make_command(name: str) -> click.Command:
    """Make the command for an operation."""
    from sixtyfour_async.cli.operation_fields import fields_of
    from sixtyfour_async.operations import REGISTRY, JobOperation, PagedOperation

    operation = REGISTRY[name]
    fields = fields_of(operation)
    is_job = issubclass(operation, JobOperation)

    @one_line_errors
    def carry_out(**options: Any) -> None:
        from sixtyfour_async.cli.calling import call_operation

        call_operation(name, fields, options)

    command = click.command(name, help=_help(operation))(carry_out)
    shared = shared_parameters(is_job=is_job, is_paged=issubclass(operation, PagedOperation))
    command.params = [*(option_of(field) for field in fields), *shared]
    return command


def shared_parameters(*, is_job: bool, is_paged: bool) -> list[click.Option]:
    """Return the options that operations of this kind have besides their own parameters."""
    extra = (AGAIN, JOURNAL, *MONEY, DRAIN) if is_job else (STREAMED,) if is_paged else ()
    made = click.command()(credentials(with_options(*extra, JSON, YES, *SIMULATOR)(lambda: None)))
    options = [option for option in made.params if isinstance(option, click.Option)]
    for option in options:
        assign_variable(("call",), option)
    return options


def option_of(field: Field) -> click.Option:
    """Return the option for a parameter. The environment does not set it: it is a question, and no setting."""
    text = f"{field.help}{'  [required]' if field.is_required else ''}"
    if field.shape == "flag":
        flag = field.flags[0]
        return click.Option([f"{flag}/--no-{flag[2:]}", field.name], default=None, help=text)
    multiple = field.shape in {"texts", "object", "objects", "struct"}
    return click.Option([*field.flags, field.name], multiple=multiple, metavar=field.metavar, help=text)


def _help(operation: Any) -> str:
    """Return an operation's documentation, each paragraph flowing."""
    return (operation.__doc__ or "").replace("``", "").replace("`", "")


@click.command()
@JSON
@one_line_errors
def operations(*, as_json: bool) -> None:
    """List the operations of the API, with what each does. `sixtyfour call OPERATION` sends one.

    job: it is submitted as a job and kept in a journal. file: it uploads a file. events: its answer is a stream.
    """
    from sixtyfour_async.cli.operation_fields import fields_of
    from sixtyfour_async.operations import REGISTRY, JobOperation

    listed = [
        {
            "operation": name,
            "summary": (operation.__doc__ or "").strip().partition("\n")[0].replace("`", ""),
            "kind": "job" if issubclass(operation, JobOperation) else "events" if operation.endpoint.events else "call",
            "route": str(operation.endpoint.job or operation.endpoint.route),
            "standing": operation.endpoint.standing,
            "options": [field.flags[0] for field in fields_of(operation)],
        }
        for name, operation in sorted(REGISTRY.items())
    ]
    if as_json:
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    width = max(len(str(each["operation"])) for each in listed)
    say("\n".join(f"{each['operation']:<{width}}  {each['kind']:<6}  {each['summary']}" for each in listed))
