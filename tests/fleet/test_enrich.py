"""`Enrich`: what engines send to their workers."""

from __future__ import annotations

import asyncio
import pickle
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from sixtyfour_async import AsyncClient, AuthenticationError, ConfigurationError, InputError, Question
from sixtyfour_async.fleet import Enrich
from tests.cli.conftest import SERVICE_SPEED, Service
from tests.runner.questions import KNOWN
from tests.tables.frame_libraries import pandas, pyarrow

QUESTION = Question(
    "company-intelligence", fields={"hq": "Where?", "staff": {"description": "How many?", "type": "int"}}
)
ADDED = ["hq", "staff", "status", "error", "cost_cents", "confidence", "matched_by"]
pytestmark = pytest.mark.usefixtures("service")

client = partial(AsyncClient, speed=SERVICE_SPEED)


def table(first: int, rows: int = 3) -> Any:
    known = KNOWN[first : first + rows]
    return pyarrow.table(
        {"company_name": [one.company_name for one in known], "website": [one.website for one in known]}
    )


def submits(service: Service, rows: Any) -> Counter[str]:
    """Count how often each row of a table was accepted."""
    names = rows.column("company_name").to_pylist()
    counted = service.submits()
    return Counter({name: sum(n for subject, n in counted.items() if name in subject) for name in names})


def test_it_survives_a_pickle_and_answers_each_row_once_however_often_it_is_called(
    service: Service, journal: str
) -> None:
    enrich = pickle.loads(pickle.dumps(Enrich(QUESTION, journal, client=client)))  # noqa: S301 (our own)
    rows = table(0)

    first, second = enrich(rows), enrich(rows)

    assert first.column_names == ["company_name", "website", *ADDED]
    assert first.column("status").to_pylist() == ["completed"] * 3
    assert first.drop_columns(["error"]) == second.drop_columns(["error"])
    assert set(submits(service, rows).values()) == {1}


def test_the_key_is_in_no_pickle(service: Service, journal: str) -> None:
    assert service.exports["SIXTYFOUR_API_KEY"].encode() not in pickle.dumps(Enrich(QUESTION, journal, client=client))
    for keyed in (
        partial(AsyncClient, "a key"),
        partial(AsyncClient, api_key="a key"),
        partial(AsyncClient, auth=None),
    ):
        with pytest.raises(ConfigurationError, match="SIXTYFOUR_API_KEY where the workers run"):
            Enrich(QUESTION, journal, client=keyed)


def test_a_worker_without_a_key_says_so(journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIXTYFOUR_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="SIXTYFOUR_API_KEY"):
        Enrich(QUESTION, journal)(table(0))


def test_without_a_journal_nothing_is_asked() -> None:
    with pytest.raises(ConfigurationError, match="journal"):
        Enrich(QUESTION, "")


def test_all_parts_of_a_table_have_one_schema(journal: str) -> None:
    """Also a part without rows, and one without an answer, as engines ask for; neither needs the service."""
    enrich = Enrich(QUESTION, journal, client=client)
    rows = table(3)

    schema = enrich.schema(rows.schema)
    parts = list(enrich.batches(rows.to_batches(max_chunksize=2)))
    unsent = enrich(pyarrow.table({"company_name": pyarrow.array([None], "string"), "website": [""]}))

    assert [part.num_rows for part in parts] == [2, 1]
    assert {str(one.schema) for one in (*parts, unsent, rows.schema.empty_table())} - {str(schema)} == {
        str(rows.schema)
    }
    assert enrich(rows.slice(0, 0)).schema == schema


def test_an_empty_table_needs_neither_key_nor_service(journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIXTYFOUR_API_KEY", raising=False)
    frame = pandas.DataFrame({"company_name": pandas.Series([], dtype="str")})

    assert list(Enrich(QUESTION, journal)(frame).columns) == ["company_name", *ADDED]


def test_a_refusal_ends_the_task_and_can_be_pickled_by_the_engine(
    journal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIXTYFOUR_API_KEY", "wrong")
    with pytest.raises(AuthenticationError) as raised:
        Enrich(QUESTION, journal, client=client)(table(0))
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)  # noqa: S301 (our own)


def test_a_table_that_cannot_be_asked_about_costs_nothing(journal: str) -> None:
    with pytest.raises(InputError):
        Enrich(QUESTION, journal, client=client)(pyarrow.table({"colour": ["red"]}))


def test_it_works_inside_an_event_loop(journal: str) -> None:
    async def cell() -> Any:
        return Enrich(QUESTION, journal, client=client)(table(6))

    assert asyncio.run(cell()).column("status").to_pylist() == ["completed"] * 3


def test_two_threads_with_the_same_rows_share_one_submit_a_row(service: Service, journal: str) -> None:
    """A slow task that an engine runs a second time, and both are let go on."""
    enrich, rows = Enrich(QUESTION, journal, client=client), table(9)
    with ThreadPoolExecutor(2) as threads:
        found: list[Any] = list(threads.map(enrich, [rows, rows]))

    assert [one.column("status").to_pylist() for one in found] == [["completed"] * 3] * 2
    assert set(submits(service, rows).values()) == {1}


def test_what_was_submitted_is_collected_later(service: Service, journal: str) -> None:
    """For schedulers that give a slot back while a job runs elsewhere."""
    enrich, rows = Enrich(QUESTION, journal, client=client), table(12)

    left = enrich.submit(rows)
    looks = [left]
    while looks[-1].running:
        looks.append(enrich.submit(rows, wait=0.5))
    found = enrich(rows)

    assert {one.rows for one in looks} == {3}
    assert set(submits(service, rows).values()) == {1}
    assert found.column("status").to_pylist() == ["completed"] * 3


def test_a_submit_that_is_refused_says_why(journal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXTYFOUR_API_KEY", "wrong")
    with pytest.raises(AuthenticationError):
        Enrich(QUESTION, journal, client=client).submit(table(0))
