"""How a CSV file is written down: its delimiter, encoding, line ends and quotes, kept from the input to the output."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.detection import SAMPLE_CHARACTERS, valid_delimiter
from sixtyfour_async.tables.files import head_of, open_text


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""The form of a CSV file.

    Attributes:
        delimiter: One character.
        encoding: A Unicode encoding of Python; ``utf-8-sig``, ``utf-16`` and ``utf-32`` begin with a byte order mark.
        line_end: ``"\n"`` or ``"\r\n"``.
        quote_all: Whether every cell is quoted, not only those that must be.
        sep_line: Whether a first line ``sep=;`` tells Excel the delimiter.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    line_end: str = "\n"
    quote_all: bool = False
    sep_line: bool = False


DIALECTS: Final[Mapping[str, Dialect]] = {
    "plain": Dialect(),
    "excel": Dialect(encoding="utf-8-sig", line_end="\r\n"),
    "excel-semicolon": Dialect(";", encoding="utf-8-sig", line_end="\r\n"),
    "tab": Dialect("\t"),
}
"""Dialects by name, for ``--out-dialect``."""


UNICODE: Final = ("utf-8", "utf-16", "utf-32")


def dialect_of(path: Path, encoding: str, delimiter: str, *, sep_line: bool) -> Dialect:
    """Return how a file is written, read with an encoding and a delimiter.

    A file in an encoding of few characters comes back as UTF-8 with a byte order mark: its own could not hold all
    answers.
    """
    sample = ""
    with open_text(path, encoding, "replace") as text, suppress(UnicodeError):
        sample = text.read(SAMPLE_CHARACTERS)
    lines = sample.removeprefix("\ufeff").splitlines(keepends=True)
    header = next((line for line in lines[int(sep_line) :] if line.strip()), "")
    line_end = "\r\n" if header.endswith("\r\n") else "\n"
    return Dialect(delimiter, _output_encoding(path, encoding), line_end, _all_quoted(header, delimiter), sep_line)


def _output_encoding(path: Path, encoding: str) -> str:
    if not codecs.lookup(encoding).name.startswith(UNICODE):
        return "utf-8-sig"
    head = head_of(path, 4)
    marked = head.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE))
    width = next(name for name in UNICODE if codecs.lookup(encoding).name.startswith(name))
    return ("utf-8-sig" if width == "utf-8" else width) if marked else ("utf-8" if width == "utf-8" else encoding)


def _all_quoted(header: str, delimiter: str) -> bool:
    line = header.rstrip("\r\n")
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), list[str]())
    except csv.Error:
        return False
    doubled = [cell.replace('"', '""') for cell in cells]
    return line == delimiter.join(f'"{cell}"' for cell in doubled)


def dialect_named(name: str) -> Dialect:
    """Return a dialect by its name, or the plain one with a delimiter.

    Raises:
        InputError: It is neither.
    """
    if name in DIALECTS:
        return DIALECTS[name]
    try:
        return Dialect(valid_delimiter(name))
    except InputError as error:
        remedy = f"use one of {', '.join(DIALECTS)}, or a delimiter of one character"
        raise InputError(f"no dialect is called {name!r}", remedy=remedy) from error


def for_extension(dialect: Dialect, *, tabs: bool, kept: bool) -> Dialect:
    """Return the dialect of an output whose input had another: the delimiter is that of the output's own format.

    Args:
        dialect: The input's.
        tabs: Whether the output's cells are delimited by tabs.
        kept: Whether input and output have the same format.
    """
    if kept:
        return dialect
    return replace(dialect, delimiter="\t" if tabs else ",", sep_line=False)
