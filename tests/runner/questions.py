"""Questions about the packaged companies, whose answers the tests know."""

from __future__ import annotations

from pydantic import JsonValue

from sixtyfour_async import CompanyIntelligence
from sixtyfour_async.simulator import companies

KNOWN = sorted(companies(), key=lambda company: not company.headquarters)
"""The companies, those first whose head office is known, so that an answer about it holds something."""

Question = CompanyIntelligence[dict[str, JsonValue]]


def question(number: int, tier: str = "low") -> Question:
    """Return a question about the head office of one of the packaged companies; `fact` returns its answer."""
    company = KNOWN[number]
    subject = {"company_name": company.company_name, "website": company.website}
    return CompanyIntelligence(target_company=subject, struct={"headquarters": "Where the head office is"}, tier=tier)


def questions(count: int) -> list[Question]:
    return [question(number) for number in range(count)]


def fact(number: int) -> str:
    return KNOWN[number].headquarters or ""
