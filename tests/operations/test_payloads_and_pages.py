"""The wire form of operations, and how one page leads to the next."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, JsonValue

from sixtyfour_async.models import SearchPage, StructField
from sixtyfour_async.operations import (
    Block,
    BulkPeopleIntelligence,
    CreateExclusionList,
    CreateToken,
    CreateWorkflow,
    Criterion,
    EntityIds,
    GenerateStruct,
    Graph,
    ListSearchHistory,
    QuerySearch,
    SearchResults,
    StartFilterSearch,
    UpdateWorkflow,
    Upload,
    UploadCSV,
    UploadedFile,
)


class Lead(BaseModel):
    title: str


PERSON = {"name": "Ada Example", "company": "Acme Corp"}
CRITERION = Criterion(criteria_name="size", description="Big")
CSV = Upload(b"name\nAda\n", "people.csv")


# --- payloads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "payload"),
    [
        (EntityIds(entity_ids=["a"]), {"type": "entity_ids", "entity_ids": ["a"]}),
        (UploadedFile(resource_handle_id="rh"), {"type": "resource_handle", "resource_handle_id": "rh"}),
        (SearchResults(search_id="s", max_results=9), {"type": "search_id", "search_id": "s", "max_results": 9}),
    ],
)
def test_the_source_of_a_list_sends_its_type(source: Any, payload: Any) -> None:
    assert CreateExclusionList(name="n", source=source).payload()["source"] == payload
    assert CreateExclusionList(name="n", source=payload) == CreateExclusionList(name="n", source=source)


def test_a_block_without_a_category_is_sent_under_its_name() -> None:
    graph = Graph(blocks=[Block(block_name="webhook", sequence_number=1)])

    assert CreateWorkflow(workflow_name="a", workflow_description="b", workflow_definition=graph).payload()[
        "workflow_definition"
    ] == {
        "blocks": [{"block_name": "webhook", "sequence_number": 1, "block_type": "webhook", "specs": {}}],
        "edges": [],
    }


def test_a_definition_as_json_gets_the_edges_that_the_service_requires() -> None:
    blocks: list[JsonValue] = [{"block_name": "webhook", "sequence_number": 1, "block_type": "io", "specs": {}}]
    operation = UpdateWorkflow(workflow_id="w", workflow_definition={"blocks": blocks, "layout": "left"})

    assert operation.payload()["workflow_definition"] == {"blocks": blocks, "edges": [], "layout": "left"}


def test_a_struct_field_is_sent_with_its_defaults() -> None:
    operation = GenerateStruct(description="more", existing_struct=[StructField(name="title", description="Job title")])

    assert operation.payload()["existing_struct"] == [{"name": "title", "description": "Job title", "type": "str"}]


def test_a_token_request_sends_its_constants_and_hides_the_assertion() -> None:
    operation = CreateToken(client_id="c", client_assertion="secret.jwt")

    assert operation.payload()["grant_type"] == "client_credentials"
    assert str(operation.payload()["client_assertion_type"]).endswith("jwt-bearer")
    assert "secret.jwt" not in repr(operation)


def test_a_bulk_config_is_one_json_text_that_includes_extra_keys() -> None:
    operation = BulkPeopleIntelligence(file=CSV, struct=Lead, tier="micro", cost_units="cents", extra={"new": 1})

    config = {"tier": "micro", "struct": {"title": {"description": "title", "type": "str"}}, "new": 1}
    assert json.loads(str(operation.payload()["config"])) == config
    assert set(operation.payload()) == {"file", "config", "cost_units"}


def test_uploads_of_different_content_are_different_operations(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name\nAda\n")
    first = UploadCSV(file=Upload(file))

    assert UploadCSV(file=CSV) == UploadCSV(file=CSV)
    assert UploadCSV(file=CSV) != UploadCSV(file=Upload(b"name\nBo\n", "people.csv"))
    assert first == UploadCSV(file=Upload(file))
    before = first.fingerprint()
    file.write_text("name\nAda\nBo\n")
    assert UploadCSV(file=Upload(file)).fingerprint() != before


# --- pages --------------------------------------------------------------------------------------------------------


def test_every_page_is_requested_on_behalf_of_the_same_user() -> None:
    operation = QuerySearch(simple_filters={"a": 1}, user_id="u1")

    following = operation.next_page(SearchPage(has_more=True, next_cursor="c1"))

    assert following == QuerySearch(cursor="c1", user_id="u1")


@pytest.mark.parametrize(
    "operation", [QuerySearch(simple_filters={"a": 1}, max_results=7), StartFilterSearch(page_size=5)]
)
def test_the_next_page_is_requested_by_cursor_alone(operation: QuerySearch | StartFilterSearch) -> None:
    page = SearchPage(results=[], has_more=True, next_cursor="c2")

    following = operation.next_page(page)

    assert following.payload() == {"cursor": "c2"}
    assert following.next_page(page) is None
    assert operation.next_page(SearchPage(has_more=False, next_cursor="c2")) is None
    assert operation.next_page(SearchPage(has_more=True)) is None


def test_a_search_returns_the_rows_of_a_page_and_its_row_limit() -> None:
    operation = QuerySearch(search_id="s", max_results=7)

    assert operation.page_rows(SearchPage(results=[{"a": 1}])) == [{"a": 1}]
    assert operation.row_limit() == 7


def test_history_is_paged_whichever_key_holds_its_rows() -> None:
    operation = ListSearchHistory(limit=2, from_="2026-01-01")
    page = {"searches": [{"search_id": "s1"}, None], "next_cursor": "c2", "has_more": True}

    following = operation.next_page(page)

    assert operation.page_rows(page) == [{"search_id": "s1"}]
    assert following.payload() == {"limit": 2, "from": "2026-01-01", "cursor": "c2"}
    assert following.next_page(page) is None
    assert operation.page_rows({}) == []
    assert operation.next_page({}) is None
