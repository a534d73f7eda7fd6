"""Questions about the packaged companies, whose answers the simulator and the tests know."""

from __future__ import annotations

from pydantic import JsonValue

from sixtyfour_async import CompanyIntelligence
from sixtyfour_async.simulator import companies

Question = CompanyIntelligence[dict[str, JsonValue]]


def question(number: int, tier: str = "low") -> Question:
    """Ask where one of the packaged companies has its head office; `fact` is the answer."""
    company = companies()[number]
    subject = {"company_name": company.company_name, "website": company.website}
    return CompanyIntelligence(target_company=subject, struct={"headquarters": "Where the head office is"}, tier=tier)


def questions(count: int) -> list[Question]:
    return [question(number) for number in range(count)]


def fact(number: int) -> str:
    return companies()[number].headquarters or ""
