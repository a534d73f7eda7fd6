"""What may stand at the cursor: commands, flags, operations, tiers, columns, journals. Nothing is sent or written.

Neither the key nor ``.env`` is read, and no operation is imported: a shell waits for this with every Tab.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from sixtyfour_async.cli.completion_words import completion_words
from sixtyfour_async.cli.guide_command import page_names
from sixtyfour_async.cli.journal_place import JournalPlace

FILES: Final = "\0files"
"""Stands for the names of files, which the shell completes by itself."""

COLUMN_OPTIONS: Final = {"renames": "=", "skips": "", "sends": "", "only_empty": ""}
"""Options that take a column of the table, with what follows it."""

SQLITE: Final = b"SQLite format 3\0"


@dataclass(slots=True)
class Line:
    """A command line up to the cursor, taken apart.

    Attributes:
        path: The names of the command and its groups.
        command: The command; a group when the name of one is still to come.
        values: The positional arguments so far.
        pending: The option whose value comes next.
        flags: Of an operation of ``call``: its flags, as in the words' file.
        only_values: Whether ``--`` has ended the options.
    """

    command: click.Command
    path: list[str] = field(default_factory=list[str])
    values: list[str] = field(default_factory=list[str])
    pending: str = ""
    flags: dict[str, Any] = field(default_factory=dict[str, Any])
    only_values: bool = False

    def take(self, word: str) -> None:
        """Take the next whole word."""
        if self.pending:
            self.pending = ""
        elif word == "--" and not self.only_values:
            self.only_values = True
        elif word.startswith("-") and len(word) > 1 and not self.only_values:
            self.pending = word if "=" not in word and self._takes_value(word) else ""
        elif isinstance(self.command, click.Group):
            self._enter(word)
        else:
            self.values.append(word)

    def _enter(self, word: str) -> None:
        self.path.append(word)
        if self.path[0] == "call" and len(self.path) == 2:  # noqa: PLR2004 (the operation)
            self.flags = completion_words()["operations"].get(word, {})
            self.command = _call_command(word)
        else:
            self.command = self.command.commands.get(word, click.Command(word))  # type: ignore[attr-defined]

    def _takes_value(self, flag: str) -> bool:
        if flag in self.flags:
            return self.flags[flag] is not None
        option = self.option(flag)
        return option is not None and not option.is_flag

    def option(self, flag: str) -> click.Option | None:
        """Return the option of this name; None when there is none."""
        options = (each for each in self.command.params if isinstance(each, click.Option))
        return next((each for each in options if flag in (*each.opts, *each.secondary_opts)), None)


def complete(words: Sequence[str], group: click.Group) -> list[str]:
    """Return what may stand in place of the last word, sorted as it is offered.

    Args:
        words: The words after the program's name up to the cursor; the last one may be empty.
        group: All commands.

    Returns:
        Whole values that begin with the last word; `FILES` alone where the shell shall complete the name of a file.
    """
    line = Line(group)
    *before, current = words
    for word in before:
        line.take(word)
    flag, equals, rest = current.partition("=")
    if not line.pending and equals and flag.startswith("--") and not line.only_values:
        values = list(_values(line, flag, rest))
        return values if values == [FILES] else [f"{flag}={value}" for value in values if value.startswith(rest)]
    found = list(_offers(line, current))
    return found if found == [FILES] else [value for value in found if value.startswith(current)]


def _offers(line: Line, current: str) -> Iterator[str]:
    if line.pending:
        yield from _values(line, line.pending, current)
    elif current.startswith("-") and not line.only_values:
        yield from _flags(line)
    elif isinstance(line.command, click.Group):
        yield from sorted(completion_words()["operations"] if line.path == ["call"] else line.command.commands)
    else:
        arguments = [each for each in line.command.params if isinstance(each, click.Argument)]
        place = min(len(line.values), len(arguments) - 1)
        if place >= 0 and (len(line.values) < len(arguments) or arguments[place].nargs == -1):
            yield from _argument(line, arguments[place], current)


def _flags(line: Line) -> Iterator[str]:
    yield from line.flags
    for option in line.command.params:
        if isinstance(option, click.Option) and not option.hidden:
            yield from (name for name in (*option.opts, *option.secondary_opts) if name.startswith("--"))
    yield "--help"


def _argument(line: Line, argument: click.Argument, current: str) -> Iterator[str]:
    if argument.name == "operation":
        yield from completion_words()["tables"]
    elif argument.name == "page":
        yield from page_names()
    elif argument.name == "command_line":
        yield from _of_another(line, current)
    else:
        yield from _typed_values(argument, current)


def _of_another(line: Line, current: str) -> Iterator[str]:
    """Complete the command line that is an argument, as of ``settings``."""
    from sixtyfour_async.cli.commands import cli  # noqa: PLC0415 (it imports this module)

    yield from complete([*line.values, current], cli)


def _values(line: Line, flag: str, current: str) -> Iterator[str]:
    """Yield the values of a flag."""
    if flag in line.flags:
        known = line.flags[flag]
        yield from [FILES] if known == "file" or current.startswith("@") else known or []
        return
    option = line.option(flag)
    if option is None:
        return
    if option.name == "tier":
        yield from completion_words()["tiers"]
    elif option.name in COLUMN_OPTIONS:
        yield from (f"{column}{COLUMN_OPTIONS[option.name]}" for column in _columns(line))
    elif option.name == "prices":
        yield from (f"{name}=" for name in completion_words()["operations"])
    elif option.name == "operation":
        yield from completion_words()["jobs"]
    else:
        yield from _typed_values(option, current)


def _typed_values(parameter: click.Parameter, current: str) -> Iterator[str]:
    """Yield what fits the type of a parameter."""
    if isinstance(parameter.type, click.Choice):
        yield from (str(choice) for choice in parameter.type.choices)
    elif isinstance(parameter.type, JournalPlace):
        yield from _journals(current)
    elif isinstance(parameter.type, click.Path) or parameter.name == "api_key_file":
        yield FILES


def _journals(current: str) -> Iterator[str]:
    """Yield the journals in the folder that the word is about, and the folders in it."""
    folder, slash, _ = current.rpartition("/")
    for path in sorted(Path(folder + slash or ".").expanduser().iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield f"{folder}{slash}{path.name}/"
        elif path.is_file() and _begins_with(path, SQLITE):
            yield f"{folder}{slash}{path.name}"


def _begins_with(path: Path, mark: bytes) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(mark)) == mark
    except OSError:
        return False


def _columns(line: Line) -> Iterator[str]:
    """Yield the columns of the table that the command line names."""
    from sixtyfour_async.tables.columns import columns_at  # noqa: PLC0415 (heavy)

    if len(line.values) >= 2:  # noqa: PLR2004 (OPERATION TABLE)
        yield from filter(None, columns_at(Path(line.values[1]).expanduser()))


def _call_command(name: str) -> click.Command:
    """Return a command with the flags that ``call`` has besides those of an operation."""
    from sixtyfour_async.cli.call_command import shared_parameters  # noqa: PLC0415 (it imports much)

    words = completion_words()
    is_job, is_paged = name in words["jobs"], name in words["paged"]
    return click.Command(name, params=list(shared_parameters(is_job=is_job, is_paged=is_paged)))
