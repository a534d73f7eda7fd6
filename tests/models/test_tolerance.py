"""One odd item costs no answer: list routes, lists inside answers, contacts in any shape, a missing balance."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel

from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.models import Balance, EmailAddress, EmailResult, PhoneResult, SearchPage, Suggestions
from sixtyfour_async.models.contacts import EMAILS, PHONES
from sixtyfour_async.operations import REGISTRY


def is_list_of_objects(answer: Any) -> bool:
    """Is it `Rows` of a class of objects?"""
    items = get_args(get_args(answer)[0]) if get_args(answer) else ()
    inner = get_args(items[0]) if items else ()
    return bool(inner) and isinstance(inner[0], type) and issubclass(inner[0], BaseModel)


LIST_ROUTES = sorted(name for name, made in REGISTRY.items() if is_list_of_objects(made.endpoint.answer))


def test_every_list_route_is_tested() -> None:
    assert len(LIST_ROUTES) >= 13


@pytest.mark.parametrize("odd", ["x", 7, True, ["x"]], ids=str)
@pytest.mark.parametrize("name", LIST_ROUTES)
def test_an_item_that_is_no_object_keeps_its_place_and_spoils_no_list(name: str, odd: Any) -> None:
    rows = decode_answer(REGISTRY[name].endpoint.answer, [{"filename": "a"}, odd, None, {"id": "b"}], operation=name)

    assert len(rows) == 4
    assert (rows[0].filename, rows[3].id) == ("a", "b")


def test_an_odd_item_is_kept_as_value() -> None:
    (row,) = decode_answer(REGISTRY["workflows"].endpoint.answer, ["x"], operation="GET /workflows")

    assert row.value == "x"


def test_a_list_inside_an_answer_loses_the_odd_item_only() -> None:
    page = SearchPage.model_validate({"results": [{"name": "Ada"}, None, "x", {"name": "Bob"}], "has_more": "perhaps"})
    completions = Suggestions.model_validate({"suggestions": [{"value": "Acme"}, 7]})

    assert page.results == [{"name": "Ada"}, {"name": "Bob"}]
    assert page.has_more is False
    assert [one.value for one in completions.suggestions] == ["Acme"]


def test_a_value_that_is_no_list_still_takes_the_default() -> None:
    assert SearchPage.model_validate({"results": "none", "total_results": 3}).results == []


@pytest.mark.parametrize("answer", [{}, {"credits": None}, {"credits": "many"}, {"credits": [1]}])
def test_a_balance_that_is_not_reported_is_none(answer: Any) -> None:
    assert Balance.model_validate(answer).credits is None


# --- contacts ---------------------------------------------------------------------------------------------------------

ADA, BOB = "ada@acme.example", "bob@acme.example"


ADDRESSES: list[tuple[Any, list[str]]] = [
    ([{"email": ADA}], [ADA]),
    ([{"value": ADA}], [ADA]),
    ([{"emailAddress": ADA}], [ADA]),
    ({"Address": ADA, "Status": "OK"}, [ADA]),
    ({"emails": [ADA, BOB]}, [ADA, BOB]),
    ({"emails": [{"value": ADA}, [BOB, "OK"]]}, [ADA, BOB]),
    ([[[ADA, "OK", "COMPANY"]], [[BOB, "OK", "COMPANY"]]], [ADA, BOB]),
    ([ADA, "OK", "COMPANY"], [ADA]),
    ([ADA, BOB], [ADA, BOB]),
    (f"{ADA}, {BOB}", [ADA, BOB]),
    (f"{ADA};{BOB}", [ADA, BOB]),
    ("Ada <ada@acme.example>", ["Ada <ada@acme.example>"]),
    ({"work": ADA, "home": None}, [ADA]),
    ({ADA: {"status": "OK"}}, [ADA]),
    ({"email": {"address": ADA}}, [ADA]),
    ([None, ADA, False, {}], [ADA]),
    ([EmailAddress(address=ADA)], [ADA]),
]


@pytest.mark.parametrize(("sent", "addresses"), ADDRESSES)
def test_an_address_is_read_in_any_shape(sent: Any, addresses: list[str]) -> None:
    assert [one.address for one in EmailResult.model_validate({"email": sent}).email] == addresses


def test_what_is_known_of_an_address_stays_with_it() -> None:
    found = EmailResult.model_validate({"email": {"Status": "OK", "emails": [ADA, [BOB, "RISKY"]], "source": "x"}})
    alone = EmailResult.model_validate({"email": [{"value": ADA, "status": "OK", "score": 9}]})

    assert [(one.address, one.status) for one in found.email] == [(ADA, "OK"), (BOB, "RISKY")]
    assert [(one.address, one.status, one.model_extra) for one in alone.email] == [(ADA, "OK", {"score": 9})]


@pytest.mark.parametrize(
    ("sent", "numbers"),
    [
        ([{"phone": "+1 555-0100"}], ["+1 555-0100"]),
        ([{"value": "+1 555-0100"}], ["+1 555-0100"]),
        ({"phones": [{"phoneNumber": "+1 555-0100"}]}, ["+1 555-0100"]),
        (["+1 555-0100", "US"], ["+1 555-0100"]),
        (["+1 555-0100", "+1 555-0101"], ["+1 555-0100", "+1 555-0101"]),
        ([["+1 555-0100", "US"], ["+44 20 5550 0101", "GB"]], ["+1 555-0100", "+44 20 5550 0101"]),
        (15550100, ["15550100"]),
        ([15550100, {"number": 15550101}], ["15550100", "15550101"]),
        ({"mobile": "+1 555-0100"}, ["+1 555-0100"]),
    ],
)
def test_a_number_is_read_in_any_shape(sent: Any, numbers: list[str]) -> None:
    assert [one.number for one in PhoneResult.model_validate({"phone": sent}).phone] == numbers


KEYS = st.text(max_size=3) | st.sampled_from(["email", "number", "value", "status"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6) | st.just(ADA),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=3) | st.sampled_from(["email", "number", "value", "status"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(VALUES)
@example({"number": {"\U00018cd6": None}})  # five digits, as Python writes a character that it cannot print
def test_no_value_makes_a_contact_unreadable(value: Any) -> None:
    found = EmailResult.model_validate({"email": value})
    numbers = PhoneResult.model_validate({"phone": value})

    assert set(EMAILS.found(value)) <= {one.address for one in found.email}
    assert set(PHONES.found(value)) <= {one.number for one in numbers.phone}
