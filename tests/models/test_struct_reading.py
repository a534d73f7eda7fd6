"""Answers read as the caller's class: one bad field costs one field, and is listed with what the service sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    ConfigDict,
    Field,
    HttpUrl,
    RootModel,
    StrictInt,
    create_model,
)

from sixtyfour_async import FieldProblem
from tests.models.structs import NOT_FOUND, Level, Office, Person, Size, answer


class Tags(RootModel[list[str]]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


def read(annotation: Any, sent: Any) -> tuple[Any, list[tuple[str, Any]]]:
    """Return a required field ``value`` of a type, and the name and raw value of each problem."""
    found = answer(create_model("Thing", value=(annotation, ...), other=(str, "")), {"value": sent, "other": "kept"})
    assert found.structured_data.other == "kept"
    return found.structured_data.value, [(problem.name, problem.raw) for problem in found.problems]


@pytest.mark.parametrize(
    ("annotation", "sent", "value"),
    [
        (list[str], "['Alpha', 'Beta']", ["Alpha", "Beta"]),
        (list[str] | None, '["Alpha"]', ["Alpha"]),
        (Sequence[str], "Alpha; Beta", ["Alpha", "Beta"]),
        (set[str], "Alpha, Beta", {"Alpha", "Beta"}),
        (frozenset[int], "1, 2", frozenset({1, 2})),
        (tuple[str, ...], "- a\n- b", ("a", "b")),
        (tuple[int, str], "(1, 'a')", (1, "a")),
        (list[str], 7, ["7"]),
        (list[int], "['1,200', '3']", [1200, 3]),
        (list[Size], "small, Mid-Market", [Size.SMALL, Size.MID]),
        (list[date], "2024-05-31; May 1, 2024", [date(2024, 5, 31), date(2024, 5, 1)]),
        (list[Office], "{'city': 'Ulm'}", [Office(city="Ulm")]),
        (list[list[int]], "[['1'], []]", [[1], []]),
        (Tags, ["a", "b"], Tags(["a", "b"])),
        (int | None, "1,200", 1200),
        (int | None, "~500", 500),
        (float, "1,200.5", 1200.5),
        (Decimal, "$1,200.50", Decimal("1200.50")),
        (int | float, "2.5", 2.5),
        (int | str, "10-50", "10-50"),
        (Annotated[int, Field(ge=0)], "1,200", 1200),
        (StrictInt, "7", 7),
        (bool, "Yes, since 2019", True),
        (bool | None, "no", False),
        (Literal[1, 2], "2", 2),
        (Literal["Yes", "No"], "yes", "Yes"),
        (Level, "two", Level.TWO),
        (Size, "MID_MARKET", Size.MID),
        (Size, " Small ", Size.SMALL),
        (date, "May 31, 2024", date(2024, 5, 31)),
        (date, "20240531", date(2024, 5, 31)),
        (datetime, "2024-05-31 10:00 UTC", datetime(2024, 5, 31, 10, tzinfo=UTC)),
        (time, "10:30 pm", time(22, 30)),
        (HttpUrl, "https://acme.example", HttpUrl("https://acme.example")),
        (UUID, "12345678123456781234567812345678", UUID("12345678123456781234567812345678")),
        (str, 5, "5"),
        (str, True, "true"),
        (str, "Unknown", "Unknown"),
        (str, ["Berlin"], "Berlin"),
        (str, {"value": "Berlin", "confidence": 9}, "Berlin"),
        (int, {"Value": "1,200"}, 1200),
        (list[str], {"value": "a, b"}, ["a", "b"]),
        (Office, "{'City': 'Ulm', 'staff': '1,200'}", Office(city="Ulm", staff=1200)),
        (Office, '[{"city": "Ulm"}]', Office(city="Ulm")),
        (dict[str, Office], '{"x": {"city": "Ulm"}}', {"x": Office(city="Ulm")}),
        (Mapping[str, int], "{'a': '1,200'}", {"a": 1200}),
        (dict[Size, int], {"Small": "3"}, {Size.SMALL: 3}),
        (Cat | Dog, {"kind": "Dog", "tricks": "sit, roll"}, Dog(kind="dog", tricks=["sit", "roll"])),
        (Annotated[Cat | Dog, Field(discriminator="kind")], {"Kind": "cat", "lives": "9"}, Cat(kind="cat", lives=9)),
        (Office | str, "somewhere", "somewhere"),
        (Any, "['x']", "['x']"),
    ],
    ids=lambda one: "a set" if isinstance(one, set) else str(one),  # whose text has another order in each process
)
def test_a_value_is_read_as_the_service_writes_it(annotation: Any, sent: Any, value: Any) -> None:
    found, problems = read(annotation, sent)

    assert (found, problems) == (value, [])


@pytest.mark.parametrize(
    ("annotation", "sent"),
    [
        *[(int, text) for text in ("10-50", "500+", "12%", "many", "5 of 10", "12.5", True, [1, 2], {"a": 1})],
        *[(float, text) for text in ("nan", "inf", "1.200,5", "12,5")],
        *[(bool, text) for text in ("maybe", "Yes and no", 7)],
        *[(date, text) for text in ("03.05.2024", "2024", 2024, 45443, "yesterday")],
        *[(datetime, text) for text in ("2024", 7, True)],
        (Size, "huge"),
        (Literal[1, 2], "3"),
        (HttpUrl, "nowhere"),
        (UUID, "7"),
        (Decimal, "many"),
        (Office, "somewhere"),
        (dict[str, int], "somewhere"),
        (tuple[int, str], "1"),
        (str, {"a": 1}),
        (str, ["a", "b"]),
        (list[int], "many"),
        (list[int], "1,200"),
        (Annotated[int, Field(ge=0)], "-5"),
        (Annotated[str, Field(pattern=r"^\d+$")], "Berlin"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("optional", [False, True])
def test_what_cannot_be_read_is_missing_and_listed_as_it_came(annotation: Any, sent: Any, *, optional: bool) -> None:
    found, problems = read(annotation | None if optional else annotation, sent)

    assert found is None
    assert problems == [("value", sent)]


@pytest.mark.parametrize(
    "word", ["", "Unknown", "Not publicly disclosed", "N/A", "not found", "None", "-", None], ids=repr
)
@pytest.mark.parametrize(
    "annotation", [int, float, bool, date, datetime, Decimal, Size, Literal["a"], HttpUrl, UUID, Office, dict[str, int]]
)
def test_a_required_field_that_was_not_found_says_so(annotation: Any, word: str | None) -> None:
    found = answer(create_model("Thing", value=(annotation, ...)), {"value": word})

    assert found.structured_data.value is None
    assert found.problems == (FieldProblem("value", word, NOT_FOUND),)


@pytest.mark.parametrize("annotation", [int, bool, date, list[str], Size, Office])
def test_an_optional_field_that_was_not_found_is_listed_only_if_the_service_says_why(annotation: Any) -> None:
    assert read(annotation | None, "") == (None, [])
    assert read(annotation | None, None) == (None, [])
    assert read(annotation | None, "Not publicly disclosed") == (None, [("value", "Not publicly disclosed")])


def test_a_field_with_a_default_keeps_it() -> None:
    class Lead(BaseModel):
        score: float = 0.5
        skills: list[str] = Field(default_factory=lambda: ["none"])
        size: Size = Size.SMALL

    found = answer(Lead, {"score": "high", "skills": "n/a", "size": "huge"})

    assert found.structured_data == Lead()
    assert [problem.name for problem in found.problems] == ["score", "skills", "size"]


class Nested(BaseModel):
    office: Office
    offices: list[Office]
    by_name: dict[str, Office]
    counts: list[int]
    boss: Person | None = None


def test_a_bad_field_costs_itself_at_any_depth() -> None:
    sent = {
        "office": {"city": "Ulm", "staff": "some"},
        "offices": [{"city": "Bonn"}, {"staff": "1,200"}, "nowhere"],
        "by_name": {"x": "{'city': 'Kiel', 'staff': '10-50'}", "y": 7},
        "counts": ["1,200", "x", "", None, 3],
        "boss": {"name": "A", "reports": "[{'name': 'B', 'boss': {}}]"},
    }
    found = answer(Nested, sent)
    data = found.structured_data

    assert data.office == Office(city="Ulm")
    assert [(each.city, each.staff) for each in data.offices] == [("Bonn", None), (None, 1200)]
    assert data.by_name == {"x": Office(city="Kiel")}
    assert data.counts == [1200, 3]
    assert data.boss.reports[0].name == "B"
    assert data.boss.reports[0].boss.name is None
    assert [(problem.name, problem.raw) for problem in found.problems] == [
        ("office.staff", "some"),
        ("offices.1.city", None),
        ("offices.2", "nowhere"),
        ("by_name.x.staff", "10-50"),
        ("by_name.y", 7),
        ("counts.1", "x"),
        ("boss.reports.0.boss.name", None),
    ]


@pytest.mark.parametrize("data", [{}, None, [], "nothing", 7, [1, 2]])
def test_an_answer_without_a_field_is_an_instance_without_values(data: Any) -> None:
    found = answer(Nested, data)

    assert (found.structured_data.office, found.structured_data.counts, found.structured_data.boss) == (None,) * 3
    assert {"office", "offices", "by_name", "counts"} <= {problem.name for problem in found.problems}


def test_a_deep_answer_is_read_in_time_that_grows_with_its_size() -> None:
    sent: Any = {"name": ""}
    for _ in range(100):
        sent = {"boss": sent, "reports": [{"reports": "x"}]}

    found = answer(Person, sent)

    assert len(found.problems) == 300


# --- keys ---------------------------------------------------------------------------------------------------------


class Keys(BaseModel):
    hq: str = ""
    head_count: int = 0
    title: str = Field("", validation_alias=AliasChoices("jobTitle", "job"))
    first: str = Field("", validation_alias=AliasPath("names", 0))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"HQ": "Ulm"}, {"hq": "Ulm"}),
        ({"headCount": "3"}, {"head_count": 3}),
        ({"Head Count": "3"}, {"head_count": 3}),
        ({"head-count": "3", "HeadCount": 4}, {"head_count": 0}),
        ({"head_count": "3", "HeadCount": 4}, {"head_count": 3}),
        ({"jobTitle": "CEO"}, {"title": "CEO"}),
        ({"job": "CEO"}, {"title": "CEO"}),
        ({"title": "CEO"}, {"title": "CEO"}),
        ({"job title": "CEO"}, {"title": "CEO"}),
        ({"names": ["Ada"]}, {"first": "Ada"}),
    ],
)
def test_keys_are_matched_without_case_and_signs(sent: dict[str, Any], expected: dict[str, Any]) -> None:
    found = answer(Keys, sent)

    assert {name: getattr(found.structured_data, name) for name in expected} == expected
    assert found.problems == ()


@pytest.mark.parametrize("extra", ["forbid", "ignore", "allow"])
def test_an_echoed_key_does_not_count_against_a_class(extra: Any) -> None:
    class Lead(BaseModel):
        model_config = ConfigDict(extra=extra)
        hq: str
        office: Office

    found = answer(Lead, {"hq": "Ulm", "company_name": "Acme", "office": {"city": "Ulm", "website": "x"}})

    assert (found.structured_data.hq, found.problems) == ("Ulm", ())
    assert getattr(found.structured_data, "company_name", None) == ("Acme" if extra == "allow" else None)
