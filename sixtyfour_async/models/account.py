"""Answers about the account: balance, schedules, uploads, signing secrets, OAuth."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models._base import Instant, Model, json_object


class Balance(Model):
    """Answer of `CheckBalance`. Source: docs.sixtyfour.ai, api-reference, check balance."""

    credits: float | None = None
    """Remaining credits, or None when the answer does not say; their price depends on the plan, so none is computed."""


class Schedule(Model):
    """A schedule that runs a workflow at set times. Source: the vendor's specification, schedules."""

    id: str = ""
    """Id of the schedule."""
    workflow_id: str = ""
    """Id of the workflow that it runs."""
    name: str = ""
    """Name of the schedule."""
    cron_expression: str = ""
    """When it runs, as five cron fields."""
    timezone: str = ""
    """IANA name of the time zone of the cron expression."""
    is_active: bool | None = None
    """Whether it runs; false while it is paused."""
    created_at: Instant = None
    """When it was created."""
    updated_at: Instant = None
    """When it was last changed."""
    team_id: str | None = None
    """Id of the team that it belongs to."""
    description: str | None = None
    """Description, for people."""
    disabled_reason: str | None = None
    """Why the service paused it, if it did."""
    created_by: str | None = None
    """Id of the person who created it."""
    api_key_id: int | None = None
    """Numeric id of the API key that it is bound to."""
    next_run_times: list[Instant] = Field(default_factory=list[Any])
    """The next times at which it will run."""


class StoredFile(Model):
    """An uploaded file. Source: docs.sixtyfour.ai, api-reference/workflows. Assumed: the key that holds the handle."""

    resource_handle_id: str
    """Handle of the file, read from ``resource_handle_id``, ``handle_id`` or ``id``; it expires."""

    @model_validator(mode="before")
    @classmethod
    def _find_handle(cls, value: Any) -> Any:
        answer = json_object(value)
        if answer is None:
            return value
        found = next((answer[key] for key in ("resource_handle_id", "handle_id", "id") if answer.get(key)), None)
        return answer if found is None else {**answer, "resource_handle_id": found}


class SigningSecret(Model):
    """Metadata of a webhook signing secret, without the secret.

    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """

    id: str = ""
    """Id of the secret."""
    org_id: str = ""
    """Id of the organization."""
    preview: str = ""
    """The secret masked to its last four characters; it cannot verify signatures."""
    status: str = ""
    """Status word, such as ``active``."""
    created_at: Instant = None
    """When it was created."""
    revoked_at: Instant = None
    """When it was revoked; None while it is valid."""


class NewSigningSecret(Model):
    """A new webhook signing secret, which the service never shows again.

    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """

    plaintext: str = Field(repr=False)
    """The secret, to be stored by the caller; all of it, prefix included, is the signing key. Not shown by ``repr``."""
    meta: SigningSecret | None = None
    """Metadata of the secret."""


class OAuthMetadata(Model):
    """The OAuth discovery document. Assumed: its keys, from RFC 8414.

    Source: docs.sixtyfour.ai, guides/oauth-clients.
    """

    issuer: str | None = None
    """Issuer identifier, a URL."""
    token_endpoint: str | None = None
    """URL of the token endpoint."""
    jwks_uri: str | None = None
    """URL of the service's own key set."""
    grant_types_supported: list[str] = Field(default_factory=list[str])
    """Supported grants, such as ``client_credentials``."""
    token_endpoint_auth_methods_supported: list[str] = Field(default_factory=list[str])
    """Supported client authentication methods, such as ``private_key_jwt``."""
    scopes_supported: list[str] = Field(default_factory=list[str])
    """Supported scopes, such as ``full_access``."""


class OAuthToken(Model):
    """An OAuth access token. Assumed: the shape, from RFC 6749."""

    access_token: str = Field(repr=False)
    """The token. Not shown by ``repr``."""
    token_type: str | None = None
    """Type of the token, ``Bearer``."""
    expires_in: float | None = None
    """Lifetime in seconds."""
    scope: str | None = None
    """Granted scope."""


class OAuthKey(Model):
    """A public key of an OAuth client. Source: the vendor's older specification, oauth/clients."""

    kid: str = ""
    """Key id."""
    algorithm: str = ""
    """Signing algorithm, ``RS256``."""
    created_at: Instant = None
    """When it was added."""
    revoked_at: Instant = None
    """When it was revoked; None while it is valid."""


class OAuthClient(Model):
    """An OAuth client of the organization. Source: the vendor's older specification, oauth/clients."""

    id: str = ""
    """Internal id of the record."""
    client_id: str = ""
    """Id by which the client authenticates, and by which other operations refer to it."""
    org_id: str = ""
    """Id of the organization."""
    name: str = ""
    """Name of the client."""
    status: str = ""
    """``active`` or ``disabled``."""
    token_version: int | None = None
    """Undocumented counter."""
    created_at: Instant = None
    """When it was registered."""
    updated_at: Instant = None
    """When it was last changed."""
    jwks_uri: str | None = None
    """URL of the client's key set; None for a client with uploaded keys."""
    access_token_ttl_seconds: int | None = None
    """Lifetime of its access tokens in seconds, 60 to 86,400."""
    last_used_at: Instant = None
    """When it last obtained a token."""
    jwks_last_validated_at: Instant = None
    """When the service last fetched the key set."""
    jwks_last_error: str | None = None
    """Error of the last fetch, if it failed."""
    keys: list[OAuthKey] = Field(default_factory=list[OAuthKey])
    """Uploaded keys."""


class StructField(Model):
    """One field of a generated struct. Source: the vendor's specification, struct-builder."""

    name: str = ""
    """Name of the field: letters, digits and underscores."""
    description: str = ""
    """What the field should hold, up to 10,000 characters."""
    type: str = "str"
    """Type word, such as ``str``, ``int``, ``list[str]``, ``dict``, ``enum``, ``list[enum]`` or ``object_list``."""
    options: list[str] | None = None
    """Choices of an ``enum`` or ``list[enum]``: up to 500 of up to 200 characters."""
    subfields: list[StructSubfield] | None = None
    """Fields of an ``object`` or ``object_list``."""


class StructSubfield(Model):
    """One field of an object inside a generated struct. Source: the vendor's specification, struct-builder."""

    key: str = ""
    """Name of the field: letters, digits and underscores."""
    type: str = "str"
    """Type word: ``string``, ``int``, ``float``, ``bool`` or ``dict``."""
    description: str = ""
    """What the field should hold."""


class GeneratedStruct(Model):
    """Answer of `GenerateStruct`. Source: the vendor's specification, struct-builder."""

    struct: list[StructField] = Field(default_factory=list[StructField])
    """The generated fields."""

    def as_struct(self) -> dict[str, dict[str, JsonValue]]:
        """Return the fields in the form that ``struct=`` takes: ``{name: {"description": …, "type": …}}``."""
        fields = [field.model_dump(mode="json", exclude_none=True) for field in self.struct]
        return {str(field.pop("name")): field for field in fields}
