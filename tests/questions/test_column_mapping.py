"""Column mapping: which key a column is sent under, which columns are not sent, and which rows identify nobody."""

import math
from collections.abc import Iterator
from decimal import Decimal

import pytest

from sixtyfour_async.errors import InputError
from sixtyfour_async.questions.column_mapping import ColumnMapping
from sixtyfour_async.questions.outcome_columns import own_columns
from sixtyfour_async.questions.spellings import SUBJECTS
from sixtyfour_async.tables import Cell, Flaw, Protected, Row

COMPANY, PEOPLE = "company-intelligence", "people-intelligence"


def keys(operation: str, *columns: str, send_all: bool = False) -> list[str | None]:
    mapping = ColumnMapping.from_header(operation, columns, send_all=send_all)
    return [mapped.key for mapped in mapping.columns]


MEANINGS = [
    (
        COMPANY,
        "company_name",
        "Company; Company Name; COMPANY-NAME; CompanyName; organisation; Organization; account; employer; firm; name",
    ),
    (COMPANY, "website", "Website; URL; site; homepage; Home Page; web; company url; Company Website"),
    (COMPANY, "domain", "domain; Company Domain; email domain"),
    (COMPANY, "linkedin", "LinkedIn; LinkedIn URL; linkedin profile; li_url; Linked In; company linkedin url"),
    (COMPANY, "phone_number", "phone; Telephone; mobile; Phone Number; tel; cell"),
    (PEOPLE, "company_domain", "domain; Company Domain; email domain"),
    (PEOPLE, "company", "Company; employer; firm; Organisation"),
    (PEOPLE, "location", "city; Location; HQ City"),
    (COMPANY, "country", "Country; Billing Country; company country"),
    (PEOPLE, "company_linkedin", "Company LinkedIn; Company LinkedIn URL"),
    (PEOPLE, "website", "Website; Company Website"),
    ("find-phone", "email", "e-mail; E-Mail Address; work email; Mail"),
    ("find-email", "name", "name; Full Name; contact; contact name; person"),
    ("find-email", "first_name", "first name; Given Name; Vorname; firstName"),
    ("find-email", "last_name", "last name; surname; Family Name; NACHNAME"),
    ("find-email", "title", "Job Title; position; role"),
    ("find-email", "domain", "domain; company domain"),
    ("find-email", "phone", "phone; Phone Number; mobile"),
]


@pytest.mark.parametrize(
    ("operation", "key", "column"),
    [(operation, key, column.strip()) for operation, key, columns in MEANINGS for column in columns.split(";")],
)
def test_common_spellings_are_recognized(operation: str, key: str, column: str) -> None:
    anchor = "Company" if operation == COMPANY and key != "company_name" else "Email" if key != "email" else "Full name"
    columns = [column] if key == "company_name" else [column, anchor]

    assert keys(operation, *columns)[0] == key


@pytest.mark.parametrize(
    ("operation", "columns", "expected"),
    [
        (
            COMPANY,
            ["Company", "Head-quarters (City)", "%", "会社"],
            ["company_name", "head_quarters_city", "column_3", "会社"],
        ),
        (COMPANY, ["Company", "Firm", "firm!"], ["company_name", "firm", "firm_2"]),
        (COMPANY, ["Name", "Company"], ["name", "company_name"]),
        (COMPANY, ["URL", "Website", "Name"], ["url", "website", "company_name"]),
        (PEOPLE, ["Name", "Company", "Website"], ["name", "company", "website"]),
        (PEOPLE, ["LinkedIn", "Company LinkedIn"], ["linkedin", "company_linkedin"]),
        ("qa-agent", ["Company Name", "E-Mail", "e mail"], ["company_name", "e_mail", "e_mail_2"]),
        ("research-agent", ["Firm"], ["firm"]),
    ],
)
def test_other_columns_are_sent_on_request_under_their_own_names(
    operation: str, columns: list[str], expected: list[str]
) -> None:
    assert keys(operation, *columns, send_all=True) == expected


def test_the_mapping_is_shown_line_by_line() -> None:
    mapping = ColumnMapping.from_header(
        COMPANY,
        ["company", " notes ", "Head\nQuarters", "secret", "Firm", "x1"],
        skip=["SECRET"],
        requested_fields=["head_quarters", "CEO"],
        rename={"x1": "website"},
        send=["notes"],
    )

    assert mapping.lines() == [
        "company       -> company_name",
        "notes         -> notes (as is)",
        "Head Quarters -- not sent (a requested field)",
        "secret        -- not sent (--skip)",
        "Firm          -- not sent (company_name is 'company')",
        "x1            -> website (--map)",
    ]


def test_a_rename_wins_over_recognized_names_and_requested_fields() -> None:
    mapping = ColumnMapping.from_header(
        COMPANY,
        ["Company", "Acct", "Website"],
        requested_fields=["website"],
        rename={"acct": "company_name", "Website": "website"},
    )

    assert [mapped.key for mapped in mapping.columns] == [None, "company_name", "website"]


def test_a_subject_has_the_cells_that_are_not_empty() -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "URL", "Notes", "Secret"], skip=["Secret"], send_all=True)

    assert mapping.subject(Row(1, (" Acme ", "  ", "n/a", "x"))) == {"company_name": "Acme", "notes": "n/a"}


@pytest.mark.parametrize(
    ("cell", "sent"),
    [
        (5, "5"),
        (5.0, "5"),
        (0.5, "0.5"),
        (True, "true"),
        (None, None),
        (math.nan, None),
        (["a", 1], '["a", 1]'),
        ("\u202a+49 30 1\u202c", "+49 30 1"),
        ("\xa0\ufeff", None),
        (Protected("+49", '="+49"'), "+49"),
        (Decimal("0.10"), "0.10"),
    ],
)
def test_a_value_of_any_type_is_sent_as_its_text(cell: Cell, sent: str | None) -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "Notes"], send=["Notes"])

    assert mapping.subject(Row(1, ("Acme", cell))).get("notes") == sent


def test_columns_that_the_service_has_no_name_for_stay_here_and_are_offered() -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "Salary", "Firm", "Secret"], skip=["Secret"])

    assert mapping.sent == {"Company": "company_name"}
    assert mapping.withheld == ("Salary", "Firm")
    assert "no name for it" in mapping.columns[1].reason


@pytest.mark.parametrize("operation", ["qa-agent", "research-agent"])
def test_every_column_says_something_about_a_record(operation: str) -> None:
    own = own_columns(OUTPUT, [Row(1, ("Acme", "9", "Lyon", "completed", "", "10", "8", ""))], ["hq"])
    mapping = ColumnMapping.from_header(operation, OUTPUT, own=own, requested_fields=["hq"])

    assert mapping.sent == {"company": "company", "Salary": "salary"}
    assert {mapped.reason for mapped in mapping.columns[3:]} == {"from an earlier output"}
    assert mapping.withheld == ()


def test_a_journal_keeps_the_columns_that_it_began_with() -> None:
    """Whatever they are called by now; a column that is new in the table stays here until it is named."""
    kept = {"Firm name": "company_name", "status": "status", "Salary": "salary", "hq": "hq"}
    header = ["Company", "status", "Salary", "URL", "hq"]
    mapping = ColumnMapping.from_header(COMPANY, header, kept=kept, requested_fields=["hq"], own=["status"])
    named = ColumnMapping.from_header(COMPANY, header, kept=kept, send=["URL"], skip=["Salary"])
    record = ColumnMapping.from_header("qa-agent", ["a", "b"], kept={"a": "a"})

    assert [mapped.key for mapped in mapping.columns] == ["company_name", "status", "salary", None, "hq"]
    assert [mapped.key for mapped in named.columns] == ["company_name", "status", None, "website", "hq"]
    assert [mapped.key for mapped in record.columns] == ["a", None]


OUTPUT = ["company", "Salary", "hq", "status", "error", "cost_cents", "confidence", "matched_by"]


@pytest.mark.parametrize(
    ("header", "cells", "answers", "own"),
    [
        (OUTPUT, ("A", "9", "Lyon", "completed", "", "10", "8", ""), [], set(OUTPUT[3:])),
        (["company", *OUTPUT[3:7]], ("A", "not asked", "", "", ""), [], set(OUTPUT[3:7])),
        (["company", "status", "error", "confidence"], ("A", "customer", "", "8"), [], set[str]()),
        (["company", "status", "error"], ("A", "completed", ""), [], set[str]()),
        (
            ["status", "status_answer", "error", "cost_cents"],
            ("lead", "failed", "no", "0.5"),
            [],
            {"status_answer", "error", "cost_cents"},
        ),
        (
            ["name", "email", "email_answer", "email_status", "status", "cost_cents"],
            ("A", "a@b.example", "a@c.example", "OK", "completed", "5"),
            ["email", "email_status"],
            {"email_answer", "email_status", "status", "cost_cents"},
        ),
        (
            ["company", "email", "status", "cost_cents"],
            ("A", "a@b", "completed", "5"),
            ["phone"],
            {"status", "cost_cents"},
        ),
    ],
)
def test_our_own_columns_are_known_by_name_and_value(
    header: list[str], cells: tuple[str, ...], answers: list[str], own: set[str]
) -> None:
    assert own_columns(header, [Row(1, cells)], answers) == own


@pytest.mark.parametrize("name", ["", " ", "Unnamed: 0", "__index_level_0__"])
def test_an_index_of_a_data_frame_is_not_sent(name: str) -> None:
    mapping = ColumnMapping.from_header(COMPANY, [name, "Company"])

    assert [mapped.key for mapped in mapping.columns] == [None, "company_name"]
    assert "an index" in mapping.columns[0].reason


def test_a_cell_that_cannot_be_trusted_matters_where_it_is_sent() -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "Value"], skip=["Value"])
    doubt = [Flaw(index, "cell X holds the error #N/A", "correct it") for index in (0, 1, None)]
    rows = [Row(3, ("Acme", "#N/A"), (flaw,)) for flaw in doubt]

    assert str(mapping.problem(rows[0])) == "row 3, column 'Company': cell X holds the error #N/A (correct it)"
    assert mapping.problem(rows[1]) is None
    assert str(mapping.problem(rows[2])) == "row 3: cell X holds the error #N/A (correct it)"


@pytest.mark.parametrize(
    "name",
    ["N/A", "n.a.", "NA", "unknown", "Unknown", "not available", "-", "--", "?", "TBD", "k. A.", "(blank)", "#ERROR!"],
)
def test_a_word_for_a_missing_value_names_nobody(name: str) -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "Website"])

    assert "not enough" in str(mapping.problem(Row(1, (name, name))))
    assert mapping.problem(Row(1, (name, "acme.example"))) is None
    assert mapping.problem(Row(1, ("Na", ""))) is None


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        (COMPANY, ["city", "e-mail"]),
        (PEOPLE, ["company", "first name", "phone"]),
        ("find-email", ["company", "last name"]),
        ("find-phone", ["company", "phone"]),
        ("reverse-email", ["name", "phone"]),
        ("reverse-phone", ["name", "email"]),
        ("qa-agent", []),
        ("research-agent", []),
    ],
)
def test_a_header_that_identifies_nothing_is_refused(operation: str, columns: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        ColumnMapping.from_header(operation, columns)

    assert all(repr(column) in caught.value.message for column in columns)
    assert "looked for" in caught.value.message
    assert "--map" in caught.value.remedy


@pytest.mark.parametrize(
    ("operation", "columns"),
    [
        (PEOPLE, ["email"]),
        (PEOPLE, ["linkedin url"]),
        (PEOPLE, ["name"]),
        ("find-email", ["first name", "last name"]),
        ("find-phone", ["mail"]),
        ("reverse-email", ["work email"]),
        ("reverse-phone", ["mobile"]),
        ("qa-agent", ["x"]),
        *((COMPANY, [column]) for column in ("name", "url", "domain", "linkedin")),
    ],
)
def test_a_header_that_identifies_the_subject_is_accepted(operation: str, columns: list[str]) -> None:
    assert len(ColumnMapping.from_header(operation, columns).columns) == len(columns)


def test_the_services_aliases_identify_too() -> None:
    mapping = ColumnMapping.from_header(PEOPLE, ["a"], rename={"a": "linkedin_url"})

    assert mapping.problem(Row(1, ("https://www.linkedin.com/in/jane",))) is None
    assert mapping.subject(Row(1, ("x",))) == {"linkedin_url": "x"}


def test_a_refusal_names_the_columns_that_are_not_sent() -> None:
    with pytest.raises(InputError, match=r"not sent: 'Website' \(a requested field\), 'Company' \(--skip\)"):
        ColumnMapping.from_header(
            COMPANY, ["Website", "Company", "city"], requested_fields=["website"], skip=["Company"]
        )


@pytest.mark.parametrize(
    ("skip", "rename", "message"),
    [
        (["nope"], {}, r"'nope'.*no such column.*--skip can name 'a', 'A', 'company'"),
        ([], {"nope": "x"}, r"'nope'.*no such column.*--map can name"),
        (["company"], {"company": "x"}, "both --map and --skip"),
        ([], {"a": "x", "A": "x"}, "twice"),
        ([], {"company": "x", "Company": "y"}, "twice"),
        ([], {"company": " "}, "no key"),
        (["a"], {}, "both --send and --skip"),
    ],
)
def test_contradictory_options_are_refused(skip: list[str], rename: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ColumnMapping.from_header(COMPANY, ["a", "A", "company"], skip=skip, rename=rename, send=skip and ["a"])


def test_an_unknown_operation_is_refused() -> None:
    with pytest.raises(InputError, match="use one of company-intelligence"):
        ColumnMapping.from_header("get-rich", ["a"])


PROBLEMS: list[tuple[str, list[str], tuple[str, ...], str | None]] = [
    (COMPANY, ["Company", "URL", "city"], ("", "acme.example", ""), None),
    (COMPANY, ["Company", "URL", "city"], (" ", "", "Lyon"), "row 7: nothing .* 'Company', 'URL' are all empty"),
    (COMPANY, ["Company", "URL"], ("-", "n/a"), "row 7: not enough in 'Company', 'URL'"),
    (
        COMPANY,
        ["Company", "city"],
        ("", "Lyon"),
        r"row 7, column 'Company': nothing .* 'Company' is empty \(fill it in",
    ),
    (PEOPLE, ["first name", "last name", "company"], ("Jane", "", "Acme"), "not enough in 'first name', 'last name'"),
    (PEOPLE, ["first name", "last name"], ("Jane", "Doe"), None),
    ("find-email", ["email", "name"], ("", "Jane Doe"), None),
    ("reverse-email", ["name", "email"], ("Jane", "jane@acme.example"), None),
    ("reverse-email", ["name", "email"], ("Jane", "jane.acme"), "row 7, column 'email': 'jane.acme' has no '@'"),
    ("reverse-email", ["name", "email"], ("Jane", ""), "'email' is empty"),
    ("reverse-phone", ["Tel"], ("+1 23 45",), None),
    ("reverse-phone", ["Tel"], ("ext. 1234",), "column 'Tel': 'ext. 1234' has fewer than 5 digits"),
    ("qa-agent", ["a", "b"], ("", "x"), None),
    (COMPANY, ["Company", "city"], ("Company", "city"), r"row 7: it repeats the header.*\(remove it"),
    (COMPANY, ["Company", " city "], (" Company ", "city"), "repeats the header"),
    (COMPANY, ["Company", "city"], ("Company", ""), "repeats the header"),
    (COMPANY, ["Company"], ("Company",), "repeats the header"),
    ("qa-agent", ["a", "b"], ("a", "b"), "repeats the header"),
    (COMPANY, ["Company", "city"], ("Company", "Lyon"), None),
    (COMPANY, ["Company", "city"], ("company", "city"), None),
    ("qa-agent", ["a", "b"], ("", " "), "nothing identifies the record: 'a', 'b' are all empty"),
]


@pytest.mark.parametrize(("operation", "columns", "cells", "message"), PROBLEMS)
def test_a_row_that_identifies_nobody_is_reported(
    operation: str, columns: list[str], cells: tuple[str, ...], message: str | None
) -> None:
    problem = ColumnMapping.from_header(operation, columns).problem(Row(7, cells))

    if message is None:
        assert problem is None
    else:
        assert problem is not None
        with pytest.raises(InputError, match=message):
            raise problem


@pytest.mark.parametrize("operation", SUBJECTS)
def test_no_two_columns_share_a_key(operation: str) -> None:
    columns = [
        "Name",
        "name!",
        "Full name",
        "Company",
        "Firm",
        "URL",
        "url_2",
        "Url",
        "Mail",
        "E-mail",
        "Tel",
        "Cell",
        "#",
    ]

    sent = keys(operation, *columns, send_all=True)

    assert None not in sent
    assert len(set(sent)) == len(columns)


class _Unwritable(list[int]):
    """A value that fails when it is made text."""

    def __iter__(self) -> Iterator[int]:
        raise AssertionError("a cell that is not sent was made text")


def test_a_cell_that_is_not_sent_costs_nothing() -> None:
    mapping = ColumnMapping.from_header(COMPANY, ["Company", "history"])

    assert mapping.subject(Row(1, ("Acme", _Unwritable()))) == {"company_name": "Acme"}
