"""The page: nothing in it comes from data but as text, it loads nothing, and it is small whatever the journal holds."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixtyfour_async.report.markup import data, element, text
from sixtyfour_async.report.page import MAX_BYTES, POLICY, page
from tests.report.journals import failed, row, summed, write

pytestmark = pytest.mark.anyio

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "{journal} {{ title }} ${STYLE} %s {0} $journal",
    '" onmouseover="alert(1)',
    "&lt;b&gt; &amp; &#60;",
    "</style></title></textarea>",
    "`code` \\ ' \"",
]
VOID = {"meta", "br", "hr", "line", "rect", "path"}


class Reader(HTMLParser):
    """What a browser would see: its elements, their attributes, and its text. Elements must be closed in order."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.comments: list[str] = []
        self._open: list[str] = []
        self.feed(content.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_text_of_a_lead_a_field_an_error_a_key_and_a_name_is_shown_as_it_is(hostile: str, tmp_path: Path) -> None:
    entry = failed(1, f"it {hostile} failed", name=hostile, key=f"key {hostile}", variant=f"kind {hostile}")
    request = entry.request.replace(
        '"headquarters"', '"field ' + hostile.replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
    asked = row(2, request=request)
    summary = summed(await write(tmp_path / "run.db", [entry, asked]))
    plain = Reader(page(summed(await write(tmp_path / "plain.db", [failed(1, "it x failed"), row(2)])), journal="j"))
    shown = Reader(page(summary, journal=f"j {hostile}"))

    assert set(shown.tags) <= {*plain.tags, "br"}
    assert shown.comments == []
    assert not any(name.startswith("on") for name, _ in shown.attributes)
    for place in ("j", "key", "kind", "field"):
        assert f"{place} {hostile}" in shown.text
    assert f"company_name={hostile}" in shown.text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x00\x1bb", "a\\u0000\\u001bb"),
        ("\ud800", "\ufffd"),
    ],
)
def test_what_acts_on_text_is_spelled_out(hostile: str, shown: str) -> None:
    assert data(hostile) == f"<bdi>{shown}</bdi>"


@given(st.text(), st.text())
def test_text_and_attributes_come_back_as_they_went_in(inner: str, attribute: str) -> None:
    made = Reader(element("p", inner, title=attribute).encode("utf-8", "replace"))
    plain = Reader(element("p", text(inner)).encode("utf-8", "replace"))

    assert made.tags == ["p"]
    assert made.text == plain.text
    assert len(made.attributes) == 1


async def test_the_page_needs_no_network_and_no_script(tmp_path: Path) -> None:
    content = page(summed(await write(tmp_path / "run.db", map(row, range(30)))), journal="run.db").decode()
    shown = Reader(content.encode())

    assert "script" not in shown.tags
    assert not {"src", "href", "srcset"} & {name for name, _ in shown.attributes}
    assert re.findall(r"url\(|@import|https?://(?!api\.example)", content) == []
    assert ("content", POLICY) in shown.attributes
    assert POLICY.startswith("default-src 'none';")
    assert "prefers-color-scheme: dark" in content
    assert "@media print" in content


async def test_the_page_is_small_for_the_widest_rows(tmp_path: Path) -> None:
    """Thousands of causes, long texts of characters that grow when they are escaped, fields without end."""
    many = [
        failed(
            number,
            f"{chr(97 + number % 26) * (1 + number % 90)} " + '"<&>' * 200,
            name="<&>" * 400,
            key=f"{number} " + "<" * 900,
        )
        for number in range(600)
    ]
    wide = ", ".join(f'"{"<" * 90}{number}": "{"&" * 200}"' for number in range(3000))
    fields = row(3000, request='{"target_company": {}, "struct": {' + wide + "}}")
    kinds = [row(4000 + number, variant=f"{'<' * 300}{number}") for number in range(300)]
    summary = summed(await write(tmp_path / "run.db", [*many, fields, *kinds]))
    content = page(summary, journal="<" * 5000)

    assert len(content) < MAX_BYTES
    shown = Reader(content).text
    assert "more characters)" in shown
    assert "more kinds are in the JSON report" in shown
    assert "more fields are in the JSON report" in shown


async def test_rows_behind_a_cause_are_capped_with_a_count(tmp_path: Path) -> None:
    rows = [failed(number, f"job {number} timed out") for number in range(200)]
    shown = Reader(page(summed(await write(tmp_path / "run.db", rows)), journal="run.db")).text

    assert shown.count("timed out") == 1 + 25
    assert "and 175 rows more" in shown


async def test_an_empty_journal_has_a_page(tmp_path: Path) -> None:
    shown = Reader(page(summed(await write(tmp_path / "run.db", [])), journal="run.db")).text

    assert "Nothing was sent yet" in shown
