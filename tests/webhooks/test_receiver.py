"""The receiver, called in-process: what it hands over, what it answers, and what it survives."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest

from sixtyfour_async import ConfigurationError, WebhookReceiver, WorkflowEvent
from tests.webhooks.deliveries import FINISHED, OTHER, SECRET, WORKFLOW, Kept, body_of, deliver, signed

pytestmark = pytest.mark.anyio

BODY = body_of(FINISHED)
FORGED = signed(BODY, OTHER)


@pytest.fixture(autouse=True)
def no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIXTYFOUR_WEBHOOK_SECRET", raising=False)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "sixtyfour_async.webhooks"]


# --- what is handed over ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_it_runs_under_asyncio_and_trio(backend: str) -> None:
    kept = Kept()

    async def main() -> None:
        assert (await deliver(WebhookReceiver(kept, secrets=SECRET))).status_code == 204

    anyio.run(main, backend=backend)
    assert [(event.job_id, event.trusted) for event in kept.events] == [("job_1", True)]


async def test_the_answer_to_a_delivery_that_is_kept_is_empty() -> None:
    kept = Kept()
    body = body_of(WORKFLOW)

    answer = await deliver(WebhookReceiver(kept, secrets=SECRET), body)

    assert (answer.status_code, answer.content) == (204, b"")
    assert isinstance(kept.events[0], WorkflowEvent)
    assert kept.events[0].body == body


@pytest.mark.parametrize(
    "headers",
    [
        {},
        FORGED,
        signed(BODY, now=1_700_000_000),
        {"Sixtyfour-Signature": "t=abc"},
        {"Sixtyfour-Signature": b"t=1,v1=\xe9"},
        [*signed(BODY).items(), ("Sixtyfour-Signature", "t=1,v1=00")],
    ],
    ids=["unsigned", "forged", "stale", "malformed", "not ASCII", "two headers"],
)
async def test_every_forger_gets_the_same_answer(headers: Any) -> None:
    kept = Kept()

    answer = await deliver(WebhookReceiver(kept, secrets=SECRET), headers=headers)

    assert (answer.status_code, answer.content, dict(answer.headers)) == (401, b"", {"content-length": "0"})
    assert kept.events == []


async def test_without_a_secret_an_event_is_not_trusted(caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept()
    receiver = WebhookReceiver(kept)

    with caplog.at_level(logging.WARNING):
        assert (await deliver(receiver, headers={})).status_code == 204
        assert (await deliver(receiver, headers=FORGED)).status_code == 204
    assert ["no signing secret" in line for line in lines(caplog)] == [True]
    assert [event.trusted for event in kept.events] == [False, False]


async def test_unsigned_deliveries_are_taken_beside_a_secret_only_when_allowed() -> None:
    kept = Kept()
    receiver = WebhookReceiver(kept, secrets=SECRET, allow_unsigned=True)

    assert (await deliver(receiver, headers={})).status_code == 204
    assert (await deliver(receiver)).status_code == 204
    assert (await deliver(receiver, headers=FORGED)).status_code == 401
    assert [event.trusted for event in kept.events] == [False, True]


async def test_the_environment_is_read_for_each_delivery(monkeypatch: pytest.MonkeyPatch) -> None:
    receiver = WebhookReceiver(Kept())

    for value, secret, status in (
        (SECRET, SECRET, 204),
        (SECRET, OTHER, 401),
        (f" {OTHER} , {SECRET},", OTHER, 204),
        (OTHER, SECRET, 401),
        ("sk_whsec_••••0000", SECRET, 503),
    ):
        monkeypatch.setenv("SIXTYFOUR_WEBHOOK_SECRET", value)
        assert (await deliver(receiver, headers=signed(BODY, secret))).status_code == status
    assert (await deliver(receiver, headers={})).status_code == 503


@pytest.mark.parametrize("asynchronous", [False, True])
async def test_a_roll_is_followed_without_a_restart(asynchronous: bool) -> None:
    secrets: list[Any] = [SECRET]

    async def later() -> Any:
        await anyio.sleep(0.1)
        return secrets[0]

    receiver = WebhookReceiver(Kept(), secrets=later if asynchronous else lambda: secrets[0])
    both = signed(BODY, [OTHER, SECRET])

    for now_used, headers, status in (
        (SECRET, both, 204),
        ([OTHER, SECRET], both, 204),
        (OTHER, signed(BODY), 401),
        (OTHER, signed(BODY, OTHER), 204),
        ([], signed(BODY, OTHER), 503),
        (None, {}, 503),
    ):
        secrets[0] = now_used
        assert (await deliver(receiver, headers=headers)).status_code == status


async def test_a_secret_store_that_fails_refuses_for_now() -> None:
    def fail() -> str:
        raise OSError("vault is sealed")

    kept = Kept()
    assert (await deliver(WebhookReceiver(kept, secrets=fail), headers={})).status_code == 503
    assert kept.events == []


@pytest.mark.parametrize("body", [b"", b"{}", BODY[:-2], b"\xff" * 100])
async def test_a_signed_body_without_an_event_is_refused(body: bytes) -> None:
    assert (await deliver(WebhookReceiver(Kept(), secrets=SECRET), body)).status_code == 400


# --- what cannot be kept ------------------------------------------------------------------------------------------


async def test_without_a_handler_a_delivery_is_to_be_sent_again(caplog: pytest.LogCaptureFixture) -> None:
    receiver = WebhookReceiver(secrets=SECRET)
    with caplog.at_level(logging.WARNING):
        assert [(await deliver(receiver)).status_code for _ in range(3)] == [503] * 3

    assert len(lines(caplog)) == 1
    assert "no handler" in lines(caplog)[0]
    receiver.handler = Kept()
    assert (await deliver(receiver)).status_code == 204
    receiver.handler = None
    assert (await deliver(receiver)).status_code == 503


async def raises(_: object) -> None:
    raise RuntimeError("the disk is full")


async def raises_an_error_of_ours(_: object) -> None:
    from sixtyfour_async import WebhookError  # noqa: PLC0415

    raise WebhookError("unrelated")


async def returns_false(_: object) -> bool:
    return False


async def is_cancelled_inside(_: object) -> None:
    with anyio.CancelScope() as scope:
        scope.cancel()
        await anyio.sleep(1)
    raise anyio.get_cancelled_exc_class()


async def never_ends(_: object) -> None:
    await anyio.sleep_forever()


async def cannot_be_cancelled(_: object) -> None:
    with anyio.CancelScope(shield=True):
        await anyio.sleep(100)


@pytest.mark.parametrize(
    "handler", [raises, raises_an_error_of_ours, returns_false, never_ends, cannot_be_cancelled, is_cancelled_inside]
)
async def test_a_handler_that_keeps_nothing_is_answered_for_in_time(
    handler: Callable[[object], Awaitable[object]],
) -> None:
    receiver = WebhookReceiver(handler, secrets=SECRET)
    answered_at: list[float] = []
    began = anyio.current_time()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        answered_at.append(anyio.current_time() - began)
        sent.append(message)

    messages = iter([{"type": "http.request", "body": BODY}])
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(BODY).items()]

    async def receive() -> Any:
        return next(messages)

    await receiver({"type": "http", "method": "POST", "headers": headers}, receive, send)

    assert sent[0]["status"] == 503
    assert max(answered_at) < 10
    assert receiver.answers == {503: 1}


async def test_a_thread_at_work_does_not_delay_the_answer() -> None:
    """A thread cannot be cancelled, so that waiting for the handler's end would wait for the thread's."""
    stop = anyio.Event()

    def at_work() -> None:
        anyio.from_thread.run(stop.wait)

    async def handler(_: object) -> None:
        await anyio.to_thread.run_sync(at_work)

    receiver = WebhookReceiver(handler, secrets=SECRET)
    headers = [(name.lower().encode(), value.encode()) for name, value in signed(BODY).items()]
    answers: list[int] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": BODY}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answers.append(message["status"])
            stop.set()  # only the answer lets the handler end

    await receiver({"type": "http", "method": "POST", "headers": headers}, receive, send)
    assert answers == [503]


# --- a flood ------------------------------------------------------------------------------------------------------


async def test_refused_deliveries_are_one_line_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    receiver = WebhookReceiver(Kept(), secrets=SECRET)
    with caplog.at_level(logging.WARNING):
        for _ in range(130):
            await deliver(receiver, headers=FORGED)
            await anyio.sleep(1)

    assert len(lines(caplog)) == 3
    assert "59 more" in lines(caplog)[1]
    assert SECRET not in caplog.text
    assert receiver.answers == {401: 130}


async def test_deliveries_in_hand_are_bounded() -> None:
    gate = anyio.Event()
    kept = Kept()

    async def handler(event: Any) -> None:
        await gate.wait()
        await kept(event)

    receiver = WebhookReceiver(handler, secrets=SECRET, max_deliveries=5)
    answers: list[int] = []

    async def one() -> None:
        answers.append((await deliver(receiver)).status_code)

    async with anyio.create_task_group() as tasks:
        for _ in range(12):
            tasks.start_soon(one)
        await anyio.sleep(1)
        assert answers == [503] * 7
        gate.set()
    assert answers[7:] == [204] * 5
    assert (await deliver(receiver)).status_code == 204


async def test_memory_in_hand_is_bounded_and_given_back() -> None:
    gate = anyio.Event()

    async def handler(_: object) -> None:
        await gate.wait()

    receiver = WebhookReceiver(handler, secrets=SECRET, max_body_bytes=1000, max_memory_bytes=2500)
    body = BODY + b" " * (1000 - len(BODY))
    answers: list[int] = []

    async def one() -> None:
        answers.append((await deliver(receiver, body)).status_code)

    async with anyio.create_task_group() as tasks:
        for _ in range(4):
            tasks.start_soon(one)
        await anyio.sleep(1)
        assert answers == [503, 503]
        gate.set()
    assert answers == [503, 503, 204, 204]
    assert [(await deliver(receiver, body)).status_code for _ in range(5)] == [204] * 5


@pytest.mark.parametrize(("size", "status"), [(1000, 204), (1001, 413)])
async def test_a_body_is_refused_just_past_the_limit(size: int, status: int) -> None:
    receiver = WebhookReceiver(Kept(), secrets=SECRET, max_body_bytes=1000)

    assert (await deliver(receiver, BODY + b" " * (size - len(BODY)))).status_code == status


# --- other requests -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
async def test_other_methods_are_not_allowed(method: str) -> None:
    answer = await deliver(WebhookReceiver(Kept(), secrets=SECRET), method=method)

    assert (answer.status_code, answer.headers["allow"], answer.content) == (405, "POST", b"")


async def test_lifespan_and_websockets_are_answered() -> None:
    sent: list[str] = []
    messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message["type"])

    await WebhookReceiver()({"type": "lifespan"}, receive, send)
    await WebhookReceiver()({"type": "websocket"}, receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete", "websocket.close"]


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "settings",
    [
        {"secrets": ""},
        {"secrets": []},
        {"secrets": ["sk_whsec_••••0000"]},
        {"answer_timeout": 10.0},
        {"read_timeout": 9.0},
        {"read_timeout": 0.0},
        {"max_body_bytes": 0},
        {"max_deliveries": 0},
        {"max_body_bytes": 100, "max_memory_bytes": 99},
    ],
    ids=str,
)
def test_settings_that_cannot_be_kept_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        WebhookReceiver(Kept(), **settings)


def test_the_secret_is_in_no_text_about_the_receiver() -> None:
    receiver = WebhookReceiver(Kept(), secrets=SECRET)

    assert SECRET not in repr(receiver)
    assert SECRET not in repr(vars(receiver))


async def test_a_sender_that_has_gone_is_not_answered() -> None:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    receiver = WebhookReceiver(Kept(), secrets=SECRET)
    await receiver({"type": "http", "method": "POST", "headers": []}, receive, send)
    assert sent == []

    async def gone(_: Any) -> None:
        raise BrokenPipeError

    await receiver({"type": "http", "method": "GET", "headers": []}, receive, gone)
    assert receiver.answers == {405: 1}
