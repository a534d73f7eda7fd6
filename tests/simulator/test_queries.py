"""Paged filter search, its metadata, and the search history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sixtyfour_async.simulator import Company, companies
from tests.simulator.conftest import Harness, Start

pytestmark = pytest.mark.anyio
GERMAN = {"simple_filters": {"hq_country_iso2": {"$eq": "DE"}}}
ANYBODY: dict[str, Any] = {"simple_filters": {}, "mode": "people"}


async def found(harness: Harness, filters: dict[str, Any], mode: str = "company") -> list[dict[str, Any]]:
    answer = await harness.post("/search/query", {"simple_filters": filters, "mode": mode, "page_size": 100})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


async def pages(harness: Harness, body: dict[str, Any]) -> list[dict[str, Any]]:
    shown = [(await harness.post("/search/query", body)).json()]
    while shown[-1]["has_more"]:
        shown.append((await harness.post("/search/query", {"cursor": shown[-1]["next_cursor"]})).json())
    return shown


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["company_name"] for row in rows]


async def test_pages_are_consecutive(start: Start) -> None:
    harness = start()

    shown = await pages(harness, {**GERMAN, "page_size": 50})

    rows = [row for page in shown for row in page["results"]]
    assert [len(page["results"]) for page in shown][:-1] == [50] * (len(shown) - 1)
    assert len({row["id"] for row in rows}) == len(rows) == shown[-1]["total_results"] > 100
    assert {row["hq_country"] for row in rows} == {"Germany"}
    known = {company.company_name: company for company in companies()}
    assert all(row["employees_count"] == known[row["company_name"]].employees for row in rows)
    assert [page["page_number"] for page in shown] == list(range(1, len(shown) + 1))
    assert [page["total_pages"] for page in shown] == [None] * (len(shown) - 1) + [len(shown)]
    assert len({page["search_id"] for page in shown}) == 1
    assert harness.simulator.books.charged_cents == len(rows)


async def test_last_page_may_exceed_max_results(start: Start) -> None:
    shown = await pages(start(), {**GERMAN, "page_size": 10, "max_results": 25})

    assert [len(page["results"]) for page in shown] == [10, 10, 10]
    assert [page["remaining_results"] for page in shown] == [15, 5, 0]
    assert shown[0]["max_results"] == 25


async def test_exclusions_leave_short_or_empty_pages(start: Start) -> None:
    harness = start()
    whole = await pages(harness, {**GERMAN, "page_size": 5, "max_results": 15})
    gone = [row["domain"] for page in whole[:1] for row in page["results"]] + [
        f"https://{whole[1]['results'][0]['domain']}"
    ]

    shown = await pages(harness, {**GERMAN, "page_size": 5, "max_results": 15, "exclude_entity_ids": gone})

    assert [len(page["results"]) for page in shown[:3]] == [0, 4, 5]
    assert shown[0]["has_more"] is True
    assert not {row["domain"] for page in shown for row in page["results"]} & set(gone)


TRUTHS: list[tuple[dict[str, Any], Callable[[Company], bool]]] = [
    ({"country": "italy"}, lambda c: c.country == "Italy"),
    (
        {"employees_count": {"$gte": 50, "$lte": 500}},
        lambda c: c.employees is not None and 50 <= c.employees <= 500,
    ),
    ({"founded": {"$lt": 1700}}, lambda c: c.founded is not None and c.founded < 1700),
    (
        {"founded": {"$gt": 2015}, "country": {"$ne": "Germany"}},
        lambda c: (c.founded or 0) > 2015 and c.country != "Germany",
    ),
    ({"industry": {"$in": ["Biotechnology", "Beverages"]}}, lambda c: c.industry in {"Biotechnology", "Beverages"}),
    ({"industry": ["Biotechnology"]}, lambda c: c.industry == "Biotechnology"),
    ({"employees": {"$exists": False}, "country": "Spain"}, lambda c: c.employees is None and c.country == "Spain"),
    (
        {"industry": {"$match": "equipment medical"}},
        lambda c: {"medical", "equipment"} <= set(c.industry.lower().split()),
    ),
    ({"company_name": {"$match": "ad*"}}, lambda c: c.company_name.lower().startswith("ad")),
    ({"headquarters": {"$phrase": "New Jersey"}}, lambda c: "New Jersey" in c.headquarters),
    ({"$search": "Montabaur"}, lambda c: "Montabaur" in c.headquarters),
    (
        {"$or": [{"country": "Italy"}, {"country": "Canada"}], "$nor": [{"industry": "Energy"}]},
        lambda c: c.country in {"Italy", "Canada"} and c.industry != "Energy",
    ),
    (
        {"$and": [{"country": "Finland"}, {"founded": {"$not": {"$gte": 1900}}}]},
        lambda c: c.country == "Finland" and not (c.founded or 0) >= 1900,
    ),
    (
        {"country": "Belgium", "industry": {"$nin": ["Financials"]}},
        lambda c: c.country == "Belgium" and c.industry != "Financials",
    ),
    (
        {"$not": {"founded": {"$exists": True}}, "country": "Sweden"},
        lambda c: c.founded is None and c.country == "Sweden",
    ),
]


@pytest.mark.parametrize(("filters", "test"), TRUTHS)
async def test_filters_select_matching_companies(
    start: Start, filters: dict[str, Any], test: Callable[[Company], bool]
) -> None:
    assert sorted(names(await found(start(), filters))) == sorted(c.company_name for c in companies() if test(c))


async def test_sorting_and_limit(start: Start) -> None:
    harness = start()
    largest = await found(harness, {"country": "Japan", "$sort": {"employees_count": "desc"}, "$limit": 3})
    oldest = await found(harness, {"country": "Japan", "$sort": ["founded", "-employees"], "$limit": 2})

    japanese = [company for company in companies() if company.country == "Japan"]
    by_size = sorted((c for c in japanese if c.employees), key=lambda c: -(c.employees or 0))
    assert names(largest) == [company.company_name for company in by_size[:3]]
    assert [row["founded"] for row in oldest] == sorted(c.founded for c in japanese if c.founded)[:2]


@pytest.mark.parametrize(
    "filters",
    [
        {"nope": 1},
        {"country": {"$regex": "x"}},
        {"country": {"$in": "Japan"}},
        {"$or": ["x"]},
        {"$sort": "nope"},
        {"$limit": "many"},
    ],
)
async def test_invalid_filters_are_rejected(start: Start, filters: dict[str, Any]) -> None:
    answer = await start().post("/search/query", {"simple_filters": filters})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Invalid simple_filters")


async def test_opensearch_queries(start: Start) -> None:
    harness = start()
    raw = {
        "bool": {
            "must": [{"term": {"country.keyword": {"value": "Japan"}}}],
            "filter": {"range": {"employees_count": {"gte": 1000}}},
            "must_not": [{"terms": {"industry": ["Automotive"]}}],
            "should": [{"match": {"headquarters": "Tokyo"}}, {"exists": {"field": "founded"}}],
        }
    }
    for body in (raw, {"query": raw}):
        answer = await harness.post("/search/start-filter-search", {"filters": body, "page_size": 100})
        rows = answer.json()["results"]
        assert rows
        assert all(row["country"] == "Japan" and row["employees"] >= 1000 for row in rows)
        assert "Automotive" not in {row["industry"] for row in rows}
    assert (
        len((await harness.post("/search/query", {"filters": {"match_all": {}}, "page_size": 7})).json()["results"])
        == 7
    )
    wrong_ones: list[dict[str, Any]] = [{"script": {}}, {}, {"term": {"a": 1, "b": 2}}]
    for wrong in wrong_ones:
        assert (await harness.post("/search/query", {"filters": wrong})).status_code == 400


async def test_people_are_returned_raw_or_as_leads(start: Start) -> None:
    harness = start()
    raw = (await harness.post("/search/query", ANYBODY)).json()
    flat = (await harness.post("/search/query", {**ANYBODY, "output_shape": "workflow"})).json()

    assert [row["raw_source"]["fullName"] for row in raw["results"]] == [row["name"] for row in flat["results"]]
    assert set(flat["results"][0]) == {"name", "title", "company", "location", "linkedin"}
    assert raw["results"][0]["raw_source"]["currentCompanies"][0]["element"]["company"]["name"]
    assert (raw["total_available"], raw["page_number"], flat["output_shape"]) == (2000, None, "workflow")
    assert len({row["publicId"] for row in raw["results"]}) == 10


async def test_sentence_is_translated_to_filters(start: Start) -> None:
    shown = (await start().post("/search/query", {"query": "VPs of Sales in Berlin", "page_size": 100})).json()

    assert shown["natural_language_query"] == "VPs of Sales in Berlin"
    headlines = {row["raw_source"]["headline"].partition(" at ")[0] for row in shown["results"]}
    assert (headlines, {row["raw_source"]["location"] for row in shown["results"]}) == (
        {"VP of Sales"},
        {"Berlin, Germany"},
    )


async def test_search_can_be_repeated(start: Start) -> None:
    harness = start()
    first = (await harness.post("/search/query", GERMAN)).json()
    again = (await harness.post("/search/query", {"search_id": first["search_id"]})).json()
    parsed = (await harness.post("/search/query", {"parsed_query": first["parsed_query"]})).json()

    assert first["results"] == again["results"] == parsed["results"]
    skipped = (await harness.post("/search/query", {**GERMAN, "from_offset": 5})).json()
    assert skipped["results"][:5] == first["results"][5:]


async def test_deep_search_results_can_be_queried(start: Start) -> None:
    harness = start()
    body = {"query": "german telecommunications", "mode": "company", "output_mode": "query_only", "search_id": "mine"}
    await harness.submit("/search/start-deep-search", body)
    assert (await harness.post("/search/query", {"search_id": "mine"})).status_code == 404, "while it runs"
    harness.clock.seconds = 300

    rows = (await harness.post("/search/query", {"search_id": "mine"})).json()["results"]
    assert names(rows) == ["1&1", "ADVA Optical Networking", "Freenet AG", "United Internet"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({**GERMAN, "query": "x"}, 422),
        ({**GERMAN, "max_results": 1001}, 400),
        ({**GERMAN, "max_results": 1000}, 200),
        ({"query": "x", "mode": "company"}, 400),
        ({"search_id": "nobody"}, 404),
        ({"parsed_query": {"x": 1}}, 400),
        ({"cursor": "nonsense"}, 400),
        ({"cursor": "YTpiOmM="}, 400),
        ({"cursor": "eDoxOjE="}, 400),
        ({**GERMAN, "exclude_public_ids": ["x"]}, 400),
        ({**ANYBODY, "exclude_public_ids": ["x"], "exclude_entity_ids": ["x"]}, 400),
        ({**GERMAN, "exclude_entity_ids": ["x"] * 1001}, 422),
    ],
)
async def test_queries_are_validated(start: Start, body: dict[str, Any], status: int) -> None:
    harness = start()
    assert (await harness.post("/search/query", body)).status_code == status
    assert len(harness.simulator.books.jobs) == (status == 200)


async def test_cursor_excludes_other_parameters_and_expires(start: Start) -> None:
    harness = start()
    cursor = (await harness.post("/search/query", GERMAN)).json()["next_cursor"]
    for more in (GERMAN, {"output_shape": "raw"}, {"exclude_entity_ids": ["x"]}):
        assert (await harness.post("/search/query", {"cursor": cursor, **more})).status_code == 400
    harness.clock.seconds = 899
    assert (await harness.post("/search/query", {"cursor": cursor})).status_code == 200
    harness.clock.seconds = 901
    assert (await harness.post("/search/query", {"cursor": cursor})).status_code == 400


async def test_repeated_page_is_charged_again(start: Start) -> None:
    harness = start()
    cursor = (await harness.post("/search/query", GERMAN)).json()["next_cursor"]
    for _ in range(2):
        assert (await harness.post("/search/query", {"cursor": cursor})).status_code == 200
    assert list(harness.simulator.books.repeated.values()) == [2]
    assert harness.simulator.books.charged_cents == 30


async def test_page_beyond_the_balance_is_rejected(start: Start) -> None:
    assert (await start(balance_credits=0.9).post("/search/query", GERMAN)).status_code == 402


async def test_capabilities_list_fields_and_operators(start: Start) -> None:
    harness = start()
    for mode in ("company", "people"):
        shown = (await harness.get("/search/filter-capabilities", mode=mode)).json()
        row = {field["field"] for field in shown["fields"]}
        for name in row:
            assert await found(harness, {name: {"$exists": True}}, mode), name
        assert "$elemMatch" in shown["simple_query_operators"]


async def test_values_of_a_field_within_a_scope(start: Start) -> None:
    harness = start()
    scope = {"country": "Germany"}
    shown = (
        await harness.post("/search/filter-field-values", {"field": "industry", "simple_filters": scope, "top_k": 3})
    ).json()

    german = [company for company in companies() if company.country == "Germany"]
    assert shown["total_scoped_documents"] == len(german)
    assert len(shown["values"]) == 3
    for value in shown["values"]:
        assert value["count"] == len(await found(harness, {**scope, **value["filter_snippet"]}))
        assert value["count"] == sum(company.industry == value["value"] for company in german)
        assert 0 < value["percent_of_scope"] <= 1
    assert (await harness.post("/search/filter-field-values", {"field": "nope"})).status_code == 400


async def test_autocomplete(start: Start) -> None:
    harness = start()
    titles = (await harness.post("/search/autocomplete", {"field": "job_title", "query": "VP"})).json()["suggestions"]
    assert {item["value"] for item in titles} == {"VP of Engineering", "VP of Sales"}
    body = {"field": "company_name", "query": "1&", "mode": "company"}
    [company] = (await harness.post("/search/autocomplete", body)).json()["suggestions"]
    assert (company["selectionValue"], company["companyMeta"]["employeeCount"]) == ("1&1", 3167)
    assert (await harness.post("/search/autocomplete", {"field": "languages", "query": "x"})).json()[
        "suggestions"
    ] == []


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"parsedQuery": {"a": {"$in": ["Berlin", "Berlin"]}, "b": [7]}}, "People: Berlin, 7"),
        ({"parsedQuery": {}, "entityMode": "company"}, "All companies"),
    ],
)
async def test_generated_titles(start: Start, body: dict[str, Any], title: str) -> None:
    assert (await start().post("/search/generate-title", body)).json() == {"title": title}


async def test_search_history_of_a_key(start: Start) -> None:
    harness = start(keys=("sim_sk_local", "other"))
    first = (await harness.post("/search/query", {**GERMAN, "query_label": "German ones", "page_size": 3})).json()[
        "search_id"
    ]
    await harness.post("/search/query", {**GERMAN, "persist_history": False})
    harness.clock.seconds = 86_400
    await harness.submit("/search/start-deep-search", {"query": "shipyards", "search_id": "deep"})
    await harness.client.patch(f"/search/history/{first}/favourite", json={"favourite": True})

    async def listed(**params: str) -> list[str]:
        return [item["search_id"] for item in (await harness.get("/search/history", **params)).json()["searches"]]

    assert await listed() == ["deep", first]
    assert await listed(sort_dir="asc") == [first, "deep"]
    assert await listed(sort_by="cost", sort_dir="asc") == [first, "deep"]
    assert await listed(kind="deep_search") == await listed(status="in_progress") == ["deep"]
    assert await listed(kind="favourites") == await listed(query_text="german") == [first]
    assert await listed(to="2026-06-10T12:00:00Z") == [first]
    page = (await harness.get("/search/history", limit=1)).json()
    assert page["has_more"] is True
    assert await listed(limit="1", cursor=page["next_cursor"]) == [first]
    volume = (await harness.get("/search/history/volume", **{"from": "2026-06-10", "to": "2026-06-12"})).json()
    assert volume["buckets"] == [{"date": "2026-06-10", "count": 1}, {"date": "2026-06-11", "count": 1}]
    shown = (await harness.get(f"/search/history/{first}")).json()["search"]
    assert (shown["search_mode"], shown["cost_cents"], shown["parsed_query"]) == ("company", 3, GERMAN)
    other = await harness.client.get(f"/search/history/{first}", headers={"x-api-key": "other"})
    assert other.status_code == 404

    await harness.client.delete(f"/search/history/{first}")
    assert await listed() == ["deep"]
    await harness.client.delete("/search/history")
    assert await listed() == []
    assert (await harness.post("/search/query", {"search_id": first})).status_code == 200
