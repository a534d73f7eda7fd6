"""Answers about the account: balance, schedules, uploads, secrets, OAuth."""

from __future__ import annotations

from typing import Any

from pydantic import Field, JsonValue, model_validator

from sixtyfour_async.models._base import Instant, Model, json_object


class Balance(Model):
    """``GET /check-balance``. Units: credits; what one costs depends on the plan, so nothing is converted."""

    credits: float


class Schedule(Model):
    """A workflow that runs by the clock. Source: the vendor's specification, schedules."""

    id: str = ""
    workflow_id: str = ""
    name: str = ""
    cron_expression: str = ""
    timezone: str = ""
    is_active: bool | None = None
    created_at: Instant = None
    updated_at: Instant = None
    team_id: str | None = None
    description: str | None = None
    disabled_reason: str | None = None
    created_by: str | None = None
    api_key_id: int | None = None
    next_run_times: list[Instant] = Field(default_factory=list[Any])


class StoredFile(Model):
    """A file that was sent. Its handle is called ``resource_handle_id``, ``handle_id`` or ``id``; it expires."""

    resource_handle_id: str

    @model_validator(mode="before")
    @classmethod
    def _find_handle(cls, value: Any) -> Any:
        answer = json_object(value)
        if answer is None:
            return value
        found = next((answer[key] for key in ("resource_handle_id", "handle_id", "id") if answer.get(key)), None)
        return answer if found is None else {**answer, "resource_handle_id": found}


class SigningSecret(Model):
    """What is known of a signing secret but the secret; ``preview`` shows its last four digits.

    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """

    id: str = ""
    org_id: str = ""
    preview: str = ""
    status: str = ""
    created_at: Instant = None
    revoked_at: Instant = None


class NewSigningSecret(Model):
    """A secret, shown this once: keep ``plaintext``, the whole of which signs."""

    plaintext: str = Field(repr=False)
    meta: SigningSecret | None = None


class OAuthMetadata(Model):
    """The discovery document, with the names of RFC 8414."""

    issuer: str | None = None
    token_endpoint: str | None = None
    jwks_uri: str | None = None
    grant_types_supported: list[str] = Field(default_factory=list[str])
    token_endpoint_auth_methods_supported: list[str] = Field(default_factory=list[str])
    scopes_supported: list[str] = Field(default_factory=list[str])


class OAuthToken(Model):
    """An access token; ``expires_in`` is seconds. The shape is assumed from RFC 6749."""

    access_token: str = Field(repr=False)
    token_type: str | None = None
    expires_in: float | None = None
    scope: str | None = None


class OAuthKey(Model):
    """A public key of a client."""

    kid: str = ""
    algorithm: str = ""
    created_at: Instant = None
    revoked_at: Instant = None


class OAuthClient(Model):
    """A client of an organization. Source: the vendor's specification, oauth/clients."""

    id: str = ""
    client_id: str = ""
    org_id: str = ""
    name: str = ""
    status: str = ""
    token_version: int | None = None
    created_at: Instant = None
    updated_at: Instant = None
    jwks_uri: str | None = None
    access_token_ttl_seconds: int | None = None
    last_used_at: Instant = None
    jwks_last_validated_at: Instant = None
    jwks_last_error: str | None = None
    keys: list[OAuthKey] = Field(default_factory=list[OAuthKey])


class StructField(Model):
    """One field of a struct that the service writes or goes on from.

    ``type`` is a word of `sixtyfour_async.models.struct.TYPES`, or ``enum``, ``list[enum]`` with ``options``, or
    ``object``, ``object_list`` with ``subfields``. Source: the vendor's specification, struct-builder.
    """

    name: str = ""
    description: str = ""
    type: str = "str"
    options: list[str] | None = None
    subfields: list[StructSubfield] | None = None


class StructSubfield(Model):
    """A field inside one."""

    key: str = ""
    type: str = "str"
    description: str = ""


class GeneratedStruct(Model):
    """``POST /struct-builder/generate``."""

    struct: list[StructField] = Field(default_factory=list[StructField])

    def as_struct(self) -> dict[str, dict[str, JsonValue]]:
        """Bring it into the form that ``struct=`` takes. Shape: ``{name: {"description", "type", …}}``."""
        fields = [field.model_dump(mode="json", exclude_none=True) for field in self.struct]
        return {str(field.pop("name")): field for field in fields}
