from __future__ import annotations

import json
from typing import Any

import pytest

from sixtyfour_async.simulator import Company, companies
from sixtyfour_async.simulator.knowledge.companies import domain_of, find_company
from sixtyfour_async.simulator.knowledge.facts import fact_name
from tests.simulator.conftest import COMPANY, LEAD, PERSON, QA, RESEARCH, Start

pytestmark = pytest.mark.anyio
STRUCT = {
    "headquarters": "City and country",
    "founded": {"description": "Year of founding", "type": "int"},
    "employees": {"description": "Number of employees", "type": "int"},
    "industry": "Sector",
    "country": "Country",
    "website": "Domain",
}


def facts(company: Company) -> dict[str, Any]:
    return {name: "" if getattr(company, name) in (None, "") else getattr(company, name) for name in STRUCT}


def test_all_packaged_companies_are_loaded() -> None:
    assert len(companies()) == 1510
    assert companies() is companies()
    assert companies()[0] == Company(
        "1&1", "www.1und1.ag", "Germany", "Telecommunications", "Montabaur, Germany", 1988, 3167
    )


def test_every_company_is_found_by_website_and_name() -> None:
    for company in companies():
        assert find_company({"company_name": company.company_name, "website": company.website}) == company


async def test_company_facts_come_from_the_packaged_file(start: Start) -> None:
    harness = start(limit=10_000)
    for company in companies()[::50]:
        target = {"company_name": company.company_name, "website": company.website}
        shown = await harness.finished("/company-intelligence-async", {"target_company": target, "struct": STRUCT})
        assert shown["result"]["structured_data"] == {"company_name": company.company_name, **facts(company)}


@pytest.mark.parametrize(
    "target",
    [
        {"website": "https://WWW.1und1.ag/about?x=1"},
        {"domain": "1und1.ag"},
        {"company_name": "1&1"},
        {"name": "  1&1 "},
        {"company": "1&1"},
        {"company_name": "something else", "website": "1und1.ag"},
        {"company_name": "1&1", "website": "nobody.example"},
    ],
)
async def test_website_takes_precedence_over_name(start: Start, target: dict[str, str]) -> None:
    body = {"target_company": target, "struct": {"headquarters": "hq"}}
    answer = (await start().post("/company-intelligence", body)).json()
    echo = {key: value for key, value in target.items() if key in {"company_name", "website"}}
    assert answer["structured_data"] == echo | {"headquarters": "Montabaur, Germany"}


@pytest.mark.parametrize(
    ("name", "description", "fact"),
    [
        ("hq", "", "headquarters"),
        ("head_office", "", "headquarters"),
        ("location", "The city of the head office", "headquarters"),
        ("headquarters", "City and country of the head office", "headquarters"),
        ("foundingYear", "", "founded"),
        ("year", "Year of founding", "founded"),
        ("num_employees", "", "employees"),
        ("size", "head count", "employees"),
        ("headcount", "", "employees"),
        ("staff", "", "employees"),
        ("sector", "", "industry"),
        ("hq_country", "", "country"),
        ("country", "Country of the headquarters", "country"),
        ("company_url", "", "website"),
        ("linkedin_url", "", None),
        ("founders", "Names of the founders", None),
        ("founded_by", "", None),
        ("revenue", "Yearly revenue in dollars", None),
        ("official_website", "", "website"),
        ("site", "The company's website", "website"),
        ("pricing_url", "", None),
        ("address", "Street and number", None),
        ("companyWebsite", "", "website"),
        ("home", "Domain of the company, without www", "website"),
        ("source", "URL of the page", None),
        ("employees_in_germany", "", None),
        ("employee_growth", "", None),
        ("people", "How many people work there", "employees"),
        ("industry_awards", "", None),
        ("company_name", "", "company_name"),
        ("company", "Name of the company", "company_name"),
    ],
)
def test_struct_fields_are_matched_by_their_words(name: str, description: str, fact: str | None) -> None:
    assert fact_name(name, description) == fact


@pytest.mark.parametrize(
    ("site", "domain"),
    [
        ("HTTP://www.A-B.de:8080/x#y", "a-b.de"),
        ("www.astellas.com/en", "astellas.com"),
        ("a.example", "a.example"),
        ("", ""),
    ],
)
def test_domain_of_a_website(site: str, domain: str) -> None:
    assert domain_of(site) == domain


@pytest.mark.parametrize(
    ("asked", "given", "value"),
    [
        ("Year of founding", {}, "1988"),
        ({"description": "Year of founding"}, {}, "1988"),
        ({"description": "Year of founding", "type": "int"}, {}, 1988),
        ({"description": "Year of founding", "type": "integer"}, {}, 1988),
        ({"description": "Year of founding", "type": "float"}, {}, 1988.0),
        ({"description": "Year of founding", "type": "bool"}, {}, ""),
        ({"description": "Year of founding", "type": "list[int]"}, {}, [1988]),
        ({"description": "Year of founding", "type": "list"}, {}, ["1988"]),
        ({"description": "Year of founding", "type": "dict"}, {}, '{"founded": 1988}'),
        ({"description": "Year of founding", "type": "list[string]"}, {}, "1988"),
        ("Year of founding", {"founded": 1900}, 1988),
        (1900, {}, 1988),
        ({"description": "Year of founding", "type": "str"}, {"founded": 1900}, "1988"),
    ],
)
async def test_field_types_follow_the_documented_precedence(
    start: Start, asked: Any, given: dict[str, Any], value: Any
) -> None:
    body = {"target_company": {"company_name": "1&1", **given}, "struct": {"founded": asked}}
    data = (await start().post("/company-intelligence", body)).json()["structured_data"]
    assert data["founded"] == value
    assert type(data["founded"]) is type(value)


async def test_unknown_facts_are_empty_strings_with_low_confidence(start: Start) -> None:
    harness = start()
    unknown = {"target_company": {"company_name": "Acme"}, "struct": STRUCT, "field_confidence": True}
    known = {**COMPANY, "field_confidence": True}
    nothing = (await harness.post("/company-intelligence", unknown)).json()
    much = (await harness.post("/company-intelligence", known)).json()
    assert nothing["structured_data"] == {**dict.fromkeys(STRUCT, ""), "company_name": "Acme"}
    assert 0 <= nothing["confidence_score"] < 4
    assert 8 <= much["confidence_score"] <= 10
    assert list(nothing["field_confidence"]) == list(STRUCT)
    assert max(nothing["field_confidence"].values()) <= 25
    assert min(much["field_confidence"].values()) >= 80
    assert nothing["findings"] == much["findings"] == []
    assert much["references"] == {"https://1und1.ag": "Company site of 1&1"}


async def test_field_confidence_is_returned_only_on_request(start: Start) -> None:
    assert "field_confidence" not in (await start().post("/company-intelligence", COMPANY)).json()


async def test_leads_have_scores_as_strings(start: Start) -> None:
    body = {**COMPANY, "find_people": True, "lead_struct": {"years": {"description": "Years", "type": "int"}}}
    leads = (await start().post("/company-intelligence", body)).json()["structured_data"]["leads"]
    assert [lead["score"] for lead in leads] == ["9.5", "9.0", "8.5"]
    fields = {"name", "email", "company", "title", "phone", "score", "linkedin", "years"}
    assert all(set(lead) == fields and lead["company"] == "1&1" for lead in leads)


async def test_people_intelligence_echoes_the_input_and_knows_company_facts(start: Start) -> None:
    harness = start()
    data = (await harness.post("/people-intelligence", PERSON)).json()["structured_data"]
    assert list(data) == ["name", "company", "title", "hq"]
    assert data["name"] == "Ada Example"
    assert data["hq"] == "Maplewood, Minnesota, U.S."
    assert data == (await start().post("/enrich-lead", PERSON)).json()["structured_data"]


async def test_people_intelligence_without_a_struct(start: Start) -> None:
    answer = (await start().post("/people-intelligence", {"lead_info": {"name": "Bo"}})).json()
    assert set(answer["structured_data"]) == {"name", "company", "title", "email", "linkedin"}


async def test_seed_determines_invented_people(start: Start) -> None:
    body = {"lead": {"phone": "+1 555-0100"}}
    names = {(await start(seed=seed).post("/reverse-phone", body)).json()["name"] for seed in range(8)}
    assert len(names) > 4


async def test_find_email_returns_triples(start: Start) -> None:
    answer = (await start().post("/find-email", LEAD)).json()
    assert answer == {
        "name": "Bo Example",
        "company": "Acme Corp",
        "email": [["bo.example@acme-corp.example", "OK", "COMPANY"]],
        "cost_cents": 5,
    }


async def test_find_email_personal(start: Start) -> None:
    answer = (await start().post("/find-email", {**LEAD, "mode": "PERSONAL"})).json()
    [[address, status, kind]] = answer["personal_email"]
    assert address.endswith("@mail.example")
    assert (status, kind, answer["cost_cents"]) == ("OK", "PERSONAL", 20)


async def test_find_email_without_a_person(start: Start) -> None:
    answer = (await start().post("/find-email", {"lead": {"company": "Acme"}})).json()
    assert answer["email"] == [["", "NOT_FOUND", "COMPANY"]]


async def test_find_phone_returns_a_list_or_an_empty_string(start: Start) -> None:
    harness = start()
    answers = [await harness.post("/find-phone", {"lead": {"name": f"P {at}"}}) for at in range(40)]
    found = [answer.json()["phone"] for answer in answers]
    lists = [phone for phone in found if phone]
    assert "" in found
    assert all(set(phone[0]) == {"number", "region"} for phone in lists)


async def test_reverse_email_keeps_the_lead(start: Start) -> None:
    answer = (await start().post("/reverse-email", {"lead": {"email": "x@y.example"}})).json()
    assert answer["email"] == "x@y.example"
    assert {"name", "company", "title", "linkedin", "location", "cost_cents"} <= set(answer)


async def test_qa_agent_returns_strings(start: Start) -> None:
    body = {**QA, "struct": {"where": "Headquarters", "why": "Reason"}}
    data = (await start().post("/qa-agent", body)).json()["structured_data"]
    assert all(isinstance(value, str) for value in data.values())
    assert data["where"] == "Maplewood, Minnesota, U.S."
    assert set(data) == {"where", "why"}, "the requested keys, and no others"


async def test_qa_agent_scores_each_criterion(start: Start) -> None:
    harness = start()
    judged = (await harness.post("/qa-agent", QA)).json()["structured_data"]
    asked = (await harness.post("/qa-agent", {**QA, "struct": {"score": "Overall", "age": "Age"}})).json()
    assert set(judged) == {"size", "age", "score"}
    assert float(judged["score"]) == pytest.approx((3 * float(judged["size"]) + float(judged["age"])) / 4, abs=0.051)
    assert asked["structured_data"] == {"score": judged["score"], "age": judged["age"]}


async def test_research_agent_answers_about_companies_and_people(start: Start) -> None:
    harness = start()
    company = (await harness.post("/research-agent", RESEARCH)).json()["structured_data"]
    person = {"input_data": {"name": "Ada Example"}, "struct": {"title": "Job title"}}
    assert company == {"company_name": "3M", "industry": "Conglomerate"}
    assert (await harness.post("/research-agent", person)).json()["structured_data"]["title"]


async def test_results_are_deterministic_per_subject(start: Start) -> None:
    one, two = start(), start(clock=None)
    await two.post("/find-phone", LEAD)
    for path, body in (("/people-intelligence", PERSON), ("/find-email", LEAD), ("/qa-agent", QA)):
        assert (await one.post(path, body)).json() == (await two.post(path, body)).json()


async def test_dict_fields_are_json_strings(start: Start) -> None:
    body = {**COMPANY, "struct": {"hq": {"description": "Head office", "type": "dict"}}}
    data = (await start().post("/company-intelligence", body)).json()["structured_data"]
    assert json.loads(data["hq"]) == {"hq": "Montabaur, Germany"}
