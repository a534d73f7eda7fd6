"""The demo's input and its check: the packaged company list, enriched by name and compared with its own facts."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sixtyfour_async.cli.enrichment import Enrichment
from sixtyfour_async.models.struct import FieldSpec
from sixtyfour_async.questions.question import Question
from sixtyfour_async.simulator import companies
from sixtyfour_async.tables import open_table, write_table

FIELDS: dict[str, FieldSpec] = {
    "headquarters": "Where the head office is",
    "founded": {"description": "Year of founding", "type": "int"},
    "employees": {"description": "Head count", "type": "int"},
    "industry": "Line of business",
}
"""Of each company at least one of these is known, its industry, so that a healthy demo answers every row."""

SENT_COLUMNS = ("company_name", "website", "country")
"""What the service is sent about a company; the facts to be found are not among them."""


@contextmanager
def demo_enrichment() -> Generator[Enrichment, None, None]:
    """Yield an enrichment of the packaged list, whose table lies in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "companies.csv"
        write_table(path, SENT_COLUMNS, ([getattr(company, name) for name in SENT_COLUMNS] for company in companies()))
        question = Question("company-intelligence", FIELDS, options={"tier": "low"})
        yield Enrichment.of(open_table(path), question)


def compare_with_facts(out: Path) -> list[str]:
    """Compare an enriched list with the facts, cell by cell; return lines for the summary."""
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
    agreeing = [f"    {name:<14}{right[name]:>9,} of {known[name]:,}" for name in FIELDS]
    return ["  compared with the list's own facts:", *agreeing]
