"""``sixtyfour guide``: pages on narrow and wide terminals, in a pipe, and misspelt."""

from __future__ import annotations

import io
import subprocess

import pytest
from rich.cells import cell_len
from rich.console import Console

from sixtyfour_async.cli.guide_command import page_names, page_text
from sixtyfour_async.cli.guide_markdown import GuideMarkdown
from sixtyfour_async.errors import InputError
from tests.cli.conftest import COMMAND, ENVIRONMENT, Shell
from tests.guide.pages import GUIDE


def test_a_page_in_a_pipe_is_its_markdown(shell: Shell) -> None:
    result = shell.run("guide", "money")

    assert (result.code, result.err) == (0, "")
    assert result.out == (GUIDE / "money.md").read_text("utf-8")


def test_without_a_page_it_lists_them(shell: Shell) -> None:
    result = shell.run("guide")

    assert result.code == 0
    assert [name for name in page_names() if f"({name}.md)" not in result.out] == ["index"]


@pytest.mark.parametrize("name", ["tables", "TABLES", "tables.md", "Tables.MD"])
def test_a_page_is_found_however_it_is_written(name: str) -> None:
    assert page_text(name).startswith("# Tables")


def test_a_misspelt_page_names_the_nearest(shell: Shell) -> None:
    result = shell.run("guide", "glosary")

    assert (result.code, result.out) == (2, "")
    assert result.last == "sixtyfour: the guide has no page 'glosary': did you mean glossary?"


@pytest.mark.parametrize("name", ["", "../errors/__init__.py", "zzz", "\x1b[31m"])
def test_what_is_like_no_page_names_all(name: str) -> None:
    with pytest.raises(InputError, match=r"choose from .*contributing, design"):
        page_text(name)


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    command = f"{' '.join(COMMAND)} guide operations | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["/bin/bash", "-c", command], env=ENVIRONMENT, capture_output=True, text=True, check=False)

    assert done.stdout == "# Operations\n"
    assert done.stderr == ""
    assert done.returncode in {0, 1}  # 1: it saw the pipe close


def shown(name: str, columns: int) -> str:
    """Return a page as a terminal of this width shows it."""
    output = io.StringIO()
    Console(file=output, width=columns, force_terminal=True, color_system=None).print(GuideMarkdown(page_text(name)))
    return output.getvalue()


@pytest.mark.parametrize("columns", [40, 80, 200])
@pytest.mark.parametrize("name", page_names())
def test_a_page_fits_the_terminal_and_nothing_of_it_is_cut(name: str, columns: int) -> None:
    text = shown(name, columns)

    assert max(map(cell_len, text.splitlines())) <= columns
    assert text.count("…") <= page_text(name).count("…")
