"""Questions about OAuth: the discovery document, tokens, and the clients and keys of an organization.

Source of all: docs.sixtyfour.ai, guides/oauth-clients, and the vendor's specification.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models import OAuthClient, OAuthKey, OAuthMetadata, OAuthToken, Rows
from sixtyfour_async.operations._base import Operation, Request

Name = Annotated[str, Field(min_length=1, max_length=255)]
AssertionType = Literal["urn:ietf:params:oauth:client-assertion-type:jwt-bearer"]
ASSERTION_TYPE: AssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""Assumed from RFC 7523."""


class GetOAuthMetadata(
    Request,
    Operation[OAuthMetadata],
    name="oauth-metadata",
    http="GET /.well-known/oauth-authorization-server",
    keyless=True,
    standing="documented",
):
    """Read the discovery document; asked without a key."""


class CreateToken(
    Request,
    Operation[OAuthToken],
    name="oauth-token",
    http="POST /oauth/token",
    body="form",
    retry_safe="always",  # a token more costs nothing
    keyless=True,
    standing="documented",
):
    """Exchange a signed assertion for an access token; asked without a key. `AsyncClient` does it by itself."""

    client_id: str
    client_assertion: str = Field(repr=False)
    """A short-lived JWT, signed RS256, with the key's ``kid`` in its header."""
    grant_type: Literal["client_credentials"] = "client_credentials"
    client_assertion_type: AssertionType = ASSERTION_TYPE
    scope: str | None = None
    """The only known one is ``full_access``."""

    @model_validator(mode="before")
    @classmethod
    def _with_constants(cls, fields: Any) -> Any:
        """Send both words of the protocol although nobody sets them."""
        return {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE, **fields}


class CreateOAuthClient(
    Request, Operation[OAuthClient], name="oauth-client-create", http="POST /oauth/clients", standing="documented"
):
    """Register a client, with a JWKS URL or with keys to be uploaded: that choice is for good. Administrators only."""

    name: Name
    jwks_uri: str | None = None


class ListOAuthClients(
    Request, Operation[Rows[OAuthClient]], name="oauth-clients", http="GET /oauth/clients", standing="documented"
):
    """List clients."""


class GetOAuthClient(
    Request, Operation[OAuthClient], name="oauth-client", http="GET /oauth/clients/{client_id}", standing="documented"
):
    """Read one client with its keys."""

    client_id: str


class UpdateOAuthClient(
    Request,
    Operation[OAuthClient],
    name="oauth-client-update",
    http="PATCH /oauth/clients/{client_id}",
    retry_safe="always",  # absolute values
    standing="documented",
):
    """Change what is given of a client."""

    client_id: str
    name: Name | None = None
    status: Literal["active", "disabled"] | None = None
    access_token_ttl_seconds: Annotated[int, Field(ge=60, le=86_400)] | None = None


class DeleteOAuthClient(
    Request,
    Operation[JsonValue],
    name="oauth-client-delete",
    http="DELETE /oauth/clients/{client_id}",
    retry_safe="always",  # what is gone is gone
    standing="documented",
):
    """Delete a client."""

    client_id: str


class AddOAuthKey(
    Request,
    Operation[OAuthKey],
    name="oauth-key-add",
    http="POST /oauth/clients/{client_id}/keys",
    standing="documented",
):
    """Upload a public key."""

    client_id: str
    public_key_pem: Annotated[str, Field(min_length=1)]
    kid: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    algorithm: Literal["RS256"] | None = None


class ListOAuthKeys(
    Request,
    Operation[Rows[OAuthKey]],
    name="oauth-keys",
    http="GET /oauth/clients/{client_id}/keys",
    standing="documented",
):
    """List the keys of a client."""

    client_id: str


class RevokeOAuthKey(
    Request,
    Operation[JsonValue],
    name="oauth-key-revoke",
    http="DELETE /oauth/clients/{client_id}/keys/{kid}",
    retry_safe="always",  # what is revoked stays revoked
    standing="documented",
):
    """Revoke a key."""

    client_id: str
    kid: str


class ValidateJWKS(
    Request,
    Operation[JsonValue],
    name="oauth-validate-jwks",
    http="POST /oauth/clients/{client_id}/validate-jwks",
    retry_safe="always",  # fetches the URL and looks
    standing="documented",
):
    """Have the service fetch the client's JWKS URL and say whether it can be used."""

    client_id: str
