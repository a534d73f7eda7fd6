"""The words for where a journal's rows stand, and what a person can do about those that have no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sixtyfour_async._scheduling.row_states import State

STATE_LABELS: Final[Mapping[str, str]] = {
    "completed": "answered",
    "no_answer": "completed without an answer",
    "unmatched": "answered, and not told apart",
    "unreadable": "answered, and not readable",
    "failed": "failed at the service",
    "cancelled": "cancelled at the service",
    "accepted": "running when last polled",
    "lost": "no longer known to the service",
    "unknown": "unknown",
    "intended": "being sent",
    "released": "not accepted",
    "duplicate": "duplicate within a run, paid once",
    "reused": "answered from the journal",
    "resubmitted": "unknown, resubmitted on request",
    "replaced": "ended, and sent again on request",
    "forgotten": "erased",
}
"""State of a `Line` → its label, in the order of print."""

_KEPT: Final = "The whole answer is kept: `sixtyfour export {journal} --out rows.csv --bodies FOLDER` writes it out."
_PARKED: Final = (
    "It may have been accepted and billed, so it is never sent again by itself. Look for it in the service's own list "
    "of jobs. If it is there, `sixtyfour journal record {journal} KEY=JOB_ID`, and the next run fetches its answer at "
    "no cost. If it is not, `--on-unknown resubmit` sends it again; that pays twice if it was accepted after all."
)

REMEDIES: Final[Mapping[State, str]] = {
    "no_answer": "The service finished and found nothing. To say more about the row, such as its website, makes it a "
    "new question, which is paid for.",
    "unmatched": f"Several rows shared an answer, and no part of it could be shown to be this row's. {_KEPT}",
    "unreadable": _KEPT,
    "failed": "The same command with `--retry-failed` asks these rows again.",
    "cancelled": "The same command with `--retry-failed` asks these rows again.",
    "accepted": "Run the same command again: these jobs are polled, not sent again. They are billed either way.",
    "lost": "Run the same command again: the job ids are polled once more. If the service stays without them, "
    "`--on-unknown resubmit` sends the rows again, which may pay twice.",
    "unknown": _PARKED,
    "intended": "A run is sending it now; or a run was killed while it did so, and the next one parks it as unknown.",
    "released": "Nothing was accepted or billed. The next run sends these rows again; correct the cause first.",
}
"""State of a row without an answer → what to do about it; commands stand in backticks, ``{journal}`` for the journal's
name."""
