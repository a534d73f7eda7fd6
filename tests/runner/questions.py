"""Questions about the packaged companies, whose answers the tests know."""

from __future__ import annotations

from pydantic import JsonValue

from sixtyfour_async import CompanyIntelligence
from sixtyfour_async.simulator import companies

Question = CompanyIntelligence[dict[str, JsonValue]]


def question(number: int, tier: str = "low") -> Question:
    """Return a question about the head office of one of the packaged companies; `fact` returns its answer."""
    company = companies()[number]
    subject = {"company_name": company.company_name, "website": company.website}
    return CompanyIntelligence(target_company=subject, struct={"headquarters": "Where the head office is"}, tier=tier)


def questions(count: int) -> list[Question]:
    return [question(number) for number in range(count)]


def fact(number: int) -> str:
    return companies()[number].headquarters or ""
