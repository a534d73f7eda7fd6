"""Dialects of the bytes: encodings, and JSON that is not quite JSON.

What is put into a text stands at its end: in the first text of ``structured_data``, else in ``notes``, else in a
``note`` of its own, so that the answer itself can still be recognized.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import JSON, Answer, Dialect, Draw, Kind
from sixtyfour_async.simulator.base.json_values import as_array, as_object

_KINDS: frozenset[Kind] = frozenset({"submit", "poll", "direct", "other"})
_JSON_TYPE = "application/json"
_NOTE = " (Zürich, café)"


def _of_bytes(doc: str, change: Callable[[bytes], bytes], content_type: str = _JSON_TYPE, **more: Any) -> Dialect:
    """Return a dialect of whole bodies; one whose bytes do not fit is not changed."""

    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        try:
            return answer.with_body(change(answer.written()), content_type)
        except UnicodeError:
            return None

    return Dialect(doc, _KINDS, rewrite, **more)


def _encoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda body: body.decode().encode(encoding)


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def _in_text(doc: str, content: bytes) -> Dialect:
    """Return a dialect that ends a text with these bytes."""
    return _with_bytes(doc, content, in_text=True)


def _as_value(doc: str, content: bytes) -> Dialect:
    """Return a dialect that adds a ``note`` with this value."""
    return _with_bytes(doc, content, in_text=False)


def _with_bytes(doc: str, content: bytes, *, in_text: bool) -> Dialect:
    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        # A noncharacter and a number: no answer holds this text by itself, nor does another dialect put it there.
        placeholder = f"\ufdd0{len(answer.raw)}\ufdd1"
        value = None if answer.body is not None else _annotated(answer.value, placeholder, in_text=in_text)
        if value is None:
            return None
        replaced = placeholder if in_text else f'"{placeholder}"'
        return dataclasses.replace(answer, value=value, raw=(*answer.raw, (replaced, content)))

    return Dialect(doc, _KINDS, rewrite)


def _annotated(value: Any, note: str, *, in_text: bool = True) -> Any:
    """Return a JSON value with a note in its result, or None if there is no place for one."""
    if (items := as_array(value)) is not None:
        first = _annotated(items[0], note, in_text=in_text) if items else None
        return None if first is None else [first, *items[1:]]
    plain = as_object(value)
    if plain is None:
        return None
    if (inner := _annotated(plain.get("result"), note, in_text=in_text)) is not None:
        return {**plain, "result": inner}
    return (_at_end_of_text(plain, note) if in_text else None) or {**plain, "note": note}


def _at_end_of_text(plain: JSON, note: str) -> JSON | None:
    """Return an object with a note at the end of a text that it holds, or None if it holds none of the usual ones."""
    data = as_object(plain.get("structured_data")) or {}
    for key, text in data.items():
        if isinstance(text, str) and text:
            return {**plain, "structured_data": {**data, key: text + note}}
    notes = plain.get("notes")
    return {**plain, "notes": notes + note} if isinstance(notes, str) else None


def _latin1(answer: Answer, _: Draw) -> Answer | None:
    """Encode as Latin-1 a body that holds such characters; those that it lacks become JSON escapes."""
    if answer.body is not None or answer.raw:
        return None
    value = _annotated(answer.value, _NOTE)
    text = answer.with_value(answer.value if value is None else value).written().decode()
    plain = "".join(char if char < "\u0100" else _json_escape(char) for char in text)
    return answer.with_body(plain.encode("latin-1"), f"{_JSON_TYPE}; charset=iso-8859-1")


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


BODIES: Mapping[str, Dialect] = {
    "body_raw_newline": _in_text("a text holds a line break as it is", b"\nsecond line"),
    "body_control_characters": _in_text(
        "a text holds a tab, a bell, an escape and a NUL as they are", b" \t\x07\x1b[0m\x00"
    ),
    "body_half_emoji": _in_text("a text ends with half an emoji, as an escape", rb" \ud83d"),
    "body_half_emoji_raw": _in_text("a text ends with half an emoji, as three bytes", b" \xed\xa0\xbd"),
    "body_broken_utf8": _in_text("a text holds a byte that is not UTF-8", b" caf\xe9"),
    "body_big_integer": _as_value("a `note` is an integer of 5,000 digits", b"7" * 5000),
    "body_nan": _as_value("a `note` holds NaN and infinities", b"[NaN,Infinity,-Infinity]"),
    "body_latin1": Dialect("the body is Latin-1, as its header says", _KINDS, _latin1),
    "body_utf16": _of_bytes(
        "the body is UTF-16, as its header says", _encoded("utf-16"), f"{_JSON_TYPE}; charset=utf-16"
    ),
    "body_utf16_undeclared": _of_bytes("the body is UTF-16, and nothing says so", _encoded("utf-16-le")),
    "body_bom": _of_bytes("the body starts with a byte order mark", _encoded("utf-8-sig")),
    "body_text_plain": _of_bytes("the body is called text/plain", bytes, "text/plain; charset=utf-8"),
    "body_truncated": _of_bytes(
        "half of the body, sent as if it were whole; another poll may heal it", _half, heals=True
    ),
    "body_truncated_for_good": _of_bytes("half of the body, sent as if it were whole, in every poll", _half),
}
"""Changes of the text first, then encodings: those apply to bytes, whatever they are."""
