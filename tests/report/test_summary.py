"""What a report says of a journal, as numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async._journal.base import Entry
from sixtyfour_async._journal.places import reading
from sixtyfour_async._runner.reading import read_outcome, restore
from sixtyfour_async._wire.body import Body
from sixtyfour_async.report.coverage import is_found
from sixtyfour_async.report.page import page
from sixtyfour_async.report.row_facts import facts_of
from sixtyfour_async.report.timeline import MAX_BUCKETS, Timeline, total
from sixtyfour_async.report.wording import percent
from tests.report.journals import answered, at, failed, row, summed, write

pytestmark = pytest.mark.anyio


async def test_rows_money_and_coverage_add_up(tmp_path: Path) -> None:
    path = await write(
        tmp_path / "run.db",
        [
            *(row(number) for number in range(6)),
            row(6, answer=answered({"headquarters": " ", "employees": 0})),
            row(7, state="no_answer", answer=answered({})),
            row(8, cost_cents=None, reserved_cents=12.0),
            failed(9, "upstream timed out after 31 s"),
            failed(10, "upstream timed out after 7 s"),
            row(11, state="unknown", job_id=None, answer=None, cost_cents=None, reserved_cents=12.0, error="no reply"),
            row(12, state="released", job_id=None, answer=None, cost_cents=None, error="HTTP 422: no name"),
        ],
    )
    summary = summed(path)
    told = summary.as_json()
    with reading(path) as reader:
        lines = sorted((line.state, line.rows, line.spent_cents, line.exposed_cents) for line in reader.lines())

    assert sorted((one.state, one.rows, one.spent_cents, one.exposed_cents) for one in summary.lines) == lines
    assert told["states"] == {"completed": 8, "no_answer": 1, "failed": 2, "unknown": 1, "released": 1}
    assert (told["rows"], told["spent_cents"], told["exposed_cents"]) == (13, 92.0, 12.0)
    [kind] = told["kinds"]
    assert (kind["charged_cents"], kind["unstated_cents"], kind["answered"]) == (80.0, 12.0, 8)
    assert [(field["name"], field["found"], field["asked"], field["description"]) for field in told["fields"]] == [
        ("headquarters", 7, 9, "City of the head office"),
        ("employees", 8, 9, "Head count"),
    ]
    causes = {cause["cause"]: cause["rows"] for cause in told["causes"]}
    assert causes["upstream timed out after … s"] == 2
    assert sum(causes.values()) == 5


async def test_times_and_submits(tmp_path: Path) -> None:
    """Two sittings; the rows of a batch share one submit; the time not running is what the run time leaves."""
    first = [row(number) for number in range(50)]
    batch = [row(100 + place, sent_at=at(100), batch="b", place=place) for place in range(20)]
    later = [row(20_000 + number) for number in range(30)]
    told = summed(await write(tmp_path / "run.db", [*first, *batch, *later], took=60.0)).as_json()

    assert [(one["sent"], one["submits"], one["ended"]) for one in told["sittings"]] == [(70, 51, 70), (30, 30, 30)]
    assert told["requests"]["submits_in_busiest_minute"] == 50
    assert told["seconds_to_answer"]["median"] == pytest.approx(60, rel=0.1)
    assert told["seconds_not_running"]["median"] == pytest.approx(10, rel=0.1)
    assert (told["first_sent"], told["last_changed"][:19]) == (at(0), at(20_089)[:19])


async def test_a_service_whose_clock_runs_fast_says_nothing_about_lag(tmp_path: Path) -> None:
    summary = summed(await write(tmp_path / "run.db", [row(number) for number in range(20)], took=2.0))
    told, shown = summary.as_json(), page(summary, journal="run.db").decode()

    assert "how long a finished answer lay unseen is not known" in shown
    assert "% of 500" not in shown
    assert told["seconds_not_running"] is None
    assert told["seconds_to_answer"]["median"] == pytest.approx(2, rel=0.1)


DATA: dict[str, Any] = {"headquarters": "Ulm"}
STATUS: dict[str, Any] = {"status": "completed", "result": {"structured_data": DATA}}


@pytest.mark.parametrize(
    "entry",
    [
        row(1),
        row(1, answer=Body.of(STATUS)),
        row(1, answer=Body.of({"data": STATUS})),
        row(1, answer=Body.of([STATUS])),
        row(1, answer=Body.of({"Status": "COMPLETED", "Result": {"structured_data": DATA}})),
        row(1, answer=Body.of({"status": "completed", "structured_data": DATA})),
        row(1, answer=Body(b"\xef\xbb\xbf" + Body.of(STATUS).content)),
        row(1, answer=Body(b'{"status": "completed", "result": {"a": "\\ud83d"}}')),
        row(
            1,
            answer=Body(
                '{"status": "completed", "result": {"a": "Köln"}}'.encode("latin-1"), "text/html; charset=latin-1"
            ),
        ),
        row(1, answer=Body(b"no JSON at all")),
        failed(1, "out of luck"),
        failed(1, "null"),
        row(1, state="failed", answer=Body.of({"status": "terminated", "detail": {"message": "stopped"}})),
        row(1, state="failed", answer=Body.of({"status": "failed", "error": {"message": "no"}})),
    ],
    ids=range(14),
)
def test_the_short_way_to_an_answer_ends_where_the_long_one_does(entry: Entry) -> None:
    outcome = read_outcome(restore(entry), entry)
    facts = facts_of(entry)

    if entry.state == "completed":
        assert (facts.raw, facts.error) == (outcome.raw, "")
    else:
        assert outcome.error is not None
        assert facts.error
        assert str(outcome.error).startswith(facts.error)


def test_an_operation_of_a_newer_version_is_reported_too() -> None:
    assert "no operation 'tomorrow'" in facts_of(replace(row(1, answer=Body.of([])), operation="tomorrow")).error


@pytest.mark.parametrize("value", [0, False, 0.5, "x", ["x"], {"a": 0}])
def test_a_value_is_found(value: object) -> None:
    assert is_found(value)


@pytest.mark.parametrize("value", [None, "", " \n", [], {}, [None], {"a": " "}, float("inf")])
def test_nothing_is_not_found(value: object) -> None:
    assert not is_found(value)


def test_a_timeline_of_any_length_is_bounded_and_loses_nothing() -> None:
    timeline = Timeline()
    for number in range(30_000):
        timeline.sent(number * 7.0, submits=1)
        timeline.ended(number * 7.0 + 60, 60.0, 50.0)
    [sitting] = timeline.sittings()
    whole = total(sitting.columns(120).moments)

    assert len(sitting.moments) <= MAX_BUCKETS
    assert len(sitting.columns(120).moments) <= 120
    assert (whole.sent, whole.submits, whole.ended, sum(whole.waits.values())) == (30_000,) * 4


def test_a_share_that_is_not_all_is_not_called_all() -> None:
    assert [percent(share) for share in (0, 1e-6, 0.5, 0.99999, 1)] == ["0 %", "0.1 %", "50.0 %", "99.9 %", "100 %"]
