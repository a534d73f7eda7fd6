"""Build a static site of the guide, with a reference from the docstrings: ``python -m tests.guide.site [FOLDER]``.

Needs zensical and mkdocstrings-python, as the guide's page for contributors says. Everything is written below FOLDER,
``build/site`` by default; the pages are in ``FOLDER/site``. A warning is an error.
"""

from __future__ import annotations

import inspect
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import sixtyfour_async
from tests.guide.pages import GUIDE, ROOT

SETTINGS = """\
[project]
site_name = "sixtyfour_async"
docs_dir = "docs"
site_dir = "site"
use_directory_urls = false
nav = {nav}

[project.theme]
language = "en"
font = false  # those of the reader: nothing is fetched from elsewhere
features = ["content.code.copy", "navigation.footer", "navigation.top", "search.highlight"]

[[project.theme.palette]]
media = "(prefers-color-scheme: light)"
scheme = "default"

[[project.theme.palette]]
media = "(prefers-color-scheme: dark)"
scheme = "slate"

[project.markdown_extensions]
attr_list = {{}}
def_list = {{}}
tables = {{}}
toc.permalink = true
pymdownx.highlight = {{}}
pymdownx.inlinehilite = {{}}
pymdownx.superfences = {{}}

[project.plugins.search]

[project.plugins.mkdocstrings.handlers.python]
paths = [{root}]

[project.plugins.mkdocstrings.handlers.python.options]
docstring_style = "google"
heading_level = 2
inherited_members = true
show_root_full_path = false
show_root_heading = true
show_source = false
"""

REFERENCE = {
    "Client": ("AsyncClient", "Job", "OAuth", "RateLimit", "Answer", "RawResponse"),
    "Runner": ("JobRunner", "Outcome", "Stats", "RunPlan", "Explanation", "Unknown", "Question", "MemoryJournal"),
    "Webhooks": ("WebhookReceiver", "WebhookListener", "ListenerStats", "JobEvent", "WorkflowEvent"),
}
"""Title of a page of the reference → the public names that it describes, besides errors and operations."""


def sections() -> Iterator[tuple[str, list[str]]]:
    """Yield the sections of the index with the pages they list, and the reference."""
    text = (GUIDE / "index.md").read_text("utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        yield title, list(dict.fromkeys(re.findall(r"\((\w+\.md)\)", body)))
    yield "Reference", [f"reference/{title.lower()}.md" for title, _ in reference()]


def navigation() -> str:
    """Return the navigation, as TOML."""
    pages = [f"{{ {json.dumps(title)} = {json.dumps(names)} }}" for title, names in sections()]
    return ", ".join(['[{ Guide = "index.md" }', *pages]) + "]"


def reference() -> Iterator[tuple[str, list[str]]]:
    """Yield a title of each page of the reference, and where what it describes is defined."""
    for title, names in REFERENCE.items():
        yield title, [defined(name) for name in names]
    public = sixtyfour_async.__all__
    yield "Errors", [defined(name) for name in public if name.endswith("Error")]
    yield "Operations", sorted(f"{cls.__module__}.{cls.__qualname__}" for cls in sixtyfour_async.REGISTRY.values())


def defined(name: str) -> str:
    """Return the path of a public name where it is defined: names are imported when they are asked for."""
    made = getattr(sixtyfour_async, name)
    return f"{made.__module__}.{made.__qualname__}" if inspect.isclass(made) else f"sixtyfour_async.{name}"


def write_sources(folder: Path) -> None:
    """Write settings, the pages of the guide, and those of the reference."""
    docs = folder / "docs"
    shutil.rmtree(docs, ignore_errors=True)
    shutil.copytree(GUIDE, docs, ignore=shutil.ignore_patterns("__pycache__"))
    (docs / "reference").mkdir()
    for title, paths in reference():
        text = "\n\n".join([f"# {title}", *(f"::: {path}" for path in paths)])
        (docs / "reference" / f"{title.lower()}.md").write_text(f"{text}\n", "utf-8")
    settings = SETTINGS.format(nav=navigation(), root=json.dumps(str(ROOT)))
    (folder / "zensical.toml").write_text(settings, "utf-8")


def build(folder: Path) -> int:
    """Build the site; return the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    write_sources(folder)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(command, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(build(Path(*sys.argv[1:]) if sys.argv[1:] else ROOT / "build" / "site"))
