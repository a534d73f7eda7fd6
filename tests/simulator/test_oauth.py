"""OAuth clients, their keys and tokens, and the signing secret of webhooks."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator.base import jwt_assertions
from sixtyfour_async.simulator.routes.oauth import ASSERTION_TYPE
from sixtyfour_async.simulator.serving.simulator import FAKE_CLOCK_START_SECONDS
from tests.simulator.conftest import Harness, Start

pytestmark = pytest.mark.anyio
PEM = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQClIjqu2842ZnnTOxklrYhIjXQi
e7bUDRVgit6nG/1H3Rw0Fct+Q3ooiQsvXbzcQpyQgEDwRUkD+KeOdOKRsxrbyp5W
JFzMapjqYjqWLiDCUh/CHUZp+y8LWM4x7p37A55+Xf0sKwn1Y40ETe9l2KZvDeE/
iBaWEGD8RdA7R8z6iwIDAQAB
-----END PUBLIC KEY-----
"""
SAME_KEY = """-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBAKUiOq7bzjZmedM7GSWtiEiNdCJ7ttQNFWCK3qcb/UfdHDQVy35DeiiJ
Cy9dvNxCnJCAQPBFSQP4p4504pGzGtvKnlYkXMxqmOpiOpYuIMJSH8IdRmn7LwtY
zjHunfsDnn5d/SwrCfVjjQRN72XYpm8N4T+IFpYQYPxF0DtHzPqLAgMBAAE=
-----END RSA PUBLIC KEY-----
"""
PRIVATE = int(
    "8c75f616800f0284de010756d78ea8ca95cf7ff95d4537afc443bb29c78c04519648d37518fc4a6f2a4aa24a88778e0d60784744589ac7ce"
    "fcaf16cb158594449c44039797564695e4f22937bed68618fbb13efe7d1b1494f51821b5be2e1f82d0ca990d7bec082ba4aab0bcf94dc5f2"
    "55cb43e9ff36be6631b0b551abddd079",
    16,
)
"""Test key, generated with openssl for this file only."""
SIGNED_BY_OPENSSL = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJ4IiwiZXhwIjoxfQ.YkjLE27uz20q6s0tkzKEcQSaMf7YvwHj7XKxGXZxd7VZtJoI"
    "2cejYCfIzBwTAFXLkBPN1d8nqxMinRxXdsazkwzN82ZDk4JixLrQThKyrdNmL1xt1-fgj7elkraaVvhj_-U3USXTkFqW44DsXLodKIUOo9wEXbF5"
    "pvKPbXzgVeQ"
)
TOKEN_URL = "http://sim/oauth/token"


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def jwt(client_id: str, *, header: dict[str, Any] | None = None, **claims: Any) -> str:
    head = {"alg": "RS256", "kid": "k", **(header or {})}
    plain = {
        "iss": client_id,
        "sub": client_id,
        "aud": TOKEN_URL,
        "exp": FAKE_CLOCK_START_SECONDS + 300,
        "jti": "1",
        **claims,
    }
    signed = ".".join(encoded(json.dumps(part).encode()) for part in (head, plain))
    info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(signed.encode()).digest()
    padded = b"\x00\x01" + b"\xff" * (128 - len(info) - 3) + b"\x00" + info
    modulus, _ = jwt_assertions.parse_public_key(PEM) or (0, 0)
    signature = pow(int.from_bytes(padded, "big"), PRIVATE, modulus).to_bytes(128, "big")
    return f"{signed}.{encoded(signature)}"


async def client_of(harness: Harness, **more: str) -> Any:
    client = (await harness.post("/oauth/clients", {"name": "Nightly", **more})).json()
    if not more:
        key = await harness.post(f"/oauth/clients/{client['id']}/keys", {"public_key_pem": PEM, "kid": "k"})
        assert key.status_code == 200, key.text
    return client


async def ask(harness: Harness, client: str, assertion: str, **more: str) -> httpx.Response:
    form = {"grant_type": "client_credentials", "client_id": client, "client_assertion_type": ASSERTION_TYPE}
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app), base_url="http://sim")
    return await bare.post("/oauth/token", data={**form, "client_assertion": assertion, **more})


async def balance(harness: Harness, token: str) -> int:
    bare = httpx.AsyncClient(transport=httpx.ASGITransport(harness.simulator.app), base_url="http://sim")
    return (await bare.get("/check-balance", headers={"authorization": f"Bearer {token}"})).status_code


async def test_access_token_is_accepted_until_it_expires(start: Start) -> None:
    harness = start()
    client = await client_of(harness)
    changed = await harness.client.patch(f"/oauth/clients/{client['id']}", json={"access_token_ttl_seconds": 60})
    assert changed.json()["access_token_ttl_seconds"] == 60

    issued = (await ask(harness, client["client_id"], jwt(client["client_id"]), scope="full_access")).json()

    assert (issued["token_type"], issued["expires_in"], issued["scope"]) == ("Bearer", 60, "full_access")
    assert await balance(harness, issued["access_token"]) == 200
    assert harness.simulator.books.requests[-1].key == f"client-{client['id']}"
    harness.clock.seconds = 59.9
    assert await balance(harness, issued["access_token"]) == 200
    harness.clock.seconds = 60
    assert await balance(harness, issued["access_token"]) == 401
    assert await balance(harness, "made up") == 401
    assert (await harness.get(f"/oauth/clients/{client['client_id']}")).json()["last_used_at"] == "2026-06-10T00:00:00Z"


async def test_access_token_is_not_an_api_key(start: Start) -> None:
    harness = start()
    client = await client_of(harness)
    token = (await ask(harness, client["client_id"], jwt(client["client_id"]))).json()["access_token"]
    assert (await harness.client.get("/check-balance", headers={"x-api-key": token})).status_code == 401


async def test_disabling_a_client_revokes_its_tokens(start: Start) -> None:
    harness = start()
    client = await client_of(harness)
    path = f"/oauth/clients/{client['id']}"
    token = (await ask(harness, client["client_id"], jwt(client["client_id"]))).json()["access_token"]

    await harness.client.patch(path, json={"status": "disabled"})
    assert await balance(harness, token) == 401
    assert (await ask(harness, client["client_id"], jwt(client["client_id"], jti="2"))).status_code == 401
    await harness.client.patch(path, json={"status": "active"})
    assert await balance(harness, token) == 401
    assert (await ask(harness, client["client_id"], jwt(client["client_id"], jti="3"))).status_code == 200
    await harness.client.delete(path)
    assert (await ask(harness, client["client_id"], jwt(client["client_id"], jti="4"))).status_code == 401
    assert (await harness.get("/oauth/clients")).json() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"iss": "somebody"}, "iss and sub"),
        ({"sub": "somebody"}, "iss and sub"),
        ({"aud": "http://elsewhere/oauth/token"}, "aud"),
        ({"exp": FAKE_CLOCK_START_SECONDS}, "has expired"),
        ({"exp": "tomorrow"}, "has expired"),
        ({"jti": None}, "jti"),
        ({"header": {"alg": "none"}}, "RS256"),
        ({"header": {"kid": "other"}}, "not signed with a key"),
    ],
)
async def test_invalid_assertions_are_rejected(start: Start, changes: dict[str, Any], reason: str) -> None:
    harness = start()
    client = await client_of(harness)

    answer = await ask(harness, client["client_id"], jwt(client["client_id"], **changes))

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert reason in answer.json()["error_description"]


async def test_forged_reused_and_revoked_assertions_are_rejected(start: Start) -> None:
    harness = start()
    client = await client_of(harness)
    good = jwt(client["client_id"], aud=[TOKEN_URL])
    head, claims, signature = good.split(".")
    forged = [
        f"{head}.{claims}.{signature[:-4]}AAAA",
        f"{head}.{claims}.AAAA",
        "no.jwt",
        "a.b.c",
        f"W10.W10.{signature}",
    ]

    assert [(await ask(harness, client["client_id"], item)).status_code for item in forged] == [401] * 5
    assert (await ask(harness, client["client_id"], good)).status_code == 200
    assert "used before" in (await ask(harness, client["client_id"], good)).json()["error_description"]
    revoked = await harness.client.delete(f"/oauth/clients/{client['id']}/keys/k")
    assert revoked.json()["revoked_at"] == "2026-06-10T00:00:00Z"
    assert (await ask(harness, client["client_id"], jwt(client["client_id"], jti="2"))).status_code == 401


@pytest.mark.parametrize(
    ("more", "status", "error"),
    [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_assertion_type": "jwt"}, 400, "invalid_request"),
        ({"scope": "read"}, 400, "invalid_scope"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
    ],
)
async def test_invalid_token_requests_are_rejected(start: Start, more: dict[str, str], status: int, error: str) -> None:
    harness = start()
    client = await client_of(harness)
    answer = await ask(harness, client["client_id"], jwt(client["client_id"]), **more)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_token_request_is_a_form(start: Start) -> None:
    answer = await start().post("/oauth/token", {"grant_type": "client_credentials"})
    fields = ("grant_type", "client_id", "client_assertion_type", "client_assertion")
    assert [item["loc"] for item in answer.json()["detail"]] == [["body", name] for name in fields]


async def test_keys_of_a_client(start: Start) -> None:
    harness = start()
    client = await client_of(harness)
    path = f"/oauth/clients/{client['id']}/keys"

    assert (await harness.post(path, {"public_key_pem": PEM, "kid": "k"})).status_code == 409
    assert (await harness.post(path, {"public_key_pem": "nonsense"})).status_code == 422
    second = (await harness.post(path, {"public_key_pem": SAME_KEY})).json()
    assert [key["kid"] for key in (await harness.get(path)).json()] == ["k", second["kid"]]
    assert all("pem" not in key for key in (await harness.get(path)).json())
    assert (await harness.client.delete(f"{path}/nope")).status_code == 404
    assert (await harness.get("/oauth/clients/nope")).status_code == 404


async def test_client_with_a_jwks_url_is_not_verified(start: Start) -> None:
    harness = start()
    client = await client_of(harness, jwks_uri="https://keys.example/jwks.json")
    path = f"/oauth/clients/{client['id']}"

    assert (await harness.post(f"{path}/keys", {"public_key_pem": PEM})).status_code == 400
    assert (await harness.post(f"{path}/validate-jwks")).json()["valid"] is True
    assert (await ask(harness, client["client_id"], jwt(client["client_id"], header={"kid": "any"}))).status_code == 200
    uploaded = await client_of(harness)
    assert (await harness.post(f"/oauth/clients/{uploaded['id']}/validate-jwks")).status_code == 400


async def test_discovery_returns_the_token_endpoint(start: Start) -> None:
    shown = (await start(key=None).get("/.well-known/oauth-authorization-server")).json()
    assert (shown["token_endpoint"], shown["grant_types_supported"]) == (TOKEN_URL, ["client_credentials"])


def test_signatures_match_openssl() -> None:
    assertion = jwt_assertions.parse(SIGNED_BY_OPENSSL)
    key = jwt_assertions.parse_public_key(PEM)

    assert assertion is not None
    assert key is not None
    assert key == jwt_assertions.parse_public_key(SAME_KEY)
    assert jwt_assertions.verify_signature(assertion, key)
    assert not jwt_assertions.verify_signature(assertion, (key[0], 3))


@pytest.mark.parametrize("body", ["AAAA", "!", "MAA=", "MAQwAgUA", "MAUwAwIBAQ=="])
def test_malformed_keys_are_rejected(body: str) -> None:
    assert jwt_assertions.parse_public_key(f"-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----") is None


async def test_signing_secret_lifecycle(start: Start) -> None:
    harness = start()
    path = "/webhooks/signing-secret"
    assert (await harness.get(path)).json() is None
    created = await harness.post(path)
    first = created.json()
    assert created.status_code == 201
    assert first["plaintext"].startswith("sk_whsec_")
    assert len(first["plaintext"]) == len("sk_whsec_") + 64
    assert first["meta"]["preview"] == f"sk_whsec_••••{first['plaintext'][-4:]}"

    second = (await harness.post(f"{path}/roll", {"expire_overlap_hours": 2})).json()
    assert (await harness.get(path)).json() == second["meta"]
    third = (await harness.post(f"{path}/roll", {"expire_overlap_hours": 0})).json()
    assert second["plaintext"] != third["plaintext"]
    assert (await harness.post(f"{path}/roll", {"expire_overlap_hours": 73})).status_code == 422
    assert (await harness.post(f"{path}/roll")).json()["meta"]["revoked_at"] is None
    gone = await harness.client.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert (await harness.get(path)).json() is None


async def test_both_secrets_are_active_during_a_rotation(start: Start) -> None:
    from sixtyfour_async.simulator.routes.signing_secrets import active  # noqa: PLC0415 -- beside its only use

    harness = start()

    def signing(hours: float) -> list[str]:
        now = harness.simulator.clock.now() + hours * 3600
        return [secret["plaintext"] for secret in active(harness.simulator.service, now)]

    old = (await harness.post("/webhooks/signing-secret")).json()["plaintext"]
    new = (await harness.post("/webhooks/signing-secret/roll")).json()["plaintext"]
    assert (signing(0), signing(23.9), signing(24)) == ([new, old], [new, old], [new])
