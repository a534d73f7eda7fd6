"""Whose row is whose: what identifies a row, what forbids a match, and that nobody gets another's row."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from sixtyfour_async._scheduling.attribution import match_rows
from sixtyfour_async._scheduling.batches import split_answer, split_file

Lead = dict[str, JsonValue]

ADA: Lead = {"name": "Ada Example", "company": "Acme"}
BOB: Lead = {"name": "Bob Example", "company": "Acme"}
CYD: Lead = {"name": "Cyd Exämple", "company": "Acme"}
LEADS = [ADA, BOB, CYD]


def places(leads: Sequence[Lead], rows: Sequence[Any], operation: str = "find-email") -> list[int | None]:
    return [match.row for match in match_rows(leads, rows, operation)]


def how(leads: Sequence[Lead], rows: Sequence[Any], operation: str = "find-email") -> list[str | None]:
    return [match.matched_by for match in match_rows(leads, rows, operation)]


# --- what is evidence -----------------------------------------------------------------------------------------------


def fullwidth(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if letter.isascii() and letter != " " else letter for letter in text)


def spelt(form: Callable[[str], str]) -> Callable[[Lead], Lead]:
    return lambda lead: {key: form(str(value)) for key, value in lead.items()}


FORMS: dict[str, Callable[[Lead], Lead]] = {
    "as sent": lambda lead: lead,
    "capitals": spelt(str.upper),
    "spaces": spelt(lambda text: f"  {text.replace(' ', '  ')}\n"),
    "decomposed": spelt(lambda text: text.replace("ä", "a\u0308")),
    "full width": spelt(fullwidth),
    "keys in capitals": lambda lead: {key.upper(): value for key, value in lead.items()},
    "one key": lambda lead: {"name": lead["name"]},
    "one key and a null": lambda lead: {**lead, "company": None},
    "quoted": lambda lead: {"lead": lead},
    "quoted two levels down": lambda lead: {"data": {"input": lead}},
    "in an unknown object": lambda lead: {"something": lead, "email": "found@x.example"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_row_is_recognised_by_what_it_repeats(form: Callable[[Lead], Lead]) -> None:
    rows = [{"email": "x@x.example", **form(lead)} for lead in reversed(LEADS)]
    assert places(LEADS, rows) == [2, 1, 0]
    assert how(LEADS, rows) == ["echo"] * 3


def test_keys_and_numbers_may_be_spelt_otherwise() -> None:
    leads: list[Lead] = [{"full_name": "Ada", "crm_id": 7}, {"full_name": "Bob", "crm_id": 8}]
    assert places(leads, [{"crmId": "8"}, {"crm-id": 7.0}]) == [1, 0]
    assert places(leads, [{"crm_id": "8.0"}, {"crm_id": " 7 "}]) == [1, 0]
    assert places(leads, [{"fullName": "bob"}, {"Full Name": "ADA"}]) == [1, 0]


def test_the_name_of_an_employer_is_not_the_name_of_the_lead() -> None:
    rows = [{"company": {"name": "Acme"}, "name": lead["name"], "employer": {"name": "Acme"}} for lead in LEADS]
    assert places(LEADS, rows[::-1]) == [2, 1, 0]
    assert how(LEADS, [{"company": {"name": "Acme"}}] * 3) == ["position"] * 3


def test_what_an_answer_finds_is_no_echo() -> None:
    leads: list[Lead] = [{"name": "Ada", "email": "old@a.example"}, {"name": "Bob", "email": "old@b.example"}]
    rows = [{"name": "Bob", "email": "new@b.example"}, {"name": "Ada", "email": "new@a.example"}]
    assert places(leads, rows) == [1, 0]
    assert how(leads, [{"email": "new@a.example"}, {"email": "new@b.example"}]) == ["position"] * 2


def test_the_given_key_of_a_reverse_search_is_an_echo_and_the_others_are_found() -> None:
    leads: list[Lead] = [{"email": "a@x.example", "name": "A."}, {"email": "b@x.example", "name": "B."}]
    rows = [{"email": "B@x.example", "name": "Bob Found"}, {"email": "a@x.example", "name": "Ada Found"}]
    assert places(leads, rows, "reverse-email") == [1, 0]
    assert places(leads, [{"email": "c@x.example"}, rows[1]], "reverse-email") == [1, None]
    quoted = [{"input": {"name": "b."}, "name": "Bob Found"}, {"input": {"name": "a."}, "name": "Ada Found"}]
    assert places(leads, quoted, "reverse-email") == [1, 0]


def test_an_index_counts_from_0_or_if_complete_from_1() -> None:
    assert places(LEADS, [{"index": 2}, {"index": 0}, {"index": 1}]) == [1, 2, 0]
    assert places(LEADS, [{"row": "3"}, {"row": "1"}, {"row": "2"}]) == [1, 2, 0]
    assert how(LEADS, [{"lead_index": 2}, {"leadIndex": 0}]) == ["index", None, "index"]
    assert places(LEADS, [{"index": 1}, {"index": 2}]) == [None] * 3, "from 0 without the first, or from 1?"
    assert places(LEADS, [{"index": 1}, {"index": 1}, {"index": 3}]) == [None] * 3
    assert places(LEADS, [{"index": 0}, {"index": 1}, {"index": 99}]) == [0, 1, None]


def test_an_index_that_echoes_disprove_is_something_else() -> None:
    ranked: list[dict[str, Any]] = [
        {"position": rank, "name": lead["name"]} for rank, lead in enumerate(reversed(LEADS))
    ]
    assert places(LEADS, ranked) == [2, 1, 0]
    assert places(LEADS, [*ranked[:2], {"position": 2}]) == [None, 1, 0]


def test_an_index_tells_apart_what_the_echo_leaves_open() -> None:
    rows = [{"company": "Acme", "index": index} for index in (2, 0, 1)]
    assert places(LEADS, rows) == [1, 2, 0]


@pytest.mark.parametrize("key", ["index", "row", "position"])
def test_a_number_that_may_be_the_leads_own_or_its_place_names_nobody(key: str) -> None:
    leads: list[Lead] = [{**lead, key: number} for number, lead in enumerate(LEADS, 1)]
    counted = [{key: 1, "email": "b@x.example"}, {key: 0, "email": "a@x.example"}, {key: 2, "email": "c@x.example"}]
    own: list[dict[str, Any]] = [
        {key: 3, "email": "c@x.example"},
        {key: 1, "email": "a@x.example"},
        {key: 2, "email": "b@x.example"},
    ]

    assert places(leads, counted) == [None] * 3, "as the lead's own number it would name the neighbour"
    assert places(leads, own) == [1, 2, 0], "counted from 1 it means the same"
    assert places(leads, [{**row, "name": LEADS[int(row[key]) - 1]["name"]} for row in own]) == [1, 2, 0]


def test_a_lead_keeps_its_own_number_where_it_can_be_no_place() -> None:
    leads: list[Lead] = [{**lead, "row": number} for number, lead in zip((70, 80, 90), LEADS, strict=True)]
    assert places(leads, [{"row": 90}, {"row": "70"}, {"row": 80.0}]) == [1, 2, 0]


# --- ambiguity ------------------------------------------------------------------------------------------------------


def test_an_echo_shared_by_several_leads_identifies_none_of_them() -> None:
    matches = match_rows(LEADS, [{"company": "Acme", "email": f"{number}@x"} for number in range(3)])
    assert [match.row for match in matches] == [None] * 3
    assert {match.reason for match in matches} == {"the answers of 3 rows of the batch could not be told apart"}


def test_identical_leads_are_interchangeable_and_keep_the_order() -> None:
    leads: list[Lead] = [ADA, BOB, {"company": " ACME", "name": "ada example"}]
    assert places(leads, [ADA, BOB, ADA]) == [0, 1, 2]
    assert places(leads, [BOB, ADA, ADA]) == [1, 0, 2]
    assert places(leads, [BOB, ADA]) == [1, 0, None]
    assert places(leads, [{"index": 2}, {"index": 0}, {"index": 1}]) == [1, 2, 0]


def test_among_leads_that_say_the_same_a_row_goes_by_the_letter() -> None:
    leads: list[Lead] = [{"name": name, "company": "Acme"} for name in ("Ada", "ADA", "ada ", "ada")]
    rows = [{"email": f"{number}@x.example", "lead": lead} for number, lead in enumerate(leads)]
    assert places(leads, rows[::-1]) == [3, 2, 1, 0]
    assert places(leads, [rows[2], rows[0], rows[3], rows[1]]) == [1, 3, 0, 2]
    assert places(leads, [rows[3], rows[1]])[1] == 1


def test_a_row_that_came_twice_is_used_once_and_two_that_differ_not_at_all() -> None:
    assert places(LEADS, [{**ADA, "email": "a"}, BOB, {**ADA, "email": "a"}]) == [0, 1, None]
    matches = match_rows(LEADS, [{**ADA, "email": "a"}, BOB, {**ADA, "email": "b"}], "find-email")
    assert [match.row for match in matches] == [None, 1, None]
    assert matches[0].reason == "the batch's answer has 2 rows for this lead, and they differ"


def test_a_lead_that_says_less_than_another_gets_the_row_that_says_no_more() -> None:
    short: Lead = {"name": "Ada Example"}
    assert places([short, ADA], [ADA, short]) == [1, 0]
    assert places([short, ADA], [short]) == [None, None]
    assert places([short, ADA], [short, {**short, "email": "x"}]) == [None, None]


def test_elimination_does_not_hand_over_a_copy() -> None:
    """The short row may be Ada's at Beta, or the other one's again."""
    leads: list[Lead] = [{"name": "Ada", "company": "Acme"}, {"name": "Ada", "company": "Beta"}]
    assert places(leads, [{"name": "Ada", "company": "Acme"}, {"name": "Ada"}]) == [0, None]


# --- position and foreign rows --------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [{"email": "x"}, {}, None, "text", ["x"], 7])
def test_position_serves_rows_without_evidence_when_the_counts_agree(row: Any) -> None:
    assert how(LEADS, [row] * 3) == ["position"] * 3
    matches = match_rows(LEADS, [row] * 2)
    assert [match.row for match in matches] == [None] * 3
    assert "2 rows came for 3 leads" in str(matches[0].reason)


def test_position_serves_the_rest_only_while_nothing_disproves_the_order() -> None:
    assert how(LEADS, [ADA, {}, CYD]) == ["echo", "position", "echo"]
    assert places(LEADS, [BOB, ADA, {}]) == [1, 0, None]
    assert places(LEADS, [{"name": "Nobody"}, {}, CYD]) == [None, None, 2]


def test_a_row_for_nobody_goes_to_nobody() -> None:
    matches = match_rows(LEADS, [CYD, {**BOB, "company": "Elsewhere"}, ADA])
    assert [match.row for match in matches] == [2, None, 0]
    assert matches[1].reason == "the batch's answer has no row for this lead; 1 of its rows are for nobody in the batch"


def test_costs_are_shared_by_leads_without_one_of_their_own() -> None:
    answers = split_answer(LEADS, [{**BOB, "cost_cents": 4}, {"name": "Nobody"}], 10.0, "find-email")
    assert [answer.cost_cents for answer in answers] == [3.0, 4.0, 3.0]
    assert [answer.matched_by for answer in answers] == [None, "echo", None]


# --- files ----------------------------------------------------------------------------------------------------------


def test_rows_of_a_file_go_by_number_unless_it_is_used_twice_or_contradicted() -> None:
    text = (
        "\ufeffRow,name,company,hq\n2,CYD EXÄMPLE,acme,Rom\n1,Bob Example,Elsewhere,Bonn\n0,,,Berlin\n7,x,y,z\n,x,y,z\n"
    )
    answers = split_file(LEADS, text, ["hq"], 9.0)
    assert [answer.answer for answer in answers] == [
        {"structured_data": {"hq": "Berlin"}}, None, {"structured_data": {"hq": "Rom"}}
    ]  # fmt: skip
    assert "another's" in str(answers[1].error)
    twice = split_file(LEADS, "row,hq\n0,Berlin\n1,Bonn\n1,Rom\n1,Oslo\n", ["hq"], None)
    assert [answer.answer is None for answer in twice] == [False, True, True]
    assert "several rows" in str(twice[1].error)


def test_a_field_asked_for_is_no_echo_and_a_lead_may_have_a_column_of_our_name() -> None:
    leads: list[Lead] = [{"company": "Acme", "row": 1}, {"company": "Beta", "row": 0}]
    answers = split_file(leads, "row,company,row\n1,Beta Inc.,0\n0,Acme Inc.,1\n", ["company"], None)
    assert [answer.answer for answer in answers] == [
        {"structured_data": {"company": "Acme Inc."}}, {"structured_data": {"company": "Beta Inc."}}
    ]  # fmt: skip


def test_numbers_of_a_file_may_come_back_with_decimals() -> None:
    leads: list[Lead] = [{"founded": 1990.0}, {"founded": 1991}, {"founded": True}]
    answers = split_file(leads, "row,founded,hq\n0.0,1990.0,a\n1.0,1991.00,b\n2.0,TRUE,c\n", ["hq"], None)
    assert [answer.error for answer in answers] == [None] * 3


def test_a_file_without_our_numbers_is_nobodys() -> None:
    assert {answer.error for answer in split_file(LEADS, "hq\nBerlin\nBonn\nRom\n", ["hq"], 1.0)} == {
        "the file that came back has no such row"
    }
    assert all(answer.error for answer in split_file(LEADS, "", ["hq"], None))


# --- properties -----------------------------------------------------------------------------------------------------

NAMES = ["Ada Straße", "Bob Ünal", "Cyd ﬁsher", "Ada"]
COMPANIES = ["Acme", "Bëta & Co", "ΑΣ"]

full_leads = st.fixed_dictionaries({"name": st.sampled_from(NAMES), "company": st.sampled_from(COMPANIES)})
sparse_leads = st.fixed_dictionaries(
    {"name": st.sampled_from(NAMES)}, optional={"company": st.sampled_from(COMPANIES), "title": st.just("CEO")}
)

noise: st.SearchStrategy[Callable[[str], str]] = st.sampled_from(
    [str, str.upper, str.lower, str.title, lambda text: f" {text}  ".replace(" ", "  "), lambda text: text + "\n"]
)
WRAPS: list[Callable[[Any], dict[str, Any]]] = [
    lambda echo: echo,
    lambda echo: {"lead": echo},
    lambda echo: {"data": {"input": echo}},
    lambda echo: {"query": echo, "company": None},
    lambda echo: {key.title(): value for key, value in echo.items()},
]
wraps = st.sampled_from(WRAPS)


def owner_of(lead: Lead) -> str:
    """Return a lead as text that is no evidence."""
    return json.dumps(lead, sort_keys=True)


def own_or_none(leads: Sequence[Lead], rows: Sequence[Any]) -> list[bool]:
    """Check that no row goes to another's lead, nor to two; return which leads have one."""
    found = places(leads, rows)
    used = [place for place in found if place is not None]
    assert len(set(used)) == len(used)
    for lead, place in zip(leads, found, strict=True):
        assert place is None or (rows[place]["owner"] == owner_of(lead))
    return [place is not None for place in found]


@st.composite
def answers(draw: st.DrawFn, leads: Any, *, shorten: bool) -> tuple[list[Lead], list[Any]]:
    """Draw leads and rows that echo them: noisy, permuted, some dropped, doubled, foreign, altered or shortened."""
    sent: list[Lead] = draw(st.lists(leads, min_size=1, max_size=7))
    rows: list[Any] = []
    for number, lead in enumerate(sent):
        for copy in range(draw(st.sampled_from([1, 1, 1, 0, 2]))):
            echo = {key: draw(noise)(str(value)) for key, value in lead.items()}
            fault = draw(st.sampled_from(["", "", "", "altered", "shortened" if shorten else ""]))
            owner: str | None = owner_of(lead)
            if fault == "altered":
                echo[draw(st.sampled_from(sorted(echo)))] = "Somebody else"
                owner = None
            elif fault == "shortened" and len(echo) > 1:
                del echo[draw(st.sampled_from(sorted(echo)))]
            answer = draw(st.integers(0, 1)) if copy else number
            rows.append({**draw(wraps)(echo), "email": f"{answer}@x.example", "owner": owner})
    if draw(st.booleans()):
        rows.append({"name": "Zed", "company": "Nowhere", "owner": None})
    return sent, draw(st.permutations(rows))


@settings(deadline=None)
@given(answers(full_leads, shorten=True))
def test_nobody_gets_anothers_row_when_rows_echo(case: tuple[list[Lead], list[Any]]) -> None:
    own_or_none(*case)


@settings(deadline=None)
@given(answers(sparse_leads, shorten=False))
def test_nobody_gets_anothers_row_when_leads_say_more_or_less(case: tuple[list[Lead], list[Any]]) -> None:
    own_or_none(*case)


@settings(deadline=None)
@given(st.lists(st.one_of(full_leads, sparse_leads), max_size=8), st.randoms(use_true_random=False), wraps)
def test_every_lead_gets_its_row_when_all_are_echoed_in_full(
    leads: list[Lead], order: random.Random, wrap: Any
) -> None:
    rows = [{**wrap(lead), "owner": owner_of(lead)} for lead in leads]
    order.shuffle(rows)
    assert all(own_or_none(leads, rows))


@settings(deadline=None)
@given(st.lists(full_leads, min_size=1, max_size=8), st.data(), st.sampled_from([0, 1]))
def test_nobody_gets_anothers_row_by_an_index(leads: list[Lead], data: st.DataObject, base: int) -> None:
    rows: list[Any] = [{"index": base + number, "owner": owner_of(lead)} for number, lead in enumerate(leads)]
    assert all(own_or_none(leads, data.draw(st.permutations(rows))))
    kept = data.draw(st.lists(st.sampled_from(rows), max_size=10))
    if base == 0 or len({row["index"] for row in kept}) == len(leads):
        own_or_none(leads, kept)
    else:
        assert not any(own_or_none(leads, kept)), "counted from 1 and incomplete"


@settings(deadline=None)
@given(st.lists(st.one_of(full_leads, sparse_leads), min_size=1, max_size=7), st.data())
def test_nobody_gets_anothers_row_when_some_rows_echo_and_some_have_an_index(
    leads: list[Lead], data: st.DataObject
) -> None:
    rows: list[Any] = []
    for number, lead in enumerate(leads):
        echo = data.draw(wraps)(lead)
        evidence = data.draw(st.sampled_from([echo, {"index": number}, {"index": number, **echo}]))
        rows.append({**evidence, "email": f"{number}@x.example", "owner": owner_of(lead)})
    own_or_none(leads, data.draw(st.permutations(rows)))
    own_or_none(leads, data.draw(st.lists(st.sampled_from(rows), max_size=10)))


@settings(deadline=None)
@given(st.lists(full_leads, max_size=6), st.lists(st.sampled_from([{}, None, {"email": "x"}]), max_size=6))
def test_without_evidence_position_decides_when_the_counts_agree(leads: list[Lead], rows: list[Any]) -> None:
    agree = len(leads) == len(rows)
    assert places(leads, rows) == [number if agree else None for number in range(len(leads))]


# --- forms that services write values in ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "sent", "repeated", "operation"),
    [
        ("phone", "+1 (555) 010-0100", "+15550100100", "reverse-phone"),
        ("phone", "0049 89 1234567", "0049-89-1234567", "reverse-phone"),
        ("website", "https://www.acme.example/", "acme.example", "find-email"),
        ("linkedin", "linkedin.com/in/ada", "https://www.linkedin.com/in/ada/", "find-email"),
        ("email", "Ada@Acme.example", "ada@acme.example", "reverse-email"),
    ],
)
def test_a_value_repeated_in_the_form_of_the_service_is_still_an_echo(
    key: str, sent: str, repeated: str, operation: str
) -> None:
    leads: list[Lead] = [{key: sent}, {key: sent.replace("1", "2").replace("a", "b").replace("A", "B")}]
    rows = [{key: leads[1][key], "found": 1}, {key: repeated, "found": 2}]

    assert places(leads, rows, operation) == [1, 0]
    assert how(leads, rows, operation) == ["echo", "echo"]
