"""What the service sent for each row of a journal, as files: byte for byte, whether or not anybody can read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sixtyfour_async._journal.base import Entry
from sixtyfour_async.tables.files import input_errors

SUFFIXES = {"application/json": ".json", "text/html": ".html", "text/plain": ".txt"}
"""Content type → the suffix of a file; any other type is ``.bin``."""


def body_file(entry: Entry) -> str:
    """Return the name of the file for what was received for a row; "" when nothing was.

    A key may hold anything, so that the name is made of its hash.
    """
    body = entry.answer or entry.receipt
    if body is None:
        return ""
    content_type = body.content_type.partition(";")[0].strip().lower()
    return hashlib.sha256(entry.key.encode()).hexdigest()[:16] + SUFFIXES.get(content_type, ".bin")


def write_bodies(folder: Path, entries: Iterable[Entry]) -> int:
    """Write what was received for each row to a file of its own, and return the number of files.

    Raises:
        InputError: The folder or a file in it cannot be written.
    """
    count = 0
    with input_errors(folder, "write"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for entry in entries:
            body = entry.answer or entry.receipt
            if body is not None:
                (folder / body_file(entry)).write_bytes(body.content)
                count += 1
    return count
