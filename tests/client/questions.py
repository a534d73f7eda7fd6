"""Operations of a made-up service. They are taken out of the registry again, which is the real service's."""

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
    """Items in pages, found by cursor."""

    wanted: int | None = None
    cursor: str | None = None

    def page_rows(self, page: Any) -> Sequence[Item]:
        found: list[Item] = page.results
        return found

    def next_page(self, page: Any) -> Self | None:
        return self.model_copy(update={"cursor": page.next_cursor}) if page.next_cursor else None

    def row_limit(self) -> int | None:
        return self.wanted


class PostForm(Request, Operation[JsonValue], name="test-form", http="POST /form", body="form", keyless=True):
    """A form, sent without a key."""

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
    """A file with a form around it."""

    file: Upload
    config: Mapping[str, JsonValue] | None = None
    label: str | None = None
    cost_units: str | None = None
    idempotency_key: str | None = None


class RunFile(
    Request, JobOperation[JsonValue], name="test-run-file", job="POST /file-jobs", body="multipart", retry_safe="always"
):
    """A job over a file."""

    file: Upload


class Old(Request, Operation[JsonValue], name="test-old", http="GET /old/{thing_id}"):
    """The route that every service knows."""

    thing_id: str
    detail: int | None = None


class New(Request, Operation[JsonValue], name="test-new", http="GET /new/{thing_id}", fallback="test-old"):
    """The route that an older service does not know."""

    thing_id: str
    detail: int | None = None


class Token(Model):
    text: str


class Talk(Request, Operation[Token], name="test-talk", http="POST /talk", events=True, read_timeout=300.0):
    """A stream of events."""

    message: str


class Mutter(Request, Operation[JsonValue], name="test-mutter", http="GET /mutter", events=True):
    """A stream of anything."""


MADE_UP = {name: REGISTRY.pop(name) for name in [name for name in REGISTRY if name.startswith("test-")]}
