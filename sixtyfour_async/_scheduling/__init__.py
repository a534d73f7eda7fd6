"""Every decision of the client and the runner, pure: when to submit, poll, retry, park and pay.

In: events and the current time. Out: commands for `_runner.engine` to carry out, or a verdict.
`scheduler` combines the parts: `queues` hold jobs that wait, `poller` the jobs that run, `budget` and `limits` say what
may be sent, `poll_cost` what a poll is worth, `ledger` what may be spent, `retry` what a failure means. `poll_plan` and
`runtimes` hold the mathematics.
Nothing here awaits, reads a clock, draws a random number or touches a file: time and chance are arguments.
"""
