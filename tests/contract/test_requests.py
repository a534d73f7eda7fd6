"""Every operation, with as little and with as much as can be given, is a request that the documents allow."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from sixtyfour_async._wire.codec import encode
from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import REGISTRY, Operation, Route
from tests.contract.examples import CONFIG, LEAD, fields_of, full, make, minimal, python_name
from tests.contract.table import TABLE, Entry, Field

ROUTES = [
    (str(route), name)
    for name, operation in REGISTRY.items()
    for route in (operation.endpoint.route, operation.endpoint.job)
    if route
]
ENTRY = {name: TABLE[route] for route, name in ROUTES}
FIELDS = [(name, one) for name, entry in ENTRY.items() for one in fields_of(entry, name).values()]


def sent(operation: Operation[Any], entry: Entry) -> dict[str, dict[str, Any]]:
    """What travels, by place; a form and its file as the fields that are written into it."""
    request = encode(operation, Route.parse(entry.route))
    split = urlsplit(request.path)
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", entry.route.split(" ")[1]), split.path)
    query = {name: _as_json(entry.places["query"].get(name), values) for name, values in parse_qs(split.query).items()}
    headers = {name: value for name, value in request.headers.items() if name.lower() in _lower(entry.places["header"])}
    if entry.kind == "json":
        body: dict[str, Any] = json.loads(request.body or b"{}")
        assert (request.body is not None) == bool(entry.places["body"])
    else:
        elsewhere = {*operation.endpoint.in_query, *operation.endpoint.in_headers}
        body = {name: value for name, value in operation.payload().items() if name not in elsewhere}
    return {
        "query": query,
        "header": {_lower(entry.places["header"])[name.lower()]: headers[name] for name in headers},
        "body": body,
    }


def _lower(fields: Mapping[str, Field]) -> dict[str, str]:
    return {name.lower(): name for name in fields}


def _as_json(field: Field | None, values: list[str]) -> Any:
    """A query parameter is text; read it as what the documents say it is."""
    if field is not None and field.kind == "array":
        return values
    assert len(values) == 1
    return json.loads(values[0]) if field is not None and field.kind in {"boolean", "integer"} else values[0]


def faults(entry: Entry, travelling: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the service would find wrong."""
    found: list[str] = []
    for place, values in travelling.items():
        fields = entry.places[place]
        found += [f"{name} is unknown in the {place}" for name in values if name not in fields]
        found += [
            f"{name} is missing in the {place}" for name, one in fields.items() if one.required and name not in values
        ]
        problems = [fields[name].fault(value) for name, value in values.items() if name in fields]
        found += [problem for problem in problems if problem]
    return found


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_a_request_with_as_little_as_possible_is_allowed(route: str, name: str) -> None:
    entry = TABLE[route]

    assert faults(entry, sent(make(name, minimal(entry, name)), entry)) == []


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_a_request_with_everything_is_allowed_and_sends_everything(route: str, name: str) -> None:
    entry = TABLE[route]
    given = full(entry, name)

    travelling = sent(make(name, given), entry)

    assert faults(entry, travelling) == []
    packed: dict[str, Any] = json.loads(travelling["body"].get("config", "{}"))
    names = {name for values in travelling.values() for name in values} | set(packed) | set(entry.path_fields)
    assert {python_name(name) for name in names} >= set(given)


@pytest.mark.parametrize("name", CONFIG)
def test_a_bulk_config_is_one_text_with_known_keys_only(name: str) -> None:
    entry = TABLE[str(REGISTRY[name].endpoint.job)]

    config = json.loads(sent(make(name, full(entry, name)), entry)["body"]["config"])

    known = {one.name: one for one in (Field.parse(*pair) for pair in CONFIG[name].items())}
    assert [known[key].fault(value) for key, value in config.items() if known[key].fault(value)] == []


WORDS = [pytest.param(name, one, word, id=f"{name} {one.name} {word}") for name, one in FIELDS for word in one.words]


@pytest.mark.parametrize(("name", "field", "word"), WORDS)
def test_every_word_that_the_documents_allow_can_be_sent(name: str, field: Field, word: str) -> None:
    operation = make(name, {**minimal(ENTRY[name], name), python_name(field.name): word})

    assert getattr(operation, python_name(field.name)) == word


def of_size(field: Field, size: int) -> Any:
    """A value that measures so much and has no other fault."""
    if field.kind == "integer":
        return size
    if field.kind == "object":
        return {str(number): 1 for number in range(size)}
    if field.kind == "array":
        return [LEAD if field.name == "leads" else "a"] * size
    return ("https://example.com/" + "x" * size)[:size]


def beyond(field: Field) -> list[Any]:
    """Values just outside what the documents allow."""
    below = [] if not field.low else [field.low - 1]
    above = [] if field.high is None else [field.high + 1]
    return [of_size(field, size) for size in below + above]


BEYOND = [
    pytest.param(name, one, value, id=f"{name} {one.name} {number}")
    for name, one in FIELDS
    for number, value in enumerate(beyond(one))
]


@pytest.mark.parametrize(("name", "field", "value"), BEYOND)
def test_what_is_beyond_a_documented_limit_is_refused_by_its_name(name: str, field: Field, value: Any) -> None:
    with pytest.raises(InputError) as refused:
        make(name, {**minimal(ENTRY[name], name), python_name(field.name): value})

    assert (refused.value.field or "").split(".")[0] == python_name(field.name)


@pytest.mark.parametrize("name", ENTRY)
def test_a_word_that_nobody_knows_is_refused_but_may_go_as_an_extra(name: str) -> None:
    fields = minimal(ENTRY[name], name)

    with pytest.raises(InputError):
        make(name, {**fields, "added_last_night": 1})
    assert "added_last_night" in json.dumps(make(name, {**fields, "extra": {"added_last_night": 1}}).payload())
