"""Result files and their signed links.

Like a presigned URL of object storage, a link contains its own parameters (base64url-encoded JSON) and a keyed hash of
them. The server stores no links, so they survive a restart, and a modified or expired one is recognized. Links are
valid for 15 minutes; files are CSV, possibly with a BOM and multi-line cells (Source: docs.sixtyfour.ai,
search-endpoints and workflows-execution).
"""

from __future__ import annotations

import base64
import csv
import hashlib
import hmac
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

LINK_SECONDS = 900
MEDIA_TYPES = {"csv": "text/csv", "json": "application/json", "ndjson": "application/x-ndjson"}
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Link:
    """The parameters of a link. ``expires_at``: simulated Unix seconds."""

    work_id: str
    block: int
    format: str
    expires_at: float

    def signed_path(self, seed: int) -> str:
        """Return the path of the URL."""
        plain = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode().rstrip("=")
        return f"/signed/{plain}.{_signature(seed, plain)}"


def parse_link(seed: int, token: str) -> Link | None:
    """Return the link encoded in the last segment of a path, or None if the signature is invalid."""
    plain, _, signature = token.partition(".")
    # Verify before decoding: after this the content is our own and needs no validation.
    if not hmac.compare_digest(signature.encode(), _signature(seed, plain).encode()):
        return None
    return Link(**json.loads(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))))


def _signature(seed: int, plain: str) -> str:
    secret = f"signed links of simulator {seed}"
    return hashlib.blake2b(plain.encode(), key=secret.encode()[:64], digest_size=12).hexdigest()


def _cell(value: Any) -> Any:
    """Return a CSV cell; arrays and objects become JSON (assumed)."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def write_rows(rows: Sequence[dict[str, Any]], format_: str) -> bytes:
    """Return rows as the content of a file."""
    match format_:
        case "json":
            text = json.dumps(list(rows), ensure_ascii=False)
        case "ndjson":
            text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        case _:
            out = io.StringIO(newline="")
            names = list(dict.fromkeys(name for row in rows for name in row))
            table = csv.DictWriter(out, names, restval="")
            table.writeheader()
            table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
            text = BOM + out.getvalue()
    return text.encode()
