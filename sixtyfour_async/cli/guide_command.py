"""``sixtyfour guide``: the pages of the guide that ship with the package, in the terminal."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from pathlib import Path

import click

from sixtyfour_async.cli.exit_codes import one_line_errors
from sixtyfour_async.cli.formatting import say
from sixtyfour_async.errors import InputError

GUIDE = Path(__file__).parents[1] / "guide"
"""Its pages. Not by `importlib.resources`, whose import takes a tenth of the time in which a Tab is answered."""

INDEX = "index"
WIDEST_COLUMNS = 100
"""Longer lines of prose are hard to read."""


@click.command()
@click.argument("page", default=INDEX, metavar="[PAGE]")
@one_line_errors
def guide(page: str) -> None:
    """Show a PAGE of the guide; without one, the list of pages.

    Formatted in a terminal, Markdown as it is in a pipe or a file.
    """
    text = page_text(page)
    if sys.stdout.isatty():
        _show(text)
    else:
        say(text.rstrip("\n"))


def page_names() -> list[str]:
    """Return the names of all pages, in alphabetical order: ``tables`` for ``tables.md``."""
    return sorted(path.stem for path in GUIDE.glob("*.md"))


def page_text(page: str) -> str:
    """Return the Markdown of a page, whose name may be in capitals or end in ``.md``.

    Raises:
        InputError: There is no such page; the message has the nearest name, or all of them.
    """
    names = {name.casefold(): name for name in page_names()}
    wanted = page.casefold().removesuffix(".md").replace("-", "_")
    if wanted not in names:
        near = get_close_matches(wanted, names, n=1)
        remedy = f"did you mean {names[near[0]]}?" if near else f"choose from {', '.join(names.values())}"
        raise InputError(f"the guide has no page {page!r}: {remedy}")
    return (GUIDE / f"{names[wanted]}.md").read_text("utf-8")


def _show(text: str) -> None:
    from rich.console import Console
    from rich.theme import Theme

    from sixtyfour_async.cli.guide_markdown import GuideMarkdown

    console = Console(highlight=False, theme=Theme({"markdown.code": "bold cyan"}))
    console.print(GuideMarkdown(text), width=min(console.width, WIDEST_COLUMNS))
