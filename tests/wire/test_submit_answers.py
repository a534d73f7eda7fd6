"""The answer to a submit: an id, or the end of the job, by the same rule however plain it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import CreateExclusionList, DeepSearch, FindEmail, PeopleIntelligence, RunWorkflow
from sixtyfour_async._wire.body import Body
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async._wire.results import read_result
from sixtyfour_async._wire.submit_answers import read_submit
from sixtyfour_async.models.jobs import JobState, Report
from sixtyfour_async.models.status_words import OPEN_ENDS, OTHER_WORDS, STATUS_WORDS, has_content
from sixtyfour_async.operations import JobOperation
from sixtyfour_async.operations.lists import SearchResults

OPERATIONS: list[JobOperation[Any]] = [
    FindEmail(lead={"name": "Ada"}),
    PeopleIntelligence(lead_info={"name": "Ada"}, struct={"title": "Her title"}),
    DeepSearch(query="mathematicians"),
    RunWorkflow(workflow_id="w"),
    CreateExclusionList(name="seen", source=SearchResults(search_id="s1")),
]
WORDS = [*STATUS_WORDS, *OPEN_ENDS.split(), *(word for words in OTHER_WORDS.values() for word in words.split())]
MORE = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(WORDS) | st.sampled_from(["RUNNING", "Queued", "", "null", "so-so"]) | st.none(),
        "message": st.sampled_from(["", "Search started", "no such job", "completed"]),
        "error": st.sampled_from([None, "", "out of credits"]),
        "result": st.sampled_from([None, {}, {"email": [["ada@acme.example", "OK", "COMPANY"]]}]),
        "close_time": st.sampled_from([None, "2026-01-01T00:00:00Z"]),
    },
)


@given(st.sampled_from(OPERATIONS), MORE)
def test_an_answer_with_an_id_is_an_end_only_if_a_poll_would_read_it_as_one(
    operation: JobOperation[Any], more: dict[str, Any]
) -> None:
    """And if it holds what was asked for: an id is polled otherwise."""
    value = {operation.endpoint.id_field: "j1"} | more
    report: Report = decode_answer(operation.poll_answer_type(), value, operation="").report()
    is_end = report.state is JobState.COMPLETED and has_content(report.result)
    is_end = is_end and read_result(operation, report.result).no_answer is None

    assert read_submit(operation, Body.of(value), "POST /x") == (report if is_end else "j1")


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.endpoint.name)
@pytest.mark.parametrize("more", [{}, {"status": "RUNNING"}, {"status": "queued", "message": "Search started"}])
def test_the_documented_receipts_are_ids(operation: JobOperation[Any], more: dict[str, str]) -> None:
    body = Body.of({operation.endpoint.id_field: "j1", **more})

    assert read_submit(operation, body, "POST /x") == "j1"
