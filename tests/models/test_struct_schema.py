"""A class as a struct at any depth: what the type words cannot say stands in the description."""

from __future__ import annotations

import dataclasses
import typing
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, Literal, TypeVar, cast
from uuid import UUID

import pydantic.dataclasses
import pytest
import typing_extensions
from pydantic import AliasChoices, AliasPath, BaseModel, Field, HttpUrl, JsonValue, create_model

from sixtyfour_async.errors import ConfigurationError, InputError
from sixtyfour_async.models.struct import TYPES, to_struct, to_text_struct
from sixtyfour_async.operations import CompanyIntelligence, PeopleIntelligence, QAAgent

T = TypeVar("T")


class Size(Enum):
    SMALL = "small"
    LARGE = "large"


class Level(IntEnum):
    ONE = 1
    TWO = 2


class Office(BaseModel):
    city: str = Field(description="Where")
    size: Size | None = Field(None, description="How big")


class Branch(BaseModel):
    offices: list[Office]
    opened: date


class Person(BaseModel):
    name: str
    boss: Person | None = None
    reports: list[Person] = []


class Page(BaseModel, Generic[T]):
    rows: list[T]


class Meeting(typing.TypedDict):
    """A TypedDict of Python's own typing, which pydantic refuses before Python 3.12."""

    when: date
    where: Literal["here", "there"]


class Day(typing.TypedDict, total=False):
    meetings: typing.Required[list[Meeting]]
    note: str


class Extended(typing_extensions.TypedDict):
    level: Annotated[Level, Field(description="How high")]


@dataclasses.dataclass
class Account:
    """A dataclass of Python's own."""

    owner: Office
    balance: Decimal = Decimal(0)


@pydantic.dataclasses.dataclass
class Checked:
    years: int = Field(description="Years in business")


OFFICE = "JSON object with the keys city: Where; size: How big (one of: small, large)"
OFFICES = "(JSON list of objects with the keys city: Where; size: How big (one of: small, large))"


def spec_of(annotation: Any) -> Any:
    """Return the spec of a single field ``value`` of a type."""
    return to_struct(create_model("Thing", value=(annotation, ...)))["value"]


@pytest.mark.parametrize(
    ("annotation", "described", "word"),
    [
        (Literal[1, 2], "value (one of: 1, 2)", "str"),
        (Literal["a", 1, True], "value (one of: a, 1, true)", "str"),
        (list[Size], "value (each one of: small, large)", "list[str]"),
        (list[Level | None] | None, "value (each one of: 1, 2)", "list[str]"),
        (set[Literal["x"]], "value (each one of: x)", "list[str]"),
        (date, "value (ISO 8601 date, YYYY-MM-DD)", "str"),
        (datetime | None, "value (ISO 8601 date and time)", "str"),
        (time, "value (ISO 8601 time, HH:MM:SS)", "str"),
        (list[date], "value (list, each ISO 8601 date, YYYY-MM-DD)", "list[str]"),
        (Decimal, "value (decimal number)", "str"),
        (HttpUrl, "value (full URL)", "str"),
        (UUID, "value (UUID)", "str"),
        (int | str, "value", "str"),
        (int | float, "value", "float"),
        (Any, "value", "str"),
        (tuple[int, str], "value (JSON list of 2: int, str)", "list"),
        (dict[str, Office], f"value (JSON object whose values are each a {OFFICE})", "dict"),
        (dict[Size, int], "value (JSON object whose keys are one of: small, large)", "dict"),
        (list[dict[str, Size]], "value (list, each JSON object whose values are each one of: small, large)", "list"),
        (Branch, f"value (JSON object with the keys offices {OFFICES}; opened (ISO 8601 date, YYYY-MM-DD))", "dict"),
        (Page[Office], f"value (JSON object with the keys rows {OFFICES})", "dict"),
        (Office | Checked, f"value ({OFFICE}, or JSON object with the keys years: Years in business)", "dict"),
        (Account, f"value (JSON object with the keys owner ({OFFICE}); balance (decimal number))", "dict"),
        (Extended, "value (JSON object with the keys level: How high (one of: 1, 2))", "dict"),
    ],
    ids=str,
)
def test_choices_keys_and_formats_are_asked_for_at_any_depth(annotation: Any, described: str, word: str) -> None:
    assert spec_of(annotation) == {"description": described, "type": word}
    assert word in TYPES


def test_a_class_that_holds_itself_is_described_once() -> None:
    assert to_struct(Person) == {
        "name": {"description": "name", "type": "str"},
        "boss": {
            "description": "boss (JSON object with the keys name; boss (JSON object with the same keys as boss); "
            "reports (JSON list of objects with the same keys as boss))",
            "type": "dict",
        },
        "reports": {
            "description": "reports (JSON list of objects with the keys name; boss (JSON object with the same keys as "
            "reports); reports (JSON list of objects with the same keys as reports))",
            "type": "list",
        },
    }


def test_a_description_does_not_grow_with_the_paths_through_a_class() -> None:
    inner: Any = create_model("Leaf", leaf=(str, ...))
    for depth in range(30):
        inner = create_model(f"Level{depth}", one=(inner, ...), other=(inner, ...))

    described = to_struct(create_model("Root", value=(inner, ...)))["value"]

    assert len(str(described)) < 10_000


@pytest.mark.parametrize(
    ("cls", "struct"),
    [
        (
            Day,
            {
                "meetings": {
                    "description": "meetings (JSON list of objects with the keys when (ISO 8601 date, YYYY-MM-DD); "
                    "where (one of: here, there))",
                    "type": "list",
                },
                "note": {"description": "note", "type": "str"},
            },
        ),
        (Extended, {"level": {"description": "How high (one of: 1, 2)", "type": "str"}}),
        (Checked, {"years": {"description": "Years in business", "type": "int"}}),
        (
            Account,
            {
                "owner": {"description": f"owner ({OFFICE})", "type": "dict"},
                "balance": {"description": "balance (decimal number)", "type": "str"},
            },
        ),
    ],
)
def test_a_typed_dict_and_a_dataclass_are_structs_wherever_a_model_is(cls: Any, struct: dict[str, Any]) -> None:
    who = {"name": "Ada"}

    assert PeopleIntelligence(lead_info=who, struct=cls).payload()["struct"] == struct
    company = CompanyIntelligence(target_company=who, struct={"a": "b"}, lead_struct=cls)
    assert company.payload()["lead_struct"] == struct
    assert set(to_text_struct(cls)) == set(struct)
    judged = QAAgent(data=who, qualification_criteria=[{"criteria_name": "a", "description": "b"}], struct=cls)  # type: ignore[list-item]
    assert judged.payload()["struct"] == to_text_struct(cls)


def test_an_instance_of_a_dataclass_is_refused() -> None:
    with pytest.raises(InputError, match="is an instance of Checked; give the class itself: Checked"):
        PeopleIntelligence(lead_info={"name": "Ada"}, struct=Checked(years=1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("alias", "key"),
    [(AliasChoices("jobTitle", "title"), "jobTitle"), (AliasChoices(AliasPath("a", 0), "job"), "job"), ("Job", "Job")],
    ids=str,
)
def test_a_field_is_asked_for_by_its_first_alias(alias: Any, key: str) -> None:
    assert list(to_struct(create_model("Lead", title=(str, Field(validation_alias=alias))))) == [key]


def test_a_class_that_pydantic_cannot_read_is_refused_by_name() -> None:
    @dataclasses.dataclass
    class Lost:
        title: Nowhere  # type: ignore[name-defined]  # noqa: F821 (the point)

    with pytest.raises(ConfigurationError, match=r"Lost: .*Nowhere"):
        to_struct(Lost)


def test_what_is_returned_is_the_callers_to_change() -> None:
    """The description of a class is kept; whoever changes a copy of it changes no later request."""
    first = to_struct(Person)
    fresh = to_struct(Person)
    cast("dict[str, JsonValue]", first["name"])["description"] = "changed"
    del first["boss"]

    assert to_struct(Person) == fresh != first
