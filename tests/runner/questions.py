"""Questions that the simulator answers: about packaged companies, whose facts the tests know, and about people."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count

from pydantic import JsonValue

from sixtyfour_async import CompanyIntelligence, FindEmail
from sixtyfour_async.simulator import SimulatorSettings, companies
from sixtyfour_async.simulator.knowledge.answers import email_answer, phone_answer

KNOWN = [company for company in companies() if company.headquarters]
"""The companies whose head office is known: a question about another one has no answer."""

Question = CompanyIntelligence[dict[str, JsonValue]]
Lead = dict[str, JsonValue]


def question(number: int, tier: str = "low") -> Question:
    """Return a question about the head office of one of the packaged companies; `fact` returns its answer."""
    company = KNOWN[number]
    subject = {"company_name": company.company_name, "website": company.website}
    return CompanyIntelligence(target_company=subject, struct={"headquarters": "Where the head office is"}, tier=tier)


def questions(rows: int) -> list[Question]:
    return [question(number) for number in range(rows)]


def fact(number: int) -> str:
    return KNOWN[number].headquarters


def _is_found(lead: Lead) -> bool:
    seed = SimulatorSettings().seed
    [[address, *_]] = email_answer(seed, {"lead": lead})["email"]
    return bool(address and phone_answer(seed, {"lead": lead})["phone"])


def lead(number: int) -> Lead:
    """Return a person, named by the number, whose address and phone number the simulator finds; it misses others."""
    return dict(_found_lead(number))


@cache
def _found_lead(number: int) -> Lead:
    candidates: Iterator[Lead] = (
        {"name": f"Person {number}", "company": f"Company {company}"} for company in count(number % 7)
    )
    return next(candidate for candidate in candidates if _is_found(candidate))


def find_email(number: int) -> FindEmail:
    """Return a question for an address that the simulator finds."""
    return FindEmail(lead=lead(number))


def find_emails(rows: int) -> list[FindEmail]:
    return [find_email(number) for number in range(rows)]
