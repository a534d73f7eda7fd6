"""What scheduler and pipeline see of a budget that comes from an account: when to wait, and what a ticket is worth."""

from __future__ import annotations

import math

import pytest

from sixtyfour_async._scheduling.allotment import SHARE_SECONDS
from sixtyfour_async._scheduling.job_states import ScheduledJob
from sixtyfour_async._scheduling.ledger import Ledger
from sixtyfour_async._scheduling.limits import ConcurrencyLimit, new_job_limits
from sixtyfour_async._scheduling.messages import Poll, Polled, Submit
from sixtyfour_async._scheduling.scheduler import Scheduler
from sixtyfour_async._scheduling.shared_budget import LEASE_SECONDS, SharedBudget
from sixtyfour_async._scheduling.visits import Grant
from sixtyfour_async.models.jobs import JobState, Report

SHARE = Grant(tokens=2, again=0.25, limit=500, rate=4.0)
LENT = Grant(lent=5.0, limit=500, rate=8.1)


class Machine:
    """A budget and both of its clocks, which differ by a thousand seconds."""

    def __init__(self) -> None:
        self.now = 0.0
        self.wakes = 0
        self.budget = SharedBudget(500, lambda: self.now + 1000)
        self.budget.join(self.wake)

    def wake(self) -> None:
        self.wakes += 1

    def visit(self, grant: Grant) -> None:
        self.budget.call(self.now)
        self.budget.take_grant(grant, self.now + 1000, self.now)


def test_nothing_is_sent_before_the_first_visit() -> None:
    machine = Machine()
    assert machine.budget.visit_at(0.0) == math.inf  # nobody waits

    machine.budget.foreground = 1

    assert machine.budget.ready_at(0.0, foreground=True) == math.inf
    assert machine.budget.visit_at(0.0) == 0.0


def test_a_share_is_spent_at_once_or_never() -> None:
    machine = Machine()
    machine.visit(SHARE)
    budget = machine.budget
    assert budget.ready_at(0.0) == 0.0
    budget.take(0.0)

    machine.now = SHARE_SECONDS

    assert budget.ready_at(machine.now) == math.inf


@pytest.mark.parametrize("grant", [SHARE, LENT], ids=["share", "loan"])
def test_a_ticket_holds_as_long_as_what_it_is_from(grant: Grant) -> None:
    machine = Machine()
    machine.visit(grant)
    ticket = machine.budget.take(0.0)
    life = SHARE_SECONDS if grant is SHARE else LEASE_SECONDS

    machine.now = life - 0.01
    assert ticket.holds()

    machine.now = life
    assert not ticket.holds()


def test_a_ticket_out_of_a_loan_holds_on_when_that_is_extended_and_not_long_when_it_is_given_back() -> None:
    machine = Machine()
    machine.visit(LENT)
    old = machine.budget.take(0.0)
    machine.now = 0.9
    machine.visit(Grant(extended=True, limit=500))
    machine.now = 1.5
    assert old.holds()
    young = machine.budget.take(machine.now)

    machine.visit(SHARE)

    assert not old.holds()  # it was not among what was counted as unsent
    assert young.holds()
    machine.now += SHARE_SECONDS
    assert not young.holds()


def test_nothing_is_spent_out_of_a_loan_while_its_rest_is_being_reported() -> None:
    machine = Machine()
    machine.visit(LENT)
    assert machine.budget.ready_at(0.0) == 0.0

    machine.budget.call(0.0)

    assert machine.budget.ready_at(0.0) == math.inf


def test_a_visit_that_failed_ends_a_loan_and_leaves_a_share_its_life() -> None:
    machine = Machine()
    machine.visit(SHARE)
    machine.budget.call(0.1)
    machine.budget.visit_failed()
    assert machine.budget.ready_at(0.1) == 0.1

    machine = Machine()
    machine.visit(LENT)
    machine.budget.call(0.1)
    machine.budget.visit_failed()
    assert machine.budget.ready_at(0.1) == math.inf


def test_a_pause_is_told_at_once_though_nobody_waits() -> None:
    machine = Machine()
    machine.visit(SHARE)

    machine.budget.pause(30.0)

    assert machine.wakes == 1
    assert machine.budget.visit_at(0.0) == 0.0
    assert machine.budget.call(0.0).paused == 30.0


def test_after_leaving_it_is_a_budget_of_its_own_that_begins_with_nothing() -> None:
    machine = Machine()
    machine.visit(LENT)

    call = machine.budget.leave(0.0)

    assert call.leaving
    assert call.kept == 5.0
    assert 0.1 <= machine.budget.ready_at(0.0) <= 0.2


def scheduler_on(machine: Machine) -> Scheduler:
    return Scheduler(
        budget=machine.budget,
        ledger=Ledger(),
        jitter=lambda: 0.0,
        job_limits=new_job_limits(5),
        in_flight=ConcurrencyLimit(10),
        job_deadline=3600.0,
    )


def test_a_poll_that_is_due_later_wakes_the_scheduler_though_the_loan_has_lapsed_meanwhile() -> None:
    machine = Machine()
    machine.visit(LENT)
    scheduler = scheduler_on(machine)
    scheduler.add(ScheduledJob(1, "people-intelligence/low", "", retry_safe=False), 0.0, job_id="job")
    assert [type(command) for command in scheduler.due(0.0)] == [Poll]
    scheduler.handle(Polled(1, Report(JobState.RUNNING, "running")), 0.0)
    scheduler.poller.cost.update_at = math.inf
    machine.now = 1.9
    assert machine.budget.ready_at(1.9) == math.inf

    assert scheduler.wake_at(1.9) == scheduler.poller.next_at() > 1.9


def test_commands_carry_the_right_to_send_them() -> None:
    machine = Machine()
    machine.visit(SHARE)
    scheduler = scheduler_on(machine)
    for number in range(5):
        scheduler.add(ScheduledJob(number, "people-intelligence/low", "", retry_safe=False), 0.0)

    commands = scheduler.due(0.0)

    assert [command.ticket.holds() for command in commands if isinstance(command, Submit)] == [True, True]
    machine.now = SHARE_SECONDS
    assert [command.ticket.holds() for command in commands if isinstance(command, Submit)] == [False, False]


def test_a_poll_that_becomes_due_between_two_looks_of_the_engine_is_not_slept_through() -> None:
    """The budget was told that nothing is wanted, and so brings nothing that would wake anybody."""
    budget = SharedBudget(500, lambda: 1000.0)
    budget.join(lambda: None)
    scheduler = Scheduler(budget, Ledger(), lambda: 0.0, {}, ConcurrencyLimit(100), 3600.0)
    scheduler.add(ScheduledJob(1, "find-email", "", retry_safe=False), 10.0, job_id="job_1")
    while scheduler.poller.cost.update_at < math.inf:
        scheduler.due(scheduler.poller.cost.update_at)
    due_at = scheduler.poller.next_at()
    scheduler.due(due_at - 0.001)

    assert scheduler.wake_at(due_at + 0.001) == due_at
    scheduler.due(due_at + 0.002)
    assert scheduler.wake_at(due_at + 0.003) is None
    assert budget.visit_at(due_at + 0.003) <= due_at + 0.003
