"""The packaged companies, and their look-up by website or name.

The facts are true: 1,510 listed companies from `data/companies.csv`, see `data/README.md`.
"""

from __future__ import annotations

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

_SITE_KEYS = ("website", "domain", "company_website", "company_domain", "company_url", "url")
_NAME_KEYS = ("company_name", "name", "company")
_OWN_NAME_KEYS = ("company", "company_name", "organization", "employer")


@dataclass(frozen=True, slots=True)
class Company:
    """One line of `companies.csv`; unknown facts are empty strings or None."""

    company_name: str
    website: str
    country: str
    industry: str
    headquarters: str
    founded: int | None
    employees: int | None


@functools.cache
def companies() -> list[Company]:
    """Return the packaged companies in file order. The list is cached: do not modify it."""
    table = resources.files("sixtyfour_async.simulator.knowledge").joinpath("data/companies.csv")
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    return [_company(row) for row in csv.DictReader(lines)]


def _company(row: Mapping[str, str]) -> Company:
    return Company(
        company_name=row["company_name"],
        website=row["website"],
        country=row["country"],
        industry=row["industry"],
        headquarters=row["headquarters"],
        founded=int(row["founded"]) if row["founded"] else None,
        employees=int(row["employees"]) if row["employees"] else None,
    )


def domain_of(site: str) -> str:
    """Return the domain of a URL in lower case, without scheme, ``www.``, path or port."""
    rest = site.strip().lower().partition("://")[2] or site.strip().lower()
    for stop in "/?#":
        rest = rest.partition(stop)[0]
    return rest.rpartition("@")[2].partition(":")[0].removeprefix("www.").strip(".")


@functools.cache
def _by_domain() -> Mapping[str, tuple[Company, ...]]:
    found: dict[str, tuple[Company, ...]] = {}
    for company in companies():
        domain = domain_of(company.website)
        found[domain] = (*found.get(domain, ()), company)
    return found


@functools.cache
def _by_name() -> Mapping[str, Company]:
    return {company.company_name.casefold(): company for company in reversed(companies())}


def _texts(about: Mapping[str, Any], keys: tuple[str, ...]) -> list[str]:
    values = (about.get(key) for key in keys)
    return [value.strip() for value in values if isinstance(value, str) and value.strip()]


def find_company(about: Mapping[str, Any], *, person: bool = False) -> Company | None:
    """Return the company that *about* describes, by website first, then by name.

    Args:
        about: Record sent by the caller, e.g. ``{"company_name": "1&1", "website": "1und1.ag"}``.
        person: Whether the record describes a person, so that ``name`` is not a company name.
    """
    names = [name.casefold() for name in _texts(about, _OWN_NAME_KEYS if person else _NAME_KEYS)]
    for site in _texts(about, _SITE_KEYS):
        candidates = _by_domain().get(domain_of(site), ())
        same = [company for company in candidates if company.company_name.casefold() in names]
        if candidates:
            return (same or list(candidates))[0]
    return next((_by_name()[name] for name in names if name in _by_name()), None)
