"""What bulk and safety count comes from the service's books, whoever the program is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anyio
import httpx
import pytest

from benchmarks import bulk, safety
from benchmarks.rivals import BURST, PACE_PER_SECOND, most_per_minute, question
from benchmarks.safety import LOOP, OURS, Score
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.testing import SimulatedTransport, VirtualTimeLoop


def scored(program: str, fault: str, monkeypatch: pytest.MonkeyPatch) -> Score:
    monkeypatch.setattr(safety, "PROBABILITY", 1.0)
    options = {"loop_factory": VirtualTimeLoop}
    return anyio.run(safety.faulty, program, fault, 3, 2, backend_options=options)


def test_who_sends_again_pays_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """No answer to a submit ever arrives: the loop makes five attempts, and says nothing of what they cost."""
    assert scored(LOOP, "lost_answer", monkeypatch) == Score(3, 0, paid_twice=12, lost=3, unsaid=3, in_doubt=0)


def test_who_does_not_send_again_has_lost_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    score = scored(OURS, "lost_answer", monkeypatch)

    assert (score.answered, score.paid_twice, score.unsaid) == (0, 0, 0)
    assert score.lost == score.in_doubt > 0


@pytest.mark.parametrize("program", [OURS, LOOP])
def test_a_failed_job_is_no_damage(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert scored(program, "job_failed", monkeypatch) == Score(3, 0, paid_twice=0, lost=0, unsaid=0, in_doubt=0)


async def submitted(simulator: Simulator, *rows: int) -> list[str]:
    headers = {"x-api-key": DEFAULT_KEY}
    transport = SimulatedTransport(simulator)
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator", headers=headers) as client:
        answers = [await client.post("/people-intelligence-async", json=question(row)) for row in rows]
        return [str(answer.json()["task_id"]) for answer in answers]


def monotonic(simulator: Simulator, at: float) -> float:
    """Return an instant of the service as a program's clock shows it."""
    clock = simulator.clock
    return clock.origin + (at - clock.start) / clock.speed


def reported(
    simulator: Simulator, answers: list[tuple[int, str, float]], in_doubt: list[int] | None = None
) -> Mapping[str, Any]:
    ended = monotonic(simulator, simulator.books.requests[0].at + 60.0)
    return {"ended": ended, "answers": answers, "in_doubt": in_doubt or [], "cpu": 0.5, "memory": 30.0}


def test_the_books_are_held_against_what_a_program_reports() -> None:
    """Row 0 was accepted twice and answered by the second job; row 1 is in doubt; row 2 is said nothing of."""
    simulator = Simulator(SimulatorSettings(speed=10.0))
    ids = anyio.run(submitted, simulator, 0, 0, 1, 2)
    ends = {job.id: job.ends_at for job in simulator.books.jobs}
    seen = monotonic(simulator, ends[ids[1]] + 7.0)

    measured = bulk.conclude(simulator, reported(simulator, [(0, ids[1], seen)], in_doubt=[1]), 3)

    assert (measured.answered, measured.paid_twice, measured.lost, measured.unsaid, measured.in_doubt) == (
        1,
        1,
        2,
        1,
        1,
    )
    assert measured.minutes == pytest.approx(1.0)
    assert list(measured.lags) == pytest.approx([7.0], abs=1e-3)


def test_an_answer_without_an_id_is_that_of_its_row() -> None:
    simulator = Simulator(SimulatorSettings(speed=10.0))
    anyio.run(submitted, simulator, 0)
    seen = monotonic(simulator, simulator.books.jobs[0].ends_at + 3.0)

    measured = bulk.conclude(simulator, reported(simulator, [(0, "", seen)]), 1)

    assert (measured.answered, measured.lost) == (1, 0)
    assert list(measured.lags) == pytest.approx([3.0], abs=1e-3)


def test_a_program_that_needs_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = bulk.Program("documented", {}, ("no_such_package",))
    monkeypatch.setattr(bulk, "PROGRAMS", {"somebody's": missing})
    notes = list[str]()

    assert anyio.run(bulk.available, ["somebody's"], notes, 1) == {}
    assert notes == ["Not measured: somebody's, which needs no_such_package (dependency group peers)."]


@pytest.mark.parametrize("requests", [1, 2])
def test_a_short_list_lasts_as_long_as_its_longest_row(requests: int) -> None:
    assert most_per_minute([10.0, 60.0, 20.0], requests) == pytest.approx(3)


@pytest.mark.parametrize("requests", [1, 2])
def test_a_long_list_lasts_as_long_as_its_requests(requests: int) -> None:
    rows = 5000

    assert rows / most_per_minute([5.0] * rows, requests) * 60 == pytest.approx(
        (requests * rows - BURST) / PACE_PER_SECOND + 5.0 * (requests == 1)
    )


def test_the_last_row_waits_for_its_turn() -> None:
    """It runs longest, too."""
    run_times = [10.0] * 100 + [60.0]

    assert 101 / most_per_minute(run_times, 1) * 60 == pytest.approx((101 - BURST) / PACE_PER_SECOND + 60)
