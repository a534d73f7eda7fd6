"""An operation that cannot be made says which parameter is wrong, in Python's words; its repr shows what was given."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest
from pydantic import BaseModel

from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import (
    REGISTRY,
    CheckBalance,
    CompanyIntelligence,
    CreateToken,
    EnrichLinkedIn,
    FindEmail,
    PeopleIntelligence,
    QAAgent,
)
from sixtyfour_async.questions.column_mapping import ColumnMapping

ADA = {"name": "Ada"}


class Lead(BaseModel):
    title: str


class Plain:
    title: str


def refusal(make: Any, **fields: Any) -> InputError:
    with pytest.raises(InputError) as refused:
        make(**fields)
    return refused.value


@pytest.mark.parametrize(
    ("make", "fields", "text", "field"),
    [
        (FindEmail, {"leed": ADA}, "FindEmail: unknown parameter 'leed'; did you mean 'lead'?", "leed"),
        (
            FindEmail,
            {"lead": ADA, "webhook": "https://x.example"},
            "FindEmail: unknown parameter 'webhook'; did you mean 'webhook_url'?",
            "webhook",
        ),
        (
            FindEmail,
            {"lead": ADA, "bruteforce": True},
            "FindEmail: unknown parameter 'bruteforce' (what this package does not know yet can be sent in extra)",
            "bruteforce",
        ),
        (
            QAAgent,
            {"dat": ADA},
            "QAAgent: unknown parameter 'dat'; did you mean 'data'? (and 1 more)",
            "dat",
        ),
        (FindEmail, {}, "FindEmail: missing parameter 'lead'", "lead"),
        (
            QAAgent,
            {"data": ADA, "qualification_criteria": [{"criteria_name": "x"}]},
            "QAAgent: missing parameter 'qualification_criteria.0.description'",
            "qualification_criteria.0.description",
        ),
        (FindEmail, {"lead": 3}, "FindEmail: parameter 'lead' should be a mapping, not int", "lead"),
        (
            FindEmail,
            {"lead": ADA, "mode": "PRIVATE"},
            "FindEmail: parameter 'mode' should be 'PROFESSIONAL' or 'PERSONAL', not 'PRIVATE'",
            "mode",
        ),
        (
            FindEmail,
            {"lead": ADA, "webhook_url": ""},
            "FindEmail: parameter 'webhook_url': string should have at least 1 character",
            "webhook_url",
        ),
        (
            FindEmail,
            {"lead": {"score": float("inf")}},
            "FindEmail: parameter 'lead' holds NaN or an infinite number, which JSON cannot express",
            "lead",
        ),
    ],
)
def test_an_error_names_the_parameter(make: Any, fields: dict[str, Any], text: str, field: str) -> None:
    error = refusal(make, **fields)

    assert str(error) == text
    assert error.field == field
    assert error.column is None
    assert repr(field) not in error.reason


@pytest.mark.parametrize("name", REGISTRY)
def test_every_operation_names_a_parameter_that_it_does_not_know(name: str) -> None:
    error = refusal(REGISTRY[name], extr={})

    assert "unknown parameter 'extr'; did you mean 'extra'?" in str(error)


WANTED = "give a pydantic class, or a mapping of field name to description"


@pytest.mark.parametrize(
    ("struct", "text"),
    [
        ("title", f"is of type str; {WANTED}"),
        (["title"], f"is of type list; {WANTED}"),
        (Lead(title="CEO"), "is an instance of Lead; give the class itself: Lead"),
        (Plain, f"is the class Plain, which is not a pydantic model, dataclass or TypedDict; {WANTED}"),
        ({"title": {}}, ": field 'title' has no 'description'"),
        ({"title": {"type": "str"}}, ": field 'title' has no 'description'"),
        ({"title": {"description": None}}, ": field 'title' has no 'description'"),
        (
            {"title": {"description": "Job", "type": "integr"}},
            ": field 'title' has the unknown type 'integr'; did you mean 'integer'?",
        ),
        (
            {"founded": {"description": "Year", "type": ["int"]}},
            ": field 'founded' has the unknown type ['int']; did you mean 'list[int]'?",
        ),
        (
            {"founded": {"description": "Year", "type": "date"}},
            ": field 'founded' has the unknown type 'date'; the service knows bool, ",
        ),
        (
            {"years": int},
            """: field 'years' should be a description, or {"description": …, "type": …}, not the class int""",
        ),
        (
            OrderedDict[str, int](years=3),
            """: field 'years' should be a description, or {"description": …, "type": …}, not int""",
        ),
        ({1: "Job"}, "has a field name that is not a string: 1"),
    ],
    ids=str,
)
def test_a_wrong_struct_is_described_by_what_is_wrong_with_it(struct: Any, text: str) -> None:
    for error in (
        refusal(PeopleIntelligence, lead_info=ADA, struct=struct),
        refusal(CompanyIntelligence, target_company=ADA, struct={"a": "b"}, lead_struct=struct),
    ):
        assert f"parameter '{error.field}'{'' if text.startswith(':') else ' '}{text}" in str(error)
        assert error.field in {"struct", "lead_struct"}
        assert "more)" not in str(error)


def test_a_struct_that_is_required_is_not_none() -> None:
    assert "parameter 'struct' is of type NoneType" in str(
        refusal(CompanyIntelligence, target_company=ADA, struct=None)
    )
    assert PeopleIntelligence(lead_info=ADA, struct=None).payload() == {"lead_info": ADA}


def test_a_route_that_takes_no_types_says_so() -> None:
    error = refusal(EnrichLinkedIn, linkedin_url="u", struct={"years": {"description": "Years", "type": "int"}})

    assert "field 'years' should be a description, not dict: this route takes no types" in str(error)


def test_the_words_of_the_struct_builder_are_taken() -> None:
    struct: Any = {"size": {"description": "", "type": "enum", "options": ["small", "large"]}}

    assert PeopleIntelligence(lead_info=ADA, struct=struct).payload()["struct"] == struct


def test_a_table_names_the_column_that_is_sent_as_a_parameter() -> None:
    mapping = ColumnMapping.from_header("find-email", ["Full Name", "Company"])

    assert mapping.column_of("lead.company") == "Company"
    assert mapping.column_of("lead.name") == "Full Name"
    assert mapping.column_of("lead") is None
    assert mapping.column_of(None) is None


@pytest.mark.parametrize(
    ("operation", "text"),
    [
        (FindEmail(mode="PERSONAL", lead=ADA), "FindEmail(lead={'name': 'Ada'}, mode='PERSONAL')"),
        (FindEmail(lead=ADA, extra={"new": 1}), "FindEmail(lead={'name': 'Ada'}, extra={'new': 1})"),
        (FindEmail(lead=ADA, verify_emails=False), "FindEmail(lead={'name': 'Ada'}, verify_emails=False)"),
        (CheckBalance(), "CheckBalance()"),
    ],
)
def test_a_repr_shows_the_fields_that_were_set_in_the_order_of_the_signature(operation: object, text: str) -> None:
    assert repr(operation) == text


def test_a_repr_shows_no_secret() -> None:
    shown = repr(CreateToken(client_id="c", client_assertion="secret.jwt"))

    assert shown.startswith("CreateToken(client_id='c', ")
    assert "secret.jwt" not in shown
