"""What the guide's page on many processes promises of a database: the privileges that it names are enough, and few."""

from __future__ import annotations

import re
from collections.abc import Generator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import sixtyfour_async
from sixtyfour_async import JobOperation, JobRunner
from sixtyfour_async._client.budget_postgres import create_accounts
from sixtyfour_async._journal.places import place_of, reading
from sixtyfour_async._journal.postgres_upkeep import create
from sixtyfour_async._postgres.address import Address
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.postgres_server import Server
from tests.runner.questions import find_email, questions

PAGE = (Path(sixtyfour_async.__file__).parent / "guide" / "fleet.md").read_text("utf-8")
GRANTS = "".join(re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL))
ROLES = ("enrichers", "readers")
CAPS: dict[str, float] = {"max_cost_cents": 1000, "max_cost_cents_per_day": 1000, "max_row_cents": 50}
FORBIDDEN = (
    "DELETE FROM sixtyfour_jobs",
    "TRUNCATE sixtyfour_jobs",
    "DELETE FROM sixtyfour_tallies",
    "INSERT INTO sixtyfour_journal (id) VALUES ('other')",
    "DELETE FROM sixtyfour_budgets",
    "UPDATE sixtyfour_migrations SET version = 99",
    "INSERT INTO sixtyfour_adoptions SELECT FROM sixtyfour_journal",
    "DROP TABLE sixtyfour_jobs",
    "CREATE TABLE other (id int)",
)
FORBIDDEN_TO_READERS = ("UPDATE sixtyfour_jobs SET state = 'released'", "SELECT 1 FROM sixtyfour_budgets")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"  # on the real clock: the database has no other


@pytest.fixture
def granted(postgres_server: Server) -> Generator[dict[str, str], None, None]:
    """Role → the URL of a journal that its owner has made, and granted as the page says."""
    name = postgres_server.create_database()
    create(Address.of(postgres_server.url(name)))
    create_accounts(Address.of(postgres_server.url(name)))
    postgres_server.run(*(f"CREATE ROLE {role} LOGIN" for role in ROLES))
    postgres_server.run(*filter(str.strip, GRANTS.split(";")), database=name)
    yield {role: postgres_server.url(name, user=role) for role in ROLES}
    postgres_server.drop_database(name)
    postgres_server.run(*(f"DROP ROLE {role}" for role in ROLES))


@pytest.mark.anyio
async def test_with_the_privileges_that_the_page_names_a_run_is_made_and_read(granted: dict[str, str]) -> None:
    """Caps, a shared budget and batches included; twice, since the second opening reads what the first wrote."""
    url = granted["enrichers"]
    for rows in (2, 3):
        async with (
            simulated(SimulatorSettings(speed=3000)) as (client, _),
            JobRunner(
                client, journal=url, max_cost_cents=1000, max_cost_cents_per_day=1000, max_row_cents=50
            ) as runner,
        ):
            asked: list[JobOperation[Any]] = [*questions(rows), *(find_email(number) for number in range(rows))]
            statuses = [outcome.status async for outcome in runner.map(asked)]
        assert statuses == ["completed"] * (2 * rows)

    with reading(place_of(granted["readers"])) as journal:
        assert {entry.state for entry in journal.entries()} == {"completed"}
        assert sum(line.rows for line in journal.lines() if line.state == "completed") == 6


def test_and_no_more_than_that_is_allowed(granted: dict[str, str]) -> None:
    """Nothing paid can be made to be forgotten; one that reads writes nothing at all."""
    for role, statements in {"enrichers": FORBIDDEN, "readers": (*FORBIDDEN, *FORBIDDEN_TO_READERS)}.items():
        with psycopg.connect(granted[role], autocommit=True) as connection:
            for statement in statements:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.encode())


def test_every_program_of_the_page_is_one() -> None:
    """Those for engines are not run here."""
    programs = re.findall(r'```python title="([^"]+)"\n(.*?)```', PAGE, re.DOTALL)
    for name, text in programs:
        compile(text, name, "exec")
    assert len(programs) == 9
