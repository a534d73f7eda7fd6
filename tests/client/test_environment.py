"""Proxies and certificates from the environment: used, or refused in one line that names the variable."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import anyio
import pytest

from sixtyfour_async import AsyncClient, ConfigurationError, ConnectError
from tests.client.frames import shown_by
from tests.client.network import KEY
from tests.client.raw_server import answer, raw_server

NAMES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE")
PASSWORD = "hunter2-secret"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.lower, NAMES)):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SIXTYFOUR_API_KEY", KEY)


async def balance(base_url: str) -> float | None:
    async with AsyncClient(base_url=base_url, retries=0) as client:
        return (await client.account.check_balance()).credits


UNUSABLE: dict[str, tuple[dict[str, str], str]] = {
    "socks without its package": ({"ALL_PROXY": f"socks5://u:{PASSWORD}@h:1"}, "pip install 'httpx[socks]'"),
    "in lower case": ({"all_proxy": "socks5h://h:1"}, "pip install 'httpx[socks]'"),
    "a scheme that nobody knows": ({"ALL_PROXY": f"socks://u:{PASSWORD}@h:1"}, "is not the URL of a proxy"),
    "not http": ({"HTTPS_PROXY": "ftp://h:1"}, "is not the URL of a proxy"),
    "a port that is none": ({"HTTPS_PROXY": f"http://u:{PASSWORD}@h:port"}, "is not the URL of a proxy"),
    "brackets": ({"HTTP_PROXY": "http://["}, "is not the URL of a proxy"),
    "no host": ({"HTTP_PROXY": "http://"}, "is not the URL of a proxy"),
    "a range of IPv6": ({"NO_PROXY": "localhost,fd00::/8"}, "'fd00::/8' cannot be read"),
    "a range of IPv6, in lower case": ({"no_proxy": "fe80::/10"}, "'fe80::/10' cannot be read"),
    "a port of NO_PROXY": ({"NO_PROXY": "host:port"}, "'host:port' cannot be read"),
    "no such file": ({"SSL_CERT_FILE": "/nonexistent"}, "'/nonexistent', which cannot be read"),
    "a folder as a file": ({"SSL_CERT_FILE": "/"}, "'/', which"),
    "not PEM": ({"SSL_CERT_FILE": __file__}, "which holds no certificates in PEM form"),
    "no such folder": ({"SSL_CERT_DIR": "/nonexistent"}, "'/nonexistent', which is no folder"),
    "a key log that cannot be written": ({"SSLKEYLOGFILE": "/nonexistent/log"}, "'/nonexistent/log', which cannot be"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_setting_that_cannot_be_used_is_refused_by_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    environment, text = UNUSABLE[name]
    [(variable, value)] = environment.items()
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigurationError) as caught:
        AsyncClient()

    assert str(caught.value).startswith(variable)
    assert text in str(caught.value)
    assert PASSWORD not in shown_by(caught.value)


@pytest.mark.parametrize("name", ["socks without its package", "a range of IPv6", "no such file"])
def test_the_command_line_exits_with_a_line_and_code_2(name: str, tmp_path: Path) -> None:
    environment, text = UNUSABLE[name]
    done = run_command(tmp_path, environment)

    assert (done.returncode, done.stdout) == (2, "")
    assert text in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith(f"sixtyfour: {next(iter(environment))}")
    assert "Traceback" not in done.stderr


def run_command(folder: Path, environment: Mapping[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on a table of one row."""
    (folder / "rows.csv").write_text("company_name\n3M\n")
    command = ["-m", "sixtyfour_async", "run", "company-intelligence", "rows.csv", "--field", "hq=head office"]
    return subprocess.run(
        [sys.executable, *command, *options],
        env={**os.environ, **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


PROXIES: dict[str, dict[str, str]] = {
    "a proxy that refuses": {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9"},
    "for everything": {"ALL_PROXY": "http://127.0.0.1:9"},
    "unusable": {"ALL_PROXY": "socks5://h:1"},
    "NO_PROXY unusable": {"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": "fd00::/8"},
}


@pytest.mark.parametrize(
    ("name", "host"),
    [
        *[(name, "127.0.0.1") for name in PROXIES],
        *[("for everything", host) for host in ("localhost", "127.0.0.2", "2130706433")],
    ],
)
def test_this_machine_is_reached_without_a_proxy(name: str, host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says, and however the address is written."""
    for variable, value in PROXIES[name].items():
        monkeypatch.setenv(variable, value)
    with raw_server(lambda _: answer(b'{"credits": 7}'), "127.0.0.2" if host == "127.0.0.2" else "127.0.0.1") as server:
        assert anyio.run(balance, f"http://{host}:{server.url.rpartition(':')[2]}") == 7


def test_other_hosts_are_reached_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with raw_server(lambda _: answer(b'{"credits": 8}')) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        assert anyio.run(balance, "http://api.invalid") == 8
        monkeypatch.setenv("NO_PROXY", ".invalid")
        with pytest.raises(ConnectError):
            anyio.run(balance, "http://api.invalid")

    assert [request.partition(b"\r\n")[0] for request in proxy.received] == [
        b"GET http://api.invalid/check-balance HTTP/1.1"
    ]


def test_a_simulated_run_needs_no_proxy(tmp_path: Path) -> None:
    environment = {"HTTP_PROXY": "http://127.0.0.1:9", "ALL_PROXY": "socks5://h:1", "NO_PROXY": "fd00::/8"}
    done = run_command(tmp_path, environment, "--simulate", "--speed", "1000")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "rows.enriched.csv").exists()
