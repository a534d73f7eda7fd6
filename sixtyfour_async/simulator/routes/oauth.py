"""OAuth: discovery, clients and their keys, and access tokens in exchange for a signed assertion.

Source of the properties: docs.sixtyfour.ai, guides/oauth-clients; of the shapes: the public OpenAPI file. Claims and
errors follow RFC 7523 and RFC 6749 (assumed). The signature is verified for clients with uploaded keys, but not for
those with a JWKS URL, because the simulator sends no requests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sixtyfour_async.simulator.base import jwt_assertions
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import ErrorResponse, error_response, validation_error
from sixtyfour_async.simulator.base.forms import parse_form
from sixtyfour_async.simulator.base.jwt_assertions import Assertion
from sixtyfour_async.simulator.base.validation import Field, problem, validate
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.routes.signing_secrets import ORGANIZATION
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "oauth_client"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SCOPE = "full_access"
DEFAULT_TTL_SECONDS = 3600
_ALGORITHM = "RS256"
_TOKEN = (
    Field("grant_type", "string", required=True),
    Field("client_id", "string", required=True),
    Field("client_assertion_type", "string", required=True),
    Field("client_assertion", "string", required=True),
    Field("scope", "string"),
)
_CREATE = (Field("name", "string", required=True, min_length=1, max_length=255), Field("jwks_uri", "url"))
_CHANGE = (
    Field("name", "string", min_length=1, max_length=255),
    Field("status", "string", choices=("active", "disabled")),
    Field("access_token_ttl_seconds", "integer", minimum=60, maximum=86_400),
)
_KEY = (
    Field("public_key_pem", "string", required=True),
    Field("kid", "string", min_length=1, max_length=255),
    Field("algorithm", "string", nullable=False, choices=(_ALGORITHM,)),
)


def discovery(_world: Service, call: Call) -> Reply:
    """Handle ``GET /.well-known/oauth-authorization-server`` (RFC 8414)."""
    return Reply(
        {
            "issuer": call.base_url,
            "token_endpoint": f"{call.base_url}/oauth/token",
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": [_ALGORITHM],
            "scopes_supported": [SCOPE],
            "response_types_supported": [],
        }
    )


def token(service: Service, call: Call) -> Reply:
    """Handle ``POST /oauth/token``."""
    given = {name: part.text for name, part in parse_form(call.headers.get("content-type", ""), call.content).items()}
    fields, problems = validate(_TOKEN, given)
    if problems:
        raise validation_error(problems)
    if fields["grant_type"] != "client_credentials":
        raise _oauth_error(400, "unsupported_grant_type", "Only client_credentials is supported")
    if fields["client_assertion_type"] != ASSERTION_TYPE:
        raise _oauth_error(400, "invalid_request", f"client_assertion_type must be {ASSERTION_TYPE}")
    if fields["scope"] not in {None, "", SCOPE}:
        raise _oauth_error(400, "invalid_scope", f"Only {SCOPE} is supported")
    client = next((each for each in service.records.all(KIND) if each["client_id"] == fields["client_id"]), None)
    assertion = jwt_assertions.parse(fields["client_assertion"])
    if client is None or client["status"] != "active" or assertion is None:
        raise _oauth_error(401, "invalid_client", "Client authentication failed")
    _verify_assertion(service, call, client, assertion)
    ttl = client["access_token_ttl_seconds"] or DEFAULT_TTL_SECONDS
    secret = f"sim_at_{hashlib.sha256(service.records.new_id('token').encode()).hexdigest()}"
    issued = {"client": client["id"], "version": client["token_version"], "expires_at": call.now + ttl}
    service.records.put("access_token", secret, issued, call.now)
    service.records.put(KIND, client["id"], {**client, "last_used_at": iso(call.now)}, call.now)
    return Reply({"access_token": secret, "token_type": "Bearer", "expires_in": ttl, "scope": SCOPE})


def _oauth_error(status: int, error: str, description: str) -> ErrorResponse:
    return ErrorResponse(status, {"error": error, "error_description": description})


def _verify_assertion(service: Service, call: Call, client: Record, assertion: Assertion) -> None:
    """Verify signature and claims of an assertion, which is valid for one token only.

    Raises:
        ErrorResponse: 401 with the reasons.
    """
    claims = assertion.claims
    audience = claims.get("aud")
    expires = claims.get("exp")
    same_clock = service.settings.speed == 1  # a client's clock does not run at the speed of a faster simulator
    wrong = {
        "is not signed with RS256": assertion.header.get("alg") != _ALGORITHM,
        "is not signed with a key of the client": not _signed(client, assertion),
        "iss and sub must be the client id": {claims.get("iss"), claims.get("sub")} != {client["client_id"]},
        "aud must be the token endpoint": f"{call.base_url}/oauth/token"
        not in (audience if isinstance(audience, list) else [audience]),
        "has expired": not isinstance(expires, int | float) or (same_clock and expires <= call.now),
        "has no jti": not isinstance(claims.get("jti"), str),
    }
    if any(wrong.values()):
        reasons = "; ".join(text for text, is_so in wrong.items() if is_so)
        raise _oauth_error(401, "invalid_client", f"The assertion: {reasons}")
    used = f"{client['id']}:{claims['jti']}"
    if service.records.get("assertion", used) is not None:
        raise _oauth_error(401, "invalid_client", "The assertion has been used before")
    service.records.put("assertion", used, {}, call.now)


def _signed(client: Record, assertion: Assertion) -> bool:
    if client["jwks_uri"] is not None:
        return True
    key = next((key for key in client["keys"] if key["kid"] == assertion.header.get("kid")), None)
    numbers = None if key is None or key["revoked_at"] else jwt_assertions.parse_public_key(key["pem"])
    return numbers is not None and jwt_assertions.verify_signature(assertion, numbers)


def client_of_token(service: Service, sent: str, now: float) -> str:
    """Return the name of the client of an access token, or "" if the token is unknown, expired or revoked."""
    issued = service.records.get("access_token", sent)
    if issued is None or now >= issued["expires_at"]:
        return ""
    client = service.records.get(KIND, issued["client"])
    good = client is not None and client["status"] == "active" and client["token_version"] == issued["version"]
    return f"client-{issued['client']}" if good else ""


def create(service: Service, call: Call) -> Reply:
    """Handle ``POST /oauth/clients``; a client with a ``jwks_uri`` never accepts uploaded keys."""
    body = call.body(_CREATE)
    id_ = service.records.new_id(KIND)
    client: dict[str, Any] = {
        "id": id_,
        "client_id": f"sim_client_{id_[:8]}",
        "org_id": ORGANIZATION,
        "name": body["name"],
        "status": "active",
        "token_version": 1,
        "jwks_uri": body["jwks_uri"],
        "access_token_ttl_seconds": None,
        "created_at": iso(call.now),
        "updated_at": iso(call.now),
        "last_used_at": None,
        "jwks_last_validated_at": None,
        "jwks_last_error": None,
        "keys": [],
    }
    return Reply(_shown(service.records.put(KIND, id_, client, call.now)))


def _shown(client: Record) -> dict[str, Any]:
    return {**client, "keys": [_shown_key(key) for key in client["keys"]]}


def _shown_key(key: Mapping[str, Any]) -> dict[str, Any]:
    return {name: key[name] for name in ("kid", "algorithm", "created_at", "revoked_at")}


def _found(service: Service, call: Call) -> Record:
    wanted = call.params["client_id"]
    for client in service.records.all(KIND):
        if wanted in {client["id"], client["client_id"]}:
            return client
    raise error_response(404, "OAuth client not found")


def _put(service: Service, call: Call, client: Record, changes: Mapping[str, Any]) -> Record:
    return service.records.put(KIND, client["id"], {**client, **changes, "updated_at": iso(call.now)}, call.now)


def clients(service: Service, _: Call) -> Reply:
    """Handle ``GET /oauth/clients``."""
    return Reply([_shown(client) for client in service.records.all(KIND)])


def show(service: Service, call: Call) -> Reply:
    """Handle ``GET /oauth/clients/{client_id}``."""
    return Reply(_shown(_found(service, call)))


def change(service: Service, call: Call) -> Reply:
    """Handle ``PATCH /oauth/clients/{client_id}``; disabling a client revokes its tokens."""
    changes = {name: value for name, value in call.body(_CHANGE).items() if value is not None}
    client = _found(service, call)
    if changes.get("status") == "disabled":
        changes["token_version"] = client["token_version"] + 1
    return Reply(_shown(_put(service, call, client, changes)))


def delete(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /oauth/clients/{client_id}``."""
    client = _found(service, call)
    service.records.delete(KIND, client["id"], call.now)
    return Reply({**_shown(client), "status": "disabled"})


def add_key(service: Service, call: Call) -> Reply:
    """Handle ``POST /oauth/clients/{client_id}/keys``."""
    body = call.body(_KEY)
    client = _found(service, call)
    if client["jwks_uri"] is not None:
        raise error_response(400, "This client authenticates with a JWKS URL.")
    if jwt_assertions.parse_public_key(body["public_key_pem"]) is None:
        loc, text = ("body", "public_key_pem"), "Value error, not an RSA public key in PEM"
        raise validation_error([problem("value_error", loc, text, body["public_key_pem"])])
    kid = body["kid"] or hashlib.sha256(body["public_key_pem"].encode()).hexdigest()[:16]
    if any(key["kid"] == kid for key in client["keys"]):
        raise error_response(409, f"Key {kid} already exists.")
    key = {"kid": kid, "algorithm": _ALGORITHM, "created_at": iso(call.now), "revoked_at": None}
    _put(service, call, client, {"keys": [*client["keys"], {**key, "pem": body["public_key_pem"]}]})
    return Reply(key)


def keys(service: Service, call: Call) -> Reply:
    """Handle ``GET /oauth/clients/{client_id}/keys``."""
    return Reply([_shown_key(key) for key in _found(service, call)["keys"]])


def revoke_key(service: Service, call: Call) -> Reply:
    """Handle ``DELETE /oauth/clients/{client_id}/keys/{kid}``."""
    client = _found(service, call)
    if not any(key["kid"] == call.params["kid"] for key in client["keys"]):
        raise error_response(404, "Key not found")
    changed = [
        {**key, "revoked_at": key["revoked_at"] or iso(call.now)} if key["kid"] == call.params["kid"] else key
        for key in client["keys"]
    ]
    _put(service, call, client, {"keys": changed})
    return Reply(_shown_key(next(key for key in changed if key["kid"] == call.params["kid"])))


def validate_jwks(service: Service, call: Call) -> Reply:
    """Handle ``POST /oauth/clients/{client_id}/validate-jwks``: always valid, nothing is fetched."""
    client = _found(service, call)
    if client["jwks_uri"] is None:
        raise error_response(400, "This client has no JWKS URL.")
    _put(service, call, client, {"jwks_last_validated_at": iso(call.now)})
    return Reply({"valid": True, "error": None})
