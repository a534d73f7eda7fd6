"""What travels in a body that is not JSON: forms, and files that are never read whole."""

from __future__ import annotations

import email.policy
from collections.abc import AsyncIterator
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from sixtyfour_async import InputError, JobRunner, ServerError, Upload
from sixtyfour_async._wire.codec import answer_route, encode
from sixtyfour_async.errors import RateLimitError
from tests.client.network import KEY, scripted
from tests.client.questions import PostFile, PostForm, RunFile

pytestmark = pytest.mark.anyio

ROWS = b"name,company\n" + b"Ada,Acme\n" * 40_000


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """On the real clock: files are read in threads."""
    name: str = request.param
    return name


def fine(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"ok": True})


def parts_of(request: httpx.Request) -> dict[str, tuple[bytes, str | None, str]]:
    """Name → content, file name and type, as an ordinary mail parser reads them."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message: Any = BytesParser(policy=email.policy.HTTP).parsebytes(head + request.content)
    return {
        str(part.get_param("name", header="content-disposition")): (
            part.get_payload(decode=True),
            part.get_filename(),
            part.get_content_type(),
        )
        for part in message.iter_parts()
    }


async def pieces() -> AsyncIterator[bytes]:
    for start in range(0, len(ROWS), 50_000):
        yield ROWS[start : start + 50_000]


async def test_a_form_is_encoded_and_a_keyless_request_carries_no_key() -> None:
    async with scripted(fine) as (client, network):
        await client.send(PostForm(grant_type="client credentials", scope=["a", "b"], flag=True, count=3))

    [request] = network.seen
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(request.content.decode()) == {
        "grant_type": ["client credentials"],
        "scope": ['["a","b"]'],
        "flag": ["true"],
        "count": ["3"],
    }
    assert KEY not in str(request.headers.raw)


@pytest.mark.parametrize("kind", ["path", "bytes", "stream"])
async def test_a_file_travels_with_its_form_from_wherever_it_is(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS)
    upload = {"path": Upload(path), "bytes": Upload(ROWS, "rows.csv"), "stream": Upload(pieces(), "rows.csv")}[kind]

    async with scripted(fine) as (client, network):
        await client.send(
            PostFile(file=upload, config={"tier": "low"}, label="é", cost_units="credits", idempotency_key="k")
        )

    [request] = network.seen
    assert network.asked == ["POST /files?cost_units=credits"]
    assert (request.headers["idempotency-key"], request.headers["x-api-key"]) == ("k", KEY)
    assert parts_of(request) == {
        "config": (b'{"tier":"low"}', None, "text/plain"),
        "label": ("é".encode(), None, "text/plain"),
        "file": (ROWS, "rows.csv", "text/csv"),
    }
    known = request.headers.get("content-length")
    assert (known or len(request.content)) == (str(len(request.content)) if kind != "stream" else len(request.content))


@pytest.mark.parametrize(
    ("upload", "media_type"),
    [
        (Upload(b"", "rows.NDJSON"), "application/x-ndjson"),
        (Upload(b"", "rows.jsonl"), "application/x-ndjson"),
        (Upload(b"", "rows.json"), "application/json"),
        (Upload(b"", "rows.xyz"), "application/octet-stream"),
        (Upload(b"", "rows.xyz", "text/csv"), "text/csv"),
        (Upload(b""), "text/csv"),
    ],
)
async def test_the_type_of_a_file_follows_from_its_name(upload: Upload, media_type: str) -> None:
    async with scripted(fine) as (client, network):
        await client.send(PostFile(file=upload))

    assert parts_of(network.seen[0])["file"] == (b"", upload.name, media_type)


async def test_a_name_cannot_break_out_of_its_header() -> None:
    async with scripted(fine) as (client, network):
        await client.send(PostFile(file=Upload(b"x", 'a"\r\nX-Evil: 1\r\n\r\n.csv')))

    assert b"\r\nX-Evil" not in network.seen[0].content
    assert b'filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A.csv"' in network.seen[0].content


async def test_a_file_can_be_sent_again_and_a_stream_cannot(tmp_path: Path) -> None:
    """The second attempt carries the whole file; of a stream nothing is left to carry, so there is none."""
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS)
    answers = [httpx.Response(500), httpx.Response(200, json=1)] + [httpx.Response(500)] * 5

    async with scripted(lambda _: answers.pop(0), speed=1000) as (client, network):
        assert await client.send(PostFile(file=Upload(path))) == 1
        with pytest.raises(ServerError):
            await client.send(PostFile(file=Upload(pieces())))

    assert [parts_of(request)["file"][0] for request in network.seen] == [ROWS] * 3


async def test_a_stream_is_not_sent_again_even_after_a_refusal() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": "1"})

    asked = PostFile(file=Upload(pieces()))
    async with scripted(refuse, speed=1000) as (client, network):
        with pytest.raises(RateLimitError):
            await client.send(asked)
        with pytest.raises(InputError, match="already been read"):
            await client.send(asked)

    assert len(network.seen) == 1


@pytest.mark.parametrize(("status", "ended"), [(429, "rejected"), (500, "unknown")])
async def test_a_runner_never_sends_what_is_left_of_a_stream(status: int, ended: str) -> None:
    """A file goes as a whole, again if it must; a stream goes once."""
    answers = [httpx.Response(status, headers={"retry-after": "1"})] * 2

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"status": "completed", "result": {}})
        return answers.pop() if answers else httpx.Response(200, json={"task_id": "t"})

    async with scripted(answer, speed=1000) as (client, network), JobRunner(client) as runner:
        whole = await runner.run(RunFile(file=Upload(ROWS)))
        sent = [parts_of(request)["file"][0] for request in network.seen if request.method == "POST"]
        answers += [httpx.Response(status, headers={"retry-after": "1"})]
        streamed = await runner.run(RunFile(file=Upload(pieces())))
        after = sum(request.method == "POST" for request in network.seen)

    assert (whole.status, sent) == ("completed", [ROWS] * 3)
    assert (streamed.status, after) == (ended, 4)


async def test_a_file_comes_as_it_goes(tmp_path: Path) -> None:
    async with scripted(lambda _: httpx.Response(200, content=ROWS, headers={"etag": '"1"'})) as (client, _):
        size = await client.download("http://storage/rows", tmp_path / "rows.csv")

    assert (size, (tmp_path / "rows.csv").read_bytes()) == (len(ROWS), ROWS)


async def test_a_file_that_is_not_there_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with pytest.raises(InputError, match="file not found"):
        PostFile(file=Upload(path))
    with pytest.raises(InputError, match=r"expected a pathlib\.Path"):
        PostFile(file="rows.csv")  # type: ignore[arg-type]

    path.write_bytes(b"x")
    asked = PostFile(file=Upload(path))
    path.unlink()
    async with scripted(fine) as (client, network):
        with pytest.raises(InputError, match="cannot read"):
            await client.send(asked)

    assert network.seen == []


def test_the_same_file_is_the_same_question_until_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a")
    before = PostFile(file=Upload(path))
    known = before.fingerprint()

    assert PostFile(file=Upload(path)).fingerprint() == known
    assert PostFile(file=Upload(b"a")) == PostFile(file=Upload(b"a"))
    assert PostFile(file=Upload(b"a")) != PostFile(file=Upload(b"b"))
    assert PostFile(file=Upload(pieces())) != PostFile(file=Upload(pieces()))
    path.write_bytes(b"ab")
    assert PostFile(file=Upload(path)).fingerprint() != known


def test_a_request_is_a_value_and_does_not_show_its_body() -> None:
    asked = PostForm(grant_type="secret-assertion")

    request = encode(asked, answer_route(asked))

    assert request.body == b"grant_type=secret-assertion"
    assert "secret-assertion" not in repr(request)
