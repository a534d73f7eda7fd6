"""Every command and every block of code in README and guide runs, and prints what the page says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.guide.pages import Block, dialogue, pages
from tests.guide.sessions import NUMBERS_VARY, RUN_BY_CI, Session, agrees, expected_code, session

PAGES = {page.path.name: page for page in pages()}
RUNNABLE = {"sh", "python", "console"}
LANGUAGES = RUNNABLE | {"text", "csv", "sql", "html"}


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Session]:
    with simulator_process(SimulatorSettings(speed=1000)) as url, session(tmp_path, url) as made:
        yield made


@pytest.mark.guide
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if RUNNABLE & {b.language for b in page.blocks}])
def test_a_page_followed_to_the_letter_does_what_it_says(name: str, reader: Session) -> None:
    wrong = [
        f"{name}, line {block.line}: the page shows\n{block.text}\nand it prints\n{printed}"
        for block, printed in reader.follow(PAGES[name])
        if not agrees(block, printed)
    ]

    assert wrong == [], "`python -m tests.guide` writes the outputs anew"


@pytest.mark.parametrize("name", PAGES)
def test_output_stands_below_the_command_that_makes_it(name: str) -> None:
    before: Block | None = None
    for block in PAGES[name].blocks:
        assert block.language != "console" or block.text.startswith("$ "), f"line {block.line}: no command comes first"
        assert block.language in LANGUAGES, f"line {block.line}: nothing runs or saves this block"
        if block.language == "text":
            assert before is not None, f"line {block.line}: nothing has printed this"
            assert before.language in RUNNABLE, f"line {block.line}: nothing has printed this"
            assert before.shows_output, f"line {block.line}: move it to the command that prints it"
            assert not before.title, f"line {block.line}: a file prints nothing"
            assert block.title in {"", NUMBERS_VARY}
        before = block


@pytest.mark.parametrize(("text", "code"), [("a\n", 0), ("a  # exit 3\n", 3), ("a  # exit 3\nb\n", 0)])
def test_a_block_may_name_its_exit_code(text: str, code: int) -> None:
    assert expected_code(Block("sh", "", text, 1)) == code


def test_a_dialogue_is_its_commands_with_their_outputs() -> None:
    block = Block("console", "", "$ echo a\na\n$ true\n$ echo b\nb\n", 10)

    assert [(command.text, output.text, output.line) for command, output in dialogue(block)] == [
        ("echo a\n", "a\n", 11),
        ("true\n", "", 13),
        ("echo b\n", "b\n", 14),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "title", "right"),
    [
        ("a\n", "a\n", "", True),
        ("a\n", "b\n", "", False),
        ("52 s\n", "7 s\n", "", False),
        ("52 s\n", "7 s\n", NUMBERS_VARY, True),
        ("in   52 s\n", "in 1,007 s\n", NUMBERS_VARY, True),
        ("52 rows\n", "7 jobs\n", NUMBERS_VARY, False),
        ("", "", "", True),
        ("", "a\n", "", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", "", True),
        ("a\n…\n", "a\nb\n", "", True),
        ("a\n…\nd\n", "a\nb\nc\n", "", False),
        ("a\n", "a\nb\n", "", False),
    ],
)
def test_outputs_are_compared_line_by_line(shown: str, printed: str, title: str, right: bool) -> None:
    assert agrees(Block("text", title, shown, 1), printed) == right


def test_the_set_up_commands_are_left_to_ci() -> None:
    """They need the network and minutes; `test_readme` compares them with `.ci/run`."""
    left = [block for page in PAGES.values() for block in page.blocks if block.text.startswith(RUN_BY_CI)]

    assert len(left) == 2
