"""Rows of data frames as parameters of operations: what they are sent as, and what is refused."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from importlib import import_module
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import CompanyIntelligence, FindEmail, FindEmailBulk, InputError
from tests.tables.frame_libraries import pandas, polars, pyarrow

np: Any = import_module("numpy")


class Color(Enum):
    RED = "red"


class Level(IntEnum):
    HIGH = 3


def sent(value: object) -> object:
    """Return what is sent under a key of a lead; the lead's name alone when the key is left out."""
    row: Any = {"name": "Ada", "x": value}
    lead: Any = FindEmail(lead=row).payload()["lead"]
    return lead.get("x", "left out")


VALUES: list[tuple[Any, Any]] = [
    (np.int64(5), 5),
    (np.uint8(5), 5),
    (np.float64(0.5), 0.5),
    (np.float32(0.5), 0.5),
    (np.bool_(True), True),
    (np.str_("text"), "text"),
    (np.array([1, 2]), [1, 2]),
    (np.array(7), 7),
    (np.array(["2024-01-01"], dtype="datetime64[ns]"), ["2024-01-01T00:00:00"]),
    (np.datetime64("2024-01-01"), "2024-01-01"),
    (np.datetime64("2024-01-01T10:00:00.000000005", "ns"), "2024-01-01T10:00:00.000000005"),
    (np.timedelta64(1500, "ms"), "PT1.5S"),
    (pandas.Timestamp("2024-01-01 10:00", tz="Europe/Berlin"), "2024-01-01T10:00:00+01:00"),
    (pandas.Timestamp(1), "1970-01-01T00:00:00.000000001"),
    (pandas.Timedelta("-1s"), "-PT1S"),
    (pandas.Series([1.0, None]), [1.0, None]),
    (pyarrow.scalar(Decimal("1.10")), "1.10"),
    (datetime(2024, 1, 1, 12, tzinfo=UTC), "2024-01-01T12:00:00+00:00"),
    (date(2024, 1, 1), "2024-01-01"),
    (time(1, 2, 3, 500000), "01:02:03.5"),
    (timedelta(days=20000, microseconds=1), "PT1728000000.000001S"),
    (Decimal("12345678901234567890.10"), "12345678901234567890.10"),
    (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
    (PurePosixPath("a/b"), "a/b"),
    (Color.RED, "red"),
    (Level.HIGH, 3),
    (("a", ("b",)), ["a", ["b"]]),
    ({3, 1, 2}, [1, 2, 3]),
    (frozenset({"b", "a"}), ["a", "b"]),
    (OrderedDict(a=(1,)), {"a": [1]}),
    (MappingProxyType({"a": np.int64(1)}), {"a": 1}),
]


@pytest.mark.parametrize(
    ("value", "expected"), VALUES, ids=[type(value).__name__ + str(number) for number, (value, _) in enumerate(VALUES)]
)
def test_a_value_is_sent_as_json_has_it(value: object, expected: object) -> None:
    found = sent(value)

    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        np.float64("nan"),
        np.float32("nan"),
        np.datetime64("NaT", "ns"),
        np.timedelta64("NaT", "ns"),
        pandas.NA,
        pandas.NaT,
        Decimal("NaN"),
    ],
    ids=["nan", "float64", "float32", "datetime64", "timedelta64", "NA", "NaT", "Decimal"],
)
def test_what_is_missing_is_left_out_of_a_lead_and_null_in_a_list(value: object) -> None:
    assert sent(value) == "left out"
    assert sent({"inner": value, "kept": None}) == {"kept": None}
    assert sent([1, value]) == [1, None]


def test_a_missing_value_changes_no_question() -> None:
    """The fingerprint is that of the row without it: the same row from CSV is the same question."""
    assert FindEmail(lead={"name": "Ada", "title": float("nan")}) == FindEmail(lead={"name": "Ada"})


def test_where_nothing_else_is_left_the_lead_is_empty() -> None:
    with pytest.raises(InputError, match="parameter 'lead' should have at least one key"):
        FindEmail(lead={"name": float("nan")})


@pytest.mark.parametrize(
    "value",
    [float("inf"), np.float64("-inf"), Decimal("Infinity"), object(), 3j, b"bytes"],
    ids=["inf", "float64", "Decimal", "object", "complex", "bytes"],
)
def test_what_json_cannot_express_is_refused_by_the_name_of_the_parameter(value: object) -> None:
    with pytest.raises(InputError) as caught:
        sent(value)

    assert (caught.value.field or "").partition(".")[0] == "lead"


def test_a_missing_value_is_refused_where_leaving_it_out_would_ask_for_something_else() -> None:
    with pytest.raises(InputError):
        FindEmail(lead={"name": "Ada"}, extra={"limit": float("nan")})
    with pytest.raises(InputError):
        FindEmail(lead={"name": "Ada"}, extra={"limit": pandas.NA})


def test_what_contains_itself_is_refused() -> None:
    loop: dict[str, Any] = {}
    loop["self"] = loop

    with pytest.raises(InputError):
        FindEmail(lead=loop)


FRAME = {
    "name": ["Ada", "Bob"],
    "employees": [3, None],
    "since": [datetime(2024, 1, 1), None],  # noqa: DTZ001 (data frames have such)
    "score": [0.5, None],
}


def test_rows_of_frames_can_be_passed_as_they_are() -> None:
    """``row._asdict()``, ``dict(row)``, ``to_dict("records")`` of pandas, ``to_dicts()`` of polars: one question."""
    frame = pandas.DataFrame(FRAME)
    rows = [dict(row) for _, row in frame.iterrows()]
    tuples = [row._asdict() for row in frame.itertuples(index=False)]
    nullable = frame.convert_dtypes().to_dict("records")
    expected = [{"name": "Ada", "employees": 3, "since": "2024-01-01T00:00:00", "score": 0.5}, {"name": "Bob"}]

    for leads in (rows, tuples, nullable, frame.to_dict("records"), polars.DataFrame(FRAME).to_dicts()):
        assert [without_null(lead) for lead in leads_of(leads)] == expected
        first = CompanyIntelligence(target_company=leads[0], struct={"a": "b"})
        assert first.payload()["target_company"] == expected[0]


def leads_of(leads: Any) -> list[dict[str, Any]]:
    sent_leads: Any = FindEmailBulk(leads=leads).payload()["leads"]
    return list(sent_leads)


def without_null(lead: dict[str, Any]) -> dict[str, Any]:
    """None is JSON's null: it is sent, as it was ever."""
    return {key: value for key, value in lead.items() if value is not None}


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), JSON, min_size=1))
def test_json_is_sent_as_it_is_and_keeps_its_fingerprint(lead: dict[str, Any]) -> None:
    """Journals of earlier versions are keyed by it."""
    operation = FindEmail(lead=lead)
    content = json.dumps(["find-email", {"lead": lead}], sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert operation.payload() == {"lead": lead}
    assert operation.fingerprint() == hashlib.sha256(content.encode()).hexdigest()[:32]


@pytest.mark.parametrize("further", [{}, {"joined": date(2024, 5, 1)}, {"score": float("nan")}], ids=str)
def test_a_row_that_the_caller_changes_afterwards_changes_no_question(further: dict[str, object]) -> None:
    """Whether its values are plain or not."""
    row: dict[str, Any] = {"name": "Ada", "is_founder": True, "company": None} | further
    operation = FindEmail(lead=row)
    before = operation.fingerprint()

    row["name"] = "Grace"

    assert operation.payload()["lead"] == FindEmail(lead={**row, "name": "Ada"}).payload()["lead"]
    assert operation.fingerprint() == before


ANY_TEXT = st.text(st.characters(categories=["Cs", "L"]), max_size=3) | st.sampled_from(["NaN", "-Infinity"])
ANYTHING_LIKE_JSON = st.recursive(
    st.none() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=5,
)


def is_json(value: object) -> bool:
    """Return whether Python's own encoder, as strict as it can be, takes a value."""
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return True


@given(st.dictionaries(ANY_TEXT, ANYTHING_LIKE_JSON, min_size=1, max_size=3))
def test_exactly_what_json_cannot_hold_is_refused(fields: dict[str, Any]) -> None:
    """Numbers that JSON lacks and halves of surrogate pairs, however deep; not their names in a text."""
    try:
        payload = FindEmail(lead={"name": "Ada"}, extra=fields).payload()
    except InputError:
        assert not is_json(fields)
    else:
        assert is_json(fields)
        assert payload == {"lead": {"name": "Ada"}} | fields
