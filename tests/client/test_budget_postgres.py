"""The account of a key in a real PostgreSQL database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from sixtyfour_async import JournalError
from sixtyfour_async._client.budget_postgres import BudgetTable
from sixtyfour_async._client.budget_store import Visit
from sixtyfour_async._postgres.address import Address
from sixtyfour_async._scheduling.visits import Call, Grant
from sixtyfour_async._uptime import machine_clock


@pytest.fixture
def url(budget_url: str) -> str:
    with psycopg.connect(budget_url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS sixtyfour_budgets")
    return budget_url


def visit(runner: str, waits: int = 1) -> Visit:
    return Visit("k", runner, 1.0, Call(500, (waits, 0, 0)), machine_clock(None))


def visit_often(store: BudgetTable) -> int:
    """Return the tokens of twenty visits."""
    return sum(store.visit(visit(str(id(store)), 2)).tokens for _ in range(20))


def versions(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version FROM sixtyfour_budgets").fetchone()
    assert row is not None
    return int(row[0])


def test_visits_at_once_are_made_one_after_the_other_and_none_is_lost(url: str) -> None:
    stores = [BudgetTable(Address.of(url)) for _ in range(6)]

    with ThreadPoolExecutor(6) as threads:
        granted = list(threads.map(visit_often, stores))

    assert versions(url) == 120
    assert sum(granted) <= 40  # no token was granted twice
    for store in stores:
        store.close()


def test_a_client_that_stops_in_the_middle_of_a_visit_keeps_nobody_waiting(url: str) -> None:
    slow, other = BudgetTable(Address.of(url)), BudgetTable(Address.of(url))
    slow.visit(visit("slow"))
    wanted = visit("slow")
    decided = list[str]()

    class Interrupted(Visit):
        def decide(self, text: str | None, at: float, clock: str) -> tuple[str, Grant]:
            if not decided:
                decided.append("once")
                other.visit(visit("other"))  # while this one has read, and not written
            return Visit.decide(self, text, at, clock)

    slow.visit(Interrupted(wanted.key, wanted.runner, wanted.speed, wanted.call, wanted.clock))

    assert versions(url) == 3
    slow.close()
    other.close()


def test_a_connection_that_was_cut_is_made_again_by_the_next_visit(url: str) -> None:
    store = BudgetTable(Address.of(url))
    store.visit(visit("a"))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sixtyfour'"
        )

    with pytest.raises(JournalError, match="shared budget"):
        store.visit(visit("a"))

    store.visit(visit("a"))
    store.close()


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://me:s3cr3t-p4ss@127.0.0.1:9/none",
        "postgresql://me:s3cr3t-p4ss@127.0.0.1:x9/none",
        "postgresql://me:s3cr3t-p4ss@/none?host=/nowhere",
        "postgresql://me:s3cr3t-p4ss@h?bogus=1",
    ],
)
def test_no_error_shows_the_password(place: str) -> None:
    tables: list[BudgetTable] = []

    def use() -> None:
        tables.append(BudgetTable(Address.of(place)))
        tables[0].visit(visit("a"))

    with pytest.raises(JournalError) as caught:
        use()

    shown = f"{caught.value} {caught.value.__cause__} {tables!r}"
    assert "s3cr3t" not in shown
    assert "\n" not in str(caught.value)


def test_a_crash_of_the_server_leaves_an_account_that_begins_with_one_token(url: str) -> None:
    """The table is unlogged: after a crash PostgreSQL empties it."""
    store = BudgetTable(Address.of(url))
    store.visit(visit("a"))
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute("SELECT relpersistence FROM pg_class WHERE relname = 'sixtyfour_budgets'").fetchone()
        connection.execute("TRUNCATE sixtyfour_budgets")
    assert row == ("u",)

    assert store.visit(visit("a", 16)).tokens == 1
    store.close()
