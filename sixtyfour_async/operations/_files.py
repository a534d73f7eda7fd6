"""A file to upload, as a value."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import AsyncIterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Any, cast

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
"""By the end of a file's name, the same on every machine: the formats that bulk jobs and uploads take.

Source: docs.sixtyfour.ai, api-reference, bulk intelligence (``.csv``, ``.json``, ``.jsonl``, ``.ndjson``).
"""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to the service; it is never read whole.

    Attributes:
        content: A path, bytes, or a stream of bytes. A stream can be read once: such an upload is never sent again.
        filename: Its name over there; a path's own name by default.
        content_type: Found from the name when None.
        mark: Made up, to tell streams apart.

    Two uploads are the same question when name and content are: bytes by their digest, a file by its path, size and
    time of change, a stream never.
    """

    content: Path | bytes | AsyncIterable[bytes]
    filename: str = ""
    content_type: str | None = None
    mark: str = field(default_factory=lambda: secrets.token_hex(8), init=False, repr=False, compare=False)
    _taken: list[bool] = field(default_factory=list[bool], init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The name it is sent under."""
        return self.filename or (self.content.name if isinstance(self.content, Path) else "upload.csv")

    @property
    def media_type(self) -> str:
        """The content type it is sent with."""
        found = CONTENT_TYPES.get(PurePath(self.name).suffix.lower(), "application/octet-stream")
        return self.content_type or found

    @property
    def replayable(self) -> bool:
        """Can it be read a second time?"""
        return isinstance(self.content, Path | bytes)

    def take_stream(self, stream: AsyncIterable[bytes]) -> AsyncIterable[bytes]:
        """Hand the stream out, once.

        Raises:
            InputError: It was handed out before: what is left of it is not the file any more.
        """
        if self._taken:
            raise InputError(
                "parameter 'file': this stream has been read already",
                field="file",
                remedy="upload a path or bytes when a request should be sent again",
            )
        self._taken.append(True)
        return stream

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Take an `Upload`, or what one is made of, as a request's field."""
        written = core_schema.plain_serializer_function_ser_schema(_identity)
        return core_schema.no_info_plain_validator_function(_as_upload, serialization=written)


def _as_upload(value: object) -> Upload:
    if isinstance(value, Path | bytes | AsyncIterable):
        value = Upload(cast("Path | bytes | AsyncIterable[bytes]", value))
    if not isinstance(value, Upload):
        raise ValueError(f"a file is a pathlib.Path, bytes or a stream of bytes, not {type(value).__name__}")  # noqa: TRY004 (pydantic's protocol)
    upload = value
    if isinstance(upload.content, Path) and not upload.content.is_file():
        raise ValueError(f"there is no file {str(upload.content)!r}")
    return upload


def _identity(upload: Upload) -> dict[str, str]:
    """Say which file it is, without its content."""
    if isinstance(upload.content, bytes):
        return {"name": upload.name, "sha256": hashlib.sha256(upload.content).hexdigest()}
    if not isinstance(upload.content, Path):
        return {"name": upload.name, "stream": upload.mark}
    try:
        seen = upload.content.stat()
    except OSError:
        return {"name": upload.name, "path": str(upload.content)}
    return {"name": upload.name, "path": str(upload.content), "version": f"{seen.st_size}-{seen.st_mtime_ns}"}


ROW_COLUMN = "row"
"""The column by which rows of a file that went out are known when they come back: their number, from 0."""


def written(rows: Sequence[Mapping[str, JsonValue]]) -> bytes:
    """Write rows as CSV, each with its number; a value that is no text goes as JSON."""
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
