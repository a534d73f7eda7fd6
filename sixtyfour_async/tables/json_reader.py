"""Read NDJSON (an object on each line) and JSON (a list of objects), one object in memory at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Self, TextIO, cast

from sixtyfour_async._values import is_nested_too_deeply
from sixtyfour_async.errors import InputError
from sixtyfour_async.tables.base import Cell, Flaw, Format, Row
from sixtyfour_async.tables.cells import is_blank, rounded
from sixtyfour_async.tables.detection import BYTE_ORDER_MARKS, check_text, match_start
from sixtyfour_async.tables.files import AnyPath, Source, SourceTable, input_errors, open_text
from sixtyfour_async.tables.layout import check_header
from sixtyfour_async.tables.records import counted, shortened

CHUNK: Final = 2**16
MAX_OBJECT: Final = 16 * 2**20
"""Characters of one object: the most that is kept in memory."""

SPACE: Final = " \t\r\n"


class _BrokenError(Exception):
    """What is wrong with a piece of JSON, to be told with its place."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _BrokenError(f"the key {twice!r} occurs twice in one object")
    return made


def _float(digits: str) -> float | Decimal:
    """Return a float if it is the number that is written, else a Decimal, which loses no digit."""
    number = float(digits)
    try:
        exact = Decimal(digits)
    except ArithmeticError as error:
        raise _BrokenError(f"the number {shortened(digits)} is out of range") from error
    return number if Decimal(repr(number)) == exact else exact


def _int(digits: str) -> int:
    try:
        return int(digits)
    except ValueError as error:
        raise _BrokenError(f"a number has {len(digits):,} digits") from error


def _constant(word: str) -> None:
    raise _BrokenError(f"{word} is not JSON (write null for a missing number)")


# strict=False takes raw control characters in strings, as many programs write them. The hooks refuse what would
# otherwise change or vanish without a word.
DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant, strict=False
)


@dataclass(frozen=True, slots=True)
class JsonTable(SourceTable):
    """A file of JSON objects, as `sixtyfour_async.tables.base.Table` describes it.

    Its columns are the keys of all objects, in the order of their first appearance; a key that an object lacks is None.

    Attributes:
        lines: Whether each object is on a line of its own.
        columns: The keys.
        rows: Number of objects.
        notes: What was left out.
    """

    lines: bool
    columns: tuple[str, ...] = ()
    rows: int = 0
    notes: tuple[str, ...] = ()

    @classmethod
    def open(cls, path: AnyPath, *, lines: bool, shown: str | None = None) -> Self:
        """Check a file from start to end in constant memory.

        Args:
            path: A regular file, which may be compressed with gzip; each iteration reads it again.
            lines: Whether to expect NDJSON; if the file's first characters show the other kind, that is read.
            shown: The file's name in messages; None for its path.

        Raises:
            InputError: The file cannot be read, is not JSON, or is not a table.
        """
        source = Source.of(path, shown)
        with input_errors(source.shown, "read"):
            check_text(source.path, "JSON", source.shown)
            found = _is_ndjson(source, expected=lines)
        table = cls(source, found)
        columns, rows, blank = dict[str, None](), 0, 0
        for _, item in table._objects():
            columns.update(dict.fromkeys(item))
            rows += 1
            blank += all(is_blank(value) for value in item.values())
        if not rows:
            raise InputError(f"{source.shown} has no rows", remedy="give a table with at least one object")
        check_header(tuple(columns))
        source.check_unchanged()
        notes = [] if found == lines else [f"read as {'NDJSON' if found else 'JSON'}, which it is"]
        notes += [f"{counted(blank, 'object')} without any value left out"] if blank else []
        if rows == blank:
            raise InputError(f"{source.shown} has no rows but empty ones", remedy="give a table with values")
        return cls(source, found, tuple(columns), rows - blank, tuple(notes))

    @property
    def format(self) -> Format:
        """Its format."""
        return "ndjson" if self.lines else "json"

    def _rows(self) -> Iterator[Row]:
        number = 0
        for place, item in self._objects():
            if not all(is_blank(value) for value in item.values()):
                number += 1
                cells = tuple(cast("Cell", item.get(name)) for name in self.columns)
                yield Row(number, cells, _flaws(cells, place))

    def _objects(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each object with its place in messages, such as ``line 3``."""
        name, encoding = self.source.shown, match_start(self.source.path, BYTE_ORDER_MARKS) or "utf-8-sig"
        errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
        try:
            with input_errors(name, "read"), open_text(self.source.path, encoding, errors, newline="\n") as text:
                yield from _ndjson(text, name) if self.lines else _items(text, name)
        except UnicodeError as error:
            raise InputError(f"{name} is not {encoding}: {error}", remedy="save the file as UTF-8") from error


def _flaws(cells: tuple[Cell, ...], place: str) -> tuple[Flaw, ...]:
    found = (rounded(cell, index, f" ({place})") for index, cell in enumerate(cells) if isinstance(cell, str))
    return tuple(flaw for flaw in found if flaw)


def _is_ndjson(source: Source, *, expected: bool) -> bool:
    """Return whether a file holds an object on each line, by its first line that is not blank."""
    encoding = match_start(source.path, BYTE_ORDER_MARKS) or "utf-8-sig"
    with open_text(source.path, encoding, "replace", newline="\n") as text:
        lines = (line for line in iter(lambda: text.readline(MAX_OBJECT), "") if line.strip())
        first = next(lines, "").strip()
        if not first.startswith("{"):
            return expected and not first.startswith("[")
        return expected or (_is_complete(first) and next(lines, None) is not None)


def _is_complete(line: str) -> bool:
    try:
        _whole(line)
    except (ValueError, RecursionError, _BrokenError):
        return False
    return True


def _whole(line: str) -> Any:
    item, end = DECODER.raw_decode(line)
    if end < len(line):
        raise _BrokenError("something follows the object")
    return _bounded(item)


def _bounded(item: Any) -> Any:
    if is_nested_too_deeply(item):
        raise RecursionError
    return item


def _ndjson(text: TextIO, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the object of each line; lines end with a line feed and nothing else, and blank ones are left out."""
    for number, line in enumerate(iter(lambda: text.readline(MAX_OBJECT), ""), 1):
        if not line.strip(SPACE):
            continue
        place = f"line {number}"
        if len(line) >= MAX_OBJECT:
            raise _refused(name, place, "it is too long for one row", "give one object on each line")
        try:
            _check_decoded(line)
            item = _whole(line.strip(SPACE))
        except (ValueError, RecursionError, _BrokenError) as error:
            cut = not line.endswith("\n") and isinstance(error, json.JSONDecodeError)
            remedy = "the file ends within this line: get it again" if cut else "correct or remove this line"
            raise _refused(name, place, _problem(error), remedy) from error
        yield place, _checked(item, name, place)


def _items(text: TextIO, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of a list, reading on only when the next one is not complete."""
    buffer = _Buffer(text, name)
    start = buffer.next_mark()
    if start == "{":
        remedy = "give the list inside it, as jq .data writes it, or one object on each line with format='ndjson'"
        raise InputError(f"{name} is an object where a list of objects is needed", remedy=remedy)
    if start != "[":
        remedy = 'give a list such as [{"name": "Acme"}]'
        raise InputError(f"{name} is {'not a JSON list of objects' if start else 'empty'}", remedy=remedy)
    buffer.position += 1
    number = 0
    while (mark := buffer.next_mark()) != "]":
        if number:
            buffer.expect(",", mark, number)
        number += 1
        yield f"object {number}", _checked(buffer.decode(number), name, f"object {number}")
    buffer.position += 1
    if buffer.next_mark():
        raise _refused(name, f"line {buffer.line()}", "something stands behind the list", "remove it")


@dataclass(slots=True)
class _Buffer:
    """The part of a text that is in memory, and the position in it up to which it has been read."""

    text: TextIO
    name: str
    held: str = ""
    position: int = 0
    lines_before: int = 0

    def next_mark(self) -> str:
        """Skip white space and return the next character, which is not read yet; nothing at the end."""
        while True:
            while self.position < len(self.held):
                if self.held[self.position] not in SPACE:
                    return self.held[self.position]
                self.position += 1
            if not self.read_on():
                return ""

    def read_on(self) -> bool:
        """Let go of what has been read and read more, twice as much each time; return whether there was more."""
        self.lines_before += self.held.count("\n", 0, self.position)
        rest = self.held[self.position :]
        more = self.text.read(max(CHUNK, len(rest)))
        self.held, self.position = rest + more, 0
        return bool(more)

    def line(self) -> int:
        """Return the number of the line at the position."""
        return self.lines_before + self.held.count("\n", 0, self.position) + 1

    def expect(self, wanted: str, mark: str, number: int) -> None:
        """Read a mark that must be there."""
        if mark != wanted:
            problem = f"{wanted!r} is missing behind object {number}" if mark else f"it ends after object {number}"
            raise _refused(self.name, f"line {self.line()}", problem, "get the file again, or correct it")
        self.position += 1
        self.next_mark()

    def decode(self, number: int) -> Any:
        """Read one value."""
        while True:
            try:
                item, end = DECODER.raw_decode(self.held, self.position)
                _bounded(item)
            except (ValueError, RecursionError, _BrokenError) as error:
                incomplete = isinstance(error, json.JSONDecodeError) and len(self.held) - self.position < MAX_OBJECT
                if incomplete and self.read_on():
                    continue
                place = f"object {number}, which begins on line {self.line()}"
                raise _refused(self.name, place, _problem(error), "correct it, or get the file again") from error
            _check_decoded(self.held[self.position : end])
            self.position = end
            return item


def _check_decoded(text: str) -> None:
    """Refuse what surrogateescape made of bytes that are not UTF-8; JSON's own escapes are not decoded yet."""
    if not text.isascii() and any("\udc80" <= mark <= "\udcff" for mark in text):
        bad = next(mark for mark in text if "\udc80" <= mark <= "\udcff")
        raise _BrokenError(f"byte 0x{ord(bad) - 0xDC00:02X} is not UTF-8")


def _checked(item: Any, name: str, place: str) -> dict[str, Any]:
    if not isinstance(item, dict):
        kind = next((word for of, word in KINDS if isinstance(item, of)), "null")
        raise _refused(name, place, f"it is {kind}, not an object", 'write {"column": "value"} for each row')
    return cast("dict[str, Any]", item)


KINDS: Final = ((list, "a list"), (str, "text"), (bool, "true or false"), (int | float | Decimal, "a number"))


def _problem(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"it is not JSON: {error.msg} at character {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def _refused(name: str, place: str, problem: str, remedy: str) -> InputError:
    return InputError(f"{name}, {place}: {problem}", remedy=remedy)
