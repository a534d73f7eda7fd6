"""``sixtyfour run --webhook-url … --listen …``: answers are received instead of polled for."""

from __future__ import annotations

import socket

import httpx
import pytest

from sixtyfour_async.cli.listening import parse_address
from sixtyfour_async.errors import InputError
from tests.cli.conftest import HEADQUARTERS, Shell, serving

SPEED = 600.0
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
