"""Which connection carries a request, and when one is closed."""

from __future__ import annotations

import math

import anyio
import pytest

from sixtyfour_async import AsyncClient, ProtocolError
from sixtyfour_async._client.connections import Connections
from tests.client.network import KEY
from tests.client.raw_server import answer, raw_server

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """Run on the real clock, as servers do."""
    backend: str = request.param
    return backend


HERE, THERE = "here", "there"


class Connection:
    def __init__(self) -> None:
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


def connections_of(*, most: int = 10, seconds: float = math.inf) -> tuple[Connections[Connection], list[Connection]]:
    """Return connections, and the list of all that are ever made."""
    made = list[Connection]()

    def connect(_place: object) -> Connection:
        made.append(Connection())
        return made[-1]

    return Connections(connect, most=most, seconds=seconds), made


async def test_the_one_used_last_is_taken_first() -> None:
    connections, made = connections_of()
    first, second = connections.take(HERE), connections.take(HERE)
    await connections.release(HERE, first)
    await connections.release(HERE, second)

    assert connections.take(HERE) is second
    assert connections.take(HERE) is first
    assert made == [first, second]


async def test_one_that_is_busy_or_leads_elsewhere_is_not_taken() -> None:
    connections, made = connections_of()
    await connections.release(HERE, connections.take(HERE))
    connections.take(THERE)
    connections.take(HERE)
    connections.take(HERE)

    assert len(made) == 3


async def test_those_whose_time_is_over_are_closed() -> None:
    connections, made = connections_of(seconds=0.0)
    await connections.release(HERE, connections.take(HERE))
    connections.take(HERE)

    assert [one.closed for one in made] == [1, 0]


async def test_no_more_are_kept_than_wanted_and_the_oldest_go_first() -> None:
    connections, made = connections_of(most=2)
    for one in [connections.take(HERE) for _ in range(4)]:
        await connections.release(HERE, one)

    assert [one.closed for one in made] == [1, 1, 0, 0]


async def test_a_second_release_changes_nothing() -> None:
    connections, _ = connections_of()
    one = connections.take(HERE)
    await connections.release(HERE, one)
    await connections.release(HERE, one)

    assert connections.take(HERE) is one
    assert connections.take(HERE) is not one


async def test_all_are_closed_once_at_the_end_and_none_is_kept_after_it() -> None:
    connections, made = connections_of()
    idle, busy = connections.take(HERE), connections.take(THERE)
    await connections.release(HERE, idle)
    await connections.aclose()
    await connections.release(THERE, busy)
    await connections.aclose()

    assert [one.closed for one in made] == [1, 1]
    assert connections.take(THERE) is not busy


async def test_requests_share_connections_one_after_the_other() -> None:
    """Three at a time need three; those after them need no more."""
    with raw_server(lambda _: answer(b'{"credits": 7}')) as server:
        async with AsyncClient(KEY, base_url=server.url, requests_per_minute=100_000) as client:
            for _ in range(3):
                async with anyio.create_task_group() as tasks:
                    for _ in range(3):
                        tasks.start_soon(client.request, "GET", "/check-balance")
            for _ in range(3):
                await client.request("GET", "/check-balance")

        assert len(server.received) == 12
        assert 1 <= server.connections <= 3


async def test_a_broken_answer_leaves_the_next_request_a_connection_that_works() -> None:
    replies = iter([[b"no answer, connection: close"], answer(b'{"credits": 7}')])
    with raw_server(lambda _: next(replies)) as server:
        async with AsyncClient(KEY, base_url=server.url, requests_per_minute=100_000, retries=0) as client:
            with pytest.raises(ProtocolError):
                await client.request("GET", "/check-balance")
            await client.request("GET", "/check-balance")

        assert (len(server.received), server.connections) == (2, 2)
