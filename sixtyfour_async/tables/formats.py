"""The formats of tables, by the extension of a file, by name, and by content for what has neither."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, get_args

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Format
from sixtyfour_async.tables.detection import BYTE_ORDER_MARKS, match_start
from sixtyfour_async.tables.files import head_of

FORMATS: Final[tuple[Format, ...]] = get_args(Format)
TEXT: Final[frozenset[Format]] = frozenset(("csv", "tsv", "ndjson", "json"))
"""Formats that may be compressed with gzip."""

EXTENSIONS: Final[Mapping[str, Format]] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "json",
    ".xlsx": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
READABLE: Final[Mapping[str, Format]] = {**EXTENSIONS, ".xlsm": "xlsx", ".xltx": "xlsx", ".xls": "xlsx"}
"""Extensions of files to read; those that are not written are read, or refused with a message of their own."""


def stem_and_extension(path: Path) -> tuple[str, str]:
    """Split a file's name before the extension that tells its format: ``a.b.csv.gz`` is ``a.b`` and ``.csv.gz``."""
    compressed = ".gz" if path.suffix.lower() == ".gz" else ""
    inner = Path(path.name[: len(path.name) - len(compressed)])
    return inner.stem, path.name[len(inner.stem) :]


def is_compressed(path: Path) -> bool:
    """Return whether a file is compressed with gzip, by its extension."""
    return path.suffix.lower() == ".gz"


def format_of(path: Path, given: str | None, *, writing: bool = False) -> Format:
    """Return a file's format: the given one, or that of its extension.

    Raises:
        InputError: Neither is known, or the format is not compressed with gzip.
    """
    option = "out_format" if writing else "format"
    extension = stem_and_extension(path)[1].lower().removesuffix(".gz")
    known = EXTENSIONS if writing else READABLE
    found = named(given) if given is not None else known.get(extension)
    if found is None:
        problem = f"its extension {extension} is not" if extension else "it has no extension that is"
        remedy = f"use {', '.join(EXTENSIONS)}, text also with .gz, or pass {option}=…"
        raise InputError(f"{path}: {problem} that of a table", remedy=remedy)
    if is_compressed(path) and found not in TEXT:
        remedy = "decompress it, or leave out .gz"
        raise InputError(f"{path}: {found} is compressed already and not used with .gz", remedy=remedy)
    return found


def named(word: str) -> Format:
    """Return a format by its name.

    Raises:
        InputError: There is none.
    """
    found = EXTENSIONS.get(f".{word.strip().lower().removeprefix('.')}")
    if found is None:
        raise InputError(f"no format is called {word!r}", remedy=f"use one of {', '.join(FORMATS)}")
    return found


def sniffed(path: Path) -> Format:
    """Return the format of a file without a name, by its first bytes; CSV when they tell nothing."""
    head = head_of(path, 4096)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return "xlsx"
    encoding = match_start(path, BYTE_ORDER_MARKS) or "utf-8-sig"
    first = head.decode(encoding, errors="ignore").lstrip()
    return "json" if first.startswith("[") else "ndjson" if first.startswith("{") else "csv"
