"""One request at a time: `AsyncClient`, its namespaces, and the pipeline that every request passes.

In: an operation (or a raw request). Out: its decoded answer, a `Job` handle, a stream, a file, or an error of ours.
The way down: `namespaces` → `client` (budget, retries) → `sender` (auth, hooks, fallback routes) → `transport`, the one
module that knows httpx. `clock` is the only clock. Decisions come from `_scheduling`, bytes from `_wire`.
"""
