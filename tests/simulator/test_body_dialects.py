"""Bodies in dialects, byte by byte."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sixtyfour_async.simulator import DEFAULT_KEY, Simulator, SimulatorSettings
from sixtyfour_async.simulator.serving.server import serve
from tests.simulator.conftest import COMPANY, LEAD, Start
from tests.simulator.dialects import company_in_dialect, email_in_dialect

pytestmark = pytest.mark.anyio


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


WHOLE_BODIES: list[tuple[str, Callable[[bytes], bytes], str]] = [
    ("body_bom", lambda body: b"\xef\xbb\xbf" + body, "application/json"),
    ("body_utf16", lambda body: body.decode().encode("utf-16"), "application/json; charset=utf-16"),
    ("body_utf16_undeclared", lambda body: body.decode().encode("utf-16-le"), "application/json"),
    ("body_text_plain", lambda body: body, "text/plain; charset=utf-8"),
    ("body_truncated", lambda body: body[: len(body) // 2], "application/json"),
    ("body_truncated_for_good", lambda body: body[: len(body) // 2], "application/json"),
]


@pytest.mark.parametrize(("name", "change", "content_type"), WHOLE_BODIES)
async def test_whole_bodies(start: Start, name: str, change: Callable[[bytes], bytes], content_type: str) -> None:
    changed, plain = await company_in_dialect(start, name)
    assert changed.content == change(written(plain))
    assert changed.headers["content-type"] == content_type
    assert changed.headers["content-length"] == str(len(changed.content))


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("body_raw_newline", b"\nsecond line"),
        ("body_control_characters", b" \t\x07\x1b[0m\x00"),
        ("body_half_emoji", b" \\ud83d"),
        ("body_half_emoji_raw", b" \xed\xa0\xbd"),
        ("body_broken_utf8", b" caf\xe9"),
    ],
)
async def test_ends_of_texts(start: Start, name: str, ending: bytes) -> None:
    changed, plain = await company_in_dialect(start, name)
    first = next(iter(plain["result"]["structured_data"].values())).encode()
    assert changed.content == written(plain).replace(b'"' + first + b'"', b'"' + first + ending + b'"', 1)

    changed, plain = await email_in_dialect(start, name)
    noted = written({**plain, "result": {**plain["result"], "note": "@"}})
    assert changed.content == noted.replace(b'"@"', b'"' + ending + b'"'), "an answer without a text has a note"


@pytest.mark.parametrize(
    ("name", "value"), [("body_big_integer", b"7" * 5000), ("body_nan", b"[NaN,Infinity,-Infinity]")]
)
async def test_notes_that_are_no_usual_json(start: Start, name: str, value: bytes) -> None:
    changed, plain = await company_in_dialect(start, name)
    noted = written({**plain, "result": {**plain["result"], "note": "@"}})
    assert changed.content == noted.replace(b'"@"', value)


async def test_latin1(start: Start) -> None:
    changed, plain = await company_in_dialect(start, "body_latin1")
    assert changed.headers["content-type"] == "application/json; charset=iso-8859-1"
    result = json.loads(changed.content.decode("latin-1"))["result"]
    first = next(iter(plain["result"]["structured_data"]))
    assert result["structured_data"][first] == plain["result"]["structured_data"][first] + " (Zürich, café)"
    assert b"Z\xfcrich" in changed.content
    lead = {"lead": {"name": "Łukasz 😀", "company": "3M"}}
    harness = start(faults={"body_latin1": 1.0})
    answer = (await harness.post("/find-email", lead)).content
    assert b"\\u0141ukasz \\ud83d\\ude00" in answer
    assert json.loads(answer.decode("latin-1"))["name"] == "Łukasz 😀"


async def test_texts_and_encodings_combine(start: Start) -> None:
    harness = start(faults=dict.fromkeys(("body_raw_newline", "body_half_emoji", "body_utf16"), 1.0))
    body = (await harness.post("/company-intelligence", COMPANY)).content
    assert '"headquarters":"Montabaur, Germany\nsecond line \\ud83d"' in body.decode("utf-16")


async def test_every_kind_of_json_answer_is_changed(start: Start) -> None:
    harness = start(faults={"body_bom": 1.0})
    for answer in (
        await harness.post("/find-email-async", LEAD),
        await harness.post("/find-email", LEAD),
        await harness.get("/check-balance"),
    ):
        assert answer.content.startswith(b"\xef\xbb\xbf{")
    assert not (await harness.get("/job-status/nobody")).content.startswith(b"\xef\xbb\xbf"), "errors are left alone"


async def test_bodies_over_the_wire() -> None:
    simulator = Simulator(SimulatorSettings(speed=10_000.0))
    headers = {"x-api-key": DEFAULT_KEY}
    async with serve(simulator) as url, httpx.AsyncClient(base_url=url, headers=headers) as client:
        plain = (await client.post("/find-email", json=LEAD)).content
        for name, expected in (
            ("body_utf16", plain.decode().encode("utf-16")),
            ("body_half_emoji_raw", plain.replace(b"}", b',"note":" \xed\xa0\xbd"}')),
            ("body_truncated", plain[: len(plain) // 2]),
        ):
            simulator.faults.script(name)
            answer = await client.post("/find-email", json=LEAD)
            assert answer.content == expected
        simulator.faults.script("redirect")
        assert (await client.get("/check-balance")).headers["location"] == "https://moved.example/check-balance"
