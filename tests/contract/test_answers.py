"""Every documented answer is decoded, and so are answers in which a value or a key has changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter

from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models import BulkStarted, ExclusionListCreated, LookalikeStarted, RunStarted, Started
from sixtyfour_async.models._base import json_array, json_object
from sixtyfour_async.operations import REGISTRY

ANSWERS: list[tuple[str, Any]] = [
    (name, answer) for name, answer in json.loads(Path(__file__).with_name("answers.json").read_text("utf-8"))
]
"""(Operation, answer): the documented example, or one composed from the documented fields."""

STARTED: list[tuple[type[Started | RunStarted | ExclusionListCreated], dict[str, Any]]] = [
    (Started, {"task_id": "job_123", "status": "RUNNING"}),
    (Started, {"task_id": "e3b0", "status": "queued", "message": "Search started successfully"}),
    (BulkStarted, {"task_id": "job_9", "status": "RUNNING", "row_count": 2, "estimated_cost_cents": 10}),
    (BulkStarted, {"task_id": "job_9", "status": "RUNNING", "already_started": True, "estimated_cost_credits": 0.5}),
    (RunStarted, {"status": "queued", "workflow_id": "w1", "job_id": "r1", "cache_config": None}),
    (ExclusionListCreated, {"id": "l1", "status": "pending"}),
    (LookalikeStarted, {"task_id": "t1", "search_id": "s1", "status": "queued", "seed_diagnostics": {"supplied": 2}}),
]

INDISPENSABLE = {"task_id", "job_id", "id", "resource_handle_id", "handle_id", "plaintext", "access_token", "credits"}
"""Fields without which an answer is rejected: ids of started jobs, secrets that are shown once, the balance."""


def is_typed(answer_type: Any) -> bool:
    """Return whether a type is a model or a container of one."""
    if isinstance(answer_type, type):
        return issubclass(answer_type, BaseModel)
    return any(is_typed(part) for part in get_args(answer_type))


def answer_type(name: str) -> Any:
    declared = REGISTRY[name].endpoint.answer
    assert declared is not None
    return declared


CASES: list[Any] = [
    *[pytest.param(answer_type(name), answer, id=f"{name} {number}") for number, (name, answer) in enumerate(ANSWERS)],
    *[pytest.param(model, answer, id=f"{model.__name__} {number}") for number, (model, answer) in enumerate(STARTED)],
]


def children(answer: Any) -> list[tuple[Any, Any]]:
    """Return the members of an object or the elements of a list, by key or index."""
    members = json_object(answer)
    return list(enumerate(json_array(answer) or [])) if members is None else list(members.items())


def leaves(answer: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value that is neither an object nor a list."""
    if path and not isinstance(answer, dict | list):
        yield path
    for step, value in children(answer):
        yield from leaves(value, (*path, step))


def at(answer: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        answer = answer[step]
    return answer


def changed(answer: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """Return a copy with one value changed."""
    copy = deepcopy(answer)
    at(copy, path[:-1])[path[-1]] = change(at(answer, path))
    return copy


def with_keys(answer: Any, keys: Mapping[str, Any]) -> Any:
    """Return a copy with further keys in the object, or in each object of the list."""
    rows = json_array(answer)
    return {**(json_object(answer) or {}), **keys} if rows is None else [{**row, **keys} for row in rows]


CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "null": lambda _: None,
    "text": lambda value: json.dumps(value) if isinstance(value, bool | int | float) else value,
    "number": lambda value: 7 if isinstance(value, str) else value,
    "other text": lambda _: "undocumented",
    "list": lambda value: [value],
    "object": lambda value: {"value": value},
}
"""Name → how it changes a value."""


@pytest.mark.parametrize(("expected_type", "answer"), CASES)
def test_a_documented_answer_is_decoded_with_all_its_keys(expected_type: Any, answer: Any) -> None:
    decoded = decode_answer(expected_type, deepcopy(answer), operation="GET /x")

    dumped = json_object(json.loads(TypeAdapter(expected_type).dump_json(decoded, by_alias=True)))
    original = json_object(answer)
    if dumped is not None and original is not None:
        assert {key for key, value in original.items() if value is not None} <= set(dumped)
    assert (decoded is None) == (answer is None)


@pytest.mark.parametrize(("expected_type", "answer"), CASES)
def test_an_answer_with_one_changed_value_is_decoded(expected_type: Any, answer: Any) -> None:
    for path in leaves(answer):
        for change in CHANGES:
            if change in {"text", "number"} or path[-1] not in INDISPENSABLE:
                decode_answer(expected_type, changed(answer, path, CHANGES[change]), operation=f"{change} at {path}")


@pytest.mark.parametrize(("expected_type", "answer"), CASES)
def test_an_answer_with_every_value_changed_is_decoded(expected_type: Any, answer: Any) -> None:
    for change in ("null", "text", "number"):
        altered = answer
        for path in leaves(answer):
            if not (path[-1] in INDISPENSABLE and change == "null"):
                altered = changed(altered, path, CHANGES[change])
        decode_answer(expected_type, altered, operation=change)


@pytest.mark.parametrize(("expected_type", "answer"), CASES)
def test_undocumented_keys_are_kept(expected_type: Any, answer: Any) -> None:
    keys = {"undocumented": {"deep": [1]}}

    decoded = decode_answer(expected_type, with_keys(answer, keys), operation="GET /x")

    rows = [row for row in json_array(decoded) or [decoded] if isinstance(row, BaseModel)]
    if isinstance(decoded, BaseModel) or isinstance(answer, list):
        assert [row.model_dump()["undocumented"] for row in rows] == [keys["undocumented"]] * len(rows)


@pytest.mark.parametrize("name", [name for name, cls in REGISTRY.items() if is_typed(cls.endpoint.answer)])
def test_every_operation_with_a_typed_answer_has_an_example(name: str) -> None:
    assert name in {known for known, _ in ANSWERS}


def test_every_answer_to_a_submit_has_an_example() -> None:
    submits = {cls.endpoint.started for cls in REGISTRY.values() if cls.endpoint.job}

    assert submits == {model for model, _ in STARTED}


@pytest.mark.parametrize(("model", "answer"), STARTED)
def test_an_answer_to_a_submit_without_an_id_raises(model: type[BaseModel], answer: dict[str, Any]) -> None:
    id_field = next(cls.endpoint.id_field for cls in REGISTRY.values() if cls.endpoint.started is model)

    with pytest.raises(ResponseError, match=id_field):
        decode_answer(model, {**answer, id_field: None}, operation="POST /x")


def test_a_null_row_keeps_its_position() -> None:
    rows = decode_answer(answer_type("find-email-bulk"), [None, {"email": "a@b.example"}], operation="POST /x")

    assert [len(row.email) for row in rows] == [0, 1]


@pytest.mark.parametrize("value", [None, "text", 7, True, [], {}, [None], ["text"], [[]]])
@pytest.mark.parametrize("name", ["find-email-bulk", "find-phone-bulk", "reverse-email-bulk", "workflow-blocks"])
def test_any_json_for_a_list_of_rows_is_decoded_or_raises_a_response_error(name: str, value: Any) -> None:
    try:
        rows = decode_answer(answer_type(name), value, operation="POST /x")
    except ResponseError:
        return
    assert isinstance(rows, list)
