"""The guide leaves nothing out: errors, exit codes, statuses, operations, the schema, the extras."""

from __future__ import annotations

import re
import sqlite3
import tomllib
from contextlib import closing
from typing import get_args

import pytest

from sixtyfour_async import errors
from sixtyfour_async._runner.outcomes import Status
from sixtyfour_async.cli.exit_codes import ExitCode
from sixtyfour_async.cli.signals import NUMBERS, exit_code_of
from sixtyfour_async.operations import REGISTRY
from sixtyfour_async.questions.table_operations import TABLE_OPERATIONS
from tests.guide.generated import PARTS, bound_operations, part_of
from tests.guide.pages import GUIDE, ROOT


def text_of(page: str) -> str:
    return (GUIDE / f"{page}.md").read_text("utf-8")


def first_cells(page: str) -> list[str]:
    """Return the first cell of each line of a page's tables."""
    return [line.split("|")[1].strip() for line in text_of(page).splitlines() if line.startswith("| ")]


def test_every_error_is_explained_once() -> None:
    classes = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)} - {"PickledCause"}
    explained = [cell.strip("`") for cell in first_cells("errors") if cell.endswith("Error`")]

    assert sorted(explained) == sorted(classes)


def test_every_status_of_an_error_is_the_one_it_is_raised_for() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (4\d\d) \|", text_of("errors"), re.MULTILINE)

    assert len(rows) == 9
    assert {errors.api_error_class(int(status)).__name__: status for _, status in rows} == dict(rows)


def test_every_exit_code_is_explained() -> None:
    explained = {int(code) for cell in first_cells("errors") for code in re.findall(r"^\d+|(?<=, )\d+", cell)}

    assert explained == {0, *ExitCode, *map(exit_code_of, NUMBERS)}


def test_every_status_of_a_row_is_explained() -> None:
    explained = {word for cell in first_cells("tables") for word in cell.split(", ")}

    assert set(get_args(Status)) <= explained


def test_every_operation_of_the_command_line_is_named() -> None:
    assert [name for name in TABLE_OPERATIONS if f"`{name}`" not in text_of("tables")] == []


@pytest.mark.parametrize("name", PARTS)
def test_generated_parts_are_up_to_date(name: str) -> None:
    """`python -m tests.guide.generated` writes them anew."""
    page, make = PARTS[name]

    assert part_of((GUIDE / page).read_text("utf-8"), name) == make()


def test_every_operation_has_a_method() -> None:
    assert {cls for _, cls in bound_operations()} == set(REGISTRY.values())


def test_the_schema_of_the_guide_is_a_schema() -> None:
    block = part_of(text_of("journal"), "schema").strip().removeprefix("```sql").removesuffix("```")
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(block)
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert {"jobs", "meta", "answers", "tallies"} <= tables


def test_every_extra_is_explained() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    explained = {name for cell in first_cells("frames") for name in re.findall(r"`(\w+)`", cell)}

    assert set(extras) <= explained
