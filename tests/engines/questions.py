"""What the engines are given, and what they must bring back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sixtyfour_async import AsyncClient, Question
from sixtyfour_async.fleet import Enrich
from tests.cli.conftest import SERVICE_SPEED, Service
from tests.runner.questions import KNOWN

QUESTION = Question(
    "company-intelligence", fields={"hq": "Where?", "staff": {"description": "How many?", "type": "int"}}
)


def enrich_on(journal: str) -> Enrich:
    return Enrich(QUESTION, journal, client=partial(AsyncClient, speed=SERVICE_SPEED))


def columns(first: int, rows: int) -> dict[str, list[str]]:
    known = KNOWN[first : first + rows]
    return {"company_name": [one.company_name for one in known], "website": [one.website for one in known]}


def submits(service: Service, names: Sequence[str]) -> list[int]:
    """Count how often each company was accepted since the service started."""
    counted = service.submits()
    return [sum(n for subject, n in counted.items() if name in subject) for name in names]


def check_paid_once(service: Service, found: Any) -> None:
    """Check that each row of a frame was accepted once; one in doubt may have been about to be sent, at a kill."""
    names = list(found["company_name"])
    for name, status, count in zip(names, found["status"], submits(service, names), strict=True):
        assert count == 1 or (count == 0 and status == "unknown"), (name, status, count)
