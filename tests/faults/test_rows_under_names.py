"""The answer to a shared submit as an object of rows under names: names are evidence, their order is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sixtyfour_async import FindEmail, JobRunner, MemoryJournal, Outcome
from tests.client.network import scripted

pytestmark = pytest.mark.anyio

LEADS = [
    {"name": "Ada Example", "company": "Acme", "linkedin": "https://www.linkedin.com/in/ada"},
    {"name": "Bob Example", "company": "Acme", "linkedin": "https://www.linkedin.com/in/bob"},
    {"name": "Cyd Sample", "company": "Globex", "linkedin": "https://www.linkedin.com/in/cyd"},
]
OWN = ["ada@acme.example", "bob@acme.example", "cyd@globex.example"]


async def run(result: Any) -> list[Outcome[Any]]:
    """Find the addresses of all leads with one submit, whose job ends with *result*."""

    def reply(request: httpx.Request) -> httpx.Response:
        ended = {"status": "completed", "result": result, "charge_amount": 30}
        return httpx.Response(200, json={"task_id": "j1"} if request.method == "POST" else ended)

    async with scripted(reply) as (client, network), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcomes = {outcome.index: outcome async for outcome in jobs.map([FindEmail(lead=lead) for lead in LEADS])}
    assert sum(line.startswith("POST") for line in network.request_lines) == 1
    return [outcomes[index] for index in range(3)]


def addresses(outcomes: list[Outcome[Any]]) -> list[Any]:
    answers: list[Any] = [outcome.raw for outcome in outcomes]
    return [answer["email"][0][0] for answer in answers]


NAMES: list[tuple[Callable[[int], str], str]] = [
    (lambda row: f"Row {row}", "index"),
    (lambda row: f"row_{row + 1}", "index"),
    (str, "index"),
    (lambda row: f"lead[{row}]", "index"),
    (lambda row: f"#{row}", "index"),
    (lambda row: LEADS[row]["name"], "echo"),
    (lambda row: LEADS[row]["name"].upper(), "echo"),
    (lambda row: LEADS[row]["name"].lower().replace(" ", "_"), "echo"),
    (lambda row: f"{LEADS[row]['name']}, {LEADS[row]['company']}", "echo"),
    (lambda row: f"{LEADS[row]['name']} ({LEADS[row]['company']})", "echo"),
    (lambda row: LEADS[row]["linkedin"], "echo"),
    (lambda row: LEADS[row]["linkedin"].removeprefix("https://www."), "echo"),
]


@pytest.mark.parametrize("wrap", ["%s", '{"results": %s}', '[{"data": %s}]'])
@pytest.mark.parametrize(("name", "matched_by"), NAMES, ids=[f"{name(0)}" for name, _ in NAMES])
async def test_rows_are_given_to_whom_their_names_name(name: Callable[[int], str], matched_by: str, wrap: str) -> None:
    rows = {name(row): {"email": [[OWN[row], "OK", "COMPANY"]]} for row in (2, 0, 1)}
    outcomes = await run(json.loads(wrap % json.dumps(rows)))

    assert addresses(outcomes) == OWN
    assert [outcome.matched_by for outcome in outcomes] == [matched_by] * 3
    assert [outcome.cost_cents for outcome in outcomes] == [10] * 3


async def test_names_that_say_nothing_leave_it_to_what_is_inside() -> None:
    rows = {
        f"{letter}{letter}": LEADS[row] | {"email": [[OWN[row], "OK", "COMPANY"]]} for row, letter in enumerate("xyz")
    }
    outcomes = await run(dict(reversed(rows.items())))

    assert addresses(outcomes) == OWN
    assert {outcome.matched_by for outcome in outcomes} == {"echo"}


@pytest.mark.parametrize(
    ("rows", "statuses"),
    [
        ({"x": {"email": OWN[0]}, "y": {"email": OWN[1]}, "z": {"email": OWN[2]}}, ["unmatched"] * 3),
        ({"Acme": {"email": OWN[0]}, "Globex": {"email": OWN[2]}}, ["unmatched", "unmatched", "completed"]),
        ({"Row 1": {"email": OWN[0]}, "Row 2": {"email": OWN[1]}}, ["unmatched"] * 3),
        ({"Row 0": {"email": OWN[0]}, "Row 7": {"email": OWN[1]}}, ["completed", "unmatched", "unmatched"]),
        (
            {LEADS[0]["name"]: LEADS[1] | {"email": OWN[1]}, LEADS[2]["name"]: {"email": OWN[2]}},
            ["unmatched", "unmatched", "completed"],
        ),
    ],
    ids=["no evidence", "a shared value", "base not proven", "nobody's number", "name and content disagree"],
)
async def test_a_row_gets_its_own_answer_or_none(rows: Any, statuses: list[str]) -> None:
    outcomes = await run(rows)

    assert [outcome.status for outcome in outcomes] == statuses
    for index, outcome in enumerate(outcomes):
        if outcome.status == "completed":
            assert OWN[index] in str(outcome.raw)
    assert sum(outcome.cost_cents or 0 for outcome in outcomes) == pytest.approx(30)


def row(number: int, **more: Any) -> dict[str, Any]:
    return LEADS[number] | {"email": [[OWN[number], "OK", "COMPANY"]]} | more


PARTED: list[Any] = [
    {"successful": [row(2), row(0)], "failed": [row(1)]},
    {"successful": [row(2), row(0), row(1)], "failed": [], "total": 3},
    {"results": [row(1)], "errors": [row(2), row(0)]},
    {"data": {"found": [row(2)], "cached": [row(1)], "later": [row(0)]}},
    [[row(2)], [row(0)], [row(1)]],
    {"results": [[row(1)], [row(2)], [row(0)]]},
]


@pytest.mark.parametrize("result", PARTED, ids=lambda result: str([*result])[:40])
async def test_rows_in_several_lists_are_given_to_whom_they_repeat(result: Any) -> None:
    outcomes = await run(result)

    assert addresses(outcomes) == OWN
    assert [outcome.matched_by for outcome in outcomes] == ["echo"] * 3


async def test_the_order_of_several_lists_gives_nobody_a_row() -> None:
    silent = [{"email": [[address, "OK", "COMPANY"]]} for address in OWN]
    outcomes = await run({"successful": silent[1:], "failed": silent[:1]})

    assert [(outcome.status, outcome.value) for outcome in outcomes] == [("unmatched", None)] * 3


async def test_a_row_among_the_failed_has_its_own_reason() -> None:
    failed = [{"lead": LEADS[1], "error": "no such mailbox"}]
    outcomes = await run({"successful": [row(2), row(0)], "failed": failed})

    assert [outcome.status for outcome in outcomes] == ["completed", "no_answer", "completed"]
    assert "no such mailbox" in str(outcomes[1].error)
