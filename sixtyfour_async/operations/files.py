"""Operations on tables: store a CSV file for later use, or enrich one through the legacy route."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.models import StoredFile
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import LONG_ANSWER_TIMEOUT_SECONDS
from sixtyfour_async.operations._files import Upload


class UploadCSV(
    Request,
    Operation[StoredFile],
    name="storage-csv-upload",
    http="POST /storage/csv/upload",
    body="multipart",
    retry_safe="always",  # a second handle to the same rows costs nothing
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Upload a CSV file and return a handle for workflows, exclusion lists and lookalike searches.

    Handles expire and belong to the organization. Size limit and lifetime are not published.
    Source: docs.sixtyfour.ai, api-reference/workflows (named there, not described). Assumed: the part name ``file``.
    """

    file: Upload
    """The CSV file to upload, as an `Upload`, a `pathlib.Path`, bytes or an async iterable of bytes."""


class EnrichDataframe(
    Request,
    Operation[JsonValue],
    name="enrich-dataframe",
    http="POST /enrich-dataframe",
    read_timeout=LONG_ANSWER_TIMEOUT_SECONDS,
    standing="documented",
):
    """Enrich a CSV table through a legacy route; prefer `BulkPeopleIntelligence`.

    The answer is JSON of unpublished shape. Price: not published. Source: a third-party reference; in no specification.
    """

    csv_data: Annotated[str, Field(min_length=1)]
    """The whole table as CSV text with a header line, such as ``"name,company\\nA,B"``."""
    enrichment_type: Annotated[str, Field(min_length=1)]
    """What to add to each row, such as ``phone``; other values are not published."""
