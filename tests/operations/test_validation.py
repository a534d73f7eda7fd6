"""Invalid input is rejected when the operation is made, with the name of the field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from sixtyfour_async.errors import InputError
from sixtyfour_async.operations import (
    BulkPeopleIntelligence,
    CompanyIntelligence,
    CreateExclusionList,
    CreateSchedule,
    CreateWorkflow,
    Criterion,
    DeepSearch,
    DisableBoundSchedules,
    EnrichCompany,
    EnrichLead,
    EnrichLinkedIn,
    EntityIds,
    ExportSearch,
    FindEmail,
    FindEmailBulk,
    GenerateStruct,
    ListRuns,
    Lookalike,
    PeopleIntelligence,
    QAAgent,
    QuerySearch,
    ReverseEmail,
    ReverseEmailBulk,
    ReversePhone,
    RunWorkflow,
    StartFilterSearch,
    Upload,
)


class Unsupported(BaseModel):
    picture: bytes


PERSON = {"name": "Ada Example", "company": "Acme Corp"}
CRITERION = Criterion(criteria_name="size", description="Big")
CSV = Upload(b"name\nAda\n", "people.csv")
WORKFLOW = {"workflow_name": "Inbound", "workflow_description": "text"}


Make = Callable[..., Any]


@pytest.mark.parametrize(
    ("make", "fields", "field"),
    [
        (FindEmail, {}, "lead"),
        (FindEmail, {"lead": {}}, "lead"),
        (FindEmail, {"lead": ["Ada"]}, "lead"),
        (FindEmail, {"lead": {"when": object()}}, "lead.when"),
        (FindEmail, {"lead": PERSON, "mode": "professional"}, "mode"),
        (FindEmail, {"lead": PERSON, "webhook_url": ""}, "webhook_url"),
        (FindEmail, {"lead": PERSON, "webhook_url": "x" * 2084}, "webhook_url"),
        (FindEmail, {"lead": PERSON, "bruteforce": True}, "bruteforce"),
        (ReverseEmail, {"lead": {"name": "Ada"}}, "lead"),
        (ReverseEmail, {"lead": {"email": ""}}, "lead"),
        (ReversePhone, {"lead": {"email": "a@b.example"}}, "lead"),
        (CompanyIntelligence, {"target_company": PERSON}, "struct"),
        (PeopleIntelligence, {"lead_info": PERSON, "struct": Unsupported}, "struct"),
        (QAAgent, {"data": PERSON, "qualification_criteria": []}, "qualification_criteria"),
        (QAAgent, {"data": PERSON, "qualification_criteria": [CRITERION], "max_tool_calls": 51}, "max_tool_calls"),
        (
            QAAgent,
            {"data": PERSON, "qualification_criteria": [{"criteria_name": "x"}]},
            "qualification_criteria.0.description",
        ),
        (DeepSearch, {"query": ""}, "query"),
        (DeepSearch, {"query": "x", "max_results": 0}, "max_results"),
        (DeepSearch, {"query": "x", "exclude_list_ids": ["i"] * 11}, "exclude_list_ids"),
        (DeepSearch, {"query": "x", "exclude_entity_ids": ["i"] * 1001}, "exclude_entity_ids"),
        (DeepSearch, {"query": "x", "exclude_entity_ids": ["i"], "exclude_public_ids": ["j"]}, None),
        (DeepSearch, {"query": "x", "mode": "company", "exclude_public_ids": ["j"]}, None),
        (FindEmail, {"lead": PERSON, "webhook_url": "ftp://example.com"}, "webhook_url"),
        (FindEmailBulk, {"leads": [PERSON, {}]}, "leads.1"),
        (ReverseEmailBulk, {"leads": [{"email": "a@b.example"}, {"name": "Ada"}]}, "leads"),
        (EnrichLead, {}, "lead_info"),
        (EnrichCompany, {"target_company": PERSON, "struct": Unsupported}, "struct"),
        (EnrichLinkedIn, {"linkedin_url": "x", "struct": {"a": {"description": "b", "type": "int"}}}, "struct"),
        (BulkPeopleIntelligence, {"file": 5}, "file"),
        (BulkPeopleIntelligence, {"file": Upload(b"x", "people.xlsx")}, "file"),
        (BulkPeopleIntelligence, {"file": CSV, "struct": {"a": "x" * 300_000}}, None),
        (BulkPeopleIntelligence, {"file": CSV, "struct": Unsupported}, "struct"),
        (QuerySearch, {}, None),
        (QuerySearch, {"query": "x", "search_id": "s"}, None),
        (QuerySearch, {"query": "x", "mode": "company"}, None),
        (QuerySearch, {"cursor": "c", "page_size": 10}, None),
        (QuerySearch, {"search_id": "s", "exclude_entity_ids": ["i"], "exclude_public_ids": ["j"]}, None),
        (StartFilterSearch, {"cursor": "c", "mode": "people"}, None),
        (ExportSearch, {}, None),
        (ExportSearch, {"search_id": "s", "mode": "company", "exclude_public_ids": ["j"]}, None),
        (CreateExclusionList, {"source": EntityIds(entity_ids=["a"])}, None),
        (CreateExclusionList, {"name": "x", "source": {"type": "file"}}, "source"),
        (
            CreateExclusionList,
            {"name": "x", "source": {"type": "entity_ids", "entity_ids": []}},
            "source.entity_ids.entity_ids",
        ),
        (Lookalike, {}, None),
        (Lookalike, {"linkedin_urls": ["u"], "csv_resource_handle_id": "h"}, None),
        (Lookalike, {"linkedin_urls": ["u" * 501]}, "linkedin_urls.0"),
        (CreateSchedule, {"workflow_id": "w", "name": "n", "cron_expression": "0 7 * *"}, "cron_expression"),
        (DisableBoundSchedules, {}, None),
        (DisableBoundSchedules, {"api_key_id": 1, "created_by": "u"}, None),
        (DisableBoundSchedules, {"api_key_id": 1, "team_id": "t"}, None),
        (CreateWorkflow, {**WORKFLOW, "workflow_definition": {"blocks": []}}, "workflow_definition"),
        (GenerateStruct, {"description": "x", "existing_struct": [{"name": "a b"}]}, "existing_struct.0"),
        (
            GenerateStruct,
            {"description": "x", "existing_struct": [{"name": "a", "description": "x" * 10_001}]},
            "existing_struct.0",
        ),
        (
            GenerateStruct,
            {"description": "x", "existing_struct": [{"name": "a", "options": ["x" * 201]}]},
            "existing_struct.0",
        ),
        (GenerateStruct, {"description": "x", "existing_struct": [{"name": "a", "type": "date"}]}, "existing_struct.0"),
        (ListRuns, {"limit": 501}, "limit"),
        (RunWorkflow, {"workflow_id": "w", "result_formats": ["xml"]}, "result_formats.0"),
    ],
)
def test_invalid_input_is_rejected_with_the_name_of_the_field(
    make: Make, fields: dict[str, Any], field: str | None
) -> None:
    with pytest.raises(InputError) as raised:
        make(**fields)

    assert raised.value.field == field
    assert raised.value.message.startswith(f"{make.__name__}: ")
    assert len(str(raised.value).splitlines()) == 1


def test_a_struct_class_with_an_unsupported_field_is_rejected_by_field() -> None:
    with pytest.raises(InputError, match=r"Unsupported\.picture: the service has no type for"):
        PeopleIntelligence(lead_info=PERSON, struct=Unsupported)


def test_a_struct_that_is_neither_class_nor_mapping_is_rejected() -> None:
    with pytest.raises(InputError) as raised:
        PeopleIntelligence(lead_info=PERSON, struct=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    assert raised.value.field == "struct"
