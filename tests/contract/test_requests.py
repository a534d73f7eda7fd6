"""Every operation, with its required and with all its arguments, is encoded as the documentation allows."""

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
    """Return the encoded fields by part of the request; a form is returned as its fields."""
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
    """Return a query parameter as the type that the documentation gives it."""
    if field is not None and field.kind == "array":
        return values
    assert len(values) == 1
    return json.loads(values[0]) if field is not None and field.kind in {"boolean", "integer"} else values[0]


def problems_of(entry: Entry, fields_by_place: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return what makes a request invalid for the service."""
    found: list[str] = []
    for place, values in fields_by_place.items():
        fields = entry.places[place]
        found += [f"{name} is unknown in the {place}" for name in values if name not in fields]
        found += [
            f"{name} is missing in the {place}" for name, one in fields.items() if one.required and name not in values
        ]
        problems = [fields[name].fault(value) for name, value in values.items() if name in fields]
        found += [problem for problem in problems if problem]
    return found


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_a_request_with_the_required_arguments_is_valid(route: str, name: str) -> None:
    entry = TABLE[route]

    assert problems_of(entry, sent(make(name, minimal(entry, name)), entry)) == []


@pytest.mark.parametrize(("route", "name"), ROUTES)
def test_a_request_with_all_arguments_is_valid_and_sends_them_all(route: str, name: str) -> None:
    entry = TABLE[route]
    arguments = full(entry, name)

    encoded = sent(make(name, arguments), entry)

    assert problems_of(entry, encoded) == []
    config: dict[str, Any] = json.loads(encoded["body"].get("config", "{}"))
    names = {name for values in encoded.values() for name in values} | set(config) | set(entry.path_fields)
    assert {python_name(name) for name in names} >= set(arguments)


@pytest.mark.parametrize("name", CONFIG)
def test_a_bulk_config_has_valid_keys_only(name: str) -> None:
    entry = TABLE[str(REGISTRY[name].endpoint.job)]

    config = json.loads(sent(make(name, full(entry, name)), entry)["body"]["config"])

    known = {one.name: one for one in (Field.parse(*pair) for pair in CONFIG[name].items())}
    assert [known[key].fault(value) for key, value in config.items() if known[key].fault(value)] == []


CHOICES = [
    pytest.param(name, one, choice, id=f"{name} {one.name} {choice}") for name, one in FIELDS for choice in one.choices
]


@pytest.mark.parametrize(("name", "field", "choice"), CHOICES)
def test_every_documented_choice_is_accepted(name: str, field: Field, choice: str) -> None:
    operation = make(name, {**minimal(ENTRY[name], name), python_name(field.name): choice})

    assert getattr(operation, python_name(field.name)) == choice


def of_size(field: Field, size: int) -> Any:
    """Return a value of that size which is valid otherwise."""
    if field.kind == "integer":
        return size
    if field.kind == "object":
        return {str(number): 1 for number in range(size)}
    if field.kind == "array":
        return [LEAD if field.name == "leads" else "a"] * size
    return ("https://example.com/" + "x" * size)[:size]


def out_of_range(field: Field) -> list[Any]:
    """Return the values just outside the documented range."""
    below = [] if not field.low else [field.low - 1]
    above = [] if field.high is None else [field.high + 1]
    return [of_size(field, size) for size in below + above]


OUT_OF_RANGE = [
    pytest.param(name, one, value, id=f"{name} {one.name} {number}")
    for name, one in FIELDS
    for number, value in enumerate(out_of_range(one))
]


@pytest.mark.parametrize(("name", "field", "value"), OUT_OF_RANGE)
def test_a_value_out_of_range_raises_with_its_field(name: str, field: Field, value: Any) -> None:
    with pytest.raises(InputError) as caught:
        make(name, {**minimal(ENTRY[name], name), python_name(field.name): value})

    assert (caught.value.field or "").split(".")[0] == python_name(field.name)


@pytest.mark.parametrize("name", ENTRY)
def test_an_unknown_argument_raises_and_extra_sends_it(name: str) -> None:
    fields = minimal(ENTRY[name], name)

    with pytest.raises(InputError):
        make(name, {**fields, "undocumented": 1})
    assert "undocumented" in json.dumps(make(name, {**fields, "extra": {"undocumented": 1}}).payload())
