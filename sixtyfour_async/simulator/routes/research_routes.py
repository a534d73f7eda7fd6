"""Smaller research routes: age, LinkedIn profiles, organization charts, tables in JSON, and the struct builder.

Source of the shapes: docs.sixtyfour.ai, api-reference/enrichment/enrich-linkedin-profile and the public OpenAPI file.
Most answers are untyped objects there; their contents are assumed.
"""

from __future__ import annotations

import csv
import functools
import io
from collections.abc import Callable, Mapping
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, group_error
from sixtyfour_async.simulator.base.json_values import as_object
from sixtyfour_async.simulator.base.seeded_random import randint
from sixtyfour_async.simulator.base.validation import Field, string_array
from sixtyfour_async.simulator.knowledge.answers import (
    company_answer,
    email_answer,
    fill_struct,
    people_answer,
    phone_answer,
)
from sixtyfour_async.simulator.knowledge.companies import find_company
from sixtyfour_async.simulator.knowledge.facts import company_fact, words
from sixtyfour_async.simulator.knowledge.operations import subject_of
from sixtyfour_async.simulator.knowledge.people import invent_person, person_fact, slug
from sixtyfour_async.simulator.knowledge.pricing import PRICES_CENTS
from sixtyfour_async.simulator.routes.calls import About, Call, Reply
from sixtyfour_async.simulator.state.faults import UNKNOWN_STATUS
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Job, WorkRequest

JSON = dict[str, Any]
_AGE = (Field("subject", "object", required=True),)
_TYPES = (
    *("string", "int", "float", "bool", "list[string]", "list[int]", "list[float]", "list[bool]", "dict"),
    *("enum", "list[enum]", "object", "object_list", "str", "list[str]"),
)
_KEY_PATTERN = "^[a-zA-Z0-9_]+$"
_NAME = Field("name", "string", required=True, pattern=_KEY_PATTERN)
_SUBFIELD = (
    Field("key", "string", required=True, pattern=_KEY_PATTERN),
    Field("type", "string", required=True, choices=("string", "int", "float", "bool", "dict", "str")),
    Field("description", "string"),
)
_FIELD = (
    _NAME,
    Field("description", "string", required=True, max_length=10_000),
    Field("type", "string", required=True, choices=_TYPES),
    string_array("options", 500, max_length=200),
    Field("subfields", "array", items=_SUBFIELD),
)
_BLOCK_TYPES = ("lead_enrichment", "company_enrichment", "linkedin_enrichment", "research_agent", "webhook")
_BUILD = (
    Field("description", "string", required=True, min_length=1, max_length=4000),
    Field("existing_struct", "array", items=_FIELD),
    Field("block_type", "string", choices=(*_BLOCK_TYPES, "transform_data")),
    Field("allow_nested", "boolean", nullable=False),
)
_LINKEDIN = (Field("linkedin_url", "string", required=True), Field("struct", "object"))
_PROFILE = (Field("linkedin_url", "string", required=True), Field("include_fresh", "boolean"))
_COMPANY_SELECTORS = (
    Field("company_name", "string"),
    Field("linkedin_public_id", "string"),
    Field("linkedin_company_url", "string"),
    Field("company_member_id", "integer"),
    Field("max_iterations", "integer", nullable=False, minimum=1, maximum=20),
    Field("max_results", "integer", minimum=1, maximum=50_000),
    Field("include_resolution_debug", "boolean", nullable=False),
)
_FIND_PEOPLE = (Field("people_focus_prompt", "string", required=True), *_COMPANY_SELECTORS)
_CHART = (
    *_COMPANY_SELECTORS,
    Field("page", "integer", nullable=False, minimum=1),
    Field("page_size", "integer", nullable=False, minimum=1, maximum=500),
    Field("cursor", "string"),
)
_TABLE = (Field("csv_data", "string", required=True), Field("enrichment_type", "string", required=True))
_STAFF_COUNT = 12
"""People in every organization chart."""


def verify_age(service: Service, call: Call) -> Reply:
    """Handle ``POST /verify-age``."""
    subject = call.body(_AGE)["subject"]
    if not subject:
        raise group_error(400, "Bad Request", "Lead data is required", "enrichment")
    name = subject_of(subject)
    job = service.accept(
        Job, _work_request(service, "verify_age", name, {"subject": subject}), call.now, call.draw_faults
    )
    return Reply({"task_id": job.id, "status": "RUNNING"}, about=About("submit", job))


def age(service: Service, call: Call) -> Reply:
    """Handle ``GET /verify-age/{task_id}``: the status, and the result once it is completed."""
    job = service.jobs.get(call.params["task_id"])
    if job is None or job.kind != "verify_age" or call.now < job.visible_at:
        raise error_response(404, "Task not found")
    if call.draw_drift():
        return Reply({"task_id": job.id, "status": UNKNOWN_STATUS})
    if not job.done(call.now) or job.failed:
        status = "failed" if job.done(call.now) else "running"
        return Reply({"task_id": job.id, "status": status}, about=About("poll", job))
    years = randint(21, 74, service.settings.seed, "age", job.subject)
    born = int(iso(call.now)[:4]) - years
    person = invent_person(service.settings.seed, job.body["subject"])
    result = {"age": years, "date_of_birth": f"{born}", "confidence": 0.8, "sources": [person.linkedin]}
    body = {"task_id": job.id, "status": "completed", **result, "name": person.name}
    return Reply(body, about=About("poll", job))


def _work_request(service: Service, kind: str, subject: str, body: Mapping[str, Any]) -> WorkRequest:
    return WorkRequest(kind, subject, body, PRICES_CENTS[kind], service.runtime(kind, subject))


def _run_synchronously(service: Service, call: Call, request: WorkRequest, answer: Callable[[], Any]) -> Reply:
    """Accept work and answer when it is done."""
    job = service.accept(Job, request, call.now, call.draw_faults)

    def finish(_: float) -> Reply:
        if job.failed:
            raise error_response(500, "An unexpected error occurred")
        return Reply(answer(), about=About("direct", job))

    return Reply(wait_until=job.ends_at, finish=finish)


def enrich_linkedin(service: Service, call: Call) -> Reply:
    """Handle ``POST /enrich-linkedin``: the fields of a struct, or the profile without one."""
    body = call.body(_LINKEDIN)
    request = _work_request(service, "linkedin", body["linkedin_url"], body)
    return _run_synchronously(service, call, request, functools.partial(_profile, service, body))


def get_linkedin(service: Service, call: Call) -> Reply:
    """Handle ``POST /get-linkedin``."""
    body: JSON = {**call.body(_PROFILE), "struct": None}
    request = _work_request(service, "linkedin", body["linkedin_url"], body)
    return _run_synchronously(service, call, request, functools.partial(_profile, service, body))


def _profile(service: Service, body: Mapping[str, Any]) -> JSON:
    seed, url = service.settings.seed, body["linkedin_url"]
    if "/company/" in url:
        company = find_company({"name": slug(url.rstrip("/").rpartition("/")[2]).replace("-", " ")})
        facts = fill_struct(body["struct"] or {}, {}, lambda name, about: company_fact(company, name, about))
        return {"structured_data": facts, "linkedin_url": url}
    person = invent_person(seed, {"linkedin": url})
    plain = {"name": person.name, "headline": f"{person.title} at {person.company}", "location": person.location}
    if not body["struct"]:
        return {**plain, "linkedin_url": url, "experience": [{"title": person.title, "company": person.company}]}
    return {
        "structured_data": fill_struct(body["struct"], {}, lambda name, about: person_fact(person, name, about, seed))
    }


def struct_builder(_world: Service, call: Call) -> Reply:
    """Handle ``POST /struct-builder/generate``: the existing fields, and one for each item in the description."""
    body = call.body(_BUILD)
    listed = body["description"].replace(" and ", ",").replace("\n", ",").split(",")
    descriptions = {"_".join(words(text).split()[-4:]): text.strip() for text in listed if words(text)}
    made = {name: _built(name, about) for name, about in descriptions.items()}
    existing = {field["name"]: field for field in body["existing_struct"] or ()}
    return Reply({"struct": list({**made, **existing}.values())})


def _built(name: str, about: str) -> JSON:
    number = set(name.split("_")) & {"number", "count", "year", "years", "employees", "founded", "age"}
    return {
        "name": name,
        "description": about,
        "type": "int" if number else "string",
        "options": None,
        "subfields": None,
    }


def chart_capabilities(_world: Service, _call: Call) -> Reply:
    """Handle ``GET /org-chart/filter-capabilities``."""
    return Reply({"fields": ["department", "title", "location"]})


def find_people(service: Service, call: Call) -> Reply:
    """Handle ``POST /org-chart/find-people``."""
    body = call.body(_FIND_PEOPLE)
    company_name = _company_name(body)
    request = _work_request(service, "org_chart", company_name, body)
    return _run_synchronously(
        service, call, request, lambda: {"company": company_name, "people": _staff(service, company_name, body)}
    )


def full_chart(service: Service, call: Call) -> Reply:
    """Handle ``POST /org-chart/full``: the chart by departments, paged."""
    body = call.body(_CHART)
    company_name = _company_name(body)
    page, size = body["page"] or 1, body["page_size"] or 50

    def answer() -> JSON:
        people = _staff(service, company_name, body)
        page_people = people[(page - 1) * size : page * size]
        departments = sorted({person["department"] for person in page_people})
        grouped = [
            {"department": name, "people": [person for person in page_people if person["department"] == name]}
            for name in departments
        ]
        more = page * size < len(people)
        return {"company": company_name, "departments": grouped, "page": page, "has_more": more, "total": len(people)}

    return _run_synchronously(service, call, _work_request(service, "org_chart", company_name, body), answer)


def _company_name(body: Mapping[str, Any]) -> str:
    keys = ("company_name", "linkedin_public_id", "linkedin_company_url", "company_member_id")
    named = next((str(body[key]) for key in keys if body[key] is not None), "")
    if not named:
        raise error_response(400, "A company identifier is required")
    return named


def _staff(service: Service, company: str, body: Mapping[str, Any]) -> list[JSON]:
    count = min(_STAFF_COUNT, body["max_results"] or _STAFF_COUNT)
    people = [invent_person(service.settings.seed, {"position": at}, company) for at in range(count)]
    return [
        {"name": who.name, "title": who.title, "department": who.title.split()[-1], "linkedin": who.linkedin}
        for who in people
    ]


def enrich_dataframe(service: Service, call: Call) -> Reply:
    """Handle ``POST /enrich-dataframe`` of the older reference: a CSV within JSON, returned with additional columns."""
    body = call.body(_TABLE)
    if body["enrichment_type"] not in {"phone", "email", "lead", "company"}:
        raise error_response(400, "enrichment_type must be one of phone, email, lead, company")
    rows = [dict(row) for row in csv.DictReader(io.StringIO(body["csv_data"]), restkey="more", restval="")]
    if not rows:
        raise error_response(400, "csv_data holds no rows")
    done = [{**row, **_added(service.settings.seed, body["enrichment_type"], row)} for row in rows]
    out = io.StringIO(newline="")
    table = csv.DictWriter(
        out, list(dict.fromkeys(name for row in done for name in row)), restval="", lineterminator="\n"
    )
    table.writeheader()
    table.writerows(done)
    runtime = service.runtime("workflow", body["csv_data"])
    request = WorkRequest(
        "enrich_dataframe", f"{len(rows)} rows", body, len(rows) * PRICES_CENTS["workflow_row"], runtime
    )
    return _run_synchronously(service, call, request, lambda: {"csv_data": out.getvalue(), "row_count": len(rows)})


def _added(seed: int, enrichment: str, row: Mapping[str, Any]) -> JSON:
    match enrichment:
        case "phone":
            found = phone_answer(seed, {"lead": row})["phone"]
            return {"phone": found[0]["number"] if found else ""}
        case "email":
            return {"email": email_answer(seed, {"lead": row})["email"][0][0]}
        case "company":
            struct = {"industry": "Industry", "headquarters": "Headquarters"}
            return as_object(company_answer(seed, {"target_company": row, "struct": struct})["structured_data"]) or {}
        case _:
            return {
                "title": people_answer(seed, {"lead_info": row, "struct": {"title": "Job title"}})["structured_data"][
                    "title"
                ]
            }
