"""Results, status words, answers to submits and addresses in dialects, one dialect at a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sixtyfour_async.simulator.base.dialects.statuses import BAD_WORDS, GOOD_WORDS, SPELL_SECONDS
from sixtyfour_async.simulator.base.dialects.submits import UNREADABLE
from tests.simulator.conftest import COMPANY, COMPANY_WORKFLOW, LEAD, SEARCH, Harness, Start
from tests.simulator.dialects import BULK, company_in_dialect, email_in_dialect, in_dialect, polled

pytestmark = pytest.mark.anyio


RESULT_FORMS: list[tuple[str, Callable[[Any], Any]]] = [
    ("result_null", lambda _: None),
    ("result_json_string", lambda result: json.dumps(result, ensure_ascii=False)),
    ("result_list_of_one", lambda result: [result]),
    ("result_in_data", lambda result: {"data": result}),
    ("result_error_inside", lambda _: {"error": "timed out inside"}),
    ("structured_data_null", lambda result: {**result, "structured_data": None}),
]


@pytest.mark.parametrize(("name", "change"), RESULT_FORMS)
async def test_forms_of_a_result(start: Start, name: str, change: Callable[[Any], Any]) -> None:
    changed, plain = await company_in_dialect(start, name)
    assert changed.json() == {**plain, "result": change(plain["result"])}

    harness = start()
    harness.simulator.faults.script(name, route="/company-intelligence")
    direct = (await harness.post("/company-intelligence", COMPANY)).json()
    assert direct == change((await harness.post("/company-intelligence", COMPANY)).json())


async def test_names_of_fields_in_capitals(start: Start) -> None:
    changed, plain = await company_in_dialect(start, "keys_other_case")
    data = changed.json()["result"]["structured_data"]
    assert data == {key.upper(): value for key, value in plain["result"]["structured_data"].items()}
    assert changed.json()["result"]["notes"] == plain["result"]["notes"]
    changed, plain = await email_in_dialect(start, "keys_other_case")
    assert changed.json()["result"] == {key.upper(): value for key, value in plain["result"].items()}


async def test_camel_case(start: Start) -> None:
    changed, plain = await company_in_dialect(start, "keys_camel_case")
    result = changed.json()["result"]
    assert set(result) == {"structuredData", "notes", "findings", "confidenceScore", "references"}
    assert result["structuredData"]["companyName"] == plain["result"]["structured_data"]["company_name"]
    assert changed.json()["charge_amount"] == plain["charge_amount"], "the envelope is left alone"


async def test_addresses_as_objects(start: Start) -> None:
    changed, plain = await email_in_dialect(start, "email_objects")
    [[address, status, kind]] = plain["result"]["email"]
    assert changed.json()["result"]["email"] == [{"email": address, "status": status, "type": kind}]
    rows, _ = await in_dialect(start, "email_objects", "find-email-bulk", BULK)
    assert all(set(row["email"][0]) == {"email", "status", "type"} for row in rows.json()["result"])


async def test_files_in_another_order(start: Start) -> None:
    harness = start()
    run = (
        await harness.post("/workflows/run", {"webhook_payload": {"company_name": "3M"}}, workflow_id=COMPANY_WORKFLOW)
    ).json()
    harness.clock.seconds += 3600
    harness.simulator.faults.script("files_shuffled")
    path = f"/workflows/runs/{run['job_id']}/results/download-links"
    orders = [[item["block_number"] for item in (await harness.get(path)).json()] for _ in range(2)]
    assert sorted(orders[0]) == orders[1] == [1, 2, 3]
    assert orders[0][-1] != 3


@pytest.mark.parametrize("word", [*GOOD_WORDS, "Fini"])
async def test_good_words(start: Start, word: str) -> None:
    changed, plain = await company_in_dialect(start, "status_good_word", form=word)
    assert changed.json() == {**plain, "status": word}


async def test_other_forms_of_completed_work(start: Start) -> None:
    changed, plain = await company_in_dialect(start, "completed_with_errors")
    errors = {"status": "completed_with_errors", "errors": ["one source timed out"]}
    assert changed.json() == {**plain, **errors}
    changed, plain = await company_in_dialect(start, "status_missing")
    assert {**changed.json(), "status": "completed"} == plain
    changed, plain = await company_in_dialect(start, "status_unknown_ended", form="ripe")
    assert changed.json() == {**plain, "status": "ripe"}


async def test_unknown_words_of_running_work(start: Start) -> None:
    harness = start()
    job = await harness.submit("/company-intelligence-async", COMPANY)
    harness.simulator.faults.script("status_unknown_word", form="crunching", times=9)
    running = (await harness.get(f"/job-status/{job}")).json()
    assert (running["status"], "result" in running) == ("crunching", False)
    harness.clock.seconds += 3600
    assert (await harness.get(f"/job-status/{job}")).json()["status"] == "completed"


@pytest.mark.parametrize("word", BAD_WORDS)
async def test_bad_words_fail_the_work_and_refund_it(start: Start, word: str) -> None:
    harness = start()
    poll = await polled(harness, "company-intelligence", COMPANY)
    assert harness.simulator.books.charged_cents == 10
    harness.simulator.faults.script("status_bad_word", form=word)

    failed = (await harness.get(poll)).json()

    assert (failed["status"], failed["error"]) == (word, "no such company")
    assert not {"result", "charge_amount"} & set(failed)
    assert harness.simulator.books.charged_cents == harness.simulator.books.jobs[0].charge == 0
    assert (await harness.get("/check-balance")).json() == {"credits": 1_000_000.0}
    assert (await harness.get(poll)).json()["status"] == "failed", "it stays failed"


async def test_an_error_without_a_status(start: Start) -> None:
    harness = start()
    poll = await polled(harness, "find-email-bulk", BULK)
    harness.simulator.faults.script("error_without_status")
    failed = await harness.get(poll)
    assert (failed.status_code, failed.json()) == (200, {"error": "Job expired"})
    assert harness.simulator.books.jobs[0].charge == 0


async def test_failed_work_has_bad_words_too(start: Start) -> None:
    harness = start(faults={"job_failed": 1.0, "status_bad_word": 1.0, "status_good_word": 1.0})
    shown = await harness.finished("/find-email-async", LEAD)
    assert shown["status"] in BAD_WORDS


async def test_searches_and_runs_have_other_words(start: Start) -> None:
    harness = start(faults={"status_good_word": 1.0})
    search = await harness.submit("/search/start-deep-search", SEARCH)
    payload = {"webhook_payload": {"company_name": "3M"}}
    run = (await harness.post("/workflows/run", payload, workflow_id=COMPANY_WORKFLOW)).json()["job_id"]
    harness.clock.seconds += 3600
    assert (await harness.get(f"/search/status/{search}")).json()["status"] in GOOD_WORDS
    live = (await harness.get(f"/workflows/runs/{run}/live_status")).json()
    assert live["overall_status"] in GOOD_WORDS


async def test_a_spell_of_404_hides_every_job(start: Start) -> None:
    harness = start()
    polls = [await polled(harness, "find-email", LEAD) for _ in range(3)]
    harness.simulator.faults.script("not_found_spell", route=polls[1])
    first, *hidden = [await harness.get(poll) for poll in polls]
    assert (first.status_code, {answer.status_code for answer in hidden}) == (200, {404}), "from the scripted poll on"
    assert hidden[0].json() == {"detail": "Job not found"}
    assert (await harness.get(polls[0])).status_code == 404
    harness.clock.seconds += SPELL_SECONDS
    assert [(await harness.get(poll)).status_code for poll in polls] == [200] * 3


ID_FORMS: list[tuple[str, Callable[[str, dict[str, Any]], Any]]] = [
    ("id_as_job_id", lambda id_, rest: {"job_id": id_, **rest}),
    ("id_as_id", lambda id_, rest: {"id": id_, **rest}),
    ("id_camel_case", lambda id_, rest: {"taskId": id_, **rest}),
    ("id_nested", lambda id_, rest: {"data": {"task_id": id_, **rest}}),
]


@pytest.mark.parametrize(("name", "put"), ID_FORMS)
async def test_ids_under_other_names(start: Start, name: str, put: Callable[[str, dict[str, Any]], Any]) -> None:
    harness = start()
    harness.simulator.faults.script(name, route="/find-email-async")
    answer = (await harness.post("/find-email-async", LEAD)).json()
    assert answer == put(harness.simulator.books.jobs[0].id, {"status": "pending"})


async def test_the_id_of_a_run_is_called_job_id_anyway(start: Start) -> None:
    harness = start(faults={"id_as_job_id": 1.0})
    payload = {"webhook_payload": {"company_name": "3M"}}
    await harness.post("/workflows/run", payload, workflow_id=COMPANY_WORKFLOW)
    assert harness.simulator.faults.struck["id_as_job_id"] == 0


@pytest.mark.parametrize(("path", "body"), [("find-email", LEAD), ("find-email-bulk", BULK)])
async def test_the_result_at_once(start: Start, path: str, body: Any) -> None:
    truth = (await start().post(f"/{path}", body)).json()
    harness = start()
    harness.simulator.faults.script("submit_result")
    assert (await harness.post(f"/{path}-async", body)).json() == truth
    harness.simulator.faults.script("submit_completed")
    at_once = (await harness.post(f"/{path}-async", body)).json()
    second = harness.simulator.books.jobs[1]
    assert at_once == {"task_id": second.id, "status": "completed", "result": truth}
    price = 5 * (3 if path.endswith("bulk") else 1)
    assert (second.ends_at - second.submitted_at, harness.simulator.books.charged_cents) == (0, 2 * price)
    assert (await harness.get(f"/job-status/{second.id}")).json()["status"] == "completed"


async def test_work_that_fails_has_no_result_at_once(start: Start) -> None:
    harness = start(faults={"job_failed": 1.0, "submit_result": 1.0})
    assert (await harness.post("/find-email-async", LEAD)).json()["status"] == "pending"
    assert harness.simulator.faults.struck["submit_result"] == 0


@pytest.mark.parametrize("body", [*UNREADABLE, "<html>"])
async def test_submits_that_cannot_be_read_are_accepted(start: Start, body: str) -> None:
    harness = start()
    harness.simulator.faults.script("submit_unreadable", form=body)
    answer = await harness.post("/company-intelligence-async", COMPANY)
    assert (answer.status_code, answer.text) == (200, body)
    assert harness.simulator.books.jobs[0].charge == 10


async def _submit_and_poll(harness: Harness) -> list[Any]:
    return [await harness.post("/find-email-async", LEAD), await harness.get("/check-balance")]


async def test_redirect(start: Start) -> None:
    harness = start(faults={"redirect": 1.0})
    for answer in await _submit_and_poll(harness):
        assert (answer.status_code, answer.content) == (308, b"")
        assert answer.headers["location"] == f"https://moved.example{answer.request.url.path}"
    assert not harness.simulator.books.jobs


async def test_login_page(start: Start) -> None:
    harness = start(faults={"login_page": 1.0})
    for answer in await _submit_and_poll(harness):
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert answer.text.startswith("<!doctype html>")
    assert not harness.simulator.books.jobs


async def test_not_found_everywhere(start: Start) -> None:
    harness = start(faults={"not_found_everywhere": 1.0})
    for answer in await _submit_and_poll(harness):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert not harness.simulator.books.jobs


async def test_error_with_the_status_of_success(start: Start) -> None:
    harness = start(faults={"error_200": 1.0})
    submit, balance = await _submit_and_poll(harness)
    assert (submit.status_code, submit.json()["error"], set(submit.json())) == (
        200,
        "Bad Request",
        {"error", "message"},
    )
    assert balance.json() == {"credits": 1_000_000.0}, "only a POST is refused"
    assert not harness.simulator.books.jobs
