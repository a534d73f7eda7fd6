"""Parse and verify the JWTs with which OAuth clients authenticate: RS256 (RFC 7515, RFC 8017).

Implemented without a cryptography library: verification needs one modular exponentiation and one comparison, and the
simulator has no private keys to protect.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sixtyfour_async.simulator.base.json_values import as_object

_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER prefix of a SHA-256 digest in a PKCS #1 v1.5 signature (RFC 8017, section 9.2)."""
_SEQUENCE, _INTEGER = 0x30, 0x02


@dataclass(frozen=True, slots=True)
class Assertion:
    """The decoded parts of a JWT, not yet verified."""

    header: dict[str, Any]
    claims: dict[str, Any]
    signed: bytes
    signature: bytes


def parse(token: str) -> Assertion | None:
    """Decode a JWT; return None if it is malformed."""
    try:
        head, body, signature = token.split(".")
        header, claims = as_object(json.loads(_base64url_decode(head))), as_object(json.loads(_base64url_decode(body)))
        proof = _base64url_decode(signature)
    except ValueError:
        return None
    if header is None or claims is None:
        return None
    return Assertion(header, claims, f"{head}.{body}".encode(), proof)


def _base64url_decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def parse_public_key(pem: str) -> tuple[int, int] | None:
    """Return modulus and exponent of an RSA public key in PEM, or None if it is not one."""
    lines = pem.strip().splitlines()
    if len(lines) < 3 or "PUBLIC KEY" not in lines[0]:  # noqa: PLR2004 -- header, body, footer
        return None
    try:
        parts = _sequence(base64.b64decode("".join(lines[1:-1]), validate=True))
        # SubjectPublicKeyInfo wraps the key: an algorithm, then a BIT STRING whose first byte counts unused bits.
        if parts[0][0] == _SEQUENCE:
            parts = _sequence(parts[1][1][1:])
        (one, modulus), (other, exponent) = parts
    except (ValueError, IndexError):
        return None
    if (one, other) != (_INTEGER, _INTEGER):
        return None
    return int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big")


def _der_elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each DER element."""
    at = 0
    while at < len(der):
        tag, size, at = der[at], der[at + 1], at + 2
        if size & 0x80:  # long form: the low seven bits count the bytes that hold the length
            more = size & 0x7F
            size, at = int.from_bytes(der[at : at + more], "big"), at + more
        yield tag, der[at : at + size]
        at += size


def _sequence(der: bytes) -> list[tuple[int, bytes]]:
    """Return the elements of a DER SEQUENCE."""
    tag, content = next(_der_elements(der))
    if tag != _SEQUENCE:
        raise ValueError(tag)
    return list(_der_elements(content))


def verify_signature(assertion: Assertion, key: tuple[int, int]) -> bool:
    """Return whether the signature belongs to the public key (modulus, exponent)."""
    modulus, exponent = key
    size = (modulus.bit_length() + 7) // 8
    if len(assertion.signature) != size:
        return False
    # EMSA-PKCS1-v1_5: the whole padded block is compared, so forged padding cannot pass.
    plain = pow(int.from_bytes(assertion.signature, "big"), exponent, modulus).to_bytes(size, "big")
    info = _DIGEST_INFO + hashlib.sha256(assertion.signed).digest()
    expected = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    return hmac.compare_digest(plain, expected)
