"""The client without a runner: requests, bodies, auth, retries, paging, event streams, downloads, jobs, hooks."""
