"""A group of commands that names the nearest one when a name is misspelt."""

from __future__ import annotations

from difflib import get_close_matches

import click


class NamingGroup(click.Group):
    """A click group whose error for an unknown command names the nearest."""

    def shared_options(self) -> list[click.Option]:
        """Return the options that all commands of the group have, if they are made only when they are asked for."""
        return []

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return name, command and arguments.

        Raises:
            click.UsageError: There is no such command.
        """
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            near = get_close_matches(name.casefold().replace("_", "-"), self.list_commands(ctx), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"`{ctx.command_path} --help` lists them"
            raise click.UsageError(f"no {'operation' if ctx.info_name == 'call' else 'command'} {name!r}: {hint}", ctx)
        return super().resolve_command(ctx, args)
