"""Operations on the secret that signs webhooks. The vendor's pages point to the dashboard for the same tasks.

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
    """Return the metadata of the active signing secret, without the secret itself; None when there is none.

    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """


class CreateSigningSecret(
    Request,
    Operation[NewSigningSecret],
    name="signing-secret-create",
    http="POST /webhooks/signing-secret",
    standing="documented",
):
    """Create a signing secret and return it; the service never shows it again.

    An active secret is revoked at once; use `RollSigningSecret` for a rotation without a gap. Administrators only.
    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """


class DeleteSigningSecret(
    Request,
    Operation[JsonValue],
    name="signing-secret-delete",
    http="DELETE /webhooks/signing-secret",
    retry_safe="always",  # deleting twice changes nothing
    standing="documented",
):
    """Delete the signing secret; later webhooks are sent unsigned. Administrators only.

    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """


class RollSigningSecret(
    Request,
    Operation[NewSigningSecret],
    name="signing-secret-roll",
    http="POST /webhooks/signing-secret/roll",
    standing="documented",
):
    """Replace the signing secret and return the new one; the service never shows it again.

    Both secrets sign during the overlap, so that receivers can switch without a gap. Administrators only.
    Source: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets.
    """

    expire_overlap_hours: Annotated[int, Field(ge=0, le=72)] | None = None
    """Hours during which the old secret signs too, 0 to 72; the service's default is 24, and 0 revokes it at once."""
