"""Jobs that the service accepted and the journal could not take, such as on a full disk: only we know their ids."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from sixtyfour_async._journal.places import Place, reading
from sixtyfour_async._runner.outcomes import Unfinished
from sixtyfour_async.errors import JournalError


def unrecorded_note(jobs: Sequence[Unfinished], journal: Place) -> str:
    """Report the jobs whose ids are not in the journal, with the command that records them; "" if all are."""
    lacking = _not_in(journal, jobs)
    if not lacking:
        return ""
    jobs_were, ids = ("1 job was", "its id") if len(lacking) == 1 else (f"{len(lacking):,} jobs were", "their ids")
    command = ["sixtyfour", "journal", "record", str(journal), *(f"{job.key}={id_}" for id_, job in lacking.items())]
    return (
        f"{jobs_were} accepted, and the journal could not record {ids}; keep this command, which does so once the disk "
        f"has room, so that the next run fetches what was paid for:\n  {shlex.join(command)}"
    )


def _not_in(journal: Place, jobs: Sequence[Unfinished]) -> dict[str, Unfinished]:
    """Return the jobs whose ids a journal does not have, by id; rows that were sent together share one."""
    if not jobs:
        return {}
    try:
        with reading(journal) as reader:
            return {
                job.job_id: job
                for job in reversed(jobs)
                if (entry := reader.find(job.key)) is None or entry.job_id != job.job_id
            }
    except JournalError:  # what cannot be read may have none of them
        return {job.job_id: job for job in reversed(jobs)}
