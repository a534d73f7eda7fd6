"""Parse ``multipart/form-data`` and ``application/x-www-form-urlencoded`` bodies.

Starlette's multipart parser needs another package. This one needs none and is independent of the client's encoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from urllib.parse import parse_qsl

from sixtyfour_async.simulator.base.error_responses import error_response


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a form; ``filename`` is None unless it is a file."""

    content: bytes
    filename: str | None = None

    @property
    def text(self) -> str:
        """The content decoded as UTF-8."""
        return self.content.decode("utf-8", "replace")


def parse_form(content_type: str, content: bytes) -> Mapping[str, Part]:
    """Parse a form; the last of several fields of the same name wins.

    Raises:
        ErrorResponse: 400 if a multipart body is malformed.
    """
    header = Message()
    header["content-type"] = content_type
    if header.get_content_type() == "application/x-www-form-urlencoded":
        pairs = parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: Part(value.encode()) for name, value in pairs}
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or not boundary:
        return {}
    return _parse_multipart(boundary.encode(), content)


def _parse_multipart(boundary: bytes, content: bytes) -> Mapping[str, Part]:
    head, *pieces = (b"\r\n" + content).split(b"\r\n--" + boundary)
    if head.strip() or not pieces or not pieces[-1].startswith(b"--"):
        raise error_response(400, "There was an error parsing the body")
    found: dict[str, Part] = {}
    for piece in pieces[:-1]:
        headers, separator, body = piece.partition(b"\r\n\r\n")
        message = BytesParser().parsebytes(headers.lstrip() + b"\r\n\r\n")
        name = message.get_param("name", header="content-disposition")
        if not separator or not isinstance(name, str):
            raise error_response(400, "There was an error parsing the body")
        found[name] = Part(body, message.get_filename())
    return found
