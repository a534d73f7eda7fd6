"""The parts of an ``.xlsx`` package that a sheet refers to: its sheets by name, shared texts and number formats.

Read with the standard library, as a stream. Readers that load a sheet (python-calamine, openpyxl) were compared: the
first returns error cells and formulas without a value as empty, and takes 1.8 GB for a 6 kB workbook with a stray cell
in the last row; what they do not tell has to be read from the XML anyway. Source: ECMA-376 part 1, 12 and 18.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Final
from xml.etree import ElementTree as ET

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.files import Source, head_of
from sixtyfour_async.tables.xlsx_formats import NumberFormat

OLE: Final = b"\xd0\xcf\x11\xe0"
ESCAPED: Final = re.compile(r"_x([0-9A-Fa-f]{4})_")
LONG_TEXTS: Final = "long texts"
"""The sheet in which we write what does not fit a cell: in each row the cell's place, and the whole text in pieces."""

MAX_SHARED_CHARACTERS: Final = 48 * 2**20
"""Characters of the texts that cells share, which must be in memory."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: its name, the path of its part, and whether it is shown."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True, slots=True)
class Workbook:
    """What a package says about its sheets.

    Attributes:
        sheets: The worksheets, in order.
        formats: Number formats of cells, by style.
        from_1904: Whether dates are counted from 1904.
        uncalculated: Whether formulas are only calculated when a person opens it: until then their values are made up.
        shared_part: The part with shared texts, if there is one.
    """

    sheets: tuple[Sheet, ...]
    formats: tuple[NumberFormat, ...]
    from_1904: bool
    uncalculated: bool
    shared_part: str | None


@contextmanager
def package(source: Source) -> Generator[zipfile.ZipFile, None, None]:
    """Open a workbook's package.

    Raises:
        InputError: It is another kind of file, or damaged.
    """
    _check_kind(source)
    remedy = "open it in a spreadsheet program and save it again as .xlsx"
    try:
        with zipfile.ZipFile(source.path) as opened:
            yield opened
    except (zipfile.BadZipFile, zlib.error, ET.ParseError, EOFError, RuntimeError, NotImplementedError) as error:
        raise InputError(f"{source.shown} is a damaged workbook: {error}", remedy=remedy) from error
    except (KeyError, ValueError, IndexError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{source.shown} is not a workbook that can be read: {error}", remedy=remedy) from error


def _check_kind(source: Source) -> None:
    name, head = source.shown, head_of(source.path, 512)
    if head.startswith(OLE):
        content = source.path.read_bytes()
        if "EncryptedPackage".encode("utf-16-le") in content:
            remedy = "save it without a password (File > Info > Protect Workbook)"
            raise InputError(f"{name} is protected by a password", remedy=remedy)
        raise InputError(f"{name} is a workbook of the old format .xls", remedy="save it as .xlsx")
    if not head.startswith(b"PK"):
        html = (
            head.lstrip(b"\xef\xbb\xbf \t\r\n")
            .lower()
            .startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta"))
        )
        kind = "HTML or XML called Excel" if html else "empty" if not head else "not a workbook"
        remedy = "open it and save it as .xlsx" if html else "if it is text, name it .csv or pass format='csv'"
        raise InputError(f"{name} is {kind}", remedy=remedy)


def read_workbook(opened: zipfile.ZipFile, name: str) -> Workbook:
    """Read everything but the cells.

    Raises:
        InputError: It is a package of another kind, such as .xlsb or .ods.
    """
    parts = set(opened.namelist())
    if "xl/workbook.bin" in parts or "mimetype" in parts:
        raise InputError(f"{name} is not .xlsx but .xlsb or .ods", remedy="save it as .xlsx")
    main = next(
        (path for _, kind, path in _relations(opened, "", parts) if kind == "officeDocument"), "xl/workbook.xml"
    )
    if main not in parts:
        raise InputError(f"{name} is a zip archive without a workbook", remedy="give the table that is in it")
    relations = {key: (kind, path) for key, kind, path in _relations(opened, main, parts)}
    sheets: list[Sheet] = []
    from_1904 = uncalculated = False
    for tag, element in elements(opened.open(main)):
        if tag == "workbookPr":
            from_1904 = element.get("date1904") in {"1", "true"}
        elif tag == "calcPr":
            uncalculated = element.get("fullCalcOnLoad") in {"1", "true"}
        elif tag == "sheet":
            key = next(value for attribute, value in element.items() if attribute.endswith("}id"))
            kind, part = relations[key]
            if kind == "worksheet":
                visible = element.get("state", "visible") == "visible"
                sheets.append(Sheet(element.get("name", ""), part, visible))
    by_kind = dict(relations.values())
    formats = _formats(opened, by_kind.get("styles"))
    return Workbook(tuple(sheets), formats, from_1904, uncalculated, by_kind.get("sharedStrings"))


def _relations(opened: zipfile.ZipFile, part: str, parts: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield id, kind and path of each part that a part refers to."""
    folder, _, file = part.rpartition("/")
    path = posixpath.join(folder, "_rels", f"{file}.rels")
    if path not in parts:
        return
    for tag, element in elements(opened.open(path)):
        if tag == "Relationship" and element.get("TargetMode") != "External":
            target = element.get("Target", "")
            full = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            yield element.get("Id", ""), element.get("Type", "").rpartition("/")[2], full


def _formats(opened: zipfile.ZipFile, part: str | None) -> tuple[NumberFormat, ...]:
    if part is None:
        return ()
    codes: dict[int, str] = {}
    formats: list[NumberFormat] = []
    for tag, element in elements(opened.open(part)):
        if tag == "numFmt":
            codes[int(element.get("numFmtId", "0"))] = element.get("formatCode", "")
        elif tag == "cellXfs":
            numbers = [int(one.get("numFmtId", "0")) for one in element]
            formats = [NumberFormat.of(number, codes.get(number)) for number in numbers]
    return tuple(formats)


def elements(file: IO[bytes], keep: tuple[str, ...] = ()) -> Iterator[tuple[str, ET.Element]]:
    """Yield each element with its local name when it ends.

    Args:
        file: An XML part; it is closed.
        keep: Elements that are emptied after they were yielded, with all before them, so that memory stays flat.
    """
    with file:
        stack: list[ET.Element] = []
        for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314 (expat bounds entity expansion)
            if event == "start":
                stack.append(element)
                continue
            stack.pop()
            tag = element.tag.rpartition("}")[2]
            yield tag, element
            if tag in keep and stack:
                stack[-1].clear()


def shared_texts(opened: zipfile.ZipFile, part: str | None, name: str) -> list[str]:
    """Return the texts that cells refer to by number.

    Raises:
        InputError: They are too long to be kept in memory.
    """
    texts: list[str] = []
    total = 0
    if part is None or part not in opened.namelist():
        return texts
    for tag, element in elements(opened.open(part), keep=("si",)):
        if tag == "si":
            texts.append(text_in(element))
            total += len(texts[-1])
            if total > MAX_SHARED_CHARACTERS:
                raise InputError(f"{name} holds too much text for a workbook", remedy="save the sheet as CSV")
    return texts


def text_in(element: ET.Element) -> str:
    """Return the text of a shared or inline string: its runs joined, without phonetic hints."""
    pieces: list[str] = []
    for child in element:
        tag = child.tag.rpartition("}")[2]
        if tag == "t":
            pieces.append(child.text or "")
        elif tag == "r":
            pieces += [one.text or "" for one in child if one.tag.rpartition("}")[2] == "t"]
    return unescaped("".join(pieces))


def unescaped(text: str) -> str:
    """Return text with the characters that XML cannot hold, which a workbook writes as ``_x000B_``."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text
