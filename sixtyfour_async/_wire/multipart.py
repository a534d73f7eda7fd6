"""Multipart forms with one file: the bytes before the file and the bytes after it.

The file itself is streamed in between, so an upload of 100 MB takes the memory of one chunk.
Source: RFC 7578 (multipart/form-data), RFC 2046, section 5.1 (boundaries).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sixtyfour_async.operations._files import Upload

FILE_FIELD = "file"
"""The name of the part that holds the file. Source: docs.sixtyfour.ai, api-reference, bulk intelligence."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A form with one file.

    Attributes:
        fields: Name and value of each text field, in order.
        file: The file.
    """

    fields: Sequence[tuple[str, str]]
    file: Upload

    def around(self, boundary: str) -> tuple[bytes, bytes]:
        """Return the bytes before the file's content and those after it."""
        texts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'
            for name, value in self.fields
        ]
        head = (
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="{FILE_FIELD}"; filename="{_quoted(self.file.name)}"\r\n'
            f"Content-Type: {_one_line(self.file.media_type)}\r\n\r\n"
        )
        return ("".join(texts) + head).encode(), f"\r\n--{boundary}--\r\n".encode()


def _quoted(text: str) -> str:
    """Escape a name as browsers do. Source: the HTML standard, multipart/form-data encoding algorithm."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _one_line(text: str) -> str:
    return " ".join(text.split())
