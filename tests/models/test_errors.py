"""The error tree: drawn as it is, one class per status, picklable, equal by content, printed as one line."""

from __future__ import annotations

import copy
import inspect
import pickle
import re
from collections.abc import Iterator
from typing import Any

import pytest

from sixtyfour_async import errors
from sixtyfour_async.errors import (
    AddressError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigurationError,
    ConflictError,
    ConnectError,
    CostCapError,
    CreditsError,
    InputError,
    JobCancelledError,
    JobError,
    JobFailedError,
    JobLostError,
    JobTimeoutError,
    JobUnknownError,
    JournalError,
    LinkRefusedError,
    NoAnswerError,
    NotFoundError,
    PayloadTooLargeError,
    PermissionDeniedError,
    ProtocolError,
    RateLimitError,
    RequestTimeoutError,
    ResponseError,
    RunStoppedError,
    ServerError,
    SixtyfourError,
    TransportError,
    UnmatchedError,
    UnprocessableError,
    UnreadableError,
    WebhookError,
    api_error_class,
)

BY_STATUS: dict[int, type[APIError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    402: CreditsError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    413: PayloadTooLargeError,
    422: UnprocessableError,
    429: RateLimitError,
}


@pytest.mark.parametrize("status", range(400, 600))
def test_each_status_has_its_class_and_only_5xx_are_server_errors(status: int) -> None:
    cls = api_error_class(status)

    assert cls is BY_STATUS.get(status, ServerError if status >= 500 else APIError)
    assert issubclass(cls, APIError)
    assert issubclass(cls, ServerError) == (status >= 500)


PLAIN: list[type[SixtyfourError]] = [
    SixtyfourError,
    ConfigurationError,
    CostCapError,
    RunStoppedError,
    JournalError,
]
TRANSPORTS: list[type[TransportError]] = [TransportError, ConnectError, RequestTimeoutError, ProtocolError]
APIS: list[type[APIError]] = [APIError, *BY_STATUS.values(), ServerError]
JOBS: list[type[JobError]] = [
    JobError,
    JobFailedError,
    JobCancelledError,
    JobTimeoutError,
    JobLostError,
    JobUnknownError,
    NoAnswerError,
    UnmatchedError,
    UnreadableError,
]
API: dict[str, Any] = {
    "status": 418,
    "code": "some_code",
    "errors": [("body.lead", "Field required")],
    "request_id": "r_12",
    "retry_after": 2.5,
    "operation": "POST /find-email",
    "body": "{}",
}
TRANSPORT: dict[str, Any] = {"operation": "POST /find-email", "sent": False}
JOB: dict[str, Any] = {"job_id": "job_1", "state": "running"}
RESPONSE: dict[str, Any] = {"operation": "GET /x", "expected": "JSON", "body": "<html>"}


def examples() -> Iterator[SixtyfourError]:
    for cls in PLAIN:
        yield cls("text")
    yield InputError("text", row=3, column="website", remedy="fill it")
    for transport in TRANSPORTS:
        yield transport("text", **TRANSPORT)
    for api in APIS:
        yield api("text", **API)
    yield ResponseError("text", **RESPONSE)
    yield LinkRefusedError("text", **RESPONSE)
    yield WebhookError("text", reason="stale")
    yield AddressError("text", **RESPONSE)
    for job in JOBS:
        yield job("text", **JOB)


EXAMPLES = list(examples())


def all_classes() -> dict[str, type[SixtyfourError]]:
    return {
        name: member
        for name, member in vars(errors).items()
        if inspect.isclass(member) and issubclass(member, SixtyfourError)
    }


def test_every_error_class_has_an_example() -> None:
    assert {type(error) for error in EXAMPLES} == set(all_classes().values())


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling_and_copying_with_everything_it_carries(error: SixtyfourError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 (our own bytes)
        assert twin == error
        assert hash(twin) == hash(error)
        assert vars(twin) == vars(error)
        assert str(twin) == str(error)
        assert twin.args == error.args


def test_a_picklable_error_needs_no_cause() -> None:
    error = JobUnknownError("parked", job_id=None)
    error.__cause__ = ConnectError("refused")

    twin = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)

    assert twin == error
    assert twin.job_id is None


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_errors_differ_when_class_or_content_differ(error: SixtyfourError) -> None:
    other = copy.copy(error)
    other.message = "another text"

    assert other != error
    assert sum(one == error for one in EXAMPLES) == 1


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConfigurationError("no key"), "no key"),
        (InputError("is empty"), "is empty"),
        (
            InputError("is empty", row=3, column="website", remedy="fill it"),
            "row 3, column 'website': is empty (fill it)",
        ),
        (InputError("is empty", column="website"), "column 'website': is empty"),
        (TransportError("no answer"), "no answer"),
        (ConnectError("refused", operation="GET /x", sent=False), "refused on GET /x"),
        (APIError("odd", status=418), "418 odd"),
        (
            RateLimitError(
                "rate limited", status=429, operation="POST /find-email", retry_after=2.5, request_id="r_12"
            ),
            "429 rate limited on POST /find-email, retry after 2.5 s (request id r_12)",
        ),
        (RateLimitError("slow down", status=429, retry_after=0.0), "429 slow down, retry after 0 s"),
        (
            UnprocessableError("rejected", status=422, errors=[("body.lead", "Field required"), ("", "odd")]),
            "422 rejected: body.lead: Field required; odd",
        ),
        (ResponseError("not JSON", operation="GET /x", body="<html>"), "not JSON on GET /x"),
        (JobFailedError("gave up", job_id="job_1", state="failed"), "gave up (job job_1)"),
        (JobUnknownError("parked"), "parked"),
    ],
)
def test_an_error_prints_as_one_line(error: SixtyfourError, text: str) -> None:
    assert str(error) == text


@pytest.mark.parametrize(
    ("cls", "builtin"),
    [
        (ConfigurationError, ValueError),
        (InputError, ValueError),
        (RequestTimeoutError, TimeoutError),
        (JobTimeoutError, TimeoutError),
    ],
)
def test_errors_derive_from_the_matching_builtin(cls: type[SixtyfourError], builtin: type[Exception]) -> None:
    assert issubclass(cls, builtin)


def drawn_tree() -> dict[str, set[str]]:
    """Class name → the bases that the module's docstring draws for it."""
    tree: dict[str, set[str]] = {"SixtyfourError": {"Exception"}}
    branch = ["SixtyfourError"]
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"(?P<stem>    [│ ├└─]+ )(?P<rest>\w+Error.*)", line)
        if found is None:
            continue
        depth = (len(found["stem"]) - 4) // 4
        for part in re.split(r" · ", found["rest"]):
            named = re.match(r"(\w+Error)\b(?: \((\w+)\))?", part)
            if named is None:
                break
            tree[named[1]] = {branch[depth - 1], *([named[2]] if named[2] else [])}
            branch[depth:] = [named[1]]
    return tree


def test_the_tree_drawn_in_the_docstring_is_the_tree() -> None:
    real = {name: {base.__name__ for base in cls.__bases__} for name, cls in all_classes().items()}

    assert drawn_tree() == real


def test_the_statuses_drawn_in_the_docstring_match_the_table() -> None:
    drawn = {int(status): name for name, status in re.findall(r"(\w+Error) (4\d\d)\b", errors.__doc__ or "")}

    assert drawn == {status: cls.__name__ for status, cls in BY_STATUS.items()}
