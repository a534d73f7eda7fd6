"""What a runner would send now, had it the requests: polls that are due, and submits that nothing else holds back.

The budget has to know of it: the foreground, and other processes, leave a token only to those who want one.
"""

from __future__ import annotations

from sixtyfour_async._scheduling.limits import BULK_LIMIT
from sixtyfour_async._scheduling.poll_breaker import PollBreaker
from sixtyfour_async._scheduling.poller import Poller
from sixtyfour_async._scheduling.queues import SubmitQueues
from sixtyfour_async._scheduling.spending import Spending


def wanted(
    poller: Poller, poll_breaker: PollBreaker, queues: SubmitQueues, spending: Spending, now: float, *, most: int
) -> tuple[int, int, int]:
    """Return how many polls, how many submits, and how many bulk submits only the budget holds back.

    Health checks count among the submits. Bulk submits are those that wait behind their limit, which is the budget's.

    Args:
        poller: The polls.
        poll_breaker: What holds all of them back.
        queues: The submits.
        spending: What holds some of them back.
        now: The instant.
        most: How many to count; more make no difference. With 1 it is only told whether there is anything.
    """
    polls = 0
    if poller.next_at() <= now and poll_breaker.opens_at(now) <= now:
        if most == 1:
            return 1, 0, 0
        polls = 1 if poll_breaker.is_open else poller.queue.due_count(now, most)
    if not queues:
        return polls, 0, 0
    if queues.breaker.check_at() <= now:
        return polls, 1, 0
    bulk = 0 if queues.breaker.opens_at(now) is None else queues.waiting_behind(BULK_LIMIT)
    if queues.ready_at(now, spending.must_wait) > now:
        return polls, 0, bulk
    return polls, 1 if most == 1 else max(1, queues.ready_count(now, spending.affordable)), bulk
