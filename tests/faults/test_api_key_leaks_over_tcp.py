"""The API key over TCP: every byte sent to another host, and everything that a run prints and writes."""

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


class RecordingServer:
    """Answer every request alike and record every byte received."""

    def __init__(self) -> None:
        self.received = b""
        self.answer = b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\nconnection: close\r\n\r\na,b\n1,2\n"
        self.url = ""

    def redirect(self, status: int, to: str) -> None:
        response = f"HTTP/1.1 {status} Moved\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        self.answer = response.encode()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        self.received += head + await reader.readexactly(int(length[1]) if length else 0)
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def recording_server() -> AsyncGenerator[RecordingServer]:
    server = RecordingServer()
    async with await asyncio.start_server(server.serve, "127.0.0.1", 0) as listener:
        server.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield server


@pytest.mark.parametrize("follows", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_port_is_not_followed(code: int, scheme: AuthScheme, follows: bool) -> None:
    """Not a byte arrives there, even if the caller's httpx client follows redirects."""
    async with (
        recording_server() as api,
        recording_server() as elsewhere,
        httpx.AsyncClient(follow_redirects=follows) as http_client,
    ):
        api.redirect(code, f"{elsewhere.url}/taken")
        client = AsyncClient(KEY, base_url=api.url, auth_scheme=scheme, http_client=http_client, retries=0)
        async with client:
            with pytest.raises(ResponseError, match="redirects elsewhere"):
                await client.account.check_balance()
            with pytest.raises(ResponseError, match="redirects elsewhere"):
                await client.send(question(0))

    assert KEY.encode() in api.received
    assert elsewhere.received == b""


@pytest.mark.parametrize("scheme", SCHEMES)
async def test_a_signed_link_is_downloaded_without_the_key(tmp_path: Path, scheme: AuthScheme) -> None:
    """No host receives the key, not even the API's own host when the link or a redirect points there."""
    async with (
        recording_server() as api,
        recording_server() as storage,
        AsyncClient(KEY, base_url=api.url, auth_scheme=scheme) as client,
    ):
        size = await client.download(f"{storage.url}/file?token=1", tmp_path / "file.csv")
        own = await client.download(f"{api.url}/file?token=2", tmp_path / "own.csv")
        storage.redirect(302, f"{api.url}/back")
        moved = await client.download(f"{storage.url}/moved", tmp_path / "moved.csv")

    assert (size, own, moved) == (8, 8, 8)
    assert b"GET /file?token=1" in storage.received
    assert b"GET /back" in api.received
    for received in (storage.received, api.received):
        assert KEY.encode() not in received
        assert b"authorization" not in received.lower()
        assert b"x-api-key" not in received.lower()


async def run_with_faults(path: Path) -> tuple[str, list[str]]:
    """Return the key of a row, and the repr of everything that the run returned."""
    simulator = Simulator(SimulatorSettings(speed=SPEED, keys=(KEY,), faults=FAULTS))
    async with serve(simulator) as url, AsyncClient(KEY, base_url=url, speed=SPEED) as client:
        runner = JobRunner(client, journal=path)
        async with runner:
            outcomes = [outcome async for outcome in runner.map(questions(40), deliver="once")]
            unknown = await runner.unknown()
        assert unknown
        printed = [outcomes, unknown, runner.left_running, runner.journal, runner.stats()]
    return outcomes[0].key, [repr(value) for value in printed]


def test_commands_and_their_files_do_not_contain_the_key(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After a run with all kinds of failures: status, export and forget on its journal."""
    caplog.set_level(logging.DEBUG)
    path, out = tmp_path / "run.db", tmp_path / "out.csv"
    key, printed = anyio.run(run_with_faults, path)
    for command, arguments in (
        (status, []),
        (status, ["--json"]),
        (export, ["--out", str(out)]),
        (forget, ["--key", key]),
    ):
        result = CliRunner().invoke(command, [str(path), *arguments])
        assert result.exit_code == 0, result.output
        printed.append(result.output)

    assert caplog.records
    for text in [caplog.text, *printed]:
        assert KEY not in text
    files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert {"run.db", "out.csv"} <= set(files)
    assert not any(KEY.encode() in content for content in files.values())
