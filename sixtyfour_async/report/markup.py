"""HTML and SVG put together from values: everything is escaped where it goes in, and nothing is substituted afterwards.

There is no template and so no placeholder: `element` takes text and markup apart by their types.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

from sixtyfour_async.errors.printable import printable


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = "str | Html | Iterable[Child] | None"
"""What an element holds: text, which is escaped; markup; several of these; or nothing."""

VOID = frozenset({"meta", "br", "hr", "line", "rect", "path"})
"""Elements without an end tag, and those of SVG that hold nothing here."""


def text(value: str) -> Html:
    """Return text as markup, in which controls and what changes the direction of text are spelled out."""
    return Html(escape(printable(value).replace("\x00", "\ufffd")))


def markup(*children: Child) -> Html:
    """Return children one after another."""
    return Html("".join(_rendered(child) for child in children))


def element(name: str, *children: Child, **attributes: str | float | bool | None) -> Html:
    """Return an element.

    Args:
        name: Its name.
        children: What it holds.
        attributes: ``class_`` is ``class``, ``stroke_width`` is ``stroke-width``; True stands without a value, and what
            is None or False is left out.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{text(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inner = markup(*children)
    if name in VOID and not inner:
        return Html(f"<{name}{written}>" if name in {"meta", "br", "hr"} else f"<{name}{written}/>")
    return Html(f"<{name}{written}>{inner}</{name}>")


def data(value: str) -> Html:
    """Return text that comes from the journal: set apart, so that its direction does not spread."""
    return element("bdi", value)


def _rendered(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    return text(child) if isinstance(child, str) else markup(*child)
