"""Bodies other than JSON: forms, and uploads that are streamed from disk."""

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
from tests.client.sample_operations import PostFile, PostForm, RunFile

pytestmark = pytest.mark.anyio

ROWS = b"name,company\n" + b"Ada,Acme\n" * 40_000


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on the real clock: files are read in threads."""
    name: str = request.param
    return name


def accept(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"ok": True})


def parts_of(request: httpx.Request) -> dict[str, tuple[bytes, str | None, str]]:
    """Return name → (content, file name, type), as the standard library's mail parser reads the body."""
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


async def chunks() -> AsyncIterator[bytes]:
    for start in range(0, len(ROWS), 50_000):
        yield ROWS[start : start + 50_000]


async def test_a_form_is_urlencoded_and_a_keyless_request_has_no_key() -> None:
    async with scripted(accept) as (client, network):
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


@pytest.mark.parametrize("source", ["path", "bytes", "stream"])
async def test_a_multipart_body_has_the_file_and_the_form_fields(tmp_path: Path, source: str) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS)
    upload = {"path": Upload(path), "bytes": Upload(ROWS, "rows.csv"), "stream": Upload(chunks(), "rows.csv")}[source]

    async with scripted(accept) as (client, network):
        await client.send(
            PostFile(file=upload, config={"tier": "low"}, label="é", cost_units="credits", idempotency_key="k")
        )

    [request] = network.seen
    assert network.request_lines == ["POST /files?cost_units=credits"]
    assert (request.headers["idempotency-key"], request.headers["x-api-key"]) == ("k", KEY)
    assert parts_of(request) == {
        "config": (b'{"tier":"low"}', None, "text/plain"),
        "label": ("é".encode(), None, "text/plain"),
        "file": (ROWS, "rows.csv", "text/csv"),
    }
    length = request.headers.get("content-length")
    assert (length or len(request.content)) == (
        str(len(request.content)) if source != "stream" else len(request.content)
    )


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
async def test_the_media_type_follows_from_the_file_name(upload: Upload, media_type: str) -> None:
    async with scripted(accept) as (client, network):
        await client.send(PostFile(file=upload))

    assert parts_of(network.seen[0])["file"] == (b"", upload.name, media_type)


async def test_a_file_name_cannot_inject_a_header() -> None:
    async with scripted(accept) as (client, network):
        await client.send(PostFile(file=Upload(b"x", 'a"\r\nX-Evil: 1\r\n\r\n.csv')))

    assert b"\r\nX-Evil" not in network.seen[0].content
    assert b'filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A.csv"' in network.seen[0].content


async def test_a_file_is_retried_and_a_stream_is_not(tmp_path: Path) -> None:
    """The second attempt sends the whole file; a stream has been read and cannot be sent again."""
    path = tmp_path / "rows.csv"
    path.write_bytes(ROWS)
    answers = [httpx.Response(500), httpx.Response(200, json=1)] + [httpx.Response(500)] * 5

    async with scripted(lambda _: answers.pop(0), speed=1000) as (client, network):
        assert await client.send(PostFile(file=Upload(path))) == 1
        with pytest.raises(ServerError):
            await client.send(PostFile(file=Upload(chunks())))

    assert [parts_of(request)["file"][0] for request in network.seen] == [ROWS] * 3


async def test_a_stream_is_not_retried_even_after_a_429() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"retry-after": "1"})

    operation = PostFile(file=Upload(chunks()))
    async with scripted(refuse, speed=1000) as (client, network):
        with pytest.raises(RateLimitError):
            await client.send(operation)
        with pytest.raises(InputError, match="already been read"):
            await client.send(operation)

    assert len(network.seen) == 1


@pytest.mark.parametrize(("status", "outcome_status"), [(429, "rejected"), (500, "unknown")])
async def test_a_runner_retries_a_file_and_never_a_stream(status: int, outcome_status: str) -> None:
    answers = [httpx.Response(status, headers={"retry-after": "1"})] * 2

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json={"status": "completed", "result": {"rows": 1}})
        return answers.pop() if answers else httpx.Response(200, json={"task_id": "t"})

    async with scripted(answer, speed=1000) as (client, network), JobRunner(client) as runner:
        from_bytes = await runner.run(RunFile(file=Upload(ROWS)))
        sent = [parts_of(request)["file"][0] for request in network.seen if request.method == "POST"]
        answers += [httpx.Response(status, headers={"retry-after": "1"})]
        streamed = await runner.run(RunFile(file=Upload(chunks())))
        posts = sum(request.method == "POST" for request in network.seen)

    assert (from_bytes.status, sent) == ("completed", [ROWS] * 3)
    assert (streamed.status, posts) == (outcome_status, 4)


async def test_a_download_writes_the_body_to_the_file(tmp_path: Path) -> None:
    async with scripted(lambda _: httpx.Response(200, content=ROWS, headers={"etag": '"1"'})) as (client, _):
        size = await client.download("http://storage/rows", tmp_path / "rows.csv")

    assert (size, (tmp_path / "rows.csv").read_bytes()) == (len(ROWS), ROWS)


async def test_a_missing_file_raises_before_anything_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with pytest.raises(InputError, match="file not found"):
        PostFile(file=Upload(path))
    with pytest.raises(InputError, match=r"expected a pathlib\.Path"):
        PostFile(file="rows.csv")  # type: ignore[arg-type]

    path.write_bytes(b"x")
    operation = PostFile(file=Upload(path))
    path.unlink()
    async with scripted(accept) as (client, network):
        with pytest.raises(InputError, match="cannot read"):
            await client.send(operation)

    assert network.seen == []


def test_the_fingerprint_of_a_file_changes_with_its_content(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a")
    before = PostFile(file=Upload(path))
    fingerprint = before.fingerprint()

    assert PostFile(file=Upload(path)).fingerprint() == fingerprint
    assert PostFile(file=Upload(b"a")) == PostFile(file=Upload(b"a"))
    assert PostFile(file=Upload(b"a")) != PostFile(file=Upload(b"b"))
    assert PostFile(file=Upload(chunks())) != PostFile(file=Upload(chunks()))
    path.write_bytes(b"ab")
    assert PostFile(file=Upload(path)).fingerprint() != fingerprint


def test_the_repr_of_a_request_does_not_show_its_body() -> None:
    form = PostForm(grant_type="secret-assertion")

    request = encode(form, answer_route(form))

    assert request.body == b"grant_type=secret-assertion"
    assert "secret-assertion" not in repr(request)
