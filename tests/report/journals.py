"""Journals made by hand, as a run leaves them, with the texts and times that a test is about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sixtyfour_async._journal.base import Entry, request_text
from sixtyfour_async._journal.places import reading
from sixtyfour_async._journal.sqlite import SqliteJournal
from sixtyfour_async._wire.body import Body
from sixtyfour_async.report.summary import Summary

BEGIN = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
STRUCT = {"headquarters": "City of the head office", "employees": {"type": "int", "description": "Head count"}}


def at(seconds: float) -> str:
    return (BEGIN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def row(number: int, *, name: str = "", **changes: Any) -> Entry:
    """Return an answered row that was sent *number* seconds after the beginning."""
    subject = {"company_name": name or f"Company {number}"}
    request = request_text({"target_company": subject, "struct": STRUCT, "tier": "low"})
    first = Entry(
        f"row {number}",
        "company-intelligence",
        "f" * 64,
        request,
        "completed",
        job_id=f"job-{number}",
        answer=answered({"headquarters": "Berlin", "employees": 7}),
        cost_cents=10.0,
        variant="company-intelligence/low",
        sent_at=at(number),
    )
    return replace(first, **changes)


def answered(data: Mapping[str, Any], *, ran: float = 50.0) -> Body:
    return Body.of(
        {
            "status": "completed",
            "start_time": at(1),
            "close_time": at(1 + ran),
            "result": {"structured_data": dict(data), "confidence_score": 9.5},
            "charge_amount": 10,
        }
    )


def failed(number: int, error: str, **changes: Any) -> Entry:
    answer = Body.of({"status": "failed", "error": error})
    return row(number, state="failed", answer=answer, cost_cents=0.0, **changes)


async def write(path: Path, entries: Iterable[Entry], *, took: float = 60.0) -> Path:
    """Write a journal whose rows ended *took* seconds after they were sent."""
    rows = list(entries)
    journal = SqliteJournal(path)
    await journal.open()
    await journal.bind({"operation": "company-intelligence", "service": "https://api.example"})
    await journal.put(*rows)
    await journal.close()
    times = [
        ((datetime.fromisoformat(entry.sent_at) + timedelta(seconds=took)).isoformat(), entry.key)
        for entry in rows
        if entry.sent_at
    ]
    database = sqlite3.connect(path)
    database.executemany("UPDATE jobs SET changed_at = ? WHERE key = ?", times)
    database.commit()
    database.close()
    return path


def summed(path: Path) -> Summary:
    with reading(path) as reader:
        return Summary.read(reader)
