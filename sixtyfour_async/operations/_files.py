"""A file to upload, as a value that operations can hold, compare and fingerprint."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, Self, cast

from pydantic import GetCoreSchemaHandler, JsonValue
from pydantic_core import CoreSchema, core_schema

from sixtyfour_async.errors import InputError

CONTENT_TYPES: Mapping[str, str] = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
}
"""File suffix → content type, fixed here because the system's own table differs from machine to machine.

Source: docs.sixtyfour.ai, api-reference, bulk intelligence (``.csv``, ``.json``, ``.jsonl``, ``.ndjson``).
"""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send with a request; it is streamed, never read into memory whole.

    Two uploads are equal, and share a fingerprint, when name and content are: bytes by their digest, a path by its
    path, size and modification time. A stream equals nothing but itself.

    Attributes:
        content: A path, bytes, or an async iterable of bytes. A stream can be read only once, so a request that
            carries one is never sent again.
        filename: The name sent to the service; by default the path's own name, else ``upload.csv``.
        content_type: The media type sent with the file; derived from the name's suffix when None.
        stream_id: A random id that tells streams apart in fingerprints; set by the class.
    """

    content: Path | bytes | AsyncIterable[bytes]
    filename: str = ""
    content_type: str | None = None
    stream_id: str = field(default_factory=lambda: secrets.token_hex(8), init=False, repr=False, compare=False)
    _taken: list[bool] = field(default_factory=list[bool], init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The file name sent to the service."""
        return self.filename or (self.content.name if isinstance(self.content, Path) else "upload.csv")

    @property
    def media_type(self) -> str:
        """The media type sent with the file."""
        found = CONTENT_TYPES.get(PurePath(self.name).suffix.lower(), "application/octet-stream")
        return self.content_type or found

    @property
    def replayable(self) -> bool:
        """Whether the content can be read a second time."""
        return isinstance(self.content, Path | bytes)

    def take_stream(self, stream: AsyncIterable[bytes]) -> AsyncIterable[bytes]:
        """Return the stream, once.

        Raises:
            InputError: The stream was taken before, so what remains of it is no longer the whole file.
        """
        if self._taken:
            raise InputError(
                "parameter 'file': this stream has already been read",
                field="file",
                remedy="pass a path or bytes for a request that may be sent more than once",
            )
        self._taken.append(True)
        return stream

    def __copy__(self) -> Self:
        """Return the upload itself: it is immutable, and a stream must not be read through two copies."""
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        """Return the upload itself, as `__copy__` does."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle a path or bytes.

        Raises:
            InputError: The content is a stream, which exists in this process only.
        """
        if not self.replayable:
            raise InputError(
                "parameter 'file': an upload of a stream cannot be pickled",
                field="file",
                remedy="pass a path or bytes, or open the stream in the process that sends it",
            )
        return type(self), (self.content, self.filename, self.content_type)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Accept an `Upload`, or a path, bytes or stream to make one from, as a field of a request."""
        serialization = core_schema.plain_serializer_function_ser_schema(_identity)
        return core_schema.no_info_plain_validator_function(_as_upload, serialization=serialization)


def _as_upload(value: object) -> Upload:
    if isinstance(value, Path | bytes | AsyncIterable):
        value = Upload(cast("Path | bytes | AsyncIterable[bytes]", value))
    if not isinstance(value, Upload):
        expected = "a pathlib.Path, bytes or an async iterable of bytes"
        raise ValueError(f"expected {expected}, got {type(value).__name__}")  # noqa: TRY004 (pydantic's protocol)
    upload = value
    if isinstance(upload.content, Path) and not upload.content.is_file():
        raise ValueError(f"file not found: {str(upload.content)!r}")
    return upload


def _identity(upload: Upload) -> dict[str, str]:
    """Return what identifies the file, without its content; fingerprints are made from this."""
    if isinstance(upload.content, bytes):
        return {"name": upload.name, "sha256": hashlib.sha256(upload.content).hexdigest()}
    if not isinstance(upload.content, Path):
        return {"name": upload.name, "stream": upload.stream_id}
    try:
        status = upload.content.stat()
    except OSError:
        return {"name": upload.name, "path": str(upload.content)}
    return {"name": upload.name, "path": str(upload.content), "version": f"{status.st_size}-{status.st_mtime_ns}"}


ROW_COLUMN = "row"
"""The column that numbers the rows of an uploaded file from 0, so that returned rows can be matched to sent ones."""


def encode_rows(rows: Sequence[Mapping[str, JsonValue]]) -> bytes:
    """Encode rows as CSV with `ROW_COLUMN` first; None becomes an empty cell, other values that are not text JSON."""
    columns = dict.fromkeys(name for row in rows for name in row)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([ROW_COLUMN, *columns])
    for number, row in enumerate(rows):
        writer.writerow([number, *(_cell(row.get(name)) for name in columns)])
    return text.getvalue().encode()


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
