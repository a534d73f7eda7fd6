"""Fallback routes: another route with the same answer, for deployments that lack the first."""

from __future__ import annotations

import httpx
import pytest

from sixtyfour_async import JobRunner, NotFoundError
from sixtyfour_async.operations import REGISTRY, DeepSearch, GetSearchStatus
from tests.client.network import scripted
from tests.client.sample_operations import SAMPLES, NewRoute

pytestmark = pytest.mark.anyio

UNKNOWN = {"detail": "Not Found"}


@pytest.fixture(autouse=True)
def registered_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "test-old", SAMPLES["test-old"])


def old_route_only(request: httpx.Request) -> httpx.Response:
    exists = request.url.path.startswith("/old")
    return httpx.Response(200, json="found") if exists else httpx.Response(404, json=UNKNOWN)


async def test_the_fallback_gets_the_same_fields_and_the_unknown_route_is_not_tried_again() -> None:
    async with scripted(old_route_only) as (client, network):
        found = [await client.send(NewRoute(thing_id=name, detail=1)) for name in ("a/b", "c")]

    assert found == ["found", "found"]
    assert network.request_lines == ["GET /new/a%2Fb?detail=1", "GET /old/a%2Fb?detail=1", "GET /old/c?detail=1"]
    assert client.rate_limit().used == 3


@pytest.mark.parametrize(
    "body", [{"detail": "Search not found or has no parsed_query."}, {"error": "Not Found", "message": "no"}, None]
)
async def test_a_missing_resource_is_not_taken_for_an_unknown_route(body: object) -> None:
    async with scripted(lambda _: httpx.Response(404, json=body)) as (client, network):
        with pytest.raises(NotFoundError):
            await client.send(NewRoute(thing_id="a"))

    assert network.request_lines == ["GET /new/a"]


async def test_both_routes_are_tried_each_time_if_both_are_unknown() -> None:
    async with scripted(lambda _: httpx.Response(404, json=UNKNOWN)) as (client, network):
        for _ in range(2):
            with pytest.raises(NotFoundError):
                await client.send(NewRoute(thing_id="a"))

    assert network.request_lines == ["GET /new/a", "GET /old/a"] * 2


async def test_polls_of_a_job_and_of_a_runner_use_the_fallback(monkeypatch: pytest.MonkeyPatch) -> None:
    class PollNewRoute(GetSearchStatus, name="test-poll", http="GET /polls/{task_id}", fallback="search-status"):
        pass

    REGISTRY.pop("test-poll")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": "t", "status": "queued"})
        if request.url.path.startswith("/polls"):
            return httpx.Response(404, json=UNKNOWN)
        return httpx.Response(200, json={"task_id": "t", "status": "completed", "search_id": "s"})

    def poll(_search: DeepSearch, job_id: str) -> PollNewRoute:
        return PollNewRoute(task_id=job_id)

    monkeypatch.setattr(DeepSearch, "poll", poll)
    async with scripted(answer) as (client, network):
        waited = await (await client.submit(DeepSearch(query="q"))).wait(deadline=60)
    async with scripted(answer) as (client, runner_network), JobRunner(client) as runner:
        run = (await runner.run(DeepSearch(query="q"))).result()

    assert (waited.search_id, run.search_id) == ("s", "s")
    assert (
        network.request_lines
        == runner_network.request_lines
        == [
            "POST /search/start-deep-search",
            "GET /polls/t",
            "GET /search/status/t",
        ]
    )
