"""Answers read as the caller's class: one bad field costs one field, and is listed with what the service sent."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
import typing
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

import pydantic.dataclasses
import pytest
import typing_extensions
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    PrivateAttr,
    RootModel,
    StrictInt,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from sixtyfour_async import FieldProblem, Intelligence
from sixtyfour_async.models import QAResult
from tests.surface.shapes import Firm

NOT_FOUND = "not found"


class Size(Enum):
    SMALL = "small"
    MID = "mid market"


class Level(IntEnum):
    ONE = 1
    TWO = 2


class Office(BaseModel):
    city: str
    staff: int | None = None


class Person(BaseModel):
    name: str
    boss: Person | None = None
    reports: list[Person] = []


class Tags(RootModel[list[str]]):
    pass


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str]


def answer(cls: Any, data: Any) -> Any:
    return Intelligence[cls].model_validate({"structured_data": data})


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
    ids=str,
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
    assert (found.structured_data.model_extra or {}).get("company_name") == ("Acme" if extra == "allow" else None)


# --- the caller's validators --------------------------------------------------------------------------------------


def parse_range(value: Any) -> Any:
    return int(value.split("-")[0])


class Validated(BaseModel):
    low: Annotated[int, BeforeValidator(parse_range)]
    title: str
    years: int | None = None
    _seen: list[str] = PrivateAttr(default_factory=list[str])

    @field_validator("title")
    @classmethod
    def _expand(cls, title: str) -> str:
        return {"CTO": "chief"}[title]

    @field_validator("years")
    @classmethod
    def _check_years(cls, years: int, info: Any) -> int:
        if years > info.data["low"]:
            raise ValueError("too many")
        return years


def test_a_validator_of_the_callers_sees_what_the_service_sent() -> None:
    found = answer(Validated, {"low": "10-50", "title": "CTO", "years": "7"})

    assert (found.structured_data.low, found.structured_data.title, found.structured_data.years) == (10, "chief", 7)
    assert found.problems == ()


def test_a_validator_that_raises_costs_its_field() -> None:
    found = answer(Validated, {"low": "many", "title": "CFO", "years": 3})
    data = found.structured_data

    assert (data.low, data.title, data.years) == (None, None, None)
    assert data._seen == []
    assert [(problem.name, problem.raw) for problem in found.problems] == [
        ("low", "many"),
        ("title", "CFO"),
        ("years", 3),
    ]
    assert "CFO" in found.problems[1].why


class Range(BaseModel):
    low: int
    high: int
    note: str = ""

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, data: Any) -> Any:
        if data.get("range") == "broken":
            raise TypeError("no range")
        return {**data, "low": 1, "high": 2} if "range" in data else data

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


@pytest.mark.parametrize(
    ("sent", "expected", "problems"),
    [
        ({"low": "1", "high": 2, "note": "x"}, (1, 2, "x"), []),
        ({"range": "1-2", "note": "x"}, (1, 2, "x"), []),
        ({"low": 3, "high": 2, "note": "x"}, (3, 2, "x"), [("", "low is above high")]),
        ({"low": 3, "note": "x"}, (3, None, "x"), [("high", NOT_FOUND)]),
        ({"range": "broken", "low": 1, "high": 2}, (1, 2, ""), [("", "a validator raised TypeError('no range')")]),
    ],
)
def test_a_validator_of_the_whole_class_is_one_problem(
    sent: dict[str, Any], expected: tuple[Any, ...], problems: list[tuple[str, str]]
) -> None:
    found = answer(Range, sent)
    data = found.structured_data

    assert (data.low, data.high, data.note) == expected
    assert [(problem.name, problem.why) for problem in found.problems] == problems


def test_a_problem_of_an_inner_class_as_a_whole_has_its_place() -> None:
    found = answer(create_model("Outer", ranges=(list[Range], ...)), {"ranges": [{"low": 3, "high": 2}]})

    assert [(each.low, each.high) for each in found.structured_data.ranges] == [(3, 2)]
    assert [(problem.name, problem.why) for problem in found.problems] == [("ranges.0", "low is above high")]


# --- dataclasses and TypedDicts -----------------------------------------------------------------------------------


class Meeting(typing.TypedDict):
    when: date
    seats: int


class Day(typing.TypedDict, total=False):
    meetings: typing.Required[list[Meeting]]
    note: str
    count: int


class Plain(typing_extensions.TypedDict):
    years: int


@dataclasses.dataclass
class Account:
    owner: Office
    balance: Decimal | None = None
    tags: list[str] = dataclasses.field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.label = self.owner.city.upper()


@pydantic.dataclasses.dataclass(frozen=True, slots=True)
class Checked:
    years: int
    since: date | None = None


def test_a_typed_dict_is_read_as_a_dict() -> None:
    found = answer(Day, {"Meetings": "[{'when': '2024-05-31', 'seats': 'few'}]", "count": "many", "echo": 1})

    assert found.structured_data == {"meetings": [{"when": date(2024, 5, 31), "seats": None}]}
    assert [problem.name for problem in found.problems] == ["meetings.0.seats", "count"]
    assert answer(Day, {}).structured_data == {"meetings": None}
    assert answer(Plain, {"years": "1,200"}).structured_data == {"years": 1200}


def test_a_dataclass_is_read_as_an_instance() -> None:
    found = answer(Account, {"owner": {"city": "Ulm"}, "balance": "$1.50", "tags": "a, b"})

    assert found.structured_data == Account(Office(city="Ulm"), Decimal("1.50"), ["a", "b"])
    assert found.structured_data.label == "ULM"
    assert answer(Checked, {"years": "7", "since": "May 1, 2024"}).structured_data == Checked(7, date(2024, 5, 1))


def test_a_dataclass_without_a_required_field_is_made_all_the_same() -> None:
    found = answer(Account, {"balance": "2"})

    assert (found.structured_data.owner, found.structured_data.balance) == (None, 2)
    assert found.problems == (FieldProblem("owner", None, NOT_FOUND),)
    assert answer(Checked, {"years": "many"}).structured_data.years is None


def test_what_post_init_raises_is_a_problem_of_the_whole() -> None:
    found = answer(Account, {"owner": {}})

    assert found.structured_data.owner.city is None
    assert [problem.name for problem in found.problems] == ["owner.city", ""]


# --- strict classes -----------------------------------------------------------------------------------------------


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    years: int
    since: date | None = None
    size: Size = Size.SMALL


@dataclasses.dataclass
class StrictPlain:
    __pydantic_config__ = ConfigDict(strict=True)
    years: int


@pytest.mark.parametrize(
    "sent", [{"years": "many"}, {"years": ""}, {}, {"years": 1, "since": "soon"}, {"years": 1, "size": "huge"}]
)
def test_a_strict_class_refuses_an_answer_with_a_problem(sent: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"structured_data\.(years|since|size)"):
        answer(Strict, sent)


def test_a_strict_class_takes_what_is_certain_and_an_optional_field_that_was_not_found() -> None:
    sent = {"years": "1,200", "since": "Not publicly disclosed", "size": "", "echo": 1}
    found = answer(Strict, {**sent, "size": "SMALL"})

    assert found.structured_data == Strict(years=1200)
    assert [problem.name for problem in found.problems] == ["since"]
    with pytest.raises(ValidationError, match="years"):
        answer(StrictPlain, {"years": "many"})


# --- answers with problems ----------------------------------------------------------------------------------------


def test_a_text_answer_is_read_alike() -> None:
    class Verdict(BaseModel):
        fits: bool
        score: int
        reasons: list[str]

    found = QAResult[Verdict].model_validate({"structured_data": {"fits": "Yes", "score": "high", "reasons": "a; b"}})

    assert found.structured_data.fits is True
    assert found.structured_data.reasons == ["a", "b"]
    assert found.problems == (FieldProblem("score", "high", found.problems[0].why),)
    assert str(found.problems[0]).startswith("score: should be a valid integer")


def test_an_answer_without_a_class_has_no_problems() -> None:
    assert Intelligence.model_validate({"structured_data": {"a": ""}, "problems": ["x"]}).problems == ()


def test_problems_are_pickled_copied_and_compared() -> None:
    found = answer(Firm, {"size": "many"})

    for twin in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found), copy.copy(found)):  # noqa: S301 (our own)
        assert (twin, twin.problems) == (found, found.problems)
    assert found != answer(Firm, {})
    assert hash(found.problems[0]) == hash(FieldProblem("size", "many", found.problems[0].why))


def test_an_invalid_optional_field_of_the_answer_does_not_double_a_problem() -> None:
    sent = {"structured_data": {"size": "many"}, "confidence_score": "high", "findings": 7}

    assert len(Intelligence[Firm].model_validate(sent).problems) == 1


def test_an_instance_is_taken_as_it_is() -> None:
    made = Office(city="Ulm")

    assert Intelligence[Office](structured_data=made).structured_data is made


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
    annotation, values = draw(st.sampled_from(LEAVES))
    if kind == "leaf":
        return annotation, draw(values)
    if kind == "list":
        return list[annotation], draw(st.lists(values, max_size=3))
    return dict[str, annotation], draw(st.dictionaries(TEXTS, values, max_size=3))


def as_the_service_writes(value: Any, style: int) -> Any:
    """Objects and lists come as JSON or in Python's notation, numbers as text, and what is missing as ""."""
    if value is None:
        return ""
    if isinstance(value, dict) and style in (1, 2):
        return json.dumps(value) if style == 1 else repr(value)
    if isinstance(value, list) and style in (1, 2):
        return json.dumps(value) if style == 1 else repr(value)
    if isinstance(value, int) and not isinstance(value, bool) and style:
        return f"{value:,}"
    return str(value) if isinstance(value, float) and style else value


@settings(max_examples=150)
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


@settings(max_examples=150)
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


@settings(max_examples=150)
@given(classes_with_values(), st.data())
def test_any_answer_to_any_class_is_read_and_left_as_it_was(made: tuple[Any, Any], data: st.DataObject) -> None:
    cls, _ = made
    sent = data.draw(st.dictionaries(st.sampled_from(sorted(cls.model_fields)), JSON))
    before = copy.deepcopy(sent)

    found = answer(cls, sent)

    assert type(found.structured_data) is cls
    assert set(cls.model_fields) == set(found.structured_data.__dict__)
    assert repr(sent) == repr(before)
