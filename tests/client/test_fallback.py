"""A route that the service does not know, and another that has the same answer."""

from __future__ import annotations

import httpx
import pytest

from sixtyfour_async import JobRunner, NotFoundError
from sixtyfour_async.operations import REGISTRY, DeepSearch, GetSearchStatus
from tests.client.network import scripted
from tests.client.questions import MADE_UP, New

pytestmark = pytest.mark.anyio

UNKNOWN = {"detail": "Not Found"}


@pytest.fixture(autouse=True)
def made_up_operations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REGISTRY, "test-old", MADE_UP["test-old"])


def only_old(request: httpx.Request) -> httpx.Response:
    known = request.url.path.startswith("/old")
    return httpx.Response(200, json="found") if known else httpx.Response(404, json=UNKNOWN)


async def test_the_fallback_is_asked_with_the_same_fields_and_the_unknown_route_no_more() -> None:
    async with scripted(only_old) as (client, network):
        found = [await client.send(New(thing_id=name, detail=1)) for name in ("a/b", "c")]

    assert found == ["found", "found"]
    assert network.asked == ["GET /new/a%2Fb?detail=1", "GET /old/a%2Fb?detail=1", "GET /old/c?detail=1"]
    assert client.rate_limit().used == 3


@pytest.mark.parametrize(
    "body", [{"detail": "Search not found or has no parsed_query."}, {"error": "Not Found", "message": "no"}, None]
)
async def test_a_thing_that_is_not_found_is_not_an_unknown_route(body: object) -> None:
    async with scripted(lambda _: httpx.Response(404, json=body)) as (client, network):
        with pytest.raises(NotFoundError):
            await client.send(New(thing_id="a"))

    assert network.asked == ["GET /new/a"]


async def test_a_service_that_knows_neither_route_is_asked_for_both_each_time() -> None:
    async with scripted(lambda _: httpx.Response(404, json=UNKNOWN)) as (client, network):
        for _ in range(2):
            with pytest.raises(NotFoundError):
                await client.send(New(thing_id="a"))

    assert network.asked == ["GET /new/a", "GET /old/a"] * 2


async def test_a_job_and_a_runner_find_the_other_route_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look through the same place."""

    class PollHere(GetSearchStatus, name="test-look", http="GET /polls/{task_id}", fallback="search-status"):
        pass

    REGISTRY.pop("test-look")

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(200, json={"task_id": "t", "status": "queued"})
        if request.url.path.startswith("/polls"):
            return httpx.Response(404, json=UNKNOWN)
        return httpx.Response(200, json={"task_id": "t", "status": "completed", "search_id": "s"})

    def poll(_search: DeepSearch, job_id: str) -> PollHere:
        return PollHere(task_id=job_id)

    monkeypatch.setattr(DeepSearch, "poll", poll)
    async with scripted(answer) as (client, network):
        waited = await (await client.submit(DeepSearch(query="q"))).wait(deadline=60)
    async with scripted(answer) as (client, watched), JobRunner(client) as runner:
        run = (await runner.run(DeepSearch(query="q"))).result()

    assert (waited.search_id, run.search_id) == ("s", "s")
    assert (
        network.asked
        == watched.asked
        == [
            "POST /search/start-deep-search",
            "GET /polls/t",
            "GET /search/status/t",
        ]
    )
