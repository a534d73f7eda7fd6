"""What the service calls the keys of a subject, how people spell them as columns, and which keys identify a subject.

Source: https://docs.sixtyfour.ai/api-reference/endpoint/enrich-lead, …/enrich-company, …/find-email, …/qa-agent; what
identifies a person: https://github.com/sixtyfour-ai/notebooks. Not tried against the live service. Assumed: what
identifies a company, that find-email and find-phone need what people-intelligence needs, and the keys ``country``,
``state``, ``website`` and ``company_linkedin`` where the pages do not list them: the service takes any key. The
spellings are ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Spellings: TypeAlias = Mapping[str, str]
"""Key → usual names of columns that hold it, separated by commas; compared without case, spaces and punctuation."""

COMMON: Final[Spellings] = {
    "linkedin": """linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin link, linkedin page,
        li url""",
    "phone": """phone, phone number, telephone, telephone number, tel, mobile, mobile number, mobile phone, cell,
        cell phone, telefon, handy""",
    "domain": "domain, company domain, email domain, web domain, website domain, domain name",
    "location": "location, city, town, ort, stadt, hq city, company city, billing city, mailing city, company location",
    "country": "country, country name, company country, billing country, mailing country, hq country, land",
    "state": "state, province, region, billing state, mailing state, state province, bundesland",
    "description": "description, about, summary, bio, beschreibung",
    "company_name": """company, company name, name of company, organisation, organization, organisation name,
        organization name, org, org name, account, account name, employer, employer name, current company, firm,
        firm name, business, business name, firma, unternehmen""",
}
OF_COMPANY: Final[Spellings] = {
    "company_name": "name",
    "website": "website, website url, site, homepage, web, url, company url, company website",
    "linkedin": "company linkedin, company linkedin url, linkedin company, linkedin company url, linkedin company page",
    "phone": "company phone, company phone number",
    "address": "address, street address, postal address, company address, adresse, anschrift",
    "industry": "industry, industries, sector, branche, company industry",
}
OF_PERSON: Final[Spellings] = {
    "name": "name, full name, contact, contact name, person, person name, lead name",
    "first_name": "first name, given name, forename, vorname",
    "last_name": "last name, surname, family name, nachname",
    "title": "title, job title, position, role, job role, current title, designation",
    "linkedin": "person linkedin, person linkedin url, personal linkedin",
    "email": "email, email address, work email, business email, mail, mail address, corporate email, company email",
    "website": "website, website url, homepage, company website, company url, company website url",
    "company_linkedin": "company linkedin, company linkedin url, linkedin company, linkedin company url",
    "industry": "industry, sector, branche, company industry",
}
# In a company table these names are ambiguous: "name" may be a contact's, "url" may link to anything. They count only
# when no other column holds the same key.
AMBIGUOUS_FOR_COMPANY: Final = frozenset({"name", "web", "url"})

ALIASES: Final = {"linkedin_url": "linkedin", "full_name": "name"}
"""Other names that the service has for the same key; a user may choose them with ``--map``."""

COMPANY_KEYS: Final = (("company_name",), ("website",), ("domain",), ("linkedin",))
PERSON_KEYS: Final = (("email",), ("linkedin",), ("name",), ("first_name", "last_name"))


@dataclass(frozen=True, slots=True)
class SubjectSpec:
    """The subject of one operation.

    Attributes:
        noun: The subject in messages, such as ``the company``.
        spellings: Column names that are recognized, later tables extending earlier ones.
        identified_by: Sets of keys, each of which identifies the subject; empty when any key does.
        renamed: Pairs of a key in *spellings* and what this operation calls it.
        ambiguous: Column names that count only when no other column holds the same key.
    """

    noun: str
    spellings: tuple[Spellings, ...] = ()
    identified_by: tuple[tuple[str, ...], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    ambiguous: frozenset[str] = frozenset()

    def keys_by_name(self) -> dict[str, str]:
        """Return normalized column name → key."""
        renamed = dict(self.renamed)
        pairs = ((key, spellings) for table in self.spellings for key, spellings in table.items())
        return {normalized(text): renamed.get(key, key) for key, spellings in pairs for text in spellings.split(",")}

    @property
    def is_free_form(self) -> bool:
        """Whether the subject is any record, so that every column may say something about it."""
        return not self.spellings

    def is_identified_by(self, keys: Collection[str]) -> bool:
        """Return whether these keys, all of them filled, are enough to identify the subject."""
        if not self.identified_by:
            return bool(keys)
        known = {ALIASES.get(key, key) for key in keys}
        return any(known.issuperset(needed) for needed in self.identified_by)

    def is_identifying(self, key: str | None) -> bool:
        """Return whether a key can be part of what identifies the subject."""
        if not self.identified_by:
            return key is not None
        return any(ALIASES.get(key or "", key) in needed for needed in self.identified_by)


LEAD: Final = (COMMON, OF_PERSON)
COMPANY: Final = ("company_name", "company")
SUBJECTS: Final[Mapping[str, SubjectSpec]] = {
    "company-intelligence": SubjectSpec(
        "the company",
        (COMMON, OF_COMPANY),
        COMPANY_KEYS,
        (("phone", "phone_number"),),
        ambiguous=AMBIGUOUS_FOR_COMPANY,
    ),
    "people-intelligence": SubjectSpec("the person", LEAD, PERSON_KEYS, (COMPANY, ("domain", "company_domain"))),
    "find-email": SubjectSpec("the person", LEAD, PERSON_KEYS, (COMPANY,)),
    "find-phone": SubjectSpec("the person", LEAD, PERSON_KEYS, (COMPANY,)),
    "reverse-email": SubjectSpec("the person", LEAD, (("email",),), (COMPANY,)),
    "reverse-phone": SubjectSpec("the person", LEAD, (("phone",),), (COMPANY,)),
    "qa-agent": SubjectSpec("the record"),
    "research-agent": SubjectSpec("the subject"),
}


def words(text: str) -> list[str]:
    """Return the words of a name in lower case, punctuation left out."""
    # NFKC turns full-width letters, ligatures and the like into the plain ones that people type.
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def normalized(text: str) -> str:
    """Return a name as spellings are compared: ``"Company-Name"`` becomes ``"companyname"``."""
    return "".join(words(text))


def snake_case(text: str) -> str:
    """Return a name as a key: ``"Company-Name"`` becomes ``"company_name"``."""
    return "_".join(words(text))
