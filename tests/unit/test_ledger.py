"""Money set aside, spent and learned; US cents."""

from __future__ import annotations

import pytest

from sixtyfour_async._core.ledger import PRICES, Ledger


def test_the_cap_leaves_room_for_what_it_covers_and_no_more() -> None:
    ledger = Ledger(cap=12)

    assert [ledger.reserve("find-email") for _ in range(3)] == [5, 5, None]
    assert ledger.reserved == 10


def test_what_is_released_can_be_spent_by_another() -> None:
    ledger = Ledger(cap=5)
    reserved = ledger.reserve("find-email")
    assert reserved == 5

    ledger.release(reserved)

    assert ledger.reserve("find-email") == 5
    assert ledger.charged == 0


@pytest.mark.parametrize(("charged", "spent"), [(3.0, 3.0), (0.0, 0.0), (9.0, 9.0), (None, 5.0)])
def test_an_answer_settles_at_its_charge_or_at_what_was_set_aside(charged: float | None, spent: float) -> None:
    ledger = Ledger(cap=100)
    reserved = ledger.reserve("find-email")
    assert reserved is not None

    ledger.settle("find-email", reserved, charged)

    assert (ledger.charged, ledger.reserved) == (spent, 0)


def test_a_price_nobody_knows_takes_all_that_is_left_until_it_is_learned() -> None:
    ledger = Ledger(cap=100)

    first = ledger.reserve("people-intelligence/low")
    assert first == 100
    assert ledger.reserve("people-intelligence/low") is None
    assert ledger.reserve("find-email") is None
    ledger.settle("people-intelligence/low", first, 8.0)

    assert [ledger.reserve("people-intelligence/low") for _ in range(3)] == [8, 8, 8]
    assert ledger.price("people-intelligence/high") is None


def test_the_dearest_charge_seen_is_what_is_set_aside() -> None:
    ledger = Ledger(cap=1000)
    for charged in (8.0, 20.0, 3.0, 0.0, None):
        ledger.settle("deep-search", 0.0, charged)

    assert ledger.price("deep-search") == 20


def test_without_a_cap_nothing_is_held_back() -> None:
    ledger = Ledger()

    assert ledger.reserve("people-intelligence/low") == 0
    assert ledger.reserve("find-email") == 5
    assert ledger.room("find-email") == 5


@pytest.mark.parametrize(
    ("prices", "variant", "price"),
    [
        ({}, "find-email", PRICES["find-email"]),
        ({}, "find-email/PERSONAL", PRICES["find-email/PERSONAL"]),
        ({}, "qa-agent", None),
        ({"find-email": 7}, "find-email", 7),
        ({"find-email/PERSONAL": 7}, "find-email/PERSONAL", 7),
        ({"people-intelligence": 7}, "people-intelligence/low", 7),
        ({"people-intelligence": 7, "people-intelligence/low": 4}, "people-intelligence/low", 4),
    ],
)
def test_the_callers_prices_win_over_the_published_ones(
    prices: dict[str, float], variant: str, price: float | None
) -> None:
    assert Ledger(prices=prices).price(variant) == price


def test_a_callers_price_for_the_operation_wins_over_a_published_one_for_the_tier() -> None:
    assert Ledger(prices={"find-email": 50}).price("find-email/PERSONAL") == 50


def test_a_callers_price_for_the_operation_wins_over_what_was_charged_once() -> None:
    ledger = Ledger(prices={"people-intelligence": 50})

    ledger.settle("people-intelligence/low", 50, 3.0)

    assert ledger.price("people-intelligence/low") == 50
