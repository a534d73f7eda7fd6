"""What goes wrong between a sender and an application, over real HTTP: mounts, headers, duplicates, slow journals."""

from __future__ import annotations

import contextlib
import logging
import socket
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sixtyfour_async import AsyncClient, JobRunner, WebhookListener, WebhookReceiver
from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.runner.questions import question
from tests.webhooks import test_mounting as mounting
from tests.webhooks.deliveries import FINISHED, OTHER, SECRET, Kept, body_of, signed
from tests.webhooks.test_receiver_over_tcp import served

BODY = body_of(FINISHED)
GOOD = signed(BODY)["Sixtyfour-Signature"]
NAME = "Sixtyfour-Signature"
NOT_IN_HEADERS = bytes([*range(32), 127])


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


pytestmark = pytest.mark.anyio


@contextlib.asynccontextmanager
async def posting(app: Any, **config: Any) -> AsyncGenerator[httpx.AsyncClient]:
    async with served(app, **config) as port, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


async def test_a_runner_that_was_never_entered_is_503_and_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "sixtyfour_async")
    app, outer = FastAPI(), FastAPI()
    app.mount("/sixtyfour", JobRunner(AsyncClient(api_key="none")).webhooks(secrets=SECRET))
    outer.mount("/api", app)

    async with posting(outer, lifespan="on") as client:
        answers = [await client.post("/api/sixtyfour/", content=BODY, headers=signed(BODY)) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [503] * 3
    lines = [record.getMessage() for record in caplog.records if record.name == "sixtyfour_async.webhooks"]
    assert len(lines) == 1
    assert "not entered" in lines[0]


@pytest.mark.parametrize(
    "place",
    [
        mounting.at_a_mount,
        mounting.mounted_on_fastapi,
        mounting.at_the_root,
        mounting.in_a_mount,
        mounting.behind_a_middleware_that_reads,
    ],
)
async def test_a_delivery_is_taken_once_at_every_address(
    place: Callable[[WebhookReceiver], tuple[Any, list[str]]],
) -> None:
    kept = Kept()
    app, paths = place(WebhookReceiver(kept, secrets=SECRET))

    async with posting(app) as client:
        answers = [await client.post(path, content=BODY, headers=signed(BODY)) for path in paths]

    assert [(answer.status_code, answer.history) for answer in answers] == [(204, [])] * len(paths)
    assert kept.job_ids == ["job_1"] * len(paths)


SIGNATURES: list[list[bytes]] = [
    [],
    [b""],
    [b"v1=" + b"0" * 64],
    [b"t=1,t=2,v1=00"],
    [b"t=abc,v1=00"],
    [b"t=1,v1="],
    [b"t=1,v1=\xe9"],
    [b"t=\xb2,v1=00"],
    [b"t=" + b"9" * 5000 + b",v1=00"],
    [b"t=-1e999,v1=00"],
    [GOOD.encode(), b"t=1,v1=00"],
    [b"t=1,v1=00", GOOD.encode()],
    [signed(BODY, OTHER)[NAME].encode()],
    [signed(BODY, now=0.0)[NAME].encode()],
]


async def test_every_signature_that_is_none_gets_the_same_answer(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "sixtyfour_async")
    kept = Kept()
    async with posting(WebhookReceiver(kept, secrets=SECRET)) as client:
        answers = [
            await client.post("/", content=BODY, headers=[(NAME.encode(), value) for value in values])
            for values in SIGNATURES
        ]
        after = await client.post("/", content=BODY, headers=signed(BODY))

    assert {(answer.status_code, answer.content, len(answer.headers)) for answer in answers} == {
        (401, b"", len(answers[0].headers))
    }
    assert after.status_code == 204
    assert kept.job_ids == ["job_1"]
    assert len([record for record in caplog.records if record.name == "sixtyfour_async.webhooks"]) == 1


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=st.binary(max_size=300) | st.sampled_from([BODY, BODY[:-1], BODY * 2]),
    headers=st.lists(
        st.tuples(
            st.sampled_from([NAME, "Content-Type", "Sixtyfour-Event-Id", "Sixtyfour-Delivery-Attempt", "Expect", "X"]),
            st.binary(max_size=60).map(lambda value: value.translate(None, NOT_IN_HEADERS).strip()),
        ),
        max_size=6,
    ),
)
def test_nothing_that_a_stranger_sends_makes_an_error_or_an_event(
    body: bytes, headers: list[tuple[str, bytes]]
) -> None:
    kept = Kept()

    async def send() -> int:
        async with posting(WebhookReceiver(kept, secrets=SECRET)) as client:
            sent = [(name.encode(), value) for name, value in headers]
            return (await client.post("/", content=body, headers=sent)).status_code

    assert anyio.run(send) == 401
    assert kept.events == []


async def test_the_same_end_at_two_addresses_at_once_is_one_outcome(tmp_path: Path) -> None:
    """Four event ids, eight senders, two servers: one outcome, one callback, eight times 2xx."""
    outcomes, statuses = list[Any](), list[int]()
    answer = {"structured_data": {"headquarters": "Delivered"}}
    simulator = Simulator(SimulatorSettings(speed=20.0, faults={"webhook_lost": 1.0}))
    async with serve(simulator) as api, AsyncClient(api_key=DEFAULT_KEY, base_url=api, speed=20.0) as client:
        runner = JobRunner(client, journal=tmp_path / "run.db", webhook_url="http://web.example/")
        receivers = [runner.webhooks(secrets=SECRET) for _ in range(2)]
        async with (
            posting(receivers[0]) as first,
            posting(receivers[1]) as second,
            runner,
            anyio.create_task_group() as tasks,
        ):

            async def run() -> None:
                async for outcome in runner.map([question(0)]):
                    outcomes.append(outcome)

            tasks.start_soon(run)
            while not simulator.books.jobs or runner.stats().in_flight == 0:  # noqa: ASYNC110 (the books tell nobody)
                await anyio.sleep(0.01)
            await anyio.sleep(0.2)
            body = body_of({"task_id": simulator.books.jobs[0].id, "status": "completed", "result": answer})

            async def deliver(client: httpx.AsyncClient, number: int) -> None:
                headers = signed(body, event_id=f"event {number}")
                statuses.append((await client.post("/", content=body, headers=headers)).status_code)

            async with anyio.create_task_group() as senders:
                for number in range(4):
                    senders.start_soon(deliver, first, number)
                    senders.start_soon(deliver, second, number)

        stats = runner.stats()

    assert statuses == [204] * 8
    assert [outcome.result().structured_data for outcome in outcomes] == [answer["structured_data"]]
    assert (stats.ended, len(simulator.books.jobs)) == ({"completed": 1}, 1)


async def test_a_handler_that_is_stuck_or_raises_is_answered_with_503_and_asked_again() -> None:
    stuck = True

    async def handler(_: Any) -> None:
        if stuck:
            await anyio.sleep_forever()

    async with posting(WebhookReceiver(handler, secrets=SECRET, read_timeout=0.2, answer_timeout=0.3)) as client:
        before = await client.post("/", content=BODY, headers=signed(BODY))
        stuck = False
        after = await client.post("/", content=BODY, headers=signed(BODY))

    assert (before.status_code, after.status_code) == (503, 204)


async def test_what_was_answered_with_2xx_is_on_the_disk_although_the_process_dies(tmp_path: Path) -> None:
    """The journal is read beside the listener, which is not closed: what another process would find after a kill."""
    from sixtyfour_async._journal.schema import reading  # noqa: PLC0415 (of no other use here)

    bodies = [body_of(FINISHED | {"task_id": f"job {number}"}) for number in range(40)]
    async with WebhookListener(tmp_path / "run.db", secrets=SECRET) as listener, posting(listener.receiver) as client:
        found = list[int]()

        async def deliver(body: bytes) -> None:
            assert (await client.post("/", content=body, headers=signed(body))).status_code == 204
            with reading(tmp_path / "run.db") as reader:
                found.append(sum(kept.content == body for _, kept in reader.answers("delivery of ")))

        async with anyio.create_task_group() as tasks:
            for body in bodies:
                tasks.start_soon(deliver, body)

    assert found == [1] * 40


async def test_a_flood_of_unfinished_requests_leaves_room_for_the_service() -> None:
    """Many senders that begin a body and go on no more are given up, and their places with them."""
    kept = Kept()
    receiver = WebhookReceiver(kept, secrets=SECRET, max_deliveries=50, read_timeout=0.3)
    async with served(receiver) as port, contextlib.AsyncExitStack() as stack:
        for _ in range(100):
            stream = await stack.enter_async_context(await anyio.connect_tcp("127.0.0.1", port))
            await stream.send(b"POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000\r\n\r\nx")
        async with httpx.AsyncClient() as client:
            statuses = list[int]()
            with anyio.fail_after(20):
                while not statuses or statuses[-1] != 204:
                    answer = await client.post(f"http://127.0.0.1:{port}/", content=BODY, headers=signed(BODY))
                    statuses.append(answer.status_code)
                    await anyio.sleep(0.05)

    assert set(statuses) <= {503, 204}
    assert kept.job_ids == ["job_1"]
    assert receiver.answers[408] == 50


def test_a_socket_that_is_reset_in_the_middle_is_nothing(recwarn: pytest.WarningsRecorder) -> None:
    kept = Kept()

    async def main() -> None:
        async with served(WebhookReceiver(kept, secrets=SECRET)) as port:
            for size in (1, 40, 90, 140):
                with socket.create_connection(("127.0.0.1", port)) as stream:
                    head = b"POST / HTTP/1.1\r\nHost: web\r\nContent-Length: 1000\r\n\r\n" + b"x" * 500
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                    stream.sendall(head[:size])
                await anyio.sleep(0.05)
            async with httpx.AsyncClient() as client:
                answer = await client.post(f"http://127.0.0.1:{port}/", content=BODY, headers=signed(BODY))
            assert answer.status_code == 204

    anyio.run(main)
    assert kept.job_ids == ["job_1"]
    assert not recwarn.list
