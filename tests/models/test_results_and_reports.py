"""What answers offer beside their fields, and how invalid optional fields are handled."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from sixtyfour_async.errors import ResponseError
from sixtyfour_async.models import (
    AgeStatus,
    ExclusionList,
    GeneratedStruct,
    Intelligence,
    JobState,
    NewSigningSecret,
    OAuthToken,
    SearchStatus,
)
from tests.models.test_models import SEARCH

# --- people found -------------------------------------------------------------------------------------------------


class Found(BaseModel):
    name: str
    score: float | None = None


class Firm(BaseModel):
    size: int | None = None


def test_people_found_are_returned_as_the_requested_class() -> None:
    data = {"size": "30", "leads": [{"name": "Bo", "score": "9.5"}, {"name": "Cy", "score": ""}]}
    answer = Intelligence[Firm].model_validate({"structured_data": data})

    assert answer.structured_data == Firm(size=30)
    assert answer.people_as(Found) == [Found(name="Bo", score=9.5), Found(name="Cy")]
    assert Intelligence.model_validate({"structured_data": {}, "people": [{"name": "Bo"}]}).people_as(Found) == [
        Found(name="Bo")
    ]


def test_a_person_found_lacks_only_the_field_that_cannot_be_read() -> None:
    answer = Intelligence.model_validate({"structured_data": {"leads": [{"name": "Bo", "score": "high"}]}})

    assert answer.people_as(Found) == [Found(name="Bo")]
    assert answer.people == [{"name": "Bo", "score": "high"}]


def test_a_person_found_that_does_not_fit_a_strict_class_raises() -> None:
    class Exact(Found):
        model_config = ConfigDict(strict=True)

    answer = Intelligence.model_validate({"structured_data": {"leads": [{"name": "Bo", "score": "high"}]}})

    with pytest.raises(ResponseError, match="a person found does not fit Exact: score"):
        answer.people_as(Exact)


# --- invalid optional fields --------------------------------------------------------------------------------------


def test_an_invalid_optional_field_takes_its_default() -> None:
    status = SearchStatus.model_validate(
        {**SEARCH, "current_phase": "late", "total_results": "187", "resource_handle_id": 7, "iterations": "none"}
    )

    assert (status.current_phase, status.total_results, status.resource_handle_id) == (None, 187, "7")
    assert (status.task_id, status.iterations) == ("e3b0", None)


def test_an_answer_that_a_strict_class_refuses_is_never_dropped() -> None:
    class Lead(BaseModel):
        model_config = ConfigDict(strict=True)
        years: int = 0

    with pytest.raises(ValidationError, match="years"):
        Intelligence[Lead].model_validate({"structured_data": {"years": "many"}, "confidence_score": "high"})


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"task_id": "t", "status": "running"}, {"state": JobState.RUNNING, "result": None}),
        ({"task_id": "t", "status": "completed", "age": 41}, {"state": JobState.COMPLETED, "result": {"age": 41}}),
        ({"task_id": "t", "age": 41}, {"state": JobState.COMPLETED, "word": "completed", "result": {"age": 41}}),
        ({"task_id": "t"}, {"state": JobState.RUNNING}),
        ({"task_id": "t", "status": "failed", "error": "why"}, {"state": JobState.FAILED, "error": "why"}),
    ],
)
def test_an_age_verification_is_reported(answer: dict[str, Any], expected: dict[str, Any]) -> None:
    report = AgeStatus.model_validate(answer).report()

    assert {name: getattr(report, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("pending", JobState.RUNNING),
        ("materializing", JobState.RUNNING),
        ("ready", JobState.COMPLETED),
        ("failed", JobState.FAILED),
    ],
)
def test_an_exclusion_list_is_reported_ready_once_it_can_be_used(status: str, state: JobState) -> None:
    report = ExclusionList.model_validate({"id": "l1", "status": status, "error_message": "why"}).report()

    assert (report.state, report.error, report.result is not None) == (state, "why", status == "ready")


def test_a_generated_struct_converts_to_a_struct_parameter() -> None:
    generated = GeneratedStruct.model_validate(
        {"struct": [{"name": "size", "description": "Head count", "type": "int", "options": None}]}
    )

    assert generated.as_struct() == {"size": {"description": "Head count", "type": "int"}}


@pytest.mark.parametrize("shown", [NewSigningSecret(plaintext="secret"), OAuthToken(access_token="secret")], ids=repr)
def test_secrets_are_hidden_from_repr(shown: BaseModel) -> None:
    assert "secret" not in repr(shown)
