"""Resumable downloads, pure: which headers to send, and what a storage host's response means for the file on disk.

Source: RFC 9110, sections 8.8.3 (ETag), 13.1.5 (If-Range), 14 (range requests), 15.4 (redirects).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

_EXPIRED_STATUSES = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class PartialFile:
    """What earlier attempts have written to disk.

    Attributes:
        size: Bytes.
        version: The strong ETag of the content these bytes belong to; "" when the host gave none. Without one nothing
            may be appended: the file behind the link may have changed.
    """

    size: int = 0
    version: str = ""


@dataclass(frozen=True, slots=True)
class Write:
    """Write the body to the file.

    Attributes:
        at: The offset in bytes.
        total: The size of the whole file in bytes; None when unknown.
        version: The strong ETag; "" when there is none.
    """

    at: int
    total: int | None
    version: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole file is on disk already."""


@dataclass(frozen=True, slots=True)
class StartOver:
    """Discard what is on disk and ask for the whole file."""


@dataclass(frozen=True, slots=True)
class Follow:
    """Follow a redirect.

    Attributes:
        url: Where to; a signed link like the first one, and as secret.
    """

    url: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expired:
    """The link has expired, or was never valid."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Any other response: an error to raise."""


Step: TypeAlias = Write | Finished | StartOver | Follow | Expired | Failed


def headers_for(partial: PartialFile) -> dict[str, str]:
    """Return the headers that ask for the rest of a file if it is unchanged, else for all of it.

    With ``If-Range`` the host decides: the ETag still matches, 206 and the rest; it does not, 200 and the whole file.
    ``Range`` alone would append the tail of the new content to the head of the old. Compression is declined, because
    ranges count bytes of the encoded body.
    """
    plain = {"accept-encoding": "identity"}
    if not partial.size or not partial.version:
        return plain
    return plain | {"range": f"bytes={partial.size}-", "if-range": partial.version}


def next_step(status: int, headers: Mapping[str, str], partial: PartialFile, url: str) -> Step:
    """Decide what a response to ``GET url`` means for the download.

    Links expire after 15 minutes (source: docs.sixtyfour.ai, search-endpoints). Which status an expired link gives is
    the storage host's choice. Assumed: 401, 403, 404, 410, and 400 with an XML body (as S3 and its imitations answer).
    """
    if status in {HTTPStatus.PARTIAL_CONTENT, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}:
        return _rest(headers.get("content-range", "").strip(), partial)
    if status in _REDIRECT_STATUSES and "location" in headers:
        return _redirect(urljoin(url, headers["location"]), url)
    if status in _EXPIRED_STATUSES or (status == HTTPStatus.BAD_REQUEST and "xml" in headers.get("content-type", "")):
        return Expired()
    return _whole(headers) if 200 <= status < 300 else Failed()  # noqa: PLR2004 (success)


def _rest(content_range: str, partial: PartialFile) -> Step:
    """Decide by ``Content-Range`` of a 206 (``bytes 5-9/10``) or a 416 (``bytes */10``). RFC 9110, section 14.4."""
    span = re.fullmatch(r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", content_range)
    if span is None:
        return StartOver()
    total = None if span[2] == "*" else int(span[2])
    if span[1] is None:
        # Nothing lies beyond our last byte: either we have the whole file, or another file's bytes.
        return Finished() if total == partial.size else StartOver()
    return Write(partial.size, total, partial.version) if int(span[1]) == partial.size else StartOver()


def _whole(headers: Mapping[str, str]) -> Write:
    # A content encoding makes length and ETag those of the encoded bytes, not of what we write. A weak ETag promises
    # equivalent content, not equal bytes, and If-Range must not use it (RFC 9110, section 13.1.5).
    encoded = headers.get("content-encoding", "identity") != "identity"
    length = headers.get("content-length", "")
    version = headers.get("etag", "").strip()
    known = int(length) if length.isdecimal() and not encoded else None
    return Write(0, known, "" if encoded or version.startswith("W/") else version)


def _redirect(target: str, url: str) -> Follow | Failed:
    """Follow a redirect unless it leads from https to http: the signed link would travel in the clear."""
    allowed = {"https"} if urlsplit(url).scheme == "https" else {"http", "https"}
    return Follow(target) if urlsplit(target).scheme in allowed else Failed()
