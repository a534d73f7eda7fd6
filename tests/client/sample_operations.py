"""Operations of a fictitious service, removed from the registry, which lists the real service's only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import JsonValue

from sixtyfour_async import Upload
from sixtyfour_async.models._base import Model
from sixtyfour_async.operations import REGISTRY, JobOperation, Operation, PagedOperation, Request


class Item(Model):
    number: int


class ItemPage(Model):
    results: list[Item]
    next_cursor: str | None = None


class ListItems(Request, PagedOperation[ItemPage, Item], name="test-items", http="GET /items"):
    """List items in pages, linked by a cursor."""

    max_results: int | None = None
    cursor: str | None = None

    def page_rows(self, page: Any) -> Sequence[Item]:
        rows: list[Item] = page.results
        return rows

    def next_page(self, page: Any) -> Self | None:
        return self.model_copy(update={"cursor": page.next_cursor}) if page.next_cursor else None

    def row_limit(self) -> int | None:
        return self.max_results


class PostForm(Request, Operation[JsonValue], name="test-form", http="POST /form", body="form", keyless=True):
    """Post a form without a key."""

    grant_type: str
    scope: Sequence[str] | None = None
    flag: bool | None = None
    count: int | None = None


class PostFile(
    Request,
    Operation[JsonValue],
    name="test-file",
    http="POST /files",
    body="multipart",
    retry_safe="always",
    in_query=("cost_units",),
    in_headers={"idempotency_key": "Idempotency-Key"},
):
    """Post a file and form fields as multipart."""

    file: Upload
    config: Mapping[str, JsonValue] | None = None
    label: str | None = None
    cost_units: str | None = None
    idempotency_key: str | None = None


class RunFile(
    Request, JobOperation[JsonValue], name="test-run-file", job="POST /file-jobs", body="multipart", retry_safe="always"
):
    """Start a job over a file."""

    file: Upload


class OldRoute(Request, Operation[JsonValue], name="test-old", http="GET /old/{thing_id}"):
    """Get a thing by the route that every deployment has."""

    thing_id: str
    detail: int | None = None


class NewRoute(Request, Operation[JsonValue], name="test-new", http="GET /new/{thing_id}", fallback="test-old"):
    """Get a thing by a route that an older deployment lacks."""

    thing_id: str
    detail: int | None = None


class Token(Model):
    text: str


class StreamTokens(Request, Operation[Token], name="test-talk", http="POST /talk", events=True, read_timeout=300.0):
    """Stream typed events."""

    message: str


class StreamAnything(Request, Operation[JsonValue], name="test-mutter", http="GET /mutter", events=True):
    """Stream events of any shape."""


SAMPLES = {name: REGISTRY.pop(name) for name in [name for name in REGISTRY if name.startswith("test-")]}
