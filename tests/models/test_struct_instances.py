"""The caller's own validators, dataclasses, TypedDicts and strict classes, and the answers that hold them."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import typing
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Self

import pydantic.dataclasses
import pytest
import typing_extensions
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PrivateAttr,
    ValidationError,
    create_model,
    field_validator,
    model_validator,
)

from sixtyfour_async import FieldProblem, Intelligence
from sixtyfour_async.models import QAResult
from tests.models.structs import NOT_FOUND, Office, Size, answer
from tests.surface.shapes import Firm

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
