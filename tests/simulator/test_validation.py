from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired

import pydantic
import pytest
from typing_extensions import TypedDict

from sixtyfour_async.simulator.base.validation import Field, string_array, validate
from tests.simulator.conftest import COMPANY, LEAD, PERSON, QA, SEARCH, Start

pytestmark = pytest.mark.anyio
CRITERION = {"criteria_name": "size", "description": "Large"}


@pytest.mark.parametrize(
    ("path", "body", "loc", "type_"),
    [
        ("people-intelligence", {}, ["body", "lead_info"], "missing"),
        ("people-intelligence", {"lead_info": "x"}, ["body", "lead_info"], "dict_type"),
        ("people-intelligence", {**PERSON, "tier": "huge"}, ["body", "tier"], "literal_error"),
        ("company-intelligence", {"struct": {}}, ["body", "target_company"], "missing"),
        ("company-intelligence", {"target_company": {}}, ["body", "struct"], "missing"),
        ("company-intelligence", {**COMPANY, "struct": None}, ["body", "struct"], "dict_type"),
        ("company-intelligence", {**COMPANY, "tier": "scout"}, ["body", "tier"], "literal_error"),
        ("company-intelligence", {**COMPANY, "find_people": "si"}, ["body", "find_people"], "bool_parsing"),
        ("company-intelligence", {**COMPANY, "webhook_url": ""}, ["body", "webhook_url"], "url_parsing"),
        ("company-intelligence", {**COMPANY, "webhook_url": "x"}, ["body", "webhook_url"], "url_parsing"),
        ("find-email", {"leads": []}, ["body", "lead"], "missing"),
        ("find-email", {**LEAD, "mode": "personal"}, ["body", "mode"], "literal_error"),
        ("find-phone", {"lead": []}, ["body", "lead"], "dict_type"),
        ("reverse-email", {"email": "a@b.example"}, ["body", "lead"], "missing"),
        ("reverse-phone", {}, ["body", "lead"], "missing"),
        ("qa-agent", {"data": {}}, ["body", "qualification_criteria"], "missing"),
        ("qa-agent", {**QA, "qualification_criteria": {}}, ["body", "qualification_criteria"], "list_type"),
        (
            "qa-agent",
            {**QA, "qualification_criteria": [CRITERION, {"criteria_name": "x"}]},
            ["body", "qualification_criteria", 1, "description"],
            "missing",
        ),
        ("qa-agent", {**QA, "max_tool_calls": 0}, ["body", "max_tool_calls"], "greater_than_equal"),
        ("qa-agent", {**QA, "max_tool_calls": 51}, ["body", "max_tool_calls"], "less_than_equal"),
        ("qa-agent", {**QA, "max_tool_calls": []}, ["body", "max_tool_calls"], "int_type"),
        ("qa-agent", {**QA, "struct": {"a": {"type": "int"}}}, ["body", "struct", "a"], "string_type"),
        ("research-agent", {"data": {}}, ["body", "input_data"], "missing"),
    ],
)
@pytest.mark.parametrize("form", ["", "-async"])
async def test_invalid_bodies_are_rejected(
    start: Start, *, form: str, path: str, body: Any, loc: list[Any], type_: str
) -> None:
    harness = start()
    answer = await harness.post(f"/{path}{form}", body)
    assert answer.status_code == 422
    [item] = answer.json()["detail"]
    assert (item["loc"], item["type"]) == (loc, type_)
    assert item["msg"]
    assert not harness.simulator.books.jobs


@pytest.mark.parametrize(
    ("body", "loc", "type_"),
    [
        ({}, ["body", "query"], "missing"),
        ({**SEARCH, "mode": "companies"}, ["body", "mode"], "literal_error"),
        ({**SEARCH, "max_results": 0}, ["body", "max_results"], "greater_than_equal"),
        ({**SEARCH, "max_results": "many"}, ["body", "max_results"], "int_parsing"),
        ({**SEARCH, "output_mode": "json"}, ["body", "output_mode"], "literal_error"),
    ],
)
async def test_invalid_search_bodies_are_rejected(start: Start, body: Any, loc: list[Any], type_: str) -> None:
    answer = await start().post("/search/start-deep-search", body)
    assert answer.status_code == 422
    assert [(item["loc"], item["type"]) for item in answer.json()["detail"]] == [(loc, type_)]


@pytest.mark.parametrize(
    ("content", "type_"), [(b"", "missing"), (b"[1]", "model_attributes_type"), (b"{", "json_invalid")]
)
async def test_non_object_bodies_are_rejected(start: Start, content: bytes, type_: str) -> None:
    answer = await start().client.post("/find-email", content=content)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == type_


async def test_all_problems_are_reported_together(start: Start) -> None:
    answer = await start().post("/company-intelligence", {"tier": "x"})
    assert [item["loc"][-1] for item in answer.json()["detail"]] == ["target_company", "struct", "tier"]


async def test_unknown_keys_are_ignored(start: Start) -> None:
    answer = await start().post("/company-intelligence-async", {**COMPANY, "nobody_knows": 1, "tier": None})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("company-intelligence", {**COMPANY, "target_company": {}}, "Invalid company data"),
        ("people-intelligence", {"lead_info": {}}, "Invalid lead data"),
        ("find-email", {"lead": {}}, "Lead data is required"),
        ("qa-agent", {**QA, "qualification_criteria": []}, "Missing required field: qualification_criteria"),
    ],
)
async def test_enrichment_error_envelope(start: Start, path: str, body: Any, message: str) -> None:
    answer = await start().post(f"/{path}", body)
    assert (answer.status_code, answer.json()) == (400, {"error": "Bad Request", "message": message})


@pytest.mark.parametrize(
    ("path", "body", "noun"), [("company-intelligence", COMPANY, "company"), ("people-intelligence", PERSON, "lead")]
)
async def test_tiers_must_be_enabled(start: Start, path: str, body: Any, noun: str) -> None:
    order = {**body, "tier": "high"}
    answer = await start().post(f"/{path}-async", order)
    text = f"High tier {noun} enrichment is not enabled for this org. Contact sales to request access."
    assert (answer.status_code, answer.json()) == (403, {"detail": text})
    assert (await start(enabled_tiers=("high",)).post(f"/{path}-async", order)).status_code == 200


class Keyed(TypedDict):
    k: NotRequired[str | None]


class Needing(TypedDict):
    k: str


MODELS: list[tuple[Field, Any]] = [
    (Field("x", "integer"), int),
    (Field("x", "integer", minimum=1, maximum=50), Annotated[int, pydantic.Field(ge=1, le=50)]),
    (Field("x", "number"), float),
    (Field("x", "boolean"), bool),
    (Field("x", "string"), str),
    (Field("x", "url"), pydantic.HttpUrl),
    (Field("x", "object"), dict[str, Any]),
    (Field("x", "strings"), dict[str, str]),
    (Field("x", "array"), list[Any]),
    (Field("x", "string", choices=("a",)), Literal["a"]),
    (Field("x", "string", choices=("a", "b", "c")), Literal["a", "b", "c"]),
    (Field("x", "any"), Any),
    (Field("x", "string", min_length=1), Annotated[str, pydantic.Field(min_length=1)]),
    (Field("x", "string", min_length=2, max_length=3), Annotated[str, pydantic.Field(min_length=2, max_length=3)]),
    (Field("x", "string", pattern="^[a-z]+$"), Annotated[str, pydantic.Field(pattern="^[a-z]+$")]),
    (Field("x", "array", min_length=1), Annotated[list[Any], pydantic.Field(min_length=1)]),
    (Field("x", "array", min_length=3), Annotated[list[Any], pydantic.Field(min_length=3)]),
    (Field("x", "object", max_length=0), Annotated[dict[str, Any], pydantic.Field(max_length=0)]),
    (string_array("x"), list[str]),
    (string_array("x", 0), Annotated[list[str], pydantic.Field(max_length=0)]),
    (string_array("x", max_length=0), list[Annotated[str, pydantic.Field(max_length=0)]]),
    (Field("x", "array", element=Field("", "strings", required=True)), list[dict[str, str]]),
    (Field("x", "object", items=(Field("k", "string"),)), Keyed),
    (Field("x", "array", items=(Field("k", "string", required=True),)), list[Needing]),
]
GIVEN: list[Any] = [0, 1, 51, 2.0, 2.5, True, "", "a", "d", "7", " 7 ", "yes", "https://a.example", "ftp://a", [], {}]
MORE: list[Any] = [{"k": 1}, ["x"], "http://", "x" * 3000, -3, "-3"]


@pytest.mark.parametrize(("field", "model"), MODELS)
def test_messages_match_pydantic(field: Field, model: Any) -> None:
    for given in (*GIVEN, *MORE):
        try:
            pydantic.TypeAdapter(model).validate_python(given)
            expected: list[Any] = []
        except pydantic.ValidationError as error:
            expected = [(item["type"], ["x", *item["loc"]], item["msg"]) for item in error.errors()]
        _, problems = validate((field,), {"x": given}, ())
        assert [(item["type"], item["loc"], item["msg"]) for item in problems] == expected, given
