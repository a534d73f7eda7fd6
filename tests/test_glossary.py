"""The glossary's table of a row's life names every word of its five vocabularies, and no other."""

from __future__ import annotations

import re
from importlib import resources
from typing import get_args

import pytest

from sixtyfour_async._runner.outcomes import Status
from sixtyfour_async._scheduling.job_states import Phase
from sixtyfour_async._scheduling.row_states import Admission, State
from sixtyfour_async.models import JobState

GLOSSARY = resources.files("sixtyfour_async").joinpath("guide/glossary.md").read_text("utf-8")

COLUMNS = {
    "Phase": set(map(str, Phase)),
    "JobState": set(map(str, JobState)),
    "State": set(get_args(State)),
    "Admission": set(get_args(Admission)),
    "Status": set(get_args(Status)),
}


def column(name: str) -> set[str]:
    """Return the words of one column of the table."""
    rows = [line.split("|")[1:-1] for line in GLOSSARY.splitlines() if line.startswith("|")]
    place = next(number for number, cell in enumerate(rows[0]) if f"`{name}`" in cell)
    return {word for row in rows[2:] for word in re.findall(r"`(\w+)`", row[place])} - {"retry_failed"}


@pytest.mark.parametrize("name", COLUMNS)
def test_a_column_of_the_table_is_its_vocabulary(name: str) -> None:
    assert column(name) == COLUMNS[name]


def test_terms_are_in_order_and_explained() -> None:
    terms = re.findall(r"^\*\*(.+)\*\*\n: \S", GLOSSARY, re.MULTILINE)

    assert len(terms) > 20
    assert terms == sorted(terms)
    assert len(terms) == GLOSSARY.count("\n**")
