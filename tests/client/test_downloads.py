"""Downloads from signed links: complete files only, resumed after a failure, with a fresh link after an expiry."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from sixtyfour_async import (
    AsyncClient,
    ConfigurationError,
    ConnectError,
    DeepSearch,
    JobRunner,
    PermissionDeniedError,
    ProtocolError,
    ResponseError,
    RunWorkflow,
)
from sixtyfour_async.models import DownloadLink, JobStatus, LiveStatus, ResultFile, SearchStatus
from sixtyfour_async.operations import DownloadSearch, GetDownloadLinks, GetJobStatus
from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.testing import simulated
from tests.client.network import KEY, BreakingStream, Reply, in_turn, scripted

pytestmark = pytest.mark.anyio

CONTENT = bytes(range(256)) * 1000
URL = "http://storage/file.csv?token=1"
EXPIRED = b'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has\n expired</Message></Error>'


class Storage:
    """Serves one file, with ranges if it has an ETag; response n breaks off after ``breaks[n]`` bytes."""

    def __init__(self, content: bytes = CONTENT, etag: str | None = '"v1"', breaks: tuple[int, ...] = ()) -> None:
        self.content, self.etag = content, etag
        self.breaks = list(breaks)
        self.valid_queries: set[str] | None = None
        self.served: list[tuple[int, int]] = []

    def __call__(self, request: httpx.Request) -> Reply:
        if self.valid_queries is not None and request.url.query.decode() not in self.valid_queries:
            return httpx.Response(403, content=EXPIRED, headers={"content-type": "application/xml"})
        ranged = re.fullmatch(r"bytes=(\d+)-", request.headers.get("range", ""))
        start = int(ranged[1]) if ranged and request.headers.get("if-range") == self.etag else 0
        headers = {"content-length": str(len(self.content) - start)}
        if self.etag is not None:
            headers["etag"] = self.etag
        if ranged and start >= len(self.content):
            return httpx.Response(416, headers={"content-range": f"bytes */{len(self.content)}"})
        if start:
            headers["content-range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        rest = self.content[start:]
        broken = bool(self.breaks)
        sent = rest[: self.breaks.pop(0)] if broken else rest
        self.served.append((start, len(sent)))
        error = httpx.ReadError("cut") if broken else None
        return httpx.Response(206 if start else 200, headers=headers, stream=BreakingStream(sent, error=error))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_broken_download_resumes_where_it_stopped(tmp_path: Path) -> None:
    storage = Storage(breaks=(100_000, 0, 80_000))
    progress: list[tuple[int, int | None]] = []

    def record(done: int, total: int | None) -> None:
        progress.append((done, total))

    async with scripted(storage) as (client, network):
        size = await client.download(URL, tmp_path / "a.csv", progress=record)

    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert size == len(CONTENT)
    starts = [start for start, _ in storage.served]
    assert (len(starts), starts[0], starts == sorted(starts), starts[-1] > 100_000) == (4, 0, True, True)
    assert sum(sent for _, sent in storage.served) < 2 * len(CONTENT)
    assert progress == sorted(progress)
    assert progress[-1] == (len(CONTENT), len(CONTENT))
    assert names(tmp_path) == ["a.csv"]
    assert KEY not in str([request.headers.raw for request in network.seen])
    assert client.rate_limit().used == 0


@pytest.mark.parametrize("etag", [None, 'W/"weak"'])
async def test_a_broken_download_without_a_strong_etag_starts_over(tmp_path: Path, etag: str | None) -> None:
    """The bytes on disk might belong to another version of the file."""
    storage = Storage(etag=etag, breaks=(100_000,))
    async with scripted(storage) as (client, network):
        await client.download(URL, tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert [start for start, _ in storage.served] == [0, 0]
    assert not any("range" in request.headers for request in network.seen)


async def test_a_file_that_changed_since_the_first_part_is_downloaded_again(tmp_path: Path) -> None:
    storage = Storage(breaks=(100_000,))

    def answer(request: httpx.Request) -> Reply:
        if "range" in request.headers:
            storage.content, storage.etag = b"new", '"v2"'
        return storage(request)

    async with scripted(answer) as (client, _):
        size = await client.download(URL, tmp_path / "a.csv")

    assert (size, (tmp_path / "a.csv").read_bytes()) == (3, b"new")


async def test_a_later_call_resumes_a_partial_download(tmp_path: Path) -> None:
    """Even in another process: the ETag is stored beside the part."""
    storage = Storage(breaks=(100_000,))
    target = tmp_path / "a.csv"
    async with scripted(storage, retries=0) as (client, _):
        with pytest.raises(ProtocolError, match="cut"):
            await client.download(URL, target)
        left = names(tmp_path)
        await client.download(URL, target)

    assert left == ["a.csv.part", "a.csv.part.version"]
    assert target.read_bytes() == CONTENT
    assert storage.served[1][0] > 0
    assert names(tmp_path) == ["a.csv"]


async def test_a_complete_part_is_renamed_without_a_download(tmp_path: Path) -> None:
    (tmp_path / "a.csv.part").write_bytes(CONTENT)
    (tmp_path / "a.csv.part.version").write_text('"v1"')
    storage = Storage()
    async with scripted(storage) as (client, _):
        size = await client.download(URL, tmp_path / "a.csv")

    assert (size, storage.served, names(tmp_path)) == (len(CONTENT), [], ["a.csv"])


async def test_a_part_longer_than_the_file_is_discarded(tmp_path: Path) -> None:
    (tmp_path / "a.csv.part").write_bytes(CONTENT + b"more")
    (tmp_path / "a.csv.part.version").write_text('"v1"')
    async with scripted(Storage()) as (client, _):
        await client.download(URL, tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == CONTENT


async def test_a_body_shorter_than_its_content_length_raises(tmp_path: Path) -> None:
    def short(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-length": "10"}, stream=BreakingStream(b"abc"))

    async with scripted(short, retries=1) as (client, network):
        with pytest.raises(ProtocolError, match="3 of 10 bytes"):
            await client.download(URL, tmp_path / "a.csv")

    assert len(network.seen) == 2
    assert names(tmp_path) == []


async def test_progress_resets_the_number_of_attempts(tmp_path: Path) -> None:
    storage = Storage(breaks=(70_000,) * 3)
    async with scripted(storage, retries=1) as (client, _):
        await client.download(URL, tmp_path / "a.csv")
    stuck = Storage(breaks=(0,) * 3)
    async with scripted(stuck, retries=1) as (client, _):
        with pytest.raises(ProtocolError):
            await client.download(URL, tmp_path / "b.csv")

    assert (len(storage.served), len(stuck.served)) == (4, 2)


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_failing_storage_host_is_retried(tmp_path: Path, status: int) -> None:
    async with scripted(in_turn([httpx.Response(status), httpx.Response(200, content=b"ab")])) as (client, _):
        assert await client.download(URL, tmp_path / "a.csv") == 2


async def test_an_expired_link_is_renewed_and_the_part_is_kept(tmp_path: Path) -> None:
    storage = Storage(breaks=(100_000,))
    storage.valid_queries = {"token=1"}
    links = ["http://storage/file.csv?token=1", "http://storage/file.csv?token=2"]

    async def link() -> str:
        return links.pop(0)

    def answer(request: httpx.Request) -> Reply:
        reply = storage(request)
        storage.valid_queries = {"token=2"}
        return reply

    async with scripted(answer) as (client, _):
        await client.download(link, tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_bytes() == CONTENT
    assert [start > 0 for start, _ in storage.served] == [False, True]
    assert links == []


async def test_a_403_to_a_fresh_link_raises_with_the_message_of_the_storage_host(tmp_path: Path) -> None:
    link_requests = 0

    async def link() -> str:
        nonlocal link_requests
        link_requests += 1
        return URL

    def refuse(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(403, content=EXPIRED)

    async with scripted(refuse) as (client, network):
        with pytest.raises(
            PermissionDeniedError, match=r"403 Request has expired \(from the storage host\) on download"
        ):
            await client.download(link, tmp_path / "a.csv")
        with pytest.raises(PermissionDeniedError):
            await client.download(URL, tmp_path / "a.csv")

    assert (link_requests, len(network.seen)) == (2, 3)
    assert names(tmp_path) == []


async def test_redirects_are_followed_up_to_a_limit(tmp_path: Path) -> None:
    hops = {"/0": "/1", "/1": "http://other/2", "/2": "/3"}

    def answer(request: httpx.Request) -> httpx.Response:
        target = hops.get(request.url.path)
        if request.url.path == "/loop":
            target = "/loop"
        return httpx.Response(302, headers={"location": target}) if target else httpx.Response(200, content=b"ab")

    async with scripted(answer) as (client, network):
        size = await client.download("http://storage/0", tmp_path / "a.csv")
        with pytest.raises(ResponseError, match="without end"):
            await client.download("http://storage/loop", tmp_path / "b.csv")

    assert size == 2
    assert [request.url.host for request in network.seen[:4]] == ["storage", "storage", "other", "other"]


async def test_a_redirect_from_https_to_http_is_not_followed(tmp_path: Path) -> None:
    async with scripted(lambda _: httpx.Response(302, headers={"location": "http://storage/x"})) as (client, network):
        with pytest.raises(ResponseError, match="302"):
            await client.download("https://storage/x", tmp_path / "a.csv")

    assert len(network.seen) == 1


@pytest.mark.parametrize("link", ["", "storage/file", "ftp://storage/file", "http://[", "file:///etc/passwd"])
async def test_an_invalid_link_raises_a_connect_error(tmp_path: Path, link: str) -> None:
    async with AsyncClient(KEY, base_url="http://service", retries=0) as client:
        with pytest.raises(ConnectError):
            await client.download(link, tmp_path / "a.csv")

    assert names(tmp_path) == []


async def test_a_full_disk_raises_before_the_first_byte_is_written(tmp_path: Path) -> None:
    def huge(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-length": str(10**18)}, stream=BreakingStream(b"abc"))

    async with scripted(huge) as (client, network):
        with pytest.raises(OSError, match=r"1000000000000000000 bytes and \d+ are free"):
            await client.download(URL, tmp_path / "a.csv")

    assert (len(network.seen), names(tmp_path)) == (1, [])


async def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    async with scripted(Storage()) as (client, _):
        with pytest.raises(OSError, match=r"cannot save the download: No such file.*missing"):
            await client.download(URL, tmp_path / "missing" / "a.csv")
        with pytest.raises(OSError, match=r"cannot save the download.*folder"):
            await client.download(URL, tmp_path / "folder")


# --- client.save --------------------------------------------------------------------------------------------------


def api(request: httpx.Request) -> Reply:
    """Answer with links to ``http://storage/NAME``; the storage host answers with the name."""
    if request.url.host == "storage":
        return httpx.Response(200, content=request.url.path.encode())
    path = request.url.path
    if path == "/search/download":
        return httpx.Response(200, json={"url": "http://storage/search", "bucket": "b", "path": "p"})
    if path == "/search/status/t":
        return httpx.Response(200, json={"task_id": "t", "status": "completed", "resource_handle_id": "h"})
    files = [
        {"filename": "x", "download_url": f"http://storage/block{block}", "block_number": block} for block in (1, 3, 2)
    ]
    if path.endswith("/download-links"):
        return httpx.Response(200, json=[{"storage_bucket": "b", **file} for file in files])
    if path.endswith("/live_status"):
        return httpx.Response(200, json={"run_id": "r", "overall_status": "completed"})
    return httpx.Response(200, json={"status": "completed", "id": "j", "results": files})


SOURCES: dict[str, tuple[Any, str]] = {
    "search": (SearchStatus(task_id="t", status="completed", resource_handle_id="h"), "/search"),
    "search operation": (DownloadSearch(resource_handle_id="h"), "/search"),
    "search link": (DownloadLink(url="http://storage/search"), "/search"),
    "run": (LiveStatus(run_id="r", overall_status="completed"), "/block3"),
    "run operation": (GetDownloadLinks(run_id="r"), "/block3"),
    "run files": ([ResultFile(download_url=f"http://storage/block{n}", block_number=n) for n in (3, 1)], "/block3"),
    "bulk job": (JobStatus(status="completed", id="j"), "/block3"),
    "bulk operation": (GetJobStatus(job_id="j"), "/block3"),
}


@pytest.mark.parametrize("name", SOURCES)
async def test_save_downloads_the_file_of_each_kind_of_source(tmp_path: Path, name: str) -> None:
    source, expected = SOURCES[name]
    async with scripted(api) as (client, _):
        await client.save(source, tmp_path / "a.csv")

    assert (tmp_path / "a.csv").read_text() == expected


async def test_save_takes_a_job_resumed_by_its_id(tmp_path: Path) -> None:
    async with scripted(api) as (client, _):
        await client.save(client.job(DeepSearch, "t"), tmp_path / "a.csv")
        await client.save(client.job(RunWorkflow, "r"), tmp_path / "b.csv")

    assert [(tmp_path / name).read_text() for name in ("a.csv", "b.csv")] == ["/search", "/block3"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (SearchStatus(task_id="t", status="completed"), "query_only"),
        (JobStatus(status="completed"), "no job id"),
        ({"url": "x"}, "leads to no file"),
        ("http://storage/x", "leads to no file"),
    ],
)
async def test_save_rejects_a_source_without_a_file(tmp_path: Path, source: Any, message: str) -> None:
    async with scripted(api) as (client, network):
        with pytest.raises(ConfigurationError, match=message):
            await client.save(source, tmp_path / "a.csv")

    assert network.seen == []


@pytest.mark.parametrize("answer", [[], [{"filename": "x", "download_url": None}], {"url": None}])
async def test_save_raises_if_no_file_has_a_link(tmp_path: Path, answer: object) -> None:
    operation = GetDownloadLinks(run_id="r") if isinstance(answer, list) else DownloadSearch(resource_handle_id="h")
    async with scripted(lambda _: httpx.Response(200, json=answer)) as (client, _):
        with pytest.raises(ResponseError, match=r"no finished file|try again"):
            await client.save(operation, tmp_path / "a.csv")


async def test_save_renews_the_expired_link_of_a_search(tmp_path: Path) -> None:
    """A deep search from submit to file; the storage host rejects the first link."""
    async with simulated(SimulatorSettings()) as (client, simulator), JobRunner(client) as runner:
        found = (await runner.run(DeepSearch(query="engineers in Berlin", max_results=20))).result()
        simulator.faults.script("server_error", route="/signed", times=1, status=403)
        size = await client.save(found, tmp_path / "people.csv")

    assert size == (tmp_path / "people.csv").stat().st_size > 0
    assert [entry.status for entry in simulator.books.downloads] == [403, 200]
    assert simulator.books.leaked_keys == []


async def test_the_old_part_is_emptied_before_the_new_etag_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a kill between the two leaves old bytes under the new ETag, and a later call resumes them."""
    part = tmp_path / "a.csv.part"
    part.write_bytes(b"old")
    part.with_name("a.csv.part.version").write_text('"v1"')
    sizes: list[int] = []
    write_text = anyio.Path.write_text

    async def record_size(self: anyio.Path, data: str) -> int:
        sizes.append(part.stat().st_size)
        return await write_text(self, data)

    monkeypatch.setattr(anyio.Path, "write_text", record_size)
    complete = httpx.Response(200, headers={"etag": '"v2"', "content-length": "3"}, content=b"new")
    async with scripted(lambda _: complete) as (client, _):
        await client.download("http://storage/x", tmp_path / "a.csv")

    assert sizes == [0]
    assert (tmp_path / "a.csv").read_bytes() == b"new"
