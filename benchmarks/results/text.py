"""A report as text, at most `WIDTH` columns wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from benchmarks.results.report import Cell, Column, Report, Spread, Table

WIDTH = 100
_GAP = 2


def cell_text(cell: Cell, column: Column) -> str:
    """Return a cell as text."""
    if cell is None:
        return "-"
    if isinstance(cell, str):
        return cell
    if not isinstance(cell, Spread):
        return format(cell, column.format)
    if column.range and len(cell.values) > 1:
        low, high = (format(end, column.format) for end in (cell.low, cell.high))
        return f"{cell.median:{column.format}} ({low} to {high})"
    return format(cell.median, column.format)


def table_lines(table: Table) -> Iterator[str]:
    """Yield a table's lines; the first column gives way when the table is too wide."""
    body = [[cell_text(cell, column) for cell, column in zip(row, table.columns, strict=True)] for row in table.rows]
    heads = [column.name for column in table.columns]
    widths = [max(len(row[at]) for row in [heads, *body]) for at in range(len(heads))]
    widths[0] = min(widths[0], max(len(heads[0]), WIDTH - sum(widths[1:]) - _GAP * (len(widths) - 1)))
    yield from wrap(table.title, WIDTH)
    for row in [heads, *body]:
        yield _line(row, widths)
    for column in table.columns:
        if column.meaning:
            yield from wrap(f"{column.name}: {column.meaning}", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(row, widths, strict=True)
    name, width = first
    shown = name if len(name) <= width else name[: width - 1] + "…"
    return (f"{shown:<{width}}" + "".join(f"{' ' * _GAP}{text:>{width}}" for text, width in rest)).rstrip()


def report_lines(report: Report) -> Iterator[str]:
    """Yield a report's lines."""
    for table in report.tables:
        yield ""
        yield from table_lines(table)
    if report.notes:
        yield ""
    for note in report.notes:
        yield from wrap(note, WIDTH, initial_indent="- ", subsequent_indent="  ")
