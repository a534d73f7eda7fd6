"""Results are found in what they are wrapped in, and a result without anything asked for is told from an answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pkgutil import resolve_name
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from sixtyfour_async._client.answers import read_answer
from sixtyfour_async._wire.result_kinds import READERS
from sixtyfour_async._wire.results import read_result
from sixtyfour_async._wire.unwrapping import MAX_WRAPPERS
from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models import EmailResult
from sixtyfour_async.operations import (
    BulkPeopleIntelligence,
    CheckBalance,
    CompanyIntelligence,
    DeepSearch,
    EnrichLinkedIn,
    FindEmail,
    FindEmailBulk,
    FindEmailV2,
    FindPhone,
    ListWorkflows,
    Operation,
    PeopleIntelligence,
    QAAgent,
    RemoveWorkflow,
    ReverseEmail,
    ReverseEmailBulk,
    ReversePhone,
    RunWorkflow,
    StopChat,
    Upload,
    VerifyAge,
)

LEAD = {"name": "Ada Example", "company": "Acme"}
RESEARCH = PeopleIntelligence(lead_info=LEAD, struct={"hq": "Head office", "ceo": "Chief"})
FREE_RESEARCH = PeopleIntelligence(lead_info=LEAD)
PEOPLE = CompanyIntelligence(target_company={"name": "Acme"}, struct={"hq": "Head office"}, find_people=True)
LINKEDIN = EnrichLinkedIn(linkedin_url="https://linkedin.example/in/ada", struct={"title": "Title"})
JUDGE = QAAgent(data=LEAD, qualification_criteria=[{"criteria_name": "fit", "description": "Fits"}])  # type: ignore[list-item]
EMAIL = FindEmail(lead=LEAD)
KNOWN_EMAIL = FindEmail(lead={**LEAD, "email": "ada@acme.example"})
PHONE = FindPhone(lead=LEAD)
REVERSE_EMAIL = ReverseEmail(lead={"email": "ada@acme.example", "name": "Ada Example"})
REVERSE_PHONE = ReversePhone(lead={"phone": "+1 555-0100"})
AGE = VerifyAge(subject=LEAD)
SEARCH = DeepSearch(query="chief executives")
RUN = RunWorkflow(workflow_id="w1")
FILES = BulkPeopleIntelligence(file=Upload(b"name\nAda\n", "rows.csv"))
EMAILS = FindEmailBulk(leads=[LEAD, {"name": "Bob"}])
REVERSED = ReverseEmailBulk(leads=[{"email": "ada@acme.example"}])
ANY_JSON = FindEmailV2(lead=LEAD)

FOUND = {"structured_data": {"hq": "Berlin", "ceo": ""}, "confidence_score": 9.5, "notes": "n"}
ADDRESS = {"name": "Ada Example", "email": [["ada@acme.example", "OK", "COMPANY"]], "cost_cents": 5}
TRIPLE = ["ada@acme.example", "OK", "COMPANY"]


# --- unwrapping -------------------------------------------------------------------------------------------------------

UNWRAPPED: list[tuple[Operation[Any], Any, Any]] = [
    (RESEARCH, json.dumps(FOUND), FOUND),
    (RESEARCH, json.dumps(json.dumps(FOUND)), FOUND),
    (RESEARCH, [FOUND], FOUND),
    (RESEARCH, {"data": FOUND}, FOUND),
    (RESEARCH, {"response": {"output": json.dumps([FOUND])}}, FOUND),
    (RESEARCH, {"agent_result": FOUND}, FOUND),
    (RESEARCH, {"success": True, "message": "ok", "data": FOUND}, {"success": True, "message": "ok", **FOUND}),
    (RESEARCH, {"structuredData": {"hq": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"StructuredData": {"hq": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured-data": {"hq": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"STRUCTURED DATA": {"hq": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured_data": {"HQ": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured_data": {"h-q": "B", "ceo": "C"}}, {"structured_data": {"hq": "B", "ceo": "C"}}),
    (RESEARCH, {"structured_data": {"hq": None, "Hq": "B"}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured_data": [{"hq": "B"}]}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured_data": '{"hq": "B"}'}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"structured_data": {"company": {"hq": "B"}}}, {"structured_data": {"hq": "B"}}),
    (RESEARCH, {"hq": "B", "confidenceScore": 3}, {"structured_data": {"hq": "B"}, "confidence_score": 3}),
    (RESEARCH, {"data": {"HQ": "B"}}, {"structured_data": {"hq": "B"}}),
    (FREE_RESEARCH, {"title": "Chief"}, {"structured_data": {"title": "Chief"}}),
    (LINKEDIN, {"title": "Chief"}, {"structured_data": {"title": "Chief"}}),
    (EMAIL, {"data": ADDRESS}, ADDRESS),
    (EMAIL, {"cost_cents": 5, "data": {"email": [TRIPLE]}}, {"cost_cents": 5, "email": [TRIPLE]}),
    (EMAIL, {"Email": [TRIPLE], "costCents": 5}, {"email": [TRIPLE], "cost_cents": 5}),
    (EMAIL, {"email": None, "data": {"email": [TRIPLE]}}, {"email": [TRIPLE]}),
    (EMAIL, {"emails": [TRIPLE]}, {"email": [TRIPLE]}),
    (EMAIL, {"personalEmail": "a@b.example"}, {"personal_email": "a@b.example"}),
    (EMAIL, "ada@acme.example", {"email": "ada@acme.example"}),
    (EMAIL, [TRIPLE], {"email": [TRIPLE]}),
    (EMAIL, {"lead": LEAD, "email": [TRIPLE]}, {"lead": LEAD, "email": [TRIPLE]}),
    (PHONE, {"Phone": "+1 555-0100"}, {"phone": "+1 555-0100"}),
    (PHONE, {"result": {"phone_numbers": ["+1 555-0100"]}}, {"phone": ["+1 555-0100"]}),
    (REVERSE_EMAIL, {"data": {"title": "Chief"}}, {"title": "Chief"}),
    (REVERSE_EMAIL, {"person": {"title": "Chief"}, "cost_cents": 5}, {"cost_cents": 5, "title": "Chief"}),
    (AGE, json.dumps({"result": {"age": 41}}), {"age": 41}),
    (AGE, {"age": {"years": 41}}, {"age": {"years": 41}}),
    (EMAILS, {"data": {"results": [ADDRESS, {"email": []}]}}, [ADDRESS, {"email": []}]),
    (EMAILS, json.dumps([ADDRESS, {"name": "Bob"}]), [ADDRESS, {"name": "Bob"}]),
    (EMAILS, [{"results": [ADDRESS, None]}], [ADDRESS, None]),
    (EMAILS, {"leads": [LEAD], "results": [json.dumps(ADDRESS)]}, [ADDRESS]),
    (EMAILS, ADDRESS, [ADDRESS]),
    (CheckBalance(), {"data": {"Credits": 4}}, {"credits": 4}),
    (ListWorkflows(), {"response": {"workflows": [{"id": "w"}]}}, [{"id": "w"}]),
]


@pytest.mark.parametrize(("operation", "raw", "value"), UNWRAPPED)
def test_a_result_is_unwrapped_and_spelled_as_documented(operation: Operation[Any], raw: Any, value: Any) -> None:
    reading = read_result(operation, raw)

    assert (reading.value, reading.no_answer) == (value, None)


AS_IT_CAME: list[tuple[Operation[Any], Any]] = [
    (ANY_JSON, {"result": {"email": "a@b.example"}}),
    (ANY_JSON, [1, 2]),
    (AGE, {"estimates": [40, 42], "result": {"age": 41}}),
    (SEARCH, {"status": "completed", "search_id": "s1"}),
    (SEARCH, {"status": "completed", "total_results": 0}),
    (RUN, {"run_id": "r1", "overall_status": "completed"}),
    (FILES, [{"filename": "a.csv", "download_url": "https://files.example/a"}]),
    (RemoveWorkflow(workflow_id="w1"), None),
    (StopChat(session_id="s1"), {"error": None}),
    (CheckBalance(), {}),
]


@pytest.mark.parametrize(("operation", "raw"), AS_IT_CAME)
def test_what_has_no_published_shape_or_needs_none_is_left_alone(operation: Operation[Any], raw: Any) -> None:
    reading = read_result(operation, raw)

    assert (reading.value, reading.no_answer) == (raw, None)


@pytest.mark.parametrize(
    ("operation", "raw"),
    [
        (EMAIL, {"data": {"email": "a@b.example"}, "result": {"email": "c@d.example"}}),
        (RESEARCH, {"data": FOUND, "output": {"structured_data": {"hq": "Rome"}}}),
    ],
)
def test_of_answers_that_differ_none_is_chosen(operation: Operation[Any], raw: Any) -> None:
    reading = read_result(operation, raw)

    assert (reading.value, reading.no_answer) == (raw, "the result holds answers that differ")


def test_keys_of_which_several_could_be_meant_are_left_alone() -> None:
    ambiguous: Any = {"structured_data": {"HQ": "Berlin", "Hq": "Rome"}}
    both = PeopleIntelligence(lead_info=LEAD, struct={"hq": "Head office", "HQ": "Headquarters"})

    assert read_result(RESEARCH, ambiguous).no_answer == "none of the fields asked for came back, only HQ, Hq"
    assert read_result(both, {"structured_data": {"Hq": "Berlin"}}).no_answer is not None
    assert read_result(both, {"structured_data": {"HQ": "Berlin"}}).no_answer is None


# --- answers and none -------------------------------------------------------------------------------------------------

EMPTY: list[Any] = ["", " ", {}, [], "{}", "[]", [None], {"data": {}}]

NO_ANSWERS: list[tuple[Operation[Any], Any, str]] = [
    *((one, None, "the result is null") for one in (RESEARCH, EMAIL, AGE, SEARCH, RUN, EMAILS, ANY_JSON, LINKEDIN)),
    *((RESEARCH, empty, "the result is empty") for empty in EMPTY),
    (RESEARCH, {"error": "timed out inside"}, "timed out inside"),
    (RESEARCH, {"result": json.dumps({"Error": {"message": "timed out inside"}})}, "timed out inside"),
    (RESEARCH, {"structured_data": None}, "the result is empty"),
    (RESEARCH, {"structured_data": {"hq": None, "ceo": ""}}, "the result is empty"),
    (RESEARCH, {"structured_data": {"hq": []}, "reason": "no source"}, "no source"),
    (RESEARCH, {"structured_data": {"hq": ""}, "notes": "Nothing was found."}, "Nothing was found."),
    (RESEARCH, {"structured_data": LEAD}, "none of the fields asked for came back, only name, company"),
    (
        RESEARCH,
        {"structured_data": [{"hq": "B"}, {"hq": "C"}]},
        'structured_data is no object: [{"hq": "B"}, {"hq": "C"}]',
    ),
    (RESEARCH, {"structured_data": "Berlin"}, "structured_data is no object: Berlin"),
    (RESEARCH, "No results\nfound", "No results found"),
    (FREE_RESEARCH, {"structured_data": {"name": "ADA EXAMPLE", "company": "Acme "}}, "none of the fields"),
    (LINKEDIN, {"error": "page not reachable"}, "page not reachable"),
    (JUDGE, {"structured_data": LEAD}, "none of the fields"),
    (EMAIL, {"email": [], "message": "nobody of that name"}, "nobody of that name"),
    (EMAIL, {"email": [["", "NOT_FOUND", "COMPANY"]]}, "NOT_FOUND"),
    (EMAIL, {"email": None, "status": "NOT_FOUND"}, "NOT_FOUND"),
    (EMAIL, {"email": "Not found"}, "Not found"),
    (EMAIL, {"email": {"score": 1}}, 'email: {"score": 1}'),
    (EMAIL, LEAD, "nothing that was asked for came back"),
    (KNOWN_EMAIL, {"email": "ADA@acme.example", "name": "Ada Example"}, "email: ADA@acme.example"),
    (KNOWN_EMAIL, "ada@acme.example", "ada@acme.example"),
    (PHONE, {"phone": "", "note": "no number on record"}, "no number on record"),
    (PHONE, {"phone": "unknown"}, "unknown"),
    (REVERSE_EMAIL, {"email": "Ada@Acme.example", "cost_cents": 5}, "nothing that was asked for came back"),
    (REVERSE_EMAIL, {"email": "a@b.example", "name": "Ada Example", "found": False}, "nothing that was asked for"),
    (REVERSE_PHONE, {"phone": "+15550100", "name": None, "charge_amount": 3}, "nothing that was asked for"),
    (AGE, {"age": None, "date_of_birth": "", "name": "Ada Example", "confidence": 0}, "nothing that was asked for"),
    (SEARCH, {"status": "completed", "error": "no matches"}, "no matches"),
    (FILES, {"results": []}, "the result is empty"),
    (EMAILS, [{"email": []}, {"email": None, "error": "no such lead"}], "the result is empty"),
    (REVERSED, [{"email": "ada@acme.example"}], "nothing that was asked for"),
    (ANY_JSON, {"error": "providers are down"}, "providers are down"),
]


@pytest.mark.parametrize(("operation", "raw", "why"), NO_ANSWERS)
def test_a_result_without_anything_asked_for_says_why(operation: Operation[Any], raw: Any, why: str) -> None:
    told = read_result(operation, raw).no_answer

    assert told is not None
    assert why in told


ANSWERS: list[tuple[Operation[Any], Any]] = [
    *((RESEARCH, {"structured_data": {"hq": value}}) for value in (False, 0, 0.0, "Unknown", "N/A", "Not found", [0])),
    (RESEARCH, {"structured_data": {"hq": "Berlin"}, "error": "one source timed out"}),
    (PeopleIntelligence(lead_info=LEAD, struct={"company": "Employer"}), {"structured_data": LEAD}),
    (PEOPLE, {"structured_data": {"hq": "", "leads": [{"name": "Bo"}]}}),
    (PEOPLE, {"structured_data": {}, "people": [{"name": "Bo"}]}),
    (FREE_RESEARCH, {"structured_data": {"name": "Ada Example", "title": "Chief"}}),
    (FREE_RESEARCH, {"structured_data": {"company": "Other Ltd"}}),
    (JUDGE, {"structured_data": {"fit": "9.0"}}),
    (JUDGE, {"structured_data": {"verdict": "no"}}),
    (JUDGE, {"structured_data": {}, "notes": "A good fit."}),
    (KNOWN_EMAIL, {"email": [["ada@acme.example", "OK", "COMPANY"]]}),
    (KNOWN_EMAIL, {"email": "ada@home.example"}),
    (EMAIL, {"email": [["ada@acme.example", "INVALID", "COMPANY"]]}),
    (EMAIL, {"email": [], "personal_email": [["ada@home.example", "OK", "PERSONAL"]]}),
    (PHONE, {"phone": 15550100}),
    (REVERSE_EMAIL, {"email": "ada@acme.example", "state": "CA"}),
    (REVERSE_PHONE, {"phone": "+1 555-0100", "email": "a@b.example"}),
    (AGE, {"is_adult": False}),
    (EMAILS, [{"email": []}, {"email": ["a@b.example"]}]),
]


@pytest.mark.parametrize(("operation", "raw"), ANSWERS)
def test_anything_asked_for_makes_an_answer(operation: Operation[Any], raw: Any) -> None:
    assert read_result(operation, raw).no_answer is None


def test_a_reason_is_one_short_line() -> None:
    told = read_result(RESEARCH, {"error": "line\n" * 1000}).no_answer

    assert told is not None
    assert (len(told), "\n" in told) == (500, False)


# --- typed answers ----------------------------------------------------------------------------------------------------


class Office(BaseModel):
    hq: str = ""


def test_a_wrapped_result_is_typed_and_its_raw_form_kept() -> None:
    raw: Any = {"data": {"structuredData": {"HQ": "Berlin"}}}
    answer = read_answer(PeopleIntelligence(lead_info=LEAD, struct=Office), raw, "POST /x")

    assert answer.result().structured_data == Office(hq="Berlin")
    assert (answer.raw, answer.no_answer) == (raw, None)


@pytest.mark.parametrize("raw", [{"error": "timed out inside"}, {"data": {"error": "timed out inside"}}])
def test_an_answer_without_any_known_key_is_an_error_with_the_text(raw: Any) -> None:
    answer = read_answer(EMAIL, raw, "POST /find-email")

    with pytest.raises(ResponseError, match="no answer: timed out inside on POST /find-email") as raised:
        answer.result()
    assert (answer.no_answer, answer.raw, raised.value.raw) == ("timed out inside", raw, raw)


def test_an_answer_that_found_nobody_is_an_empty_result() -> None:
    raw: Any = {**LEAD, "email": []}
    answer = read_answer(EMAIL, raw, "POST /find-email")

    assert answer.result() == EmailResult.model_validate(raw)
    assert answer.no_answer == "nothing that was asked for came back"


def test_the_error_of_a_misfit_holds_what_came_not_what_was_read() -> None:
    class Count(BaseModel):
        model_config = ConfigDict(strict=True)
        hq: int

    raw = json.dumps({"structured_data": {"hq": {"a": 1}}})
    answer = read_answer(PeopleIntelligence(lead_info=LEAD, struct=Count), raw, "POST /x")

    assert answer.error is not None
    assert answer.error.raw == answer.raw == raw


# --- properties -------------------------------------------------------------------------------------------------------

WRAPPINGS: list[Callable[[Any], Any]] = [
    json.dumps,
    lambda value: [value],
    *(lambda value, key=key: {key: value} for key in ("data", "Result", "OUTPUT", "response", "answer", "agentOutput")),
    lambda value: {"status": "success", "data": value},
]

RESULTS: list[tuple[Operation[Any], Any]] = [
    (RESEARCH, FOUND),
    (EMAIL, ADDRESS),
    (PHONE, {"phone": "+1 555-0100", "cost_cents": 30}),
    (JUDGE, {"structured_data": {"fit": "9"}, "notes": "n"}),
    (LINKEDIN, {"structured_data": {"title": "Chief"}}),
]


@given(st.sampled_from(RESULTS), st.lists(st.sampled_from(WRAPPINGS), max_size=MAX_WRAPPERS))
def test_any_wrapping_of_a_result_reads_the_same(
    known: tuple[Operation[Any], Any], wrappings: list[Callable[[Any], Any]]
) -> None:
    operation, result = known
    wrapped = result
    for wrap in wrappings:
        wrapped = wrap(wrapped)

    reading = read_result(operation, wrapped)

    assert reading.no_answer is None
    assert isinstance(reading.value, dict)
    assert {key: reading.value[key] for key in result} == result


NAMES = """
    data result email Email phone address value number structured_data structuredData hq HQ error notes leads results
    name status found people
"""
KEYS = st.one_of(st.text(max_size=8), st.sampled_from(NAMES.split()))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=12),
    st.sampled_from(["", " ", "{}", '{"email": "a@b.example"}', "[1", '"x"', "a@b.example", "+1 555-0100", "N/A"]),
)
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=25
)
OPERATIONS = [RESEARCH, FREE_RESEARCH, JUDGE, EMAIL, PHONE, REVERSE_EMAIL, AGE, SEARCH, RUN, FILES, EMAILS, ANY_JSON]


def nested(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = wrap(value)
    return value


@given(st.sampled_from([*OPERATIONS, CheckBalance(), ListWorkflows()]), JSON)
@example(EMAIL, nested(150, lambda value: [value]))
@example(EMAIL, {"email": nested(150, lambda value: {"email": value})})
@example(RESEARCH, {"structured_data": nested(150, lambda value: {"data": value})})
@example(RESEARCH, nested(12, json.dumps))
@example(RESEARCH, {"error": nested(150, lambda value: [value])})
@example(RESEARCH, "[" * 100_000)
@example(PHONE, {"": "x", "phone": {"": "+1 555-0100"}})
def test_every_json_value_is_read(operation: Operation[Any], raw: Any) -> None:
    before = json.dumps(raw)

    reading = read_result(operation, raw)
    answer = read_answer(operation, raw, "POST /x")

    json.dumps(reading.value)
    assert reading.no_answer != ""
    assert json.dumps(raw) == before
    assert answer.no_answer == reading.no_answer
    assert json.dumps(answer.raw) == before


@pytest.mark.parametrize("name", READERS)
def test_a_kind_of_answer_is_known_by_the_name_of_its_class(name: str) -> None:
    cls = resolve_name(name)

    assert f"{cls.__module__}.{cls.__qualname__}" == name
