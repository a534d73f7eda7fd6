"""The journal in a PostgreSQL database, for any number of processes on any number of machines."""

from __future__ import annotations

from sixtyfour_async._journal.lease import Clock
from sixtyfour_async._journal.sharing import LEASE_SECONDS
from sixtyfour_async._journal.stored import StoredJournal
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._uptime import uptime

PATIENCE_SECONDS = 60.0
"""Real seconds for which a database that cannot be reached is waited for."""


class PostgresJournal(StoredJournal):
    """A journal in a PostgreSQL database, shared by any number of processes on any number of machines.

    Needs the extra ``postgres``. A runner makes it from ``journal="postgresql://…"``. The tables, ``sixtyfour_…``, are
    created where they are missing, in the first schema of the search path; there is one journal for each schema, so a
    second run beside the first goes into another one: ``postgresql://host/db?options=-csearch_path%3Dsecond``.

    *What is shared.* Rows, answers, caps, deep searches and jobs under way, whoever sends them. A row that one process
    has under way is not sent by another one: that one waits for the same answer.

    *Sizing.* One connection for each process that has the journal open, a second one while it waits for others, and one
    for the budget. A commit takes the lock on one row for as long as it takes the server to write it; writers of one
    process share commits. A key's 500 requests a minute are about 30 rows a second, of one to a few kilobytes each.

    *When the database is away*, reads and writes wait for `patience_seconds` and then raise `JournalError`. A runner
    sends nothing meanwhile, not even polls, since the requests of the key are lent by the same database; and nothing
    that costs money ever leaves with less than a fifth of the lease left. When a process is cut off for longer than its
    lease, others take over: what it was about to send is unknown, what was accepted is polled by whoever asks for it.
    When it comes back, it cannot overwrite what they wrote. A commit whose confirmation was lost is asked for by its
    number, and not carried out a second time.

    *In doubt.* A standby that was promoted, a backup that was put back, or a copy in another database may lack the last
    commits. `doubt` says so, as far as it can be noticed: from the server's timeline, and from what this machine has
    noted in the user's state folder. `JobRunner` then submits nothing, until ``sixtyfour journal adopt URL``. With
    ``synchronous_commit=off`` a crash of the server loses commits without a trace; ``sixtyfour journal check`` warns.

    *Poolers.* pgbouncer in transaction mode works; LISTEN does not pass through it, so changes are asked for twice a
    second instead, which is logged once.

    *Personal data.* What you asked about and what came back lies in ``sixtyfour_jobs``, ``sixtyfour_answers`` and
    ``sixtyfour_meta``, readable by every role that may read those. The API key is never stored. `forget` erases a row
    from the tables and asks for a VACUUM. That does not reach the server's log, its replicas and backups, nor what is
    freed in the tables' files before it is used again: those are up to whoever runs the database.

    *Privileges.* ``sixtyfour journal init URL --grant ROLE`` creates the tables, and lets ROLE use them: USAGE on the
    schema, and SELECT, INSERT, UPDATE, DELETE on the tables. A runner needs no more.

    *Cleaning up.* ``sixtyfour journal copy URL RUN.DB`` takes the run out; then drop the schema, or the tables and
    functions whose names begin with ``sixtyfour_``.

    Args:
        url: ``postgresql://user@host:port/database``, as libpq reads it; a password is better left to ``PGPASSWORD`` or
            ``~/.pgpass``. It is never shown or logged.
        lease_seconds: Real seconds without a heartbeat after which other processes take over from this one.
        patience_seconds: Real seconds for which a database that cannot be reached is waited for, once it was reached.
        clock: What this process measures its own lease by: seconds since the machine was booted.

    Raises:
        ConfigurationError: psycopg is not installed.
        JournalError: The URL cannot be read. Later: the database refuses, or cannot be reached.
    """

    def __init__(
        self,
        url: str,
        *,
        lease_seconds: float = LEASE_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
        clock: Clock = uptime,
    ) -> None:
        self.address = Address.of(url)
        # Only now: it needs psycopg, of which the address has said if it is missing.
        from sixtyfour_async._journal.postgres_store import PostgresStore  # noqa: PLC0415

        super().__init__(PostgresStore(self.address, lease_seconds, patience_seconds, clock))

    @property
    def budget_place(self) -> str:
        """Where the processes that use this journal share the requests of a key: in the same database."""
        return self.address.url

    def __repr__(self) -> str:
        return f"PostgresJournal({self.address.shown!r})"
