"""Operations as values, and the registry of them all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel, ValidationError

from sixtyfour_async._client import namespaces
from sixtyfour_async._client.bindings import Namespace
from sixtyfour_async.models import EmailResult, Intelligence, QAResult
from sixtyfour_async.operations import (
    REGISTRY,
    BulkPeopleIntelligence,
    CancelRun,
    CheckBalance,
    CreateExclusionList,
    Criterion,
    DeepSearch,
    EnrichLead,
    EntityIds,
    ExportSearch,
    FindEmail,
    FindPhone,
    GetAgeStatus,
    GetExclusionList,
    GetJobStatus,
    GetLiveStatus,
    GetLookalikeStatus,
    GetSearchStatus,
    JobOperation,
    Lookalike,
    Operation,
    PagedOperation,
    PeopleIntelligence,
    QAAgent,
    QuerySearch,
    Request,
    RunWorkflow,
    Upload,
    VerifyAge,
)
from tests.contract.examples import make, minimal
from tests.contract.table import TABLE


class Lead(BaseModel):
    title: str


class Odd(BaseModel):
    picture: bytes


PERSON = {"name": "Ada Example", "company": "Acme Corp"}
CRITERION = Criterion(criteria_name="size", description="Big")
CSV = Upload(b"name\nAda\n", "people.csv")
WORKFLOW = {"workflow_name": "Inbound", "workflow_description": "text"}

ONE_OF_EACH: list[Operation[Any]] = [
    make(name, minimal(TABLE[str(cls.endpoint.route or cls.endpoint.job)], name)) for name, cls in REGISTRY.items()
]


@pytest.mark.parametrize("operation", ONE_OF_EACH, ids=lambda operation: operation.endpoint.name)
def test_an_operation_is_frozen_hashable_and_equal_by_content(operation: Operation[Any]) -> None:
    assert isinstance(operation, Request)
    twin = operation.model_copy(deep=True)

    assert twin == operation
    assert hash(twin) == hash(operation)
    assert isinstance(twin, Operation)
    assert twin.fingerprint() == operation.fingerprint()
    assert len({twin, operation}) == 1
    with pytest.raises(ValidationError, match="frozen"):
        operation.extra = {"a": 1}


def test_operations_of_different_kinds_are_never_equal() -> None:
    assert len(set(ONE_OF_EACH)) == len({one.fingerprint() for one in ONE_OF_EACH}) == len(ONE_OF_EACH)


def test_a_field_set_to_none_equals_a_field_not_set() -> None:
    assert FindEmail(lead=PERSON, mode=None) == FindEmail(lead=PERSON)
    assert FindEmail(lead=dict(reversed(PERSON.items()))) == FindEmail(lead=PERSON)


def test_an_operation_copies_the_callers_dict() -> None:
    lead: dict[str, Any] = {"name": "Ada"}
    operation = FindEmail(lead=lead)

    lead["name"] = "Bo"

    assert operation.lead == {"name": "Ada"}


@pytest.mark.parametrize(
    ("operation", "fingerprint"),
    [
        (FindEmail(lead={"name": "Ada"}), "aab52be8d647f44c39b5175129996c63"),
        (
            PeopleIntelligence(lead_info={"name": "Zoë", "company": "Acme"}, struct=Lead, tier="low"),
            "96fe48395c8a91411bc8dab7f554dbfb",
        ),
        (CheckBalance(), "3db0f938b8fa008fe9da853c31f875a7"),
    ],
)
def test_a_fingerprint_is_the_same_in_every_process(operation: Operation[Any], fingerprint: str) -> None:
    """Rows in journals of earlier versions are matched by these values, so they must not change."""
    assert operation.fingerprint() == fingerprint


@pytest.mark.parametrize(
    "other",
    [
        FindEmail(lead={"name": "Ada "}),
        FindEmail(lead={"name": "Ada", "company": "Acme"}),
        FindEmail(lead={"Name": "Ada"}),
        FindEmail(lead={"name": "Ada"}, mode="PERSONAL"),
        FindEmail(lead={"name": "Ada"}, mode="PROFESSIONAL"),
        FindEmail(lead={"name": "Ada"}, verify_emails=True),
        FindEmail(lead={"name": "Ada"}, verify_emails=False),
        FindEmail(lead={"name": "Ada"}, webhook_url="https://example.com/hook"),
        FindEmail(lead={"name": "Ada"}, extra={"providers": []}),
        FindPhone(lead={"name": "Ada"}),
    ],
    ids=lambda other: f"{other.endpoint.name} {other.payload()}",
)
def test_a_fingerprint_tells_every_field_apart(other: Operation[Any]) -> None:
    operation = FindEmail(lead={"name": "Ada"})

    assert other.fingerprint() != operation.fingerprint()
    assert other != operation


# --- the registry -------------------------------------------------------------------------------------------------


def subclasses(cls: type) -> Iterator[type]:
    below: list[type] = cls.__subclasses__()
    for sub in below:
        yield sub
        yield from subclasses(sub)


def test_every_operation_with_an_endpoint_is_in_the_registry_under_its_name() -> None:
    ours = {cls for cls in subclasses(Operation) if "endpoint" in vars(cls) and cls.__module__.startswith("sixtyfour")}

    assert set(REGISTRY.values()) == ours
    assert {name: cls.endpoint.name for name, cls in REGISTRY.items()} == {name: name for name in REGISTRY}


def test_no_two_operations_share_a_route() -> None:
    endpoints = [cls.endpoint for cls in REGISTRY.values()]
    routes = Counter(route for endpoint in endpoints for route in (endpoint.route, endpoint.job) if route)

    assert [route for route, times in routes.items() if times > 1] == []
    assert all(endpoint.route or endpoint.job for endpoint in endpoints)


@pytest.mark.parametrize("cls", REGISTRY.values(), ids=REGISTRY)
def test_an_endpoint_refers_only_to_fields_that_exist(cls: type[Operation[Any]]) -> None:
    assert issubclass(cls, Request)
    endpoint, fields = cls.endpoint, set(cls.model_fields)
    named = {*endpoint.in_query, *endpoint.in_headers, *filter(None, [endpoint.idempotency_field])}

    assert named <= fields
    assert (endpoint.job is not None) == issubclass(cls, JobOperation)
    assert (endpoint.retry_safe == "key") == bool(endpoint.idempotency_field)
    assert endpoint.id_field in endpoint.started.model_fields
    assert endpoint.answer is not None


@pytest.mark.parametrize(
    ("operation", "is_retry_safe"),
    [
        (FindEmail(lead=PERSON), False),
        (PeopleIntelligence(lead_info=PERSON), False),
        (GetJobStatus(job_id="x"), True),
        (CheckBalance(), True),
        (CancelRun(job_id="x"), True),
        (DeepSearch(query="x"), False),
        (DeepSearch(query="x", search_id="s"), True),
        (RunWorkflow(workflow_id="x"), False),
        (RunWorkflow(workflow_id="x", idempotency_key=""), False),
        (RunWorkflow(workflow_id="x", idempotency_key="k"), True),
        (BulkPeopleIntelligence(file=CSV), False),
        (BulkPeopleIntelligence(file=CSV, idempotency_key="k"), True),
        (QuerySearch(search_id="s"), False),
    ],
    ids=repr,
)
def test_only_operations_that_cannot_be_charged_twice_are_retry_safe(
    operation: Operation[Any], is_retry_safe: bool
) -> None:
    assert operation.is_retry_safe() is is_retry_safe


@pytest.mark.parametrize(
    ("operation", "poll"),
    [
        (FindEmail(lead=PERSON), GetJobStatus(job_id="x")),
        (PeopleIntelligence(lead_info=PERSON), GetJobStatus(job_id="x")),
        (DeepSearch(query="q"), GetSearchStatus(task_id="x")),
        (RunWorkflow(workflow_id="w"), GetLiveStatus(run_id="x")),
        (ExportSearch(search_id="s"), GetSearchStatus(task_id="x")),
        (Lookalike(linkedin_urls=["u"]), GetLookalikeStatus(task_id="x")),
        (CreateExclusionList(name="n", source=EntityIds(entity_ids=["a"])), GetExclusionList(list_id="x")),
        (VerifyAge(subject=PERSON), GetAgeStatus(task_id="x")),
        (BulkPeopleIntelligence(file=CSV), GetJobStatus(job_id="x")),
    ],
    ids=lambda value: value.endpoint.name,
)
def test_each_kind_of_job_is_polled_on_its_own_route(operation: JobOperation[Any], poll: Operation[Any]) -> None:
    assert operation.poll("x") == poll


@pytest.mark.parametrize(
    ("operation", "variant"),
    [
        (FindEmail(lead=PERSON), "find-email"),
        (FindEmail(lead=PERSON, mode="PERSONAL"), "find-email/PERSONAL"),
        (PeopleIntelligence(lead_info=PERSON, tier="high"), "people-intelligence/high"),
        (DeepSearch(query="q", mode="company"), "deep-search/company"),
    ],
)
def test_a_variant_names_what_the_price_depends_on(operation: JobOperation[Any], variant: str) -> None:
    assert operation.variant() == variant


def test_the_answer_type_follows_the_struct() -> None:
    assert PeopleIntelligence(lead_info=PERSON, struct=Lead).answer_type() is Intelligence[Lead]
    untyped = PeopleIntelligence(lead_info=PERSON, struct={"a": "b"}).answer_type()
    assert untyped.model_validate({"structured_data": {"a": 1}}).structured_data == {"a": 1}
    assert FindEmail(lead=PERSON).answer_type() is EmailResult


def test_an_alias_has_the_answer_type_of_the_original() -> None:
    assert EnrichLead(lead_info=PERSON, struct=Lead).answer_type() is Intelligence[Lead]
    assert EnrichLead(lead_info=PERSON) != PeopleIntelligence(lead_info=PERSON)
    assert QAAgent(data=PERSON, qualification_criteria=[CRITERION], struct=Lead).answer_type() is QAResult[Lead]


class _Recorder:
    """A client that records calls instead of sending them."""

    calls: ClassVar[list[str]] = []

    def send(self, operation: Operation[Any]) -> None:
        self.calls.append(f"send {operation.endpoint.name}")

    def submit(self, operation: Operation[Any]) -> None:
        self.calls.append(f"submit {operation.endpoint.name}")

    def rows(self, operation: Operation[Any]) -> None:
        self.calls.append(f"rows {operation.endpoint.name}")

    def events(self, operation: Operation[Any]) -> None:
        self.calls.append(f"events {operation.endpoint.name}")


UNBOUND: set[str] = set()
"""Operations that no namespace offers, on purpose."""


def bound_operations() -> Iterator[tuple[str, type[Operation[Any]]]]:
    """Yield each method of each namespace with its operation."""
    for namespace in Namespace.__subclasses__():
        for name, binding in vars(namespace).items():
            operation = getattr(binding, "_operation", None)
            if operation is not None:
                yield f"{namespace.__name__}.{name}", operation


def test_every_operation_is_bound_exactly_once_or_deliberately_not() -> None:
    bound = Counter(operation.endpoint.name for _, operation in bound_operations())

    assert {name for name, times in bound.items() if times > 1} == set()
    assert set(bound) | UNBOUND == set(REGISTRY)
    assert set(bound) & UNBOUND == set()


def test_a_binding_offers_exactly_the_forms_that_the_operation_has() -> None:
    for place, operation in bound_operations():
        namespace, name = place.split(".")
        bound = getattr(getattr(namespaces, namespace)(_Recorder()), name)

        assert hasattr(bound, "submit") == (None not in (operation.endpoint.route, operation.endpoint.job)), place
        assert hasattr(bound, "pages") == issubclass(operation, PagedOperation), place
        assert callable(bound), place


def test_calling_sends_and_submitting_submits() -> None:
    _Recorder.calls.clear()
    client: Any = _Recorder()

    people, search, chat = namespaces.People(client), namespaces.Search(client), namespaces.Dashboard(client).chat

    _: Any = people.find_email(lead=PERSON)
    _ = people.find_email.submit(lead=PERSON)
    _ = search.start_deep_search(query="q")
    _ = search.exclusion_lists.get(list_id="l")
    _ = search.query.rows(search_id="s")
    _ = chat.stream_session(session_id="s")

    assert _Recorder.calls == [
        "send find-email",
        "submit find-email",
        "submit deep-search",
        "send exclusion-list",
        "rows search-query",
        "events chat-session-stream",
    ]
