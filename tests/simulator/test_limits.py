from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from sixtyfour_async.simulator.serving.simulator import FAKE_CLOCK_START_SECONDS
from sixtyfour_async.simulator.state.limits import FixedWindow, Limiter, SlidingLog, TokenBucket
from tests.simulator.conftest import LEAD, SEARCH, Start

pytestmark = pytest.mark.anyio


def admitted(window: Limiter, instants: list[float]) -> list[bool]:
    answers: list[bool] = []
    for instant in instants:
        window, verdict = window.take(instant)
        answers.append(verdict.allowed)
    return answers


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (FixedWindow(3, count_rejected=False), [1, 1, 1, 0, 1, 1, 1, 0]),
        (SlidingLog(3, count_rejected=False), [1, 1, 1, 0, 0, 0, 0, 1]),
        (TokenBucket(3, count_rejected=False), [1, 1, 1, 0, 0, 0, 0, 1]),
    ],
)
def test_burst_around_a_full_minute(window: Limiter, expected: list[int]) -> None:
    instants = [59.0, 59.1, 59.2, 59.3, 60.0, 60.1, 60.2, 119.05]
    assert admitted(window, instants) == [bool(word) for word in expected]


def test_sliding_log_never_exceeds_the_limit_in_60_seconds() -> None:
    instants = [at * 0.37 for at in range(3000)]
    window = SlidingLog(10, count_rejected=False)
    inside = [at for at, good in zip(instants, admitted(window, instants), strict=True) if good]
    assert all(later - first >= 60 for first, later in zip(inside, inside[10:], strict=False))


def test_token_bucket_admits_a_burst_and_a_refill() -> None:
    inside = admitted(TokenBucket(60, count_rejected=False), [at * 0.1 for at in range(600)])
    assert sum(inside) == 60 + 59


def test_rejected_requests_can_count_against_the_limit() -> None:
    hammer = [0.0, 1.0, 30.0, 61.5]
    assert admitted(SlidingLog(1, count_rejected=False), hammer) == [True, False, False, True]
    assert admitted(SlidingLog(1, count_rejected=True), hammer) == [True, False, False, False]
    assert admitted(TokenBucket(1, count_rejected=True), hammer) == [True, False, False, False]


@pytest.mark.parametrize("window", ["fixed", "sliding", "bucket"])
async def test_exactly_the_limit_is_admitted(start: Start, window: str) -> None:
    harness = start(window=window, limit=500)
    answers = [await harness.get("/job-status/x") for _ in range(503)]
    assert [answer.status_code for answer in answers] == [404] * 500 + [429] * 3
    assert answers[0].headers["x-ratelimit-remaining"] == "499"
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"
    assert answers[-1].headers["x-ratelimit-limit"] == "500"
    assert answers[-1].json() == {"error": "Too Many Requests", "message": "Rate limit exceeded"}
    assert harness.simulator.books.rejected == harness.simulator.books.throttled == 3
    assert float(answers[-1].headers["x-ratelimit-reset"]) == FAKE_CLOCK_START_SECONDS + 60
    harness.clock.seconds = 60.0
    assert (await harness.get("/job-status/x")).status_code == 404


async def test_rate_limit_error_of_other_route_groups(start: Start) -> None:
    harness = start(limit=1)
    await harness.get("/check-balance")
    assert (await harness.get("/check-balance")).json() == {"detail": "Rate limit exceeded"}


async def test_each_key_has_its_own_limit(start: Start) -> None:
    harness = start(limit=1, keys=("a", "b"), key=None)
    sent = [{"x-api-key": key} for key in ("a", "b", "a")]
    answers = [await harness.client.get("/check-balance", headers=headers) for headers in sent]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [entry.key for entry in harness.simulator.books.requests] == ["key-1", "key-2", "key-1"]


@pytest.mark.parametrize("kind", ["none", "seconds", "date"])
async def test_retry_after(start: Start, kind: str) -> None:
    harness = start(limit=1, retry_after=kind, speed=5.0)
    harness.clock.seconds = 2.1
    await harness.get("/check-balance")
    headers = (await harness.get("/check-balance")).headers
    if kind == "none":
        assert "retry-after" not in headers
    elif kind == "seconds":
        assert headers["retry-after"] == "50"
    else:
        wait = parsedate_to_datetime(headers["retry-after"]) - parsedate_to_datetime(headers["date"])
        assert wait.total_seconds() == 50


async def test_deep_search_slots(start: Start) -> None:
    harness = start()
    answers = [await harness.post("/search/start-deep-search", {**SEARCH, "search_id": f"s{at}"}) for at in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "deep searches" in answers[-1].json()["detail"]
    assert answers[-1].headers["x-ratelimit-remaining"] == "494"
    again = await harness.post("/search/start-deep-search", {**SEARCH, "search_id": "s0"})
    assert again.json()["task_id"] == answers[0].json()["task_id"]
    books = harness.simulator.books
    assert (books.slots_refused, books.rejected, len(books.jobs)) == (1, 0, 5)
    harness.clock.seconds += 300
    assert (await harness.post("/search/start-deep-search", SEARCH)).status_code == 200


PRICES_CENTS: list[tuple[str, dict[str, Any], int]] = [
    ("find-email", LEAD, 5),
    ("find-email", {**LEAD, "mode": "PERSONAL"}, 20),
    ("find-email", {"lead": {"email": "bo@gmail.com"}, "mode": "PERSONAL"}, 0),
    ("company-intelligence", {"target_company": {"name": "3M"}, "struct": {}, "tier": "micro"}, 3),
    ("company-intelligence", {"target_company": {"name": "3M"}, "struct": {}}, 10),
    ("company-intelligence", {"target_company": {"name": "3M"}, "struct": {}, "tier": "medium"}, 50),
    ("company-intelligence", {"target_company": {"name": "3M"}, "struct": {}, "tier": "high"}, 200),
    ("people-intelligence", {"lead_info": {"name": "Bo"}, "tier": "xhigh"}, 400),
    ("people-intelligence", {"lead_info": {"name": "Bo"}, "tier": "scout"}, 100),
]


@pytest.mark.parametrize(("name", "body", "cents"), PRICES_CENTS)
async def test_work_is_charged_when_it_ends(start: Start, name: str, body: dict[str, Any], cents: int) -> None:
    tiers = ("micro", "low", "medium", "high", "xhigh", "scout")
    harness = start(balance_credits=100.0, enabled_tiers=tiers)
    await harness.submit(f"/{name}-async", body)
    assert (await harness.get("/check-balance")).json() == {"credits": 100.0}
    harness.clock.seconds += 3600
    assert (await harness.get("/check-balance")).json() == {"credits": pytest.approx(100.0 - cents / 10)}
    assert harness.simulator.books.charged_cents == cents


async def test_running_work_is_reserved(start: Start) -> None:
    harness = start(balance_credits=1.2)
    assert (await harness.post("/find-email-async", LEAD)).status_code == 200
    assert (await harness.post("/find-email-async", LEAD)).status_code == 200
    refused = await harness.post("/find-email-async", LEAD)
    assert (refused.status_code, refused.json()) == (402, {"detail": "Insufficient API credits"})
    assert len(harness.simulator.books.jobs) == 2
    harness.clock.seconds += 60
    assert (await harness.get("/check-balance")).json() == {"credits": pytest.approx(0.2)}


async def test_failed_job_is_not_charged_and_releases_its_reservation(start: Start) -> None:
    harness = start(balance_credits=0.5)
    harness.simulator.faults.script("job_failed")
    shown = await harness.finished("/find-email-async", LEAD)
    assert (shown["status"], shown["error"]) == ("failed", "Enrichment failed: upstream provider error")
    assert (await harness.post("/find-email", LEAD)).status_code == 200
    assert harness.simulator.books.charged_cents == 5
