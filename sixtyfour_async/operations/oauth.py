"""Operations for OAuth: the discovery document, access tokens, and an organization's clients and keys.

Source of all: docs.sixtyfour.ai, guides/oauth-clients, and the vendor's older specification.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import OAuthClient, OAuthKey, OAuthMetadata, OAuthToken, Rows
from sixtyfour_async.operations._base import Operation, Request

Name = Annotated[str, Field(min_length=1, max_length=255)]
"""1 to 255 characters."""

AssertionType = Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
ASSERTION_TYPE: AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The constant of RFC 7523. Assumed: the vendor names the parameter, not its value."""


class GetOAuthMetadata(
    Request,
    Operation[OAuthMetadata],
    name="oauth-metadata",
    http="GET /.well-known/oauth-authorization-server",
    keyless=True,
    standing="documented",
):
    """Return the OAuth discovery document; sent without a credential.

    Source: docs.sixtyfour.ai, guides/oauth-clients.
    """


class CreateToken(
    Request,
    Operation[OAuthToken],
    name="oauth-token",
    http="POST /oauth/token",
    body="form",
    retry_safe="always",  # an extra token costs nothing
    keyless=True,
    standing="documented",
):
    """Exchange a signed client assertion for an access token; sent without a credential.

    `AsyncClient` does this by itself when it is given OAuth credentials.
    Source: docs.sixtyfour.ai, guides/oauth-clients.
    """

    client_id: str
    """Id of the OAuth client."""
    client_assertion: str = Field(repr=False)
    """A short-lived JWT signed with RS256, with the ``kid`` of the client's key in its header."""
    grant_type: Literal["client_credentials"] = "client_credentials"
    """Always ``client_credentials``, the only grant the service supports."""
    client_assertion_type: AssertionType = ASSERTION_TYPE
    """Always the JWT bearer constant of RFC 7523."""
    scope: str | None = None
    """Scope of the token; the only known one is ``full_access``."""

    @model_validator(mode="before")
    @classmethod
    def _with_constants(cls, fields: Any) -> Any:
        """Set both constants explicitly, because payloads leave out fields that are only defaulted."""
        return {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **fields}


class CreateOAuthClient(
    Request, Operation[OAuthClient], name="oauth-client-create", http="POST /oauth/clients", standing="documented"
):
    """Register an OAuth client, either with a JWKS URL or for keys uploaded later; the choice is permanent.

    Administrators only. Source: docs.sixtyfour.ai, guides/oauth-clients.
    """

    name: Name
    """Name of the client, 1 to 255 characters."""
    jwks_uri: str | None = None
    """URL of the client's key set; leave it out to upload keys with `AddOAuthKey` instead."""


class ListOAuthClients(
    Request, Operation[Rows[OAuthClient]], name="oauth-clients", http="GET /oauth/clients", standing="documented"
):
    """List the organization's OAuth clients. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """


class GetOAuthClient(
    Request, Operation[OAuthClient], name="oauth-client", http="GET /oauth/clients/{client_id}", standing="documented"
):
    """Return one OAuth client with its keys. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""


class UpdateOAuthClient(
    Request,
    Operation[OAuthClient],
    name="oauth-client-update",
    http="PATCH /oauth/clients/{client_id}",
    retry_safe="always",  # absolute values
    standing="documented",
):
    """Change the given fields of an OAuth client and leave the others. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""
    name: Name | None = None
    """New name, 1 to 255 characters."""
    status: Literal["active", "disabled"] | None = None
    """New status; a disabled client should get no tokens."""
    access_token_ttl_seconds: Annotated[int, Field(ge=60, le=86_400)] | None = None
    """Lifetime of new access tokens in seconds, 60 to 86,400."""


class DeleteOAuthClient(
    Request,
    Operation[JsonValue],
    name="oauth-client-delete",
    http="DELETE /oauth/clients/{client_id}",
    retry_safe="always",  # deleting twice changes nothing
    standing="documented",
):
    """Delete an OAuth client. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""


class AddOAuthKey(
    Request,
    Operation[OAuthKey],
    name="oauth-key-add",
    http="POST /oauth/clients/{client_id}/keys",
    standing="documented",
):
    """Add a public key to an OAuth client that was registered without a JWKS URL. Administrators only.

    Source: docs.sixtyfour.ai, guides/oauth-clients.
    """

    client_id: str
    """Id of the OAuth client."""
    public_key_pem: Annotated[str, Field(min_length=1)]
    """The public key as PEM text."""
    kid: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Key id to use in assertion headers, 1 to 255 characters; undocumented when not sent."""
    algorithm: Literal["RS256"] | None = None
    """Signing algorithm; ``RS256`` is the only one and the service's default."""


class ListOAuthKeys(
    Request,
    Operation[Rows[OAuthKey]],
    name="oauth-keys",
    http="GET /oauth/clients/{client_id}/keys",
    standing="documented",
):
    """List the public keys of an OAuth client. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""


class RevokeOAuthKey(
    Request,
    Operation[JsonValue],
    name="oauth-key-revoke",
    http="DELETE /oauth/clients/{client_id}/keys/{kid}",
    retry_safe="always",  # revoking twice changes nothing
    standing="documented",
):
    """Revoke a public key of an OAuth client. Administrators only.

    Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""
    kid: str
    """Id of the key."""


class ValidateJWKS(
    Request,
    Operation[JsonValue],
    name="oauth-validate-jwks",
    http="POST /oauth/clients/{client_id}/validate-jwks",
    retry_safe="always",  # a check that stores only its own outcome
    standing="documented",
):
    """Have the service fetch an OAuth client's JWKS URL and report whether it is usable. Administrators only.

    The answer is JSON of unpublished shape. Source: the vendor's older specification, oauth/clients.
    """

    client_id: str
    """Id of the OAuth client."""
