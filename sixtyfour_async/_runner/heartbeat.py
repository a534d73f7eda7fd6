"""A runner's sign of life: without it, others take over what it has under way."""

from __future__ import annotations

import logging

import anyio

from sixtyfour_async._journal.base import Journal
from sixtyfour_async._journal.sharing import BEATS_PER_LEASE, SharedJournal
from sixtyfour_async.errors import JournalError

logger = logging.getLogger("sixtyfour_async.runner")


async def keep_lease(journal: Journal) -> None:
    """Extend a runner's lease until cancelled; nothing for a journal that cannot be shared.

    A heartbeat that fails ends nothing. While too little of the lease is left no row is submitted; what runs is polled
    on, and a journal that cannot be written at all is noticed by the next row that has to be recorded.
    """
    answers = True
    while isinstance(journal, SharedJournal):
        await anyio.sleep(journal.lease_seconds / BEATS_PER_LEASE)
        try:
            await journal.beat()
        except JournalError as error:
            if answers:
                logger.warning("%s; nothing is submitted until the journal can be reached again", error)
            answers = False
        else:
            if not answers:
                logger.warning("the journal can be reached again")
            answers = True
