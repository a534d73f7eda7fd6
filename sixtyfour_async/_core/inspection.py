"""When to look at a job next.

A fixed schedule per kind: first looks come at the interval the vendor's pages advise (10 s for jobs, 12 s for deep
searches, 8 s for workflow runs; 10 s is the only figure they give for every job), later ones grow with the job's age,
so that a job of age *t* costs O(log t) requests and its end is seen within an eighth of its run time. When the budget
has nothing better to do, the first looks come every two seconds: the vendor's TypeScript sample starts there, too.
"""

from __future__ import annotations

AGEING = 0.125
"""Part of a job's age after which it is looked at again, once that is longer than the advised interval."""

IDLE_EVERY = 2.0
"""Seconds between the first looks at a job when nothing else waits for the budget."""

TROUBLE_MAX = 60.0
"""Seconds between looks that keep failing."""


def next_look(*, age: float, every: float, trouble: int = 0, idle: bool = False) -> float:
    """Seconds until the next look.

    Args:
        age: Seconds since the job was accepted.
        every: The interval advised for its kind, seconds.
        trouble: Looks in a row that failed, for whatever reason.
        idle: Does nothing else wait for the budget?
    """
    if trouble:
        return min(TROUBLE_MAX, 2.0 ** min(trouble, 10))
    return max(IDLE_EVERY if idle else every, age * AGEING)
