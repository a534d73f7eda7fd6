"""Status words, charges and job ids that no page of the service shows: no paid answer is waited for or thrown away."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import httpx
import pytest

from sixtyfour_async import AddressError, CompanyIntelligence, CostCapError, JobFailedError, JobRunner, MemoryJournal
from tests.client.network import scripted
from tests.faults.one_question import DONE, QUESTION, RESULT, Service, run

pytestmark = pytest.mark.anyio


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    monkeypatch.setattr("sixtyfour_async.models.jobs._warned", set[str]())
    caplog.set_level(logging.WARNING, "sixtyfour_async.jobs")
    return caplog


# --- status words ---------------------------------------------------------------------------------------------------

GOOD = ["success", "COMPLETE", "done", "succeeded", "finished", "Ok", "completed_with_errors", "fini", "", None]


@pytest.mark.parametrize("word", GOOD)
async def test_a_result_ends_the_job_whatever_the_word(word: str | None) -> None:
    outcome, took, _ = await run(Service({"status": "running"}, DONE | {"status": word}))

    assert (outcome.status, outcome.cost_cents) == ("completed", 10)
    assert outcome.result().structured_data == {"hq": "Berlin"}
    assert took < 600


@pytest.mark.parametrize("word", ["error", "expired", "Aborted", "rejected", "crashed", "time-out", "kaput", "", None])
async def test_an_error_ends_the_job_with_its_text(word: str | None) -> None:
    outcome, took, _ = await run(Service({"status": word, "error": "no such company"}))

    assert outcome.status == "failed"
    with pytest.raises(JobFailedError, match="no such company"):
        outcome.result()
    assert took < 600


async def test_an_error_without_a_status_fails_the_job() -> None:
    outcome, took, _ = await run(Service({"error": "Job expired"}))

    assert outcome.status == "failed"
    assert "Job expired" in str(outcome.error)
    assert took < 600


async def test_a_closed_job_with_neither_has_failed_and_says_so() -> None:
    outcome, _, _ = await run(Service({"status": "kaput", "close_time": "2026-06-10T00:01:00Z"}))

    assert outcome.status == "failed"
    assert "ended as 'kaput' without a result" in str(outcome.error)


@pytest.mark.parametrize("word", ["canceled", "stopped", "KILLED"])
async def test_a_cancelled_job_ends(word: str) -> None:
    outcome, _, _ = await run(Service({"status": word}))

    assert outcome.status == "cancelled"


@pytest.mark.parametrize("word", ["processing", "In Progress", "retrying", "STARTED", "materializing"])
async def test_a_partial_result_beside_a_word_for_not_yet_does_not_end_the_job(word: str) -> None:
    partial = {"status": word, "result": {"structured_data": {"hq": "perhaps Bonn"}}, "error": "first try failed"}
    outcome, _, _ = await run(Service(partial, partial, DONE))

    assert outcome.result().structured_data == {"hq": "Berlin"}


async def test_an_unknown_word_alone_is_polled_on_and_warned_about_once(warnings: pytest.LogCaptureFixture) -> None:
    outcome, _, network = await run(Service({"status": "crunching"}, {"status": "crunching"}, DONE))

    assert outcome.status == "completed"
    assert len(network.seen) == 4
    assert [message for message in warnings.messages if "crunching" in message] == [
        "status word 'crunching' is not documented: taken as running, from nothing that says it has ended"
    ]


async def test_an_undocumented_good_word_is_named_once(warnings: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        await run(Service(DONE | {"status": "success"}))

    assert [message for message in warnings.messages if "success" in message] == [
        "status word 'success' is not documented: taken as completed, from its usual meaning"
    ]


async def test_the_errors_of_a_completed_job_stand_beside_its_result() -> None:
    poll = DONE | {"status": "completed_with_errors", "error": "one source was down"}
    async with scripted(Service(poll)) as (client, _):
        report = await client.job(QUESTION, "j1").report()
        found = await client.job(QUESTION, "j1")

    assert (str(report.state), report.error) == ("completed", "one source was down")
    assert found.structured_data == {"hq": "Berlin"}


ENDED_LATE = [
    {"Status": "completed", "Result": RESULT, "chargeAmount": 10},
    {"STATUS": "COMPLETED", "RESULT": RESULT, "CHARGE_AMOUNT": 10},
    {"jobStatus": "completed", "result": RESULT, "charge_amount": 10},
    {"Data": {"Job-Status": "done", "Result": RESULT, "Charge Amount": 10}},
    {"data": {"job": {"taskStatus": "Completed", "result": RESULT, "charge_amount": 10}}},
    {"response": {"status": "completed", "result": RESULT, "charge_amount": 10}},
    {"result": {"status": "completed", "result": RESULT, "charge_amount": 10}},
    {"status": {"state": "completed"}, "result": RESULT, "charge_amount": 10},
    {"status": {"code": 2, "name": "running"}, "result": RESULT, "charge_amount": 10},
    {"status": "processing", "result": RESULT, "charge_amount": 10},
    {"Status": "Processing", "Result": RESULT, "FinishedAt": "2026-06-10T00:01:00Z", "charge_amount": 10},
    {"status": "running", "result": RESULT, "close_time": "2026-06-10T00:01:00Z", "charge_amount": 10},
    {"status": "queued", "result": RESULT, "isComplete": True, "charge_amount": 10},
    {"done": True, "response": RESULT, "charge_amount": 10},
    {"state": "crunching", "output": {"result": RESULT}, "charge_amount": 10},
    [{"JobStatus": "SUCCEEDED", "result": RESULT, "charge_amount": 10}],
    {"job": {"status": {"phase": "completed"}, "result": RESULT, "charge_amount": 10}},
    {"data": {"id": "j1", "attributes": {"status": "completed", "result": RESULT, "charge_amount": 10}}},
    {"status": "pending", "data": {"status": "completed", "result": RESULT, "charge_amount": 10}},
    {"tasks": [{"task_id": "j1", "status": "completed", "result": RESULT, "charge_amount": 10}]},
    {"data": [{"jobs": [{"id": "j1", "state": "done", "result": RESULT, "charge_amount": 10}]}]},
    {"items": {"status": "completed", "result": RESULT, "charge_amount": 10}, "total": 1},
    {"status": "processing", "progress": "100 %", "result": RESULT, "cost": 1, "charge_amount": "10"},
    json.dumps(DONE),
]


@pytest.mark.parametrize("answer", ENDED_LATE, ids=lambda answer: str(answer)[:60])
async def test_nothing_is_polled_on_while_its_result_lies_in_the_body(answer: Any) -> None:
    """However the keys are spelt and nested, and whatever the word beside an end or a charge."""
    outcome, took, network = await run(Service({"status": "running"}, answer))

    assert (outcome.status, outcome.cost_cents) == ("completed", 10)
    assert outcome.result().structured_data == {"hq": "Berlin"}
    assert (len(network.seen), took < 600) == (3, True)


@pytest.mark.parametrize(
    "answer",
    [{"hq": "Berlin"}, {"HQ": "Berlin", "notes": "found"}, {"data": {"hq": "Berlin"}}, [{"hq": "Berlin"}]],
    ids=repr,
)
async def test_the_fields_asked_for_are_a_result_without_any_status(answer: Any) -> None:
    outcome, took, network = await run(Service({"status": "running"}, answer))

    assert (outcome.status, outcome.result().structured_data) == ("completed", {"hq": "Berlin"})
    assert (len(network.seen), took < 600) == (3, True)


@pytest.mark.parametrize("answer", [{"hq": None}, {"notes": "queued", "company_name": "Acme"}, {"hq": ""}], ids=repr)
async def test_a_status_without_a_word_and_without_those_fields_is_waited_for(answer: Any) -> None:
    outcome, _, _ = await run(Service(answer, answer, DONE))

    assert outcome.result().structured_data == {"hq": "Berlin"}


@pytest.mark.parametrize("around", ["%s\0\0", "\ufeff%s\n", "\n\n%s"])
async def test_what_servers_put_around_json_is_left_out(around: str) -> None:
    polls = iter([{"task_id": "j1"}])

    def reply(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=around % json.dumps(next(polls, DONE)))

    async with scripted(reply) as (client, _), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert outcome.result().structured_data == {"hq": "Berlin"}


@pytest.mark.parametrize(
    "partial",
    [
        {"Status": "processing", "Result": {"structured_data": {"hq": "perhaps Bonn"}}, "Progress": "1 of 2"},
        {"status": "running", "result": {"structured_data": {"hq": "perhaps Bonn"}}, "charge_amount": 0},
        {"status": "queued", "result": {"structured_data": {"hq": "Bonn"}}, "done": False, "completed_at": None},
        {"result": {"status": "running", "progress": 40}},
        {"Data": {"Status": "queued", "task_id": "j1"}},
        {"status": "processing", "data": {"structured_data": {"hq": "perhaps Bonn"}}},
        {"status": "processing", "charge_amount": 10},
        {"status": "running", "progress": {"completed": 1, "total": 2}, "result": {"structured_data": {"hq": "Bonn"}}},
        {"status": "processing", "data": {"status": "completed", "step": 1}},
    ],
    ids=lambda answer: str(answer)[:60],
)
async def test_what_shows_no_end_is_waited_for(partial: Any) -> None:
    outcome, _, _ = await run(Service(partial, partial, DONE))

    assert outcome.result().structured_data == {"hq": "Berlin"}


NOTHING_SAID = [
    DONE | {"result": {"structured_data": {"hq": None}, "reason": "None", "message": "null"}},
    DONE | {"result": {"error": {"message": None, "code": None}}},
    DONE | {"result": {"status": "None"}},
    DONE | {"result": ["null"]},
    DONE | {"result": "None"},
    DONE | {"result": {"structured_data": [None], "note": "undefined"}},
    {"status": "failed", "error": "None", "message": "null", "detail": None},
    {"status": "failed", "error": {"message": None, "details": [None, "null"]}},
    {"status": "null", "close_time": "2026-06-10T00:01:00Z", "error": "nil"},
]


@pytest.mark.parametrize("answer", NOTHING_SAID, ids=lambda answer: str(answer)[:80])
async def test_no_reason_reads_null(answer: Any) -> None:
    """Where the service says nothing, the reason is ours."""
    outcome, _, _ = await run(Service(answer))

    assert outcome.status in {"no_answer", "failed"}
    assert not {"none", "null", "nil", "undefined"} & set(re.findall(r"\w+", str(outcome.error).replace("is null", "")))
    assert "None" not in str(outcome.error)


# --- charges --------------------------------------------------------------------------------------------------------

NO_CHARGES = ["NaN", "Infinity", "-Infinity", -10, "-1e9", 10**400, "10 cents", True, [10], ""]


@pytest.mark.parametrize("charge", NO_CHARGES, ids=lambda charge: repr(charge)[:12])
async def test_what_is_no_charge_counts_as_the_price_and_leaves_the_cap_in_force(charge: object) -> None:
    questions = [
        CompanyIntelligence(target_company={"company_name": name}, struct={"hq": "Head office"}) for name in "AB"
    ]
    service = Service(DONE | {"charge_amount": charge})
    caps: dict[str, Any] = {"max_in_flight": 1, "max_cost_cents": 15, "prices": {"company-intelligence": 10}}
    async with scripted(service) as (client, network), JobRunner(client, journal=MemoryJournal(), **caps) as jobs:
        outcomes = [outcome async for outcome in jobs.map(questions[:1])]
        with pytest.raises(CostCapError, match="leaves 5 cents"):
            outcomes += [outcome async for outcome in jobs.map(questions[1:])]
        spent = jobs.stats().cost_cents

    assert [(outcome.status, outcome.cost_cents) for outcome in outcomes] == [("completed", None)]
    assert spent == 10
    assert sum(line.startswith("POST") for line in network.request_lines) == 1


# --- job ids --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "started",
    [
        {"job_id": "j1"},
        {"id": "j1"},
        {"taskId": "j1"},
        {"data": {"task_id": "j1"}},
        {"result": {"id": "j1"}},
        {"job": {"id": "j1"}, "status": "queued"},
        {"result": {"task_id": "j1"}, "status": "ok"},
        {"status": "success", "data": {"result": {"job": {"jobId": "j1"}}}},
        [{"task_id": "j1"}],
    ],
    ids=repr,
)
async def test_the_id_of_a_submit_is_read_under_any_of_its_names(started: Any) -> None:
    outcome, _, network = await run(Service(DONE, started=started))

    assert (outcome.status, outcome.job_id) == ("completed", "j1")
    assert network.request_lines == ["POST /company-intelligence-async", "GET /job-status/j1"]


@pytest.mark.parametrize(
    "text",
    [
        '{"status": "RUNNING", "task_id": "j1", "estimated',
        """{'task_id': 'j1', 'status': 'RUNNING'}""",
        """)]}',\n{"taskId": "j1"}""",
        'data: {"task_id": "j1"}\n\n',
        '{}\n{"job_id": "j1"}\n',
        '{"task_id": "j1",}',
    ],
)
async def test_the_id_is_read_from_an_answer_that_is_not_json(text: str) -> None:
    """Cut off, or with something around it: the row is polled, and not parked."""

    def reply(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text=text) if request.method == "POST" else httpx.Response(200, json=DONE)

    async with scripted(reply) as (client, network), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert (outcome.status, outcome.job_id) == ("completed", "j1")
    assert network.request_lines == ["POST /company-intelligence-async", "GET /job-status/j1"]


@pytest.mark.parametrize(
    "started", [{"result": RESULT, "id": "record-7"}, {"structured_data": {"hq": "Berlin"}, "id": 1}]
)
async def test_a_finished_result_is_taken_before_an_id_beside_it(started: Any) -> None:
    outcome, _, network = await run(Service({"error": "no such job"}, started=started))

    assert outcome.result().structured_data == {"hq": "Berlin"}
    assert len(network.seen) == 1


@pytest.mark.parametrize(
    "location", ["/job-status/j1", "https://api.example/v1/job-status/j1/?wait=1", "job-status/j1"]
)
@pytest.mark.parametrize(("status", "text"), [(201, ""), (202, "{}"), (303, "<html>See other</html>"), (302, "")])
async def test_the_id_is_read_from_where_an_answer_leads(status: int, text: str, location: str) -> None:
    """A redirect to the job is a receipt: sent again, the row would be paid again."""

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=DONE)
        return httpx.Response(status, text=text, headers={"location": location})

    async with scripted(reply) as (client, network), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert (outcome.status, outcome.job_id) == ("completed", "j1")
    assert network.request_lines == ["POST /company-intelligence-async", "GET /job-status/j1"]


@pytest.mark.parametrize(
    "location",
    ["/login?next=/job-status/j1", "/job-status/", "/job-status/%00", "http://[", "/jobs/j1", "/job-status/../x"],
)
async def test_a_redirect_elsewhere_is_a_wrong_address(location: str) -> None:
    def reply(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(303, headers={"location": location})

    async with scripted(reply) as (client, network), JobRunner(client, journal=MemoryJournal()) as jobs:
        outcome = await jobs.run(QUESTION)

    assert (outcome.status, type(outcome.error)) == ("rejected", AddressError)
    assert len(network.seen) == 1


async def test_a_number_is_an_id() -> None:
    outcome, _, network = await run(Service(DONE, started={"task_id": 17}))

    assert (outcome.status, outcome.job_id) == ("completed", "17")
    assert network.request_lines[-1] == "GET /job-status/17"


async def test_a_submit_without_an_id_is_parked_with_its_answer() -> None:
    outcome, _, network = await run(Service(DONE, started={"ticket": "in the mail"}))

    assert outcome.status == "unknown"
    assert "contains no job id" in str(outcome.error)
    assert len(network.seen) == 1
