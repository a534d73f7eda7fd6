"""Dialects of the answer to a submit: work was accepted, whatever the answer looks like."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import JSON, Answer, Dialect, Draw, Kind
from sixtyfour_async.simulator.base.json_values import as_object

UNREADABLE = ("Accepted", "", "null", "[]", '{"ok":true}', '"queued"')
"""Bodies from which no id can be read."""

_SUBMIT: frozenset[Kind] = frozenset({"submit"})
_ID_KEYS = ("task_id", "job_id")


def _identified(doc: str, put: Callable[[str, JSON], JSON]) -> Dialect:
    """Return a dialect that puts the id elsewhere; *put* is given the id and the other keys."""

    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        value = as_object(answer.value) or {}
        key = next((name for name in _ID_KEYS if name in value), None)
        if key is None:
            return None
        changed = put(value[key], {name: item for name, item in value.items() if name != key})
        return None if changed == value else answer.with_value(changed)

    return Dialect(doc, _SUBMIT, rewrite)


def _immediate(doc: str, shape: Callable[[Answer, Any], Any]) -> Dialect:
    """Return a dialect that answers with the result at once, which ends the work."""

    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        if answer.finished is None:
            return None
        return dataclasses.replace(answer, value=shape(answer, answer.finished()), finished=None)

    return Dialect(doc, _SUBMIT, rewrite, ends="completed")


def _unreadable(answer: Answer, draw: Draw) -> Answer:
    return answer.with_body(draw.one_of(UNREADABLE).encode())


SUBMITS: Mapping[str, Dialect] = {
    "id_as_job_id": _identified("the id is called `job_id`", lambda id_, rest: {"job_id": id_, **rest}),
    "id_as_id": _identified("the id is called `id`", lambda id_, rest: {"id": id_, **rest}),
    "id_camel_case": _identified("the id is called `taskId`", lambda id_, rest: {"taskId": id_, **rest}),
    "id_nested": _identified("the id lies in `data`", lambda id_, rest: {"data": {"task_id": id_, **rest}}),
    "submit_result": _immediate("a submit answers with the finished result", lambda _, result: result),
    "submit_completed": _immediate(
        "a submit answers as the last poll would",
        lambda answer, result: {**answer.value, "status": "completed", "result": result},
    ),
    "submit_unreadable": Dialect(
        "a submit answers with something that holds no id", _SUBMIT, _unreadable, forms=UNREADABLE
    ),
}
