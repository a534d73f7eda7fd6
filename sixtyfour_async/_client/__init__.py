"""One request at a time: `AsyncClient`, its namespaces, and the pipeline that every request passes.

In: an operation (or a raw request). Out: its decoded answer, a `Job` handle, a stream, a file, or an error of ours.
The way down: `namespaces` → `client` → `pipeline` (retries, slots, budget) → `sender` (auth, hooks, fallback routes) →
`transport`, the only module that knows httpx. Decisions come from `_scheduling`, the wire format from `_wire`.
Other packages reach the pipeline by `client.pipeline_of`; users do not.
"""
