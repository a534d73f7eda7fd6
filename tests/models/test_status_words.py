"""What a status word means, and how the rest of an answer decides where the word does not."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.models import AgeStatus, JobState, JobStatus, LiveStatus, LookalikeStatus, SearchStatus
from sixtyfour_async.models.status_words import (
    OPEN_ENDS,
    OTHER_WORDS,
    STATUS_WORDS,
    error_text,
    has_content,
    judge,
    read_state,
)

KNOWN = {word: state for state, words in OTHER_WORDS.items() for word in words.split()} | dict(STATUS_WORDS)
UNKNOWN = st.from_regex(r"\A[xz][a-z]{2,8}q\Z")

RUNNING, COMPLETED, FAILED, CANCELLED = JobState.RUNNING, JobState.COMPLETED, JobState.FAILED, JobState.CANCELLED


# --- words ----------------------------------------------------------------------------------------------------------


def test_no_word_means_two_things() -> None:
    words = [word for group in OTHER_WORDS.values() for word in group.split()] + [*STATUS_WORDS, *OPEN_ENDS.split()]

    assert len({word.replace("_", "") for word in words}) == len(words)


WRITTEN = {
    COMPLETED: "COMPLETE done succeeded SUCCESS Finished ready ok JobStatus.COMPLETED JOB_STATE_SUCCEEDED no-results",
    FAILED: "error Failure expired aborted rejected crashed TimedOut timed-out TIME_OUT terminated status_failed",
    CANCELLED: "canceled Stopped killed REVOKED WORKFLOW_EXECUTION_STATUS_CANCELED",
    RUNNING: "STARTED in-progress InProgress retrying accepted submitted initializing ContinuedAsNew status_RUNNING",
}


@pytest.mark.parametrize(
    ("state", "word"), [(state, word) for state, words in WRITTEN.items() for word in words.split()]
)
def test_a_word_is_read_however_it_is_written(state: JobState, word: str) -> None:
    assert read_state(word) is state


@given(st.sampled_from(sorted(KNOWN)), st.sampled_from(["", " ", "-", "_"]), st.data())
def test_case_spaces_hyphens_and_underscores_do_not_count(word: str, separator: str, data: st.DataObject) -> None:
    letters = [data.draw(st.sampled_from([letter, letter.upper()])) for letter in word]

    assert read_state(f" {''.join(letters).replace('_', separator)}\n") is KNOWN[word]


# --- the judge ------------------------------------------------------------------------------------------------------


@given(st.sampled_from(sorted(KNOWN)), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_a_known_word_is_believed(word: str, has_result: bool, has_error: bool, closed: bool, charged: bool) -> None:
    """Unless a result and its close time, or a charge, say that the job has ended."""
    judged = judge(word, has_result=has_result, has_error=has_error, closed=closed, charged=charged)

    has_ended = has_result and (closed or charged) and KNOWN[word] is RUNNING
    assert judged.state is (COMPLETED if has_ended else KNOWN[word])


@given(UNKNOWN | st.just(""), st.booleans(), st.booleans(), st.booleans())
def test_any_other_word_is_judged_by_its_company(word: str, has_result: bool, has_error: bool, closed: bool) -> None:
    judgement = judge(word, has_result=has_result, has_error=has_error, closed=closed)

    expected = COMPLETED if has_result else FAILED if has_error or closed else RUNNING
    assert (judgement.state, judgement.by_word, judgement.is_documented) == (expected, False, False)


@given(st.sampled_from(OPEN_ENDS.split()), st.booleans(), st.booleans(), st.booleans())
def test_an_open_end_is_good_with_a_result(word: str, has_result: bool, has_error: bool, closed: bool) -> None:
    judgement = judge(word, has_result=has_result, has_error=has_error, closed=closed)

    assert judgement.state is (COMPLETED if has_result else FAILED)


@given(st.text(max_size=30), st.booleans(), st.booleans(), st.booleans())
def test_a_job_is_never_waited_for_beside_its_result(word: str, has_error: bool, closed: bool, shout: bool) -> None:
    judgement = judge(word.upper() if shout else word, has_result=True, has_error=has_error, closed=closed)

    assert judgement.state is not RUNNING or judgement.by_word


EMPTY = st.recursive(
    st.none() | st.sampled_from(["", " \n"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(EMPTY)
def test_a_skeleton_holds_nothing(value: Any) -> None:
    assert not has_content(value)
    assert has_content([value, 0])
    assert has_content({"a": {"b": value, "c": False}})


def test_a_deeply_nested_result_is_looked_through() -> None:
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]

    assert has_content(deep)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("why", "why"),
        ("None", None),
        ("", None),
        (None, None),
        (False, None),
        (True, None),
        ({}, None),
        ({"code": 404, "message": "Job expired"}, "Job expired"),
        ({"code": 7}, '{"code": 7}'),
        ({"code": 7, "message": None, "detail": "null"}, '{"code": 7}'),
        ({"message": None}, None),
        ({"message": "None", "details": None}, None),
        ([None, "null", {"msg": None}], None),
        ([[None], [1]], "[1]"),
        ("undefined", None),
        (["a", {"message": "b"}, None], "a; b"),
        ([], None),
    ],
    ids=repr,
)
def test_the_text_of_an_error_is_found(value: Any, text: str | None) -> None:
    assert error_text(value) == text


# --- reports --------------------------------------------------------------------------------------------------------

RESULT = {"structured_data": {"hq": "Berlin"}}
CLOSED = {"close_time": "2026-06-10T00:01:00Z"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"status": "success", "result": RESULT, "charge_amount": 10}, {"state": COMPLETED, "result": RESULT}),
        ({"status": "error", "error": "no such company"}, {"state": FAILED, "error": "no such company"}),
        ({"error": "Job expired"}, {"state": FAILED, "error": "Job expired", "word": ""}),
        ({"error": True, "message": "Job expired"}, {"state": FAILED, "error": "Job expired"}),
        ({"error": "", "result": None}, {"state": RUNNING}),
        ({"result": RESULT}, {"state": COMPLETED, "result": RESULT}),
        (RESULT | {"notes": "n"}, {"state": COMPLETED, "result": RESULT | {"notes": "n"}}),
        ({"status": "crunched", "result": RESULT, "error": "one row"}, {"state": COMPLETED, "error": "one row"}),
        ({"status": "crunched", "results": [{"filename": "a.csv"}]}, {"state": COMPLETED}),
        ({"status": "crunched", "results": RESULT}, {"state": COMPLETED, "result": RESULT}),
        ({"status": "crunched", "error": "why"}, {"state": FAILED, "error": "why"}),
        ({"status": "crunched"} | CLOSED, {"state": FAILED, "error": "ended as 'crunched' without a result"}),
        (CLOSED, {"state": FAILED, "error": "ended without a status, a result or an error"}),
        ({"status": "crunched", "output": RESULT} | CLOSED, {"state": COMPLETED, "result": {"output": RESULT}}),
        ({"status": "crunching", "output": {"step": 1}}, {"state": RUNNING}),
        ({"status": "crunching", "result": {"structured_data": None, "notes": ""}}, {"state": RUNNING}),
        ({"status": "crunching", "message": "step 3 of 5", "eta": 30}, {"state": RUNNING, "error": None}),
        ({"status": "crunching", "close_time": "0001-01-01T00:00:00Z"}, {"state": RUNNING}),
        ({"status": "processing", "result": RESULT}, {"state": RUNNING}),
        ({"status": "retrying", "error": "timed out"}, {"state": RUNNING}),
        ({"status": "continued_as_new"} | CLOSED, {"state": RUNNING}),
        (
            {"status": "completed_with_errors", "result": RESULT, "errors": [{"message": "a"}, "b"]},
            {"state": COMPLETED, "result": RESULT, "error": "a; b"},
        ),
        ({"status": "completed_with_errors", "error": "why"}, {"state": FAILED, "error": "why"}),
        ({"status": "partial", "result": {}}, {"state": FAILED, "error": "ended as 'partial' without a result"}),
        ({"status": "completed", "result": RESULT, "message": "All done"}, {"state": COMPLETED, "error": None}),
        ({"status": "completed", "message": "All done"}, {"state": COMPLETED, "result": None}),
        ({"state": "SUCCESS", "result": RESULT}, {"state": COMPLETED, "word": "SUCCESS"}),
        ({"state": "FAILURE"}, {"state": FAILED, "word": "FAILURE"}),
        ({"status": 200, "result": RESULT}, {"state": COMPLETED, "word": "200"}),
        ({"status": None, "result": RESULT}, {"state": COMPLETED, "word": ""}),
        ({"data": {"status": "completed", "result": RESULT}}, {"state": COMPLETED, "result": RESULT}),
        ({"success": True, "job": {"status": "running", "id": "j"}}, {"state": RUNNING, "word": "running"}),
        ([{"status": "completed", "result": RESULT}], {"state": COMPLETED, "result": RESULT}),
        ({"status": "completed", "data": {"status": "active"}}, {"state": COMPLETED, "word": "completed"}),
    ],
    ids=repr,
)
def test_a_job_is_judged_by_its_whole_answer(answer: Any, expected: dict[str, Any]) -> None:
    report = JobStatus.model_validate(answer).report()

    assert {name: getattr(report, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": "crunched", "resource_handle_id": "rh"}, COMPLETED),
        ({"status": "crunched", "search_id": "s"} | CLOSED, COMPLETED),
        ({"status": "crunching", "search_id": "s"}, RUNNING),
        ({"status": "completed_with_errors", "search_id": "s", "error": "one source"}, COMPLETED),
        ({"status": "crunched", "error": "quota"}, FAILED),
        (CLOSED, FAILED),
    ],
    ids=repr,
)
@pytest.mark.parametrize("model", [SearchStatus, LookalikeStatus])
def test_a_search_is_judged_by_what_it_can_be_read_by(
    model: type[SearchStatus | LookalikeStatus], answer: dict[str, Any], state: JobState
) -> None:
    report = model.model_validate({"task_id": "t"} | answer).report()

    assert (report.state, report.result is not None) == (state, state is COMPLETED)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"overall_status": "success"}, COMPLETED),
        ({"status": "completed"}, COMPLETED),
        ({"overall_status": "crunched", "completed_at": "2026-06-10", "overall_progress_percentage": 100}, COMPLETED),
        (
            {"overall_status": "crunched", "completed_at": "2026-06-10", "total_blocks": 2, "completed_blocks": 2},
            COMPLETED,
        ),
        ({"overall_status": "crunched", "completed_at": "2026-06-10", "total_blocks": 2}, FAILED),
        ({"overall_status": "crunching", "total_blocks": 2, "completed_blocks": 2}, RUNNING),
        ({"overall_status": "crunching", "blocks": [{"error_message": "one row"}]}, RUNNING),
        ({"overall_status": "completed_with_errors", "blocks": [{"error_message": "one row"}]}, COMPLETED),
        ({"overall_status": "crunched", "error": "quota"}, FAILED),
    ],
    ids=repr,
)
def test_a_workflow_run_is_judged_by_its_blocks(answer: dict[str, Any], state: JobState) -> None:
    report = LiveStatus.model_validate({"run_id": "r"} | answer).report()

    assert (report.state, report.result is not None) == (state, state is COMPLETED)


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": "verified", "age": 41}, COMPLETED),
        ({"status": "crunching", "eta": 30, "start_time": "2026-06-10T00:00:00Z"}, RUNNING),
        ({"data": {"task_id": "t", "status": "running"}}, RUNNING),
        ({"error": "Job expired"}, FAILED),
    ],
    ids=repr,
)
def test_an_age_verification_is_judged_by_its_fields(answer: dict[str, Any], state: JobState) -> None:
    assert AgeStatus.model_validate({"task_id": "t"} | answer).report().state is state


def test_unwrapping_leaves_the_answer_as_it_came() -> None:
    answer: dict[str, Any] = {"data": {"status": "completed"}, "results": RESULT}
    JobStatus.model_validate(answer)

    assert answer == {"data": {"status": "completed"}, "results": RESULT}


# --- warnings -------------------------------------------------------------------------------------------------------


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr("sixtyfour_async.models.jobs._warned", set[str]())
    caplog.set_level(logging.WARNING, "sixtyfour_async.jobs")
    return caplog


def test_an_undocumented_word_is_warned_about_once(warnings: pytest.LogCaptureFixture) -> None:
    for answer in ({"status": "crunching"}, {"status": "crunching", "result": RESULT}, {"status": "Success"}, {}):
        JobStatus.model_validate(answer).report()
        JobStatus.model_validate(answer).report()

    assert warnings.messages == [
        "status word 'crunching' is not documented: taken as running, from nothing that says it has ended",
        "status word 'Success' is not documented: taken as completed, from its usual meaning",
        "a status without a word: taken as running, from nothing that says it has ended",
    ]


def test_documented_words_and_a_finished_age_are_not_warned_about(warnings: pytest.LogCaptureFixture) -> None:
    for word in STATUS_WORDS:
        JobStatus.model_validate({"status": word.upper()}).report()
    AgeStatus.model_validate({"task_id": "t", "age": 41}).report()

    assert warnings.messages == []


def test_a_status_that_counts_does_not_fill_the_log(warnings: pytest.LogCaptureFixture) -> None:
    for number in range(1000):
        JobStatus.model_validate({"status": f"{number} rows"}).report()

    assert len(warnings.messages) == 100
