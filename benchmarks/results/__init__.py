"""What a benchmark found: tables, charts and the circumstances, as text, SVG and JSON.

A benchmark returns a `Report`. `text` prints it, `svg` draws its charts, and `files` writes all of it to a folder. No
module here knows any benchmark.
"""

from __future__ import annotations

from benchmarks.results.charts import Chart, Dot, Dots, Lines, Panel, Series
from benchmarks.results.report import Cell, Column, Report, Spread, Table, quantile

__all__ = [
    "Cell",
    "Chart",
    "Column",
    "Dot",
    "Dots",
    "Lines",
    "Panel",
    "Report",
    "Series",
    "Spread",
    "Table",
    "quantile",
]
