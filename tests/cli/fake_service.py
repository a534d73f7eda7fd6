"""A service on loopback that answers as a test says, for commands that run in processes of their own."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BALANCE = {"credits": 1000}

SPEED = 600.0

_AT_SPEED = f"""
from sixtyfour_async import AsyncClient
from sixtyfour_async.__main__ import main
AsyncClient.__init__.__kwdefaults__['speed'] = {SPEED}
main()
"""

FAST = (sys.executable, "-c", _AT_SPEED)
"""The command line, with a clock on which the service's minutes pass in a tenth of a second."""


def accept_all(_body: Any, number: int) -> Any:
    """Accept a submit."""
    return {"task_id": f"j{number}", "status": "RUNNING"}


@dataclass
class FakeService:
    """Answers a submit with what *submit* returns for its body and number, and a poll with what *poll* does.

    Attributes:
        poll: Called with the job's id. A number that it returns is a status; bytes are sent as they are.
        submit: The same, called with the decoded body and the number of the submit, from 0.
        submits: The decoded bodies of all submits.
        polls: The ids of all polls.
        url: Where it listens.
    """

    poll: Callable[[str], Any]
    submit: Callable[[Any, int], Any] = accept_all
    submits: list[Any] = field(default_factory=list[Any])
    polls: list[str] = field(default_factory=list[str])
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, method: str, path: str, body: bytes) -> Any:
        """Return the answer to a request."""
        if method == "POST":
            with self._lock:
                number = len(self.submits)
                self.submits.append(json.loads(body))
            return self.submit(self.submits[number], number)
        if "/job-status/" not in path:
            return BALANCE
        job_id = path.rpartition("/")[2]
        self.polls.append(job_id)
        return self.poll(job_id)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a command here."""
        return {"SIXTYFOUR_API_ENDPOINT": self.url, "SIXTYFOUR_API_KEY": "sk_fake_0123456789"}


@contextmanager
def listening(service: FakeService) -> Generator[FakeService]:
    """Serve on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_request(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            reply = service.answer(self.command, self.path, body)
            content = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            self.send_response(reply if isinstance(reply, int) and not isinstance(reply, bool) else 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = handle_request  # noqa: N815 (the names that the base class looks for)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's own name)
            """Keep quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
