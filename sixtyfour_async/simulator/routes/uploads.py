"""Uploaded files: ``POST /storage/csv/upload``, and their look-up by handle.

The route is named on docs.sixtyfour.ai but not described. Assumed: the field ``file``, the keys of the answer, and that
a handle is valid for a day.
"""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.base import table_files
from sixtyfour_async.simulator.base.clock import iso
from sixtyfour_async.simulator.base.error_responses import error_response, validation_error
from sixtyfour_async.simulator.base.forms import parse_form
from sixtyfour_async.simulator.base.validation import missing
from sixtyfour_async.simulator.routes.calls import Call, Reply
from sixtyfour_async.simulator.state.records import Record
from sixtyfour_async.simulator.state.service import Service

KIND = "upload"
HANDLE_LIFETIME_SECONDS = 86_400.0
"""Simulated seconds for which a handle is valid."""


def upload(service: Service, call: Call) -> Reply:
    """Handle ``POST /storage/csv/upload``."""
    parts = parse_form(call.headers.get("content-type", ""), call.content)
    if "file" not in parts or parts["file"].filename is None:
        raise validation_error([missing(("body", "file"), None)])
    name = parts["file"].filename
    if not name.lower().endswith(".csv"):
        raise error_response(400, "Only CSV files can be uploaded")
    table = table_files.parse(name, parts["file"].content)
    handle = f"rh_{service.records.new_id(KIND)}"
    expires_at = call.now + HANDLE_LIFETIME_SECONDS
    record = {"columns": list(table.columns), "rows": list(table.rows), "expires_at": expires_at}
    service.records.put(KIND, handle, record, call.now)
    shown: dict[str, Any] = {
        "resource_handle_id": handle,
        "filename": name,
        "row_count": len(table.rows),
        "columns": list(table.columns),
        "expires_at": iso(expires_at),
    }
    return Reply(shown)


def find_upload(service: Service, handle: Any, now: float) -> Record | None:
    """Return the columns and rows of an upload, or None if its handle is unknown or has expired."""
    record = service.records.get(KIND, handle) if isinstance(handle, str) else None
    return None if record is None or now >= record["expires_at"] else record
