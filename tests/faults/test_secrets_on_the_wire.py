"""The key on real ports: every byte that another host is sent, and everything that a run prints and writes."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal, TypeAlias

import anyio
import httpx
import pytest
from click.testing import CliRunner

from sixtyfour_async import AsyncClient, JobRunner, ResponseError
from sixtyfour_async.cli.journal_commands import export, forget, status
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

KEY = "sk_live_0123456789abcdef"
SPEED = 300.0
AuthScheme: TypeAlias = Literal["x-api-key", "bearer"]
SCHEMES: tuple[AuthScheme, ...] = ("x-api-key", "bearer")
FAULTS: dict[str, float] = dict.fromkeys(
    ("server_error", "html", "truncated", "reset", "throttled", "lost_answer", "job_failed"), 0.08
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Host:
    """A server that answers everything the same, and keeps every byte it was sent."""

    def __init__(self) -> None:
        self.sent = b""
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\na,b\n1,2\n"
        self.url = ""

    def redirect(self, status: int, to: str) -> None:
        told = f"HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self.answer = told.encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        self.sent += head + await reader.readexactly(int(length[1]) if length else 0)
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def host() -> AsyncGenerator[Host]:
    made = Host()
    async with await asyncio.start_server(made.serve, "127.0.0.1", 0) as server:
        made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield made


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_another_port_is_another_host(code: int, scheme: AuthScheme, follows: bool) -> None:
    """Whatever the redirect, and although the caller's own httpx client would follow it: not a byte arrives there."""
    async with host() as api, host() as elsewhere, httpx.AsyncClient(follow_redirects=follows) as http_client:
        api.redirect(code, f"{elsewhere.url}/taken")
        client = AsyncClient(KEY, base_url=api.url, auth_scheme=scheme, http_client=http_client, retries=0)
        async with client:
            with pytest.raises(ResponseError, match="redirects elsewhere"):
                await client.account.check_balance()
            with pytest.raises(ResponseError, match="redirects elsewhere"):
                await client.send(question(0))

    assert KEY.encode() in api.sent
    assert elsewhere.sent == b""


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_signed_link_is_fetched_and_followed_without_the_key(tmp_path: Path, scheme: AuthScheme) -> None:
    """The storage host sees the link only; and the API's own host, if the link points there, no key either."""
    async with host() as api, host() as storage, AsyncClient(KEY, base_url=api.url, auth_scheme=scheme) as client:
        size = await client.download(f"{storage.url}/file?token=1", tmp_path / "file.csv")
        own = await client.download(f"{api.url}/file?token=2", tmp_path / "own.csv")
        storage.redirect(302, f"{api.url}/back")
        moved = await client.download(f"{storage.url}/moved", tmp_path / "moved.csv")

    assert (size, own, moved) == (8, 8, 8)
    assert b"GET /file?token=1" in storage.sent
    assert b"GET /back" in api.sent
    for sent in (storage.sent, api.sent):
        assert KEY.encode() not in sent
        assert b"authorization" not in sent.lower()
        assert b"x-api-key" not in sent.lower()


async def run_on_a_bad_day(path: Path) -> tuple[str, list[str]]:
    """Give the key of a row, and everything that can be printed of the run."""
    simulator = Simulator(SimulatorSettings(speed=SPEED, keys=(KEY,), faults=FAULTS))
    async with serve(simulator) as url, AsyncClient(KEY, base_url=url, speed=SPEED) as client:
        runner = JobRunner(client, journal=path)
        async with runner:
            told = [outcome async for outcome in runner.map(questions(40), deliver="once")]
            unknown = await runner.unknown()
        assert unknown
        printed = [told, unknown, runner.left_running, runner.journal, runner.stats()]
    return told[0].key, [repr(one) for one in printed]


def test_neither_the_commands_nor_their_files_tell_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A run with failures of every kind; then status, export and forget on its journal."""
    caplog.set_level(logging.DEBUG)
    path, out = tmp_path / "run.db", tmp_path / "out.csv"
    key, printed = anyio.run(run_on_a_bad_day, path)
    for command, arguments in (
        (status, []),
        (status, ["--json"]),
        (export, ["--out", str(out)]),
        (forget, ["--key", key]),
    ):
        said = CliRunner().invoke(command, [str(path), *arguments])
        assert said.exit_code == 0, said.output
        printed.append(said.output)

    assert caplog.records
    for text in [caplog.text, *printed]:
        assert KEY not in text
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {"run.db", "out.csv"} <= set(files)
    assert not any(KEY.encode() in content for content in files.values())
