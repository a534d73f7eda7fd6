"""Write the guide's numbers: ``python -m benchmarks.guide_figures [FOLDER]`` takes them from the benchmarks' files.

FOLDER holds what ``python -m benchmarks frontier`` and ``first_light`` wrote; by default ``benchmark-results``.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[1] / "sixtyfour_async" / "guide"
PAGE = GUIDE / "polling.md"
PICTURES = {"frontier.svg": "frontier.svg", "frontier.low-medium-measured.svg": "low-medium-measured.svg"}
"""File of a benchmark → its name in the guide."""
TABLES = {"ratios": ("frontier", -1), "overview": ("frontier", -2), "first_light": ("first_light", -1)}
"""Part of the page → the benchmark, and which of its tables."""


def part(found: Mapping[str, Any], number: int) -> str:
    """Return a table of a benchmark's JSON as Markdown, with a line about where it comes from."""
    table = found["tables"][number]
    heads = [column["name"] for column in table["columns"]]
    columns = table["columns"]
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    lines += [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in table["rows"]]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    return f"\n{text}\n\n{origin(found)}\n\n"


def origin(found: Mapping[str, Any]) -> str:
    """Return where numbers come from, in a sentence."""
    seeds: Sequence[int] = found["seeds"]
    spread = f"medians of {len(seeds)} seeds (with their range)" if len(seeds) > 1 else "one seed"
    return (
        f"`python -m benchmarks {found['benchmark']}`: {found['n']['rows']:,} rows a list, {spread}, virtual time; "
        f"{found['date'][:10]}, Python {found['versions']['python']}."
    )


def _cell(cell: str | Mapping[str, float] | None, column: Mapping[str, Any]) -> str:
    if cell is None or isinstance(cell, str):
        return cell or ""
    middle, low, high = (format(cell[which], column["format"]) for which in ("median", "low", "high"))
    return f"{middle} ({low} to {high})" if column["range"] and low != high else middle


def with_part(text: str, name: str, new: str) -> str:
    """Return a page with another text between the markers of a part."""
    before, opening, rest = text.partition(f"<!-- {name} -->\n")
    _, closing, after = rest.partition(f"<!-- /{name} -->")
    return f"{before}{opening}{new}{closing}{after}"


def main(folder: Path) -> None:
    """Write tables and plots into the guide."""
    text = PAGE.read_text("utf-8")
    for name, (benchmark, number) in TABLES.items():
        found = json.loads((folder / f"{benchmark}.json").read_text("utf-8"))
        text = with_part(text, name, part(found, number))
    PAGE.write_text(text, "utf-8")
    (GUIDE / "pictures").mkdir(exist_ok=True)
    for source, target in PICTURES.items():
        shutil.copyfile(folder / source, GUIDE / "pictures" / target)


if __name__ == "__main__":
    main(Path(*sys.argv[1:]) if sys.argv[1:] else Path("benchmark-results"))
