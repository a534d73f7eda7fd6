"""Uploaded files: ``POST /storage/csv/upload``, and what other routes find behind a handle.

The route is named on docs.sixtyfour.ai but not described. Assumed: the field ``file``, the keys of the answer, and that
a handle is good for a day.
"""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.base import sheets
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.forms import form
from sixtyfour_async.simulator.base.refusal import detail, unprocessable
from sixtyfour_async.simulator.base.validation import missing
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.world import World

KIND = "upload"
LIFETIME = 86_400.0
"""Simulated seconds after which a handle is no longer good."""


def upload(world: World, call: Call) -> Reply:
    """Answer ``POST /storage/csv/upload``."""
    parts = form(call.headers.get("content-type", ""), call.content)
    if "file" not in parts or parts["file"].filename is None:
        raise unprocessable([missing(("body", "file"), None)])
    name = parts["file"].filename
    if not name.lower().endswith(".csv"):
        raise detail(400, "Only CSV files can be uploaded")
    sheet = sheets.read(name, parts["file"].content)
    handle = f"rh_{world.records.new_id(KIND)}"
    expires_at = call.now + LIFETIME
    record = {"columns": list(sheet.columns), "rows": list(sheet.rows), "expires_at": expires_at}
    world.records.put(KIND, handle, record, call.now)
    shown: dict[str, Any] = {
        "resource_handle_id": handle,
        "filename": name,
        "row_count": len(sheet.rows),
        "columns": list(sheet.columns),
        "expires_at": iso(expires_at),
    }
    return Reply(shown)


def upload_of(world: World, handle: Any, now: float) -> Record | None:
    """Give the columns and rows behind a handle; None when it is unknown or has expired."""
    record = world.records.get(KIND, handle) if isinstance(handle, str) else None
    return None if record is None or now >= record["expires_at"] else record
