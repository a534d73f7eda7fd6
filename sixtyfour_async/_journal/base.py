"""The durable record of what was submitted, accepted and answered. Write before you act.

For each row, under its key, in this order: the *intent* is committed before the request leaves, the service's *id*
before anyone sees it, the raw *answer* before it is parsed, the *delivery* once the consumer has acknowledged it. What
a crash can leave in between is one thing only: an intent without an id. Such a row is unknown: it may have been
accepted, so it is never sent again on our own.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Protocol, get_args, runtime_checkable

from pydantic_core import from_json

from sixtyfour_async._scheduling.attribution import MatchedBy
from sixtyfour_async._scheduling.ledger import Line, Tally
from sixtyfour_async._scheduling.row_states import OPEN, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError
from sixtyfour_async.models._base import json_object

CRASHED = "a run ended while this was being sent; it may have been accepted"
"""Why a row is unknown of which a crash left the intent only."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of one row: its line in the journal.

    Attributes:
        key: The row's key.
        operation: The operation's name, such as ``"find-email"``.
        fingerprint: The question's content, as `Operation.fingerprint` returns it.
        request: The question's fields as JSON text.
        state: Where the row stands.
        job_id: The service's id once accepted.
        answer: The body of the last poll as it came, or the row's own part of it; the whole of it for a row that has no
            part of a shared answer. None before.
        error: Why there is no answer, as text.
        cost_cents: What the service charged, US cents.
        variant: What its price depends on, such as ``"company-intelligence/low"``.
        reserved_cents: What is set aside for it; once ended, what it counts as when no charge was reported.
        resubmissions: Number of deliberate resubmissions, after it had failed, been lost or become too old.
        sent_at: When it was last about to be sent, ISO text, our wall clock.
        delivered: Whether the consumer has acknowledged its outcome.
        batch: The name of the batch that it was submitted in, if it was.
        place: Its place in the batch, from 0.
        receipt: The body of the answer to its submit, where no job id could be read from it.
        matched_by: What showed which part of a shared answer is its own: ``echo``, ``index`` or ``position``.
        version: Number of times that its line was written, this time included, when it is handed to `Journal.put`. 0
            from a writer that does not count: such a line replaces no counted one, and no row that another runner
            holds.
        held_by: The number of another runner that has it under way; None otherwise. Read, and never written.
        changed_at: When its line was last written, ISO text, our wall clock. Read, and never written.
    """

    key: str
    operation: str
    fingerprint: str
    request: str
    state: State
    job_id: str | None = None
    answer: Body | None = None
    error: str | None = None
    cost_cents: float | None = None
    variant: str = ""
    reserved_cents: float = 0.0
    resubmissions: int = 0
    sent_at: str | None = None
    delivered: bool = False
    batch: str | None = None
    place: int | None = None
    receipt: Body | None = None
    matched_by: MatchedBy | None = None
    version: int = 0
    held_by: int | None = field(default=None, compare=False)
    changed_at: str | None = field(default=None, compare=False)

    def sent(self) -> dict[str, Any]:
        """Return the question's fields.

        Raises:
            JournalError: The line was damaged.
        """
        try:
            return _object(self.request)
        except ValueError as error:
            raise JournalError(
                f"row {self.key!r} is damaged, its request is not a JSON object: put back a copy of the journal"
            ) from error


def _object(text: str) -> dict[str, Any]:
    try:
        value = from_json(text)
    except ValueError:
        value = json.loads(text)  # slower, and reads halves of surrogate pairs as well
    fields = json_object(value)
    if fields is None:
        raise ValueError(text)
    return fields


_NAMES = tuple(field.name for field in fields(Entry))
_values_of = attrgetter(*_NAMES)

READ_ONLY = ("held_by", "changed_at")
"""Fields of an entry that a journal works out itself, in the order in which it gives them after the written ones."""


def changed(entry: Entry, **changes: Any) -> Entry:
    """Return a row's next line, to be written over the one that was read or written last."""
    # As `dataclasses.replace`, in half the time: each row has four lines, of so many fields.
    values: dict[str, Any] = dict(zip(_NAMES, _values_of(entry), strict=True))
    values.update(changes, version=entry.version + 1)
    return Entry(**values)


class FencedError(JournalError):
    """Rows were taken or changed by another runner since they were read; nothing was written.

    Attributes:
        keys: Their keys.
    """

    def __init__(self, keys: Collection[str]) -> None:
        super().__init__(f"{len(keys)} rows were taken over by another process")
        self.keys = frozenset(keys)


class Journal(Protocol):
    """What a runner needs of a journal. Every write returns once it is durable, except `tally`.

    A journal may also have an attribute ``doubt``: why rows may have been sent of which it does not know, as one line
    with the remedy, or None. While it has one nothing is submitted; see `doubt_of`.
    """

    async def open(self) -> None:
        """Acquire the journal, and make ``unknown`` what a crash left ``intended``, with `CRASHED` as its error.

        A journal that several runners share leaves the rows of those that live alone; see `SharedJournal`.

        Raises `JournalError` when it cannot be used.
        """
        ...

    async def close(self) -> None:
        """Release it."""
        ...

    async def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for.

        Raises `JournalError` when it is for something else already, unless every row in it is ``released``.
        """
        ...

    async def get_meta(self, name: str) -> str | None:
        """Return a text that `set_meta` stored, or None."""
        ...

    async def set_meta(self, name: str, text: str) -> None:
        """Store a text under a name, such as the run times learned so far."""
        ...

    async def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        ...

    def entries(self, states: Collection[State]) -> AsyncGenerator[Entry, None]:
        """Yield the rows in these states, the oldest first; rows that change meanwhile may be left out."""
        ...

    async def put(self, *entries: Entry) -> None:
        """Write rows as a whole, all of them or none.

        A journal that several runners share raises `FencedError` for a row whose line is not of the version before.
        """
        ...

    async def deliver(self, key: str) -> None:
        """Record that a row's outcome was acknowledged."""
        ...

    async def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        ...

    async def save_batch_answer(self, batch: str, body: Body) -> None:
        """Write the answer to a batch as it came."""
        ...

    async def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        ...

    async def settle_batch(self, batch: str, entries: Sequence[Entry]) -> None:
        """Write each row with its part of a batch's answer, and delete the whole.

        A row without a part (``unmatched``, ``unreadable``) has the whole as its ``answer``; to store that once for all
        of them is up to the journal.
        """
        ...

    def tally(self, variant: str, name: Tally, cents: float) -> None:
        """Count one more row that cost nothing, or was abandoned; durable with the next write."""
        ...

    async def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each variant and state, and one for each variant and tally, made by `tally_line`.

        The caps of the next run are computed from them.
        """
        ...


@runtime_checkable
class TimedJournal(Journal, Protocol):
    """What caps per run, day and month need besides: the journal's sums by time."""

    async def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return the sums of rows, and of `replace` and erasures, that were sent at an instant or later.

        Args:
            instant: ISO text, UTC, or the beginning of one; "" for the beginning of the journal. It is compared with
                ``sent_at`` as text.
        """
        ...

    def replace(self, entry: Entry) -> None:
        """Keep the money of a row's line that the next write replaces, as a tally of its time."""
        ...


@runtime_checkable
class FindsJobs(Protocol):
    """A journal that finds rows by their job's id. One that does not is searched, row by row, for that."""

    async def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, any of those that share it; or None."""
        ...


@runtime_checkable
class ListsAnswers(Protocol):
    """A journal that lists the answers in it by their names. For one that does not, the names are kept in its meta."""

    async def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names, of those that begin so, under which `Journal.save_batch_answer` has written answers."""
        ...


class JournalReader(Protocol):
    """A journal read beside the runners that write it; nothing is changed."""

    def find(self, key: str) -> Entry | None:
        """Return one row, or None."""
        ...

    def entries(self, states: Collection[State] = ...) -> Iterator[Entry]:
        """Yield the rows in these states, the oldest first."""
        ...

    def lines(self) -> tuple[Line, ...]:
        """Return sums: one line for each kind and state."""
        ...

    def tallies(self) -> tuple[Line, ...]:
        """Return those of the `lines` that stand for no rows: what was counted besides."""
        ...

    def answer_names(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        ...

    def answers(self, prefix: str) -> Iterator[tuple[str, Body]]:
        """Yield the answers whose names begin so, the oldest first."""
        ...

    def note(self, name: str) -> str | None:
        """Return a text that `Journal.set_meta` stored, or None."""
        ...

    def purpose(self) -> dict[str, str]:
        """Return what the journal is for."""
        ...


def tally_replaced(journal: Journal, entry: Entry) -> None:
    """Keep the money of a row's line that the next write replaces."""
    if isinstance(journal, TimedJournal):
        journal.replace(entry)
    else:
        journal.tally(entry.variant, *tally_of_replaced(entry))


def tally_of_replaced(entry: Entry) -> tuple[Tally, float]:
    """Return what a replaced line is tallied as: what it may have cost when its end is not known, else what it did."""
    if entry.state in OPEN:
        return "resubmitted", entry.reserved_cents
    return "replaced", (entry.cost_cents or 0.0) + entry.reserved_cents


def doubt_of(journal: Journal) -> JournalError | None:
    """Return why nothing may be submitted on the word of this journal; None when it is whole."""
    doubt: str | None = getattr(journal, "doubt", None)
    return None if doubt is None else JournalError(doubt, in_doubt=True)


def tally_line(variant: str, name: Tally, rows: int, cents: float) -> Line:
    """Return a tally as a line: what was abandoned is exposed, everything else was charged, or would have been.

    Raises:
        JournalError: It is none that this version knows.
    """
    if name not in get_args(Tally):
        remedy = "upgrade sixtyfour_async, or put back a copy of the journal"
        raise JournalError(f"the journal counts {name!r} rows, which this version does not know: {remedy}")
    if name == "resubmitted":
        return Line(variant, name, rows, reserved_cents=cents)
    return Line(variant, name, rows, charged_cents=cents)


def merge_purpose(stored: Mapping[str, str], purpose: Mapping[str, str], journal: str) -> dict[str, str]:
    """Return what a journal is for, given what it was for and what it is wanted for.

    Raises:
        JournalError: The two differ.
    """
    different = [name for name in purpose if name in stored and stored[name] != purpose[name]]
    if different:
        changes = "; ".join(f"{name} was {stored[name]!r}, now {purpose[name]!r}" for name in different)
        remedy = "Choose another journal; nothing was changed"
        raise JournalError(f"{journal} belongs to another run: {changes}. {remedy}")
    return dict(stored) | dict(purpose)


def request_text(fields: Mapping[str, Any]) -> str:
    """Return a question's fields as JSON text."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
