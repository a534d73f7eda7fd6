"""Tables: which files are refused and with what message, which cells are preserved, and what survives a failure."""

import csv
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sixtyfour_async.errors import InputError, JobTimeoutError
from sixtyfour_async.tables import Cell, CsvTable, Dialect, added_columns, check_writable, csv_reader, write_table
from sixtyfour_async.tables.csv_writer import CsvWriter


def saved(folder: Path, content: str | bytes) -> Path:
    path = folder / "in.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def cells_of(table: CsvTable) -> list[tuple[Cell, ...]]:
    return [row.cells for row in table]


def test_a_valid_file_is_described_and_can_be_read_more_than_once(tmp_path: Path) -> None:
    content = 'company, Website \n"Acme, ""Inc.""",acme.example\n\n   \n"two\nlines"\n'

    table = CsvTable.open(saved(tmp_path, content))

    assert table.columns == ("company", " Website ")
    assert (table.rows, table.delimiter, table.encoding) == (2, ",", "utf-8-sig")
    assert table.sha256 == hashlib.sha256(content.encode()).hexdigest()
    for _ in range(2):
        assert [(row.number, row.cells) for row in table] == [
            (1, ('Acme, "Inc."', "acme.example")),
            (2, ("two\nlines", "")),
        ]


Case: TypeAlias = tuple[str, str | bytes, int | None, str | None, str, str]
REFUSED: list[Case] = [
    ("empty", "", None, None, "is empty", "header"),
    ("only blank lines", "\n\r\n\n", None, None, "is empty", "header"),
    ("header only", "a,b\n", None, None, "no rows", "add rows"),
    ("blank header", "a,,c\n1,2,3\n", None, None, "cell 2 of 3 is blank", "name the column"),
    ("blank single header", '""\nAcme\n', None, None, "cell 1 of 1 is blank", "name the column"),
    ("duplicate header", "a,b, a \n1,2,3\n", None, "a", "columns 1 and 3", "rename"),
    ("latin-1", "company,city\nAcme,Lyon\nBäcker,Köln\n".encode("latin-1"), 2, "company", "0xE4", "latin-1"),
    ("latin-1 far on", b"a,b\n" + b"x,y\n" * 9999 + b"x,\xe9\n", 10000, "b", "line 10001", "cp1252"),
    ("latin-1 header", b"company,Stra\xdfe\nAcme,1\n", None, None, "cell 2 of the header", "latin-1"),
    ("cut UTF-8", "a,b\nx,é".encode()[:-1], 1, "b", "0xC3", "latin-1"),
    ("NUL", "a,b\nx,\0\n", 1, "b", "NUL", "utf-16-le"),
    ("UTF-16 without mark", "a,b\nx,y\n".encode("utf-16-le"), None, "a", "NUL", "utf-16-le"),
    ("cut UTF-16", "a,b\nx,y\n".encode("utf-16")[:-1], None, None, "utf-16", "utf-16"),
    ("too wide", "a,b\n1,2\n\n1,2,3\n", 2, None, "3 cells where the header has 2 (line 4", "delimiter="),
    ("comma in a single column", "company\nAcme, Inc.\n", 1, None, "2 cells", "quotes"),
    ("open quote", 'a,b\n1,2\n3,"4\n5,6\n', 2, None, "line 3 of the file is still open", "close it"),
    ("open quote in header", 'a,"b\n1,2\n', None, None, "the header is still open", "close it"),
    ("open quote that meets another", 'a,b\n"x,1\ny,"z"\n', 1, None, "line 2", "twice"),
    ("bare quote", 'a,b\n"x" y,1\n', 1, None, "text after a closing quote", "twice"),
    ("workbook", b"PK\x03\x04....", None, None, "Excel", "export it as CSV"),
]


@pytest.mark.parametrize("case", REFUSED, ids=[case[0] for case in REFUSED])
def test_a_malformed_file_is_refused_with_row_column_and_remedy(tmp_path: Path, case: Case) -> None:
    _, content, row, column, message, remedy = case

    with pytest.raises(InputError) as caught:
        CsvTable.open(saved(tmp_path, content))

    assert (caught.value.row, caught.value.column) == (row, column)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


def test_a_path_that_is_not_a_readable_file_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (("none.csv", "No such file"), (".", "is a folder"), ("pipe", "not a regular file")):
        with pytest.raises(InputError, match=message):
            CsvTable.open(tmp_path / name)


@pytest.mark.parametrize(
    "options", [{"encoding": "klingon"}, {"encoding": "rot13"}, {"delimiter": ",,"}, {"delimiter": '"'}]
)
def test_invalid_options_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        CsvTable.open(saved(tmp_path, "a,b\n1,2\n"), **options)


def test_a_cell_over_the_limit_is_refused_and_one_over_the_csv_modules_default_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = saved(tmp_path, f"a,b\n1,{'x' * 200_000}\n")

    assert len(str(cells_of(CsvTable.open(path))[0][1])) == 200_000

    limit = csv.field_size_limit(70_000)
    monkeypatch.setattr(csv_reader, "MAX_CELL_CHARACTERS", 70_000)
    try:
        with pytest.raises(InputError, match="more than 70000 characters") as caught:
            CsvTable.open(path)
    finally:
        csv.field_size_limit(limit)
    assert caught.value.row == 1


@pytest.mark.parametrize(
    ("codec", "given_as", "used"),
    [
        ("utf-8", None, "utf-8-sig"),
        ("utf-8-sig", None, "utf-8-sig"),
        ("utf-8-sig", "UTF8", "utf-8-sig"),
        ("utf-16", None, "utf-16"),
        ("utf-32", None, "utf-32"),
        ("utf-16-le", "utf-16-le", "utf-16-le"),
        ("utf-16", "utf-16-le", "utf-16-le"),
        ("latin-1", "latin-1", "latin-1"),
    ],
)
def test_encodings(tmp_path: Path, codec: str, given_as: str | None, used: str) -> None:
    path = saved(tmp_path, '"Straße";b\nKöln;x\n'.encode(codec))

    table = CsvTable.open(path, encoding=given_as)

    assert (table.columns, table.delimiter, table.encoding) == (("Straße", "b"), ";", used)
    assert cells_of(table) == [("Köln", "x")]


def test_utf_16_without_a_byte_order_mark_is_not_decoded_as_utf_16(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be decoded as utf-16"):
        CsvTable.open(saved(tmp_path, "a,b\nx,y\n".encode("utf-16-le")), encoding="utf-16")


DELIMITED = [
    ("a,b\n1,2\n", ","),
    ("a;b\n1,5;2,5\n", ";"),
    ("a\tb\n1,5\t2;5\n", "\t"),
    ("a|b\n1|2\n", "|"),
    ('"a;x;y",b\n1,2\n', ","),
    ('a,b\n"1;2;3","x;y\nz;"\n', ","),
    ("Company;Notes, long\nAcme;good, big\n", ";"),
    ("Company;Revenue, 2024;City\nAcme;5,3;Lyon\n", ";"),
    ("name,notes; etc\nAcme,x\nFoo,y\n", ","),
    ("company\nAcme\n", ","),
    ("company\nAcme; Inc\n", ","),
    ("a;b;c\n1;2\n1\n", ";"),
    ("a;b\n" + "1;2,3\n" * 20_000, ";"),
]


@pytest.mark.parametrize(("content", "delimiter"), DELIMITED)
def test_the_delimiter_is_detected(tmp_path: Path, content: str, delimiter: str) -> None:
    assert CsvTable.open(saved(tmp_path, content)).delimiter == delimiter


def test_a_delimiter_can_be_given(tmp_path: Path) -> None:
    assert CsvTable.open(saved(tmp_path, "company\nAcme, Inc.\n"), delimiter="tab").rows == 1


def test_a_file_that_changes_after_the_check_is_refused_and_one_that_is_merely_touched_is_not(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b\n1,2\n")
    table = CsvTable.open(path)

    os.utime(path, (1, 1))
    assert cells_of(table) == [("1", "2")]

    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(InputError, match="has changed"):
        list(table)


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
AWKWARD_CELLS = st.sampled_from(
    ["", " ", '"', '""', ",", ";", "\r", "\n", "\r\n", "\ufeff", "'", "\\", "a\rb", "\x1a", "\u2028"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    width=st.integers(1, 4),
    data=st.data(),
    delimiter=st.sampled_from(",;\t|"),
)
def test_cells_survive_a_round_trip(tmp_path: Path, width: int, data: st.DataObject, delimiter: str) -> None:
    """Except for NUL and lone surrogates, which CSV cannot hold; rows without content are left out and said."""
    columns = [f" column\n{place}" for place in range(width)]
    cells = st.lists(CELLS | AWKWARD_CELLS, min_size=width, max_size=width).map(tuple)
    row = cells.filter(lambda cells: any(cell.strip() for cell in cells))
    rows = data.draw(st.lists(row, min_size=1, max_size=6))
    path = tmp_path / "out.csv"

    count = write_table(path, columns, rows, writer=CsvWriter(Dialect(delimiter))).rows
    table = CsvTable.open(path, delimiter=delimiter if width == 1 else None)

    assert count == table.rows == len(rows)
    assert table.columns == tuple(columns)
    assert cells_of(table) == rows


def test_the_written_file_is_utf_8_with_minimal_quotes(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"

    count = write_table(path, ["a", " b "], [("1", "x,y"), ("é", "\ud83d")]).rows

    assert count == 2
    assert path.read_bytes() == 'a, b \n1,"x,y"\né,\\ud83d\n'.encode()
    assert list(tmp_path.iterdir()) == [path]


def failing(error: BaseException) -> Iterator[tuple[str, ...]]:
    yield ("1",)
    raise error


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), JobTimeoutError("x"), InputError("x")])
def test_a_failure_leaves_the_existing_file_and_no_temporary_file(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")

    with pytest.raises(type(error)) as caught:
        write_table(path, ["a"], failing(error))

    assert caught.value is error
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(InputError, match="No space left"):
        write_table(tmp_path / "out.csv", ["a"], [("1",)])

    assert list(tmp_path.iterdir()) == []


def test_a_row_of_the_wrong_width_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="row 2: 1 cells for 2 columns"):
        write_table(tmp_path / "out.csv", ["a", "b"], [("1", "2"), ("3",)])


def test_a_table_can_be_rewritten_in_place_through_a_link_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = saved(tmp_path, "a;b\n1;2\n")
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    table = CsvTable.open(link)

    write_table(link, [*table.columns, "c"], ((*row.cells, "3") for row in table), writer=CsvWriter(table.dialect))

    assert link.is_symlink()
    assert path.read_text() == "a;b;c\n1;2;3\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_checking_a_path_leaves_no_trace(tmp_path: Path) -> None:
    path = saved(tmp_path, "old")
    before = path.stat()

    check_writable(path)
    check_writable(tmp_path / "new.csv")

    assert list(tmp_path.iterdir()) == [path]
    assert (path.read_text(), path.stat().st_mtime_ns) == ("old", before.st_mtime_ns)


def test_an_unwritable_path_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        (".", "is a folder"),
        ("no/out.csv", "does not exist"),
        ("pipe", "not a regular file"),
        ("x" * 300, "too long"),
    ):
        with pytest.raises(InputError, match=message):
            check_writable(tmp_path / name)


def as_nobody(work: Callable[[], None]) -> None:
    """Run in a child process without privileges: root may read and write anything."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            work()
        except BaseException:  # noqa: BLE001 (the child must not return into the test run)
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_missing_permissions_are_reported() -> None:
    """Reading and writing are checked, so that nothing is paid for that cannot be stored."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = saved(folder, "a,b\n1,2\n")
        path.chmod(0)
        folder.chmod(0o555)

        def refused() -> None:
            for use, place in ((check_writable, path), (CsvTable.open, path), (check_writable, folder / "new.csv")):
                with pytest.raises(InputError, match="Permission denied"):
                    use(place)

        as_nobody(refused)
        folder.chmod(0o700)


@pytest.mark.parametrize(
    ("existing", "wanted", "names"),
    [
        (["company"], ["website"], ("website",)),
        (["company", " Website "], ["website"], ("website_answer",)),
        (["x", "X_answer"], ["x"], ("x_answer_2",)),
        (["x", "x_answer", "x_answer_2"], ["x"], ("x_answer_3",)),
        (["x"], ["x", "x_answer"], ("x_answer_2", "x_answer")),
        ([], ["x", "X"], ("x", "X_answer")),
    ],
)
def test_added_columns_never_collide_with_the_inputs(
    existing: list[str], wanted: list[str], names: tuple[str, ...]
) -> None:
    assert added_columns(existing, wanted) == names
