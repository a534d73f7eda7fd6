"""What the static site is built from; building it needs tools of its own, see the page for contributors."""

from __future__ import annotations

import importlib
import tomllib
from pathlib import Path

from tests.guide.pages import GUIDE
from tests.guide.site import reference, write_sources


def test_every_page_of_the_guide_has_its_place(tmp_path: Path) -> None:
    write_sources(tmp_path)
    project = tomllib.loads((tmp_path / "zensical.toml").read_text("utf-8"))["project"]
    sections = [pages for section in project["nav"] for pages in section.values()]
    listed = [page for pages in sections for page in ([pages] if isinstance(pages, str) else pages)]

    assert len(listed) == len(set(listed))
    assert {page for page in listed if "/" not in page} == {path.name for path in GUIDE.glob("*.md")}
    assert [page for page in listed if not (tmp_path / "docs" / page).is_file()] == []


def test_what_the_reference_describes_exists() -> None:
    paths = [path for _, described in reference() for path in described]

    assert len(paths) > 150
    assert [path for path in paths if not exists(path)] == []


def exists(path: str) -> bool:
    module, _, name = path.rpartition(".")
    return hasattr(importlib.import_module(module), name)
