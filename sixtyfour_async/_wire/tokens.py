"""OAuth client credentials with a private-key JWT: what is claimed, what is asked, and how long a token is used.

Source: docs.sixtyfour.ai, OAuth page (client credentials, ``private_key_jwt``, RS256, scope ``full_access``); the
claims are those of RFC 7523, section 3, and the answer that of RFC 6749, section 5.1, both assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from sixtyfour_async._wire.codec import FORM, HTTPRequest, HTTPResponse, decode_error, decode_json, form, request_id
from sixtyfour_async.errors import AuthenticationError, ConnectError, RateLimitError, ResponseError, SixtyfourError
from sixtyfour_async.models._base import json_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOKEN_PATH = "/oauth/token"  # noqa: S105 (a path, no secret)

LEAST_LIFE = 60.0
"""Seconds a token is good for when its answer does not say: the least that can be set for a client."""

OPERATION = "POST /oauth/token"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token, and until when it is good; instants of the client's clock."""

    value: str = field(repr=False)
    renew_at: float
    expires_at: float


def claims(client_id: str, audience: str, *, issued_at: float, ttl: float, jti: str) -> dict[str, str | int]:
    """Say what an assertion claims. ``issued_at`` is Unix seconds, ``jti`` a name used once."""
    issued = int(issued_at)
    return {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": issued,
        "exp": issued + int(ttl),
        "jti": jti,
    }


def token_request(url: str, *, client_id: str, assertion: str, scope: str) -> HTTPRequest:
    """Ask for a token; the assertion is the permission, so that no key is sent with it."""
    fields: Mapping[str, str] = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": scope,
    }
    body = form({name: value for name, value in fields.items() if value})
    return HTTPRequest("POST", url, {"content-type": FORM}, body, operation=OPERATION, keyless=True)


def read_token(response: HTTPResponse, now: float) -> Token:
    """Read the answer.

    Raises:
        AuthenticationError: The service refuses this client, this key or this scope, whatever the status.
        RateLimitError: It names a pace.
        ResponseError: It holds no token.
    """
    if HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        error = decode_error(response, operation=OPERATION)
        if not isinstance(error, RateLimitError):
            error = AuthenticationError(**vars(error))
        raise error
    try:
        answer = json_object(decode_json(response, operation=OPERATION)) or {}
    except ResponseError as error:
        raise ResponseError(error.message, operation=OPERATION) from None  # its body might hold a token
    value = answer.get("access_token")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value or " " in value:
        raise ResponseError(
            "no access token in the answer",
            operation=OPERATION,
            expected="access_token",
            request_id=request_id(response.headers),
        )
    life = _seconds(answer.get("expires_in"))
    return Token(value, now + max(0.8 * life, life - 60.0), now + life)


def _seconds(value: object) -> float:
    try:
        life = float(value) if isinstance(value, int | float | str) else LEAST_LIFE
    except ValueError:
        return LEAST_LIFE
    return life if 0 < life < float("inf") else LEAST_LIFE


def without_token(error: SixtyfourError) -> SixtyfourError:
    """Say what a failure to get a token means for the request that needed it: it was not sent.

    A refusal stands as it is; any other failure may pass, and nothing was done that could be paid twice.
    """
    if isinstance(error, AuthenticationError | RateLimitError):
        return error
    return ConnectError(f"no access token: {error}", operation=OPERATION, sent=False)
