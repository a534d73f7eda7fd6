"""Result files behind signed links: what is in them and until when a link is good.

A link holds everything needed to serve it, signed by the simulator, so links survive a restart. Links last 15
minutes and files are CSV, possibly with a BOM and cells of several lines (docs.sixtyfour.ai, search-endpoints and
workflows-execution).
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
    """Which file, and until which simulated instant."""

    work_id: str
    block: int
    format: str
    expires_at: float

    def signed_path(self, seed: int) -> str:
        """Write a link as the path of its URL."""
        plain = base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode().rstrip("=")
        return f"/signed/{plain}.{_signature(seed, plain)}"


def parse_link(seed: int, token: str) -> Link | None:
    """Read the last part of a link's path; None when it was not signed here."""
    plain, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(seed, plain).encode()):
        return None
    return Link(**json.loads(base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))))


def _signature(seed: int, plain: str) -> str:
    secret = f"signed links of simulator {seed}"
    return hashlib.blake2b(plain.encode(), key=secret.encode()[:64], digest_size=12).hexdigest()


def _cell(value: Any) -> Any:
    """Write what is no scalar as JSON (assumed)."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def write_rows(rows: Sequence[dict[str, Any]], format_: str) -> bytes:
    """Write rows as a file."""
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
