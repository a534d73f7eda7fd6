"""The last words of a run, for a manager and for whoever must go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sixtyfour_async._runner.outcomes import RunPlan
from sixtyfour_async.cli.enrichment import NOT_ASKED
from sixtyfour_async.cli.execution import Counts, Run
from sixtyfour_async.cli.progress import duration

MEANINGS = {
    "completed": "answered",
    "failed": "failed",
    "cancelled": "cancelled",
    "rejected": "not taken",
    "unknown": "unknown",
    "unfinished": "still running",
    NOT_ASKED: "not asked",
}


def summary(
    run: Run, counts: Counts, *, out: Path, journal: Path, speed: float, proof: Sequence[str] = ()
) -> list[str]:
    """Say how a run ended, what it cost, and where everything is."""
    stats = run.stats
    took = duration(run.real_seconds)
    if speed != 1:
        took += f" ({run.seconds / 60:.1f} simulated minutes at {speed:g} times real speed)"
    lines = [f"{rows(counts.rows)} in {took}", ""]
    for status, meaning in MEANINGS.items():
        number = counts.statuses.get(status, 0)
        if number or status == "completed":
            lines.append(f"  {meaning:<18} {number:>8,}   {100 * number / max(1, counts.rows):.1f} %")
    if counts.statuses.get("unknown"):
        lines.append(
            "    unknown rows may have been taken and billed: they are parked, and never sent again by themselves;"
        )
        lines.append(
            f"    `sixtyfour status {journal}` lists them; --on-unknown resubmit asks again, and may pay twice"
        )
    lines += [f"    {error}" for error in counts.first_errors]
    answered = counts.statuses.get("completed", 0)
    each = f"   {counts.cost_cents / answered:.1f} cents an answer" if answered else ""
    lines.append(f"  {'spent':<18} {dollars(counts.cost_cents):>8}{each}")
    if stats is not None and stats.exposed_cents:
        lines.append(f"  {'at stake':<18} {dollars(stats.exposed_cents):>8}   in rows whose end is not known")
    if stats is not None and stats.requests:
        asked = sum(stats.ended.values()) - stats.replayed
        minutes = max(run.seconds, 1.0) / 60
        used = (
            f"{stats.requests / max(1, asked):.1f} a row, {stats.requests / minutes:.0f} a minute of "
            f"{stats.requests_per_minute}, {stats.throttled} times refused (429)"
        )
        lines.append(f"  {'pace':<18} {asked / minutes:>8,.0f}   jobs a minute")
        lines.append(f"  {'requests':<18} {stats.requests:>8,}   {used}")
    if stats is not None and stats.replayed:
        lines.append(f"  {'from the journal':<18} {stats.replayed:>8,}   answered before, not asked again")
    return [*lines, *proof, "", f"  {out}", f"  {journal} (the journal: what is answered in it is never asked again)"]


def foreseen(plan: RunPlan) -> list[str]:
    """Say what a run would take."""
    early, late = plan.minutes_range
    left_out = [
        f"{number:,} {what}"
        for number, what in (
            (plan.duplicates, "asked twice"),
            (plan.answered, "answered or parked in the journal"),
            (plan.running, "running already"),
            (plan.rejected, "under another question's key"),
        )
        if number
    ]
    unpriced = ", ".join(f"{variant} ({rows(number)})" for variant, number in plan.unpriced.items())
    return [
        f"{rows(plan.rows)}: {plan.asked:,} to ask" + (f"; {', '.join(left_out)}" if left_out else ""),
        f"  {'requests':<18} {plan.requests:>8,}   {plan.submits:,} of them submits",
        f"  {'minutes':<18} {plan.minutes:>8,.1f}   {early:,.1f} to {late:,.1f}; what bottleneck: {plan.bottleneck}",
        f"  {'cost':<18} {dollars(plan.cost_cents):>8}"
        + (f"   without {unpriced}: no price known" if unpriced else ""),
        "nothing was sent",
    ]


def dollars(cents: float) -> str:
    """Write an amount."""
    return f"${cents / 100:,.2f}"


def rows(number: int) -> str:
    """Write ``1 row`` or ``1,510 rows``."""
    return f"{number:,} row{'' if number == 1 else 's'}"


def how_to_go_on(run: Run, command: str) -> list[str]:
    """Say what still runs, and how to resume."""
    lines: list[str] = []
    if run.left_running:
        ids = ", ".join(left.job_id for left in run.left_running[:3])
        more = ", …" if len(run.left_running) > 3 else ""  # noqa: PLR2004 (a few to show)
        lines.append(f"{len(run.left_running):,} jobs still run over there and are billed: {ids}{more}")
    return [*lines, "to go on where this stopped, run the same command again:", f"  {command}"]
