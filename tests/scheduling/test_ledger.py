"""Reservations, charges and learned prices, in US cents."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.ledger import PRICES, Ledger, Line, carry_over


def test_reservations_stop_at_the_cap() -> None:
    ledger = Ledger(cap_cents=12)

    assert [ledger.reserve("find-email") for _ in range(3)] == [5, 5, None]
    assert ledger.reserved_cents == 10


def test_a_released_reservation_can_be_reserved_again() -> None:
    ledger = Ledger(cap_cents=5)
    reserved = ledger.reserve("find-email")
    assert reserved == 5

    ledger.release(reserved)

    assert ledger.reserve("find-email") == 5
    assert ledger.charged_cents == 0


@pytest.mark.parametrize(("reported", "charged"), [(3.0, 3.0), (0.0, 0.0), (9.0, 9.0), (None, 5.0)])
def test_settling_books_the_reported_charge_or_else_the_reservation(reported: float | None, charged: float) -> None:
    ledger = Ledger(cap_cents=100)
    reserved = ledger.reserve("find-email")
    assert reserved is not None

    ledger.settle("find-email", reserved, reported)

    assert (ledger.charged_cents, ledger.reserved_cents) == (charged, 0)


def test_an_unknown_price_is_reserved_at_the_ceiling_and_never_at_zero() -> None:
    assert Ledger(cap_cents=100).reserve("people-intelligence/low") is None
    ledger = Ledger(cap_cents=100, ceiling_cents=40)

    assert [ledger.reserve("people-intelligence/low") for _ in range(3)] == [40, 40, None]
    assert ledger.reserve("find-email") == 5, "a known price takes precedence over the ceiling"
    ledger.settle("people-intelligence/low", 40, 8.0)

    assert [ledger.reserve("people-intelligence/low") for _ in range(2)] == [8, 8]
    assert ledger.price("people-intelligence/high") == 40


def test_a_charge_above_the_known_price_raises_the_price() -> None:
    ledger = Ledger(cap_cents=100, prices={"find-email": 3})

    ledger.settle("find-email", 3, 30.0)

    assert [ledger.reserve("find-email") for _ in range(3)] == [30, 30, None]


def test_exposed_money_counts_against_the_cap_until_it_is_resumed() -> None:
    ledger = Ledger(cap_cents=10)
    first = ledger.reserve("find-email")
    assert first == 5

    ledger.expose(first)
    assert [ledger.reserve("find-email") for _ in range(2)] == [5, None]
    ledger.resume(first)
    ledger.release(first)

    assert (ledger.exposed_cents, ledger.reserved_cents) == (0, 5)
    assert ledger.reserve("find-email") == 5


def test_carry_over_continues_from_the_totals_of_earlier_runs() -> None:
    ledger = Ledger(cap_cents=100)

    carry_over(
        ledger,
        [
            Line("find-phone", "completed", 2, charged_cents=30, dearest_cents=30),
            Line("deep-search", "completed", 1, reserved_cents=9),
            Line("find-phone", "unknown", 1, reserved_cents=7),
            Line("find-phone", "accepted", 1, reserved_cents=11),
            Line("find-phone", "resubmitted", 1, reserved_cents=13),
            Line("find-phone", "forgotten", 1, charged_cents=3),
            Line("find-phone", "duplicate", 5, charged_cents=1000),
            Line("find-phone", "reused", 5, charged_cents=1000),
            Line("find-phone", "released", 5),
        ],
    )

    assert (ledger.charged_cents, ledger.exposed_cents, ledger.reserved_cents) == (42, 31, 0)
    assert ledger.price("find-phone") == 30


def test_the_highest_charge_seen_becomes_the_price() -> None:
    ledger = Ledger(cap_cents=1000)
    for charged in (8.0, 20.0, 3.0, 0.0, None):
        ledger.settle("deep-search", 0.0, charged)

    assert ledger.price("deep-search") == 20


def test_without_a_cap_every_reservation_succeeds() -> None:
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
def test_the_callers_prices_take_precedence_over_published_ones(
    prices: dict[str, float], variant: str, price: float | None
) -> None:
    assert Ledger(prices=prices).price(variant) == price


def test_the_callers_price_for_an_operation_takes_precedence_over_a_published_tier_price() -> None:
    assert Ledger(prices={"find-email": 50}).price("find-email/PERSONAL") == 50


def test_the_callers_price_for_an_operation_takes_precedence_over_a_lower_charge() -> None:
    ledger = Ledger(prices={"people-intelligence": 50})

    ledger.settle("people-intelligence/low", 50, 3.0)

    assert ledger.price("people-intelligence/low") == 50
