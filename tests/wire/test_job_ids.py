"""The job's id in the answer to a submit, wherever it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import CreateExclusionList, FindEmail, ResponseError, RunWorkflow
from sixtyfour_async._wire.job_ids import find_job_id, read_job_id
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.operations.lists import SearchResults

FIND = FindEmail(lead={"name": "Ada"})
RUN = RunWorkflow(workflow_id="w")
LIST = CreateExclusionList(name="seen", source=SearchResults(search_id="s1"))


@pytest.mark.parametrize(
    ("operation", "answer", "job_id"),
    [
        (FIND, {"task_id": "j1"}, "j1"),
        (FIND, {"job_id": "j1"}, "j1"),
        (FIND, {"id": "j1", "status": "queued"}, "j1"),
        (FIND, {"taskId": "j1"}, "j1"),
        (FIND, {"JobID": "j1"}, "j1"),
        (FIND, {"run_id": "j1"}, "j1"),
        (FIND, {"data": {"task_id": "j1"}}, "j1"),
        (FIND, {"result": {"jobId": "j1"}}, "j1"),
        (FIND, {"job": {"id": "j1"}}, "j1"),
        (FIND, {"data": {"task": {"id": "j1"}}}, "j1"),
        (FIND, {"data": [{"task_id": "j1"}]}, "j1"),
        (FIND, [{"task_id": "j1"}], "j1"),
        (FIND, {"task_id": 17}, "17"),
        (FIND, {"task_id": " j1\n"}, "j1"),
        (FIND, {"task_id": None, "taskId": "j1"}, "j1"),
        (FIND, {"task_id": "", "job_id": "j1"}, "j1"),
        (FIND, {"task_id": True, "id": "j1"}, "j1"),
        # Several ids: the route's own field, wherever it is, then task_id, job_id, id.
        (FIND, {"id": "x", "job_id": "y", "task_id": "j1"}, "j1"),
        (FIND, {"run_id": "x", "id": "y", "job_id": "j1"}, "j1"),
        (FIND, {"search_id": "x", "run_id": "y", "id": "j1"}, "j1"),
        (FIND, {"id": "x", "data": {"task_id": "j1"}}, "j1"),
        (FIND, {"id": "x", "job": {"id": "j1"}}, "j1"),
        (RUN, {"task_id": "x", "workflow_id": "w", "job_id": "j1"}, "j1"),
        (RUN, {"task_id": "j1", "workflow_id": "w"}, "j1"),
        (LIST, {"id": "j1", "task_id": "x"}, "j1"),
    ],
    ids=repr,
)
def test_the_id_is_found(operation: JobOperation[Any], answer: Any, job_id: str) -> None:
    assert read_job_id(operation, answer, "POST /x") == job_id


@pytest.mark.parametrize(
    "answer",
    [
        None,
        "j1",
        17,
        [],
        {},
        {"status": "queued"},
        {"task_id": None},
        {"task_id": "\ud83d"},
        {"task_id": "None"},
        {"task_id": {"value": "j1"}},
        {"error": "Bad Request", "request_id": "r"},
        [{"task_id": "j1"}, {"task_id": "j2"}],
        {"workflow_id": "w"},
    ],
    ids=ascii,
)
def test_an_answer_without_an_id_is_kept_on_the_error(answer: Any) -> None:
    with pytest.raises(ResponseError, match="contains no job id on POST /x") as caught:
        read_job_id(FIND, answer, "POST /x")

    assert (caught.value.raw, caught.value.expected) == (answer, "task_id")


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4), st.sampled_from(["task_id", "taskId", "Task-Id"]))
def test_the_own_field_wins_whatever_stands_beside_it(beside: dict[str, Any], name: str) -> None:
    assert read_job_id(FIND, {"job_id": "x", "id": "y"} | beside | {name: "j1"}, "POST /x") == "j1"


@given(JSON)
def test_any_answer_gives_an_id_or_the_one_error(answer: Any) -> None:
    try:
        found = read_job_id(FIND, answer, "POST /x")
    except ResponseError as error:
        found = "parked" if error.raw == answer else ""

    assert found


@pytest.mark.parametrize(
    ("text", "job_id"),
    [
        ('{"task_id": "j1", "sta', "j1"),
        ("{'taskId': 'j1'", "j1"),
        ('{"job-id":17,', "17"),
        ('{"task_id": "j1"}\n{"job_id": "j1"}', "j1"),
        ('{"task_id": "j', None),
        ('{"task_id": 17', None),
        ('{"task_id": "j1"}\n{"task_id": "j2"}', None),
        ('{"task_id": null, "', None),
        ('{"my_task_id": "j1", "id": "x", ', None),
        ("the task_id is on its way", None),
        ("", None),
    ],
)
def test_an_id_is_found_in_text_if_it_is_whole_and_the_only_one(text: str, job_id: str | None) -> None:
    assert find_job_id(text) == job_id


@given(st.uuids().map(str), st.integers(0, 200))
def test_no_part_of_an_id_is_ever_taken_for_it(job_id: str, length: int) -> None:
    text = f'{{"status": "RUNNING", "task_id": "{job_id}", "note": "task_id"}}'[:length]
    assert find_job_id(text) in {job_id, None}
