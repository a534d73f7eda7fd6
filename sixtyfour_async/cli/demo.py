"""The demo's input and its proof: the packaged company list, asked about by name, and compared with its own facts."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sixtyfour_async.cli.enrichment import Question, Sheet
from sixtyfour_async.models.struct import FieldSpec
from sixtyfour_async.simulator import companies
from sixtyfour_async.tables import Table, write_table

FIELDS: dict[str, FieldSpec] = {
    "headquarters": "Where the head office is",
    "founded": {"description": "Year of founding", "type": "int"},
    "employees": {"description": "Head count", "type": "int"},
}

KNOWN = ("company_name", "website", "country", "industry")
"""What the question says about a company; the facts asked for stay at home."""


@contextmanager
def packaged_sheet() -> Generator[Sheet, None, None]:
    """Make a sheet of the packaged list: name, website, country and industry, without the facts to be found."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "companies.csv"
        write_table(path, KNOWN, ([getattr(company, name) for name in KNOWN] for company in companies()))
        question = Question("company-intelligence", FIELDS, options={"tier": "low"})
        yield Sheet.plan(Table.open(path), question)


def compare(out: Path) -> list[str]:
    """Compare an enriched list with the facts, cell by cell, and say how many agree."""
    facts = {company.company_name: company for company in companies()}
    right, known = dict.fromkeys(FIELDS, 0), dict.fromkeys(FIELDS, 0)
    with out.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            company = facts[row["company_name"]]
            for name in FIELDS:
                fact = getattr(company, name)
                if fact not in {None, ""}:
                    known[name] += 1
                    right[name] += row[name] == str(fact)
    agreeing = [f"{name} {right[name]:,} of {known[name]:,}" for name in FIELDS]
    return ["  compared with the list's own facts: " + ", ".join(agreeing)]
