"""The signing secret of webhooks: creation, rotation, revocation.

Source of the shapes: docs.sixtyfour.ai, api-reference/webhooks/signing-secrets. All keys have administrator rights.
"""

from __future__ import annotations

import hashlib
from typing import Any

from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.validation import Field
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "signing_secret"
ORGANIZATION = "org_simulated"
_HOUR_SECONDS = 3600.0
_DEFAULT_OVERLAP_HOURS = 24
_ROLL = (Field("expire_overlap_hours", "integer", nullable=False, minimum=0, maximum=72),)


def active(service: Service, now: float) -> list[Record]:
    """Return the active secrets, newest first: two of them during a rotation."""
    return [each for each in reversed(service.records.all(KIND)) if each["until"] is None or now < each["until"]]


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /webhooks/signing-secret``: null if there is none."""
    found = active(service, call.now)
    return Reply(_meta(found[0]) if found else None)


def _meta(secret: Record) -> dict[str, Any]:
    revoked = secret["until"]
    return {
        "id": secret["id"],
        "org_id": ORGANIZATION,
        "preview": f"sk_whsec_••••{secret['plaintext'][-4:]}",
        "status": "active" if revoked is None else "revoked",
        "created_at": iso(secret["at"]),
        "revoked_at": None if revoked is None else iso(revoked),
    }


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /webhooks/signing-secret``: any other secret is revoked at once."""
    _revoke_active(service, call, call.now)
    return Reply(_new_secret(service, call), status=201)


def _revoke_active(service: Service, call: Call, until: float) -> None:
    for each in active(service, call.now):
        if each["until"] is None or until < each["until"]:
            service.records.put(KIND, each["id"], {**each, "until": until}, call.now)


def _new_secret(service: Service, call: Call) -> dict[str, Any]:
    secret_id = service.records.new_id(KIND)
    plaintext = f"sk_whsec_{hashlib.sha256(secret_id.encode()).hexdigest()}"
    record = {"id": secret_id, "plaintext": plaintext, "at": call.now, "until": None}
    service.records.put(KIND, secret_id, record, call.now)
    return {"plaintext": plaintext, "meta": _meta(record)}


def revoke(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /webhooks/signing-secret``."""
    _revoke_active(service, call, call.now)
    return Reply(status=204)


def roll(service: Service, call: Call) -> Reply:
    """Handle ``POST /webhooks/signing-secret/roll``: the previous secret stays active during the overlap."""
    hours = call.body(_ROLL, optional=True)["expire_overlap_hours"]
    _revoke_active(service, call, call.now + _HOUR_SECONDS * (_DEFAULT_OVERLAP_HOURS if hours is None else hours))
    return Reply(_new_secret(service, call))
