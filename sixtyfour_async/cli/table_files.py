"""Where a command's table comes from and goes to: files, standard input, standard output."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from sixtyfour_async.cli.console import lost_output, table_output
from sixtyfour_async.errors import InputError
from sixtyfour_async.tables import (
    Cell,
    Table,
    Writer,
    Written,
    check_writable,
    open_stream,
    open_table,
    stem_and_extension,
    write_stream,
    write_table,
    writer_for,
)

STANDARD: Final = Path("-")
"""Stands for standard input as a table, for standard output as an output."""


def default_output(table: Path) -> Path:
    """Return the output's name if none is given: ``leads.csv.gz`` becomes ``leads.enriched.csv.gz``.

    Raises:
        InputError: The table has no name.
    """
    if table == STANDARD:
        raise InputError("a table from standard input needs a name for its output", remedy="add --out FILE, or --out -")
    stem, extension = stem_and_extension(table)
    return table.with_name(f"{stem}.enriched{WRITABLE.get(extension.lower(), extension)}")


WRITABLE: Final = {"": ".csv", ".xlsm": ".xlsx", ".xltx": ".xlsx", ".xls": ".xlsx"}
"""Extensions of outputs for tables with an extension that is not written."""


def default_journal(out: Path) -> Path:
    """Return the journal's name if none is given: beside the output.

    Raises:
        InputError: The output has no name.
    """
    if out == STANDARD:
        message = "an output to standard output needs a name for its journal"
        raise InputError(message, remedy="add --journal FILE: it keeps what was paid for")
    return out.with_name(f"{stem_and_extension(out)[0]}.journal.db")


def read_table(path: Path, options: dict[str, Any]) -> Table:
    """Read the table that a command is given.

    Args:
        path: Its path, or ``-``.
        options: The command's options ``format``, ``sheet``, ``encoding`` and ``delimiter``.

    Raises:
        InputError: It cannot be read, or not without doubt or loss.
        ConfigurationError: A package is missing.
    """
    chosen = {name: options.get(name) for name in ("format", "sheet", "encoding", "delimiter")}
    return open_stream(sys.stdin.buffer, **chosen) if path == STANDARD else open_table(path, **chosen)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a table is written, and how.

    Attributes:
        path: The file, or ``-``.
        writer: Its format.
    """

    path: Path
    writer: Writer

    @classmethod
    def of(
        cls,
        path: Path,
        *,
        format: str | None = None,  # noqa: A002 (the word that users know)
        dialect: str | None = None,
        source: Table | None = None,
    ) -> Self:
        """Choose the format: the given one, that of the extension, or on standard output that of the input.

        Raises:
            InputError: Format or dialect are unknown, or do not fit.
        """
        named = None if path == STANDARD else path
        return cls(path, writer_for(named, format=format, dialect=dialect, source=source))

    @property
    def is_standard(self) -> bool:
        """Whether it is standard output."""
        return self.path == STANDARD

    def check(self, *, columns: int, rows: int) -> None:
        """Check that a table of this size can be written, before its answers are paid for.

        Raises:
            InputError: It cannot.
            ConfigurationError: A package is missing.
        """
        self.writer.check(columns=columns, rows=rows)
        if not self.is_standard:
            check_writable(self.path)

    def write(self, columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, mode: int) -> Written:
        """Write a table; *mode* is for a new file.

        Raises:
            InputError: It cannot be written; an existing file is unchanged.
            OSError: Standard output has not taken all of it; BrokenPipeError when nobody reads it any more.
        """
        if not self.is_standard:
            return write_table(self.path, columns, rows, writer=self.writer, mode=mode)
        written = write_stream(table_output(), columns, rows, writer=self.writer)
        lost = lost_output()
        if lost is not None:
            raise lost
        return written
