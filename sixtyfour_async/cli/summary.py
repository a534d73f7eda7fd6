"""The text that ends a run or a dry run: outcomes, cost, requests, files, and how to resume."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sixtyfour_async._journal.places import Place
from sixtyfour_async._runner.outcomes import Stats
from sixtyfour_async.cli.execution import RunResult
from sixtyfour_async.cli.formatting import dollars, duration, row_count
from sixtyfour_async.cli.output_rows import OutputCounts
from sixtyfour_async.questions.outcome_columns import NOT_ASKED

STATUS_LABELS = {
    "completed": "answered",
    "no_answer": "no answer",
    "unmatched": "not told apart",
    "unreadable": "not readable",
    "failed": "failed",
    "cancelled": "cancelled",
    "rejected": "rejected",
    "unknown": "unknown",
    "lost": "lost at the service",
    "unfinished": "still running",
    NOT_ASKED: "not sent",
}
"""Status in the output → its label, in the order of print."""

MAX_JOB_IDS_SHOWN = 3


def summary_lines(
    result: RunResult,
    counts: OutputCounts,
    *,
    out: Path,
    journal: Place,
    speed: float,
    comparison: Sequence[str] = (),
) -> list[str]:
    """Report how a run ended, what it cost, and where its files are; *comparison* is inserted before the files."""
    stats = result.stats
    took = duration(result.real_seconds)
    if speed != 1:
        took += f" ({result.seconds / 60:.1f} simulated minutes at {speed:g} times real speed)"
    lines = [f"{row_count(counts.rows)} in {took}", ""]
    for status, label in STATUS_LABELS.items():
        number = counts.statuses.get(status, 0)
        if number or status == "completed":
            lines.append(f"  {label:<18} {number:>8,}   {100 * number / max(1, counts.rows):.1f} %")
    if counts.statuses.get("unknown"):
        lines += [
            "    unknown rows may have been accepted and billed: they are parked, and never resubmitted automatically;",
            f"    `sixtyfour status {journal}` lists them; --on-unknown resubmit sends them again, and may pay twice",
        ]
    lines += [f"    {error}" for error in counts.first_errors]
    lines += [f"    {note}" for note in counts.notes]
    answered = counts.statuses.get("completed", 0)
    each = f"   {counts.cost_cents / answered:.1f} cents an answer" if answered else ""
    lines.append(f"  {'spent':<18} {dollars(counts.cost_cents):>8}{each}")
    if stats is not None:
        lines += _stats_lines(stats, minutes=max(result.seconds, 1.0) / 60)
    return [
        *lines,
        *comparison,
        "",
        *([] if str(out) == "-" else [f"  {out}"]),
        f"  {journal} (the journal: rows answered in it are never sent again)",
    ]


def _stats_lines(stats: Stats, *, minutes: float) -> list[str]:
    lines: list[str] = []
    if stats.unstated_cents:
        unstated = f"{dollars(stats.unstated_cents):>8}   reserved for answers whose charge was not stated"
        lines.append(f"  {'charge not stated':<18} {unstated}")
    if stats.exposed_cents:
        exposed = f"{dollars(stats.exposed_cents):>8}   for rows that may have been, or may still be, billed"
        lines.append(f"  {'exposed':<18} {exposed}")
    if stats.requests:
        ended = sum(stats.ended.values()) - stats.replayed
        usage = (
            f"{stats.requests / max(1, ended):.1f} a row, {stats.requests / minutes:.0f} of "
            f"{stats.requests_per_minute} a minute, {stats.throttled} refused (429)"
        )
        lines.append(f"  {'pace':<18} {ended / minutes:>8,.0f}   jobs a minute")
        lines.append(f"  {'requests':<18} {stats.requests:>8,}   {usage}")
    if stats.replayed:
        lines.append(f"  {'from the journal':<18} {stats.replayed:>8,}   answered earlier, not sent again")
    return lines


def resume_lines(result: RunResult, command: str) -> list[str]:
    """Report which jobs are still running, and the command that resumes the run."""
    lines: list[str] = []
    number = len(result.left_running)
    if number:
        ids = ", ".join(job.job_id for job in result.left_running[:MAX_JOB_IDS_SHOWN])
        more = ", …" if number > MAX_JOB_IDS_SHOWN else ""
        jobs = "1 job is" if number == 1 else f"{number:,} jobs are"
        lines.append(f"{jobs} still running at the service and will be billed: {ids}{more}")
    return [*lines, "to resume, run the same command again:", f"  {command}"]
