"""The store of `PostgresJournal`: tables in a database, and this process's line among their runners."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sixtyfour_async._journal.base import CRASHED, Entry, merge_purpose
from sixtyfour_async._journal.changes import Change
from sixtyfour_async._journal.erasure import without_row
from sixtyfour_async._journal.evidence import Witness, now
from sixtyfour_async._journal.fencing import WRITTEN
from sixtyfour_async._journal.lease import Clock, Lease
from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._journal.postgres_listener import Listener
from sixtyfour_async._journal.postgres_reading import PostgresReader
from sixtyfour_async._journal.postgres_rows import Message, as_text, id_of, not_written, result_of
from sixtyfour_async._journal.postgres_tables import prepare, vacuum
from sixtyfour_async._journal.refusals import refusal
from sixtyfour_async._journal.sharing import Claim
from sixtyfour_async._journal.wholeness import Note, Verdict
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._scheduling.ledger import Line
from sixtyfour_async._scheduling.row_states import ENDED, SHARED, State
from sixtyfour_async._wire.body import Body
from sixtyfour_async.errors import JournalError

LEAVING_SECONDS = 2.0
"""Real seconds for which a database is waited for in order to tell it that this runner leaves."""

_COMMIT = "SELECT sixtyfour_commit(%s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %b::bytea[])"
_BEAT = "SELECT sixtyfour_beat(%s, %s, %s, %s, %s, %s, %s)"
_FORGET = "SELECT sixtyfour_forget(%s, %s, %s, %s, %s, %s)"
_OTHERS_OVERDUE = (
    "SELECT extract(epoch FROM clock_timestamp() - min(lease_until))::double precision FROM sixtyfour_runners"
    " WHERE number IN (SELECT owner FROM sixtyfour_jobs WHERE state IN ('intended', 'accepted') AND owner <> %s)"
)
_REPLACED = "was adopted, or put back, while this process used it"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the journal last said of itself; see the table ``sixtyfour_journal``."""

    id: str = ""
    commits: int = 0
    intents: int = 0
    changed_at: str = ""
    doubt: str | None = None

    @classmethod
    def of(cls, stand: Mapping[str, Any]) -> Seen:
        """Take it from the answer of the database."""
        return cls(**{one.name: stand[one.name] for one in fields(cls)})


class PostgresStore:
    """A journal in PostgreSQL as a `Store`; see `sixtyfour_async._journal.stored`.

    Every commit has a serial number, which the database keeps with it: one whose end was not heard, because the
    connection was cut, is sent again under the same number, and is not carried out a second time.

    Args:
        address: The database.
        lease_seconds: Real seconds without a heartbeat after which other runners take over from a runner.
        patience: Real seconds for which a database that cannot be reached is waited for.
        clock: What this process measures its own lease by.
    """

    def __init__(self, address: Address, lease_seconds: float, patience: float, clock: Clock) -> None:
        self._address = address
        self._link = Link(address, patience)
        self._reader = PostgresReader(self._link)
        self._listener = Listener(self._link)
        self._lease = Lease(lease_seconds, clock)
        self._process = uuid.uuid4().hex
        self._serial = 0
        self._unheard: tuple[int, list[Change]] | None = None
        self._seen = Seen()
        self._doubt: str | None = None
        self._witness = Witness()
        self._open = False

    # --- open and closed ----------------------------------------------------------------------------------------

    @property
    def doubt(self) -> str | None:
        """Why nothing may be submitted, in one line, with the remedy; None when the journal is whole."""
        return self._doubt

    @property
    def lease_seconds(self) -> float:
        """Real seconds without a heartbeat after which other runners take over from a runner."""
        return self._lease.seconds

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not closed since."""
        return self._open

    def open(self) -> None:
        """Create the tables where they are missing, register as a runner, and free what nobody holds."""
        try:
            prepare(self._link)
            self._seen, self._doubt = seen_by(self._link), None
            self._reader.runner = 0
            self._open = True
            self.beat()
        except BaseException:
            self._open = False
            self._link.close()
            raise

    def close(self) -> None:
        """Give up what this runner holds. When the database cannot be told, the lease runs out."""
        if not self._open:
            return
        self._open = False
        self._lease.ended()
        try:
            leave = "SELECT sixtyfour_leave(%s, %s)"
            self._link.ask(leave, (self._reader.runner, CRASHED), patience=LEAVING_SECONDS)
        except JournalError:
            pass  # what was written is durable; others take over from this runner in a lease
        finally:
            self._listener.close()
            self._link.close()
            self._witness.close()

    def _opened(self) -> Link:
        if not self._open:
            raise JournalError(f"journal {self._address} is not open")
        return self._link

    # --- writing ------------------------------------------------------------------------------------------------

    def commit(self, changes: Sequence[Change]) -> list[Claim]:
        """Write in one transaction; durable on return."""
        written = self._settled()
        left = not_written(changes, [change for change, _ in written])
        written += zip(left, self._commit(left), strict=True) if left else ()
        results = {id(change): claim for change, claim in written}
        return [results.get(id(change), WRITTEN) for change in changes]

    def _commit(self, changes: list[Change]) -> list[Claim]:
        self._serial += 1
        message, at, seen = Message.of(changes), self._lease.now(), self._seen
        what = (self._process, self._serial, self._reader.runner, self._lease.seconds, now())
        self._unheard = (self._serial, changes)  # until it is known what became of it
        values = (*what, seen.id, seen.commits, seen.intents, message.text, message.bodies)
        return self._heard(changes, self._opened().ask(_COMMIT, values)[0][0], at)

    def _settled(self) -> list[tuple[Change, Claim]]:
        """Return what was written in a commit whose end was not heard; one that was not never will be."""
        if self._unheard is None:
            return []
        serial, changes = self._unheard
        stand = self._link.ask("SELECT sixtyfour_settle(%s, %s)", (self._process, serial))[0][0]
        if stand is None:
            self._unheard = None
            return []
        return list(zip(changes, self._heard(changes, stand, None), strict=True))

    def _heard(self, changes: list[Change], stand: Mapping[str, Any], at: float | None) -> list[Claim]:
        """Take in what became of a commit."""
        self._unheard = None
        self._note(stand, at)
        return [result_of(change, result) for change, result in zip(changes, stand["results"], strict=True)]

    def beat(self) -> None:
        """Extend the lease, take over from runners whose lease has run out, and free what nobody holds."""
        at, seen = self._lease.now(), self._seen
        what = (self._reader.runner, self._lease.seconds, self._lease.beat(at), CRASHED)
        stand = self._opened().ask(_BEAT, (*what, seen.id, seen.commits, seen.intents))[0][0]
        self._note(stand, at)
        self._lease.extended(at)

    def _note(self, stand: Mapping[str, Any], at: float | None) -> None:
        """Take in what the journal says of itself, and note it outside of the database.

        Args:
            stand: What it says.
            at: When that was asked for, by this process's clock.
        """
        if stand["runner"] != self._reader.runner:
            self._registered(stand["runner"], at)
        seen, reason = Seen.of(stand), stand["doubt"]
        if seen.id != self._seen.id:
            seen, reason = self._seen, _REPLACED
        self._doubt = None if reason is None else refusal(self._address, Verdict("doubt", reason))
        if seen.intents > self._seen.intents and reason is None:
            note = Note(seen.id, 0, seen.commits, seen.intents, seen.changed_at, str(self._address))
            self._witness.write(note)
        if seen.commits > self._seen.commits:
            self._seen = seen

    def _registered(self, runner: int, at: float | None) -> None:
        self._reader.runner = runner
        self._lease.ended()
        self._listener.close()  # what was written while this runner counted as gone, nobody told it
        if at is not None:
            self._lease.beat(at)
            self._lease.extended(at)

    def may_send(self) -> bool:
        """Return whether enough of the lease is left to send a request that costs money."""
        return self._doubt is None and self._lease.may_send()

    def has_changed(self) -> bool:
        """Return whether another runner may have written since the last call."""
        self._opened()
        return self._listener.has_changed(self._seen.id, self._reader.runner)

    def others_quiet_for(self) -> float | None:
        """Return for how long nothing was heard of the others that hold rows; None when there are none."""
        overdue = self._opened().ask(_OTHERS_OVERDUE, (self._reader.runner,))[0][0]
        return None if overdue is None else max(0.0, overdue + self._lease.seconds)

    def bind(self, purpose: Mapping[str, str]) -> None:
        """Record what this journal is for; what is decided from must still hold when it is written."""
        link = self._opened()
        while True:
            known = self._reader.purpose()
            used = link.ask("SELECT EXISTS (SELECT FROM sixtyfour_jobs WHERE state <> 'released')")[0][0]
            merge_purpose(known if used else {}, purpose, f"journal {self._address}")
            values = (json.dumps(_texts(known)), json.dumps(_texts(purpose)), used)
            if link.ask("SELECT sixtyfour_bind(%s::jsonb, %s::jsonb, %s)", values)[0][0]:
                return

    def forget(self, key: str) -> bool:
        """Erase a row. Its bytes stay in the database's log, its backups, and in pages that are not used again yet."""
        link = self._opened()
        while (row := self._reader.find(key)) is not None:
            if link.ask(_FORGET, (id_of(key), row.version, *self._shared_after(row)))[0][0]:
                vacuum(link)
                return True
        return False

    def _shared_after(self, row: Entry) -> tuple[str | None, bytes | None, bytes | None, str | None]:
        """Return the batch of a row whose answer is kept, that answer, and what is left of it without the row."""
        whole = None if row.batch is None else self._reader.load_batch_answer(row.batch)
        if row.batch is None or whole is None:
            return None, None, None, None
        others = [other for other in self._reader.batch_entries(row.batch) if other.key != row.key]
        needed = any(other.state in SHARED or other.state not in ENDED for other in others)
        rest = without_row(whole, row, others) if needed else None
        batch = as_text(row.batch)
        if rest is None:
            return batch, whole.content, None, None
        return batch, whole.content, rest.content, as_text(rest.content_type)

    # --- reading ------------------------------------------------------------------------------------------------

    def _reading(self) -> PostgresReader:
        self._opened()
        return self._reader

    def get_meta(self, name: str) -> str | None:
        """Return a text that was stored under a name, or None."""
        return self._reading().note(name)

    def find_from(self, key: str, count: int) -> list[Entry]:
        """Return a row, and rows that were first written after it."""
        return self._reading().find_from(key, count)

    def find_all(self, keys: Collection[str]) -> list[Entry]:
        """Return the rows of these keys that there are."""
        return self._reading().find_all(keys)

    def find_job(self, job_id: str) -> Entry | None:
        """Return a row by the service's id of its job, or None."""
        return self._reading().find_job(job_id)

    def pages(self, states: Collection[State]) -> Iterator[list[Entry]]:
        """Yield pages of rows in these states, the oldest first."""
        return self._reading().pages(states)

    def batch_entries(self, batch: str) -> list[Entry]:
        """Return the rows of a batch, in the order in which they were sent."""
        return self._reading().batch_entries(batch)

    def load_batch_answer(self, batch: str) -> Body | None:
        """Return the answer to a batch that is not settled yet, or None."""
        return self._reading().load_batch_answer(batch)

    def list_batch_answers(self, prefix: str) -> list[str]:
        """Return the names of answers that begin so, the oldest first."""
        return self._reading().answer_names(prefix)

    def lines_since(self, instant: str) -> tuple[Line, ...]:
        """Return sums over what was sent at an instant or later."""
        return tuple(self._reading().lines_since(instant))


def seen_by(link: Link) -> Seen:
    """Return what this machine has seen of a journal, by the witness in the user's state folder.

    Raises:
        JournalError: The database cannot be asked.
    """
    found = link.ask("SELECT id FROM sixtyfour_journal")
    if not found:
        raise JournalError(f"journal {link.address} is damaged: the row of sixtyfour_journal is missing")
    note = Witness.read(found[0][0])
    if note is None or note.id != found[0][0]:
        return Seen(found[0][0])
    return Seen(note.id, note.commits, note.intents, note.at)


def _texts(texts: Mapping[str, str]) -> dict[str, str]:
    return {as_text(name): as_text(text) for name, text in texts.items()}
