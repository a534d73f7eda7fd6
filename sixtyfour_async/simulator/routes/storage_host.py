"""The storage host: result files behind signed links, served without authentication."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

from sixtyfour_async.simulator.base.dialects.answer import Lead
from sixtyfour_async.simulator.routes import searches
from sixtyfour_async.simulator.routes.calls import About, Reply, RowsOf
from sixtyfour_async.simulator.state import result_files
from sixtyfour_async.simulator.state.result_files import MEDIA_TYPES, Link
from sixtyfour_async.simulator.state.service import Service
from sixtyfour_async.simulator.state.work import Run


def signed_file(service: Service, token: str, now: float) -> Reply:
    """Return the file of a signed link, or an XML error as object storage sends it."""
    link = result_files.parse_link(service.settings.seed, token)
    if link is None:
        return _storage_error("SignatureDoesNotMatch", "The request signature does not match.")
    if now >= link.expires_at:
        return _storage_error("ExpiredToken", "The provided token has expired.")
    if (search := service.searches.get(link.work_id)) is not None:
        return _file(searches.rows(service.settings.seed, search), link.format)
    if (run := service.runs.get(link.work_id)) is not None:
        return _run_file(service, run, link)
    return _storage_error("NoSuchKey", "The specified key does not exist.", 404)


def _file(rows: Sequence[dict[str, Any]], format_: str, about: About | None = None) -> Reply:
    return Reply(content=result_files.write_rows(rows, format_), media_type=MEDIA_TYPES[format_], about=about)


def _run_file(service: Service, run: Run, link: Link) -> Reply:
    rows = service.outputs.rows_of(run, link.block)
    leads: Sequence[Lead] = run.body["rows"]
    if len(rows) != len(leads) or not all(map(_belongs, rows, leads)):
        return _file(rows, link.format)
    answer_to = functools.partial(service.outputs.row_of, run, link.block)
    return _file(rows, link.format, About("file", run, RowsOf(leads, answer_to, (rows, link.format))))


def _belongs(row: Mapping[str, Any], lead: Lead) -> bool:
    return any(row.get(name) == value for name, value in lead.items())


def _storage_error(code: str, message: str, status: int = 403) -> Reply:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Reply(status=status, content=text.encode(), media_type="application/xml")
