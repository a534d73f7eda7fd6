"""Tables of every format through the command line: what is read, what is sent and paid for, and what is written."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
from pathlib import Path

import pytest

from sixtyfour_async.simulator import companies
from sixtyfour_async.tables import Cell, open_table, write_table
from tests.cli.conftest import COMMAND, ENVIRONMENT, HEADQUARTERS, Shell
from tests.tables.workbooks import cell, header, row, text, workbook

FAST = ("--simulate", "--speed", "600")
COMPANY = ("run", "company-intelligence")
FIELDS = (*HEADQUARTERS, "--field", "founded:int=Year of founding")
NAMES = tuple(company.company_name for company in companies()[:3])
ANSWERS = tuple((company.headquarters, company.founded) for company in companies()[:3])
ROWS: list[tuple[Cell, ...]] = [(name, index) for index, name in enumerate(NAMES)]
OUT = ("Company", "Note", "headquarters", "status", "error", "cost_cents", "confidence", "matched_by")
STATE = ".journal.db.simulated.jsonl"


def submitted(shell: Shell, stem: str) -> int:
    return shell.submits(f"{stem}{STATE}").total()


@pytest.mark.parametrize("kind", ["csv", "tsv", "csv.gz", "ndjson", "jsonl.gz", "json", "xlsx", "parquet"])
def test_a_table_comes_back_in_its_own_format(shell: Shell, kind: str) -> None:
    """With the answers as values: a year is a number where the format has numbers."""
    write_table(shell.folder / f"in.{kind}", ("company_name", "rank"), ROWS)
    result = shell.run(*COMPANY, f"in.{kind}", *FIELDS, *FAST)
    out = open_table(shell.folder / f"in.enriched.{kind}")
    rows = [dict(zip(out.columns, row.cells, strict=True)) for row in out]

    assert result.code == 0, result.err
    assert [(row["company_name"], row["headquarters"]) for row in rows] == [
        (name, answer[0]) for name, answer in zip(NAMES, ANSWERS, strict=True)
    ]
    typed = kind not in {"csv", "tsv", "csv.gz"}
    assert [row["founded"] for row in rows] == [year if typed else str(year) for _, year in ANSWERS]
    assert [row["rank"] for row in rows] == [index if typed else str(index) for index in range(3)]
    assert [row["status"] for row in rows] == ["completed"] * 3
    assert submitted(shell, "in.enriched") == 3


def test_the_output_has_the_format_of_its_extension(shell: Shell) -> None:
    """And all outputs of one journal are the same table; the second run sends nothing."""
    shell.table()
    outputs = ["o.ndjson", "o.xlsx", "o.parquet", "o.json", "o.csv.gz", "o.tsv"]
    for name in outputs:
        result = shell.run(*COMPANY, "in.csv", *FIELDS, *FAST, "--out", name, "--journal", "j.db")
        assert result.code == 0, result.err
    tables = [open_table(shell.folder / name) for name in outputs]
    texts = [[[str(cell) for cell in row.cells[:4]] for row in table] for table in tables]

    assert {table.columns for table in tables} == {tables[0].columns}
    assert all(found == texts[0] for found in texts)
    assert gzip.decompress((shell.folder / "o.csv.gz").read_bytes()).startswith(b"company_name,website,headquarters")
    assert shell.submits("j.db.simulated.jsonl").total() == 3


def test_the_dialect_comes_back_unless_another_is_asked_for(shell: Shell) -> None:
    content = '\ufeff"company_name";"note"\r\n"3M";"@acme"\r\n'
    shell.table(text=content)
    command = (*COMPANY, "in.csv", *HEADQUARTERS, *FAST)
    first = shell.run(*command)
    kept = (shell.folder / "in.enriched.csv").read_bytes()
    second = shell.run(*command, "--out-dialect", "plain")
    plain = (shell.folder / "in.enriched.csv").read_bytes()

    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert kept.startswith('\ufeff"company_name";"note";"headquarters";"status"'.encode())
    assert b'\r\n"3M";"@acme";"Maplewood, Minnesota, U.S.";"completed";"";"10";' in kept
    assert plain.startswith(b"company_name,note,headquarters,status,error,cost_cents,confidence,matched_by\n3M,@acme,")


@pytest.mark.parametrize("kind", ["ndjson", "csv", "xlsx"])
def test_standard_input_and_output(tmp_path: Path, kind: str) -> None:
    """Nothing but the table is on standard output; its format is that of the input."""
    write_table(tmp_path / f"x.{kind}", ("company_name", "rank"), ROWS)
    command = [*COMMAND, *COMPANY, "-", *FIELDS, *FAST, "--out", "-", "--journal", "j.db"]
    done = subprocess.run(
        command,
        input=(tmp_path / f"x.{kind}").read_bytes(),
        capture_output=True,
        cwd=tmp_path,
        env=ENVIRONMENT,
        check=False,
    )
    (tmp_path / f"y.{kind}").write_bytes(done.stdout)
    out = open_table(tmp_path / f"y.{kind}")

    assert done.returncode == 0, done.stderr
    assert b"standard input: 3 rows" in done.stderr
    assert [row.cells[2] for row in out] == [headquarters for headquarters, _ in ANSWERS]
    assert b"answered" in done.stderr


def test_a_closed_standard_output_is_reported_in_one_line(shell: Shell) -> None:
    shell.table()
    with shell.start(*COMPANY, "in.csv", *FIELDS, *FAST, "--out", "-", "--journal", "j.db") as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        error = child.stderr.read()

    paid = shell.submits("j.db.simulated.jsonl").total()
    assert child.returncode == (4 if paid else 1), "it may be noticed before the first row"
    assert "Traceback" not in error
    assert "standard output was closed" in error.splitlines()[-1]


def test_an_export_has_the_format_of_its_extension(shell: Shell) -> None:
    shell.table()
    assert shell.run(*COMPANY, "in.csv", *FIELDS, *FAST).code == 0
    for name in ("o.xlsx", "o.ndjson", "o.parquet"):
        result = shell.run("export", "in.enriched.journal.db", "--out", name)
        table = open_table(shell.folder / name)
        at = table.columns.index("founded")

        assert result.code == 0, result.err
        assert sorted(str(row.cells[at]) for row in table) == sorted(str(year) for _, year in ANSWERS)
    streamed = shell.run("export", "in.enriched.journal.db", "--out", "-", "--format", "csv")
    assert len(list(csv.reader(io.StringIO(streamed.out)))) == 4


def test_a_new_file_is_as_private_as_its_journal(shell: Shell) -> None:
    shell.table()
    shell.run(*COMPANY, "in.csv", *FIELDS, *FAST)
    shell.run("export", "in.enriched.journal.db", "--out", "o.csv")

    modes = {
        name: (shell.folder / name).stat().st_mode & 0o777
        for name in ("in.enriched.csv", "in.enriched.journal.db", "o.csv")
    }

    assert set(modes.values()) == {0o600}, modes


FOOTER = (
    "Account Name,Website,Country\n3M,www.3m.com,US\n1&1,www.1und1.ag,DE\n\n"
    '"Confidential Information - Do Not Distribute"\n'
    '"Copyright (c) 2000-2026 example.com, inc. All rights reserved."\n"Generated By: a user 1/5/2026 9:14 AM"\n'
)
PHONES = 'Name,Phone\n"A B","=""+4930123456"""\n"C D",\'+1 555-010-0000\n"E F",4.93012E+11\n"G H",004930123456\n'
NOBODY = "Company,Website\nN/A,n.a.\nunknown,-\nnot available,\n3M,www.3m.com\n"


def test_junk_is_not_paid_for_and_is_named(shell: Shell) -> None:
    """The footer of an export, a first line for Excel, delimiters at each line's end, blank rows, an index."""
    tables = {
        "footer": (FOOTER, "lines 5 to 7 are a footer and not read"),
        "sep": ("sep=;\r\nCompany;Website\r\n3M;www.3m.com\r\n1&1;www.1und1.ag\r\n", ""),
        "trailing": (
            "Company,Website,\r\n3M,www.3m.com,\r\n1&1,www.1und1.ag,\r\n",
            "a column without name and content",
        ),
        "ghosts": ("Company,Website\n3M,www.3m.com\n,\n1&1,www.1und1.ag\n" + ",\n" * 50, "51 blank rows left out"),
        "index": (",Company,Website\n0,3M,www.3m.com\n1,1&1,www.1und1.ag\n", "-- not sent (an index"),
        "Unnamed": ("Unnamed: 0,Company,Website\n7,3M,www.3m.com\n1,1&1,www.1und1.ag\n", "-- not sent (an index"),
        "title": ("All accounts: Europe\n\nCompany,Website\n3M,www.3m.com\n1&1,www.1und1.ag\n", "above the header"),
    }
    for name, (content, said) in tables.items():
        shell.table(f"{name}.csv", text=content)
        result = shell.run(*COMPANY, f"{name}.csv", *HEADQUARTERS, *FAST)

        assert result.code == 0, result.err
        assert said in result.err
        assert submitted(shell, f"{name}.enriched") == 2
        assert (
            set(shell.submits(f"{name}.enriched{STATE}")) <= {"3M | www.3m.com", "1&1 | www.1und1.ag", *()}
            or name == "footer"
        )


def test_phone_numbers_are_cleaned_where_certain_and_refused_where_not(shell: Shell) -> None:
    """The cells of the input come back as they were."""
    shell.table(text=PHONES)
    refused = shell.run("run", "reverse-phone", "in.csv", *FAST)
    result = shell.run("run", "reverse-phone", "in.csv", *FAST, "--skip-bad-rows", "--batching", "single")
    rows = shell.rows()

    assert (refused.code, refused.out) == (2, "")
    assert "row 3, column 'Phone': '4.93012E+11' has lost digits in a spreadsheet (line 4 of the file)" in refused.err
    assert result.code == 3, result.err
    assert "column 'Phone': 2 cells read without what a spreadsheet put around it" in result.err
    assert [row["Phone"] for row in rows] == ['="+4930123456"', "'+1 555-010-0000", "4.93012E+11", "004930123456"]
    assert [row["status"] == "rejected" for row in rows] == [False, False, True, False]
    assert submitted(shell, "in.enriched") == 3


def test_a_row_of_placeholders_names_nobody(shell: Shell) -> None:
    shell.table(text=NOBODY)
    result = shell.run(*COMPANY, "in.csv", *HEADQUARTERS, *FAST, "--skip-bad-rows")

    assert result.code == 3, result.err
    assert "3 of 4 rows cannot be sent" in result.err
    assert submitted(shell, "in.enriched") == 1


def test_an_error_in_a_workbook_is_refused_by_cell_where_it_is_sent(shell: Shell) -> None:
    """And without its column the row is asked."""
    rows = [
        row(text("A2", "3M"), cell("B2", "<v>#REF!</v>", kind="e"), at=2),
        row(text("A3", "1&1"), text("B3", "#REF!"), at=3),
        row(cell("A4", "<f>Old!A4</f>"), text("B4", "www.basf.com"), at=4),
    ]
    (shell.folder / "in.xlsx").write_bytes(workbook({"Leads": header("Company", "Note") + "".join(rows)}))
    command = (*COMPANY, "in.xlsx", *HEADQUARTERS, *FAST)
    refused = shell.run(*command, "--send", "Note")
    result = shell.run(*command, "--skip-bad-rows", "--out", "o.ndjson")
    out = [dict(zip(OUT, one.cells, strict=True)) for one in open_table(shell.folder / "o.ndjson")]

    assert (refused.code, refused.out) == (2, "")
    assert "row 1, column 'Note': cell B2 holds the error #REF!" in refused.err
    assert "row 3, column 'Company': cell A4 holds a formula that was never calculated" in refused.err
    assert result.code == 3, result.err
    assert [one["status"] for one in out] == ["completed", "completed", "rejected"]
    assert [one["Note"] for one in out] == ["#REF!", "#REF!", "www.basf.com"]
    assert "cell A4" in str(out[2]["error"])


def test_a_field_named_like_our_own_column_is_renamed_with_the_true_reason(shell: Shell) -> None:
    shell.table(rows=1)
    result = shell.run(*COMPANY, "in.csv", "--field", "status=Headquarters: where the head office is", *FAST)

    assert result.code == 0, result.err
    assert "status goes to column status_answer: the output has a column status" in result.err
    assert shell.rows()[0]["status"] == "completed"


REFUSED = {
    "a field twice": (("--field", "hq=a", "--field", "hq=b"), "--field 'hq' is given twice"),
    "a field in two spellings": (("--field", "hq=a", "--field", "HQ=b"), "--field 'HQ' is given twice, also as 'hq'"),
    "a column twice": ((*HEADQUARTERS, "--map", "website=a", "--map", "website=b"), "--map 'website' is given twice"),
    "a price twice": ((*HEADQUARTERS, "--price", "x=1", "--price", "x=2"), "--price 'x' is given twice"),
    "a sheet of CSV": ((*HEADQUARTERS, "--sheet", "1"), "is csv and has no sheets (leave --sheet out)"),
    "an unknown output": ((*HEADQUARTERS, "--out", "o.docx"), "extension .docx is not that of a table"),
    "an unknown dialect": ((*HEADQUARTERS, "--out-dialect", "klingon"), "no dialect is called 'klingon'"),
    "a dialect of JSON": (
        (*HEADQUARTERS, "--out", "o.json", "--out-dialect", "tab"),
        "json has no dialects (leave --out-dialect",
    ),
    "an output without journal": ((*HEADQUARTERS, "--out", "-"), "needs a name for its journal (add --journal"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_an_option_that_does_not_fit_is_refused(shell: Shell, name: str) -> None:
    options, message = REFUSED[name]
    shell.table()
    result = shell.run(*COMPANY, "in.csv", *options, *FAST)

    assert (result.code, result.out) == (2, "")
    assert message in result.last
    assert shell.names() == {"in.csv"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("https://docs.google.com/spreadsheets/d/1/edit", "File > Download"),
        ("s3://bucket/leads.csv", "is an address (s3), not a file"),
        ("-", "add --out FILE"),
        ("leads.docx", "extension .docx is not that of a table"),
        ("leads", "no extension that is that of a table"),
    ],
)
def test_a_table_that_is_no_file_is_refused(shell: Shell, table: str, message: str) -> None:
    result = shell.run(*COMPANY, table, *HEADQUARTERS, *FAST)

    assert (result.code, result.out) == (2, "")
    assert message in result.last
    assert shell.names() == set()
