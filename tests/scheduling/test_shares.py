"""One key, several processes: no minute overflows, little is left unused, who is waited for goes first."""

from __future__ import annotations

from statistics import quantiles

import pytest

from sixtyfour_async._scheduling.allotment import MINUTE, allotment
from tests.scheduling.fleet import Fleet, Process, busiest

MANY = 1_000_000
"""Rows that are never done."""


def most_allowed(limit: int) -> int:
    return limit - allotment(limit)[1]


def add_calls(fleet: Fleet, process: Process, every: float, until: float) -> None:
    at = 5.0
    while at < until:
        at += fleet.random.expovariate(1 / every)
        fleet.at(at, process.call, process)


@pytest.mark.parametrize(("processes", "least_use"), [(1, 0.998), (2, 0.98), (4, 0.98), (8, 0.98), (32, 0.98)])
def test_bulk_runs_share_all_of_the_budget_and_evenly(processes: int, least_use: float) -> None:
    fleet = Fleet()
    for _ in range(processes):
        fleet.add(submits=MANY)

    fleet.run(150)

    assert busiest(fleet.sent) <= most_allowed(500)
    assert busiest(fleet.arrived) <= 500
    assert fleet.use(MINUTE, 150) >= least_use
    shares = [len(process.sent) for process in fleet.processes]
    assert min(shares) >= 0.65 * max(shares)


def test_a_process_that_is_alone_visits_twice_a_second() -> None:
    fleet = Fleet()
    fleet.add(submits=MANY)

    fleet.run(100)

    assert fleet.visits <= 2 * 100 + 2


@pytest.mark.parametrize("limit", [3, 10, 60, 100, 200, 1000, 5000])
def test_any_limit_is_kept_and_used(limit: int) -> None:
    fleet = Fleet(limit=limit)
    for _ in range(4):
        fleet.add(submits=MANY)

    fleet.run(240 if limit < 100 else 130)

    assert busiest(fleet.sent) <= most_allowed(limit)
    assert fleet.use(MINUTE, fleet.now) >= (0.97 if limit >= 10 else 0.4)


@pytest.mark.parametrize("bulk", [1, 3, 16])
def test_who_is_waited_for_goes_before_the_bulk_of_any_process(bulk: int) -> None:
    fleet = Fleet()
    for _ in range(bulk):
        fleet.add(submits=MANY)
    web = fleet.add()
    add_calls(fleet, web, every=2.0, until=150)

    fleet.run(150)

    first, *later = web.waited
    assert first <= 1.1  # the account had been lent
    assert quantiles(later, n=100)[-1] <= 0.25
    assert fleet.use(MINUTE, 150) >= 0.97


def test_due_polls_go_before_the_submits_of_other_processes() -> None:
    fleet = Fleet()
    for _ in range(3):
        fleet.add(submits=MANY)
    poller = fleet.add()
    for second in range(10, 100):
        for _ in range(3):
            fleet.at(float(second), poller.poll, poller)

    fleet.run(100)

    assert len(poller.sent) >= 3 * 88


def test_one_request_in_five_is_left_to_bulk_when_calls_never_pause() -> None:
    fleet = Fleet()
    web = [fleet.add() for _ in range(3)]
    bulk = fleet.add(submits=MANY)
    for process in web:
        for tenth in range(1200):
            fleet.at(tenth / 10, process.call, process)

    fleet.run(120)

    assert 0.15 * len(fleet.sent) <= len(bulk.sent) <= 0.25 * len(fleet.sent)


@pytest.mark.parametrize("processes", [2, 4, 16])
def test_stalls_cause_no_burst_and_cost_little(processes: int) -> None:
    fleet = Fleet()
    for _ in range(processes):
        process, at = fleet.add(submits=MANY), 5.0
        while at < 150:
            at += fleet.random.expovariate(1 / 6)
            stall = fleet.random.uniform(0.2, 3)
            fleet.at(at, lambda process=process, stall=stall: process.freeze(stall))  # type: ignore[misc]
            at += stall

    fleet.run(150)

    assert busiest(fleet.sent) <= most_allowed(500)
    assert fleet.use(MINUTE, 150) >= 0.85


@pytest.mark.parametrize("processes", [1, 2, 8])
@pytest.mark.parametrize("seconds", [5.0, 90.0])
def test_a_process_that_wakes_up_sends_no_more_than_any_other(processes: int, seconds: float) -> None:
    fleet = Fleet()
    frozen = fleet.add(submits=MANY)
    for _ in range(processes):
        fleet.add(submits=MANY)
    fleet.at(30.0, lambda: frozen.freeze(seconds))

    fleet.run(130 + seconds)

    woke = 30 + seconds
    assert sum(woke <= at < woke + 1 for at in frozen.sent) <= 8
    assert sum(32 <= at < woke for at in fleet.sent) >= 0.95 * fleet.use(100, 130) * 8 * (seconds - 2)
    assert busiest(fleet.sent) <= most_allowed(500)


def test_the_others_take_over_what_killed_processes_had() -> None:
    fleet = Fleet()
    victims = [fleet.add(submits=MANY) for _ in range(4)]
    for _ in range(4):
        fleet.add(submits=MANY)
    for victim in victims:
        fleet.at(60.0, victim.kill)

    fleet.run(120)

    assert fleet.use(62, 120) >= 0.98
    assert busiest(fleet.sent) <= most_allowed(500)


def test_whoever_follows_a_killed_process_that_had_the_whole_account_waits_for_its_lease() -> None:
    fleet = Fleet()
    victim = fleet.add(submits=MANY)
    heir = fleet.add()
    fleet.at(30.0, victim.kill)
    for _ in range(50):
        fleet.at(30.01, heir.call, heir)

    fleet.run(100)

    assert min(heir.sent) <= 30 + 1.0 + 0.2
    assert busiest(fleet.sent, 1.0) <= 11
    assert busiest(fleet.sent) <= most_allowed(500)


def test_a_pause_stops_every_process_within_the_life_of_a_share() -> None:
    fleet = Fleet()
    processes = [fleet.add(submits=MANY) for _ in range(4)]
    fleet.at(60.0, lambda: processes[0].budget.pause(80.0))

    fleet.run(150)

    assert [at for at in fleet.sent if 60.8 <= at < 80.0] == []
    assert [at for at in processes[0].sent if 60.0 < at < 80.0] == []
    assert fleet.use(81, 140) == pytest.approx(0.5, abs=0.03)  # the slow start
    assert fleet.use(142, 150) >= 0.9


def test_a_database_that_is_gone_stops_all_and_the_return_makes_no_burst() -> None:
    fleet = Fleet()
    for _ in range(4):
        fleet.add(submits=MANY)
    fleet.at(40.0, lambda: setattr(fleet, "database_down", True))
    fleet.at(60.0, lambda: setattr(fleet, "database_down", False))

    fleet.run(120)

    assert [at for at in fleet.sent if 40.8 <= at < 60.0] == []
    assert busiest(fleet.sent, 1.0) <= 19
    assert busiest(fleet.sent) <= most_allowed(500)
    assert fleet.use(70, 120) >= 0.97


@pytest.mark.parametrize("jump", [-0.3, -10.0, -3600.0])
@pytest.mark.parametrize("processes", [1, 4])
def test_a_clock_that_goes_back_costs_a_moment(jump: float, processes: int) -> None:
    fleet = Fleet(clock_ahead=10_000.0)
    for _ in range(processes):
        fleet.add(submits=MANY)
    fleet.at(60.0, lambda: setattr(fleet, "clock_ahead", fleet.clock_ahead + jump))

    fleet.run(130)

    assert busiest(fleet.sent) <= most_allowed(500)
    assert fleet.use(62, 130) >= 0.97


def test_the_lowest_limit_that_any_process_knows_holds_for_all() -> None:
    fleet = Fleet()
    for limit in (500, 100, 500):
        fleet.add(submits=MANY, limit=limit)

    fleet.run(140)

    assert busiest(at for at in fleet.sent if at > 5) <= 100
    assert len(fleet.sent) >= 130


def test_what_others_send_with_the_key_is_left_to_them() -> None:
    fleet = Fleet()
    processes = [fleet.add(submits=MANY) for _ in range(3)]
    for second in range(2, 200):

        def answer(process: Process = processes[second % 3]) -> None:
            ours = sum(fleet.now - MINUTE < at <= fleet.now for at in fleet.sent)
            process.budget.observe_headers(fleet.now, 500, max(0, 500 - ours - 200))

        fleet.at(float(second), answer)

    fleet.run(200)

    ours = [at for at in fleet.sent if at >= 140]
    assert busiest(ours) + 200 <= 500
    assert len(ours) >= 0.9 * 60 * (496 - 200) / 60


def test_a_client_that_joins_pays_for_what_it_sent_before() -> None:
    """Or its own burst, and that of the account, would go in one minute."""
    fleet = Fleet()
    fleet.add(submits=40)
    fleet.run(60)
    late = fleet.add(submits=MANY)
    budget = late.budget
    budget.is_shared = False
    before = list[float]()
    while (now := budget.ready_at(60.0 + len(before) * 1e-3)) < 61:
        budget.take(now)
        before.append(now)
    budget.join(lambda: None)

    fleet.run(130)

    assert busiest([*before, *(at for at in fleet.sent if at >= 60)]) <= most_allowed(500)
