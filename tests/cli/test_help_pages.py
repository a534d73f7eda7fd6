"""The text that ``--help`` shows, for every command and every operation."""

from __future__ import annotations

from collections.abc import Iterator

import click

from sixtyfour_async.cli.commands import cli

MARKS = ("\\b", "\b", "``", "Args:", "Raises:")
"""What click and reStructuredText take out of a text that is written as they want it."""


def commands_of(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command by its name, operations included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands_of(command, f"{path}{name} ")


def test_no_page_shows_the_marks_of_its_source() -> None:
    pages = {name: command.get_help(click.Context(command)) for name, command in commands_of(cli)}

    assert {name: mark for name, page in pages.items() for mark in MARKS if mark in page} == {}
    assert {"call find-email", "journal check", "workflow run"} <= pages.keys()
    # Lines to copy are not wrapped, nor joined to a paragraph.
    assert sum(line.startswith("    sixtyfour call ") for line in pages["call"].splitlines()) == 2
    assert sum(line.split()[:1] in (["bash:"], ["zsh:"], ["fish:"]) for line in pages["completion"].splitlines()) == 3
