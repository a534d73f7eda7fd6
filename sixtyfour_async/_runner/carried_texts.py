"""Texts that hooks have kept with a running job, such as a traceparent, for the run that takes the job over.

They lie beside the rows in the journal, under a few thousand names, and the job's id decides which: so nobody has to
clear them away, and any process finds a job's text by its id. A job whose name is taken by another loses its text. That
costs a link between two spans, and nothing else.
"""

from __future__ import annotations

import json
from zlib import crc32

from sixtyfour_async._journal.base import Journal

NAMES = 16_384
"""How many texts the journal holds at most."""


async def keep_text(journal: Journal, job_id: str, text: str) -> None:
    """Keep a text with a job.

    Raises:
        JournalError: The journal cannot take it.
    """
    await journal.set_meta(_name(job_id), json.dumps([job_id, text]))


async def text_of(journal: Journal, job_id: str) -> str | None:
    """Return the text that was kept with a job, or None."""
    owner, text = json.loads(await journal.get_meta(_name(job_id)) or '["", ""]')
    return text if owner == job_id else None


def _name(job_id: str) -> str:
    return f"carried {crc32(job_id.encode('utf-8', 'surrogatepass')) % NAMES}"
