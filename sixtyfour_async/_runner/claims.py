"""Rows are claimed before anything is done for them, so that no two runners of a journal do it.

A submit's intent is a claim, checked against the limits that hold for all runners together in the same commit. A job
that an earlier run submitted is claimed before it is polled. A journal of one's own that cannot be shared knows no
claims: all of its rows are ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from sixtyfour_async._journal.base import Journal, tally_replaced
from sixtyfour_async._journal.sharing import Claim, Limits, SharedJournal
from sixtyfour_async._runner.shared_limits import SharedLimits
from sixtyfour_async._runner.submission import Submission
from sixtyfour_async._scheduling.messages import Submit


class Claims:
    """The claims of one runner.

    Args:
        journal: The journal.
        limits: What holds for all of its runners together; None when it has one runner only.
    """

    def __init__(self, journal: Journal, limits: SharedLimits | None) -> None:
        self._journal = journal
        self._shared = journal if isinstance(journal, SharedJournal) else None
        self._limits = limits

    async def intend(self, submission: Submission, command: Submit) -> Claim:
        """Commit the intent to send a submission; rows that are refused keep the line that they had."""
        before = [(row, row.entry) for row in submission.rows]
        replaced = [row.replaced for row in submission.rows if row.replaced is not None]
        entries = submission.intend(command)
        if self._shared is None or self._limits is None:
            for entry in replaced:
                tally_replaced(self._journal, entry)
            await self._journal.put(*entries)
            claim = Claim()
        else:
            limits = self._limits.on(submission.first, in_doubt=command.in_doubt)
            claim = await self._shared.claim(entries, limits, replaced)
        for row, entry in before:
            if claim.exceeded is not None or entry.key in claim.refused:
                row.entry = entry
            else:
                row.replaced = None
        submission.held = claim.exceeded is None
        return claim

    async def hold(self, submissions: Sequence[Submission]) -> list[Submission]:
        """Claim what an earlier run submitted, before it is polled; return what another runner has taken meanwhile."""
        free = [submission for submission in submissions if not submission.held]
        if self._shared is None or not free:
            return []
        entries = [entry for submission in free for entry in submission.advance("accepted")]
        claim = await self._shared.claim(entries, Limits())
        taken = [one for one in free if any(row.entry.key in claim.refused for row in one.rows)]
        for submission in free:
            submission.held = submission not in taken
        return taken

    def objection(self) -> str | None:
        """Return why a request that costs money must not leave now; None when it may."""
        if self._shared is None or self._shared.may_send():
            return None
        return "this process stood still for so long, or the journal did, that another one may have taken the row over"

    async def hand_back(self, submission: Submission) -> None:
        """Let others poll a job that is polled here no more."""
        if self._shared is not None:
            await self._shared.hand_back([row.entry.key for row in submission.rows])
