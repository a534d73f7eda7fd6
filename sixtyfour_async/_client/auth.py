"""What permits a request: a key, or a token that is fetched with a signed assertion and renewed in time."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Protocol, TypeAlias

import anyio

from sixtyfour_async._client.clock import Clock
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse
from sixtyfour_async._wire.tokens import TOKEN_PATH, Token, claims, read_token, token_request, without_token
from sixtyfour_async.errors import ConfigurationError, SixtyfourError

AuthScheme: TypeAlias = Literal["x-api-key", "bearer"]
Sign: TypeAlias = Callable[[dict[str, str | int]], str]
Ask: TypeAlias = Callable[[HTTPRequest], Awaitable[HTTPResponse]]

RENEW_AGAIN = 10.0
"""Seconds after which a renewal that failed is tried again, while the old token is still good."""

logger = logging.getLogger("sixtyfour_async.auth")


@dataclass(frozen=True, slots=True)
class AuthHeaders:
    """Headers that auth one request. ``reused``: they come from a token that was fetched for an earlier one."""

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    reused: bool = False


class Credentials(Protocol):
    """Where the headers that auth a request come from."""

    async def auth(self, ask: Ask) -> AuthHeaders:
        """Give the headers for one request; *ask* sends a request for a token."""
        ...

    def refused(self, auth: AuthHeaders) -> bool:
        """Take note that the service did not accept these; say whether others may do."""
        ...


def read_key(given: str) -> str:
    """Take a key as it was given, less the blanks around it.

    Raises:
        ConfigurationError: There is none, or it cannot be one; it is not shown.
    """
    key = given.strip()
    if not key:
        raise ConfigurationError(
            "no API key: set SIXTYFOUR_API_KEY (keys are issued at app.sixtyfour.ai/keys) or pass api_key=…; "
            "against the simulator any of its keys will do"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError("the API key holds a character that cannot be part of a key")
    return key


class ApiKey:
    """A key that never changes."""

    def __init__(self, key: str, scheme: AuthScheme) -> None:
        headers = {"authorization": f"Bearer {key}"} if scheme == "bearer" else {"x-api-key": key}
        self._auth_for = AuthHeaders(headers)

    async def auth(self, ask: Ask) -> AuthHeaders:  # noqa: ARG002 (a key is not asked for)
        """Give the key's header."""
        return self._auth_for

    def refused(self, auth: AuthHeaders) -> bool:  # noqa: ARG002 (there is one key)
        """Say that no other key is at hand."""
        return False


@dataclass(frozen=True, kw_only=True)
class OAuth:
    """OAuth client credentials with a private-key JWT (RS256), instead of a key. Needs the extra ``oauth``.

    Attributes:
        client_id: The client's id, as the dashboard or ``POST /oauth/clients`` gave it.
        private_key: The RSA key as PEM text or bytes, or a path to such a file; not encrypted.
        kid: The id under which its public half was uploaded.
        scope: What to ask for.
        token_url: Where tokens are issued; by default ``/oauth/token`` of the client's base URL.
        ttl: Seconds an assertion is good for.

    Raises:
        ConfigurationError: The extra is not installed, or the key is none.

    Source: docs.sixtyfour.ai, OAuth page.
    """

    client_id: str
    private_key: str | bytes | Path = field(repr=False)
    kid: str
    scope: str = "full_access"
    token_url: str | None = None
    ttl: float = 120.0
    _sign: Sign = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_sign", _signer(self.private_key, self.kid))

    def assertion(self, audience: str) -> str:
        """Sign a new assertion."""
        return self._sign(
            claims(self.client_id, audience, issued_at=time.time(), ttl=self.ttl, jti=secrets.token_urlsafe(16))
        )


def _signer(given: str | bytes | Path, kid: str) -> Sign:
    """Read the key, and keep it where no attribute shows it."""
    try:
        import jwt  # noqa: PLC0415 (an extra)
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 (the same)
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 (the same)
    except ImportError as error:
        raise ConfigurationError("OAuth needs an extra: pip install 'sixtyfour_async[oauth]'") from error
    if isinstance(given, str) and "-----BEGIN" not in given:
        raise ConfigurationError("private_key is neither PEM text nor a pathlib.Path to a PEM file")
    try:
        content = given.read_bytes() if isinstance(given, Path) else given
    except OSError as error:
        raise ConfigurationError(f"cannot read the private key: {error.strerror}: {str(given)!r}") from error
    try:
        key = load_pem_private_key(content.encode() if isinstance(content, str) else content, password=None)
    except (ValueError, TypeError):
        raise ConfigurationError("private_key is not a PEM key without a password") from None  # nothing of it is shown
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("private_key must be an RSA key: the service takes RS256 only")
    return lambda claimed: jwt.encode(claimed, key, algorithm="RS256", headers={"kid": kid})


class Tokens:
    """Access tokens, one at a time: fetched when first needed, renewed before they end, once for all who wait."""

    def __init__(self, oauth: OAuth, base_url: str, clock: Clock) -> None:
        self._oauth = oauth
        self._url = oauth.token_url or TOKEN_PATH
        self._audience = oauth.token_url or base_url + TOKEN_PATH
        self._clock = clock
        self._token: Token | None = None
        self._line = anyio.Lock()

    async def auth(self, ask: Ask) -> AuthHeaders:
        """Give the token's header.

        Raises:
            AuthenticationError: The service refuses the client or its key.
            ConnectError: No token was to be had just now; the request that needed it was not sent.
        """
        held = self._token
        if held is None or self._clock.now() >= held.renew_at:
            token, reused = await self._renewed(ask, held)
        else:
            token, reused = held, True
        return AuthHeaders({"authorization": f"Bearer {token.value}"}, reused)

    def refused(self, auth: AuthHeaders) -> bool:
        """Drop a token that was not accepted; one that was fetched for this very request will not do better."""
        if self._token is not None and auth.headers == {"authorization": f"Bearer {self._token.value}"}:
            self._token = None
        return auth.reused

    async def _renewed(self, ask: Ask, held: Token | None) -> tuple[Token, bool]:
        async with self._line:
            if self._token is not None and self._token is not held:
                return self._token, True
            try:
                self._token = await self._fetch(ask)
            except SixtyfourError as error:
                now = self._clock.now()
                if held is None or self._token is None or now >= held.expires_at:
                    raise
                logger.warning("the token could not be renewed and is used on: %s", error)
                self._token = replace(held, renew_at=now + RENEW_AGAIN)
                return self._token, True
            return self._token, False

    async def _fetch(self, ask: Ask) -> Token:
        oauth = self._oauth
        assertion = oauth.assertion(self._audience)
        request = token_request(self._url, client_id=oauth.client_id, assertion=assertion, scope=oauth.scope)
        asked_at = self._clock.now()
        try:
            response = await ask(request)
            shown = response.body.replace(assertion.encode(), b"[the assertion]")
            return read_token(replace(response, body=shown), asked_at)
        except SixtyfourError as error:
            ours = without_token(error)
            if ours is error:
                raise
            raise ours from error
