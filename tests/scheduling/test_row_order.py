"""Position is believed only while nothing in the rows speaks against their order, wherever and however it is said."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import JsonValue

from sixtyfour_async._scheduling.attribution import match_rows

LEADS: list[dict[str, JsonValue]] = [
    {"name": "Ada Example", "company": "Acme"},
    {"name": "Bob Example", "company": "Acme"},
    {"name": "Cyd Example", "company": "Acme"},
]

Say = Callable[[int, dict[str, JsonValue]], Any]

SAID: dict[str, Say] = {
    "as a text": lambda _, lead: {"lead": f"{lead['name']}, {lead['company']}"},
    "as JSON in a text": lambda _, lead: {"lead": json.dumps(lead)},
    "in a list": lambda _, lead: {"lead": [lead]},
    "far inside": lambda _, lead: {"a": {"b": {"c": {"d": {"e": lead}}}}},
    "under another name": lambda _, lead: {"full_name": lead["name"]},
    "by a number of the row": lambda number, _: {"row_no": number},
    "by a number from 1": lambda number, _: {"order": number + 1},
}


def rows(say: Say, order: list[int]) -> list[dict[str, Any]]:
    return [{**say(number, LEADS[number]), "email": [[f"{number}@x.example", "OK", "COMPANY"]]} for number in order]


@pytest.mark.parametrize("say", SAID.values(), ids=SAID)
def test_no_lead_gets_a_row_that_mentions_another(say: Say) -> None:
    """It may get its own, or none."""
    order = [2, 0, 1]
    found = match_rows(LEADS, rows(say, order), "find-email")

    assert all(match.row is None or order[match.row] == lead for lead, match in enumerate(found))


@pytest.mark.parametrize("say", SAID.values(), ids=SAID)
def test_rows_in_order_that_mention_their_own_leads_are_theirs(say: Say) -> None:
    assert [match.row for match in match_rows(LEADS, rows(say, [0, 1, 2]), "find-email")] == [0, 1, 2]


def test_what_all_leads_share_and_what_two_rows_count_alike_says_nothing() -> None:
    said: list[JsonValue] = [{"about": "Acme", "score": 7, "email": []} for _ in LEADS]

    found = match_rows(LEADS, said, "find-email")
    assert [(match.row, match.matched_by) for match in found] == [(n, "position") for n in range(3)]
