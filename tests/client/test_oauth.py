"""OAuth client credentials with a private-key JWT: the assertion, the life of a token, and secrets that stay hidden."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import AsyncIterator, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from sixtyfour_async import (
    AsyncClient,
    AuthenticationError,
    ConfigurationError,
    ConnectError,
    FindEmail,
    JobRunner,
    OAuth,
    RateLimitError,
    ServerError,
    Upload,
)
from sixtyfour_async._wire.codec import HTTPResponse
from sixtyfour_async._wire.tokens import claims, read_token
from sixtyfour_async.operations import CheckBalance
from tests.client.network import Reply, ScriptedTransport, scripted
from tests.client.sample_operations import PostFile, StreamTokens

pytestmark = pytest.mark.anyio

PAID_OPERATION = FindEmail(lead={"name": "Ada", "company": "Acme"})


def pem(key: Any, encryption: KeySerializationEncryption | None = None) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption()).decode())


@lru_cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def oauth(**changes: Any) -> OAuth:
    settings: dict[str, Any] = {"client_id": "client_1", "private_key": pem(rsa_key()), "kid": "kid_1"}
    return OAuth(**(settings | changes))


class Service:
    """Issues tokens ``token-1``, ``token-2`` … and accepts those that are not revoked."""

    def __init__(self, expires_in: object = 3600) -> None:
        self.expires_in = expires_in
        self.forms: list[dict[str, str]] = []
        self.revoked: set[str] = set()
        self.refusal: Callable[[], Reply] | None = None
        self.refuses_from = 1
        self.posts = 0

    async def answer(self, request: httpx.Request) -> Reply:
        if request.url.path == "/oauth/token":
            return await self._issue(request)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token in self.revoked or not token.startswith("token-"):
            return httpx.Response(401, json={"detail": f"bad token {token}"})
        self.posts += request.method == "POST"
        return httpx.Response(200, json={"credits": 1, "email": []})

    async def _issue(self, request: httpx.Request) -> Reply:
        await anyio.sleep(1)
        self.forms.append({name: value for name, [value] in parse_qs(request.content.decode()).items()})
        if self.refusal is not None and len(self.forms) >= self.refuses_from:
            return self.refusal()
        answer = {"access_token": f"token-{len(self.forms)}", "token_type": "Bearer", "expires_in": self.expires_in}
        return httpx.Response(200, json={name: value for name, value in answer.items() if value is not None})


def tokens_sent(network: ScriptedTransport) -> list[str]:
    sent = [request.headers.get("authorization", "-") for request in network.seen if request.url.path != "/oauth/token"]
    return [header.removeprefix("Bearer ") for header in sent]


async def test_the_assertion_conforms_to_rfc_7523() -> None:
    service = Service()
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        await client.send(CheckBalance())

    [form] = service.forms
    assertion = form.pop("client_assertion")
    claimed = jwt.decode(assertion, rsa_key().public_key(), algorithms=["RS256"], audience="http://service/oauth/token")
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "client_1",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "full_access",
    }
    assert jwt.get_unverified_header(assertion) == {"alg": "RS256", "typ": "JWT", "kid": "kid_1"}
    assert (claimed["iss"], claimed["sub"], claimed["exp"] - claimed["iat"]) == ("client_1", "client_1", 120)
    assert len(claimed["jti"]) > 10
    assert "authorization" not in network.seen[0].headers
    assert not any("x-api-key" in request.headers for request in network.seen)
    assert client.rate_limit().used == 2


async def test_concurrent_requests_share_one_token_request() -> None:
    service = Service()
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        async with anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(client.send, CheckBalance())
        await client.with_options(retries=0).send(CheckBalance())

    assert len(service.forms) == 1
    assert tokens_sent(network) == ["token-1"] * 21


@pytest.mark.parametrize(
    ("expires_in", "renewed_at"), [(100, 80), ("200", 160), (3600, 3540), (None, 48), (-5, 48), ("soon", 48)]
)
async def test_a_token_is_renewed_before_it_expires(expires_in: object, renewed_at: float) -> None:
    """After four fifths of its lifetime or 60 s before its end, whichever is later; the default lifetime is 60 s."""
    service = Service(expires_in)
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        begun = anyio.current_time()
        await client.send(CheckBalance())
        for at in (renewed_at - 1, renewed_at + 1):
            await anyio.sleep_until(begun + at)
            await client.send(CheckBalance())

    assert tokens_sent(network) == ["token-1", "token-1", "token-2"]


async def test_a_token_is_used_until_it_expires_while_renewal_fails() -> None:
    service = Service(100)
    service.refusal, service.refuses_from = (lambda: httpx.Response(503)), 2
    async with scripted(service.answer, api_key=None, auth=oauth(), retries=0) as (client, network):
        for _ in range(3):
            await client.send(CheckBalance())
            await anyio.sleep(30)
        await client.send(CheckBalance())
        token_requests = len(service.forms)
        await anyio.sleep(20)
        with pytest.raises(ConnectError, match="no access token") as caught:
            await client.send(CheckBalance())

    assert tokens_sent(network) == ["token-1"] * 4
    assert token_requests == 2
    assert not caught.value.sent


async def test_a_rejected_token_is_renewed_once_even_for_a_paid_request() -> None:
    """A 401 proves that the request was not carried out."""
    service = Service()
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        await client.send(CheckBalance())
        service.revoked.add("token-1")
        await client.send(PAID_OPERATION)

    assert tokens_sent(network) == ["token-1", "token-1", "token-2"]
    assert service.posts == 1


async def test_a_streamed_upload_is_not_sent_again_with_a_new_token() -> None:
    """A file can be read again; a stream cannot."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b"name\nAda\n"

    service = Service()
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        await client.send(CheckBalance())
        service.revoked.add("token-1")
        with pytest.raises(AuthenticationError):
            await client.send(PostFile(file=Upload(chunks())))
        await client.send(CheckBalance())
        service.revoked.add("token-2")
        await client.send(PostFile(file=Upload(b"name\nAda\n")))

    assert tokens_sent(network) == ["token-1", "token-1", "token-2", "token-2", "token-3"]


async def test_an_event_stream_is_requested_again_with_a_new_token() -> None:
    service = Service()

    async def answer(request: httpx.Request) -> Reply:
        reply = await service.answer(request)
        streams = request.url.path == "/talk" and isinstance(reply, httpx.Response) and reply.status_code == 200
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, content=b'data: {"text": "a"}\n\n') if streams else reply

    async with scripted(answer, api_key=None, auth=oauth()) as (client, network):
        await client.send(CheckBalance())
        service.revoked.add("token-1")
        texts = [token.text async for token in client.events(StreamTokens(message="hi"))]
        service.revoked |= {"token-2", "token-3"}
        with pytest.raises(AuthenticationError, match="the key"):
            await anext(client.events(StreamTokens(message="hi")))

    assert texts == ["a"]
    assert tokens_sent(network) == ["token-1", "token-1", "token-2", "token-2", "token-3"]
    assert client.rate_limit().used == len(network.seen)


async def test_concurrent_401s_fetch_one_new_token() -> None:
    service = Service()
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        await client.send(CheckBalance())
        service.revoked.add("token-1")
        async with anyio.create_task_group() as tasks:
            for _ in range(10):
                tasks.start_soon(client.send, CheckBalance())

    assert len(service.forms) == 2
    assert tokens_sent(network)[-10:] == ["token-2"] * 10


async def test_a_401_to_a_fresh_token_raises() -> None:
    service = Service()
    service.revoked |= {"token-1", "token-2"}
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, network):
        with pytest.raises(AuthenticationError) as caught:
            await client.send(PAID_OPERATION)

    assert tokens_sent(network) == ["token-1"]
    assert "token-1" not in f"{caught.value} {vars(caught.value)}"


def reply_with(status: int, answer: object = None, **headers: str) -> Callable[[], Reply]:
    return lambda: httpx.Response(status, json=answer, headers=headers)


REFUSALS: dict[str, tuple[Callable[[], Reply], type[Exception], int]] = {
    "wrong client": (reply_with(400, {"error": "invalid_client", "error_description": "no"}), AuthenticationError, 1),
    "wrong key": (reply_with(401, {"error": "invalid_client"}), AuthenticationError, 1),
    "forbidden": (reply_with(403, {"detail": "no"}), AuthenticationError, 1),
    "too many": (reply_with(429, **{"retry-after": "2"}), RateLimitError, 3),
    "broken": (reply_with(500), ConnectError, 3),
    "no token": (reply_with(200, {"token_type": "Bearer"}), ConnectError, 3),
    "no header value": (reply_with(200, {"access_token": "a\r\nb"}), ConnectError, 3),
    "no JSON": (lambda: httpx.Response(200, content=b"token-9 is not JSON"), ConnectError, 3),
    "late": (lambda: httpx.ReadTimeout("late"), ConnectError, 3),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_request_is_not_sent_without_a_token(name: str) -> None:
    """The error says so: a paid request is safe to retry, and its outcome is known."""
    service = Service()
    service.refusal, error, attempts = REFUSALS[name]
    async with scripted(service.answer, api_key=None, auth=oauth(), retries=2) as (client, network):
        with pytest.raises(error) as caught:
            await client.send(PAID_OPERATION)

    assert (len(service.forms), tokens_sent(network)) == (attempts, [])
    assert "token-9" not in f"{caught.value!r} {vars(caught.value)} {caught.value.__cause__!r}"


async def test_a_runner_rejects_a_row_for_which_no_token_was_issued() -> None:
    service = Service()
    service.refusal = lambda: httpx.Response(500)
    async with scripted(service.answer, api_key=None, auth=oauth()) as (client, _), JobRunner(client) as runner:
        outcome = await runner.run(PAID_OPERATION)

    assert outcome.status == "rejected"
    assert isinstance(outcome.error, ConnectError)


async def test_no_message_shows_the_key_a_token_or_the_assertion(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    service = Service()
    auth = oauth()
    async with scripted(service.answer, api_key=None, auth=auth) as (client, network):
        await client.send(CheckBalance())
        service.revoked |= {"token-1", "token-2"}
        with pytest.raises(AuthenticationError) as refused:
            await client.send(CheckBalance())

    def echo(request: httpx.Request) -> httpx.Response:
        [assertion] = parse_qs(request.content.decode())["client_assertion"]
        return httpx.Response(400, json={"error": "invalid_client", "error_description": assertion})

    async with scripted(echo, api_key=None, auth=auth) as (client, echoed):
        with pytest.raises(AuthenticationError) as invalid:
            await client.send(CheckBalance())

    forms = [parse_qs(request.content.decode()) for request in (*network.seen, *echoed.seen)]
    hidden = ["token-1", "token-2", pem(rsa_key())[40:80], *[form["client_assertion"][0] for form in forms if form]]
    shown = [caplog.text, repr(auth), str(auth), repr(client)]
    shown += [f"{error.value} {error.value!r} {vars(error.value)}" for error in (refused, invalid)]
    assert [secret for secret in hidden for text in shown if secret in text] == []
    assert "[the assertion]" in str(invalid.value)


async def test_token_url_may_be_on_another_host() -> None:
    """The assertion names that host as its audience."""
    service = Service()
    auth = oauth(token_url="http://issuer/oauth/token")
    async with scripted(service.answer, api_key=None, auth=auth) as (client, network):
        await client.send(CheckBalance())

    assert [request.url.host for request in network.seen] == ["issuer", "service"]
    assert jwt.decode(service.forms[0]["client_assertion"], options={"verify_signature": False})["aud"] == (
        "http://issuer/oauth/token"
    )


async def test_a_private_key_may_be_text_bytes_or_a_path(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(pem(rsa_key()))

    heads = [oauth(private_key=key).assertion("x").split(".")[0] for key in (path, path.read_bytes())]

    assert {json.loads(base64.urlsafe_b64decode(head + "=="))["kid"] for head in heads} == {"kid_1"}


BAD_KEYS: dict[str, Callable[[], Any]] = {
    "neither PEM text": lambda: "key.pem",
    "cannot read": lambda: Path("/nowhere/key.pem"),
    "not a PEM key": lambda: "-----BEGIN PRIVATE KEY-----\nMIISECRET\n-----END PRIVATE KEY-----",
    "protected by a password": lambda: pem(rsa_key(), BestAvailableEncryption(b"pass")),
    "RSA": lambda: pem(ec.generate_private_key(ec.SECP256R1())),
}


@pytest.mark.parametrize("message", BAD_KEYS)
def test_an_unusable_private_key_is_rejected_at_once_and_not_shown(message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        oauth(private_key=BAD_KEYS[message]())

    assert "MII" not in f"{caught.value} {caught.value.__cause__} {vars(caught.value)}"


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    key = pem(rsa_key())
    monkeypatch.setitem(sys.modules, "jwt", None)

    with pytest.raises(ConfigurationError, match=r"sixtyfour_async\[oauth\]"):
        oauth(private_key=key)


def test_an_api_key_and_oauth_exclude_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXTYFOUR_API_KEY", "sk_of_the_environment")

    with pytest.raises(ConfigurationError, match="not both"):
        AsyncClient("sk_1", auth=oauth())
    AsyncClient(auth=oauth())


def test_claims_have_whole_seconds() -> None:
    assert claims("c", "a", issued_at=1000.9, ttl=60.0, jti="j") == {
        "iss": "c",
        "sub": "c",
        "aud": "a",
        "iat": 1000,
        "exp": 1060,
        "jti": "j",
    }


def test_a_server_error_of_the_issuer_raises_a_server_error() -> None:
    from datetime import UTC, datetime  # noqa: PLC0415 (one test)

    with pytest.raises(ServerError):
        read_token(HTTPResponse(500, {}, b"", datetime.now(UTC)), 0.0)
