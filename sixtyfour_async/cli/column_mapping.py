"""Map a table's columns to the keys of an operation's subject: the lead, company or record that a row describes.

No I/O. A `ColumnMapping` is made once from the header, is shown to the user before anything is paid for, and then
turns rows into subjects or explains why a row identifies nobody. The service accepts any key in a subject and does
better with more of them, so a column that is not recognized is sent under its own name.

Source: https://docs.sixtyfour.ai/api-reference/endpoint/enrich-lead, …/enrich-company, …/find-email, …/qa-agent; what
identifies a person: https://github.com/sixtyfour-ai/notebooks. Not tried against the live service. Assumed: what
identifies a company, and that find-email and find-phone need what people-intelligence needs. The spellings are ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sixtyfour_async.cli.sent_cells import is_index, is_meaningful, sent_text
from sixtyfour_async.errors import InputError
from sixtyfour_async.tables import Row

__all__ = ["ColumnMapping", "MappedColumn"]

Spellings: TypeAlias = Mapping[str, str]
"""Key → usual names of columns that hold it, separated by commas; compared without case, spaces and punctuation."""

Assignment: TypeAlias = dict[int, "MappedColumn"]
"""Column index → its mapping, filled step by step by `ColumnMapping.from_header`."""

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
# In a company table these names are ambiguous: "name" may be a contact's, "url" may link to anything. They count only
# when no other column holds the same key.
AMBIGUOUS_FOR_COMPANY: Final = frozenset({"name", "web", "url"})

ALIASES: Final = {"linkedin_url": "linkedin", "full_name": "name"}
"""Other names that the service has for the same key; a user may choose them with ``--map``."""

MIN_PHONE_DIGITS: Final = 5

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
        return {_normalized(text): renamed.get(key, key) for key, spellings in pairs for text in spellings.split(",")}

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


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column and the key it is sent under.

    Attributes:
        column: The header's cell.
        key: The key, or None when the column is not sent.
        reason: Why, as shown to the user; empty when the name of the column says it.
    """

    column: str
    key: str | None
    reason: str = ""

    def line(self, width: int) -> str:
        """Format it in one line, the column's name padded to *width*."""
        shown = f"{_on_one_line(self.column):<{width}}"
        if self.key is None:
            return f"{shown} -- not sent ({self.reason})"
        return f"{shown} -> {self.key} ({self.reason})" if self.reason else f"{shown} -> {self.key}"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How rows of one table become subjects of one operation.

    Attributes:
        operation: The operation by its name on the command line, such as ``"find-email"``.
        columns: Each column and its key, in the order of the file.
    """

    operation: str
    columns: tuple[MappedColumn, ...]

    @classmethod
    def from_header(
        cls,
        operation: str,
        header: Sequence[str],
        *,
        skip: Collection[str] = (),
        requested_fields: Collection[str] = (),
        rename: Mapping[str, str] | None = None,
    ) -> ColumnMapping:
        """Decide what each column is sent as.

        The four steps run in this order, and a later one never changes what an earlier one decided: *rename* wins;
        *skip* and *requested_fields* keep columns from being sent; the first column whose name is recognized as a key
        gets that key; every other column is sent under its own name in snake_case.

        Args:
            operation: Such as ``"company-intelligence"``.
            header: The header's cells, with or without white space around them.
            skip: Columns not to send.
            requested_fields: Names of the fields to research, so that no question carries its own answer.
            rename: Column → key, for columns whose names do not tell what they hold.

        Raises:
            InputError: An unknown operation or column, a contradiction, or no column that identifies the subject.
        """
        if operation not in SUBJECTS:
            raise InputError(f"{operation!r} takes no subject from a table", remedy="use one of " + ", ".join(SUBJECTS))
        assigned: Assignment = {}
        for column, key in (rename or {}).items():
            _assign_renamed(assigned, header, column, key)
        _assign_unsent(assigned, header, skip, requested_fields)
        _assign_recognized(assigned, header, SUBJECTS[operation])
        _assign_others(assigned, header, SUBJECTS[operation])
        mapping = cls(operation, tuple(assigned[index] for index in range(len(header))))
        mapping._check_identified()
        return mapping

    def lines(self) -> list[str]:
        """Format the mapping for the user, aligned, one line for each column."""
        width = max((len(_on_one_line(mapped.column)) for mapped in self.columns), default=0)
        return [mapped.line(width) for mapped in self.columns]

    def subject(self, row: Row) -> dict[str, str]:
        """Return a row's subject: its cells without surrounding white space, empty ones left out.

        Shape: ``{"company_name": "Acme", "website": "acme.example", "notes": "met in Lyon"}``; values of other types
        are sent as the text that CSV would hold.
        """
        cells = ((mapped.key, sent_text(cell)) for mapped, cell in zip(self.columns, row.cells, strict=True))
        return {key: cell for key, cell in cells if key is not None and cell}

    def column_of(self, parameter: str | None) -> str | None:
        """Return the column sent as a key of the subject, such as ``"lead.website"``; None for other parameters."""
        keys = (parameter or "").split(".")[1:2]
        return next((mapped.column for mapped in self.columns if mapped.key is not None and mapped.key in keys), None)

    def problem(self, row: Row) -> InputError | None:
        """Return why a row must not be sent, or None.

        A row is good when one of the sets of keys that identify the subject holds more than punctuation or
        placeholders such as ``n/a``; the reverse look-ups also require an ``@`` or five digits. This rule is ours, not
        the service's. A cell that cannot be trusted, such as an error of a spreadsheet, is a problem when it is sent.
        """
        for flaw in row.flaws:
            column = None if flaw.column is None else self.columns[flaw.column]
            if column is None or column.key is not None:
                name = None if column is None else column.column.strip()
                return InputError(flaw.message, row=row.number, column=name, remedy=flaw.remedy)
        spec = SUBJECTS[self.operation]
        subject = self.subject(row)
        identifying = [mapped for mapped in self.columns if spec.is_identifying(mapped.key)]
        names = _quoted(mapped.column for mapped in identifying)
        single = identifying[0].column.strip() if len(identifying) == 1 else None
        if not spec.is_identified_by([key for key, cell in subject.items() if is_meaningful(cell)]):
            message = f"not enough in {names} to identify {spec.noun}"
            if not any(mapped.key in subject for mapped in identifying):
                message = f"nothing identifies {spec.noun}: {names} {'is' if single else 'are all'} empty"
            remedy = f"fill {'it' if single else 'one of them'} in, or remove the row"
            return InputError(message, row=row.number, column=single, remedy=remedy)
        if self.operation == "reverse-email" and "@" not in subject["email"]:
            return InputError(f"{subject['email']!r} has no '@'", row=row.number, column=single, remedy="correct it")
        if self.operation == "reverse-phone" and sum(map(str.isdecimal, subject["phone"])) < MIN_PHONE_DIGITS:
            message = f"{subject['phone']!r} has fewer than {MIN_PHONE_DIGITS} digits"
            return InputError(message, row=row.number, column=single, remedy="correct it")
        return None

    def _check_identified(self) -> None:
        spec = SUBJECTS[self.operation]
        if spec.is_identified_by([mapped.key for mapped in self.columns if mapped.key is not None]):
            return
        needed = " or ".join(" with ".join(keys) for keys in spec.identified_by) or "any column"
        unsent = [f"{_on_one_line(one.column)!r} ({one.reason})" for one in self.columns if one.key is None]
        raise InputError(
            f"no column identifies {spec.noun} for {self.operation}: looked for {needed}; "
            f"the columns are {_quoted(mapped.column for mapped in self.columns)}"
            + (f"; not sent: {', '.join(unsent)}" if unsent else ""),
            remedy=f'rename a column, or name its key: --map "Column={_example_key(spec)}"',
        )


def _assign_renamed(assigned: Assignment, header: Sequence[str], column: str, key: str) -> None:
    index, key = _find_column(header, column, "--map"), key.strip()
    if not key:
        raise InputError("--map gives it no key", column=column, remedy='write --map "Column=key"')
    if index in assigned or any(mapped.key == key for mapped in assigned.values()):
        message = f"--map gives the key {key!r} or this column twice"
        raise InputError(message, column=column, remedy="give each column one key, and each key one column")
    assigned[index] = MappedColumn(header[index], key, "--map")


def _assign_unsent(
    assigned: Assignment, header: Sequence[str], skip: Iterable[str], requested_fields: Iterable[str]
) -> None:
    for name in skip:
        index = _find_column(header, name, "--skip")
        if index in assigned and assigned[index].key is not None:
            raise InputError("both --map and --skip name it", column=name, remedy="leave one of them out")
        assigned[index] = MappedColumn(header[index], None, "--skip")
    requested = {_snake_case(name) for name in requested_fields}
    for index, column in enumerate(header):
        if index not in assigned and is_index(column):
            assigned[index] = MappedColumn(column, None, "an index that counts or names the rows")
        if index not in assigned and _snake_case(column) in requested:
            assigned[index] = MappedColumn(column, None, "requested with --field")


def _assign_recognized(assigned: Assignment, header: Sequence[str], spec: SubjectSpec) -> None:
    """Give each key to the first column whose name is one of its spellings."""
    keys = spec.keys_by_name()
    taken = {mapped.key for mapped in assigned.values()}
    # Two passes: in a table of "Name" (the contact) and "Company", the clear name must win although it comes second.
    for ambiguous in (False, True):
        for index, column in enumerate(header):
            name = _normalized(column)
            key = keys.get(name)
            if index in assigned or key is None or key in taken or (name in spec.ambiguous) != ambiguous:
                continue
            assigned[index] = MappedColumn(column, key)
            taken.add(key)


def _assign_others(assigned: Assignment, header: Sequence[str], spec: SubjectSpec) -> None:
    """Send the remaining columns under their own names in snake_case, numbered where they would collide."""
    keys = spec.keys_by_name()
    taken = {mapped.key: mapped.column for mapped in assigned.values() if mapped.key is not None}
    for index, column in enumerate(header):
        if index in assigned:
            continue
        key = own = _snake_case(column) or f"column_{index + 1}"
        number = 2
        while key in taken:
            key, number = f"{own}_{number}", number + 1
        recognized = keys.get(_normalized(column))
        reason = "as is" if recognized is None else f"as is; {recognized} is {_on_one_line(taken[recognized])!r}"
        assigned[index] = MappedColumn(column, key, reason)
        taken[key] = column


def _find_column(header: Sequence[str], name: str, option: str) -> int:
    """Return the index of a column by its name; in another case if only one column matches."""
    names = [column.strip() for column in header]
    if name.strip() in names:
        return names.index(name.strip())
    matches = [index for index, other in enumerate(names) if other.casefold() == name.strip().casefold()]
    if len(matches) != 1:
        raise InputError("no such column", column=name, remedy=f"{option} can name {_quoted(header)}")
    return matches[0]


def _example_key(spec: SubjectSpec) -> str:
    return spec.identified_by[0][0] if spec.identified_by else "key"


def _words(text: str) -> list[str]:
    # NFKC turns full-width letters, ligatures and the like into the plain ones that people type.
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def _normalized(text: str) -> str:
    return "".join(_words(text))


def _snake_case(text: str) -> str:
    return "_".join(_words(text))


def _on_one_line(column: str) -> str:
    return " ".join(column.split())


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(repr(_on_one_line(column)) for column in columns)
