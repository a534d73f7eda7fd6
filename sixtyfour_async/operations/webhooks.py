"""Questions about the secret that signs webhooks; the vendor's pages send people to the dashboard for them.

Source of all: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets, and the vendor's specification.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.models import NewSigningSecret, SigningSecret
from sixtyfour_async.operations._base import Operation, Request


class GetSigningSecret(
    Request,
    Operation[SigningSecret | None],
    name="signing-secret",
    http="GET /webhooks/signing-secret",
    standing="documented",
):
    """Read what is known of the active secret, but the secret; None when there is none."""


class CreateSigningSecret(
    Request,
    Operation[NewSigningSecret],
    name="signing-secret-create",
    http="POST /webhooks/signing-secret",
    standing="documented",
):
    """Make a secret, shown this once; one that was active is revoked at once. Administrators only."""


class DeleteSigningSecret(
    Request,
    Operation[JsonValue],
    name="signing-secret-delete",
    http="DELETE /webhooks/signing-secret",
    retry_safe="always",  # what is gone is gone
    standing="documented",
):
    """Delete the secret; later deliveries are not signed. Administrators only."""


class RollSigningSecret(
    Request,
    Operation[NewSigningSecret],
    name="signing-secret-roll",
    http="POST /webhooks/signing-secret/roll",
    standing="documented",
):
    """Make a new secret, shown this once, while the old one goes on signing for some hours. Administrators only."""

    expire_overlap_hours: Annotated[int, Field(ge=0, le=72)] | None = None
    """The service's default is 24; 0 revokes the old one at once."""
