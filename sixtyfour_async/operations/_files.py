"""A file to upload, as a value."""

from __future__ import annotations

from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to the service; it is never read whole.

    Attributes:
        content: A path, bytes, or a stream of bytes. A stream can be read once: such an upload is never sent again.
        filename: Its name over there; a path's own name by default.
        content_type: Found from the name when None.
    """

    content: Path | bytes | AsyncIterable[bytes]
    filename: str = ""
    content_type: str | None = None

    @property
    def name(self) -> str:
        """The name it is sent under."""
        return self.filename or (self.content.name if isinstance(self.content, Path) else "upload.csv")

    @property
    def repeatable(self) -> bool:
        """Can it be read a second time?"""
        return isinstance(self.content, Path | bytes)
