"""The documentation's loop with ``requests``, in threads: submit, sleep 10 s, ask for the status, until it is done.

A 429 is answered as the documentation advises, by exponential backoff, for a submit and a poll alike; so is a server's
error and a broken connection. ``in_flight`` threads, each with a session of its own.
"""

from __future__ import annotations

import importlib
import time
from concurrent.futures import ThreadPoolExecutor
from threading import local
from typing import Any

from benchmarks.rivals import POLL_SECONDS, RETRIED, Record, Task, question

requests: Any = importlib.import_module("requests")  # a peer: type checkers need not find it

ATTEMPTS = 5
TIMEOUT_SECONDS = 60.0


def call(session: Any, task: Task, method: str, path: str, body: Any = None) -> Any:
    """Return the JSON of an answer, after up to five attempts."""
    last: object = None
    for attempt in range(ATTEMPTS):
        try:
            response = session.request(method, task.url + path, json=body, timeout=TIMEOUT_SECONDS)
            if response.status_code not in RETRIED:
                response.raise_for_status()
                return response.json()
            last = f"status {response.status_code}"
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            last = repr(error)
        time.sleep(task.real(2**attempt))
    raise RuntimeError(f"{path} failed after {ATTEMPTS} attempts: {last}")


def research(session: Any, task: Task, row: int) -> str:
    """Take one row from its submit to its answer; return the job's id."""
    job_id = str(call(session, task, "POST", "/people-intelligence-async", question(row))["task_id"])
    status = ""
    while status != "completed":
        time.sleep(task.real(POLL_SECONDS))
        status = str(call(session, task, "GET", f"/job-status/{job_id}")["status"]).lower()
        if status in {"failed", "cancelled"}:
            raise RuntimeError(f"job {status}")
    return job_id


def run(task: Task, record: Record) -> None:
    """Run every row."""
    of_thread = local()

    def one(row: int) -> None:
        if not hasattr(of_thread, "session"):
            of_thread.session = requests.Session()
            of_thread.session.headers.update(task.headers)
        try:
            record.answered(row, research(of_thread.session, task, row))
        except Exception as error:  # noqa: BLE001 (one row's failure is noted, the others go on)
            record.failed(row, error)

    with ThreadPoolExecutor(task.options["in_flight"]) as pool:
        list(pool.map(one, range(task.rows)))
