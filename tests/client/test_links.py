"""Signed links: where one may lead, however the address is written, and what becomes of the others."""

from __future__ import annotations

import socket
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async import AsyncClient, JobRunner, LinkRefusedError, SixtyfourError
from sixtyfour_async._wire.addresses import address_of, is_loopback, is_public, link_problem
from tests.client.network import KEY, Handler, ScriptedTransport
from tests.client.raw_server import answer, raw_server
from tests.runner.questions import questions

pytestmark = pytest.mark.anyio

PUBLIC_API = "https://api.example"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


NOT_FOLLOWED = [
    "http://storage.example/f",  # not https
    "http://127.0.0.1:8000/internal",
    "https://127.0.0.1/internal",
    "https://localhost/internal",
    "https://LOCALHOST./internal",
    "https://db.localhost/internal",
    "https://127.1/internal",
    "https://2130706433/internal",
    "https://0x7f000001/internal",
    "https://0x7f.0.0.1/internal",
    "https://0177.0.0.1/internal",
    "https://017700000001/internal",
    "https://127.0.0.1./internal",
    "https://0/internal",
    "https://0.0.0.0/internal",
    "https://10.0.0.1/internal",
    "https://172.16.3.4/internal",
    "https://192.168.0.1/internal",
    "https://100.64.0.1/internal",
    "https://169.254.169.254/latest/meta-data",
    "https://2852039166/latest/meta-data",
    "https://[::1]/internal",
    "https://[::]/internal",
    "https://[::ffff:127.0.0.1]/internal",
    "https://[::ffff:a9fe:a9fe]/internal",
    "https://[::7f00:1]/internal",
    "https://[64:ff9b::7f00:1]/internal",
    "https://[2002:7f00:1::]/internal",
    "https://[fd00:ec2::254]/internal",
    "https://[fe80::1]/internal",
    "https://[ff02::1]/internal",
    "https://224.0.0.1/internal",
    "https://storage.example@10.0.0.1/internal",
    "https://user:secret@storage.example/f",
    "https://\uff11\uff12\uff17.0.0.1/internal",
    "https://127。0。0。1/internal",
]


def redirect_to(link: str) -> Handler:
    return lambda _: httpx.Response(302, headers={b"location": link.encode()})


@pytest.mark.parametrize("link", NOT_FOLLOWED)
async def test_a_public_api_s_link_does_not_lead_inside(tmp_path: Path, link: str) -> None:
    """Nothing is sent, nothing is written, and nothing is tried again; a redirect is judged like the link."""
    network = ScriptedTransport(lambda _: httpx.Response(500))
    async with httpx.AsyncClient(transport=network) as http_client:
        client = AsyncClient(KEY, base_url=PUBLIC_API, http_client=http_client)
        with pytest.raises(LinkRefusedError, match="the link is not followed") as caught:
            await client.download(f"{link}?signature=c0ffee", tmp_path / "f.csv")
        assert network.seen == []
        network.handler = redirect_to(link)
        with pytest.raises(SixtyfourError):
            await client.with_options(retries=0).download("https://storage.example/f", tmp_path / "f.csv")

    assert [request.url.host for request in network.seen] == ["storage.example"]
    assert "c0ffee" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240 (a folder of the test's own)


@pytest.mark.parametrize(
    ("link", "base_url"),
    [
        ("https://storage.example/f", PUBLIC_API),
        ("https://8.8.8.8/f", PUBLIC_API),
        ("https://[2606:4700:4700::1111]/f", PUBLIC_API),
        ("https://api.example/f", PUBLIC_API),
        ("https://127.evil.example/f", PUBLIC_API),
        ("http://127.0.0.1:8000/f", "http://127.0.0.1:9000"),
        ("http://localhost:8000/f", "http://127.0.0.1:9000"),
        ("https://storage.example/f", "http://localhost:9000"),
        ("http://10.0.0.7:9000/f", "http://10.0.0.7:9000"),
        ("http://storage/f", "http://simulator"),
    ],
)
async def test_other_links_are_followed(tmp_path: Path, link: str, base_url: str) -> None:
    network = ScriptedTransport(lambda _: httpx.Response(200, content=b"a,b"))
    async with httpx.AsyncClient(transport=network) as http_client:
        client = AsyncClient(KEY, base_url=base_url, http_client=http_client)
        assert await client.download(link, tmp_path / "f.csv") == 3


@pytest.mark.parametrize(
    ("link", "base_url"),
    [
        ("http://storage.example/f", "http://127.0.0.1:9000"),
        ("http://10.0.0.7/f", "http://10.0.0.8"),
        ("https://192.168.0.1/f", "http://localhost:9000"),
        ("http://127.0.0.1/f", "http://simulator"),
    ],
)
async def test_a_simulator_s_links_lead_no_further_than_this_machine(tmp_path: Path, link: str, base_url: str) -> None:
    network = ScriptedTransport(lambda _: httpx.Response(200, content=b"a,b"))
    async with httpx.AsyncClient(transport=network) as http_client:
        client = AsyncClient(KEY, base_url=base_url, http_client=http_client)
        with pytest.raises(LinkRefusedError):
            await client.download(link, tmp_path / "f.csv")

    assert network.seen == []


# --- names ------------------------------------------------------------------------------------------------------------


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Have ``storage.example`` resolve to one address after the other; return the names that were asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo
    remaining = list(answers)

    def resolve(host: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name != "storage.example":
            return real(host, *arguments, **named)
        asked.append(name)
        return real(remaining.pop(0) if len(remaining) > 1 else remaining[0], *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("answers", [("127.0.0.1",), ("8.8.8.8", "127.0.0.1")], ids=["private", "rebound"])
def test_the_address_behind_a_name_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], backend: str
) -> None:
    """A name that resolves to a private address is not connected to; one that does so only the second time is sent
    nothing.
    """
    asked = resolving(monkeypatch, *answers)
    with raw_server(lambda _: answer(b"internal")) as server:
        port = server.url.rpartition(":")[2]

        async def download() -> None:
            async with AsyncClient(KEY, base_url=PUBLIC_API) as client:
                with pytest.raises(LinkRefusedError, match="its host leads to this machine"):
                    await client.download(f"https://storage.example:{port}/f", tmp_path / "f.csv")

        anyio.run(download, backend=backend)
        while server.connections < len(answers) - 1:  # the server's thread may not have come to it yet
            time.sleep(0.01)

    assert server.received == []
    assert server.connections == len(answers) - 1
    assert asked
    assert list(tmp_path.iterdir()) == []


async def test_rows_whose_file_is_not_fetched_keep_the_answer_as_it_came() -> None:
    """The content of a refused link lands nowhere, the job is not polled for ever, and its charge is counted."""
    link = "http://169.254.169.254/latest?signature=c0ffee"

    def reply(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": "t", "job_id": "t", "status": "queued"})
        files = [{"filename": "x.csv", "download_url": link, "block_number": 1}]
        return httpx.Response(200, json={"id": "t", "status": "completed", "results": files, "charge_amount": 20})

    network = ScriptedTransport(reply)
    async with httpx.AsyncClient(transport=network) as http_client:
        client = AsyncClient(KEY, base_url=PUBLIC_API, http_client=http_client, speed=1000)
        async with JobRunner(client) as runner:
            outcomes = [outcome async for outcome in runner.map(questions(2), batching="file")]
            charged = runner.stats().cost_cents

    assert {request.url.host for request in network.seen} == {"api.example"}
    assert [outcome.status for outcome in outcomes] == ["unmatched"] * 2
    assert all("the link is not followed" in str(outcome.error) for outcome in outcomes)
    assert all("169.254.169.254" in str(outcome.raw) for outcome in outcomes)
    assert charged == 20


# --- spellings --------------------------------------------------------------------------------------------------------


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_address_is_that_address(address: Any) -> None:
    number = int(address)
    a, b = number >> 24, number & 0xFFFFFF
    spellings = [str(address), f"{address}.", str(number), hex(number), f"0{number:o}", f"{a}.{b}", f"0x{a:x}.0{b:o}"]

    assert {address_of(text) for text in spellings} == {address}
    mapped = ip_address(f"::ffff:{address}")
    assert is_public(mapped) == is_public(ip_address(f"64:ff9b::{address}")) == is_public(address)


@given(st.from_regex(r"[a-z][a-z0-9-]{0,20}\.[a-z]{2,10}", fullmatch=True))
def test_a_name_is_no_address(name: str) -> None:
    assert address_of(name) is None or name.startswith("0x")
    assert is_loopback(name) == name.endswith(".localhost")


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_judged_without_an_exception(host: str, scheme: str) -> None:
    problem = link_problem(scheme, host, api_scheme="https", api_host="api.example")

    assert problem is None or isinstance(problem, str)
