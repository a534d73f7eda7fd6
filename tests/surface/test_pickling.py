"""Operations, answers, errors and outcomes are pickled, copied and compared, also of generic classes and elsewhere."""

from __future__ import annotations

import copy
import json
import pickle
import re
import subprocess
import sys
from collections.abc import AsyncGenerator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import anyio.to_thread
import httpx
import pytest
from pydantic import BaseModel, JsonValue, ValidationError

from sixtyfour_async import (
    REGISTRY,
    Answer,
    BulkPeopleIntelligence,
    CompanyIntelligence,
    ConnectError,
    Criterion,
    Explanation,
    InputError,
    Intelligence,
    JobLostError,
    JobOperation,
    JobRunner,
    JobState,
    Operation,
    Outcome,
    PeopleIntelligence,
    QAAgent,
    RawResponse,
    Report,
    ResearchAgent,
    ResponseError,
    SixtyfourError,
    Unfinished,
    Unknown,
    Upload,
    models,
)
from sixtyfour_async._wire.codec import decode_answer
from sixtyfour_async.testing import simulated
from tests.contract.examples import full, make, minimal
from tests.contract.table import TABLE
from tests.contract.test_answers import ANSWERS, INDISPENSABLE, answer_type
from tests.models.test_errors import EXAMPLES
from tests.runner.questions import question, questions
from tests.surface.shapes import Lead, OddError, Page, read_and_return

ROOT = Path(__file__).parents[2]
ADA = {"name": "Ada"}


def operations() -> list[Operation[Any]]:
    """Every operation with as little and as much as it takes, and typed ones in each way to write them."""
    entries = {
        name: TABLE[str(cls.endpoint.route or cls.endpoint.job)]
        for name, cls in REGISTRY.items()
        if str(cls.endpoint.route or cls.endpoint.job) in TABLE
    }
    assert len(entries) > 100
    return [
        *(make(name, minimal(entry, name)) for name, entry in entries.items()),
        *(make(name, full(entry, name)) for name, entry in entries.items()),
        PeopleIntelligence(lead_info=ADA, struct=Lead),
        PeopleIntelligence(lead_info=ADA, struct=Page[int]),
        PeopleIntelligence[Lead](lead_info=ADA, struct=Lead),
        CompanyIntelligence[Page[str]](target_company=ADA, struct=Page[str], lead_struct=Lead, extra={"a": [1]}),
        ResearchAgent(input_data=ADA, struct=Lead),
        QAAgent(data=ADA, struct=Lead, qualification_criteria=[Criterion(criteria_name="size", description="Big")]),
        BulkPeopleIntelligence(file=Upload(b"name\nAda\n", "rows.csv"), struct=Lead),
    ]


def model_classes() -> list[type[models.Model]]:
    public = [getattr(models, name) for name in models.__all__ if name != "Rows"]
    return [cls for cls in public if isinstance(cls, type) and issubclass(cls, models.Model)]


def answers() -> list[object]:
    """Every answer of the documents, every model by itself, and answers of the caller's own classes."""
    data = {"structured_data": {"title": "7", "leads": [{"title": "CEO"}]}, "notes": "n", "later": {"x": [1]}}
    shapes: list[Any] = [Lead, Page[int], Page[Lead | None], dict[str, JsonValue], Page[Page[int]]]
    generics: list[Any] = [Intelligence, models.QAResult]
    untitled: dict[str, Any] = {"structured_data": {"leads": [{}]}}
    return [
        *(decode_answer(answer_type(name), copy.deepcopy(answer), operation="GET /x") for name, answer in ANSWERS),
        *(cls.model_validate(dict.fromkeys(INDISPENSABLE, "1")) for cls in model_classes()),
        *(generic[shape].model_validate(untitled) for generic in generics for shape in shapes),
        *(generic[Lead].model_validate(data) for generic in generics),
        Intelligence[Page[int]].model_validate(data),
        [Intelligence[Lead], Intelligence, PeopleIntelligence[Lead], Page[int], Lead],
    ]


def reports() -> list[object]:
    operation = PeopleIntelligence(lead_info=ADA, struct=Lead)
    value = Intelligence[Lead].model_validate({"structured_data": {"title": "CEO"}})
    misfit = ResponseError("does not fit", raw={"a": 1})
    return [
        Outcome("k", 3, operation, "completed", value=value, raw={"a": [1]}, job_id="j", cost_cents=1.5),
        Outcome("k", 3, operation, "completed", error=misfit, raw={"a": 1}, replayed=True),
        Outcome("k", 3, operation, "unknown", error=JobLostError("gone", job_id="j")),
        Unfinished("k", operation, "j"),
        Unknown("k", operation, "why", None, 3.0),
        Explanation("k", "running", "rate", 1.0, 2, None, 3.0, 0.5),
        Report(JobState.COMPLETED, "completed", result={"a": 1}, run_time=3.0),
        Answer(value, {"a": 1}, None, "r1"),
        Answer(None, {"a": 1}, misfit),
        RawResponse(200, {"x": "y"}, b"body"),
    ]


async def of_a_run() -> AsyncGenerator[object, None]:
    """Yield what a runner reports of itself, and its outcomes."""
    rows: list[JobOperation[Any]] = [*questions(3), PeopleIntelligence(lead_info=ADA, struct=Lead)]
    async with simulated() as (client, _), JobRunner(client) as runner:
        yield await runner.plan(questions(3))
        async for outcome in runner.map(rows):
            yield outcome
        yield runner.stats()
        yield await client.send_with_raw(question(1))
        yield await client.request("GET", "/check-balance")


VALUES = [*operations(), *answers(), *EXAMPLES, *reports()]


def content(value: Any) -> list[Any]:
    """Return what the equality of a value need not compare."""
    methods = ("fingerprint", "payload", "answer_type", "model_dump")
    returned = [getattr(value, name)() for name in methods if hasattr(value, name)]
    return [repr(value), getattr(value, "model_fields_set", None), *returned]


@pytest.mark.parametrize("value", VALUES, ids=[f"{n} {type(value).__name__}" for n, value in enumerate(VALUES)])
def test_a_value_equals_what_is_made_of_its_pickle_and_its_copies(value: Any) -> None:
    pickles = [pickle.dumps(value, protocol) for protocol in range(2, 6)]
    twins: list[Any] = [pickle.loads(pickled) for pickled in pickles]  # noqa: S301 (our own bytes)
    twins += [copy.copy(value), copy.deepcopy(value)]
    for twin in twins:
        assert twin == value
        assert type(twin) is type(value)
        assert content(twin) == content(value)


def in_a_new_interpreter(pickled: bytes) -> tuple[bytes, list[str]]:
    """Load with nothing imported before: unpickling alone has to find every class."""
    script = (
        "import pickle, sys; pickled = sys.stdin.buffer.read(); pickle.loads(pickled); "
        "from tests.surface.shapes import read_and_return; "
        "sys.stdout.buffer.write(pickle.dumps(read_and_return(pickled)))"
    )
    done = subprocess.run([sys.executable, "-c", script], input=pickled, capture_output=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr.decode()
    answer: tuple[bytes, list[str]] = pickle.loads(done.stdout)  # noqa: S301 (our own bytes)
    return answer


def in_a_spawned_process(pickled: bytes) -> tuple[bytes, list[str]]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(read_and_return, pickled).result()


@pytest.mark.parametrize("elsewhere", [in_a_new_interpreter, in_a_spawned_process])
@pytest.mark.anyio
async def test_values_return_from_another_process_as_they_were(elsewhere: Any) -> None:
    values = [*VALUES, *[value async for value in of_a_run()]]

    pickled, fingerprints = await anyio.to_thread.run_sync(elsewhere, pickle.dumps(values))

    returned: list[object] = pickle.loads(pickled)  # noqa: S301 (our own bytes)
    assert len(returned) == len(values)
    for twin, value in zip(returned, values, strict=True):
        assert (type(twin), twin) == (type(value), value)
    assert fingerprints == [value.fingerprint() for value in values if isinstance(value, Operation)]


def test_an_operation_equals_the_same_one_with_its_class_in_brackets() -> None:
    plain = PeopleIntelligence(lead_info=ADA, struct=Lead)
    in_brackets = PeopleIntelligence[Lead](lead_info=ADA, struct=Lead)

    assert plain == in_brackets
    assert hash(plain) == hash(in_brackets)
    assert plain != PeopleIntelligence(lead_info=ADA, struct=Page[int])
    assert plain != CompanyIntelligence(target_company=ADA, struct=Lead)
    assert plain != "another thing"


def test_a_class_that_cannot_be_imported_has_the_error_of_pickle() -> None:
    class Local(BaseModel):
        title: str | None = None

    for value in (PeopleIntelligence(lead_info=ADA, struct=Local), Intelligence[Local].model_validate({})):
        assert copy.deepcopy(value) == copy.copy(value) == value
        with pytest.raises((AttributeError, pickle.PicklingError), match="Local"):
            pickle.dumps(value)


# --- uploads ------------------------------------------------------------------------------------------------------


async def chunks() -> AsyncGenerator[bytes, None]:
    yield b"name\nAda\n"


def test_an_upload_of_a_stream_is_not_pickled_and_has_no_second_copy() -> None:
    upload = Upload(chunks(), "rows.csv")
    operation = BulkPeopleIntelligence(file=upload)

    for value in (upload, operation):
        assert copy.copy(value) == copy.deepcopy(value) == value
        with pytest.raises(InputError, match="an upload of a stream cannot be pickled") as caught:
            pickle.dumps(value)
        assert "pass a path or bytes" in caught.value.remedy
    assert copy.deepcopy(operation).fingerprint() == operation.fingerprint()


def test_an_upload_of_a_path_is_the_same_file_after_a_pickle(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"name\nAda\n")
    operation = BulkPeopleIntelligence(file=Upload(path, "other.csv", "text/plain"))

    twin = pickle.loads(pickle.dumps(operation))  # noqa: S301 (our own bytes)

    assert (twin, twin.fingerprint()) == (operation, operation.fingerprint())
    assert (twin.file.name, twin.file.media_type) == ("other.csv", "text/plain")


# --- causes of errors ---------------------------------------------------------------------------------------------


def caused_by(cause: BaseException | None) -> SixtyfourError:
    error = ResponseError("does not fit", raw={"paid": 1})
    error.add_note("row 7")
    error.__cause__ = cause
    return error


def misfit() -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Page[int].model_validate({"title": "many"})
    return caught.value


def broken_json() -> ValueError:
    with pytest.raises(ValueError, match="Expecting") as caught:
        json.loads("{]")
    return caught.value


@pytest.mark.parametrize(
    "cause",
    [
        ConnectError("refused", operation="GET /x", sent=False),
        ValueError("odd", 3),
        misfit(),
        broken_json(),
        OSError(5, "x"),
    ],
    ids=lambda cause: type(cause).__name__,
)
def test_a_pickled_error_keeps_its_cause(cause: Exception) -> None:
    for twin in (pickle.loads(pickle.dumps(caused_by(cause))), copy.deepcopy(caused_by(cause))):  # noqa: S301
        assert twin == caused_by(cause)
        assert type(twin.__cause__) is type(cause)
        assert str(twin.__cause__) == str(cause)
        assert twin.__notes__ == ["row 7"]
    assert copy.copy(caused_by(cause)).__cause__ is cause


def test_a_pickled_error_keeps_a_chain_of_causes_and_that_it_has_none() -> None:
    outer = caused_by(caused_by(caused_by(ValueError("first"))))
    silent = caused_by(None)

    assert repr(pickle.loads(pickle.dumps(outer)).__cause__.__cause__.__cause__) == "ValueError('first')"  # noqa: S301
    assert silent.__suppress_context__
    assert pickle.loads(pickle.dumps(silent)).__suppress_context__  # noqa: S301
    assert not pickle.loads(pickle.dumps(SixtyfourError("x"))).__suppress_context__  # noqa: S301


@pytest.mark.parametrize(
    ("cause", "text"),
    [
        (OddError(7, "seven"), "OddError: 7: seven"),
        (ValueError(lambda: None), "ValueError: <function"),
        (ExceptionGroup("two", [ValueError("a"), ValueError("b")]), r"ExceptionGroup: two \(2 sub-exceptions\)"),
        (RuntimeError("outer", ValueError("inner")), "RuntimeError: .*inner"),
    ],
)
def test_a_cause_that_cannot_be_pickled_is_kept_as_text(cause: Exception, text: str) -> None:
    first = pickle.loads(pickle.dumps(caused_by(cause)))  # noqa: S301 (our own bytes)
    again = pickle.loads(pickle.dumps(first))  # noqa: S301 (our own bytes)

    for twin in (first, again):
        assert twin == caused_by(cause)
        assert re.match(text, str(twin.__cause__))


def test_a_pickled_error_leaves_the_request_of_its_cause_behind() -> None:
    """It has the API key in its headers."""
    request = httpx.Request("GET", "http://x.example", headers={"x-api-key": "sk_secret"})
    inner = httpx.ConnectError("refused", request=request)

    for cause in (inner, ExceptionGroup("all attempts failed", [inner]), RuntimeError(inner), RuntimeError([inner])):
        pickled = pickle.dumps(caused_by(cause))
        assert b"sk_secret" not in pickled
        assert "refused" in str(pickle.loads(pickled).__cause__) or cause is not inner  # noqa: S301 (our own bytes)
