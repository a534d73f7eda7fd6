"""A download as decisions: where it stands, what to ask for, and what an answer of the storage host means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

_GONE = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Had:
    """What is on disk already.

    Attributes:
        size: Bytes.
        version: The storage host's name for exactly this content (a strong ETag); "" when it gave none, and then
            nothing can be added to these bytes: they might belong to another file.
    """

    size: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Write what comes to the file, from an offset on. ``total`` is the whole size when it is known."""

    at: int
    total: int | None
    version: str


@dataclass(frozen=True, slots=True)
class Finished:
    """All of it is on disk already."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """What is on disk is of no use."""


@dataclass(frozen=True, slots=True)
class Follow:
    """It is elsewhere."""

    url: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The link is not good any more, or never was."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Anything else."""


Step: TypeAlias = Write | Finished | StartOver | Follow | Expired | Failed


def headers_for(had: Had) -> dict[str, str]:
    """Ask for the rest of what is there, if the file is still the same; else for all of it."""
    plain = {"accept-encoding": "identity"}
    if not had.size or not had.version:
        return plain
    return plain | {"range": f"bytes={had.size}-", "if-range": had.version}


def next_step(status: int, headers: Mapping[str, str], had: Had, url: str) -> Step:
    """Say what an answer means for a download.

    Source: HTTP semantics (RFC 9110, section 14); a link lives 15 minutes: docs.sixtyfour.ai, search-endpoints. Which
    status an expired link has is the storage host's choice: 400, 401, 403, 404 and 410 are taken for it.
    """
    if status in {HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}:
        return _rest(headers.get("content-range", "").strip(), had)
    if status in _MOVED and "location" in headers:
        return _followed(urljoin(url, headers["location"]), url)
    if status in _GONE or (status == HTTPStatus.BAD_REQUEST and "xml" in headers.get("content-type", "")):
        return Expired()
    return _whole(headers) if 200 <= status < 300 else Failed()  # noqa: PLR2004 (success)


def _rest(said: str, had: Had) -> Step:
    """Read ``Content-Range``: what comes is the rest, or there is no rest."""
    span = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", said)
    if span is None:
        return StartOver()
    total = None if span[2] == "*" else int(span[2])
    if span[1] is None:
        return Finished() if total == had.size else StartOver()
    return Write(had.size, total, had.version) if int(span[1]) == had.size else StartOver()


def _whole(headers: Mapping[str, str]) -> Write:
    encoded = headers.get("content-encoding", "identity") != "identity"
    length = headers.get("content-length", "")
    version = headers.get("etag", "").strip()
    known = int(length) if length.isdecimal() and not encoded else None
    return Write(0, known, "" if encoded or version.startswith("W/") else version)


def _followed(target: str, url: str) -> Follow | Failed:
    """Follow to where the connection is no less private than it was."""
    allowed = {"https"} if urlsplit(url).scheme == "https" else {"http", "https"}
    return Follow(target) if urlsplit(target).scheme in allowed else Failed()
