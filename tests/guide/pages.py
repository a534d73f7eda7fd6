"""README and guide as CommonMark: their code blocks, links and anchors, by the parser that rich brings along."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "sixtyfour_async" / "guide"
README = ROOT / "README.md"
NOTES = ROOT / ".github"

PROMPT = "$ "
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Attributes:
        language: The first word after the fence.
        title: What stands in ``title="…"`` behind it; "" when nothing does.
        text: Its lines.
        line: The number of its first line in the page, the fence being one above.
        shows_output: Whether the next element of the page is a block of text: what this one prints.
    """

    language: str
    title: str
    text: str
    line: int
    shows_output: bool = False


class Page:
    """One Markdown file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.text = path.read_text("utf-8")

    @cached_property
    def _tokens(self) -> list[Token]:
        return MarkdownIt("gfm-like", {"linkify": False}).parse(self.text)

    @property
    def blocks(self) -> list[Block]:
        """Every fenced block, in order."""
        pairs = pairwise([*self._tokens, None])
        return [
            _block(token, shows_output=_is_output(after)) for token, after in pairs if token and token.type == "fence"
        ]

    @property
    def links(self) -> set[str]:
        """Every address that is linked to or shown as a picture, as it is written."""
        inline = [child for token in self._tokens for child in token.children or ()]
        found = {str(token.attrs.get("href") or token.attrs.get("src") or "") for token in inline}
        raw = [token.content for token in (*self._tokens, *inline) if token.type in {"html_block", "html_inline"}]
        return (found | set(re.findall(r'(?:src|srcset|href)="([^"]+)"', "\n".join(raw)))) - {""}

    @property
    def anchors(self) -> set[str]:
        """The anchors of its headings, as GitHub and Zensical make them."""
        return {anchor(token.content) for token in self._headings()}

    def _headings(self) -> Iterator[Token]:
        for opening, inline in pairwise(self._tokens):
            if opening.type == "heading_open":
                yield inline


def _block(token: Token, *, shows_output: bool) -> Block:
    attributes = dict(ATTRIBUTE.findall(token.info))
    first, _ = token.map or (0, 0)
    return Block(token.info.split(" ")[0], attributes.get("title", ""), token.content, first + 2, shows_output)


def dialogue(block: Block) -> Iterator[tuple[Block, Block]]:
    """Yield each command of a `console` block, and what stands below it: its output."""
    lines = block.text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if line.startswith(PROMPT)]
    for start, end in pairwise([*starts, len(lines)]):
        command = lines[start].removeprefix(PROMPT)
        yield (
            Block("sh", "", command, block.line + start),
            Block("text", block.title, "".join(lines[start + 1 : end]), block.line + start + 1),
        )


def _is_output(token: Token | None) -> bool:
    return token is not None and token.type == "fence" and token.info.split(" ")[0] == "text"


def anchor(heading: str) -> str:
    """Return the anchor of a heading: small letters, hyphens for spaces, no punctuation."""
    return re.sub(r"[^\w\- ]", "", heading.lower().strip()).replace(" ", "-")


def pages() -> list[Page]:
    """Return README, the guide and the notes for contributors."""
    return [Page(path) for path in (README, *sorted(GUIDE.rglob("*.md")), *sorted(NOTES.glob("*.md")))]
