"""How a runner hears of what others write: LISTEN, proved to work again and again; or else by asking.

A listening connection fails silently: a network may stop forwarding, and a pooler that gives each transaction another
backend takes the words and never delivers. So the listener notifies itself, over the connection that is used for
everything else. When it hears nothing twice, the number of commits is asked for instead.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import psycopg

from sixtyfour_async._journal.postgres_link import Link
from sixtyfour_async._postgres.connection import close_quietly, connect

PING_SECONDS = 3.0
"""Real seconds between two proofs."""

ANSWER_SECONDS = 2.0
"""Real seconds within which the listener must hear itself."""

POLL_SECONDS = 0.5
"""Real seconds between two questions, where listening does not work."""

LISTEN_AGAIN_SECONDS = 60.0
"""Real seconds after which listening is tried again."""

CONNECT_AGAIN_SECONDS = 1.0
"""Real seconds between two attempts to connect."""

Clock: TypeAlias = Callable[[], float]

logger = logging.getLogger("sixtyfour_async.journal")


class Listener:
    """What others write, heard.

    Args:
        link: The connection that is used for everything else.
        clock: Seconds.
    """

    def __init__(self, link: Link, clock: Clock = time.monotonic) -> None:
        self._link = link
        self._clock = clock
        self._connection: psycopg.Connection[Any] | None = None
        self._connect_at = 0.0
        self._missed = 0
        self._deaf_until: float | None = None
        self._said = False
        self._ping = 0
        self._pinged_at: float | None = None  # None once it was heard
        self._heard_at = 0.0
        self._commits = -1
        self._asked_at = 0.0

    @property
    def has_heard(self) -> bool:
        """Whether it has heard itself since it was connected."""
        return self._connection is not None and self._pinged_at is None

    def has_changed(self, journal: str, runner: int) -> bool:
        """Return whether another runner may have written since the last call.

        Args:
            journal: The journal's id.
            runner: The number of the runner that asks.

        Raises:
            JournalError: The server could not be reached for as long as patience lasts.
        """
        now = self._clock()
        if self._deaf_until is not None:
            if now < self._deaf_until:
                return self._poll(now)
            self._deaf_until, self._missed = None, 1  # one more chance
        try:
            if self._connection is None:
                return self._listen(journal, runner, now)
            changed = self._hear(self._connection, runner, now)
        except psycopg.Error:
            self.close()
            return False  # what was missed is made up for once there is a new one
        return self._prove(journal, runner, now) or changed

    def _listen(self, journal: str, runner: int, now: float) -> bool:
        """Connect; what was missed before is unknown, so something may have changed."""
        if now < self._connect_at:
            return False
        self._connect_at = now + CONNECT_AGAIN_SECONDS
        self._connection = connect(self._link.address)
        self._connection.execute(f'LISTEN "{_channel(journal)}"'.encode())
        self._send(journal, runner, now)
        return True

    def _hear(self, connection: psycopg.Connection[Any], runner: int, now: float) -> bool:
        """Take in what has arrived; return whether another runner has written."""
        changed = False
        for said in _arrived(connection):
            speaker, _, what = said.partition(" ")
            if not what.startswith("ping"):
                changed = changed or speaker != str(runner)
            elif what == f"ping {self._ping}" and speaker == str(runner):
                self._pinged_at, self._heard_at, self._missed = None, now, 0
        return changed

    def _prove(self, journal: str, runner: int, now: float) -> bool:
        """Ask for a proof when one is due, and draw the consequence when it did not come."""
        if self._pinged_at is None:
            if now - self._heard_at >= PING_SECONDS:
                self._send(journal, runner, now)
            return False
        if now - self._pinged_at < ANSWER_SECONDS:
            return False
        self._missed += 1
        self.close()
        self._connect_at = 0.0
        if self._missed > 1:
            self._give_up(now)
        return True

    def _give_up(self, now: float) -> None:
        self._deaf_until = now + LISTEN_AGAIN_SECONDS
        if not self._said:
            self._said = True
            logger.warning(
                "journal %s: LISTEN hears nothing, as behind a pooler in transaction mode; asking every %g s instead",
                self._link.address,
                POLL_SECONDS,
            )

    def _send(self, journal: str, runner: int, now: float) -> None:
        self._ping += 1
        self._pinged_at = now
        self._link.ask("SELECT pg_notify(%s, %s)", (_channel(journal), f"{runner} ping {self._ping}"))

    def _poll(self, now: float) -> bool:
        if now - self._asked_at < POLL_SECONDS:
            return False
        self._asked_at = now
        before, self._commits = self._commits, int(self._link.ask("SELECT commits FROM sixtyfour_journal")[0][0])
        return before != self._commits

    def close(self) -> None:
        """Close the connection; it is made again when somebody asks."""
        close_quietly(self._connection)
        self._connection, self._pinged_at = None, None


def _channel(journal: str) -> str:
    return f"sixtyfour_{journal}"


def _arrived(connection: psycopg.Connection[Any]) -> Iterator[str]:
    """Yield the notifications that have come, without waiting for any."""
    connection.pgconn.consume_input()
    while notice := connection.pgconn.notifies():
        yield notice.extra.decode()
