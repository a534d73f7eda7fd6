"""A class as a question, and an answer as that class."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import BaseModel, Field, create_model

from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models import Intelligence
from sixtyfour_async.models.struct import TYPES, FieldSpec, Struct, adapt, to_struct


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Level(IntEnum):
    ONE = 1
    TWO = 2


class Office(BaseModel):
    city: str
    staff: int | None = None


def asked_for(annotation: Any) -> Any:
    """What is asked for a single field ``value`` of a type."""
    return to_struct(create_model("Thing", value=(annotation, ...)))["value"]


EXPRESSIBLE: list[tuple[Any, str]] = [
    (str, "str"),
    (int, "int"),
    (float, "float"),
    (bool, "bool"),
    (list[str], "list[str]"),
    (list[int], "list[int]"),
    (list[float], "list[float]"),
    (list[bool], "list[bool]"),
    (list[int | None], "list[int]"),
    (list, "list"),
    (set[str], "list[str]"),
    (tuple[int, ...], "list[int]"),
    (list[Office], "list"),
    (list[dict[str, int]], "list"),
    (dict, "dict"),
    (dict[str, int], "dict"),
    (Mapping[str, int], "dict"),
    (Office, "dict"),
    (Office | None, "dict"),
    (int | None, "int"),
    (Optional[list[str]], "list[str]"),  # noqa: UP045 (both spellings are in use)
    (Annotated[int, Field(ge=0)], "int"),
]


@pytest.mark.parametrize(("annotation", "word"), EXPRESSIBLE, ids=str)
def test_a_type_is_asked_for_by_the_services_word(annotation: Any, word: str) -> None:
    assert asked_for(annotation) == {"description": "value", "type": word}
    assert word in TYPES


@pytest.mark.parametrize(
    ("annotation", "described"),
    [
        (Literal["a", "b"], "value (one of: a, b)"),
        (Literal["a", "b"] | None, "value (one of: a, b)"),
        (Size, "value (one of: small, large)"),
        (Optional[Size], "value (one of: small, large)"),  # noqa: UP045 (both spellings are in use)
        (Level, "value (one of: 1, 2)"),
    ],
    ids=str,
)
def test_a_closed_set_is_asked_for_as_text_with_its_choices(annotation: Any, described: str) -> None:
    assert asked_for(annotation) == {"description": described, "type": "str"}


@pytest.mark.parametrize(
    "annotation", [date, Decimal, int | str, tuple[int, str], list[date], bytes, Any, object, list[int | str]], ids=str
)
def test_a_type_that_cannot_be_asked_for_is_refused_by_class_and_field(annotation: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Thing\.value: the service cannot be asked for"):
        asked_for(annotation)


def test_a_list_of_lists_is_asked_for_by_a_documented_word_or_refused() -> None:
    try:
        word = asked_for(list[list[str]])["type"]
    except ConfigurationError:
        return
    assert word in TYPES


@pytest.mark.parametrize(
    ("annotation", "word"),
    [
        (Optional[Annotated[int, Field(ge=0)]], "int"),  # noqa: UP045 (`|` does not take it)
        (list[Annotated[str, Field(min_length=1)]], "list[str]"),
    ],
)
def test_a_constraint_does_not_change_what_is_asked_for(annotation: Any, word: str) -> None:
    assert asked_for(annotation)["type"] == word


def test_a_field_is_asked_for_by_alias_and_description_else_by_its_name() -> None:
    class Lead(BaseModel):
        job_title: str
        years: int | None = Field(None, description="years in that job", alias="yearsInJob")

    assert to_struct(Lead) == {
        "job_title": {"description": "job title", "type": "str"},
        "yearsInJob": {"description": "years in that job", "type": "int"},
    }


def test_a_mapping_is_passed_on_as_a_copy() -> None:
    spec: FieldSpec = {"description": "Staff", "type": "int"}
    asked: Struct = {"title": "Job title", "staff": spec}

    struct = to_struct(asked)

    assert struct == asked
    assert struct is not asked
    assert struct["staff"] is not spec


# --- answers ------------------------------------------------------------------------------------------------------


class Answer(BaseModel):
    name: str = "nobody"
    nickname: str | None = None
    years: int | None = None
    score: float = 0.5
    active: bool | None = None
    skills: list[str] = Field(default_factory=list[str])
    marks: list[int] | None = None
    office: Office | None = None
    offices: list[Office] = Field(default_factory=list[Office])
    facts: dict[str, Any] = Field(default_factory=dict[str, Any])
    size: Size | None = None
    short: str | None = Field(None, alias="shortName")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"years": 7}, {"years": 7}),
        ({"years": "7"}, {"years": 7}),
        ({"years": ""}, {"years": None}),
        ({"years": "  "}, {"years": None}),
        ({"years": None}, {"years": None}),
        ({"score": ""}, {"score": 0.5}),
        ({"score": None}, {"score": 0.5}),
        ({"active": ""}, {"active": None}),
        ({"active": "true"}, {"active": True}),
        ({"name": ""}, {"name": ""}),
        ({"nickname": ""}, {"nickname": None}),
        ({"nickname": "a, b"}, {"nickname": "a, b"}),
        ({"nickname": "[x]"}, {"nickname": "[x]"}),
        ({"skills": "Python, Docker"}, {"skills": ["Python", "Docker"]}),
        ({"skills": "Python"}, {"skills": ["Python"]}),
        ({"skills": '["a, b", "c"]'}, {"skills": ["a, b", "c"]}),
        ({"skills": ["a"]}, {"skills": ["a"]}),
        ({"skills": ""}, {"skills": []}),
        ({"marks": "1, 2"}, {"marks": [1, 2]}),
        ({"marks": "[1, 2]"}, {"marks": [1, 2]}),
        ({"marks": ""}, {"marks": None}),
        ({"office": {"city": "Ulm"}}, {"office": Office(city="Ulm")}),
        ({"office": '{"city": "Ulm", "staff": 3}'}, {"office": Office(city="Ulm", staff=3)}),
        ({"office": ""}, {"office": None}),
        ({"offices": '[{"city": "Ulm"}]'}, {"offices": [Office(city="Ulm")]}),
        ({"facts": '{"a": [1]}'}, {"facts": {"a": [1]}}),
        ({"facts": {"a": 1}}, {"facts": {"a": 1}}),
        ({"facts": ""}, {"facts": {}}),
        ({"size": "small"}, {"size": Size.SMALL}),
        ({"shortName": ""}, {"short": None}),
        ({"company": "echoed", "years": 1}, {"years": 1}),
        ({}, {"name": "nobody", "years": None, "skills": []}),
    ],
)
def test_an_answer_is_brought_into_the_class(sent: dict[str, Any], read: dict[str, Any]) -> None:
    data = Intelligence[Answer].model_validate({"structured_data": sent}).structured_data

    assert {name: getattr(data, name) for name in read} == read


@pytest.mark.parametrize(("sent", "read"), [("", []), ("a", ["a"])])
def test_a_required_list_that_was_not_found_is_empty(sent: str, read: list[str]) -> None:
    class Lead(BaseModel):
        skills: list[str]

    assert Intelligence[Lead].model_validate({"structured_data": {"skills": sent}}).structured_data.skills == read


@pytest.mark.parametrize("text", ["{broken", "not json", "[1"])
def test_text_that_is_not_the_json_it_should_be_is_left_for_validation_to_refuse(text: str) -> None:
    assert adapt({"office": text}, Answer) == {"office": text}


def test_the_raw_answer_is_not_touched() -> None:
    sent = {"years": "", "skills": "a, b"}

    adapt(sent, Answer)

    assert sent == {"years": "", "skills": "a, b"}
