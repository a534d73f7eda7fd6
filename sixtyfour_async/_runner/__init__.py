"""Many jobs: operations in, outcomes out, any number under one budget.

In: an iterable of operations. Out: one `Outcome` for each, as they end.
The way of a row: `runner` → `intake` (what does the journal know of it?) → `engine` (carries out the scheduler's
commands) → `submission` (rows that share a request) → the client and back → `reading` → `outcome_stream`.
Every decision is made in `_scheduling`; every fact is in the journal before it is acted on.
"""
