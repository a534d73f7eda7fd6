"""Generated classes: what the service writes of an instance reads as that instance, and a spoilt field costs itself."""

from __future__ import annotations

import copy
import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    create_model,
)

from tests.models.structs import Level, Size, answer
from tests.properties import examples

# --- any class, any answer ----------------------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8).filter(str.strip)
LEAVES: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (int, st.integers(-(10**9), 10**9)),
    (float, st.floats(allow_nan=False, allow_infinity=False)),
    (bool, st.booleans()),
    (str, TEXTS),
    (Size, st.sampled_from(Size)),
    (Level, st.sampled_from(Level)),
    (Literal[1, "b"], st.sampled_from([1, "b"])),
    (date, st.dates(date(1000, 1, 1))),
    (datetime, st.datetimes(datetime(1000, 1, 1))),  # noqa: DTZ001 (as the service writes them)
    (time, st.times()),
    (Decimal, st.decimals(allow_nan=False, allow_infinity=False, places=2)),
    (UUID, st.uuids()),
]


@st.composite
def classes_with_values(draw: st.DrawFn, depth: int = 3) -> tuple[Any, Any]:
    """A class with nested ones, and an instance of it."""
    fields: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 4))):
        annotation, value = draw(types_with_values(depth))
        optional = draw(st.booleans())
        fields[f"field_{number}"] = (annotation | None, None) if optional else (annotation, ...)
        values[f"field_{number}"] = None if optional and draw(st.booleans()) else value
    made = create_model("Made", **fields)
    return made, made(**values)


@st.composite
def types_with_values(draw: st.DrawFn, depth: int) -> tuple[Any, Any]:
    kind = draw(st.sampled_from(["leaf", "list", "dict", "class"] if depth else ["leaf"]))
    if kind == "class":
        return draw(classes_with_values(depth - 1))
    leaf, values = draw(st.sampled_from(LEAVES))
    if kind == "leaf":
        return leaf, draw(values)
    if kind == "list":
        return list.__class_getitem__(leaf), draw(st.lists(values, max_size=3))
    return dict.__class_getitem__((str, leaf)), draw(st.dictionaries(TEXTS, values, max_size=3))


def as_the_service_writes(value: Any, style: int) -> Any:
    """Objects and lists come as JSON or in Python's notation, numbers as text, and what is missing as ""."""
    if value is None:
        return ""
    if type(value) in (dict, list) and style in (1, 2):
        return json.dumps(value) if style == 1 else repr(value)
    if type(value) is int and style:
        return f"{value:,}"
    return str(value) if type(value) is float and style else value


@examples(150)
@given(classes_with_values(), st.data())
def test_an_instance_of_any_class_survives_the_services_forms(made: tuple[Any, Any], data: st.DataObject) -> None:
    cls, instance = made
    sent = {
        name: as_the_service_writes(value, data.draw(st.integers(0, 3)))
        for name, value in instance.model_dump(mode="json").items()
    }

    found = answer(cls, sent)

    assert found.structured_data == instance
    assert found.problems == ()


@examples(150)
@given(classes_with_values(), st.data())
def test_a_spoilt_field_of_any_class_costs_that_field(made: tuple[Any, Any], data: st.DataObject) -> None:
    cls, instance = made
    spoilt = data.draw(st.sampled_from(sorted(cls.model_fields)))
    sent = instance.model_dump(mode="json") | {spoilt: {"spoilt": ["x", "y"]}}

    found = answer(cls, sent).structured_data

    others = set(cls.model_fields) - {spoilt}
    assert {name: getattr(found, name) for name in others} == {name: getattr(instance, name) for name in others}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@examples(150)
@given(classes_with_values(), st.data())
def test_any_answer_to_any_class_is_read_and_left_as_it_was(made: tuple[Any, Any], data: st.DataObject) -> None:
    cls, _ = made
    sent = data.draw(st.dictionaries(st.sampled_from(sorted(cls.model_fields)), JSON))
    before = copy.deepcopy(sent)

    found = answer(cls, sent)

    assert type(found.structured_data) is cls
    assert set(cls.model_fields) == set(found.structured_data.__dict__)
    assert repr(sent) == repr(before)
