"""A report as files: one JSON document, and an SVG for each chart.

The JSON has the keys of `document`. A number measured several times is ``{"median", "low", "high", "values"}``.
Documentation takes its numbers from there.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.results.machine import machine, versions
from benchmarks.results.report import Cell, Report, Spread, Table
from benchmarks.results.svg import draw

SCHEMA = 1


def document(name: str, asks: str, report: Report, *, quick: bool, seeds: Sequence[int]) -> dict[str, Any]:
    """Return everything about a report as JSON values."""
    return {
        "schema": SCHEMA,
        "benchmark": name,
        "asks": asks,
        "quick": quick,
        "seeds": list(seeds),
        "n": dict(report.n),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "versions": versions(),
        "charts": {chart_name or name: asdict(chart) for chart_name, chart in report.charts.items()},
        "tables": [_table(table) for table in report.tables],
        "notes": list(report.notes),
    }


def write(folder: Path, document_: dict[str, Any], report: Report) -> list[Path]:
    """Write a report's JSON and charts into a folder; return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    name = document_["benchmark"]
    texts = {f"{name}.json": json.dumps(document_, indent=1, ensure_ascii=False) + "\n"}
    for chart_name, chart in report.charts.items():
        texts[f"{'.'.join(filter(None, (name, file_name(chart_name))))}.svg"] = draw(chart)
    for file, text in texts.items():
        (folder / file).write_text(text, "utf-8")
    return [folder / file for file in texts]


def file_name(name: str) -> str:
    """Return a name as part of a file's name."""
    return "-".join("".join(letter if letter.isalnum() else " " for letter in name.lower()).split())


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [asdict(column) for column in table.columns],
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
    }


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Spread):
        return {"median": cell.median, "low": cell.low, "high": cell.high, "values": list(cell.values)}
    return cell
