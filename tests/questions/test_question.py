"""A question: checked when it is made, picklable, and divided into what was asked before and what was not."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from sixtyfour_async import Question, Status
from sixtyfour_async.errors import InputError
from sixtyfour_async.questions.agreement import Agreement
from sixtyfour_async.questions.outcome_columns import NOT_ASKED, SEVERITY
from sixtyfour_async.questions.parts import AskedBefore, FieldSet, changed_fields, changed_options, read_field_sets

COMPANY = "company-intelligence"
ACME = {"company_name": "Acme"}


class Facts(BaseModel):
    """A struct of two fields."""

    hq: str = Field(description="Head office")
    founded: int | None = Field(None, description="Year")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "get-rich"}, "unknown operation 'get-rich'.*find-email"),
        ({"kind": COMPANY}, r"needs a field to find out .*fields="),
        ({"kind": COMPANY, "fields": {"a": "b"}, "struct": Facts}, "fields or a struct, not both"),
        ({"kind": "find-email", "fields": {"a": "b"}}, "find-email takes no fields"),
        ({"kind": "qa-agent"}, "criterion to judge by .*criteria="),
        ({"kind": COMPANY, "struct": Facts, "criteria": {"a": "b"}}, "takes no criteria"),
        ({"kind": "qa-agent", "fields": {"A": "b"}, "criteria": {"a": "b"}}, "both name 'a'"),
        ({"kind": "find-email", "options": {"tier": "low"}}, "no tiers"),
        ({"kind": COMPANY, "struct": Facts, "options": {"mode": "PERSONAL"}}, r"takes no options\['mode'\]"),
        ({"kind": COMPANY, "struct": Facts, "options": {"tier": "lwo"}}, r"options\['tier'\].*did you mean 'low'"),
        ({"kind": COMPANY, "fields": {"a": {"description": "b", "type": "date"}}}, "^fields .*unknown type 'date'"),
    ],
)
def test_parts_that_do_not_fit_are_refused_in_the_words_of_python(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        Question(**arguments)

    assert "--" not in str(caught.value)


def test_a_question_survives_a_pickle() -> None:
    """With a class for its struct as well: workers of a cluster get it so."""
    question = Question(COMPANY, struct=Facts, options={"tier": "low"}, columns={"Firm": "company_name"}, key="id")
    again = pickle.loads(pickle.dumps(question))  # noqa: S301 (our own bytes)

    assert again == question
    assert again.operation_for(ACME) == question.operation_for(ACME)
    assert list(again.requested) == ["hq", "founded"]


def test_a_struct_and_its_fields_are_the_same_question() -> None:
    by_class, by_name = Question(COMPANY, struct=Facts), Question(COMPANY, Question(COMPANY, struct=Facts).requested)

    assert by_class.operation_for(ACME).fingerprint() == by_name.operation_for(ACME).fingerprint()


FIELDS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["one text", "another"]), min_size=1)


class Service:
    """Counts what one row was asked, as a journal and its fingerprints would know it."""

    def __init__(self) -> None:
        self.sets: list[FieldSet] = []
        self.known: set[str] = set()
        self.asked: list[tuple[str, str]] = []

    def run(self, fields: Mapping[str, Any], *, refuse: bool) -> dict[str, str]:
        """Ask a row, and return which description answered each field."""
        wanted = Question(COMPANY, fields)
        before = AskedBefore(wanted, read_field_sets([one.as_json() for one in self.sets]))
        answered = [question for key, question in before.lookups(ACME).items() if key in self.known]
        answers = dict[str, str]()
        new = 0
        for part, operation in before.divide(ACME, answered):
            new += part.is_new
            assert part.is_new == (operation.fingerprint() not in self.known)
            if part.is_new:
                before.add(part.question)
                if refuse:
                    continue
                self.known.add(operation.fingerprint())
                self.asked += [(name, str(text)) for name, text in part.question.requested.items()]
            for name in part.fields:
                assert name not in answers, "answered by one part only"
                answers[name] = str(part.question.requested[name])
        assert new <= 1, "what is missing goes out in one job"
        self.sets = before.field_sets
        return answers


@given(st.lists(st.tuples(FIELDS, st.booleans()), max_size=8))
def test_each_field_of_a_row_is_asked_once_whatever_was_asked_before(runs: list[tuple[dict[str, str], bool]]) -> None:
    """Fields come, go and change; refused rows are asked again; no field is asked twice in the same words."""
    service = Service()
    for fields, refuse in runs:
        answers = service.run(fields, refuse=refuse)

        assert answers.items() <= fields.items()
        assert refuse or answers == fields
    assert len(service.asked) == len(set(service.asked))


def test_every_status_has_a_rank() -> None:
    """Of the parts of a row's question the worst counts."""
    assert set(get_args(Status)) | {NOT_ASKED} == set(SEVERITY)
    assert SEVERITY[0] == "completed"


def test_other_criteria_or_options_are_another_question() -> None:
    asked = [FieldSet.of(Question(COMPANY, {"hq": "Head office"}, options={"tier": "low"}))]
    deeper = Question(COMPANY, {"hq": "Head office"}, options={"tier": "medium"})
    reworded = Question(COMPANY, {"hq": "Head office, with street"}, options={"tier": "low"})

    assert changed_options(deeper, asked) == ["tier"]
    assert changed_options(reworded, asked) == []
    assert list(changed_fields(reworded, asked)) == ["hq"]
    assert changed_fields(deeper, asked) == {}
    assert not AskedBefore(deeper, asked).is_divided


QUESTION = Question(COMPANY, {"hq": "Head office", "ceo": "CEO"}, options={"tier": "low"})
AGREED = Agreement.of(QUESTION, {"Company": "company_name", "URL": "website"}, jobs=100, cost_cents=1000.0)


@pytest.mark.parametrize(
    ("question", "columns", "jobs", "cents", "covered"),
    [
        (QUESTION, AGREED.columns, 100, 1000.0, True),
        (QUESTION, AGREED.columns, 60, 600.0, True),
        (QUESTION.with_fields({"ceo": "CEO"}), {"URL": "website"}, 60, 600.0, True),
        (QUESTION, AGREED.columns, 101, 1000.0, False),
        (QUESTION, AGREED.columns, 100, 1000.1, False),
        (QUESTION, AGREED.columns, 100, None, False),
        (QUESTION, {**AGREED.columns, "Salary": "salary"}, 100, 1000.0, False),
        (QUESTION.with_fields({"hq": "Another"}), AGREED.columns, 100, 1000.0, False),
        (QUESTION.with_fields({"hq": "Head office", "x": "X"}), AGREED.columns, 100, 1000.0, False),
        (Question(COMPANY, QUESTION.fields, options={"tier": "high"}), AGREED.columns, 100, 1000.0, False),
    ],
)
def test_a_yes_covers_no_more_than_was_agreed_to(
    question: Question, columns: Mapping[str, str], jobs: int, cents: float | None, *, covered: bool
) -> None:
    plan = Agreement.of(question, columns, jobs=jobs, cost_cents=cents)

    assert Agreement.from_json(AGREED.as_json()) == AGREED
    assert AGREED.covers(plan) is covered


def test_a_yes_to_an_unknown_price_covers_any() -> None:
    unpriced = Agreement.of(QUESTION, AGREED.columns, jobs=100, cost_cents=None)

    assert Agreement.from_json(unpriced.as_json()).covers(AGREED)
