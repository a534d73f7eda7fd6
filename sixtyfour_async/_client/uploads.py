"""Request bodies that are forms, whose file is read while it is sent."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from secrets import token_hex

import anyio

from sixtyfour_async._wire.multipart import FILE_FIELD, Parts
from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import Upload

CHUNK_BYTES = 64 * 1024
"""Bytes read from or written to a file at once, in a worker thread."""


@asynccontextmanager
async def open_form(parts: Parts) -> AsyncGenerator[tuple[AsyncIterator[bytes], dict[str, str]], None]:
    """Give a form as httpx takes it and the headers that describe it; its file is open meanwhile."""
    boundary = token_hex(16)
    head, tail = parts.around(boundary)
    async with _file(parts.file) as (chunks, size):
        headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
        if size is not None:
            headers["content-length"] = str(len(head) + size + len(tail))
        async with aclosing(_joined(head, chunks, tail)) as joined:
            yield joined, headers


@asynccontextmanager
async def _file(upload: Upload) -> AsyncGenerator[tuple[AsyncIterator[bytes], int | None], None]:
    """Give a file's chunks, and its size in bytes if that is known before reading."""
    content = upload.content
    if isinstance(content, bytes):
        yield _sliced(content), len(content)
    elif isinstance(content, Path):
        try:
            file = await anyio.open_file(content, "rb")
        except OSError as error:
            raise InputError(f"cannot read {str(content)!r}: {error.strerror}", field=FILE_FIELD) from error
        async with file:
            size = await file.seek(0, 2)
            await file.seek(0)
            async with aclosing(_read(file, size)) as chunks:
                yield chunks, size
    else:
        yield aiter(upload.take_stream(content)), None


async def _joined(head: bytes, chunks: AsyncIterator[bytes], tail: bytes) -> AsyncGenerator[bytes, None]:
    yield head
    async for chunk in chunks:
        yield chunk
    yield tail


async def _sliced(content: bytes) -> AsyncGenerator[bytes, None]:
    for start in range(0, len(content), CHUNK_BYTES):
        yield content[start : start + CHUNK_BYTES]


async def _read(file: anyio.AsyncFile[bytes], size: int) -> AsyncGenerator[bytes, None]:
    """Read exactly as many bytes as ``content-length`` promised, even if the file has grown since."""
    left = size
    while left > 0 and (chunk := await file.read(min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk
    if left > 0:
        raise InputError("the file was truncated while it was being uploaded", field=FILE_FIELD)
