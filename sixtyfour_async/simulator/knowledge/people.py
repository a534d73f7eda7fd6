"""Invented people: plausible, the same for the same subject, and on domains reserved for examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.chance import pick, unit, whole
from sixtyfour_async.simulator.knowledge.companies import companies
from sixtyfour_async.simulator.knowledge.facts import words

_FIRST = (
    *("Ada", "Alan", "Amina", "Ben", "Carla", "Chen", "Dario", "Elena", "Emeka", "Fatima", "Grace", "Hana"),
    *("Ivan", "Jonas", "Kavya", "Lena", "Marta", "Nadia", "Omar", "Priya", "Quentin", "Rosa", "Samir", "Yuki"),
)
_LAST = (
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
_FREE_MAIL = ("gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de", "proton.me", "hotmail.com")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

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
    """Write text as a part of an address."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unknown"


def text_at(given: Mapping[str, Any], *keys: str) -> str:
    """Give the first text found under *keys*, or ""."""
    for key in keys:
        value = given.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def person_of(seed: int, given: Mapping[str, Any], company: str = "") -> Person:
    """Invent the person *given* describes; whatever it says is kept."""
    subject = "|".join(f"{key}={given[key]}".casefold() for key in sorted(given))
    throw = (seed, "person", company, subject)
    both = f"{text_at(given, 'first_name')} {text_at(given, 'last_name')}".strip()
    invented = f"{pick(_FIRST, *throw, 1)} {pick(_LAST, *throw, 2)}"
    name = text_at(given, "name", "full_name") or both or invented
    works_at = company or text_at(given, "company", "company_name") or pick(companies(), *throw, 3).company_name
    local = slug(name).replace("-", ".")
    return Person(
        name=name,
        company=works_at,
        title=text_at(given, "title") or pick(TITLES, *throw, 4),
        email=text_at(given, "email") or f"{local}@{slug(works_at)}.example",
        personal_email=f"{local}{whole(10, 99, *throw, 5)}@mail.example",
        phone=text_at(given, "phone") or f"+1 555-01{whole(0, 99, *throw, 6):02d}",
        linkedin=text_at(given, "linkedin", "linkedin_url")
        or f"https://www.linkedin.com/in/{slug(name)}-{whole(1000, 9999, *throw, 7)}",
        location=text_at(given, "location") or pick(PLACES, *throw, 8),
        school=pick(_SCHOOLS, *throw, 9),
        skills=[pick(_SKILLS[:4], *throw, 10), pick(_SKILLS[4:], *throw, 11)],
        years_experience=whole(2, 35, *throw, 12),
    )


def is_personal(address: str) -> bool:
    """Say whether an address is at a provider of private mail."""
    domain = address.rpartition("@")[2].lower()
    return domain in _FREE_MAIL or domain == "mail.example"


_FOUND = 0.9
"""Share of what is asked about people that is found (assumed)."""
_ASKED: tuple[tuple[str, re.Pattern[str]], ...] = (
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
    """Give what a struct field asks about a person, or None; some of it is never found."""
    for text in (words(name), words(description)):
        for fact, pattern in _ASKED:
            if pattern.search(text):
                found = unit(seed, "found", person.name, person.company, fact) < _FOUND
                value = getattr(person, fact)
                return value if found else None
    return None
