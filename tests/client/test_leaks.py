"""Keys, tokens and signatures in tracebacks with locals, causes, pickles and the logs of the HTTP libraries."""

from __future__ import annotations

import logging
import pickle
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from rich.console import Console
from rich.traceback import Traceback

from sixtyfour_async import AsyncClient, ConfigurationError, JobRunner, OAuth, SixtyfourError
from sixtyfour_async._client.secret import Secret, redact, redact_bytes
from sixtyfour_async.models import DownloadLink, ResultFile
from sixtyfour_async.operations import CheckBalance, GetDownloadLinks
from tests.client.frames import PACKAGE, chain, shown_by
from tests.client.network import KEY, BreakingStream, Handler, Reply, ScriptedTransport
from tests.client.raw_server import answer, raw_server
from tests.runner.questions import question

pytestmark = pytest.mark.anyio

SIGNATURE = "X-Amz-Signature=c0ffee0123456789"
LINK = f"https://storage.example/f.csv?{SIGNATURE}"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


FAILURES: dict[str, Callable[[httpx.Request], Reply]] = {
    "refused": lambda request: httpx.ConnectError("no route", request=request),
    "timeout": lambda request: httpx.ReadTimeout("too late", request=request),
    "broken": lambda request: httpx.RemoteProtocolError("not HTTP", request=request),
    "truncated": lambda request: httpx.Response(
        200, stream=BreakingStream(b"{", error=httpx.ReadError("cut", request=request))
    ),
    "not JSON": lambda _: httpx.Response(200, text="<html>"),
    "echoed": lambda request: httpx.Response(401, json={"detail": f"no such key\n{request.headers.get('x-api-key')}"}),
    "misfit": lambda _: httpx.Response(200, json=[]),
    "server error": lambda _: httpx.Response(500),
}

CALLS: dict[str, Callable[[AsyncClient], Awaitable[object]]] = {
    "send": lambda client: client.send(CheckBalance()),
    "submit": lambda client: client.submit(question(0)),
    "request": lambda client: client.request("POST", "/x", json={"a": 1}),
    "namespace": lambda client: client.account.check_balance(),
}


@asynccontextmanager
async def scripted(handler: Handler, **more: Any) -> AsyncGenerator[tuple[AsyncClient, ScriptedTransport]]:
    network = ScriptedTransport(handler)
    async with httpx.AsyncClient(transport=network) as http_client:
        arguments: dict[str, Any] = {"api_key": KEY, "base_url": "https://api.example", "retries": 0}
        yield AsyncClient(**(arguments | more), http_client=http_client), network


async def error_of(call: Awaitable[object]) -> SixtyfourError | None:
    try:
        await call
    except SixtyfourError as error:
        return error
    return None


def rich_text(error: BaseException) -> str:
    """Return what rich prints of an error with locals, frames of this package only."""
    made = Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True, locals_max_string=9999)
    for stack in made.trace.stacks:
        stack.frames = [frame for frame in stack.frames if frame.filename.startswith(PACKAGE)]
        for frame in stack.frames:
            frame.filename = "<not shown>"  # then rich prints its locals only, and need not colour the whole file
    console = Console(width=300, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115 (nobody reads it)
    with console.file:
        console.print(made)
        return console.export_text()


@pytest.mark.parametrize("scheme", ["x-api-key", "bearer"])
@pytest.mark.parametrize("failure", FAILURES)
@pytest.mark.parametrize("call", CALLS)
async def test_no_frame_cause_or_pickle_of_a_failed_call_shows_the_key(call: str, failure: str, scheme: Any) -> None:
    async with scripted(FAILURES[failure], auth_scheme=scheme) as (client, _):
        error = await error_of(CALLS[call](client))

    assert error is not None or call == "request"
    assert KEY not in shown_by(error)
    assert KEY not in (rich_text(error) if error else "")
    assert "Transport" in shown_by(error) or failure not in {"refused", "timeout"}, "the frames are looked into"


@pytest.mark.parametrize("family", [httpx, httpx2], ids=["httpx", "httpx2"])
async def test_the_request_of_a_cause_is_there_without_its_secrets(family: Any) -> None:
    """Method, URL and harmless headers help; the query may hold a secret as well."""

    def fail(request: Any) -> Any:
        raise family.ReadTimeout(f"no answer to {KEY}", request=request)

    async with family.AsyncClient(transport=family.MockTransport(fail)) as http_client:
        client = AsyncClient(KEY, base_url="https://api.example", http_client=http_client, retries=0)
        with pytest.raises(SixtyfourError) as caught:
            await client.request("GET", "/x", query={"token": "abc"})

    cause: Any = caught.value.__cause__
    assert type(cause) is family.ReadTimeout
    assert str(cause) == "no answer to [the key]"
    assert (cause.request.method, str(cause.request.url)) == ("GET", "https://api.example/x")
    assert cause.request.headers["x-api-key"] == "[the key]"
    assert cause.__traceback__ is cause.__context__ is None


async def test_the_error_of_a_caller_s_hook_has_no_key_on_its_request() -> None:
    """``raise_for_status`` in a response hook is the usual one; it arrives as it is."""

    async def hook(response: httpx.Response) -> None:
        response.raise_for_status()

    network = ScriptedTransport(lambda _: httpx.Response(500))
    async with httpx.AsyncClient(transport=network, event_hooks={"response": [hook]}) as http_client:
        client = AsyncClient(KEY, base_url="https://api.example", http_client=http_client, retries=0)
        with pytest.raises(httpx.HTTPStatusError) as caught:
            await client.send(CheckBalance())
        async with JobRunner(client) as runner:
            outcome = await runner.run(question(0))

    assert KEY not in str(caught.value.request.headers.raw) + str(caught.value.response.request.headers.raw)
    assert KEY not in shown_by(outcome.error)
    for one in chain(outcome.error):
        request = vars(one).get("_request")
        assert request is None or KEY not in str(request.headers.raw)


def make_client(options: dict[str, Any]) -> AsyncClient:
    return AsyncClient(**options)


@pytest.mark.parametrize(
    "options",
    [
        {"requests_per_minute": 1},
        {"base_url": "nowhere"},
        {"base_url": "http://["},
        {"auth": object()},
        {"api_key": f"{KEY} x"},
    ],
    ids=["limit", "no URL", "odd URL", "two kinds", "malformed"],
)
def test_a_constructor_that_fails_shows_no_key(options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make_client({"api_key": KEY} | options)

    assert KEY not in shown_by(caught.value) + rich_text(caught.value)


PEM = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize("key", [PEM, PEM.encode(), PEM.replace("-----", "")], ids=["text", "bytes", "no PEM"])
def test_a_private_key_that_cannot_be_loaded_is_not_shown(key: str | bytes) -> None:
    with pytest.raises(ConfigurationError) as caught:
        OAuth(client_id="c", private_key=key, kid="k")

    assert "MIIEvQIBADANBgkqhkiG9w0BAQ" not in shown_by(caught.value) + rich_text(caught.value)


# --- signed links -----------------------------------------------------------------------------------------------------

LINK_FAILURES: dict[str, Callable[[httpx.Request], Reply]] = {
    "refused": lambda request: httpx.ConnectError(f"no route to {request.url}", request=request),
    "expired": lambda _: httpx.Response(403),
    "broken": lambda request: httpx.Response(
        200, stream=BreakingStream(b"a", error=httpx.ReadError("cut", request=request))
    ),
    "redirected inside": lambda _: httpx.Response(302, headers={"location": f"https://10.0.0.1/f?{SIGNATURE}"}),
    "in circles": lambda _: httpx.Response(302, headers={"location": LINK}),
    "too large": lambda _: httpx.Response(200, content=b"x" * 100),
}


@pytest.mark.parametrize("failure", LINK_FAILURES)
@pytest.mark.parametrize("source", ["link", "function", "answer", "operation"])
async def test_no_frame_or_cause_of_a_failed_download_shows_the_signature(
    tmp_path: Path, failure: str, source: str
) -> None:
    def reply(request: httpx.Request) -> Any:
        if request.url.host == "api.example":
            return httpx.Response(200, json=[{"download_url": LINK, "block_number": 1}])
        return LINK_FAILURES[failure](request)

    async def link() -> str:
        return LINK

    async with scripted(reply) as (client, _):
        to, answered = tmp_path / "f", [ResultFile(download_url=LINK, block_number=1)]
        calls: dict[str, Callable[[], Awaitable[int]]] = {
            "link": lambda: client.download(LINK, to, max_bytes=50),
            "function": lambda: client.download(link, to, max_bytes=50),
            "answer": lambda: client.save(answered, to, max_bytes=50),
            "operation": lambda: client.save(GetDownloadLinks(run_id="r"), to, max_bytes=50),
        }
        error = await error_of(calls[source]())

    assert error is not None
    assert "c0ffee" not in shown_by(error) + rich_text(error)


def test_the_reprs_of_answers_with_links_do_not_show_them() -> None:
    shown = repr([DownloadLink(url=LINK, path="p"), ResultFile(download_url=LINK, filename="f")])

    assert "c0ffee" not in shown
    assert "'p'" in shown


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
async def test_the_logs_of_the_http_libraries_show_no_signature(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    """Over a port, with a redirect whose ``Location`` is a signed link, too."""
    caplog.set_level(level)

    def reply(request: bytes) -> Any:
        if b"/first" in request:
            location = f"location: /second?{SIGNATURE}\r\n".encode()
            return answer(b"", b"HTTP/1.1 302 Found\r\n" + location)
        return answer(f'[{{"download_url": "{server.url}/first?{SIGNATURE}"}}]'.encode())

    with raw_server(reply) as server:
        async with AsyncClient(KEY, base_url=server.url) as client:
            await client.save(GetDownloadLinks(run_id="r"), tmp_path / "f")
            async with httpx.AsyncClient() as other:
                await other.get(f"{server.url}/of-the-application?page=2")

    assert "c0ffee" not in caplog.text
    assert "HTTP Request: GET [the link]" in caplog.text
    assert "/of-the-application?page=2" in caplog.text, "other requests are none of our business"
    assert {"httpx"} <= {record.name for record in caplog.records}


# --- redaction --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["k", "key", "revoked", "key_revoked", "internal", "error"])
async def test_a_short_key_does_not_garble_the_service_s_words(key: str) -> None:
    reply = httpx.Response(401, json={"error": "key_revoked_now", "message": "internal_error: the keys were revoked_"})
    async with scripted(lambda _: reply, api_key=key) as (client, _):
        with pytest.raises(SixtyfourError) as caught:
            await client.send(CheckBalance())

    assert caught.value.message == "internal_error: the keys were revoked_"
    assert vars(caught.value)["code"] == "key_revoked_now"


@pytest.mark.parametrize(
    ("secret", "text", "redacted"),
    [
        ("k", "a k", "a k"),
        ("sk_123", "no key sk_123.", "no key [the key]."),
        ("sk_123", "sk_1234 xsk_123 sk_123_", "sk_1234 xsk_123 sk_123_"),
        ("sk_live_0123456789", r"\nsk_live_0123456789x", r"\n[the key]x"),
        ("a.b*c+d(e", "a.b*c+d(e aXb*c+d(e", "[the key] aXb*c+d(e"),
    ],
)
def test_words_are_redacted(secret: str, text: str, redacted: str) -> None:
    assert redact([Secret(secret)], text) == redacted
    assert redact_bytes([Secret(secret)], text.encode() + b"\xff") == redacted.encode() + b"\xff"


def test_a_secret_is_neither_printed_nor_pickled() -> None:
    secret = Secret(KEY)

    assert KEY not in f"{secret!r} {secret} {[secret]}"
    assert secret.reveal() == KEY
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(secret)
