"""The README's table of operations, from registry and namespaces.

``python -m tests.contract.readme_table`` regenerates it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sixtyfour_async._client.namespaces import Namespaces

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- operations -->\n", "<!-- /operations -->"
HEAD = "| method of the client | route | as a job | operation | standing |\n|---|---|---|---|---|\n"


def bound_operations(holder: type, place: str) -> Iterator[tuple[str, Any]]:
    """Yield every method with its operation, in the order of the source."""
    for name, binding in vars(holder).items():
        if (namespace := getattr(binding, "_namespace", None)) is not None:
            yield from bound_operations(namespace, f"{place}.{name}")
        elif (operation := getattr(binding, "_operation", None)) is not None:
            yield f"{place}.{name}", operation


def operations_table() -> str:
    """Return the table, one line per method."""
    lines = [
        f"| `{place}` | {_route(cls.endpoint.route)} | {_route(cls.endpoint.job)} | `{cls.__name__}` "
        f"| {cls.endpoint.standing} |\n"
        for place, cls in bound_operations(Namespaces, "client")
    ]
    return HEAD + "".join(lines)


def _route(route: object) -> str:
    return f"`{route}`" if route else ""


def table_in(text: str) -> str:
    """Return the table between the markers of a text."""
    return text.partition(BEGIN)[2].partition(END)[0]


if __name__ == "__main__":
    text = README.read_text("utf-8")
    README.write_text(text.replace(table_in(text), operations_table()) if table_in(text) else text, "utf-8")
