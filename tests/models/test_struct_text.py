"""Text as agents write it: what is certain is read, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.models.structs.dates import read_date, read_datetime, read_time
from sixtyfour_async.models.structs.names import match_names
from sixtyfour_async.models.structs.notation import read_list, read_notation
from sixtyfour_async.models.structs.text import (
    UNREAD,
    read_choice,
    read_number,
    read_truth,
    read_whole_number,
    says_not_found,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *[("1,200", "1200"), ("12,345,678", "12345678"), ("1 200", "1200"), ("1\u00a0200", "1200"), ("1'200", "1200")],
        *[("1\u2019200", "1200"), ("1,200.50", "1200.50"), ("-5", "-5"), ("\u22125", "-5"), ("+5", "5"), ("007", "7")],
        *[("~500", "500"), ("\u2248 500", "500"), ("about 500", "500"), ("Approx. 1,200", "1200"), ("ca. 30", "30")],
        *[("500 (estimated)", "500"), ("1,200 employees", "1200"), ("~30 people", "30"), ("\uff11\uff12", "12")],
        *[("$1.2M", "1200000"), ("$ 5", "5"), ("-$5", "-5"), ("USD 1,200", "1200"), ("1,200 EUR", "1200")],
        *[("5k", "5000"), ("3 million", "3000000"), ("\u20ac2.5bn", "2500000000"), ("1e6", "1000000"), ("0.5", "0.5")],
    ],
)
def test_one_number_is_read(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "10-50",
            "10 \u2013 50",
            "10 to 50",
            "10-50 (estimated)",
            "500+",
            ">500",
            "over 500",
            "up to 500",
            "at least 5",
        ],
        *[
            "12%",
            "12 %",
            "12,5",
            "1.200,5",
            "1,20",
            "1,2000",
            "0,500",
            "1,200,30",
            "1.200.000",
            "1 2",
            "5 of 10",
            "5/10",
        ],
        *["12 months", "many", "five", "", "~", "$", "--5", "-$-5", "1.2.3", "2m", "9" * 101, "1e9999", "NaN", "inf"],
    ],
)
def test_what_is_not_certainly_one_number_is_not_read(text: str) -> None:
    assert read_number(text) is UNREAD


@pytest.mark.parametrize("text", ["12.5", "$1.25", "1e-3", "1e999"])
def test_a_fraction_is_no_whole_number(text: str) -> None:
    assert read_whole_number(text) is UNREAD


@given(st.integers(-(10**15), 10**15), st.sampled_from([",", " ", "'", "_"]))
def test_a_whole_number_is_read_however_it_is_grouped(number: int, group: str) -> None:
    written = f"{number:,}".replace(",", group)

    assert read_whole_number(written) in ({number} if group != "_" or abs(number) < 1000 else {number, UNREAD})


@pytest.mark.parametrize(
    "text",
    [
        *[
            "",
            "-",
            "\u2014",
            "N/A",
            "n.a.",
            "NA",
            "None",
            "null",
            "Unknown",
            "unknown.",
            "Not found",
            "Not available",
            "TBD",
        ],
        *["Not publicly disclosed", "Not publicly available.", "not disclosed (private company)", "Undisclosed", "nan"],
        *["No data", "No information available", "no information found", "Information not available", "Not specified"],
        *[
            "Could not be determined",
            "Not yet known",
            "Not applicable",
            "(unknown)",
            "[not found]",
            "no public data found",
        ],
    ],
)
def test_words_for_not_found_are_known(text: str) -> None:
    assert says_not_found(text)


@pytest.mark.parametrize("text", ["No", "0", "Nowhere Inc", "Unknown Worlds", "Notable", "not bad", "10-50", "Naples"])
def test_an_answer_is_not_taken_for_not_found(text: str) -> None:
    assert not says_not_found(text)


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        *[("Yes", True), ("yes, since 2019", True), ("TRUE", True), ("No.", False), ("**Yes** - certified", True)],
        *[
            ("No (closed)", False),
            ("Yes and no", UNREAD),
            ("No information", UNREAD),
            ("maybe", UNREAD),
            ("Norway", UNREAD),
        ],
    ],
)
def test_a_truth_stands_at_the_beginning(text: str, truth: object) -> None:
    assert read_truth(text) is truth


@pytest.mark.parametrize(
    ("answer", "choices", "place"),
    [
        *[("Small", ["small", "large"], 0), (" LARGE. ", ["small", "large"], 1), ("mid-market", ["MidMarket"], 0)],
        *[("Mid market", ["mid_market", "x"], 0), (1, ["1", "2"], 0), (2.0, [1, 2], 1), ("tier-1", ["Tier 1"], 0)],
        *[("a", ["A", "a"], 1), ("A ", ["a", "A"], 1), ("a b", ["A-B", "a_b"], UNREAD), ("true", ["x", True], 1)],
        *[
            ("10-50", ["1050"], UNREAD),
            ("10 - 50", ["1050"], UNREAD),
            ("huge", ["small"], UNREAD),
            (True, ["1"], UNREAD),
        ],
    ],
)
def test_a_choice_is_matched_when_only_one_can_be_meant(answer: object, choices: list[object], place: object) -> None:
    assert read_choice(answer, choices) == place


@pytest.mark.parametrize(
    ("text", "day"),
    [
        *[("2024-05-31", (2024, 5, 31)), ("2024/05/31", (2024, 5, 31)), ("20240531", (2024, 5, 31))],
        *[("May 31, 2024", (2024, 5, 31)), ("31 May 2024", (2024, 5, 31)), ("31st of May 2024", (2024, 5, 31))],
        *[("Fri, 31 May 2024", (2024, 5, 31)), ("Sept. 3, 2024", (2024, 9, 3)), ("3-Jan-2024", (2024, 1, 3))],
        *[("31.05.2024", (2024, 5, 31)), ("05/31/2024", (2024, 5, 31)), ("05/05/2024", (2024, 5, 5))],
        *[("2024-05-31T10:00:00Z", (2024, 5, 31)), ("2024-05-31 10:00", (2024, 5, 31))],
        *[("03/05/2024", None), ("03.05.2024", None), ("May 2024", None), ("2024", None), ("31 Juny 2024", None)],
        *[("31/05/24", None), ("2024-02-30", None), ("yesterday", None), ("5 31 2024 1", None)],
    ],
)
def test_a_day_is_read_when_only_one_can_be_meant(text: str, day: tuple[int, int, int] | None) -> None:
    assert read_date(text) == (UNREAD if day is None else date(*day))


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-05-31T10:00:00Z", datetime(2024, 5, 31, 10, tzinfo=UTC)),
        ("2024-05-31 10:00 UTC", datetime(2024, 5, 31, 10, tzinfo=UTC)),
        ("Fri, 31 May 2024 10:00:00 +0000", datetime(2024, 5, 31, 10, tzinfo=UTC)),
        ("May 31, 2024", datetime(2024, 5, 31)),  # noqa: DTZ001 (as pydantic reads a day)
    ],
)
def test_an_instant_is_read(text: str, instant: datetime) -> None:
    assert read_datetime(text) == instant


@pytest.mark.parametrize(
    ("text", "clock"), [("10:30 PM", time(22, 30)), ("12 a.m.", time(0)), ("12:05pm", time(12, 5)), ("13 pm", UNREAD)]
)
def test_a_twelve_hour_clock_is_read(text: str, clock: object) -> None:
    assert read_time(text) == clock


MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


@given(st.dates(date(1000, 1, 1), date(9999, 12, 31)))
def test_a_date_is_read_in_every_form_that_names_its_month(day: date) -> None:
    name = MONTHS[day.month - 1]

    for text in (f"{name} {day.day}, {day:%Y}", f"{day.day} {name[:3]} {day:%Y}", f"{day:%Y-%m-%d}", f"{day:%Y%m%d}"):
        assert read_date(text) == day
    assert read_date(f"{day.day:02}.{day.month:02}.{day:%Y}") in (day, UNREAD)


@pytest.mark.parametrize(
    ("text", "items"),
    [
        *[("['Alpha', 'Beta']", ["Alpha", "Beta"]), ('["a, b", "c"]', ["a, b", "c"]), ("('a',)", ["a"]), ("[]", [])],
        *[("{'a', 'b'}", ["a", "b"]), ("[None, True, 1.5]", [None, True, 1.5]), ("{'a': 1}", [{"a": 1}])],
        *[("['it\\'s', \"say \\\"x\\\"\"]", ["it's", 'say "x"']), ("['\\u00e9\\xe9\\n\\q']", ["\u00e9\u00e9\nq"])],
        *[('```json\n["a"]\n```', ["a"]), ("[Alpha, Beta]", ["Alpha", "Beta"]), ("['a', 'b',]", ["a", "b"])],
        *[("a, b", ["a", "b"]), ("a; b, c", ["a", "b, c"]), ("a\nb", ["a", "b"]), ("- a\n- b, c", ["a", "b, c"])],
        *[("1. a\n2. b", ["a", "b"]), ("\u2022 a\n\u2022 b", ["a", "b"]), ("a,\nb,\nc", ["a", "b", "c"]), ("a", ["a"])],
        *[("Acme (Ulm, Bonn), Foo", ["Acme (Ulm, Bonn)", "Foo"]), ('"a, b", c', ["a, b", "c"])],
        *[("a :(, b", ["a :(", "b"]), ("[Alpha's, Beta's]", ["Alpha's", "Beta's"]), ("a, , b,", ["a", "b"])],
    ],
)  # fmt: skip
def test_a_list_is_read_in_every_usual_notation(text: str, items: list[Any]) -> None:
    assert read_list(text) == items


@pytest.mark.parametrize(
    ("text", "items"),
    [
        *[
            ("1, 2", ["1", "2"]),
            ("1,2", ["1", "2"]),
            ("1,200, 3,400", ["1,200", "3,400"]),
            ("1,200; 5", ["1,200", "5"]),
        ],
        *[("[1, 2]", [1, 2]), ("1,200", UNREAD), ("1,200,3,400", UNREAD), ("- 1,200\n- 7", ["1,200", "7"])],
    ],
)
def test_commas_of_numbers_are_told_from_those_between_them(text: str, items: object) -> None:
    assert read_list(text, numbers=True) == items


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=4) | st.dictionaries(st.text(max_size=5), VALUES, max_size=3))
def test_notation_of_python_and_of_json_reads_as_the_value_it_was_written_from(value: Any) -> None:
    assert read_notation(json.dumps(value)) == value
    assert read_notation(repr(value)) == value


@given(st.text() | st.text("[](){}'\"\\, :xuU01", max_size=40))
def test_any_text_reads_as_something_or_nothing(text: str) -> None:
    for read in (
        read_notation,
        read_list,
        read_number,
        read_truth,
        read_date,
        read_datetime,
        read_time,
        says_not_found,
    ):
        read(text)


@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 5_000 + "]" * 5_000, "'" * 99_999, "(" * 50_000 + ")" * 50_000])
def test_text_that_is_nested_without_end_is_not_read(text: str) -> None:
    assert read_notation(text) is UNREAD


@pytest.mark.parametrize(
    ("wanted", "given_keys", "matched"),
    [
        ({"hq": ["hq"]}, ["HQ"], {"HQ": "hq"}),
        ({"hq_city": ["hq_city"]}, ["hqCity"], {"hqCity": "hq_city"}),
        ({"hq_city": ["hq_city"]}, ["HQ City", "hq-city"], {}),
        ({"hq_city": ["hq_city"], "hqCity": ["hqCity"]}, ["HQ-City"], {}),
        ({"hq": ["hq"]}, ["HQ", "hq"], {"hq": "hq"}),
        ({"jobTitle": ["jobTitle", "title"]}, ["Title"], {"Title": "jobTitle"}),
        ({"a": ["a"]}, ["b"], {}),
    ],
)
def test_keys_are_matched_when_only_one_can_be_meant(
    wanted: dict[str, list[str]], given_keys: list[str], matched: dict[str, str]
) -> None:
    assert match_names(wanted, given_keys) == matched


def test_a_timestamp_with_an_offset_keeps_it() -> None:
    found = read_datetime("2024-05-31T10:00:00+02:00")

    assert isinstance(found, datetime)
    assert found.utcoffset() == timedelta(hours=2)
