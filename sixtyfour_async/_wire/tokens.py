"""OAuth client credentials with a private-key JWT: assertion claims, token request, token response.

Source: docs.sixtyfour.ai, OAuth page (client credentials, ``private_key_jwt``, RS256, scope ``full_access``). It shows
neither claims nor response. Assumed: the claims of RFC 7523, section 3, and the response of RFC 6749, section 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from sixtyfour_async._wire.codec import FORM, HTTPRequest, HTTPResponse, decode_error, decode_json, form, request_id
from sixtyfour_async.errors import AuthenticationError, ConnectError, RateLimitError, ResponseError, SixtyfourError
from sixtyfour_async.models._base import json_object

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""Source: RFC 7523, section 2.2."""

TOKEN_PATH = "/oauth/token"  # noqa: S105 (a path, no secret)

MIN_LIFETIME_SECONDS = 60.0
"""Assumed lifetime of a token whose response does not name one: the shortest that can be set for an OAuth client.

Source: the OpenAPI specification, ``access_token_ttl_seconds``: 60 to 86400.
"""

RENEW_AFTER = 0.8
"""The fraction of a short lifetime after which a token is renewed."""

RENEW_BEFORE_SECONDS = 60.0
"""Seconds before its end at which a long-lived token is renewed."""

OPERATION = "POST /oauth/token"


@dataclass(frozen=True, slots=True)
class Token:
    """An access token.

    Attributes:
        value: What follows ``Bearer``.
        renew_at: The instant from which it should be renewed; on the client's clock.
        expires_at: The instant from which it is invalid.
    """

    value: str = field(repr=False)
    renew_at: float
    expires_at: float


def claims(client_id: str, audience: str, *, issued_at: float, ttl: float, jti: str) -> dict[str, str | int]:
    """Return the claims of an assertion.

    Args:
        client_id: The OAuth client, both issuer and subject.
        audience: The URL that issues tokens.
        issued_at: Unix seconds.
        ttl: Seconds until the assertion expires.
        jti: A unique id, against replay.

    Source: RFC 7523, section 3.
    """
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
    """Encode a token request. The assertion authenticates it, so it is sent without other credentials.

    Source: RFC 6749, section 4.4.2; RFC 7523, section 2.2.
    """
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
    """Parse a token response received for a request that was sent at the instant *now*.

    Raises:
        AuthenticationError: Any 4xx but 429: the service refuses this client, key or scope (RFC 6749, section 5.2, has
            400 for most of that).
        RateLimitError: A 429.
        ResponseError: Any other response without a usable token.
    """
    if HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        error = decode_error(response, operation=OPERATION)
        if not isinstance(error, RateLimitError):
            error = AuthenticationError(**vars(error))
        raise error
    try:
        answer = json_object(decode_json(response, operation=OPERATION)) or {}
    except ResponseError as error:
        raise ResponseError(
            error.message, operation=OPERATION
        ) from None  # without the cause, whose body may contain a token
    value = answer.get("access_token")
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or not value or " " in value:
        raise ResponseError(
            "the token response contains no access token",
            operation=OPERATION,
            expected="access_token",
            request_id=request_id(response.headers),
        )
    lifetime = _lifetime(answer.get("expires_in"))
    # Whichever is later: 12 s before the end of a 60 s token, 60 s before the end of one that lives for hours.
    return Token(value, now + max(RENEW_AFTER * lifetime, lifetime - RENEW_BEFORE_SECONDS), now + lifetime)


def _lifetime(value: object) -> float:
    try:
        seconds = float(value) if isinstance(value, int | float | str) else MIN_LIFETIME_SECONDS
    except ValueError:
        return MIN_LIFETIME_SECONDS
    return seconds if 0 < seconds < float("inf") else MIN_LIFETIME_SECONDS


def map_token_error(error: SixtyfourError) -> SixtyfourError:
    """Map a failed token request to an error of the request that needed the token, which was not sent.

    A refusal or a 429 stays as it is. Anything else may pass, and since the request itself did not leave, it becomes
    "not delivered" (`ConnectError`, ``sent=False``): even a paid POST may then be repeated.
    """
    if isinstance(error, AuthenticationError | RateLimitError):
        return error
    return ConnectError(f"no access token: {error}", operation=OPERATION, sent=False)
