"""Credentials: an API key; `oauth` has the other kind."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeAlias

from sixtyfour_async._client.secret import Secret
from sixtyfour_async._wire.codec import HTTPRequest, HTTPResponse
from sixtyfour_async.errors import ConfigurationError

AuthScheme: TypeAlias = Literal["x-api-key", "bearer"]
FetchToken: TypeAlias = Callable[[HTTPRequest], Awaitable[HTTPResponse]]
"""Sends a token request, which spends the budget like any other."""


@dataclass(frozen=True, slots=True)
class AuthHeaders:
    """The headers that authorize one request.

    Attributes:
        headers: ``x-api-key`` or ``authorization``.
        reused: Do they come from a token that was fetched for an earlier request?
    """

    headers: Mapping[str, Secret] = field(default_factory=dict[str, Secret], repr=False)
    reused: bool = False


class Credentials(Protocol):
    """A source of auth headers."""

    async def auth(self, fetch_token: FetchToken) -> AuthHeaders:
        """Return the headers for one request, fetching a token first if that is necessary."""
        ...

    def invalidate(self, auth: AuthHeaders) -> bool:
        """Discard headers that the service refused, and return whether fresh ones may be accepted."""
        ...


def read_key(given: Secret) -> Secret:
    """Strip the white space around a key, and check that it can stand in a header.

    Raises:
        ConfigurationError: There is no key, or it is malformed. The message does not show it.
    """
    key = Secret(given.reveal().strip())
    if not key.reveal():
        raise ConfigurationError(
            "no API key: set SIXTYFOUR_API_KEY (keys are issued at app.sixtyfour.ai/keys) or pass api_key=…; "
            "the simulator accepts any of its own keys"
        )
    if not key.reveal().isascii() or not key.reveal().isprintable() or " " in key.reveal():
        raise ConfigurationError(
            "the API key contains a space or a character outside printable ASCII: copy only the key itself"
        )
    return key


def bearer(token: Secret) -> Secret:
    """Return a token as the value of ``Authorization``."""
    return Secret(f"Bearer {token.reveal()}")


class ApiKey:
    """An API key, sent as ``x-api-key`` or as a bearer token."""

    def __init__(self, key: Secret, scheme: AuthScheme) -> None:
        self._auth_for = AuthHeaders({"authorization": bearer(key)} if scheme == "bearer" else {"x-api-key": key})

    async def auth(self, fetch_token: FetchToken) -> AuthHeaders:  # noqa: ARG002 (a key is not fetched)
        """Return the key's header."""
        return self._auth_for

    def invalidate(self, auth: AuthHeaders) -> bool:  # noqa: ARG002 (there is one key)
        """Return False: there is no other key to try."""
        return False
