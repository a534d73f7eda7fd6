"""Every file of the corpus is read as it is meant, or refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from sixtyfour_async.errors import InputError
from sixtyfour_async.tables import open_table
from tests.tables.corpus import CSV, EXCEL, JSON, Read, Refused

CORPUS = {
    f"{kind}: {name}": one
    for kind, cases in (("CSV", CSV), ("JSON", JSON), ("Excel", EXCEL))
    for name, one in cases.items()
}


@pytest.mark.parametrize("name", [name for name, one in CORPUS.items() if isinstance(one, Read)])
def test_a_file_is_read_as_it_is_meant(tmp_path: Path, name: str) -> None:
    case = CORPUS[name]
    assert isinstance(case, Read)
    path = tmp_path / case.file
    path.write_bytes(case.content)

    table = open_table(path, **case.options)
    read = list(table)

    assert table.columns == case.columns
    for _ in range(2):
        assert [row.cells for row in table] == case.rows
    assert [type(cell) for row in read for cell in row.cells if not isinstance(cell, str)] == [
        type(cell) for cells in case.rows for cell in cells if not isinstance(cell, str)
    ]
    assert (table.rows, [row.number for row in read]) == (len(case.rows), [*range(1, len(case.rows) + 1)])
    flaws = {row.number: "; ".join(flaw.message for flaw in row.flaws) for row in read if row.flaws}
    assert flaws.keys() == case.flaws.keys()
    assert all(part in flaws[number] for number, part in case.flaws.items())
    assert all(flaw.remedy for row in read for flaw in row.flaws)
    said = "\n".join(table.notes)
    assert all(part in said for part in case.notes), said
    assert case.notes or not [note for note in table.notes if "read as ISO" not in note], said


@pytest.mark.parametrize("name", [name for name, one in CORPUS.items() if isinstance(one, Refused)])
def test_a_file_is_refused_in_one_line_with_the_remedy(tmp_path: Path, name: str) -> None:
    case = CORPUS[name]
    assert isinstance(case, Refused)
    path = tmp_path / case.file
    path.write_bytes(case.content)

    with pytest.raises(InputError) as caught:
        open_table(path, **case.options)

    assert all(part in str(caught.value) for part in case.complaint), str(caught.value)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
