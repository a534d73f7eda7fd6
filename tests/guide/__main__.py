"""Write what commands print into pages of the guide: ``python -m tests.guide [PAGE …]``; all pages when none is named.

Every block of text below a block that runs is replaced by what that one printed, unless it agrees already. Lines that
were left out by hand (``…``) have to be left out again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sixtyfour_async.simulator import SimulatorSettings
from sixtyfour_async.simulator.serving.process import simulator_process
from tests.guide.pages import Page, pages
from tests.guide.sessions import agrees, session


def renew(page: Page) -> int:
    """Rewrite the outputs in a page; return how many changed."""
    lines, shift, changed = page.text.split("\n"), 0, 0
    with (
        simulator_process(SimulatorSettings(speed=1000)) as url,
        tempfile.TemporaryDirectory() as folder,
        session(Path(folder), url) as reader,
    ):
        for block, printed in reader.follow(page):
            if agrees(block, printed):
                continue
            old = block.text.count("\n")
            new = [line.rstrip() for line in printed.strip("\n").split("\n")] if printed.strip() else []
            start = block.line - 1 + shift
            lines[start : start + old] = new
            shift, changed = shift + len(new) - old, changed + 1
    page.path.write_text("\n".join(lines), "utf-8")
    return changed


if __name__ == "__main__":
    for page in pages():
        if not sys.argv[1:] or page.path.stem in sys.argv[1:]:
            print(f"{page.path.name}: {renew(page)} outputs changed")  # noqa: T201
