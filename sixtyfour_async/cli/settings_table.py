"""Flags and the environment variables that stand for them: one table, read off the commands themselves.

A flag of a command that talks to the service, or writes a table, has the variable ``SIXTYFOUR_FLAG``, the same in all
of them. The others have the command's name in it, as ``SIXTYFOUR_SIMULATE_LIMIT``: their flags mean something else. So
has a single flag that takes other values than its namesake, as ``SIXTYFOUR_SEARCH_MODE``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import click

from sixtyfour_async.cli.command_group import NamingGroup
from sixtyfour_async.cli.env_file import PREFIX

APART: Final = frozenset({"simulate", "demo", "journal", "forget", "report", "guide", "settings", "completion"})
"""Commands whose flags are their own."""

APART_FLAGS: Final = frozenset({("search", "--mode")})
"""Flags of other commands that are their own."""

SECRETS: Final = frozenset({"api_key"})
"""Options whose value is never shown."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable.

    Attributes:
        variable: Its name.
        flag: The flag that it stands for, such as ``--tier``.
        commands: The commands that have it.
        help: What it does; where that differs between the commands, in each of them.
        is_secret: Whether its value is never shown.
    """

    variable: str
    flag: str
    commands: tuple[str, ...]
    help: str
    is_secret: bool = False


class Lines(click.types.StringParamType):
    """Text; several values of it are separated by line breaks in a variable, since spaces and commas occur in them."""

    def split_envvar_value(self, rv: str) -> list[str]:
        """Split what a variable holds."""
        return [line for line in rv.splitlines() if line.strip()]


def assign_variables(group: click.Group) -> None:
    """Give each flag of each command its variable."""
    for path, option in flags_of(group):
        assign_variable(path, option)


def assign_variable(path: tuple[str, ...], option: click.Option) -> None:
    """Give a flag of the command at *path* its variable."""
    option.envvar = variable_of(path, option)
    if option.multiple and isinstance(option.type, click.types.StringParamType):
        option.type = Lines()


def flags_of(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Option]]:
    """Yield every flag with the path of its command. The parameters of operations are questions, and no settings."""
    for name, command in group.commands.items():
        if isinstance(command, NamingGroup):
            yield from (((*path, name), option) for option in command.shared_options())
        if isinstance(command, click.Group):
            yield from flags_of(command, (*path, name))
        for option in command.params:
            if isinstance(option, click.Option) and not option.is_eager:
                yield (*path, name), option


def variable_of(path: tuple[str, ...], option: click.Option) -> str:
    """Return the name of the variable that stands for a flag of the command at *path*."""
    own = path if path[0] in APART or (path[0], flag_of(option)) in APART_FLAGS else ()
    return PREFIX + "_".join([*own, flag_of(option).lstrip("-")]).upper().replace("-", "_")


def flag_of(option: click.Option) -> str:
    """Return the first long form of a flag."""
    return next(name for name in option.opts if name.startswith("--"))


def settings_of(group: click.Group) -> list[Setting]:
    """Return the table, sorted by variable."""
    found: dict[str, tuple[click.Option, dict[str, str]]] = {}
    for path, option in flags_of(group):
        helps = found.setdefault(variable_of(path, option), (option, {}))[1]
        helps[" ".join(path)] = " ".join((option.help or "").split())
    return [
        Setting(variable, flag_of(option), tuple(helps), _help(helps), option.name in SECRETS)
        for variable, (option, helps) in sorted(found.items())
    ]


def _help(helps: Mapping[str, str]) -> str:
    """Return what a variable does, given what its flag does in each command."""
    texts = dict.fromkeys(helps.values())
    if len(texts) == 1:
        return next(iter(texts))
    named = {text: ", ".join(command for command, said in helps.items() if said == text) for text in texts}
    return " ".join(f"({commands}) {text}" for text, commands in named.items())
