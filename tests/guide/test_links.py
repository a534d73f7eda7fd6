"""Every link and anchor in README, guide and notes leads somewhere, here or, as the service's own pages, elsewhere."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from urllib.parse import unquote, urlsplit

import pytest

from tests.guide.pages import GUIDE, ROOT, Page, anchor, pages

PAGES = {str(page.path.relative_to(ROOT)): page for page in pages()}
ELSEWHERE = {"docs.sixtyfour.ai", "keepachangelog.com", "zensical.org"}
"""Hosts that pages may send a reader to."""


@pytest.mark.parametrize("name", PAGES)
def test_links_resolve(name: str) -> None:
    assert [problem for link in sorted(PAGES[name].links) if (problem := problem_of(PAGES[name], link))] == []


def problem_of(page: Page, link: str) -> str:
    """Return why a link leads nowhere; "" when it leads somewhere."""
    parts = urlsplit(link)
    if parts.scheme:
        return "" if parts.scheme == "https" and parts.hostname in ELSEWHERE else f"{link}: an address elsewhere"
    target = (page.path.parent / unquote(parts.path)) if parts.path else page.path
    if not target.exists():
        return f"{link}: no such file"
    if GUIDE in page.path.parents and GUIDE not in target.resolve().parents:
        return f"{link}: not in the guide, so it is missing once the package is installed"
    if parts.fragment and parts.fragment not in Page(target).anchors:
        return f"{link}: no such heading"
    return ""


@pytest.mark.parametrize(
    "link",
    ["missing.md", "tables.md#nowhere", "http://docs.sixtyfour.ai", "https://elsewhere.example", "../cli/console.py"],
)
def test_a_broken_link_is_noticed(link: str) -> None:
    assert problem_of(Page(GUIDE / "index.md"), link)


def test_the_index_lists_every_page() -> None:
    listed = {link.partition("#")[0] for link in PAGES["sixtyfour_async/guide/index.md"].links}

    assert {path.name for path in GUIDE.glob("*.md")} - {"index.md"} <= listed


def test_files_that_are_named_exist() -> None:
    """Paths in backticks, such as `benchmarks/frontier.py`."""
    named = {
        (name, path)
        for name, page in PAGES.items()
        for path in re.findall(r"`((?:sixtyfour_async|tests|benchmarks|\.ci|\.github)/[\w./-]+)`", page.text)
    }

    assert [place for place in sorted(named) if not (ROOT / place[1]).exists()] == []


@pytest.mark.parametrize("path", sorted((GUIDE / "pictures").glob("*.svg")), ids=lambda path: path.name)
def test_pictures_need_nothing_from_outside(path: str) -> None:
    """Shown by an `<img>`, offline: no address, no font, no script, and a size of their own."""
    text = (GUIDE / "pictures" / path).read_text("utf-8")
    tree = ET.fromstring(text)  # noqa: S314 (our own file)
    named = set(re.findall(r"https?://[^\s\"')]+", text)) - {"http://www.w3.org/2000/svg"}

    assert named == set()
    assert {"@font-face", "@import", "<script", "<image", "foreignObject"} & set(
        re.findall(r"[@<]?[\w-]+", text)
    ) == set()
    assert float(tree.get("width", "")) > 0
    assert float(tree.get("height", "")) > 0


def test_anchors_are_made_as_github_makes_them() -> None:
    assert anchor("What is promised, and the limits") == "what-is-promised-and-the-limits"
    assert anchor("`sixtyfour run`: a table") == "sixtyfour-run-a-table"
