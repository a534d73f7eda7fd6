"""Answers in odd encodings and spellings: what was paid for is read, kept, exported and resumed."""

from __future__ import annotations

import codecs
import csv
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from pydantic import BaseModel, Field

from sixtyfour_async import CompanyIntelligence, FindEmail, JobRunner
from sixtyfour_async.cli.journal_commands import export
from sixtyfour_async.errors import CreditsError, ResponseError
from tests.faults.network import is_submit, networked

pytestmark = pytest.mark.anyio

CITY = "Zürich 北京"
JSON_TYPE = "application/json"


class Facts(BaseModel):
    """What is asked for."""

    hq: str = Field(description="Where the head office is")


def question(number: int = 0) -> CompanyIntelligence[Any]:
    return CompanyIntelligence(target_company={"company_name": f"Acme {number}"}, struct=Facts)


def body_of(hq: str, **others: Any) -> str:
    result: dict[str, Any] = {"structured_data": {"hq": hq}, "notes": "", "findings": [], "references": {}}
    answer = {"status": "completed", "result": result | others, "charge_amount": 10}
    return json.dumps(answer, ensure_ascii=False)


def polls_answer(content: bytes, content_type: str) -> Callable[[httpx.Request], httpx.Response | None]:
    """Return a handler that answers every poll with these bytes, and leaves submits to the simulator."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if not request.url.path.startswith("/job-status"):
            return None
        return httpx.Response(200, content=content, headers={"content-type": content_type})

    return answer


def exported(journal: Path) -> list[dict[str, str]]:
    out = journal.with_suffix(".csv")
    result = CliRunner().invoke(export, [str(journal), "--out", str(out), "--overwrite"])
    assert result.exit_code == 0, result.output
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stored_answers(journal: Path) -> list[bytes]:
    with sqlite3.connect(journal) as database:
        rows = database.execute("SELECT answer FROM jobs").fetchall()
    database.close()
    return [answer for (answer,) in rows]


PLAIN = body_of(CITY)
ESCAPED = json.dumps(json.loads(PLAIN))
WESTERN = body_of("Zürich")

ODD_BODIES: dict[str, tuple[bytes, str, str]] = {
    "plain": (PLAIN.encode(), JSON_TYPE, CITY),
    "escapes": (ESCAPED.encode(), JSON_TYPE, CITY),
    "UTF-8 with a byte order mark": (codecs.BOM_UTF8 + PLAIN.encode(), JSON_TYPE, CITY),
    "UTF-8 declared as text": (PLAIN.encode(), "text/html; charset=utf-8", CITY),
    "UTF-8 declared as ASCII": (PLAIN.encode(), f"{JSON_TYPE}; charset=us-ascii", CITY),
    "UTF-16 with charset and mark": (PLAIN.encode("utf-16"), f"{JSON_TYPE}; charset=utf-16", CITY),
    "UTF-16 with charset alone": (PLAIN.encode("utf-16-be"), f'{JSON_TYPE}; charset="UTF-16"', CITY),
    "UTF-16 with a mark alone": (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), JSON_TYPE, CITY),
    "UTF-16 with neither": (PLAIN.encode("utf-16-le"), JSON_TYPE, CITY),
    "UTF-32": (PLAIN.encode("utf-32"), JSON_TYPE, CITY),
    "GB 18030": (PLAIN.encode("gb18030"), f"{JSON_TYPE};charset=GB18030", CITY),
    "Latin-1": (WESTERN.encode("latin-1"), f"{JSON_TYPE}; charset=ISO-8859-1", "Zürich"),
    "Latin-1, undeclared": (WESTERN.encode("latin-1"), JSON_TYPE, "Z\ufffdrich"),
    "an unknown charset": (PLAIN.encode(), f"{JSON_TYPE}; charset=klingon", CITY),
    "a raw line break": (body_of("Ber#lin").replace("#", "\n").encode(), JSON_TYPE, "Ber\nlin"),
    "a raw tab and escape": (body_of("Ber#lin").replace("#", "\t\x1b").encode(), JSON_TYPE, "Ber\t\x1blin"),
    "half an emoji, escaped": (body_of("Berlin #").replace("#", r"\ud83d").encode(), JSON_TYPE, "Berlin \ufffd"),
    "the other half, raw": (body_of("Berlin #").encode().replace(b"#", b"\xed\xb8\x80"), JSON_TYPE, "Berlin \ufffd"),
    "CESU-8": (body_of("#").encode().replace(b"#", b"\xed\xa0\xbd\xed\xb8\x80"), JSON_TYPE, "\U0001f600"),
    "NaN": (body_of("Berlin", score=float("nan"), low=float("-inf")).encode(), JSON_TYPE, "Berlin"),
    "a float out of range": (body_of("Berlin", n="#").replace('"#"', "1e999").encode(), JSON_TYPE, "Berlin"),
    "an integer of 5,000 digits": (body_of("Berlin", n="#").replace('"#"', "9" * 5000).encode(), JSON_TYPE, "Berlin"),
    "a duplicate key": (PLAIN.replace('"hq"', '"hq": "Bonn", "hq"').encode(), JSON_TYPE, CITY),
}


@pytest.mark.parametrize("name", ODD_BODIES)
async def test_a_completed_answer_is_read_kept_exported_and_replayed(name: str, tmp_path: Path) -> None:
    content, content_type, expected = ODD_BODIES[name]
    journal = tmp_path / "run.db"
    async with networked(polls_answer(content, content_type)) as (client, simulator, network):
        async with JobRunner(client, journal=journal) as runner:
            [first] = [outcome async for outcome in runner.map([question()])]
        async with JobRunner(client, journal=journal) as runner:
            [again] = [outcome async for outcome in runner.map([question()])]
            [parsed] = [outcome async for outcome in runner.reparse(Facts)]
        submits = sum(map(is_submit, network.seen))

    assert (first.status, first.cost_cents) == ("completed", 10)
    assert [one.result().structured_data.hq for one in (first, again, parsed)] == [expected] * 3
    assert first.raw == again.raw == parsed.raw
    assert (submits, len(simulator.books.jobs), again.replayed) == (1, 1, True)
    assert stored_answers(journal) == [content], "kept byte for byte"
    [row] = exported(journal)
    assert (row["hq"], row["status"], row["error"]) == (expected, "completed", "")


async def test_a_run_of_rows_with_half_an_emoji_is_resumed_where_it_stopped(tmp_path: Path) -> None:
    """One row in three comes back torn; the run is left in the middle and goes on, each row submitted once."""
    journal = tmp_path / "run.db"
    polled: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response | None:
        path = request.url.path
        if not path.startswith("/job-status"):
            return None
        if path not in polled:
            polled.append(path)
        half = r"\ud83d" if polled.index(path) % 3 == 0 else ""
        content = body_of("Berlin#").replace("#", half).encode()
        return httpx.Response(200, content=content, headers={"content-type": JSON_TYPE})

    operations = [question(number) for number in range(9)]
    async with networked(answer) as (client, simulator, _):
        async with JobRunner(client, journal=journal) as runner:
            async for outcome in runner.map(operations):
                assert outcome.status == "completed"
                break
        async with JobRunner(client, journal=journal) as runner:
            outcomes = [outcome async for outcome in runner.map(operations)]

    assert [outcome.status for outcome in outcomes] == ["completed"] * 9
    assert sorted(outcome.result().structured_data.hq for outcome in outcomes) == ["Berlin"] * 6 + ["Berlin\ufffd"] * 3
    assert (len(simulator.books.jobs), simulator.books.repeated) == (9, {})
    assert sorted(row["hq"] for row in exported(journal)) == ["Berlin"] * 6 + ["Berlin\ufffd"] * 3


async def test_a_failure_told_with_half_an_emoji_is_kept(tmp_path: Path) -> None:
    journal = tmp_path / "run.db"
    content = rb'{"status": "failed", "error": "no such company \ud83d", "result": null}'
    async with (
        networked(polls_answer(content, JSON_TYPE)) as (client, _, _),
        JobRunner(client, journal=journal) as runner,
    ):
        [outcome] = [outcome async for outcome in runner.map([question()])]

    assert outcome.status == "failed"
    assert "no such company \ufffd" in str(outcome.error)
    assert "no such company \ufffd" in exported(journal)[0]["error"]


async def test_rows_that_share_a_submit_get_their_own_half_emoji(tmp_path: Path) -> None:
    """The shared answer, in UTF-16 and with a torn character, is split and each part can be read again."""
    journal = tmp_path / "run.db"
    names = ("Ada Example", "Bob Example", "Cyd Example")
    rows = [
        {"name": name, "company": "Acme", "email": [[f"{name[:3]}@acme.example#", "OK", "COMPANY"]]} for name in names
    ]
    text = json.dumps({"status": "completed", "result": rows, "charge_amount": 15}).replace("#", r"\ud83d")
    operations = [FindEmail(lead={"name": name, "company": "Acme"}) for name in names]
    async with networked(polls_answer(text.encode("utf-16"), JSON_TYPE)) as (client, simulator, _):
        for _ in range(2):
            async with JobRunner(client, journal=journal) as runner:
                outcomes = [outcome async for outcome in runner.map(operations, batching="auto")]
            assert [outcome.status for outcome in outcomes] == ["completed"] * 3
            found = {str(outcome.input.payload()["lead"]): json.dumps(outcome.raw) for outcome in outcomes}
            for lead, raw in found.items():
                [name] = [name for name in names if name in lead]
                assert f"{name[:3]}@acme.example\\ufffd" in raw

    assert len(simulator.books.jobs) == 1
    assert len(exported(journal)) == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
async def test_the_answer_to_a_submit_is_read_in_any_encoding(encoding: str, tmp_path: Path) -> None:
    """Its id was paid for as well."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        content = json.dumps({"task_id": "jöb-1", "status": "queued"}) if is_submit(request) else PLAIN
        return httpx.Response(200, content=content.encode(encoding), headers={"content-type": JSON_TYPE})

    async with networked(answer) as (client, _, network), JobRunner(client, journal=tmp_path / "run.db") as runner:
        [outcome] = [outcome async for outcome in runner.map([question()])]

    assert (outcome.status, outcome.job_id) == ("completed", "jöb-1")
    assert sum(map(is_submit, network.seen)) == 1


async def test_an_error_in_utf_16_is_that_error() -> None:
    content = json.dumps({"error": "Payment Required", "message": "Kein Guthaben für Sie"}, ensure_ascii=False)

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(402, content=content.encode("utf-16"), headers={"content-type": JSON_TYPE})

    async with networked(answer) as (client, _, _):
        with pytest.raises(CreditsError, match="Kein Guthaben für Sie") as raised:
            await client.account.check_balance()

    assert raised.value.body == content


@pytest.mark.parametrize(
    "content", [b")]}',\n{}", b"[" * 100_000, b"\xff\xfe\xfa", b'{"balance": 1', "<h1>später</h1>".encode("utf-16")]
)
async def test_a_body_that_is_not_json_is_a_response_error(content: bytes) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"content-type": JSON_TYPE})

    async with networked(answer) as (client, _, _):
        with pytest.raises(ResponseError, match="not JSON") as raised:
            await client.account.check_balance()

    raised.value.body.encode()


async def test_the_bytes_of_a_raw_response_stay_as_they_came() -> None:
    content = "Zürich".encode("latin-1")

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"content-type": "text/plain; charset=latin-1"})

    async with networked(answer) as (client, _, _):
        response = await client.request("GET", "/anything")

    assert response.body == content
