"""databar 2.8: its own client, ``run_enrichment_sync``, in threads; a transport gives it this service in its words.

The transport renames the two routes and the fields of their answers, and nothing else: requests, retries (3, after 1
and 2 s) and polls are databar's. It polls every 2 s by default; ``every`` is the 10 s that suit the limit here.
"""

from __future__ import annotations

import importlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from benchmarks.rivals import Record, Task, question

databar: Any = importlib.import_module("databar.client")  # a peer: type checkers need not find it


class Renamed(httpx.BaseTransport):
    """Databar's routes and fields → the service's."""

    def __init__(self, task: Task, connections: int) -> None:
        self._task = task
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._inner = httpx.Client(base_url=task.url, headers=task.headers, timeout=60.0, limits=limits)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request under its name here, and return the answer under its name there."""
        if request.method == "POST":
            body = json.loads(request.content)["params"]
            return self._answer(self._inner.post("/people-intelligence-async", json=body))
        return self._answer(self._inner.get(f"/job-status/{request.url.path.rpartition('/')[2]}"))

    @staticmethod
    def _answer(response: httpx.Response) -> httpx.Response:
        if response.is_error:
            return httpx.Response(response.status_code, content=response.content)
        found: dict[str, Any] = response.json()
        renamed = {"task_id": found.get("task_id") or found.get("id"), "status": found["status"].lower()}
        # Databar's word for a job that has not ended.
        renamed["status"] = "processing" if renamed["status"] == "running" else renamed["status"]
        return httpx.Response(response.status_code, json=renamed | {"data": found.get("result")})

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


def run(task: Task, record: Record) -> None:
    """Run every row."""
    in_flight: int = task.options["in_flight"]
    databar._RETRY_BASE_DELAY_S = task.real(1.0)  # noqa: SLF001 (its waits, in seconds of the service)
    client = databar.DatabarClient("key", poll_interval_s=task.real(task.options["every"]))
    client._http = httpx.Client(base_url="http://databar", transport=Renamed(task, in_flight))  # noqa: SLF001 (the same)

    def one(row: int) -> None:
        try:
            submitted = client.run_enrichment(1, question(row))
            client.poll_task(submitted.task_id)
        except Exception as error:  # noqa: BLE001 (one row's failure is noted, the others go on)
            record.failed(row, error)
        else:
            record.answered(row, submitted.task_id)

    with client, ThreadPoolExecutor(in_flight) as pool:
        list(pool.map(one, range(task.rows)))
