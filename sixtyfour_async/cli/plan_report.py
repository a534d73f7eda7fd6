"""A plan as text: what is asked about how many rows, what is sent, and what it takes."""

from __future__ import annotations

from collections.abc import Iterable

from sixtyfour_async._runner.outcomes import RunPlan
from sixtyfour_async.cli.enrichment import FLAGS, Enrichment
from sixtyfour_async.cli.formatting import dollars, row_count
from sixtyfour_async.cli.journal_notes import JournalNotes
from sixtyfour_async.cli.rows_to_ask import RowsToAsk

SAMPLE_ROWS = 20
"""Rows that the plan proposes to ask first."""


def plan_lines(plan: RunPlan, rows: RowsToAsk, enrichment: Enrichment, notes: JournalNotes) -> list[str]:
    """Report what a run would take."""
    earliest, latest = plan.minutes_range
    return [
        _rows_line(plan, rows),
        *_changes(rows, enrichment),
        *_first_sent(enrichment, notes),
        *_columns_lines(enrichment),
        f"  {'requests':<18} {plan.requests:>8,}   {plan.submits:,} of them submits",
        f"  {'minutes':<18} {plan.minutes:>8,.1f}   {earliest:,.1f} to {latest:,.1f}; bottleneck: {plan.bottleneck}",
        *_cost_lines(plan, notes.learned.get(enrichment.question.variant)),
    ]


def _rows_line(plan: RunPlan, rows: RowsToAsk) -> str:
    known = plan.answered + plan.running
    not_sent = [
        f"{number:,} {why}"
        for number, why in (
            (plan.duplicates, "duplicate" if plan.duplicates == 1 else "duplicates"),
            (plan.answered, "answered or parked in the journal"),
            (plan.running, "running already"),
            (plan.rejected, "with the key of another question"),
            (rows.filled, "with a value already"),
            (rows.bad, "that cannot be sent"),
        )
        if number
    ]
    total = known + plan.to_submit + plan.duplicates + plan.rejected + rows.filled + rows.bad
    return f"{row_count(total)}: {plan.to_submit:,} to send" + (f"; {', '.join(not_sent)}" if not_sent else "")


def _changes(rows: RowsToAsk, enrichment: Enrichment) -> list[str]:
    """Report what is a new question about rows that are in the journal."""
    wanted = tuple(enrichment.question.requested)
    lines = [
        f"  {', '.join(fields)}: {row_count(number)}"
        + ("" if fields == wanted else f" {'lacks' if number == 1 else 'lack'} only this")
        for fields, number in rows.missing.most_common()
    ]
    lines += [
        f"  {name}: description changed; {row_count(number)} will be asked again"
        for name, number in rows.changed.items()
        if number
    ]
    changed = [FLAGS.criteria if name == "criteria" else FLAGS.option(name) for name in rows.changed_options]
    if changed:
        lines.append(f"  {', '.join(changed)} changed since the journal was last asked: every row is a new question")
    return lines


def _first_sent(enrichment: Enrichment, notes: JournalNotes) -> list[str]:
    """Report the columns that make new questions of rows that are in the journal."""
    known = (notes.columns or {}).values()
    first = [column for column, key in enrichment.mapping.sent.items() if key not in known]
    if notes.columns is None or not first:
        return []
    return [f"  {_listed(first)}: sent for the first time; a row with a value in it is a new question, and asked again"]


def _columns_lines(enrichment: Enrichment) -> list[str]:
    mapping = enrichment.mapping
    unsent = [" ".join(one.column.split()) or "(no name)" for one in mapping.columns if one.key is None]
    offer = "   --send COLUMN sends one of them, --send-all all" if mapping.withheld else ""
    sent = f"  {'sent':<18} {_listed(mapping.sent)}"
    return [sent, *([f"  {'not sent':<18} {_listed(unsent)}{offer}"] if unsent else [])]


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(" ".join(column.split()) for column in columns)


def _cost_lines(plan: RunPlan, learned_cents: float | None) -> list[str]:
    unpriced = ", ".join(f"{variant} ({row_count(number)})" for variant, number in plan.unpriced.items())
    basis = (
        f"   this journal was charged up to {learned_cents:g} cents a row" if learned_cents and plan.to_submit else ""
    )
    if not unpriced:
        return [f"  {'cost':<18} {dollars(plan.cost_cents):>8}{basis}"]
    price = f"--price {next(iter(plan.unpriced))}=CENTS"
    return [
        f"  {'cost':<18} {dollars(plan.cost_cents) if plan.cost_cents else 'not known':>8}{basis}",
        f"  price not known: {unpriced}; give it with {price}, or ask a few rows first with --sample {SAMPLE_ROWS}",
    ]
