"""Map struct fields to known company facts, by the words of their name and description."""

from __future__ import annotations

import functools
import re
from typing import Any

from sixtyfour_async.simulator.knowledge.companies import Company

_ABOUT_SOMETHING_ELSE = re.compile(
    r"\b(linkedin|twitter|facebook|instagram|github|crunchbase|careers?|logo|ticker|per|growth|average|female"
    r"|remote|satisfaction|rating|revenue|salary|key|former|sales|engineering|turnover|trends?|awards?|codes?"
    r"|naics|sic|rank|competitors?|pricing|privacy|news|blog|source|support|subsidiar\w+|branch\w*)\b"
)
"""Words that turn a known fact into an unknown one ("average employees"); no answer is better than a wrong one."""
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("country", re.compile(r"^(?!.*\bcity\b).*\b(country|nation)\b")),
    ("headquarters", re.compile(r"\b(headquarters?|headquartered|hq|head office|main office|seat)\b")),
    (
        "founded",
        re.compile(r"\b(founded|founding|foundation|established|inception|incorporated)\b(?! by)"),
    ),
    (
        "employees",
        re.compile(
            r"\b(employees?|headcount|head count|staff|workforce|personnel|company size|team size|people employed"
            r"|people work)\b(?! (names?|in (?!total)))"
        ),
    ),
    ("industry", re.compile(r"\b(industry|industries|sector|line of business)\b")),
    ("company_name", re.compile(r"^(company|company name|name|legal name|organi[sz]ation)$|\bname of the company\b")),
    (
        "website",
        re.compile(
            r"^(?=.*\b(web ?site|site|domain|url|home ?page)\b)((the|its|official|main|full|corporate|company|s|web"
            r"|site|website|domain|url|name|address|home|page|homepage|of|without|scheme|www|only)\b ?)+$"
        ),
    ),
)


def words(text: str) -> str:
    """Normalize an identifier or a sentence to lower-case words separated by spaces."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return " ".join(re.findall(r"[a-z0-9]+", spaced.lower()))


@functools.lru_cache(maxsize=4096)
def fact_name(name: str, description: str) -> str | None:
    """Return the name of the `Company` attribute a field asks for: by its name, else by its description."""
    for text in (words(name), words(description)):
        if _ABOUT_SOMETHING_ELSE.search(text):
            return None
        for fact, pattern in _RULES:
            if pattern.search(text):
                return fact
    return None


def company_fact(company: Company | None, name: str, description: str) -> Any:
    """Return the fact that a struct field asks for, or None if it is unknown."""
    fact = fact_name(name, description)
    if company is None or fact is None:
        return None
    value = getattr(company, fact)
    return None if value == "" else value
