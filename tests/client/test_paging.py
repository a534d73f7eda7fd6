"""Paging: ``pages`` and ``rows`` over short, empty, repeated and failing pages."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing

import httpx
import pytest

from sixtyfour_async import ServerError
from tests.client.network import Handler, in_turn, scripted
from tests.client.sample_operations import ListItems

pytestmark = pytest.mark.anyio


def page(numbers: Sequence[int], cursor: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"results": [{"number": number} for number in numbers], "next_cursor": cursor})


def four_pages() -> Handler:
    return in_turn([page([1, 2], "a"), page([], "b"), page([3], "c"), page([4, 5, 6])])


async def test_rows_continue_past_short_and_empty_pages() -> None:
    async with scripted(four_pages()) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == [1, 2, 3, 4, 5, 6]
    assert network.request_lines == ["GET /items", "GET /items?cursor=a", "GET /items?cursor=b", "GET /items?cursor=c"]


async def test_pages_yields_whole_pages() -> None:
    async with scripted(four_pages()) as (client, _):
        sizes = [len(page.results) async for page in client.pages(ListItems())]

    assert sizes == [2, 0, 1, 3]


@pytest.mark.parametrize(("max_results", "requests"), [(0, 0), (1, 1), (2, 1), (3, 3), (5, 4), (100, 4)])
async def test_rows_stop_at_the_row_limit_without_a_further_request(max_results: int, requests: int) -> None:
    async with scripted(four_pages()) as (client, network):
        rows = [row.number async for row in client.rows(ListItems(max_results=max_results))]

    assert rows == [1, 2, 3, 4, 5, 6][:max_results]
    assert len(network.seen) == requests


@pytest.mark.parametrize("cursors", [["a", "a"], ["a", "b", "a"]])
async def test_a_repeated_cursor_ends_the_pages(cursors: list[str], caplog: pytest.LogCaptureFixture) -> None:
    answers = [page([number], cursor) for number, cursor in enumerate(cursors)]
    async with scripted(in_turn(answers)) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == list(range(len(cursors)))
    assert len(network.seen) == len(cursors)
    assert "returned the same cursor twice" in caplog.text


async def test_closing_the_iterator_early_makes_no_further_request() -> None:
    async with scripted(four_pages()) as (client, network):
        async with aclosing(client.rows(ListItems())) as rows:
            first = await anext(rows)
        async with aclosing(client.pages(ListItems())) as unread:
            pass

    assert (first.number, len(network.seen)) == (1, 1)
    with pytest.raises(StopAsyncIteration):
        await anext(unread)


async def test_a_failed_page_is_retried_and_each_attempt_spends_the_budget() -> None:
    answers = [page([1], "a"), httpx.Response(502), page([2])]
    async with scripted(in_turn(answers)) as (client, network):
        rows = [row.number async for row in client.rows(ListItems())]

    assert rows == [1, 2]
    assert client.rate_limit().used == len(network.seen) == 3


async def test_a_page_that_keeps_failing_raises_after_the_rows_before_it() -> None:
    async with scripted(in_turn([page([1], "a"), *[httpx.Response(500)] * 9]), retries=1) as (client, _):
        rows = client.rows(ListItems())
        assert (await anext(rows)).number == 1
        with pytest.raises(ServerError):
            await anext(rows)
