"""Failures by cause: texts that differ in ids, numbers and names are one, others are not."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.report.causes import MAX_GROUPS, MAX_PATTERN_CHARACTERS, OTHER, Causes, pattern_of


def grouped(*texts: str) -> dict[str, int]:
    causes = Causes()
    for text in texts:
        causes.cause_of("failed", text).rows += 1
    return {cause.text: cause.rows for cause in causes.all()}


@pytest.mark.parametrize(
    "texts",
    [
        ["job 7f3a timed out", "job 99 timed out"],
        ["request d94f7a40-1b2c-4d5e-8f90-aabbccddeeff failed", "request deadbeef-0000-4d5e-8f90-aabbccddeeff failed"],
        ["cannot reach https://a.example/x", "cannot reach http://b.example/y?z"],
        ["no person called 'Ada Lovelace' was found", "no person called 'Zoë' was found"],
        ['unknown field "Company name"', 'unknown field "x"'],
        ["mail to ada@acme.example was refused", "mail to g.h@b.example was refused"],
        ["waited 1.5 s, then 2,000 ms", "waited 17 s, then 3 ms"],
    ],
)
def test_ids_numbers_names_and_addresses_are_ignored(texts: list[str]) -> None:
    assert list(grouped(*texts).values()) == [2]


@pytest.mark.parametrize(
    "texts",
    [
        ["HTTP 422: refused", "HTTP 500: refused"],
        ["status code 404 from upstream", "status code 503 from upstream"],
        ["timed out", "not found"],
        ["out of credits", "out of memory"],
        ["", "timed out"],
    ],
)
def test_different_causes_stay_apart(texts: list[str]) -> None:
    assert sorted(grouped(*texts).values()) == [1, 1]


def test_one_state_does_not_hide_another() -> None:
    causes = Causes()
    causes.cause_of("failed", "no reply").rows += 1
    causes.cause_of("unknown", "no reply").rows += 1

    assert {(cause.state, cause.rows) for cause in causes.all()} == {("failed", 1), ("unknown", 1)}


def test_ids_without_a_digit_show_in_a_crowd() -> None:
    """Ten thousand texts, each with a random word in it, are one cause."""
    draw = random.Random(5)  # noqa: S311 (repeatable)
    texts = [
        "no worker took task {} in time".format("".join(draw.choices(string.ascii_letters, k=12))) for _ in range(9999)
    ]

    assert grouped(*texts, "the account is closed") == {
        "no worker took task … in time": 9999,
        "the account is closed": 1,
    }


def test_texts_that_have_nothing_in_common_are_bounded() -> None:
    draw = random.Random(6)  # noqa: S311 (repeatable)
    words = ["".join(draw.choices(string.ascii_lowercase, k=8)) for _ in range(4000)]
    found = grouped(*(" ".join(draw.choices(words, k=draw.randint(1, 40))) for _ in range(3000)))

    assert len(found) <= MAX_GROUPS + 1
    assert sum(found.values()) == 3000
    assert found.get(OTHER, 0) > 0


@given(st.lists(st.text(max_size=60), max_size=60))
def test_every_row_is_counted_once(texts: list[str]) -> None:
    assert sum(grouped(*texts).values()) == len(texts)


@given(st.text(max_size=2000))
def test_a_pattern_is_short_and_a_pattern_of_itself_alike(text: str) -> None:
    pattern = pattern_of(text)

    assert len(pattern) <= MAX_PATTERN_CHARACTERS + 2
    assert pattern == " ".join(pattern.split())
