"""Dialects as faults: by name, by route, by probability, and none of them by default."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sixtyfour_async.simulator.base.dialects.table import DIALECTS
from sixtyfour_async.simulator.base.settings import FAULTS
from sixtyfour_async.simulator.base.webhooks import WEBHOOK_FAULTS
from sixtyfour_async.simulator.state import faults
from tests.simulator.conftest import COMPANY, LEAD, SEARCH, FakeClock, Harness, Start
from tests.simulator.dialects import BULK, LEADS, polled

pytestmark = pytest.mark.anyio


def test_documented_table_lists_every_fault() -> None:
    lines = (faults.__doc__ or "").splitlines()
    documented = dict(line.split(None, 1) for line in lines if line.split(None, 1)[:1] and line.split()[0] in FAULTS)
    assert set(documented) == set(FAULTS) - set(WEBHOOK_FAULTS), "those of webhooks are listed beside their code"
    dialects = [(name, documented[name]) for name in documented if name in DIALECTS]
    assert dialects == [(name, dialect.doc) for name, dialect in DIALECTS.items()]


def test_dialects_take_their_names_from_no_other_fault() -> None:
    assert len(set(FAULTS)) == len(FAULTS)


async def conversation(harness: Harness) -> list[tuple[int, dict[str, str], bytes]]:
    """Submit, poll and ask for other things; return all that came back."""
    answers = [
        await harness.post("/find-email", LEAD),
        await harness.post("/find-email-bulk", BULK),
        await harness.post("/find-email-async", {}),
        await harness.get("/check-balance"),
        await harness.get("/nowhere"),
    ]
    jobs = [
        ("/find-email-async", LEAD, "/job-status/"),
        ("/find-email-bulk-async", BULK, "/job-status/"),
        ("/company-intelligence-async", COMPANY, "/job-status/"),
        ("/search/start-deep-search", SEARCH, "/search/status/"),
    ]
    for path, body, status in jobs:
        answers.append(await harness.post(path, body))
        poll = status + answers[-1].json()["task_id"]
        answers.append(await harness.get(poll))
        harness.clock.seconds += 3600
        answers.append(await harness.get(poll))
    return [(answer.status_code, dict(answer.headers), answer.content) for answer in answers]


@pytest.mark.parametrize("name", DIALECTS)
async def test_a_dialect_for_another_route_changes_no_byte(start: Start, name: str) -> None:
    plain = await conversation(start())
    harness = start()
    harness.simulator.faults.script(name, route="/somewhere-else", times=99)
    assert await conversation(harness) == plain
    assert harness.simulator.faults.struck[name] == 0


@pytest.mark.parametrize("name", [name for name in DIALECTS if name != "files_shuffled"])
async def test_a_certain_dialect_strikes_somewhere(start: Start, name: str) -> None:
    harness = start(faults={name: 1.0})
    for path, body in (("find-email", LEAD), ("find-email-bulk", BULK), ("company-intelligence", COMPANY)):
        await harness.post(f"/{path}-async", body)
        for after in (0, 3600):
            harness.clock.seconds += after
            accepted = [entry.id for entry in harness.simulator.books.jobs]
            await harness.get(f"/job-status/{accepted[-1] if accepted else 'none'}")
    assert harness.simulator.faults.struck[name] >= 1


async def test_scripted_dialects_wait_for_an_answer_that_they_change(start: Start) -> None:
    harness = start()
    single, shared = await polled(harness, "find-email", LEAD), await polled(harness, "find-email-bulk", BULK)
    harness.simulator.faults.script("rows_reversed", route="/job-status")
    plain = (await harness.get(single)).json()
    assert (plain["status"], harness.simulator.faults.struck["rows_reversed"]) == ("completed", 0)
    turned = [row["name"] for row in (await harness.get(shared)).json()["result"]]
    assert turned == [lead["name"] for lead in LEADS[::-1]]


async def test_a_dialect_in_the_answer_to_a_submit_leaves_polls_alone(start: Start) -> None:
    harness = start()
    harness.simulator.faults.script("body_bom", route="/find-email-async")
    submit = await harness.post("/find-email-async", LEAD)
    poll = await harness.get(f"/job-status/{harness.simulator.books.jobs[0].id}")
    assert [answer.content[:1] for answer in (submit, poll)] == [b"\xef", b"{"]


async def starts_of_polls(harness: Harness, jobs: int = 60, polls: int = 3) -> list[list[bytes]]:
    paths = [await polled(harness, "find-email", {"lead": {"name": f"Ada {at}"}}) for at in range(jobs)]
    return [[(await harness.get(path)).content[:1] for _ in range(polls)] for path in paths]


async def test_all_polls_of_a_job_are_alike(start: Start) -> None:
    seen = await starts_of_polls(start(faults={"body_bom": 0.3}, limit=1000))
    assert all(len(set(polls)) == 1 for polls in seen)
    assert 8 < sum(polls[0] == b"\xef" for polls in seen) < 30
    assert seen == await starts_of_polls(start(faults={"body_bom": 0.3}, limit=1000)), "repeatable"
    assert seen != await starts_of_polls(start(faults={"body_bom": 0.3}, limit=1000, seed=2))


async def test_truncated_bodies_heal_unless_they_are_truncated_for_good(start: Start) -> None:
    async def lengths(name: str) -> list[set[int]]:
        harness = start(faults={name: 0.5}, limit=1000)
        for at in range(20):
            await harness.post("/find-email-async", {"lead": {"name": f"Ada {at}"}})
        harness.clock.seconds += 3600
        paths = [f"/job-status/{entry.id}" for entry in harness.simulator.books.jobs]
        return [{len((await harness.get(path)).content) for _ in range(10)} for path in paths]

    assert all(len(seen) == 2 for seen in await lengths("body_truncated"))
    assert all(len(seen) == 1 for seen in await lengths("body_truncated_for_good"))


async def test_dialects_and_refunds_survive_a_restart(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.jsonl"
    chosen: dict[str, Any] = {"state": state, "faults": {"body_bom": 0.5, "status_bad_word": 0.5}, "limit": 1000}
    harness = start(**chosen)
    paths = [await polled(harness, "find-email", {"lead": {"name": f"Ada {at}"}}) for at in range(20)]
    before = [(await harness.get(path)).content for path in paths]

    again = start(**chosen, clock=FakeClock(7.0))

    assert [entry.charge for entry in again.simulator.books.jobs] == [
        entry.charge for entry in harness.simulator.books.jobs
    ]
    assert 0 < again.simulator.books.charged_cents == harness.simulator.books.charged_cents < 100
    assert [(await again.get(path)).content for path in paths] == before


async def test_books_know_what_every_dialect_accepted_and_charged(start: Start) -> None:
    """Whatever is said, what was accepted and not failed is charged."""
    names = [name for name in DIALECTS if "request" not in DIALECTS[name].kinds]
    harness = start(faults=dict.fromkeys(names, 0.2), limit=10_000)
    for at in range(50):
        await harness.post("/find-email-async", {"lead": {"name": f"Ada {at}"}})
        await harness.post("/find-email-bulk-async", BULK)
    for after in (0, 3600):
        harness.clock.seconds += after
        for entry in harness.simulator.books.jobs:
            await harness.get(f"/job-status/{entry.id}")

    books = harness.simulator.books
    assert len(books.jobs) == 100
    failed = [entry for entry in books.jobs if harness.simulator.service.jobs[entry.id].failed]
    assert {entry.charge for entry in failed} == {0}
    assert books.charged_cents == sum(entry.charge for entry in books.jobs)
    assert {entry.charge for entry in books.jobs if entry not in failed} == {5, 15}
    unstruck = {name for name in names if not harness.simulator.faults.struck[name]}
    assert unstruck <= {"files_shuffled", "structured_data_null", "not_found_spell"}


async def test_true_answers_do_not_depend_on_faults(start: Start) -> None:
    plain = start()
    shown = await plain.finished("/find-email-bulk-async", BULK)
    harness = start(faults={"rows_shuffled": 1.0, "row_doubled": 1.0})
    truths = [harness.simulator.true_answer("find_email", {"lead": lead}) for lead in LEADS]
    assert [{**truth, "cost_cents": 5} for truth in truths] == shown["result"]
    with pytest.raises(ValueError, match="kind must be one of company_intelligence"):
        harness.simulator.true_answer("find_everything", {})


@pytest.mark.parametrize(("name", "form"), [("body_bom", "utf-8"), ("reset", "hard")])
async def test_faults_of_one_form_take_none(start: Start, name: str, form: str) -> None:
    with pytest.raises(ValueError, match=f"form must be None for {name}"):
        start().simulator.faults.script(name, form=form)


async def test_clearing_ends_a_spell(start: Start) -> None:
    harness = start()
    poll = await polled(harness, "find-email", LEAD)
    harness.simulator.faults.script("not_found_spell")
    assert (await harness.get(poll)).status_code == 404
    harness.simulator.faults.clear()
    assert (await harness.get(poll)).status_code == 200
