"""Every answer in the service's documents is read, and so are answers that have changed overnight."""

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
"""Operation → answer, from the service's documents where they have one, else made from their lists of fields."""

STARTED: list[tuple[type[Started | RunStarted | ExclusionListCreated], dict[str, Any]]] = [
    (Started, {"task_id": "job_123", "status": "RUNNING"}),
    (Started, {"task_id": "e3b0", "status": "queued", "message": "Search started successfully"}),
    (BulkStarted, {"task_id": "job_9", "status": "RUNNING", "row_count": 2, "estimated_cost_cents": 10}),
    (BulkStarted, {"task_id": "job_9", "status": "RUNNING", "already_started": True, "estimated_cost_credits": 0.5}),
    (RunStarted, {"status": "queued", "workflow_id": "w1", "job_id": "r1", "cache_config": None}),
    (ExclusionListCreated, {"id": "l1", "status": "pending"}),
    (LookalikeStarted, {"task_id": "t1", "search_id": "s1", "status": "queued", "seed_diagnostics": {"supplied": 2}}),
]

NEEDED = {"task_id", "job_id", "id", "resource_handle_id", "handle_id", "plaintext", "access_token", "credits"}
"""Without these an answer is of no use: ids of what was started, secrets that are shown once, the balance."""


def typed(answer_type: Any) -> bool:
    """Does a type have fields, itself or in a list?"""
    if isinstance(answer_type, type):
        return issubclass(answer_type, BaseModel)
    return any(typed(part) for part in get_args(answer_type))


def answer_type(name: str) -> Any:
    found = REGISTRY[name].endpoint.answer
    assert found is not None
    return found


READ: list[Any] = [
    *[pytest.param(answer_type(name), answer, id=f"{name} {number}") for number, (name, answer) in enumerate(ANSWERS)],
    *[pytest.param(model, answer, id=f"{model.__name__} {number}") for number, (model, answer) in enumerate(STARTED)],
]


def inside(answer: Any) -> list[tuple[Any, Any]]:
    """What an object or a list holds, by key or number."""
    around = json_object(answer)
    return list(enumerate(json_array(answer) or [])) if around is None else list(around.items())


def leaves(answer: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything that is neither object nor list."""
    if path and not isinstance(answer, dict | list):
        yield path
    for step, value in inside(answer):
        yield from leaves(value, (*path, step))


def at(answer: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        answer = answer[step]
    return answer


def changed(answer: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """A copy with one value changed."""
    copy = deepcopy(answer)
    at(copy, path[:-1])[path[-1]] = change(at(answer, path))
    return copy


def with_more(answer: Any, more: Mapping[str, Any]) -> Any:
    """A copy whose rows, or itself, have more keys."""
    rows = json_array(answer)
    return {**(json_object(answer) or {}), **more} if rows is None else [{**row, **more} for row in rows]


CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "null": lambda _: None,
    "text": lambda value: json.dumps(value) if isinstance(value, bool | int | float) else value,
    "number": lambda value: 7 if isinstance(value, str) else value,
    "other text": lambda _: "added last night",
    "list": lambda value: [value],
    "object": lambda value: {"value": value},
}
"""What becomes of values overnight."""


@pytest.mark.parametrize(("wanted", "answer"), READ)
def test_an_answer_of_the_documents_is_read_whole(wanted: Any, answer: Any) -> None:
    read = decode_answer(wanted, deepcopy(answer), operation="GET /x")

    written = json_object(json.loads(TypeAdapter(wanted).dump_json(read, by_alias=True)))
    said = json_object(answer)
    if written is not None and said is not None:
        assert {key for key, value in said.items() if value is not None} <= set(written)
    assert (read is None) == (answer is None)


@pytest.mark.parametrize(("wanted", "answer"), READ)
def test_an_answer_with_one_value_changed_is_read(wanted: Any, answer: Any) -> None:
    for path in leaves(answer):
        for change in CHANGES:
            if change in {"text", "number"} or path[-1] not in NEEDED:
                decode_answer(wanted, changed(answer, path, CHANGES[change]), operation=f"{change} at {path}")


@pytest.mark.parametrize(("wanted", "answer"), READ)
def test_an_answer_with_every_value_changed_is_read(wanted: Any, answer: Any) -> None:
    for change in ("null", "text", "number"):
        altered = answer
        for path in leaves(answer):
            if not (path[-1] in NEEDED and change == "null"):
                altered = changed(altered, path, CHANGES[change])
        decode_answer(wanted, altered, operation=change)


@pytest.mark.parametrize(("wanted", "answer"), READ)
def test_an_answer_with_keys_that_nobody_announced_is_read_and_keeps_them(wanted: Any, answer: Any) -> None:
    more = {"added_last_night": {"deep": [1]}}

    read = decode_answer(wanted, with_more(answer, more), operation="GET /x")

    rows = [row for row in json_array(read) or [read] if isinstance(row, BaseModel)]
    if isinstance(read, BaseModel) or isinstance(answer, list):
        assert [row.model_dump()["added_last_night"] for row in rows] == [more["added_last_night"]] * len(rows)


@pytest.mark.parametrize("name", [name for name, cls in REGISTRY.items() if typed(cls.endpoint.answer)])
def test_every_operation_with_a_typed_answer_has_an_example_here(name: str) -> None:
    assert name in {known for known, _ in ANSWERS}


def test_every_answer_to_a_submit_has_an_example_here() -> None:
    submits = {cls.endpoint.started for cls in REGISTRY.values() if cls.endpoint.job}

    assert submits == {model for model, _ in STARTED}


@pytest.mark.parametrize(("model", "answer"), STARTED)
def test_a_submit_without_an_id_is_not_taken_for_one(model: type[BaseModel], answer: dict[str, Any]) -> None:
    id_field = next(cls.endpoint.id_field for cls in REGISTRY.values() if cls.endpoint.started is model)

    with pytest.raises(ResponseError, match=id_field):
        decode_answer(model, {**answer, id_field: None}, operation="POST /x")


def test_a_row_that_is_null_keeps_its_place() -> None:
    rows = decode_answer(answer_type("find-email-bulk"), [None, {"email": "a@b.example"}], operation="POST /x")

    assert [len(row.email) for row in rows] == [0, 1]


@pytest.mark.parametrize("odd", [None, "text", 7, True, [], {}, [None], ["text"], [[]]])
@pytest.mark.parametrize("name", ["find-email-bulk", "find-phone-bulk", "reverse-email-bulk", "workflow-blocks"])
def test_a_list_of_rows_never_raises_anything_but_an_error_of_ours(name: str, odd: Any) -> None:
    try:
        rows = decode_answer(answer_type(name), odd, operation="POST /x")
    except ResponseError:
        return
    assert isinstance(rows, list)
