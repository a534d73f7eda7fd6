"""The API key is sent to the API's origin and appears nowhere else."""

from __future__ import annotations

import logging
import pickle
from pathlib import Path

import httpx
import pytest

from sixtyfour_async import (
    AsyncClient,
    AuthenticationError,
    ConfigurationError,
    JobRunner,
    MemoryJournal,
    ResponseError,
    SixtyfourError,
)
from sixtyfour_async.simulator import Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from sixtyfour_async.testing import simulated
from tests.faults.network import networked
from tests.runner.questions import question, questions

pytestmark = pytest.mark.anyio

KEY = "sk_live_0123456789abcdef"
FAULTS: dict[str, float] = dict.fromkeys(
    ("server_error", "html", "truncated", "reset", "throttled", "lost_answer"), 0.08
)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def everything_shown_by(error: BaseException | None) -> str:
    """Return everything that a log could show of an error and its causes."""
    text = ""
    while error is not None:
        text += f"{error} {error!r} {vars(error)!r}"
        if isinstance(error, SixtyfourError):
            text += pickle.dumps(error).decode("latin-1")
        error = error.__cause__ or error.__context__
    return text


async def test_logs_outcomes_errors_and_reprs_do_not_contain_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """With logging at DEBUG; errors with their causes, and the journal's entries."""
    caplog.set_level(logging.DEBUG)
    journal = MemoryJournal()
    settings = SimulatorSettings(keys=(KEY,), faults=FAULTS)
    async with simulated(settings, api_key=KEY) as (client, simulator), JobRunner(client, journal=journal) as runner:
        outcomes = [outcome async for outcome in runner.map(questions(60))]
        reprs = [repr(client), repr(runner), repr(client.people), repr(client.people.find_email)]

    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert errors
    assert caplog.records
    assert simulator.books.jobs
    for text in [caplog.text, repr(outcomes), repr(journal.entries), *reprs, *map(everything_shown_by, errors)]:
        assert KEY not in text


async def test_a_rejected_key_is_not_shown_in_the_error(caplog: pytest.LogCaptureFixture) -> None:
    """Neither a wrong key nor a malformed one."""
    caplog.set_level(logging.DEBUG)
    async with simulated(api_key=KEY) as (client, _):
        with pytest.raises(AuthenticationError) as refused:
            await client.account.check_balance()
    with pytest.raises(ConfigurationError) as malformed:
        AsyncClient(f"{KEY}\nX")

    for text in (caplog.text, everything_shown_by(refused.value), everything_shown_by(malformed.value)):
        assert KEY not in text


async def test_a_redirect_does_not_carry_the_key_to_another_host() -> None:
    """No request goes to the other host, even if the caller's httpx client follows redirects."""

    def redirect(request: httpx.Request) -> httpx.Response | None:
        if request.url.host == "simulator":
            return httpx.Response(307, headers={"location": f"http://elsewhere{request.url.path}"})
        return None

    journal = MemoryJournal()
    async with networked(redirect, api_key=KEY) as (client, _, network):
        network.http_client.follow_redirects = True
        with pytest.raises(ResponseError, match="redirects elsewhere"):
            await client.send(question(0))
        raw = await client.request("GET", "/check-balance")
        async with JobRunner(client, journal=journal) as runner:
            outcome = await runner.run(question(1))

    assert (raw.status, outcome.status) == (307, "rejected")
    assert {"simulator"} == {request.url.host for request in network.seen}


async def test_a_download_sends_no_key_to_any_host(tmp_path: Path) -> None:
    """Neither to the host of the signed link nor to one that it redirects to."""

    def storage(request: httpx.Request) -> httpx.Response | None:
        if request.url.path == "/moved":
            return httpx.Response(302, headers={"location": "http://elsewhere/file"})
        return None if request.url.host == "simulator" else httpx.Response(200, content=b"a,b\n1,2\n")

    for scheme in ("x-api-key", "bearer"):
        async with networked(storage, api_key=KEY, auth_scheme=scheme) as (client, _, network):
            network.http_client.follow_redirects = True
            size = await client.download("http://storage/file?token=1", tmp_path / "file.csv")
            moved = await client.download("http://storage/moved", tmp_path / "moved.csv")
        assert (size, moved) == (8, 8)
        assert [request.url.host for request in network.seen] == ["storage", "storage", "elsewhere"]
        assert not any(KEY in str(request.headers.raw) for request in network.seen)

    assert sorted(contents(tmp_path)) == ["file.csv", "moved.csv"]


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_library_logs_and_journal_files_do_not_contain_the_key(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Over a TCP port, with the debug logs of all libraries and every byte of the journal's files."""
    caplog.set_level(logging.DEBUG)
    speed = 1000.0
    simulator = Simulator(SimulatorSettings(speed=speed, keys=(KEY,), faults=FAULTS))
    async with (
        serve(simulator) as url,
        AsyncClient(KEY, base_url=url, speed=speed) as client,
        JobRunner(client, journal=tmp_path / "run.db") as runner,
    ):
        outcomes = [outcome async for outcome in runner.map(questions(40))]
        files = contents(tmp_path)

    assert len(outcomes) == 40
    assert "run.db" in files
    assert any(b"3M" in content or b"1&1" in content for content in files.values())
    assert not any(KEY.encode() in content for content in files.values())
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in caplog.text


async def test_a_response_that_echoes_the_key_is_not_quoted() -> None:
    """An error keeps up to 500 characters of the response body, without the key."""

    def echo_key(request: httpx.Request) -> httpx.Response | None:
        return httpx.Response(401, json={"detail": f"unknown key {request.headers['x-api-key']}"})

    async with networked(echo_key, api_key=KEY) as (client, _, _network):
        with pytest.raises(AuthenticationError) as caught:
            await client.account.check_balance()

    assert KEY not in everything_shown_by(caught.value)
