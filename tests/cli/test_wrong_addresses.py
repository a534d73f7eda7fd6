"""A server that is not the API: the run stops in one line, before or at its first row, and nothing is parked."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.cli.conftest import HEADQUARTERS, CommandResult, Shell

COMPANY = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes")
JSON = {"content-type": "application/json"}
HTML = {"content-type": "text/html; charset=utf-8"}
LOGIN = b"\xef\xbb\xbf\n<!DOCTYPE html><html><head><title>Log in to\n Hotel Wi-Fi</title></head></html>"


@dataclass(slots=True)
class Server:
    """What a server answers to every request, and what it was asked."""

    status: int
    headers: dict[str, str]
    body: bytes
    balance: bytes | None = None
    seen: list[str] = field(default_factory=list[str])
    url: str = ""


@contextmanager
def serving_anything(server: Server) -> Generator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            server.seen.append(f"{self.command} {self.path}")
            is_balance = self.path == "/check-balance" and server.balance is not None
            status, body = (200, server.balance or b"") if is_balance else (server.status, server.body)
            self.send_response(status)
            for name, value in (JSON if is_balance else server.headers).items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 (the names that the base class looks up)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it so)
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        server.url = f"http://127.0.0.1:{http.server_address[1]}"
        yield server
        http.shutdown()


def run_against(server: Server, shell: Shell, rows: int = 12, speed: float = 600.0) -> CommandResult:
    shell.table(rows=rows)
    with serving_anything(server):
        live = shell.with_environment(SIXTYFOUR_API_KEY="sk_1", SIXTYFOUR_API_ENDPOINT=server.url)
        return live.run(*COMPANY, speed=speed)


REDIRECT = {"location": "https://www.new.example/api?token=secret"}


@pytest.mark.parametrize(
    ("server", "text"),
    [
        (Server(308, REDIRECT, b""), "308 redirects elsewhere, to https://www.new.example,"),
        (Server(302, {"location": "/login?next=secret"}, b""), "302 redirects elsewhere,"),
        (Server(200, HTML, LOGIN), "200 with a web page (Log in to Hotel Wi-Fi)"),
        (Server(200, {}, b"<html>"), "200 with a web page"),
        (Server(200, HTML, b"Please accept the terms"), "200 with a web page"),
        (Server(200, JSON, b'{"status": "ok"}'), "200 with JSON that is not the API's"),
        (Server(200, JSON, b"[]"), "200 with JSON that is not the API's"),
        (Server(200, {"content-type": "text/plain"}, b"It works!"), "200 without JSON"),
    ],
)
def test_an_address_that_is_not_the_apis_is_reported_before_a_row_is_sent(
    shell: Shell, server: Server, text: str
) -> None:
    result = run_against(server, shell)

    assert (result.code, result.out) == (1, "")
    assert "SIXTYFOUR_API_ENDPOINT) does not lead to the API" in result.last
    assert text in result.last
    assert "secret" not in result.err
    assert set(server.seen) == {"GET /check-balance"}
    assert {"in.csv"} == shell.names()


@pytest.mark.parametrize(
    "server",
    [
        Server(404, JSON, b'{"detail": "Not Found"}'),
        Server(404, HTML, b"<html><title>404 Not Found</title></html>"),
        Server(404, {"content-type": "text/plain"}, b"404 page not found"),
        Server(404, JSON, b'{"error": "not found"}'),
        Server(404, {}, b""),
        Server(405, JSON, b'{"detail": "Method Not Allowed"}'),
    ],
    ids=lambda server: f"{server.status} {server.body[:30]!r}",
)
def test_a_server_without_the_routes_stops_the_run_at_its_first_rows(shell: Shell, server: Server) -> None:
    result = run_against(server, shell, rows=60, speed=2.0)  # slow enough that answers come before the next rows

    assert (result.code, result.out) == (1, "")
    assert f"{server.status} " in result.last
    assert "is base_url (SIXTYFOUR_API_ENDPOINT) right?" in result.last
    assert "no output was written" in result.last
    assert len([line for line in server.seen if line.startswith("POST")]) <= 5


@pytest.mark.parametrize(
    "server",
    [
        Server(308, REDIRECT, b"", balance=b'{"credits": 5}'),
        Server(200, HTML, LOGIN, balance=b'{"credits": 5}'),
    ],
)
def test_a_wrong_address_that_shows_at_the_first_submit_parks_nothing(shell: Shell, server: Server) -> None:
    result = run_against(server, shell, rows=60)
    status = shell.run("status", "in.enriched.journal.db")

    assert (result.code, result.out) == (1, "")
    assert "does not lead to the API" in result.last
    assert "nothing was accepted or billed" in result.last
    assert "unknown" not in status.out
    assert len([line for line in server.seen if line.startswith("POST")]) <= 5


def test_rows_refused_alike_from_the_first_on_stop_the_run(shell: Shell) -> None:
    """Ten thousand equally wrong rows are not ten thousand requests."""
    refusal = b'{"error": "Bad Request", "message": "struct is not supported for this workspace"}'
    server = Server(200, JSON, refusal, balance=b'{"credits": 5}')
    result = run_against(server, shell, rows=100)

    assert (result.code, result.out) == (1, "")
    assert "struct is not supported for this workspace" in result.last
    assert "were refused alike" in result.last
    assert len([line for line in server.seen if line.startswith("POST")]) <= 15


def test_a_few_rows_refused_alike_are_told_one_by_one(shell: Shell) -> None:
    refusal = b'{"error": "Bad Request", "message": "no"}'
    server = Server(400, JSON, refusal, balance=b'{"credits": 5}')
    result = run_against(server, shell, rows=4)

    assert result.code == 3
    assert [row["status"] for row in shell.rows()] == ["rejected"] * 4
