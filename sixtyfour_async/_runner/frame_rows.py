"""The rows of a frame, from what is asked about each to how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sixtyfour_async._runner.answer_columns import Ending
from sixtyfour_async._runner.outcomes import Outcome
from sixtyfour_async.errors import InputError, SixtyfourError
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.questions.column_mapping import ColumnMapping, MappedColumn
from sixtyfour_async.questions.outcome_columns import own_columns
from sixtyfour_async.questions.question import Question
from sixtyfour_async.questions.row_operations import row_operation
from sixtyfour_async.questions.sent_cells import sent_text
from sixtyfour_async.tables import Row
from sixtyfour_async.tables.frames import Frame


class AskedRows:
    """The rows of a frame as operations, each made when its turn comes: the first need not wait for the last.

    Args:
        matched: The frame and the question.
        rows: Its rows.

    Attributes:
        operations: The operations of the rows that can be sent, in order, to be read once.
        endings: How each row has ended so far.
        ended: Number of rows that have.
    """

    def __init__(self, matched: MatchedFrame, rows: Sequence[Row]) -> None:
        self._matched = matched
        self._rows = rows
        self._places: list[int] = []
        self._names: dict[int, str] = {}
        self.operations = self._made()
        self.endings = [Ending()] * len(rows)
        self.ended = 0

    def _made(self) -> Iterator[JobOperation[Any]]:
        for place, row in enumerate(self._rows):
            made = self._matched.ask(row)
            if isinstance(made, InputError):
                self._end(place, Ending.rejected(made))
                continue
            operation, name = made
            self._places.append(place)
            if name is not None:
                self._names[id(operation)] = name
            yield operation

    @property
    def key(self) -> Callable[[JobOperation[Any]], str] | None:
        """Returns the key of an operation that was just read, once; None where fingerprints are the keys."""
        return None if self._matched.key is None else lambda operation: self._names.pop(id(operation))

    def end(self, outcome: Outcome[Any]) -> None:
        """Note how a row ended, by its place among the operations."""
        self._end(self._places[outcome.index], Ending.of(outcome))

    def _end(self, place: int, ending: Ending) -> None:
        self.endings[place] = ending
        self.ended += 1

    def refuse(self, refusal: SixtyfourError) -> list[Ending]:
        """Note what every row that has not ended would have met; return the endings of all that could be sent."""
        for _ in self.operations:  # of those that were not read yet, some cannot be sent
            pass
        for place in self._places:
            if self.endings[place].outcome is None:
                self.endings[place] = Ending(error=str(refusal))
        return [self.endings[place] for place in self._places]


@dataclass(frozen=True, slots=True)
class MatchedFrame:
    """A question and the columns of a frame that it is about.

    Attributes:
        question: The question.
        mapping: Which column is sent under which key.
        key: Index of the column that names a row; None: a row is known by what is sent about it.
    """

    question: Question
    mapping: ColumnMapping
    key: int | None

    @classmethod
    def of(cls, frame: Frame, rows: Sequence[Row], question: Question, key: str | None) -> MatchedFrame:
        """Match a question with a frame.

        Raises:
            InputError: A column that is named is not there, or none identifies the subject.
        """
        name = question.key if key is None else key
        _check_columns(question.columns or {}, [] if name is None else [name], frame.columns)
        index = None if name is None else frame.columns.index(name)
        return cls(question, _mapping(question, frame.columns, rows), index)

    def ask(self, row: Row) -> tuple[JobOperation[Any], str | None] | InputError:
        """Return the operation that asks about a row, and its key if a column has it; or why it cannot be sent."""
        operation = row_operation(self.question, self.mapping, row)
        if isinstance(operation, InputError):
            return operation
        if self.key is None:
            return operation, None
        name = sent_text(row.cells[self.key])
        column = self.mapping.columns[self.key].column
        return (operation, name) if name else InputError("the key is missing", row=row.number, column=column)


def _check_columns(sent: Mapping[str, str], others: Sequence[str], columns: Sequence[str]) -> None:
    """Check that the columns that are named exist, and that each is sent under a key of its own."""
    keys: dict[str, str] = {}
    for column in (*sent, *others):
        if column not in columns:
            remedy = f"the columns are {', '.join(map(repr, columns))}"
            raise InputError("no such column", column=column, remedy=remedy)
    for column, key in sent.items():
        if not key.strip() or key.strip() in keys:
            why = f"{key!r} is the key of {keys[key.strip()]!r} already" if key.strip() else "it has no key"
            raise InputError(why, column=column, remedy='give each column one key: columns={"Company": "company_name"}')
        keys[key.strip()] = column


def _mapping(question: Question, columns: Sequence[str], rows: Sequence[Row]) -> ColumnMapping:
    """Map the columns that the question names, or else those that the service has names for."""
    header = columns if question.columns is None else [name for name in columns if name in question.columns]
    own = own_columns(columns, rows, question.answer_columns) if question.columns is None else ()
    requested = tuple(question.requested)
    try:
        mapping = ColumnMapping.from_header(
            question.kind, header, rename=question.columns, own=own, requested_fields=requested
        )
    except InputError as error:
        remedy = 'say which column holds what: Question(…, columns={"Column": "key"})'
        raise InputError(error.reason, column=error.column, remedy=remedy) from error
    mapped = {one.column: one for one in mapping.columns}
    others = {name: MappedColumn(name, None) for name in columns}
    return ColumnMapping(question.kind, tuple({**others, **mapped}.values()))
