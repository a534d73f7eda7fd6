"""Map a table's columns to the keys of an operation's subject: the lead, company or record that a row describes.

A `ColumnMapping` is made once from the header, is shown to the user before anything is paid for, and then turns rows
into subjects or explains why a row identifies nobody. The service accepts any key in a subject; what it has no name for
is sent when the user names the column, and not before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from sixtyfour_async.errors import InputError
from sixtyfour_async.questions.sent_cells import is_index, is_meaningful, sent_text
from sixtyfour_async.questions.spellings import SUBJECTS, SubjectSpec, normalized, snake_case
from sixtyfour_async.tables import Row, is_blank

__all__ = ["ColumnMapping", "MappedColumn"]

Assignment: TypeAlias = dict[int, "MappedColumn"]
"""Column index → its mapping, filled step by step by `ColumnMapping.from_header`."""

MIN_PHONE_DIGITS: Final = 5


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """One column and the key it is sent under.

    Attributes:
        column: The header's cell.
        key: The key, or None when the column is not sent.
        reason: Why, as shown to the user; empty when the name of the column says it.
        offered: Whether it is not sent only because nobody asked for it.
    """

    column: str
    key: str | None
    reason: str = ""
    offered: bool = False

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
        send: Collection[str] = (),
        send_all: bool = False,
        own: Collection[str] = (),
        kept: Mapping[str, str] | None = None,
    ) -> ColumnMapping:
        """Decide what each column is sent as.

        The steps run in this order, and a later one never changes what an earlier one decided: *rename* wins; *skip*
        keeps columns from being sent; *kept* ones go on as they began; *requested_fields*, *own* ones and an index are
        not sent unless *send* names them; the first column whose name is recognized as a key gets that key; the others
        are sent under their own names in snake_case when they are to be.

        Args:
            operation: Such as ``"company-intelligence"``.
            header: The header's cells, with or without white space around them.
            skip: Columns not to send.
            requested_fields: Names of the fields to research, so that no question carries its own answer.
            rename: Column → key, for columns whose names do not tell what they hold.
            send: Columns to send although the service has no name for them.
            send_all: Send all such columns.
            own: Columns that an earlier output added; see `own_columns`.
            kept: Column → key as earlier runs on the journal sent them: with another one every row is a new question.

        Raises:
            InputError: An unknown operation or column, a contradiction, or no column that identifies the subject.
        """
        if operation not in SUBJECTS:
            raise InputError(f"{operation!r} takes no subject from a table", remedy="use one of " + ", ".join(SUBJECTS))
        spec, assigned, named = SUBJECTS[operation], Assignment(), _named_to_send(header, send, skip)
        for column, key in (rename or {}).items():
            _assign_renamed(assigned, header, column, key)
        _assign_skipped(assigned, header, skip)
        _assign_kept(assigned, header, kept or {})
        _assign_unsent(assigned, header, requested_fields, own, named)
        _assign_recognized(assigned, header, spec, only=None if kept is None else set(kept.values()), named=named)
        if not _identifies(spec, assigned):
            _assign_recognized(assigned, header, spec)
        everything = send_all or (spec.is_free_form and (kept is None or not _identifies(spec, assigned)))
        _assign_others(assigned, header, spec, send=None if everything else named, began=kept is not None)
        mapping = cls(operation, tuple(assigned[index] for index in range(len(header))))
        mapping._check_identified()
        return mapping

    @property
    def sent(self) -> dict[str, str]:
        """Column → key, of those that are sent."""
        return {mapped.column.strip(): mapped.key for mapped in self.columns if mapped.key is not None}

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns that are not sent and would be if they were named."""
        return tuple(_on_one_line(mapped.column) for mapped in self.columns if mapped.key is None and mapped.offered)

    def index_of(self, column: str, option: str) -> int:
        """Return the index of a column that an option names.

        Raises:
            InputError: There is no such column.
        """
        return _find_column([mapped.column for mapped in self.columns], column, option)

    def lines(self) -> list[str]:
        """Format the mapping for the user, aligned, one line for each column."""
        width = max((len(_on_one_line(mapped.column)) for mapped in self.columns), default=0)
        return [mapped.line(width) for mapped in self.columns]

    def subject(self, row: Row) -> dict[str, str]:
        """Return a row's subject: its cells without surrounding white space, empty ones left out.

        Shape: ``{"company_name": "Acme", "website": "acme.example", "notes": "met in Lyon"}``; values of other types
        are sent as the text that CSV would hold.
        """
        columns = zip(self.columns, row.cells, strict=True)
        sent = ((mapped.key, sent_text(cell)) for mapped, cell in columns if mapped.key is not None)
        return {key: text for key, text in sent if text}

    def column_of(self, parameter: str | None) -> str | None:
        """Return the column sent as a key of the subject, such as ``"lead.website"``; None for other parameters."""
        keys = (parameter or "").split(".")[1:2]
        return next((mapped.column for mapped in self.columns if mapped.key is not None and mapped.key in keys), None)

    def located(self, error: InputError, row: Row) -> InputError:
        """Return an error of an operation as one of a row and a column."""
        column = self.column_of(error.field)
        return InputError(error.reason, row=row.number, column=column, remedy=error.remedy)

    def problem(self, row: Row) -> InputError | None:
        """Return why a row must not be sent, or None.

        A row is good when one of the sets of keys that identify the subject holds more than punctuation or
        placeholders such as ``n/a``; the reverse look-ups also require an ``@`` or five digits. This rule is ours, not
        the service's. A cell that cannot be trusted, such as an error of a spreadsheet, is a problem when it is sent.
        A row that repeats the header is what is left where two tables were joined.
        """
        for flaw in row.flaws:
            column = None if flaw.column is None else self.columns[flaw.column]
            if column is None or column.key is not None:
                name = None if column is None else column.column.strip()
                return InputError(flaw.message, row=row.number, column=name, remedy=flaw.remedy)
        if self._is_header(row):
            return InputError(
                "it repeats the header, and is no data", row=row.number, remedy="remove it from the table"
            )
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

    def _is_header(self, row: Row) -> bool:
        """Return whether every cell that holds something holds the name of its column."""
        columns = zip(self.columns, row.cells, strict=True)
        named = (
            isinstance(cell, str) and cell.strip() == mapped.column.strip()
            for mapped, cell in columns
            if not is_blank(cell)
        )
        return next(named, False) and all(named)

    def _check_identified(self) -> None:
        spec = SUBJECTS[self.operation]
        if _identifies(spec, dict(enumerate(self.columns))):
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


def _identifies(spec: SubjectSpec, assigned: Assignment) -> bool:
    return spec.is_identified_by([mapped.key for mapped in assigned.values() if mapped.key is not None])


def _named_to_send(header: Sequence[str], send: Iterable[str], skip: Iterable[str]) -> frozenset[int]:
    named = frozenset(_find_column(header, name, "--send") for name in send)
    for name in skip:
        if _find_column(header, name, "--skip") in named:
            raise InputError("both --send and --skip name it", column=name, remedy="leave one of them out")
    return named


def _assign_skipped(assigned: Assignment, header: Sequence[str], skip: Iterable[str]) -> None:
    for name in skip:
        index = _find_column(header, name, "--skip")
        if index in assigned and assigned[index].key is not None:
            raise InputError("both --map and --skip name it", column=name, remedy="leave one of them out")
        assigned[index] = MappedColumn(header[index], None, "--skip")


def _assign_kept(assigned: Assignment, header: Sequence[str], kept: Mapping[str, str]) -> None:
    """Send the columns that the journal began with as it began with them."""
    taken = {mapped.key for mapped in assigned.values()}
    by_name = {column.strip(): key for column, key in kept.items()}
    for index, column in enumerate(header):
        key = by_name.get(column.strip())
        if index not in assigned and key is not None and key not in taken:
            reason = "" if key == snake_case(column) else "as before"
            assigned[index] = MappedColumn(column, key, reason)
            taken.add(key)


def _assign_unsent(
    assigned: Assignment,
    header: Sequence[str],
    requested_fields: Iterable[str],
    own: Collection[str],
    named: Collection[int],
) -> None:
    requested = {snake_case(name) for name in requested_fields}
    for index, column in enumerate(header):
        if index in assigned or index in named:
            continue
        if is_index(column):
            assigned[index] = MappedColumn(column, None, "an index that counts or names the rows")
        elif snake_case(column) in requested:
            assigned[index] = MappedColumn(column, None, "a requested field")
        elif column in own:
            assigned[index] = MappedColumn(column, None, "from an earlier output")


def _assign_recognized(
    assigned: Assignment,
    header: Sequence[str],
    spec: SubjectSpec,
    *,
    only: Collection[str] | None = None,
    named: Collection[int] = (),
) -> None:
    """Give each key to the first column whose name is one of its spellings.

    Args:
        assigned: What is decided already; added to.
        header: The table's columns.
        spec: The subject.
        only: Keys that may be given; None for all.
        named: Columns that may have any key.
    """
    keys = spec.keys_by_name()
    taken = {mapped.key for mapped in assigned.values()}
    # Two passes: in a table of "Name" (the contact) and "Company", the clear name must win although it comes second.
    for ambiguous in (False, True):
        for index, column in enumerate(header):
            name = normalized(column)
            key = keys.get(name)
            if index in assigned or key is None or key in taken or (name in spec.ambiguous) != ambiguous:
                continue
            if only is None or key in only or index in named:
                assigned[index] = MappedColumn(column, key)
                taken.add(key)


def _assign_others(
    assigned: Assignment, header: Sequence[str], spec: SubjectSpec, *, send: Collection[int] | None, began: bool
) -> None:
    """Send the remaining columns under their own names in snake_case, numbered where they would collide, or do not.

    Args:
        assigned: What is decided already; added to.
        header: The table's columns.
        spec: The subject.
        send: Which of them to send; None for all.
        began: Whether the journal has begun, without these columns.
    """
    keys = spec.keys_by_name()
    taken = {mapped.key: mapped.column for mapped in assigned.values() if mapped.key is not None}
    for index, column in enumerate(header):
        if index in assigned:
            continue
        recognized = keys.get(normalized(column))
        rival = f"{recognized} is {_on_one_line(taken[recognized])!r}" if recognized in taken else ""
        if send is not None and index not in send:
            unknown = "the journal began without it" if began else "the service has no name for it"
            assigned[index] = MappedColumn(column, None, rival or unknown, offered=True)
            continue
        key = own = snake_case(column) or f"column_{index + 1}"
        number = 2
        while key in taken:
            key, number = f"{own}_{number}", number + 1
        assigned[index] = MappedColumn(column, key, f"as is; {rival}" if rival else "as is")
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


def _on_one_line(column: str) -> str:
    return " ".join(column.split())


def _quoted(columns: Iterable[str]) -> str:
    return ", ".join(repr(_on_one_line(column)) for column in columns)
