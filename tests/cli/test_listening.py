"""``sixtyfour run --webhook-url … --listen …``: answers are received instead of polled for."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import SqliteJournal, WebhookReceiver
from sixtyfour_async.cli import listening as listening_module
from sixtyfour_async.cli.listening import listening, parse_address
from sixtyfour_async.errors import InputError
from tests.cli.conftest import HEADQUARTERS, Shell, serving
from tests.webhooks.deliveries import FINISHED, SECRET, body_of, signed

SPEED = 60.0
"""Slow enough for a delivery, which takes some real time, to come before the poll that would be due."""
EVERYWHERE = "0.0.0.0"  # noqa: S104 (where a server listens that is to be reached)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_run_is_answered_by_deliveries(shell: Shell) -> None:
    shell.table(rows=40)
    port = free_port()
    with serving(shell, "--speed", f"{SPEED:g}") as variables:
        headers = {"x-api-key": variables["SIXTYFOUR_API_KEY"]}
        asked = httpx.post(f"{variables['SIXTYFOUR_API_ENDPOINT']}/webhooks/signing-secret", headers=headers)
        secret = {"SIXTYFOUR_WEBHOOK_SECRET": asked.json()["plaintext"]}
        result = shell.with_environment(**variables, **secret).run(
            *("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--yes", "--price", "company-intelligence=9"),
            *("--webhook-url", f"http://127.0.0.1:{port}/any/where", "--listen", f"127.0.0.1:{port}"),
            speed=SPEED,
        )

    assert result.code == 0, result.err
    assert {row["status"] for row in shell.rows()} == {"completed"}
    assert "charge not stated" in result.out


def test_an_address_that_is_taken_is_named(shell: Shell) -> None:
    shell.table()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        result = shell.run(
            "run",
            "company-intelligence",
            "in.csv",
            *HEADQUARTERS,
            "--simulate",
            "--webhook-url",
            "http://x/",
            "--listen",
            address,
        )

    assert result.code != 0
    assert f"--listen {address}" in result.last


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_connections_on_which_no_request_comes_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent from the start, in the middle of a head, and after an answer; a request that is under way goes on."""
    monkeypatch.setattr(listening_module, "HEAD_SECONDS", 0.3)
    release = anyio.Event()

    async def keep(_: Any) -> None:
        await release.wait()

    receiver, body = WebhookReceiver(keep, secrets=SECRET), body_of(FINISHED)
    lines = [f"{name}: {value}" for name, value in signed(body).items()]
    request = "\r\n".join(["POST / HTTP/1.1", "Host: web", f"Content-Length: {len(body)}", *lines, "", ""])
    async with listening(receiver, "127.0.0.1:0") as url:
        port = int(url.rstrip("/").rpartition(":")[2])

        async def received(sent: bytes) -> bytes:
            async with await anyio.connect_tcp("127.0.0.1", port) as stream:
                found = b""
                with contextlib.suppress(anyio.EndOfStream):
                    if sent:
                        await stream.send(sent)
                    while True:
                        found += await stream.receive()
            return found

        assert await received(b"") == b""
        assert await received(request.encode()[:40]) == b""
        assert b"405" in await received(b"GET / HTTP/1.1\r\nHost: web\r\n\r\n")
        assert b"405" in await received(b"GET / HTTP/1.1\r\nHost: web\r\n\r\nPOST / HT")
        with anyio.move_on_after(1.0):
            await received(request.encode() + body)
            pytest.fail("it was closed before its answer")
        release.set()
        assert b"204" in await received(request.encode() + body)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_an_error_of_the_caller_leaves_as_it_is() -> None:
    with pytest.raises(ZeroDivisionError):
        async with listening(WebhookReceiver(secrets=SECRET), "127.0.0.1:0"):
            raise ZeroDivisionError


def test_a_journal_that_another_process_has_open_is_shared_also_when_it_listens(shell: Shell) -> None:
    shell.table()
    asked = ("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", "--journal", "run.db")
    held = SqliteJournal(shell.folder / "run.db")
    anyio.run(held.open)
    result = shell.run(*asked, "--webhook-url", "http://127.0.0.1:9/", "--listen", "127.0.0.1:0")
    anyio.run(held.close)

    assert (result.code, len(shell.submits("run.db.simulated.jsonl"))) == (0, 3), result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--listen", "127.0.0.1:8080"), ("--webhook-url", "--listen")),
        (("--webhook-url", "http://x/"), ("--webhook-url", "--listen")),
        (("--webhook-url", "x", "--listen", "127.0.0.1:8080"), ("--webhook-url", "http")),
        (("--webhook-url", "http://x/", "--listen", "8080x"), ("--listen 8080x", "HOST:PORT")),
    ],
)
def test_options_that_do_not_fit_are_refused(shell: Shell, options: tuple[str, ...], words: tuple[str, ...]) -> None:
    shell.table()
    result = shell.run("run", "company-intelligence", "in.csv", *HEADQUARTERS, "--simulate", *options)

    assert result.code != 0
    assert all(word in result.last for word in words), result.err
    assert shell.names() == {"in.csv"}


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:80", ("::1", 80)),
        (":80", (EVERYWHERE, 80)),
        ("localhost:0", ("localhost", 0)),
    ],
)
def test_addresses(text: str, address: tuple[str, int]) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "80", "host", "host:", "host:http", "host:65536", "host:-1", "host:²"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InputError, match="HOST:PORT"):
        parse_address(text)
