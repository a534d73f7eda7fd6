"""Dialects of the result of completed work, polled or synchronous."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import Answer, Dialect, Draw, Kind
from sixtyfour_async.simulator.base.json_values import as_array, as_object
from sixtyfour_async.simulator.base.seeded_random import uniform

_KINDS: frozenset[Kind] = frozenset({"poll", "direct"})
_UNCHANGED = object()


def _of_result(doc: str, change: Callable[[Any], Any]) -> Dialect:
    """Return a dialect that replaces the result; *change* returns `_UNCHANGED` for one that it does not fit."""

    def rewrite(answer: Answer, _: Draw) -> Answer | None:
        result = answer.result
        changed = _UNCHANGED if result is None else change(result)
        return None if changed is _UNCHANGED else answer.with_result(changed)

    return Dialect(doc, _KINDS, rewrite)


def _in_each(change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Callable[[Any], Any]:
    """Apply a change to an object, or to each object in an array."""

    def apply(result: Any) -> Any:
        if (rows := as_array(result)) is not None:
            changed = [apply(row) for row in rows]
            return _UNCHANGED if _UNCHANGED in changed else changed
        plain = as_object(result)
        changed_object = None if plain is None else change(plain)
        return _UNCHANGED if changed_object is None else changed_object

    return apply


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    """Return a JSON value with all keys renamed."""
    if (plain := as_object(value)) is not None:
        return {rename(key): _renamed(item, rename) for key, item in plain.items()}
    if (items := as_array(value)) is not None:
        return [_renamed(item, rename) for item in items]
    return value


def _camel_case(key: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), key)


def _in_other_case(result: dict[str, Any]) -> dict[str, Any]:
    """Return the requested fields in capitals: those of ``structured_data``, else all."""
    data = as_object(result.get("structured_data"))
    if data is None:
        return {key.upper(): value for key, value in result.items()}
    return {**result, "structured_data": {key.upper(): value for key, value in data.items()}}


def _without_data(result: dict[str, Any]) -> dict[str, Any] | None:
    return {**result, "structured_data": None} if "structured_data" in result else None


def _with_email_objects(result: dict[str, Any]) -> dict[str, Any] | None:
    """Return the addresses as objects instead of ``[address, status, type]``."""
    found = {key: as_array(result[key]) for key in ("email", "personal_email") if as_array(result.get(key))}
    names = ("email", "status", "type")
    objects = {key: [dict(zip(names, item, strict=True)) for item in items or ()] for key, items in found.items()}
    return {**result, **objects} if objects else None


def _list_of_one(result: Any) -> Any:
    return _UNCHANGED if as_object(result) is None else [result]


def _files_shuffled(answer: Answer, draw: Draw) -> Answer | None:
    """Reorder the files of a run so that the final one is not the last."""
    listed = answer.value if answer.kind == "other" else (as_object(answer.value) or {}).get("results")
    files = [
        file for item in as_array(listed) or () if (file := as_object(item)) is not None and "block_number" in file
    ]
    if len(files) < 2:  # noqa: PLR2004 -- one file has one order
        return None
    *others, final = files
    others.sort(key=lambda file: uniform(*draw.parts, file["block_number"]))
    changed = [*others[:-1], final, others[-1]]
    return answer.with_value(changed if answer.kind == "other" else {**answer.value, "results": changed})


RESULTS: Mapping[str, Dialect] = {
    "keys_other_case": _of_result("the result's fields are named in capitals", _in_each(_in_other_case)),
    "keys_camel_case": _of_result(
        "all keys of the result are in camelCase", lambda result: _renamed(result, _camel_case)
    ),
    "email_objects": _of_result("addresses are objects, `{email, status, type}`", _in_each(_with_email_objects)),
    "structured_data_null": _of_result("`structured_data` is null", _in_each(_without_data)),
    "files_shuffled": Dialect(
        "the files of a run come in another order, the final one not last",
        frozenset({"poll", "other"}),
        _files_shuffled,
    ),
    "result_null": _of_result("the result is null", lambda _: None),
    "result_error_inside": _of_result("the result is an error's text", lambda _: {"error": "timed out inside"}),
    "result_in_data": _of_result("the result lies in an object under `data`", lambda result: {"data": result}),
    "result_list_of_one": _of_result("the result lies in an array of one", _list_of_one),
    "result_json_string": _of_result(
        "the result is a string that holds its JSON", lambda result: json.dumps(result, ensure_ascii=False)
    ),
}
