"""The storage host: result files behind signed links, served without authentication."""

from __future__ import annotations

from typing import Any

from sixtyfour_async.simulator.routes import searches
from sixtyfour_async.simulator.routes.calls import Reply
from sixtyfour_async.simulator.state import result_files
from sixtyfour_async.simulator.state.result_files import MEDIA_TYPES, Link
from sixtyfour_async.simulator.state.service import Service


def signed_file(service: Service, token: str, now: float) -> Reply:
    """Return the file of a signed link, or an XML error as object storage sends it."""
    link = result_files.parse_link(service.settings.seed, token)
    if link is None:
        return _storage_error("SignatureDoesNotMatch", "The request signature does not match.")
    if now >= link.expires_at:
        return _storage_error("ExpiredToken", "The provided token has expired.")
    rows = _rows(service, link)
    if rows is None:
        return _storage_error("NoSuchKey", "The specified key does not exist.", 404)
    return Reply(content=result_files.write_rows(rows, link.format), media_type=MEDIA_TYPES[link.format])


def _rows(service: Service, link: Link) -> list[dict[str, Any]] | None:
    if (search := service.searches.get(link.work_id)) is not None:
        return searches.rows(service.settings.seed, search)
    run = service.runs.get(link.work_id)
    return None if run is None else service.outputs.rows_of(run, link.block)


def _storage_error(code: str, message: str, status: int = 403) -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(status=status, content=text.encode(), media_type="application/xml")
