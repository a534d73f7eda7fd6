"""Give a parked row the id of its job, where a person knows it and the journal does not."""

from __future__ import annotations

from collections.abc import Mapping

from sixtyfour_async._journal.base import Entry, Journal, changed
from sixtyfour_async._journal.places import Place, as_named, journal_at
from sixtyfour_async.errors import JournalError


async def record_job_ids(place: Place, ids: Mapping[str, str]) -> int:
    """Record the ids of jobs that were accepted while the journal could not be written; return the number of rows.

    The next run polls them, which costs nothing. Rows that were sent together share a job: the id of one is that of
    all. All of *ids* are recorded, or none.

    Args:
        place: The journal.
        ids: Key of a row → the service's id.

    Raises:
        JournalError: It cannot be opened; or a row is not in it, or not parked as unknown, so that it needs no id.
    """
    journal = journal_at(as_named(place))
    await journal.open()
    try:
        found = [entry for key, job_id in ids.items() for entry in await _with_id(journal, place, key, job_id)]
        entries = {entry.key: entry for entry in found}
        await journal.put(*entries.values())
    finally:
        await journal.close()
    return len(entries)


async def _with_id(journal: Journal, place: Place, key: str, job_id: str) -> list[Entry]:
    entry = await journal.find(key)
    if entry is None:
        raise JournalError(f"journal {place} has no row {key!r}; nothing was recorded")
    if entry.job_id == job_id:
        return []
    if entry.state != "unknown" or entry.job_id is not None:
        raise JournalError(f"row {key!r} is {entry.state}, not unknown: it needs no job id; nothing was recorded")
    sharing = [entry] if entry.batch is None else await journal.batch_entries(entry.batch)
    return [
        changed(one, state="accepted", job_id=job_id, error=None)
        for one in sharing
        if one.state == "unknown" and one.job_id is None
    ]
