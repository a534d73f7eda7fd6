"""``sixtyfour settings``: what is set, to what, and from where."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any, Final, cast

import click
from click.core import ParameterSource

from sixtyfour_async.cli.env_file import PREFIX
from sixtyfour_async.cli.environment import FILE, Environment, environment_of
from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.folder_addresses import shown_address
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.cli.settings_table import SECRETS, flag_of, settings_of
from sixtyfour_async.errors import InputError

OTHERS: Final = frozenset({"SIXTYFOUR_WEBHOOK_SECRET"})
"""Variables without a flag."""

HIDDEN: Final = "(not shown)"


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as it is shown.

    Attributes:
        setting: The flag or variable.
        value: What is used; `HIDDEN` for a secret.
        source: ``flag``, ``environment``, ``.env`` or ``default``.
        variable: The variable that stands for it.
    """

    setting: str
    value: str
    source: str
    variable: str


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--all", "all_of_them", is_flag=True, help="List what is not set as well.")
@click.argument("command_line", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND [FLAGS]...]")
@one_line_errors
def settings(command_line: tuple[str, ...], *, as_json: bool, all_of_them: bool) -> None:
    """Show which settings are used, and whether a flag, the environment or .env sets them.

    A flag goes before the environment, the environment before the .env file of this folder; folders above it are not
    searched. With a COMMAND, and the flags that it is to be given, the settings of that command: what it would use.
    Nothing is run or sent. Keys and passwords are not shown, only their source.
    """
    context = click.get_current_context()
    loaded, group = environment_of(context), cast("click.Group", context.find_root().command)
    found = list(_of_command(context, group, command_line) if command_line else _of_environment(group, loaded))
    if not all_of_them:
        found = [each for each in found if each.source != "default"]
    unread = _unread(group, loaded)
    if as_json:
        listed = {"settings": [asdict(each) for each in found], "not_read": unread}
        say(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    lines = [f"{each.setting} {each.value}  [{each.source}]" for each in found]
    say("\n".join(lines or ["nothing is set; --all lists what can be"]))
    for name, reason in unread.items():
        say(f"{name} is not read: {reason}", err=True)


def _of_environment(group: click.Group, loaded: Environment) -> Iterable[Shown]:
    """Show what is set for all commands."""
    for setting in settings_of(group):
        value = os.environ.get(setting.variable)
        source = "default" if value is None else source_of_variable(setting.variable, loaded)
        yield Shown(setting.flag, _safe(value, is_secret=setting.is_secret), source, setting.variable)
    for name in sorted(OTHERS & os.environ.keys()):
        yield Shown(name, HIDDEN, source_of_variable(name, loaded), name)


def _of_command(context: click.Context, group: click.Group, words: tuple[str, ...]) -> Iterable[Shown]:
    """Show what a command would use, given these flags."""
    command, name, rest = _resolved(context, group, list(words))
    used = command.make_context(name, rest, parent=context.find_root(), resilient_parsing=True)
    loaded = environment_of(context)
    for option in command.params:
        if isinstance(option, click.Option) and not option.is_eager:
            source = used.get_parameter_source(option.name or "")
            variable = option.envvar if isinstance(option.envvar, str) else ""
            value: Any = used.params.get(option.name or "", os.environ.get(variable))
            if value is None and source is ParameterSource.COMMANDLINE:
                value = "(not valid)"
            shown = _safe(value, is_secret=option.name in SECRETS)
            yield Shown(flag_of(option), shown, source_of(source, variable, loaded), variable)


def _resolved(context: click.Context, group: click.Group, words: list[str]) -> tuple[click.Command, str, list[str]]:
    """Return the command that words name, its whole name, and the words that follow it.

    Raises:
        InputError: There is none of this name.
    """
    command: click.Command = group
    path: list[str] = []
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        found = command.get_command(context, name)
        if found is None:
            near = get_close_matches(name, command.list_commands(context), n=1)
            raise InputError(f"no command {name!r}", remedy=f"did you mean {near[0]!r}?" if near else "see --help")
        path, command = [*path, name], found
    return command, " ".join(path), words


def source_of(source: ParameterSource | None, variable: str, loaded: Environment) -> str:
    """Return where click found a value, in our words."""
    if source is ParameterSource.COMMANDLINE:
        return "flag"
    return source_of_variable(variable, loaded) if source is ParameterSource.ENVIRONMENT else "default"


def source_of_variable(variable: str, loaded: Environment) -> str:
    """Return where a variable that is set comes from."""
    return str(FILE) if variable in loaded.from_file else "environment"


def _safe(value: Any, *, is_secret: bool) -> str:
    """Return a value as it may be shown, on one line."""
    if value is None or value == ():
        return ""
    if is_secret:
        return HIDDEN
    listed = cast("tuple[object, ...]", value) if isinstance(value, tuple) else (value,)
    lines = [line for each in listed for line in (shown_address(each) or str(each)).splitlines() if line.strip()]
    return ", ".join(lines)


def _unread(group: click.Group, loaded: Environment) -> dict[str, str]:
    """Return names that look like settings and are none, each with a hint."""
    known = {setting.variable for setting in settings_of(group)} | OTHERS
    unread = dict(loaded.ignored)
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known:
            near = get_close_matches(name, known, n=1)
            unread[name] = f"did you mean {near[0]}?" if near else "no flag has this variable"
    return unread
