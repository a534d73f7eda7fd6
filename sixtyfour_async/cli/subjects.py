"""Which column of a table becomes which key of the subject that an operation asks about.

Decisions only: a `SubjectMap` is planned once from the header, can be shown to a person before anything is paid for,
and then turns rows into subjects or says why a row identifies nobody. The service takes any key in a subject and does
better with more of them, so a column that means nothing to us goes out under its own name.

Source: https://docs.sixtyfour.ai/api-reference/endpoint/enrich-lead, …/enrich-company, …/find-email, …/qa-agent; what
identifies a person: https://github.com/sixtyfour-ai/notebooks. Not tried against the live service. Assumed: what
identifies a company, and that find-email and find-phone want what people-intelligence wants. The spellings are ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables import Row

__all__ = ["ColumnUse", "SubjectMap"]

Spellings: TypeAlias = Mapping[str, str]  # key -> how columns that mean it are called, separated by commas
Plan: TypeAlias = dict[int, "ColumnUse"]

COMMON: Final[Spellings] = {
    "linkedin": """linkedin, linkedin url, linkedin profile, linkedin profile url, linkedin link, linkedin page,
        li url""",
    "phone": """phone, phone number, telephone, telephone number, tel, mobile, mobile number, mobile phone, cell,
        cell phone, telefon, handy""",
    "domain": "domain, company domain, email domain, web domain, website domain, domain name",
    "location": "location, city, town, ort, stadt",
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
    "industry": "industry, sector, branche",
}
OF_PERSON: Final[Spellings] = {
    "name": "name, full name, contact, contact name, person, person name, lead name",
    "first_name": "first name, given name, forename, vorname",
    "last_name": "last name, surname, family name, nachname",
    "title": "title, job title, position, role",
    "linkedin": "person linkedin, person linkedin url, personal linkedin",
    "email": "email, email address, work email, business email, mail, mail address",
}
# Of a company only if no other column means the same key: it may be a contact's name, or a link to anything.
WEAK: Final = frozenset({"name", "web", "url"})

ALIASES: Final = {"linkedin_url": "linkedin", "full_name": "name"}  # other words of the service for the same key
PLACEHOLDERS: Final = frozenset({"n/a", "#n/a", "nan", "null", "none", "#ref!", "#value!", "#name?"})
ENOUGH_DIGITS: Final = 5

COMPANY_KEYS: Final = (("company_name",), ("website",), ("domain",), ("linkedin",))
PERSON_KEYS: Final = (("email",), ("linkedin",), ("name",), ("first_name", "last_name"))


@dataclass(frozen=True, slots=True)
class Kind:
    """What one operation calls the keys of its subject, and which sets of them identify it (none: anything does)."""

    subject: str
    spellings: tuple[Spellings, ...] = ()
    identified_by: tuple[tuple[str, ...], ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    weak: frozenset[str] = frozenset()

    def meanings(self) -> dict[str, str]:
        """Map each spelling, without spaces, to its key."""
        keys = dict(self.renamed)
        pairs = ((key, spellings) for table in self.spellings for key, spellings in table.items())
        return {_squeezed(text): keys.get(key, key) for key, spellings in pairs for text in spellings.split(",")}

    def identifies(self, says: Collection[str]) -> bool:
        """Tell whether keys that say something are enough."""
        if not self.identified_by:
            return bool(says)
        known = {ALIASES.get(key, key) for key in says}
        return any(known.issuperset(keys) for keys in self.identified_by)

    def identifying(self, key: str | None) -> bool:
        """Tell whether a key can be part of what identifies the subject."""
        if not self.identified_by:
            return key is not None
        return any(ALIASES.get(key or "", key) in keys for keys in self.identified_by)


OF_LEAD: Final = (COMMON, OF_PERSON)
COMPANY: Final = ("company_name", "company")
KINDS: Final[Mapping[str, Kind]] = {
    "company-intelligence": Kind(
        "the company", (COMMON, OF_COMPANY), COMPANY_KEYS, (("phone", "phone_number"),), weak=WEAK
    ),
    "people-intelligence": Kind("the person", OF_LEAD, PERSON_KEYS, (COMPANY, ("domain", "company_domain"))),
    "find-email": Kind("the person", OF_LEAD, PERSON_KEYS, (COMPANY,)),
    "find-phone": Kind("the person", OF_LEAD, PERSON_KEYS, (COMPANY,)),
    "reverse-email": Kind("the person", OF_LEAD, (("email",),), (COMPANY,)),
    "reverse-phone": Kind("the person", OF_LEAD, (("phone",),), (COMPANY,)),
    "qa-agent": Kind("the record"),
    "research-agent": Kind("the subject"),
}


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """What becomes of one column: the key it is sent under, or None, and why, in words for a person."""

    column: str
    key: str | None
    why: str = ""

    def line(self, width: int) -> str:
        """Say it in one line, the column padded to *width*."""
        shown = f"{_shown(self.column):<{width}}"
        if self.key is None:
            return f"{shown} -- not sent ({self.why})"
        return f"{shown} -> {self.key} ({self.why})" if self.why else f"{shown} -> {self.key}"


@dataclass(frozen=True, slots=True)
class SubjectMap:
    """How rows of one table become subjects of one operation.

    Attributes:
        operation: The operation as the command line calls it, such as ``"find-email"``.
        uses: What becomes of each column, in the order of the file.
    """

    operation: str
    uses: tuple[ColumnUse, ...]

    @classmethod
    def plan(
        cls,
        operation: str,
        columns: Sequence[str],
        *,
        skip: Collection[str] = (),
        asked_fields: Collection[str] = (),
        rename: Mapping[str, str] | None = None,
    ) -> SubjectMap:
        """Decide for each column of a header.

        In this order: *rename* wins, *skip* and *asked_fields* keep a column at home, the first column in the file
        that means a key gets it, the rest go out under their own names in snake_case.

        Args:
            operation: Such as ``"company-intelligence"``.
            columns: The header's cells, with or without white space around them.
            skip: Columns not to send.
            asked_fields: Names of the fields asked for: the question must not carry its own answer.
            rename: Column to key, for columns whose name does not say what they hold.

        Raises:
            InputError: An unknown operation or column, a contradiction, or no column that identifies the subject.
        """
        if operation not in KINDS:
            raise InputError(f"{operation!r} takes no subject from a table", remedy="use one of " + ", ".join(KINDS))
        plan: Plan = {}
        for column, key in (rename or {}).items():
            _set_renamed(plan, columns, column, key)
        _leave_out(plan, columns, skip, asked_fields)
        _set_known(plan, columns, KINDS[operation])
        _set_own(plan, columns, KINDS[operation])
        subjects = cls(operation, tuple(plan[place] for place in range(len(columns))))
        subjects._check_identified()
        return subjects

    def lines(self) -> list[str]:
        """Show what becomes of each column, aligned, one line each."""
        width = max((len(_shown(use.column)) for use in self.uses), default=0)
        return [use.line(width) for use in self.uses]

    def subject(self, row: Row) -> dict[str, str]:
        """Make a row's subject: its cells without surrounding white space, empty ones left out.

        Shape: ``{"company_name": "Acme", "website": "acme.example", "notes": "met in Lyon"}``
        """
        cells = ((use.key, cell.strip()) for use, cell in zip(self.uses, row.cells, strict=True))
        return {key: cell for key, cell in cells if key is not None and cell}

    def column_of(self, parameter: str | None) -> str | None:
        """Name the column that is sent as a parameter's key, such as ``"lead.website"``; None when there is none."""
        keys = (parameter or "").split(".")
        return next((use.column for use in self.uses if use.key is not None and use.key in keys[1:2]), None)

    def problem(self, row: Row) -> InputError | None:
        """Say why a row must not be sent, or None.

        A row is enough when one of the keys that identify the subject holds more than punctuation or a placeholder
        such as ``n/a``; the reverse look-ups also want an ``@`` or five digits. That is our choice, not the service's.
        """
        kind = KINDS[self.operation]
        subject = self.subject(row)
        uses = [use for use in self.uses if kind.identifying(use.key)]
        columns = _quoted(use.column for use in uses)
        one = uses[0].column.strip() if len(uses) == 1 else None
        remedy = f"fill {'it' if one else 'one of them'} in, or take the row out"
        if not kind.identifies([key for key, cell in subject.items() if _says(cell)]):
            message = f"not enough in {columns} to identify {kind.subject}"
            if not any(use.key in subject for use in uses):
                message = f"nothing identifies {kind.subject}: {columns} {'is' if one else 'are all'} empty"
            return InputError(message, row=row.number, column=one, remedy=remedy)
        if self.operation == "reverse-email" and "@" not in subject["email"]:
            return InputError(f"{subject['email']!r} has no '@'", row=row.number, column=one, remedy="correct it")
        if self.operation == "reverse-phone" and sum(map(str.isdecimal, subject["phone"])) < ENOUGH_DIGITS:
            message = f"{subject['phone']!r} has fewer than {ENOUGH_DIGITS} digits"
            return InputError(message, row=row.number, column=one, remedy="correct it")
        return None

    def _check_identified(self) -> None:
        kind = KINDS[self.operation]
        if kind.identifies([use.key for use in self.uses if use.key is not None]):
            return
        wanted = " or ".join(" with ".join(keys) for keys in kind.identified_by) or "any column"
        kept = [use for use in self.uses if use.key is None]
        home = f"; not sent: {', '.join(f'{_shown(use.column)!r} ({use.why})' for use in kept)}" if kept else ""
        raise InputError(
            f"no column identifies {kind.subject} for {self.operation}: looked for {wanted}; "
            f"the columns are {_quoted(use.column for use in self.uses)}{home}",
            remedy=f'rename a column, or say which it is: --map "Column={_first_key(kind)}"',
        )


def _set_renamed(plan: Plan, columns: Sequence[str], column: str, key: str) -> None:
    place, key = _place(columns, column, "--map"), key.strip()
    if not key:
        raise InputError("--map gives it no key", column=column, remedy='write --map "Column=key"')
    if place in plan or any(use.key == key for use in plan.values()):
        message = f"--map gives the key {key!r} or this column twice"
        raise InputError(message, column=column, remedy="give each column one key, and each key one column")
    plan[place] = ColumnUse(columns[place], key, "--map")


def _leave_out(plan: Plan, columns: Sequence[str], skip: Iterable[str], asked_fields: Iterable[str]) -> None:
    for name in skip:
        place = _place(columns, name, "--skip")
        if place in plan and plan[place].key is not None:
            raise InputError("both --map and --skip name it", column=name, remedy="leave one of them out")
        plan[place] = ColumnUse(columns[place], None, "--skip")
    asked = {_snake(name) for name in asked_fields}
    for place, column in enumerate(columns):
        if place not in plan and _snake(column) in asked:
            plan[place] = ColumnUse(column, None, "it is asked for")


def _set_known(plan: Plan, columns: Sequence[str], kind: Kind) -> None:
    """Give each key to the first column that means it; weak spellings come after all others."""
    meanings = kind.meanings()
    taken = {use.key for use in plan.values()}
    for weak in (False, True):
        for place, column in enumerate(columns):
            name = _squeezed(column)
            key = meanings.get(name)
            if place not in plan and key is not None and key not in taken and (name in kind.weak) == weak:
                plan[place] = ColumnUse(column, key)
                taken.add(key)


def _set_own(plan: Plan, columns: Sequence[str], kind: Kind) -> None:
    """Send the rest under their own names, made unique."""
    meanings = kind.meanings()
    taken = {use.key: use.column for use in plan.values() if use.key is not None}
    for place, column in enumerate(columns):
        if place in plan:
            continue
        key = own = _snake(column) or f"column_{place + 1}"
        number = 2
        while key in taken:
            key, number = f"{own}_{number}", number + 1
        meaning = meanings.get(_squeezed(column))
        why = "as it is" if meaning is None else f"as it is; {meaning} is {_shown(taken[meaning])!r}"
        plan[place] = ColumnUse(column, key, why)
        taken[key] = column


def _place(columns: Sequence[str], name: str, option: str) -> int:
    """Find a column by its name, whatever the case if that leaves no doubt."""
    names = [column.strip() for column in columns]
    if name.strip() in names:
        return names.index(name.strip())
    places = [place for place, other in enumerate(names) if other.casefold() == name.strip().casefold()]
    if len(places) != 1:
        raise InputError("no such column", column=name, remedy=f"{option} can name {_quoted(columns)}")
    return places[0]


def _first_key(kind: Kind) -> str:
    return kind.identified_by[0][0] if kind.identified_by else "key"


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def _squeezed(text: str) -> str:
    return "".join(_words(text))


def _snake(text: str) -> str:
    return "_".join(_words(text))


def _says(cell: str) -> bool:
    return any(map(str.isalnum, cell)) and cell.casefold() not in PLACEHOLDERS


def _shown(column: str) -> str:
    return " ".join(column.split())


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(repr(_shown(column)) for column in columns)
