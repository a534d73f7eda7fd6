"""Verify and parse: the parts alone, as Flask, Lambda, Django and queues use them."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from email.message import Message
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from sixtyfour_async import ConfigurationError, JobState, WebhookError, webhooks
from sixtyfour_async.webhooks import JobEvent, WorkflowEvent, parse, verify, verify_and_parse
from tests.properties import examples
from tests.webhooks.deliveries import FAILED, FINISHED, OTHER, SECRET, WORKFLOW, body_of, signed

BODY = body_of(FINISHED)
NOW = 1_700_000_000.0


def message(headers: dict[str, str]) -> Message:
    made = Message()
    for name, value in headers.items():
        made[name] = value
    return made


FORMS: dict[str, Callable[[dict[str, str]], Any]] = {
    "mapping": dict,
    "upper case": lambda headers: {name.upper(): value for name, value in headers.items()},
    "pairs": lambda headers: list(headers.items()),
    "ASGI": lambda headers: [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    "iterator": lambda headers: iter(list(headers.items())),
    "lists of values": lambda headers: {name: [value] for name, value in headers.items()},
    "bytes": lambda headers: {name.encode(): value.encode() for name, value in headers.items()},
    "httpx": httpx.Headers,
    "Starlette": Headers,
    "http.server": message,
}


@pytest.mark.parametrize("form", FORMS)
def test_headers_are_read_in_every_form(form: str) -> None:
    headers = FORMS[form](signed(BODY, now=NOW, event_type="find_email", event_id="e1"))

    verify(BODY, list(headers) if form == "iterator" else headers, SECRET, NOW)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "iterator"])
def test_an_event_has_what_the_headers_say(form: str) -> None:
    headers = FORMS[form](signed(BODY, now=NOW, event_type="find_email", event_id="e1", attempt=3))

    event = verify_and_parse(BODY, headers, [OTHER, SECRET], NOW)

    assert (event.event_id, event.event_type, event.attempt, event.trusted) == ("e1", "find_email", 3, True)
    assert event.body == BODY


@pytest.mark.parametrize("form", ["pairs", "ASGI", "lists of values", "Starlette", "http.server"])
def test_two_signature_headers_are_refused_in_every_form(form: str) -> None:
    headers = signed(BODY, now=NOW)
    name, forged = "Sixtyfour-Signature", "t=1700000000,v1=00"
    both: dict[str, Any] = {
        "pairs": [*headers.items(), (name, forged)],
        "ASGI": [(b"sixtyfour-signature", headers[name].encode()), (b"Sixtyfour-Signature", forged.encode())],
        "lists of values": {name: [headers[name], forged]},
        "Starlette": Headers(raw=[(b"sixtyfour-signature", v.encode()) for v in (headers[name], forged)]),
        "http.server": message(headers),
    }
    both["http.server"][name] = forged

    with pytest.raises(WebhookError, match="no signature matches"):
        verify(BODY, both[form], SECRET, NOW)


@pytest.mark.parametrize("body", [FINISHED, BODY.decode(), None, 1, [BODY], memoryview(BODY)])
def test_what_is_not_the_raw_body_is_refused(body: Any) -> None:
    for use in (
        lambda: verify(body, signed(BODY), SECRET),
        lambda: parse(body),
        lambda: verify_and_parse(body, {}, SECRET),
        lambda: webhooks.sign_test_payload(body, SECRET),
    ):
        with pytest.raises(WebhookError, match="raw body") as refused:
            use()
        assert refused.value.reason == "raw_body"


def test_a_body_that_was_parsed_and_written_again_is_refused() -> None:
    raw = b'{"task_id": "job_1",  "status":"completed"}'

    with pytest.raises(WebhookError, match="raw body"):
        verify(json.dumps(json.loads(raw)).encode(), signed(raw), SECRET)


@pytest.mark.parametrize("headers", [3, "Sixtyfour-Signature", [1], [("a",)], {3: 4, "x": None}])
def test_headers_of_no_form_are_an_error_of_ours(headers: Any) -> None:
    with pytest.raises(WebhookError, match=r"headers|not signed"):
        verify(BODY, headers, SECRET)


def test_no_headers_are_no_signature() -> None:
    nothing: list[Any] = [None, {}, []]
    for headers in nothing:
        with pytest.raises(WebhookError, match="not signed"):
            verify(BODY, headers, SECRET)


@pytest.mark.parametrize("secrets", ["", [], None, ["sk_whsec_••••0000"]])
def test_without_a_secret_nothing_is_verified(secrets: Any) -> None:
    with pytest.raises(ConfigurationError, match="secret"):
        verify(BODY, signed(BODY), secrets)


def test_a_bytearray_is_raw() -> None:
    assert verify_and_parse(bytearray(BODY), signed(BODY), SECRET).body == BODY  # type: ignore[arg-type]


# --- events -------------------------------------------------------------------------------------------------------


def test_a_finished_job() -> None:
    event = parse(BODY)

    assert isinstance(event, JobEvent)
    assert (event.job_id, event.task_type, event.trusted, event.event_id) == ("job_1", "find_email", False, None)
    assert event.report.state is JobState.COMPLETED
    assert event.report.result == FINISHED["result"]
    assert event.report.cost_cents is None


def test_a_failed_job() -> None:
    event = parse(body_of(FAILED))

    assert event.report.state is JobState.FAILED
    assert str(event.report.failure(event.job_id)) == "no such person (job job_1)"


def test_the_rows_of_a_workflow() -> None:
    event = parse(body_of(WORKFLOW), {"sixtyfour-event-type": "outgoing_webhook.completed"})

    assert isinstance(event, WorkflowEvent)
    assert (event.job_id, event.run_id, event.event_id) == ("run_1", "run_1", "event_1")
    assert event.results == [{"name": "Ada"}]
    assert event.report.state is JobState.COMPLETED
    assert event.report.result == event.results
    assert event.results_download_url == WORKFLOW["results_download_url"]
    assert "signature" not in repr(event)


@pytest.mark.parametrize(
    ("payload", "kind", "job_id"),
    [
        ({"run_id": "r", "results": []}, WorkflowEvent, "r"),
        ({"run_id": "r", "id": "evt", "event_id": "evt", "results": []}, WorkflowEvent, "r"),
        ({"task_id": "t", "run_id": "temporal-1", "status": "completed"}, JobEvent, "t"),
        ({"id": "t", "run_id": "temporal-1", "status": "completed"}, JobEvent, "t"),
        ({"job_id": 12, "status": "failed"}, JobEvent, "12"),
        ({"data": {"task_id": "t", "status": "done"}}, JobEvent, "t"),
        ([{"task_id": "t", "status": "done"}], JobEvent, "t"),
        ({"task_id": "t", "result": [{"a": 1}, {"a": 2}]}, JobEvent, "t"),
    ],
)
def test_payloads_of_other_shapes_are_read_as_answers_to_polls_are(payload: Any, kind: type, job_id: str) -> None:
    event = parse(body_of(payload))

    assert isinstance(event, kind)
    assert event.job_id == job_id


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({"status": "SUCCESS"}, JobState.COMPLETED),
        ({"status": None}, JobState.COMPLETED),
        ({"status": "zorp"}, JobState.COMPLETED),
        ({"status": "zorp", "result": None, "error": "x"}, JobState.FAILED),
        ({"status": "cancelled", "result": None}, JobState.CANCELLED),
        ({"status": "running", "result": None}, JobState.RUNNING),
    ],
)
def test_status_words_mean_what_they_mean_in_polls(change: dict[str, Any], state: JobState) -> None:
    assert parse(body_of(FINISHED | change)).report.state is state


@pytest.mark.parametrize(
    "text",
    [
        '\ufeff{"task_id": "job_1", "status": "completed", "result": {"x": "\u2028"}}',
        '{"task_id": "job_1", "status": "completed", "result": {"x": NaN, "y": "\\ud83d"}}',
        '{"task_id": "job_1", "status": "completed", "result": {"x": "a\tb"}, "task_type": 3}',
    ],
)
def test_odd_json_is_read_as_answers_are(text: str) -> None:
    for encoding in ("utf-8", "utf-16"):
        event = parse(text.encode(encoding))
        assert (event.job_id, event.report.state) == ("job_1", JobState.COMPLETED)


def test_a_declared_charset_is_kept() -> None:
    raw = '{"task_id": "job_1", "result": {"city": "Zürich"}}'.encode("latin-1")

    assert parse(raw, {"content-type": "application/json; charset=iso-8859-1"}).report.result == {"city": "Zürich"}


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"3", b"{}", b'"x"', BODY[:-3], b'{"task_id": null}', b'{"status": "completed"}']
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookError) as refused:
        verify_and_parse(body, signed(body), SECRET)

    assert refused.value.reason == "payload"


@pytest.mark.parametrize("attempt", ["", "x", "-1", "²", "9" * 5000])
def test_an_attempt_that_is_no_number_is_left_out(attempt: str) -> None:
    assert parse(BODY, {"Sixtyfour-Delivery-Attempt": attempt}).attempt is None


def test_events_can_be_pickled() -> None:
    for body in (BODY, body_of(WORKFLOW)):
        event = verify_and_parse(body, signed(body), SECRET)
        assert pickle.loads(pickle.dumps(event)) == event  # noqa: S301 (our own bytes)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["task_id", "job_id", "id", "run_id", "status", "result", "results", "error", "data", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@examples(200)
@given(
    st.binary(max_size=60) | JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(
        st.sampled_from(["Sixtyfour-Event-Type", "Sixtyfour-Event-Id", "Sixtyfour-Delivery-Attempt", "Content-Type"]),
        st.text(max_size=20) | st.binary(max_size=20),
    ),
)
def test_any_body_is_an_event_or_an_error_of_ours(body: bytes, headers: dict[str, Any]) -> None:
    try:
        event = parse(body, headers)
    except WebhookError:
        return
    assert event.job_id.strip()
    assert isinstance(event.report.state, JobState)


@examples(100)
@given(st.lists(st.tuples(st.binary(max_size=20) | st.just(b"Sixtyfour-Signature"), st.binary(max_size=80))))
def test_no_headers_raise_anything_else(headers: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(WebhookError):
        verify(BODY, headers, SECRET)
