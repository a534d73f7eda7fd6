"""Read the result of an operation: find it in what it is wrapped in, and tell an answer from none.

A result may come as the text of a JSON value, alone in a list, inside ``data`` or ``result``, or with keys in another
spelling. The outermost level that holds an answer is the result; when two places of one level hold different answers,
neither is. What counts as an answer is decided in `sixtyfour_async._wire.result_kinds`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import JsonValue

from sixtyfour_async._wire.result_kinds import (
    FREE_SHAPES,
    Asked,
    Found,
    Reader,
    is_documented,
    read_bare,
    read_documented,
    read_profile,
    read_structured,
    reader_of,
)
from sixtyfour_async._wire.unwrapping import decode_text_value, default_reason, levels, reason_in, rows_in
from sixtyfour_async.models._base import json_object
from sixtyfour_async.models.status_words import has_content
from sixtyfour_async.operations._base import Operation


@dataclass(frozen=True, slots=True)
class ResultReading:
    """The result of an operation, as read from JSON.

    Attributes:
        value: The result, unwrapped and with its keys in the documented spelling; unchanged where none was recognised.
        no_answer: Why nothing that was asked for came back, in the service's words where it has any; None for an
            answer, and for operations that are not asked for one, such as a deletion.
        recognised: Whether the value has any documented key, repeats what was sent, or is free of shape.
    """

    value: JsonValue
    no_answer: str | None = None
    recognised: bool = True


def read_result(operation: Operation[Any], raw: JsonValue) -> ResultReading:
    """Return the result that an operation's answer holds, and whether it is one.

    Args:
        operation: The operation; its ``struct`` says which fields count, and its input what is an echo.
        raw: Decoded JSON, as `decode_body` returns it: of limited depth.
    """
    answer = operation.answer_type()
    item = _item_type(answer)
    if item is not None:
        return _read_rows(Asked(operation, item), raw)
    return _read_one(Asked(operation, answer), raw)


def holds_what_was_asked(operation: Operation[Any], raw: JsonValue) -> bool:
    """Return whether JSON holds a field of ``struct``: a result that has no status around it."""
    asked = Asked(operation, operation.answer_type())
    return reader_of(asked) is read_structured and bool(asked.fields) and _read_one(asked, raw).no_answer is None


@lru_cache(maxsize=512)  # an operation is asked for thousands of times
def _item_type(answer: Any) -> Any:
    """Return what an answer is a list of; None for any other answer."""
    while get_origin(answer) is Annotated:
        answer = get_args(answer)[0]
    if get_origin(answer) is not list:
        return None
    item = get_args(answer)[0]
    return get_args(item)[0] if get_origin(item) is Annotated else item


def _read_one(asked: Asked, raw: JsonValue) -> ResultReading:
    """Read a value as one result."""
    reader = reader_of(asked)
    if reader is not None:
        return _unwrap(asked, reader, raw)
    if asked.is_job:
        return _judge_json(asked, raw)
    if not is_documented(asked):
        return ResultReading(raw)
    found = _unwrap(asked, read_documented, raw)
    return ResultReading(found.value if found.recognised else raw)


def _unwrap(asked: Asked, reader: Reader, raw: JsonValue) -> ResultReading:
    """Return the reading of the outermost level that holds an answer, else the first that is recognised."""
    seen: list[Found] = []
    for level in levels(raw):
        objects = [(one, members) for one in level if (members := json_object(one.value)) is not None]
        found = [reader(asked, one.around | members) for one, members in objects]
        answers = [(members, one) for (_, members), one in zip(objects, found, strict=True) if one.is_answer]
        if any(members != answers[0][0] for members, _ in answers):
            return _undecided(reader, raw)
        if answers:
            return ResultReading(answers[0][1].value)
        seen += found
    best = next((one for one in seen if one.recognised), seen[0] if seen else Found(raw))
    alone = read_bare(asked, raw)
    why = reason_in(raw) or best.why or default_reason(raw)
    return ResultReading(best.value, why, best.recognised) if alone is None else ResultReading(alone)


def _undecided(reader: Reader, raw: JsonValue) -> ResultReading:
    """Return a result that holds several answers: as it is where its shape is free, else as none."""
    if reader in FREE_SHAPES:
        return ResultReading(raw)
    return ResultReading(raw, "the result holds answers that differ", recognised=False)


def _judge_json(asked: Asked, raw: JsonValue) -> ResultReading:
    """Judge a value of unpublished shape, and leave it as it is."""
    objects = [members for level in levels(raw) for one in level if (members := json_object(one.value)) is not None]
    answered = has_content([decode_text_value(raw)])
    if objects:
        answered = any(read_profile(asked, members).is_answer for members in objects)
    return ResultReading(raw, None if answered else reason_in(raw) or default_reason(raw))


def _read_rows(asked: Asked, raw: JsonValue) -> ResultReading:
    """Read a value as a list of results; one of them that is an answer makes the list one."""
    rows = rows_in(raw)
    if reader_of(asked) is None and not asked.is_job:
        return ResultReading(raw if rows is None else rows)
    if rows is None:
        alone = _read_one(asked, raw)
        return replace(alone, value=raw if alone.no_answer else [alone.value])
    readings = [_read_one(asked, row) for row in rows]
    values: list[JsonValue] = [one.value for one in readings]
    if any(one.no_answer is None for one in readings):
        return ResultReading(values)
    why = reason_in(raw) or next((one.no_answer for one in readings), None) or default_reason(raw)
    return ResultReading(values, why)
