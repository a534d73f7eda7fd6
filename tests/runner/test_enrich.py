"""`JobRunner.enrich`: a question about every row of a data frame, and the frame back with typed answers."""

from __future__ import annotations

import io
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

import anyio
import pytest
from pydantic import BaseModel, Field

from sixtyfour_async import (
    AuthenticationError,
    CompanyIntelligence,
    CostCapError,
    InputError,
    JobRunner,
    Outcome,
    Question,
    outcomes_to_dicts,
    outcomes_to_table,
)
from sixtyfour_async._runner.progress_line import progress_text
from sixtyfour_async.testing import simulated
from tests.runner.questions import KNOWN, fact
from tests.tables.frame_libraries import LIBRARIES, columns_of, pandas, polars, pyarrow, same_columns

pytestmark = pytest.mark.anyio


class Facts(BaseModel):
    headquarters: str | None = Field(None, description="Where the head office is")
    employees: int | None = Field(None, description="Head count")
    subsidiaries: list[str] = Field([], description="Names of the subsidiaries")


FACTS = Question("company-intelligence", struct=Facts, options={"tier": "low"})
NAMES = [company.company_name for company in KNOWN[:4]]
ADDED = ["headquarters", "employees", "subsidiaries", "status", "error", "cost_cents", "confidence", "matched_by"]


def rows(number: int = 4) -> list[dict[str, Any]]:
    return [{"company_name": KNOWN[index].company_name, "website": KNOWN[index].website} for index in range(number)]


async def test_frames_of_every_library_come_back_with_the_same_answers_and_each_row_is_paid_once() -> None:
    table = pyarrow.Table.from_pylist(rows())
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = {name: await runner.enrich(make(table), FACTS) for name, make in LIBRARIES.items()}
        listed = await runner.enrich(rows(), FACTS)

    assert (len(simulator.books.jobs), simulator.books.repeated) == (4, {})
    for name, frame in found.items():
        columns = columns_of(frame)
        assert list(columns)[2:] == ADDED, name
        assert columns["headquarters"] == [fact(index) for index in range(4)]
        assert {type(value) for value in columns["employees"]} <= {int, type(pandas.NA), type(None)}
        assert {type(value) for value in columns["subsidiaries"]} == {list}
        assert columns["status"] == ["completed"] * 4
        assert columns["cost_cents"] == [10.0] * 4
        assert same_columns(LIBRARIES[name](table), frame)
    assert columns_of(listed)["headquarters"] == [fact(index) for index in range(4)]


async def test_the_types_of_the_columns_are_those_of_the_struct() -> None:
    """Also of a column without any answer, and of a mapping with type words."""
    spec: Mapping[str, Any] = {
        "employees": {"description": "Head count", "type": "int"},
        "shares": {"description": "Shares", "type": "list[float]"},
        "note": "Anything",
    }
    async with simulated() as (client, _), JobRunner(client) as runner:
        typed = await runner.enrich(polars.DataFrame(rows()), FACTS)
        mapped = await runner.enrich(polars.DataFrame(rows()), Question("company-intelligence", spec))
        empty = await runner.enrich(polars.DataFrame(rows()).head(0), FACTS)
        frame = await runner.enrich(pandas.DataFrame(rows()), FACTS)

    whole, listed = polars.Int64, polars.List(polars.String)
    assert [typed.schema[name] for name in ADDED[1:3]] == [whole, listed]
    assert [mapped.schema[name] for name in ("employees", "shares", "note")] == [
        whole,
        polars.List(polars.Float64),
        polars.String,
    ]
    assert empty.schema == typed.schema
    assert [str(frame[name].dtype) for name in ADDED[:3]] == ["string", "Int64", "object"]


async def test_a_row_that_cannot_be_sent_is_an_outcome_and_the_others_go_on() -> None:
    frame = pandas.DataFrame(
        {
            "company_name": [NAMES[0], None, NAMES[1], NAMES[2]],
            "website": ["x.example", "", 3j, None],
            "n": [object()] * 4,
        },
        index=["same", "same", "b", "c"],
    )
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = await runner.enrich(frame, FACTS)

    assert found["status"].tolist() == ["completed", "rejected", "rejected", "completed"]
    errors = found["error"].tolist()
    assert errors[1].startswith("row 2: nothing identifies the company")
    assert errors[2].startswith("row 3, column 'website': it holds a value of type complex")
    assert [errors[0], errors[3]] == [pandas.NA, pandas.NA]
    assert found.index.tolist() == ["same", "same", "b", "c"]
    assert same_columns(frame, found)
    assert sorted(work.subject for work in simulator.books.jobs) == sorted([f"{NAMES[0]} | x.example", NAMES[2]])


async def test_an_output_that_is_enriched_again_costs_nothing_and_sends_none_of_our_columns() -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        once = await runner.enrich(pandas.DataFrame(rows()), FACTS)
        twice = await runner.enrich(once, FACTS)

    assert len(simulator.books.jobs) == 4
    assert list(twice.columns) == [*once.columns, *(f"{name}_answer" for name in ADDED)]
    assert twice["status_answer"].tolist() == ["completed"] * 4


async def test_only_the_columns_that_the_question_names_are_sent() -> None:
    question = Question("company-intelligence", {"ceo": "Who leads it"}, columns={"Firma": "company_name"})
    frame = [{"Firma": NAMES[0], "website": "x.example", "since": date(2024, 1, 1)}]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        [row] = await runner.enrich(frame, question)

    assert [work.subject for work in simulator.books.jobs] == [NAMES[0]]
    assert row["since"] == date(2024, 1, 1)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"Firm": "company_name"}, "column 'Firm': no such column (the columns are 'Akte', 'ceo')"),
        ({"Akte": "note"}, "no column identifies the company"),
        ({"Akte": " "}, "column 'Akte': it has no key"),
        ({"Akte": "name", "ceo": "name"}, "column 'ceo': 'name' is the key of 'Akte' already"),
        (None, "no column identifies the company"),
    ],
)
async def test_a_frame_that_does_not_fit_the_question_is_refused_before_anything_is_sent(
    columns: dict[str, str] | None, message: str
) -> None:
    question = Question("company-intelligence", {"ceo": "Who leads it"}, columns=columns)
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        with pytest.raises(InputError) as caught:
            await runner.enrich([{"Akte": NAMES[0], "ceo": "?"}], question)

    assert message in str(caught.value)
    assert "--" not in str(caught.value)
    assert simulator.books.jobs == []


async def test_a_column_can_name_the_rows_of_the_journal() -> None:
    frame = [{**row, "id": number or None} for number, row in enumerate(rows(3))]
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = await runner.enrich(frame, FACTS, key="id")
        keys = [entry.key async for entry in runner.journal.entries({"completed"})]
        with pytest.raises(InputError, match="no such column"):
            await runner.enrich(frame, FACTS, key="nothing")

    assert [row["status"] for row in found] == ["rejected", "completed", "completed"]
    assert found[0]["error"] == "row 1, column 'id': the key is missing"
    assert sorted(keys) == ["1", "2"]
    assert len(simulator.books.jobs) == 2


async def test_rows_that_repeat_a_question_share_its_answer() -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = await runner.enrich([*rows(2), *rows(2)], FACTS)

    assert [row["headquarters"] for row in found] == [fact(0), fact(1)] * 2
    assert len(simulator.books.jobs) == 2


async def test_finders_have_columns_of_their_own() -> None:
    people = [{"name": f"Ada {number}", "company": "Acme"} for number in range(3)]
    async with simulated() as (client, _), JobRunner(client) as runner:
        found = await runner.enrich(polars.DataFrame(people), Question("find-email"))

    assert {"email", "email_status", "email_type", "matched_by"} <= set(found.columns)
    assert found["matched_by"].null_count() < 3


async def test_a_refusal_that_all_rows_meet_is_raised() -> None:
    async with simulated(api_key="wrong") as (client, _), JobRunner(client) as runner:
        with pytest.raises(AuthenticationError):
            await runner.enrich(rows(), FACTS)


async def test_a_refusal_in_the_middle_does_not_cost_the_answers_that_were_paid() -> None:
    """The frame comes back; rows without an answer say why."""
    async with simulated() as (client, simulator), JobRunner(client, max_cost_cents=20, prices=PRICES) as runner:
        found = await runner.enrich(rows(4), FACTS)
        with pytest.raises(CostCapError):
            await runner.enrich(rows(8)[4:], FACTS)

    status = Counter(row["status"] for row in found)
    assert status["completed"] == len(simulator.books.jobs) == 2
    assert {row["error"] is None for row in found if row["status"] == "completed"} == {True}
    assert all("max_cost_cents=20 leaves" in row["error"] for row in found if row["status"] != "completed")


@pytest.mark.parametrize("max_in_flight", [1, 3, 4000])
async def test_a_refusal_is_told_to_rows_that_were_not_read_yet_and_a_bad_row_among_them_has_its_own_error(
    max_in_flight: int,
) -> None:
    frame = [*rows(8)[:5], {"company_name": "", "website": None}, *rows(8)[5:]]
    async with (
        simulated() as (client, simulator),
        JobRunner(client, max_in_flight=max_in_flight, max_cost_cents=20, prices=PRICES) as runner,
    ):
        found = await runner.enrich(frame, FACTS)

    bad = found.pop(5)
    asked = [row for row in found if row["status"] == "completed"]
    assert (bad["status"], bad["error"][:37]) == ("rejected", "row 6: nothing identifies the company")
    assert len(asked) == len(simulator.books.jobs) == 2
    assert {row["status"] for row in found if row not in asked} <= {"rejected", "not asked"}
    assert all("max_cost_cents=20 leaves" in row["error"] for row in found if row not in asked)


PRICES = {"company-intelligence/low": 10.0}


@pytest.mark.parametrize("struct", ["class", "mapping"])
async def test_answers_are_read_as_the_type_asked_for_and_what_cannot_be_is_told_beside_them(struct: str) -> None:
    """A whole number in a text is a number; a range is none, and is not lost."""
    spec = {"employees": {"description": "x", "type": "int"}, "founded": {"description": "x", "type": "int"}}

    class Typed(BaseModel):
        employees: int | None = Field(None, description="x")
        founded: int | None = Field(None, description="x")

    question = Question("company-intelligence", struct=Typed if struct == "class" else spec)
    raws: list[Any] = [{"employees": "1,200", "founded": "10-50"}, {"employees": "", "founded": 1999}]
    outcomes = [
        Outcome(str(index), index, question.operation_for(rows()[0]), "completed", raw={"structured_data": raw})
        for index, raw in enumerate(raws)
    ]

    first, second = outcomes_to_dicts(outcomes, question)
    assert (first["employees"], first["founded"]) == (1200, None)
    assert (second["employees"], second["founded"], second["error"]) == (None, 1999, None)
    assert first["error"].startswith("founded: ")
    assert "'10-50'" in first["error"]


@pytest.mark.parametrize(
    "frame",
    [[], iter([]), pandas.DataFrame(), pandas.DataFrame({"x": []})],
    ids=["list", "iterator", "frame", "column"],
)
async def test_nothing_is_asked_about_no_rows(frame: Any) -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        found = await runner.enrich(frame, FACTS)

    assert len(found) == 0
    assert simulator.books.jobs == []


# --- stopped, and shown -------------------------------------------------------------------------------------------


async def test_the_stop_button_leaves_one_sentence_and_a_short_traceback() -> None:
    async with simulated() as (client, simulator), JobRunner(client) as runner:
        stopped: list[BaseException] = []

        async def enrich() -> None:
            try:
                await runner.enrich(rows(), FACTS)
            except anyio.get_cancelled_exc_class() as error:
                stopped.append(error)
                raise

        async with anyio.create_task_group() as group:
            group.start_soon(enrich)
            await anyio.sleep(5)
            group.cancel_scope.cancel()
        found = await runner.enrich(rows(), FACTS)

    [error] = stopped
    [note] = error.__notes__
    assert note == (
        "stopped: 0 of 4 rows have ended, 4 jobs still run at the service and will be billed; the same call on this "
        "runner while it is open goes on from here, and pays for no row twice"
    )
    frames, trace = list[str](), error.__traceback__
    while trace is not None:
        frames.append(trace.tb_frame.f_code.co_name)
        trace = trace.tb_next
    assert frames[-2:] == ["enrich", "enrich"]  # the caller's, and ours
    assert [row["status"] for row in found] == ["completed"] * 4
    assert (len(simulator.books.jobs), simulator.books.repeated) == (4, {})


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def test_progress_is_one_line_on_a_terminal_and_nothing_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[bool, str] = {}
    last = ""
    for is_terminal in (True, False):
        stream = _Terminal() if is_terminal else io.StringIO()
        monkeypatch.setattr(sys, "stderr", stream)
        async with simulated() as (client, _), JobRunner(client) as runner:
            await runner.enrich(rows(), FACTS, progress=True)
            last = progress_text(4, 4, runner.stats())
        shown[is_terminal] = stream.getvalue()

    assert shown[False] == ""
    assert shown[True].endswith(f"\r\x1b[2K{last}\n")
    assert shown[True].count("\n") == 1
    assert len(last) < 80


EVIL = "</td><script>alert(1)</script>&<img src=x onerror=alert(1)>"


async def test_values_are_escaped_html_tables_in_a_notebook() -> None:
    operations = [CompanyIntelligence(target_company={"company_name": EVIL}, struct={EVIL: EVIL})]
    async with simulated() as (client, _), JobRunner(client) as runner:
        plan: Any = await runner.plan(operations)
        outcomes: list[Any] = [outcome async for outcome in runner.map(operations, key=lambda _: EVIL)]
        stats: Any = runner.stats()

    shown = [plan._repr_html_(), outcomes[0]._repr_html_(), stats._repr_html_()]
    for html in shown:
        assert html.startswith("<table>")
        assert html.endswith("</table>")
        assert "<script" not in html
        assert "<img" not in html
        assert len(html) < 20_000
    assert "&lt;script&gt;" in shown[1]


async def test_unknown_rows_are_shown_with_what_is_exposed() -> None:
    async with simulated() as (client, simulator), JobRunner(client, prices=PRICES) as runner:
        simulator.faults.script("lost_answer", route="/company-intelligence-async", times=1)
        await runner.enrich(rows(1), FACTS)
        [unknown] = await runner.unknown()
    shown: Any = unknown

    assert "$0.10" in shown._repr_html_()


# --- for those who use map ----------------------------------------------------------------------------------------


async def test_outcomes_become_a_table_with_or_without_the_question() -> None:
    operations = [FACTS.operation_for(dict(row)) for row in rows(2)]
    async with simulated() as (client, _), JobRunner(client) as runner:
        outcomes = [outcome async for outcome in runner.map(operations, ordered=True)]

    typed, plain = outcomes_to_table(outcomes, FACTS), outcomes_to_table(iter(outcomes))
    assert typed.column_names == ["key", "index", *ADDED]
    assert str(typed.schema.field("subsidiaries").type) == "list<item: string>"
    assert plain["headquarters"].to_pylist() == typed["headquarters"].to_pylist() == [fact(0), fact(1)]
    assert plain.column_names[-5:] == ADDED[-5:]
    assert outcomes_to_dicts(outcomes, FACTS) == typed.to_pylist()
    assert outcomes_to_table([], FACTS).schema.equals(typed.schema)
    assert outcomes_to_dicts([]) == []
