"""The parts of the guide that are made from the source: the operations, and the journal's schema.

``python -m tests.guide.generated`` writes them into the pages, between ``<!-- NAME -->`` and ``<!-- /NAME -->``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from sixtyfour_async._client.namespaces import Namespaces
from tests.guide.pages import GUIDE, ROOT

SCHEMA = ROOT / "sixtyfour_async" / "_journal" / "schema.sql"
HEAD = "| method | what it does | route | operation |\n|---|---|---|---|\n"


def bound_operations(holder: type = Namespaces, place: str = "client") -> Iterator[tuple[str, Any]]:
    """Yield every method of the client with its operation, in the order of the source."""
    for name, binding in vars(holder).items():
        if (namespace := getattr(binding, "_namespace", None)) is not None:
            yield from bound_operations(namespace, f"{place}.{name}")
        elif (operation := getattr(binding, "_operation", None)) is not None:
            yield f"{place}.{name}", operation


def operations() -> str:
    """Return a section with a table for each namespace."""
    sections = list[str]()
    for namespace, methods in groupby(bound_operations(), key=lambda bound: bound[0].rpartition(".")[0]):
        lines = [
            f"| `{place.rpartition('.')[2]}` | {_does(cls)} | {_routes(cls)} | `{cls.__name__}` |\n"
            for place, cls in methods
        ]
        sections.append(f"\n## `{namespace}`\n\n{HEAD}{''.join(lines)}")
    return "".join(sections) + "\n"


def _does(cls: Any) -> str:
    """Return the first line of an operation's documentation, and its standing unless it is published."""
    first = (inspect.getdoc(cls) or "").partition("\n")[0].replace("``", "`").replace("|", r"\|")
    return first if cls.endpoint.standing == "published" else f"{first} *({cls.endpoint.standing})*"


def _routes(cls: Any) -> str:
    route, job = cls.endpoint.route, cls.endpoint.job
    return "; ".join(filter(None, (f"`{route}`" if route else "", f"as a job `{job}`" if job else "")))


def schema() -> str:
    """Return the journal's schema as a block of SQL."""
    return f"\n```sql\n{SCHEMA.read_text('utf-8').strip()}\n```\n\n"


PARTS: dict[str, tuple[str, Callable[[], str]]] = {
    "operations": ("operations.md", operations),
    "schema": ("journal.md", schema),
}
"""Name → the page it stands in, and what makes it."""


def part_of(text: str, name: str) -> str:
    """Return what stands between the markers in a page."""
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0]


def with_part(text: str, name: str, part: str) -> str:
    """Return a page with another text between the markers."""
    before, opening, rest = text.partition(f"<!-- {name} -->\n")
    _, closing, after = rest.partition(f"<!-- /{name} -->")
    return f"{before}{opening}{part}{closing}{after}"


if __name__ == "__main__":
    for name, (page, make) in PARTS.items():
        path = GUIDE / page
        path.write_text(with_part(path.read_text("utf-8"), name, make()), "utf-8")
