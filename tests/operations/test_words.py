"""A slip in a word is asked back before it costs money; a word that nobody knows is sent."""

from __future__ import annotations

from typing import Any

import pytest

from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import (
    BulkPeopleIntelligence,
    CompanyIntelligence,
    EnrichLead,
    FindEmail,
    ListRuns,
    PeopleIntelligence,
    QuerySearch,
    Upload,
)
from sixtyfour_async.operations._words import near_word

TIERED: list[tuple[Any, dict[str, Any]]] = [
    (PeopleIntelligence, {"lead_info": {"name": "Ada"}}),
    (EnrichLead, {"lead_info": {"name": "Ada"}}),
    (CompanyIntelligence, {"target_company": {"name": "Acme"}, "struct": {"hq": "Where"}}),
    (BulkPeopleIntelligence, {"file": Upload(b"name\nAda\n", "people.csv")}),
]


@pytest.mark.parametrize(("make", "fields"), TIERED)
@pytest.mark.parametrize(
    ("slip", "meant"),
    [("lwo", "low"), ("Low", "low"), ("LOW ", "low"), ("hgih", "high"), ("meduim", "medium"), ("mcro", "micro")],
)
def test_a_slip_for_a_tier_is_asked_back(make: Any, fields: dict[str, Any], slip: str, meant: str) -> None:
    with pytest.raises(InputError) as refused:
        make(**fields, tier=slip)

    assert str(refused.value) == f"{make.__name__}: parameter 'tier' is {slip!r}; did you mean {meant!r}?"
    assert refused.value.field == "tier"


@pytest.mark.parametrize(("make", "fields"), TIERED)
@pytest.mark.parametrize("tier", ["micro", "low", "medium", "high", "xhigh", "scout", "ultra", "max", "tier-5", "深い"])
def test_a_known_tier_and_one_that_is_like_none_are_sent(make: Any, fields: dict[str, Any], tier: str) -> None:
    assert make(**fields, tier=tier).tier == tier


def test_a_new_tier_that_looks_like_a_slip_can_be_sent_in_extra() -> None:
    operation = PeopleIntelligence(lead_info={"name": "Ada"}, extra={"tier": "slow"})

    assert operation.payload()["tier"] == "slow"


@pytest.mark.parametrize(
    ("make", "fields", "text"),
    [
        (FindEmail, {"lead": {"a": "b"}, "mode": "PERSONNAL"}, "not 'PERSONNAL'; did you mean 'PERSONAL'?"),
        (FindEmail, {"lead": {"a": "b"}, "mode": "personal"}, "not 'personal'; did you mean 'PERSONAL'?"),
        (FindEmail, {"lead": {"a": "b"}, "mode": "PRIVATE"}, "not 'PRIVATE'"),
        (QuerySearch, {"search_id": "s", "mode": "poeple"}, "not 'poeple'; did you mean 'people'?"),
        (ListRuns, {"status": "runing"}, "not 'runing'; did you mean 'running'?"),
    ],
)
def test_a_slip_for_a_word_of_a_closed_set_is_answered_with_the_word(
    make: Any, fields: dict[str, Any], text: str
) -> None:
    with pytest.raises(InputError) as refused:
        make(**fields)

    assert str(refused.value).endswith(text)


@pytest.mark.parametrize(("word", "near"), [("", None), ("lo", "low"), ("lower", None), ("mediums", "medium")])
def test_a_short_word_may_have_one_slip_and_a_longer_one_two(word: str, near: str | None) -> None:
    assert near_word(word, ["low", "medium"]) == near
    assert near_word(word, []) is None
