"""What several processes with one key make of trouble at the service, and of the limit on bulk submits."""

from __future__ import annotations

import pytest

from sixtyfour_async._scheduling.breaker import FIRST_PAUSE_SECONDS, SubmitBreaker
from sixtyfour_async._scheduling.limits import BULK_WINDOW_SECONDS
from sixtyfour_async.errors import ServerError, SixtyfourError
from tests.scheduling.fleet import Fleet, Process, busiest


def trouble() -> SixtyfourError:
    return ServerError("unavailable", status=503)


def open_breaker(process: Process) -> None:
    breaker = process.breaker
    for _ in range(3):
        breaker.acquire(process.fleet.now)
        breaker.failed(trouble(), process.fleet.now, parked=False)
    assert breaker.is_open


def three() -> tuple[Fleet, list[Process]]:
    fleet = Fleet()
    processes = [fleet.add(submits=1_000_000) for _ in range(3)]
    fleet.run(10)
    return fleet, processes


def test_one_breaker_that_opens_holds_those_of_all() -> None:
    fleet, processes = three()

    open_breaker(processes[0])
    processes[0].work()
    fleet.run(18)

    assert [process.breaker.is_open for process in processes] == [True] * 3
    assert processes[0].breaker.check_at() == pytest.approx(10 + FIRST_PAUSE_SECONDS)
    assert [process.breaker.check_at() for process in processes[1:]] == [float("inf")] * 2
    assert "another process" in str(processes[1].breaker.error)


def test_all_go_on_one_at_a_time_when_it_has_closed() -> None:
    fleet, processes = three()
    open_breaker(processes[0])
    processes[0].work()
    fleet.run(18)

    first = processes[0].breaker
    first.checking()
    first.checked(None, 18.0)
    first.acquire(18.0)
    first.succeeded()
    processes[0].work()
    fleet.run(26)

    assert [process.breaker.state for process in processes] == ["closed"] * 3
    assert [process.breaker.window for process in processes] == [2, 1, 1]  # the first has had one accepted


def test_one_of_them_inherits_the_outage_of_a_process_that_died() -> None:
    fleet, processes = three()
    open_breaker(processes[0])
    processes[0].work()
    fleet.run(18)

    processes[0].kill()
    fleet.run(90)

    checks = [process.breaker.check_at() for process in processes[1:]]
    assert sorted(at < float("inf") for at in checks) == [False, True]


def test_two_breakers_that_open_at_once_become_one() -> None:
    fleet, processes = three()

    open_breaker(processes[0])
    open_breaker(processes[1])
    processes[0].work()
    processes[1].work()
    fleet.run(20)

    assert sum(process.breaker.elsewhere for process in processes) == 2


def test_a_breaker_that_was_held_is_free_when_its_process_shares_no_longer() -> None:
    breaker = SubmitBreaker()
    breaker.hear("down", 0.0, inherited=False)

    breaker.hear(None, 5.0, inherited=True)

    assert breaker.check_at() == 5.0


def test_bulk_submits_of_all_processes_together_keep_ten_a_minute() -> None:
    fleet = Fleet()
    processes = [fleet.add() for _ in range(3)]
    for process in processes:
        process.bulk = 40
    started = list[float]()
    for tenth in range(3000):
        for process in processes:
            fleet.at(tenth / 10, lambda process=process: started.extend(process.start_bulk()), process)  # type: ignore[misc]

    fleet.run(300)

    assert busiest(started, BULK_WINDOW_SECONDS - 1) <= 10
    assert 40 <= len(started) <= 50


def test_bulk_submits_before_another_process_came_are_counted() -> None:
    fleet = Fleet()
    first = fleet.add()
    first.call()
    first.bulk = 40
    started = list[float]()
    for tenth in range(10, 50):
        fleet.at(tenth / 10, lambda: started.extend(first.start_bulk()), first)
    fleet.run(5)
    assert len(started) == 10  # it is alone and starts what it may
    second = fleet.add()
    second.bulk = 40
    for tenth in range(50, 600):
        fleet.at(tenth / 10, lambda: started.extend(second.start_bulk()), second)

    fleet.run(60)

    assert len(started) == 10
