"""A runner's sign of life: without it, others take over what it has under way."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, SharedJournal
from sixtyfour_async.errors import JournalError

logger = logging.getLogger("sixtyfour_async.runner")


async def keep_lease(
    journal: Journal, is_broken: Callable[[], bool], meet_others: Callable[[], Awaitable[None]]
) -> None:
    """Extend a runner's lease until cancelled, or until it is broken: others shall take over what it polls no more.

    Nothing is to be done for a journal that cannot be shared.

    A heartbeat that fails ends nothing. While too little of the lease is left no row is submitted; what runs is polled
    on, and a journal that cannot be written at all is noticed by the next row that has to be recorded.

    Args:
        journal: The journal.
        is_broken: Is the runner broken?
        meet_others: What to do after each heartbeat.
    """
    answers = True
    while isinstance(journal, SharedJournal) and not is_broken():
        await anyio.sleep(journal.lease_seconds / BEATS_PER_LEASE)
        try:
            await journal.beat()
            await meet_others()
        except JournalError as error:
            if answers:
                logger.warning("%s; nothing is submitted until the journal can be reached again", error)
            answers = False
        else:
            if not answers:
                logger.warning("the journal can be reached again")
            answers = True
