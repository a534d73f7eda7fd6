"""The indexes of filter search: the packaged companies, and invented people.

Field names are assumed from the few that docs.sixtyfour.ai shows (``hq_country_iso2``, ``employees_count``), row shapes
from those that third parties read.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.seeded_random import choice, randint
from sixtyfour_async.simulator.knowledge.companies import Company, companies, domain_of
from sixtyfour_async.simulator.knowledge.people import Person, invent_person, slug

JSON = dict[str, Any]
_ISO2: Mapping[str, str] = {
    "United States": "US",
    "Japan": "JP",
    "Germany": "DE",
    "United Kingdom": "GB",
    "France": "FR",
    "Spain": "ES",
    "Netherlands": "NL",
    "Finland": "FI",
    "Switzerland": "CH",
    "Sweden": "SE",
    "Belgium": "BE",
    "Ireland": "IE",
    "Italy": "IT",
    "Luxembourg": "LU",
    "Canada": "CA",
    "Bermuda": "BM",
    "China": "CN",
}
_COUNTRY_ALIASES = {
    **dict.fromkeys(("U.S.", "US", "USA", "U.S", "U.S. (operational)"), "United States"),
    **dict.fromkeys(("UK", "England"), "United Kingdom"),
    "The Netherlands": "Netherlands",
}
_PEOPLE_COUNT = 2000


@dataclass(frozen=True, slots=True)
class Index:
    """The documents of a mode, and the types of their fields."""

    name: str
    fields: Mapping[str, str]
    documents: Sequence[Mapping[str, Any]]


_COMPANY_FIELDS: Mapping[str, str] = {
    "id": "long",
    "company_name": "text",
    "website": "keyword",
    "domain": "keyword",
    "country": "keyword",
    "hq_country": "keyword",
    "hq_country_iso2": "keyword",
    "headquarters": "text",
    "hq_city": "keyword",
    "industry": "text",
    "founded": "long",
    "founded_year": "long",
    "employees": "long",
    "employees_count": "long",
}
_PERSON_FIELDS: Mapping[str, str] = {
    "id": "long",
    "public_id": "keyword",
    "linkedin_url": "keyword",
    "full_name": "text",
    "first_name": "keyword",
    "last_name": "keyword",
    "headline": "text",
    "job_title": "text",
    "company_name": "text",
    "company_domain": "keyword",
    "industry": "text",
    "location": "text",
    "country": "keyword",
    "school_name": "text",
    "skills": "keyword",
    "years_experience": "long",
}


def country_of(company: Company) -> str:
    """Return the country of the head office, or "" if unknown."""
    places = (company.country, company.country.rpartition(", ")[2], company.headquarters.rpartition(", ")[2])
    known = (_COUNTRY_ALIASES.get(place.strip(), place.strip()) for place in places)
    return next((name for name in known if name in _ISO2), "")


def company_document(at: int, company: Company) -> JSON:
    """Return the index document of a company at a position of the file."""
    country = country_of(company)
    return {
        "id": 100_001 + at,
        "company_name": company.company_name,
        "website": company.website,
        "domain": domain_of(company.website),
        "country": company.country,
        "hq_country": country or None,
        "hq_country_iso2": _ISO2.get(country),
        "headquarters": company.headquarters,
        "hq_city": company.headquarters.partition(",")[0] or None,
        "industry": company.industry,
        "founded": company.founded,
        "founded_year": company.founded,
        "employees": company.employees,
        "employees_count": company.employees,
    }


def person_document(at: int, person: Person, company: Company | None = None) -> JSON:
    """Return the index document of an invented person."""
    first, _, last = person.name.partition(" ")
    public_id = person.linkedin.rstrip("/").rpartition("/")[2]
    return {
        "id": 900_001 + at,
        "public_id": public_id,
        "linkedin_url": person.linkedin,
        "full_name": person.name,
        "first_name": first,
        "last_name": last,
        "headline": f"{person.title} at {person.company}",
        "job_title": person.title,
        "company_name": person.company,
        "company_domain": domain_of(company.website) if company else f"{slug(person.company)}.example",
        "industry": company.industry if company else "",
        "location": person.location,
        "country": person.country,
        "school_name": person.school,
        "skills": person.skills,
        "years_experience": person.years_experience,
    }


@functools.lru_cache(maxsize=8)
def index_of(mode: str, seed: int) -> Index:
    """Return the index of a mode: ``company`` or ``people``."""
    if mode == "company":
        known = [company_document(at, company) for at, company in enumerate(companies())]
        return Index("companies", _COMPANY_FIELDS, known)
    return Index("people", _PERSON_FIELDS, [_person(seed, at) for at in range(_PEOPLE_COUNT)])


def _person(seed: int, at: int) -> JSON:
    company = choice(companies(), seed, "employer", at)
    person = invent_person(seed, {"number": randint(1, 10**9, seed, "person", at)}, company.company_name)
    return person_document(at, person, company)


def as_row(mode: str, document: Mapping[str, Any], shape: str) -> JSON:
    """Return a document as a row: ``raw`` as in the index, ``workflow`` as a flat LEAD or COMPANY record."""
    if mode == "company":
        names = ("company_name", "website", "country", "industry", "headquarters", "founded", "employees")
        return dict(document) if shape == "raw" else {name: document[name] for name in names}
    if shape == "workflow":
        return lead_row(document)
    company = {"name": document["company_name"], "domain": document["company_domain"], "industry": document["industry"]}
    return {
        "publicId": document["public_id"],
        "raw_source": {
            "publicId": document["public_id"],
            "fullName": document["full_name"],
            "firstName": document["first_name"],
            "lastName": document["last_name"],
            "headline": document["headline"],
            "location": document["location"],
            "currentCompanies": [{"element": {"title": document["job_title"], "company": company}}],
        },
    }


def lead_row(document: Mapping[str, Any]) -> JSON:
    """Return a person document as a flat LEAD record."""
    names = {"name": "full_name", "title": "job_title", "company": "company_name", "location": "location"}
    return {**{name: document[field] for name, field in names.items()}, "linkedin": document["linkedin_url"]}
