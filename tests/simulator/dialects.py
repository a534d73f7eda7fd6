"""Simulators that answer in a dialect, and what they would have answered in none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from tests.simulator.conftest import COMPANY, LEAD, Harness, Start

LEADS = [
    {"name": "Zoë Example", "company": "Acme Corp"},
    {"name": "Bo Example", "company": "Blue Ltd"},
    {"name": "Cy Example", "company": "Coal Inc"},
]
BULK = {"leads": LEADS}
Body = Mapping[str, Any]


async def polled(harness: Harness, path: str, body: Body) -> str:
    """Submit work, let it end, and return the path to poll."""
    job = await harness.submit(f"/{path}-async", body)
    harness.clock.seconds += 3600
    return f"/job-status/{job}"


async def in_dialect(start: Start, name: str, path: str, body: Body, **script: Any) -> tuple[httpx.Response, Any]:
    """Poll finished work twice: first in a dialect, then in none.

    Returns:
        The response in the dialect, and the JSON value without.
    """
    harness = start()
    poll = await polled(harness, path, body)
    harness.simulator.faults.script(name, route="/job-status", **script)
    changed = await harness.get(poll)
    assert harness.simulator.faults.struck[name] == 1
    plain = await harness.get(poll)
    assert harness.simulator.faults.struck[name] == 1
    return changed, plain.json()


async def rows_in_dialect(start: Start, name: str) -> tuple[list[Any], list[Any]]:
    """Return the rows of a shared submit in a dialect and without."""
    changed, plain = await in_dialect(start, name, "find-email-bulk", BULK)
    assert {**changed.json(), "result": None} == {**plain, "result": None}, "nothing but the rows is changed"
    return changed.json()["result"], plain["result"]


async def company_in_dialect(start: Start, name: str, **script: Any) -> tuple[httpx.Response, Any]:
    """Return the answer about a company in a dialect, and the JSON value without."""
    return await in_dialect(start, name, "company-intelligence", COMPANY, **script)


async def email_in_dialect(start: Start, name: str, **script: Any) -> tuple[httpx.Response, Any]:
    """Return the answer about an e-mail address in a dialect, and the JSON value without."""
    return await in_dialect(start, name, "find-email", LEAD, **script)
