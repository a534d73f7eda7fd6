"""Make Arrow arrays of cells: in the type that a column has already, or in the one that fits all its values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any, Final

from sixtyfour_async.tables.base import Cell, Tally
from sixtyfour_async.tables.cells import Binary, text_of
from sixtyfour_async.tables.column_kinds import LIST_OF, Kind, common_kind, kind_of

MENDED: Final = "with a lone surrogate, written as \\ud800"


@dataclass(slots=True)
class Column:
    """A column: what kinds of values it has, and hence its type."""

    name: str
    given: Any
    mended: Tally
    kinds: set[str] = field(default_factory=set[str])

    def see(self, pa: Any, values: Sequence[Cell]) -> None:
        """Look at values, which must be those of all rows before `type` is asked."""
        if self.given is not None and _as_given(pa, values, self.given) is None:
            self.given = None
            self.kinds.add("mixed")
            self.mended.add("that do not fit the column's type, written as text", self.name, "in a whole column")
        if self.given is None:
            self.kinds.update(map(kind_of, values))

    def type(self, pa: Any) -> Any:
        """Return the Arrow type that holds all values as they are."""
        if self.given is not None:
            return self.given
        return arrow_type(pa, common_kind(self.kinds))

    def array(self, pa: Any, values: Sequence[Cell]) -> Any:
        """Return values as an Arrow array of the column's type."""
        if self.given is not None:
            return _as_given(pa, values, self.given)
        wanted = self.type(pa)
        if wanted == pa.string():
            return pa.array([None if one is None else self._encodable(text_of(one)) for one in values], wanted)
        if wanted == pa.list_(pa.string()):
            lists = [one if isinstance(one, list) else None for one in values]
            return pa.array([one and [self._item(item) for item in one] for one in lists], wanted)
        return pa.array(values, wanted)

    def _item(self, item: Any) -> str | None:
        return None if item is None else self._encodable(str(item))

    def _encodable(self, text: str) -> str:
        if text.isascii():
            return text
        encoded = text.encode("utf-8", errors="backslashreplace").decode()
        if encoded != text:
            self.mended.add(MENDED, self.name, "the journal has them as they are")
        return encoded


def arrow_type(pa: Any, kind: Kind) -> Any:
    """Return the Arrow type of a column of one kind."""
    item = {"bool": pa.bool_(), "int": pa.int64(), "float": pa.float64()}.get(kind.removeprefix(LIST_OF), pa.string())
    return pa.list_(item) if kind.startswith(LIST_OF) else item


def _as_given(pa: Any, values: Sequence[Cell], wanted: Any) -> Any:
    """Return values as an array of the input's type, or None if that would change one."""
    types = pa.types
    plain = wanted.value_type if types.is_dictionary(wanted) else wanted
    try:
        if types.is_time(plain):
            array = pa.array([None if one is None else time.fromisoformat(text_of(one)) for one in values], plain)
        elif types.is_temporal(plain) and not types.is_duration(plain):
            array = pa.array(values, pa.string()).cast(plain)
        elif _holds_bytes(types, plain):
            array = pa.array([_as_it_was(one) for one in values], plain)
        else:
            array = pa.array(values, plain)
        return array.dictionary_encode().cast(wanted) if plain is not wanted else array
    except (pa.ArrowException, UnicodeError, TypeError, ValueError, OverflowError):
        return None


def _holds_bytes(types: Any, kind: Any) -> bool:
    binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_fixed_size_binary(kind)
    return (
        binary
        or types.is_binary_view(kind)
        or (types.is_nested(kind) and any(_holds_bytes(types, kind.field(at).type) for at in range(kind.num_fields)))
    )


def _as_it_was(value: Cell) -> Any:
    """Return a value with the bytes themselves in place of their base64."""
    if isinstance(value, Binary):
        return value.raw
    if isinstance(value, dict):
        return {key: _as_it_was(one) for key, one in value.items()}
    return [_as_it_was(one) for one in value] if isinstance(value, list) else value
