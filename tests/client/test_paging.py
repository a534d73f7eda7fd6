"""Pages and rows, however oddly a service cuts them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

import httpx
import pytest

from sixtyfour_async import ServerError
from tests.client.network import Answering, in_turn, scripted
from tests.client.questions import ListItems

pytestmark = pytest.mark.anyio


def page(numbers: Sequence[int], cursor: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"results": [{"number": number} for number in numbers], "next_cursor": cursor})


def three() -> Answering:
    return in_turn([page([1, 2], "a"), page([], "b"), page([3], "c"), page([4, 5, 6])])


async def test_short_and_empty_pages_are_gone_past() -> None:
    async with scripted(three()) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == [1, 2, 3, 4, 5, 6]
    assert network.asked == ["GET /items", "GET /items?cursor=a", "GET /items?cursor=b", "GET /items?cursor=c"]


async def test_pages_come_whole() -> None:
    async with scripted(three()) as (client, _):
        pages = [len(found.results) async for found in client.pages(ListItems())]

    assert pages == [2, 0, 1, 3]


@pytest.mark.parametrize(("wanted", "requests"), [(0, 0), (1, 1), (2, 1), (3, 3), (5, 4), (100, 4)])
async def test_no_more_is_asked_for_or_given_than_was_wanted(wanted: int, requests: int) -> None:
    async with scripted(three()) as (client, network):
        rows = [row.number async for row in client.rows(ListItems(wanted=wanted))]

    assert rows == [1, 2, 3, 4, 5, 6][:wanted]
    assert len(network.seen) == requests


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
async def test_a_cursor_that_comes_again_ends_it(cursors: list[str], caplog: pytest.LogCaptureFixture) -> None:
    answers = [page([number], cursor) for number, cursor in enumerate(cursors)]
    async with scripted(in_turn(answers)) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == list(range(len(cursors)))
    assert len(network.seen) == len(cursors)
    assert "returned the same cursor twice" in caplog.text


async def test_leaving_early_makes_no_further_request() -> None:
    async with scripted(three()) as (client, network):
        async with aclosing(client.rows(ListItems())) as rows:
            first = await anext(rows)
        async with aclosing(client.pages(ListItems())) as unread:
            pass

    assert (first.number, len(network.seen)) == (1, 1)
    with pytest.raises(StopAsyncIteration):
        await anext(unread)


async def test_a_page_that_fails_is_asked_for_again_and_pays_each_time() -> None:
    answers = [page([1], "a"), httpx.Response(502), page([2])]
    async with scripted(in_turn(answers)) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == [1, 2]
    assert client.rate_limit().used == len(network.seen) == 3


async def test_a_page_that_cannot_be_had_is_raised_after_the_rows_before_it() -> None:
    async with scripted(in_turn([page([1], "a"), *[httpx.Response(500)] * 9]), retries=1) as (client, _):
        rows = client.rows(ListItems())
        assert (await anext(rows)).number == 1
        with pytest.raises(ServerError):
            await anext(rows)
