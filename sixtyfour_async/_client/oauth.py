"""OAuth: access tokens, fetched with a signed assertion and renewed before they expire."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import anyio

from sixtyfour_async._client.auth import AuthHeaders, FetchToken, bearer
from sixtyfour_async._client.clock import Clock
from sixtyfour_async._client.secret import Secret, redact_bytes
from sixtyfour_async._wire.tokens import TOKEN_PATH, Token, claims, map_token_error, read_token, token_request
from sixtyfour_async.errors import ConfigurationError, SixtyfourError

Sign: TypeAlias = Callable[[dict[str, str | int]], str]
"""Signs the claims of an assertion and returns the JWT."""

RENEWAL_RETRY_SECONDS = 10.0
"""Seconds after a failed renewal until the next try, while the old token is still valid."""

logger = logging.getLogger("sixtyfour_async.auth")


@dataclass(frozen=True, init=False)
class OAuth:
    """OAuth client credentials with a private-key JWT (RS256), instead of an API key. Needs the extra ``oauth``.

    Access tokens are fetched when first needed and renewed in time; all requests of a client share one token.

        AsyncClient(auth=OAuth(client_id="…", private_key=Path("key.pem"), kid="…"))

    Attributes:
        client_id: The client's id, as issued by the dashboard or ``POST /oauth/clients``.
        private_key: The RSA private key as PEM text or bytes, or a `pathlib.Path` to a PEM file; without a password.
        kid: The key id under which the public half was uploaded.
        scope: The scope to request.
        token_url: The absolute URL that issues tokens; None for ``/oauth/token`` below the client's base URL.
        ttl: Seconds for which an assertion is valid.

    Raises:
        ConfigurationError: The extra is not installed, or the private key cannot be read or is of another kind.

    Source: docs.sixtyfour.ai, OAuth page.
    """

    client_id: str
    private_key: str | bytes | Path = field(repr=False)
    kid: str
    scope: str
    token_url: str | None
    ttl: float
    _sign: Sign = field(repr=False, compare=False)

    def __init__(
        self,
        *,
        client_id: str,
        private_key: str | bytes | Path,
        kid: str,
        scope: str = "full_access",
        token_url: str | None = None,
        ttl: float = 120.0,
    ) -> None:
        vars(self).update(
            client_id=client_id, private_key=private_key, kid=kid, scope=scope, token_url=token_url, ttl=ttl
        )
        del private_key  # no frame holds it when its loading fails
        vars(self)["_sign"] = _signer(self)

    def assertion(self, audience: str) -> str:
        """Return a new signed assertion for an audience, the URL that issues tokens."""
        return self._sign(
            claims(self.client_id, audience, issued_at=time.time(), ttl=self.ttl, jti=secrets.token_urlsafe(16))
        )

    def tokens(self, base_url: str, clock: Clock) -> Tokens:
        """Return the tokens of a client; it has one of them at a time."""
        return Tokens(self, base_url, clock)


def _signer(oauth: OAuth) -> Sign:
    """Load the private key into a closure, where neither a repr nor a debugger's attribute view shows it."""
    try:
        import jwt  # noqa: PLC0415 (an extra)
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415 (the same)
        from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415 (the same)
    except ImportError as error:
        raise ConfigurationError("OAuth needs an extra: pip install 'sixtyfour_async[oauth]'") from error
    pem = _pem(oauth)
    try:
        key = load_pem_private_key(pem.reveal().encode("latin-1"), password=None)
    except (ValueError, TypeError):
        key = None  # without the cause: its message may quote the key
    if key is None:
        raise ConfigurationError("private_key is not a PEM key, or is protected by a password")
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError("private_key must be an RSA key: the service accepts RS256 only")
    kid = oauth.kid
    return lambda payload: jwt.encode(payload, key, algorithm="RS256", headers={"kid": kid})


def _pem(oauth: OAuth) -> Secret:
    """Return the content of the private key; PEM is ASCII, and other bytes stand for themselves."""
    if isinstance(oauth.private_key, str) and "-----BEGIN" not in oauth.private_key:
        raise ConfigurationError("private_key is neither PEM text nor a pathlib.Path to a PEM file")
    if isinstance(oauth.private_key, str):
        return Secret(oauth.private_key.encode().decode("latin-1"))
    try:
        if isinstance(oauth.private_key, Path):
            return Secret(oauth.private_key.read_bytes().decode("latin-1"))
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the private key: {error.strerror}: {str(oauth.private_key)!r}"
        ) from error
    return Secret(oauth.private_key.decode("latin-1"))


class Tokens:
    """OAuth access tokens: one at a time, fetched when first needed, renewed before it expires.

    Renewal is single flight. When a token runs out under hundreds of concurrent requests, all of them arrive at the
    lock with the same stale token; the first one fetches, and the others find, once they hold the lock, that the token
    is no longer the one they came with. Without that comparison each would fetch a token of its own, and each fetch
    costs a request of the budget.
    """

    def __init__(self, oauth: OAuth, base_url: str, clock: Clock) -> None:
        self._oauth = oauth
        self._url = oauth.token_url or TOKEN_PATH
        self._audience = oauth.token_url or base_url + TOKEN_PATH
        self._clock = clock
        self._token: Token | None = None
        self._renewal = anyio.Lock()
        clock.home.on_move(self._move)

    def _move(self) -> None:
        """Leave the lock of the old event loop behind; the token stays valid."""
        self._renewal = anyio.Lock()

    async def auth(self, fetch_token: FetchToken) -> AuthHeaders:
        """Return the token's header, fetching or renewing the token first when it is due.

        Raises:
            AuthenticationError: The service refuses the OAuth client, its key or its scope.
            RateLimitError: The token request was throttled.
            ConnectError: The token request failed in another way. The request that needed the token was not sent.
        """
        current = self._token
        if current is None or self._clock.now() >= current.renew_at:
            token, reused = await self._renew(fetch_token, current)
        else:
            token, reused = current, True
        return AuthHeaders({"authorization": bearer(Secret(token.value))}, reused)

    def invalidate(self, auth: AuthHeaders) -> bool:
        """Drop a refused token; return whether a new one is worth a try, which it is not if the refused one was new.

        Only the current token is dropped: a late 401 to an old one must not throw away its successor.
        """
        if self._token is not None and auth.headers == {"authorization": bearer(Secret(self._token.value))}:
            self._token = None
        return auth.reused

    async def _renew(self, fetch_token: FetchToken, stale: Token | None) -> tuple[Token, bool]:
        """Replace the stale token; return the new one, and whether another request fetched it."""
        async with self._renewal:
            if self._token is not None and self._token is not stale:
                return self._token, True  # renewed while this request waited for the lock
            try:
                self._token = await self._fetch(fetch_token)
            except SixtyfourError as error:
                now = self._clock.now()
                # `_token` is None when a 401 has invalidated it: then there is nothing to fall back on.
                if stale is None or self._token is None or now >= stale.expires_at:
                    raise
                logger.warning("could not renew the access token, using the current one until it expires: %s", error)
                self._token = replace(stale, renew_at=now + RENEWAL_RETRY_SECONDS)
                return self._token, True
            return self._token, False

    async def _fetch(self, fetch_token: FetchToken) -> Token:
        oauth = self._oauth
        assertion = Secret(oauth.assertion(self._audience), "[the assertion]")
        request = token_request(self._url, client_id=oauth.client_id, assertion=assertion.reveal(), scope=oauth.scope)
        requested_at = self._clock.now()  # before the request: a lifetime counted from here is never too long
        try:
            response = await fetch_token(request)
            return read_token(replace(response, body=redact_bytes([assertion], response.body)), requested_at)
        except SixtyfourError as error:
            mapped = map_token_error(error)
            if mapped is error:
                raise
            raise mapped from error
