"""Invented people: plausible, deterministic for each subject, on domains and numbers reserved for examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.seeded_random import choice, randint, uniform
from sixtyfour_async.simulator.knowledge.companies import companies
from sixtyfour_async.simulator.knowledge.facts import words

_FIRST_NAMES = (
    *("Ada", "Alan", "Amina", "Ben", "Carla", "Chen", "Dario", "Elena", "Emeka", "Fatima", "Grace", "Hana"),
    *("Ivan", "Jonas", "Kavya", "Lena", "Marta", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Samir", "Yuki"),
)
_LAST_NAMES = (
    *("Almeida", "Becker", "Costa", "Dubois", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen"),
    *("Kowalski", "Larsen", "Moreau", "Novak", "Okafor", "Patel", "Rossi", "Santos", "Tanaka", "Weber"),
)
TITLES = (
    *("Chief Executive Officer", "Chief Technology Officer", "VP of Engineering", "VP of Sales"),
    *("Head of Marketing", "Head of Data", "Director of Operations", "Product Manager", "Account Executive"),
    *("Software Engineer", "Research Scientist", "Finance Manager"),
)
PLACES = ("Berlin, Germany", "London, UK", "New York, US", "Paris, France", "Tokyo, Japan", "Toronto, Canada")
_SCHOOLS = ("University of Bonn", "ETH Zurich", "University of Leeds", "Kyoto University", "McGill University")
_SKILLS = ("Python", "Negotiation", "Data analysis", "Leadership", "Procurement", "Design", "Rust", "Hiring")
_PERSONAL_MAIL_DOMAINS = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de", "proton.me", "hotmail.com")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person."""

    name: str
    company: str
    title: str
    email: str
    personal_email: str
    phone: str
    linkedin: str
    location: str
    school: str
    skills: list[str]
    years_experience: int

    @property
    def country(self) -> str:
        """The last part of the location."""
        return self.location.rpartition(", ")[2]


def slug(text: str) -> str:
    """Return text as a lower-case part of a URL or address, words joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unknown"


def first_text(given: Mapping[str, Any], *keys: str) -> str:
    """Return the first non-blank string under *keys*, stripped, or ""."""
    for key in keys:
        value = given.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def invent_person(seed: int, given: Mapping[str, Any], company: str = "") -> Person:
    """Return the person that *given* describes; what it leaves open is drawn from the seed and its contents."""
    subject = "|".join(f"{key}={given[key]}".casefold() for key in sorted(given))
    draw_key = (seed, "person", company, subject)
    both = f"{first_text(given, 'first_name')} {first_text(given, 'last_name')}".strip()
    invented = f"{choice(_FIRST_NAMES, *draw_key, 1)} {choice(_LAST_NAMES, *draw_key, 2)}"
    name = first_text(given, "name", "full_name") or both or invented
    works_at = company or first_text(given, "company", "company_name") or choice(companies(), *draw_key, 3).company_name
    local = slug(name).replace("-", ".")
    return Person(
        name=name,
        company=works_at,
        title=first_text(given, "title") or choice(TITLES, *draw_key, 4),
        email=first_text(given, "email") or f"{local}@{slug(works_at)}.example",
        personal_email=f"{local}{randint(10, 99, *draw_key, 5)}@mail.example",
        phone=first_text(given, "phone") or f"+1 555-01{randint(0, 99, *draw_key, 6):02d}",
        linkedin=first_text(given, "linkedin", "linkedin_url")
        or f"https://www.linkedin.com/in/{slug(name)}-{randint(1000, 9999, *draw_key, 7)}",
        location=first_text(given, "location") or choice(PLACES, *draw_key, 8),
        school=choice(_SCHOOLS, *draw_key, 9),
        skills=[choice(_SKILLS[:4], *draw_key, 10), choice(_SKILLS[4:], *draw_key, 11)],
        years_experience=randint(2, 35, *draw_key, 12),
    )


def is_personal_email(address: str) -> bool:
    """Return whether an address belongs to a provider of personal mail."""
    domain = address.rpartition("@")[2].lower()
    return domain in _PERSONAL_MAIL_DOMAINS or domain == "mail.example"


_FACT_FOUND_PROBABILITY = 0.9
"""Probability that a fact about a person is found (assumed)."""
_FACT_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("personal_email", re.compile(r"\b(personal|private) e ?mail\b")),
    ("email", re.compile(r"\be ?mail\b")),
    ("phone", re.compile(r"\b(phone|mobile|telephone)\b")),
    ("linkedin", re.compile(r"\blinkedin\b")),
    ("years_experience", re.compile(r"\b(years|experience)\b")),
    ("title", re.compile(r"\b(title|role|position|job|occupation)\b")),
    ("school", re.compile(r"\b(school|education|university|alma mater|degree)\b")),
    ("skills", re.compile(r"\b(skills?|expertise)\b")),
    ("country", re.compile(r"\bcountry\b")),
    ("location", re.compile(r"\b(location|city|based|lives)\b")),
    ("company", re.compile(r"\b(company|employer|organi[sz]ation)\b")),
    ("name", re.compile(r"\bname\b")),
)


def person_fact(person: Person, name: str, description: str, seed: int) -> Any:
    """Return the fact that a struct field asks for, or None if it is unknown or drawn as not found."""
    for text in (words(name), words(description)):
        for fact, pattern in _FACT_PATTERNS:
            if pattern.search(text):
                found = uniform(seed, "found", person.name, person.company, fact) < _FACT_FOUND_PROBABILITY
                value = getattr(person, fact)
                return value if found else None
    return None
