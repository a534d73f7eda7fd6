"""Questions about tables: send one for later use, or have one enriched in the old way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue

from sixtyfour_async.models import StoredFile
from sixtyfour_async.operations._base import Operation, Request
from sixtyfour_async.operations._fields import LONG
from sixtyfour_async.operations._files import Upload


class UploadCSV(
    Request,
    Operation[StoredFile],
    name="storage-csv-upload",
    http="POST /storage/csv/upload",
    body="multipart",
    retry_safe="always",  # a second handle to the same rows costs nothing
    read_timeout=LONG,
    standing="documented",
):
    """Send a CSV file and get a handle for workflows, exclusion lists and lookalikes; handles expire.

    Named by docs.sixtyfour.ai, api-reference/workflows, and described nowhere: the part's name ``file`` is assumed.
    """

    file: Upload


class EnrichDataframe(
    Request,
    Operation[JsonValue],
    name="enrich-dataframe",
    http="POST /enrich-dataframe",
    read_timeout=LONG,
    standing="documented",
):
    """Enrich a table given as one text, in the form of an older third-party reference: use bulk-intelligence."""

    csv_data: Annotated[str, Field(min_length=1)]
    """``"name,company\\nA,B"``."""
    enrichment_type: Annotated[str, Field(min_length=1)]
    """Such as ``phone``."""
