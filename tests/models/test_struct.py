"""A class as a struct, and answers adapted to that class."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasChoices, BaseModel, Field, create_model

from sixtyfour_async.errors import ConfigurationError
from sixtyfour_async.models import Intelligence
from sixtyfour_async.models.struct import TYPES, FieldSpec, Struct, to_struct, to_text_struct
from tests.properties import examples


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Level(IntEnum):
    ONE = 1
    TWO = 2


class Office(BaseModel):
    city: str = Field(description="Where")
    staff: int | None = None


def spec_of(annotation: Any) -> Any:
    """Return the spec of a single field ``value`` of a type."""
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
def test_a_type_maps_to_the_services_word(annotation: Any, word: str) -> None:
    spec = spec_of(annotation)

    assert spec["type"] == word
    assert spec["description"].startswith("value")
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
def test_a_closed_set_is_requested_as_text_with_its_choices(annotation: Any, described: str) -> None:
    assert spec_of(annotation) == {"description": described, "type": "str"}


@pytest.mark.parametrize("annotation", [bytes, list[bytes], Callable[[], int], dict[str, bytes | None]], ids=str)
def test_an_unsupported_type_is_rejected_by_class_and_field(annotation: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"Thing\.value: the service has no type for"):
        spec_of(annotation)


def test_an_unsupported_type_is_found_at_any_depth() -> None:
    inner = create_model("Inner", picture=(bytes, ...))

    with pytest.raises(ConfigurationError, match=r"Thing\.value: the service has no type for bytes"):
        spec_of(dict[str, list[inner]])  # type: ignore[valid-type]


def test_a_list_of_lists_maps_to_a_documented_word() -> None:
    assert spec_of(list[list[str]])["type"] in TYPES


@pytest.mark.parametrize(
    ("annotation", "word"),
    [
        (Optional[Annotated[int, Field(ge=0)]], "int"),  # noqa: UP045 (`|` does not take it)
        (list[Annotated[str, Field(min_length=1)]], "list[str]"),
    ],
)
def test_a_constraint_does_not_change_the_type_word(annotation: Any, word: str) -> None:
    assert spec_of(annotation)["type"] == word


def test_a_field_is_requested_by_alias_and_description_else_by_its_name() -> None:
    class Lead(BaseModel):
        job_title: str
        years: int | None = Field(None, description="years in that job", alias="yearsInJob")

    assert to_struct(Lead) == {
        "job_title": {"description": "job title", "type": "str"},
        "yearsInJob": {"description": "years in that job", "type": "int"},
    }


@pytest.mark.parametrize(
    ("annotation", "described"),
    [
        (Office, "value (JSON object with the keys city: Where; staff)"),
        (Office | None, "value (JSON object with the keys city: Where; staff)"),
        (list[Office], "value (JSON list of objects with the keys city: Where; staff)"),
        (dict[str, int], "value"),
        (list[str], "value"),
    ],
    ids=str,
)
def test_a_nested_model_is_described_by_its_keys(annotation: Any, described: str) -> None:
    assert spec_of(annotation)["description"] == described


@pytest.mark.parametrize(
    ("alias", "key"),
    [
        ({"alias": "jobTitle"}, "jobTitle"),
        ({"validation_alias": "jobTitle"}, "jobTitle"),
        ({"validation_alias": AliasChoices("jobTitle", "title")}, "jobTitle"),
        ({"serialization_alias": "jobTitle"}, "title"),
    ],
)
def test_a_field_has_one_name_in_request_and_answer(alias: dict[str, Any], key: str) -> None:
    lead = create_model("Lead", title=(int, Field(**alias)))

    answer: Any = Intelligence

    assert set(to_struct(lead)) == {key}
    assert answer[lead].model_validate({"structured_data": {key: "7"}}).structured_data.title == 7


def test_a_forward_reference_is_resolved_once_both_classes_exist() -> None:
    class Person(BaseModel):
        boss: Boss | None = None

    class Boss(BaseModel):
        name: str

    Person.model_rebuild(_types_namespace={"Boss": Boss})

    assert to_struct(Person)["boss"] == {"description": "boss (JSON object with the keys name)", "type": "dict"}


class Verdict(BaseModel):
    qualified: Literal["yes", "no"] = Field(description="Does it fit?")
    why: str | None = None


def test_a_text_struct_holds_the_descriptions_of_a_class_of_texts() -> None:
    assert to_text_struct(Verdict) == {"qualified": "Does it fit? (one of: yes, no)", "why": "why"}
    assert to_text_struct({"a": "b"}) == {"a": "b"}


@pytest.mark.parametrize(
    ("annotation", "described"),
    [
        (int, "value (whole number)"),
        (float | None, "value (number)"),
        (bool, "value (true or false)"),
        (list[str], "value (JSON list)"),
        (dict[str, str], "value (JSON object)"),
        (Office, "value (JSON object with the keys city: Where; staff)"),
        (date, "value (ISO 8601 date, YYYY-MM-DD)"),
    ],
    ids=str,
)
def test_a_text_struct_names_the_type_that_the_route_does_not_take(annotation: Any, described: str) -> None:
    assert to_text_struct(create_model("Thing", value=(annotation, ...))) == {"value": described}


def test_a_text_struct_rejects_a_type_that_no_text_can_express() -> None:
    with pytest.raises(ConfigurationError, match=r"Thing\.value: the service has no type for bytes"):
        to_text_struct(create_model("Thing", value=(bytes, ...)))


def test_a_mapping_is_copied() -> None:
    spec: FieldSpec = {"description": "Staff", "type": "int"}
    source: Struct = {"title": "Job title", "staff": spec}

    struct = to_struct(source)

    assert struct == source
    assert struct is not source
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
        ({"name": None}, {"name": "nobody"}),
        ({"name": 5}, {"name": "5"}),
        ({"name": 5.5}, {"name": "5.5"}),
        ({"skills": None}, {"skills": []}),
        ({"size": ""}, {"size": None}),
        ({"office": {"city": 5, "staff": ""}}, {"office": Office(city="5")}),
        ({"office": '{"city": "Ulm", "staff": "3"}'}, {"office": Office(city="Ulm", staff=3)}),
        (
            {"offices": [{"city": "Ulm", "staff": ""}, {"city": None}]},
            {"offices": [Office(city="Ulm"), Office(city="")]},
        ),
        ({"offices": None}, {"offices": []}),
        ({"company": "echoed", "years": 1}, {"years": 1}),
        ({}, {"name": "nobody", "years": None, "skills": []}),
    ],
)
def test_an_answer_is_adapted_to_the_class(sent: dict[str, Any], read: dict[str, Any]) -> None:
    data = Intelligence[Answer].model_validate({"structured_data": sent}).structured_data

    assert {name: getattr(data, name) for name in read} == read


@pytest.mark.parametrize(("sent", "read"), [("", []), (None, []), ("a", ["a"])])
def test_a_required_list_that_was_not_found_is_empty(sent: str | None, read: list[str]) -> None:
    class Lead(BaseModel):
        skills: list[str]

    assert Intelligence[Lead].model_validate({"structured_data": {"skills": sent}}).structured_data.skills == read


@pytest.mark.parametrize("sent", [None, ""])
def test_a_required_text_that_was_not_found_is_empty(sent: str | None) -> None:
    class Lead(BaseModel):
        title: str

    assert Intelligence[Lead].model_validate({"structured_data": {"title": sent}}).structured_data.title == ""


def encode_like_the_service(value: Any) -> Any:
    """Objects come as JSON-encoded text, and what is missing as an empty one."""
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, dict) else value


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
OFFICES = st.builds(Office, city=TEXTS, staff=st.none() | st.integers())


@examples(50)
@given(
    st.builds(
        Answer,
        name=TEXTS,
        nickname=st.none() | TEXTS.filter(str.strip),
        years=st.none() | st.integers(),
        score=st.floats(allow_nan=False, allow_infinity=False),
        active=st.none() | st.booleans(),
        skills=st.lists(TEXTS),
        marks=st.none() | st.lists(st.integers()),
        office=st.none() | OFFICES,
        offices=st.lists(OFFICES),
        facts=st.dictionaries(TEXTS, st.integers() | TEXTS),
        size=st.none() | st.sampled_from(Size),
    )
)
def test_an_object_survives_the_services_encoding(answer: Answer) -> None:
    data = {
        name: encode_like_the_service(value) for name, value in answer.model_dump(mode="json", by_alias=True).items()
    }

    assert Intelligence[Answer].model_validate({"structured_data": data}).structured_data == answer


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@examples(50)
@given(st.dictionaries(st.sampled_from(sorted(Answer.model_fields)), JSON))
def test_any_answer_is_read_and_never_modified(data: dict[str, Any]) -> None:
    before = json.dumps(data)

    answer = Intelligence[Answer].model_validate({"structured_data": data})

    assert isinstance(answer.structured_data, Answer)
    assert json.dumps(data) == before
