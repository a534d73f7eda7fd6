"""The client's mechanisms: bodies, permits, pages, files, waiting, hooks, retries, streams."""
