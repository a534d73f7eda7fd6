"""Results of finished jobs: true facts about packaged companies, plausible inventions about everybody else.

Source of the shapes: docs.sixtyfour.ai, api-reference/endpoint/{people-intelligence, company-intelligence, find-email,
find-phone, qa-agent, field-confidence}, and outputs in the vendor's public notebooks (``findings`` always empty,
``leads[].score`` a string, e-mails as ``[address, status, type]``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.casting import MISSING, cast, description_of, type_of
from sixtyfour_async.simulator.base.seeded_random import randint, uniform
from sixtyfour_async.simulator.knowledge.companies import Company, domain_of, find_company
from sixtyfour_async.simulator.knowledge.facts import company_fact, fact_name, words
from sixtyfour_async.simulator.knowledge.people import Person, first_text, invent_person, is_personal_email, person_fact

JSON = dict[str, Any]
_DEFAULT_PEOPLE_STRUCT: JSON = dict.fromkeys(("name", "company", "title", "email", "linkedin"), "")
_COMPANY_ONLY = frozenset({"headquarters", "founded", "employees", "industry", "website"})
_NO_EMAIL_PROBABILITY, _UNKNOWN_EMAIL_PROBABILITY, _NO_PHONE_PROBABILITY = 0.08, 0.15, 0.15
"""Probability that nothing, or nothing certain, is found about a person (assumed)."""
_LEADS_COUNT = 3
_ORG_CHART_LEADS_COUNT = 8


def fill_struct(struct: Mapping[str, Any], given: Mapping[str, Any], look_up: Callable[[str, str], Any]) -> JSON:
    """Return a value of the requested type for each field of a struct, "" where *look_up* returns None."""
    return {
        name: cast(look_up(name, description_of(spec)), type_of(name, spec, given), name)
        for name, spec in struct.items()
    }


def confidences(seed: int, data: Mapping[str, Any]) -> JSON:
    """Return a confidence of 0 to 100 for each value, low where nothing was found."""
    return {name: _confidence(seed, name, value) for name, value in data.items()}


def _confidence(seed: int, name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_confidence(seed, name, item) for item in value]  # pyright: ignore[reportUnknownVariableType] -- JSON
    if value == MISSING:
        return randint(0, 25, seed, "confidence", name)
    return randint(80, 99, seed, "confidence", name, value)


def confidence_score(seed: int, subject: object, data: Mapping[str, Any]) -> float:
    """Return the overall confidence, 0 to 10; missing values lower it."""
    found = sum(value != MISSING for value in data.values()) / len(data) if data else 0.0
    return round(2.0 + 6.0 * found + 1.8 * uniform(seed, "score", subject), 1)


def _report(*, seed: int, body: Mapping[str, Any], subject: Any, data: JSON, notes: str, url: str) -> JSON:
    spec = body.get("struct") or data
    answer: JSON = {
        "structured_data": data,
        "notes": notes,
        "findings": [],
        "confidence_score": confidence_score(seed, subject, {name: data.get(name, "") for name in spec}),
        "references": {url: notes.partition(".")[0]} if url else {},
    }
    if body.get("field_confidence"):
        answer["field_confidence"] = confidences(seed, {name: data.get(name, "") for name in spec})
    return answer


def company_data(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the ``structured_data`` of company-intelligence, with ``leads`` if people were requested."""
    target = body["target_company"]
    company = find_company(target)
    data = fill_struct(body["struct"], target, lambda field, about: company_fact(company, field, about))
    if body.get("find_people") or body.get("full_org_chart"):
        count = _ORG_CHART_LEADS_COUNT if body.get("full_org_chart") else _LEADS_COUNT
        name = _named(company, target) or "unknown"
        data["leads"] = [_lead(seed, name, at, body.get("lead_struct") or {}) for at in range(count)]
    return data


def company_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of company-intelligence; name and website are echoed, as in published outputs."""
    given = body["target_company"]
    company = find_company(given)
    name = _named(company, given)
    echo = {key: given[key] for key in ("company_name", "website") if key in given}
    data = company_data(seed, body)
    data = {**data, **{key: value for key, value in echo.items() if key not in data}}
    return _report(seed=seed, body=body, subject=name, data=data, notes=_notes(company, name), url=_site(company))


def _named(company: Company | None, target: Mapping[str, Any]) -> str:
    return company.company_name if company else first_text(target, "company_name", "name", "company")


def _site(company: Company | None) -> str:
    return f"https://{domain_of(company.website)}" if company else ""


def _notes(company: Company | None, name: str) -> str:
    if company is None:
        return f"No reliable source about {name or 'this company'} was found."
    return f"Company site of {company.company_name}. Facts checked against public filings."


def _lead(seed: int, company: str, at: int, struct: Mapping[str, Any]) -> JSON:
    person = invent_person(seed, {"position": at}, company)
    relevance = f"{9.5 - at * 0.5:.1f}"
    plain = {"name": person.name, "email": person.email if at % 2 else "", "company": company}
    more = {"title": person.title, "phone": "", "score": relevance, "linkedin": person.linkedin}
    return {**plain, **more, **fill_struct(struct, {}, lambda name, about: person_fact(person, name, about, seed))}


def people_data(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the ``structured_data`` of people-intelligence."""
    given = body["lead_info"]
    person = invent_person(seed, given)
    company = find_company(given, person=True)
    struct = body.get("struct") or _DEFAULT_PEOPLE_STRUCT
    return fill_struct(struct, given, lambda name, about: _person_or_company(seed, person, company, name, about))


def people_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of people-intelligence; name and company are echoed, as in published outputs."""
    given = body["lead_info"]
    person = invent_person(seed, given)
    echo = {key: given[key] for key in ("name", "company") if key in given}
    data = {**echo, **people_data(seed, body)}
    notes = f"Profile of {person.name}. Assembled from public pages."
    return _report(seed=seed, body=body, subject=person.name, data=data, notes=notes, url=person.linkedin)


def _person_or_company(seed: int, person: Person, company: Company | None, name: str, about: str) -> Any:
    fact = fact_name(name, about)
    if fact in _COMPANY_ONLY or (fact == "country" and "company" in words(f"{name} {about}").split()):
        return company_fact(company, name, about)
    return person_fact(person, name, about, seed)


def email_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of find-email; ``email`` is a list of ``[address, status, type]``."""
    lead = body["lead"]
    personal = body.get("mode") == "PERSONAL"
    word = "PERSONAL" if personal else "COMPANY"
    given = first_text(lead, "email")
    person = invent_person(seed, lead)
    draw = uniform(seed, "email", person.name, person.company)
    if given and not (personal and not is_personal_email(given)):
        found = [[given, "OK", "PERSONAL" if is_personal_email(given) else "COMPANY"]]
    elif not person_is_named(lead) or draw < _NO_EMAIL_PROBABILITY:
        found = [["", "NOT_FOUND", word]]
    else:
        status = "UNKNOWN" if draw < _UNKNOWN_EMAIL_PROBABILITY and body.get("verify_emails") is not False else "OK"
        found = [[person.personal_email if personal else person.email, status, word]]
    return {**lead, "email": [] if personal else found, **({"personal_email": found} if personal else {})}


def person_is_named(lead: Mapping[str, Any]) -> bool:
    """Return whether a lead identifies a person."""
    return bool(first_text(lead, "name", "full_name", "first_name", "linkedin", "linkedin_url", "email"))


def phone_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of find-phone; ``phone`` is a list of numbers, or "" if none was found."""
    lead = body["lead"]
    person = invent_person(seed, lead)
    lost = not person_is_named(lead) or uniform(seed, "phone", person.name, person.company) < _NO_PHONE_PROBABILITY
    return {**lead, "phone": "" if lost else [{"number": person.phone, "region": "US"}]}


def reverse_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of reverse-email and reverse-phone: the lead and its owner."""
    lead = body["lead"]
    person = invent_person(seed, lead)
    who = {"name": person.name, "company": person.company, "title": person.title}
    return {**who, "linkedin": person.linkedin, "location": person.location, **lead}


def qa_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of qa-agent; every value is a string.

    With a struct exactly its keys are filled, as in published outputs: those named like a criterion with its points,
    those that speak of a score with the weighted mean, others with facts. Without one, the points and the score are
    returned (assumed).
    """
    given = body["data"]
    company = find_company(given)
    points = {
        item["criteria_name"]: randint(10, 100, seed, sorted(map(str, given.items())), item["criteria_name"]) / 10
        for item in body["qualification_criteria"]
    }
    weights = {item["criteria_name"]: item.get("weight", 1.0) for item in body["qualification_criteria"]}
    total = sum(weights.values()) or 1.0
    overall = sum(points[name] * weights[name] for name in points) / total
    judged = {name: f"{value:.1f}" for name, value in {**points, "score": overall}.items()}
    struct: Mapping[str, str] | None = body.get("struct")
    data: JSON = judged
    if struct:
        data = {name: _qa_value(judged, company, name, about) for name, about in struct.items()}
    return {"structured_data": data, "notes": f"Judged by {len(points)} criteria."}


def _qa_value(judged: Mapping[str, str], company: Company | None, name: str, about: str) -> Any:
    if "score" in words(name).split():
        return judged.get(name) or judged["score"]
    return judged.get(name) or cast(company_fact(company, name, about), "str", name)


def research_answer(seed: int, body: Mapping[str, Any]) -> JSON:
    """Return the result of research-agent: about a company if the input names one, else about a person."""
    given = body["input_data"]
    if find_company(given) is not None or not person_is_named(given):
        return company_answer(seed, {**body, "target_company": given, "struct": body.get("struct") or {}})
    return people_answer(seed, {**body, "lead_info": given})


ANSWERS: Mapping[str, Callable[[int, Mapping[str, Any]], JSON]] = {
    "company_intelligence": company_answer,
    "people_intelligence": people_answer,
    "find_email": email_answer,
    "find_phone": phone_answer,
    "reverse_email": reverse_answer,
    "reverse_phone": reverse_answer,
    "qa_agent": qa_answer,
    "research_agent": research_answer,
}
